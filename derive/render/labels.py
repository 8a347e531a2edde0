"""Where the values at the edges of a figure stand: beside their arrow, over nothing else.

The forward value stands on the upper side of an arrow, the gradient on the lower one, both as near to it as their boxes
allow. Where arrows come together they stand near the source, where arrows part near the target.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from derive.notation.form import Form
from derive.notation.widths import EM_CM, width
from derive.record import FigureEdge, Line
from derive.render.geometry import Point, Rect, along, normal

LABEL_HEIGHT = 0.34
_SMALL = 0.74
"""Labels are set in the size of footnotes."""
_AIR = 0.05
_PARTS = tuple(k / 20 for k in range(2, 19))
_LATER_STRETCH = 0.05
"""What a place costs on a stretch after the first, in cm² of overlap: little, but more than a bad part of the first."""

Way = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A value at an edge: its centre, its width, and whether it is the forward value or the gradient."""

    x: float
    y: float
    form: Form
    rounded: bool
    forward: bool
    width: float

    @property
    def rect(self) -> Rect:
        """The room that it takes."""
        return Rect(self.x, self.y, self.width, LABEL_HEIGHT)


def edge_width(edge: FigureEdge) -> float:
    """The width of the wider label of an edge; 0 where it has none."""
    return max((wide for _, _, wide in _values(edge).values()), default=0.0)


def labels(edges: tuple[FigureEdge, ...], ways: list[Way], boxes: Iterable[Rect]) -> tuple[list[Label], float]:
    """The labels, each at the best place along its arrow, and how much they cover of anything in cm²."""
    scene = _Scene(list(boxes), [pair for way in ways for pair in itertools.pairwise(way)])
    incoming, outgoing = Counter(e.target for e in edges), Counter(e.source for e in edges)
    found: list[Label] = []
    covered = 0.0
    for edge, way in zip(edges, ways, strict=True):
        wish = 0.5 + 0.2 * ((outgoing[edge.source] > 1) - (incoming[edge.target] > 1))
        pair, area = scene.best(_places(edge, way, wish))
        covered += area
        scene.taken += [label.rect for label in pair]
        found += pair
    return found, covered


_Value = tuple[Form, bool, float]
"""What a label shows, whether it is rounded, and its width."""


def _values(edge: FigureEdge) -> dict[int, _Value]:
    """The values of an edge by their side of the arrow, 1 above and -1 below: the last lines of its steps."""
    lines = {side: step.lines[-1] for side, step in ((1, edge.above), (-1, edge.below)) if step and step.lines}
    return {side: (line.form, line.relation == "≈", _width(line)) for side, line in lines.items()}


def _width(line: Line) -> float:
    return (width(line.form) + 1.3 * (line.relation == "≈")) * EM_CM * _SMALL + 2 * _AIR


def _places(edge: FigureEdge, way: Way, wish: float) -> Iterator[tuple[float, list[Label]]]:
    """The pairs of labels along an edge, each with what it costs not to be at the wished part, the cheapest first."""
    values = _values(edge)
    spots = [(abs(part - wish) + stretch, stretch, part) for stretch in range(len(way) - 1) for part in _PARTS]
    for away, stretch, part in sorted(spots) if values else ():
        line = way[stretch], way[stretch + 1]
        yield _LATER_STRETCH * away, [_beside(*line, part, side, value) for side, value in values.items()]


def _beside(start: Point, end: Point, part: float, side: int, value: _Value) -> Label:
    """A label on one side of a line: off by what keeps its box clear of it."""
    form, rounded, wide = value
    x, y = along(start, end, part)
    nx, ny = normal(start, end)
    off = side * (abs(nx) * wide / 2 + abs(ny) * LABEL_HEIGHT / 2 + _AIR)
    return Label(x + nx * off, y + ny * off, form, rounded, side > 0, wide)


@dataclass(slots=True)
class _Scene:
    """What labels may not cover: boxes and labels, and lines."""

    taken: list[Rect]
    lines: list[tuple[Point, Point]]

    def best(self, places: Iterable[tuple[float, list[Label]]]) -> tuple[list[Label], float]:
        """The place that costs least, its own cost and what it covers, of those from cheap to dear; and that area."""
        least = inf
        found: tuple[list[Label], float] = [], 0.0
        for cost, pair in places:
            if cost >= least:
                break
            area = self.covered(pair)
            if cost + area < least:
                least, found = cost + area, (pair, area)
        return found

    def covered(self, pair: list[Label]) -> float:
        """The area of boxes and labels, and a strip along lines, that a pair of labels covers."""
        total = 0.0
        for label in pair:
            rect = label.rect
            total += sum(rect.overlap(other) for other in self.taken)
            total += 0.1 * sum(rect.crossed(*line) for line in self.lines)
        return total
