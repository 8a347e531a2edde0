"""Where the values at the edges of a figure stand: beside their arrow, over nothing else.

The forward value stands on the upper side of an arrow, the gradient on the lower one, both as near to it as their boxes
allow. Where arrows come together they stand near the source, where arrows part near the target.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.notation.form import Form
from derive.notation.widths import EM_CM, width
from derive.record import FigureEdge, Step
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
    """A value at an edge: its centre, and whether it is the forward value or the gradient."""

    x: float
    y: float
    form: Form
    rounded: bool
    forward: bool

    @property
    def rect(self) -> Rect:
        """The room that it takes."""
        return Rect(self.x, self.y, _width(self.form, self.rounded), LABEL_HEIGHT)


def edge_width(edge: FigureEdge) -> float:
    """The width of the wider label of an edge; 0 where it has none."""
    return max((_width(*value) for value in (_value(edge.above), _value(edge.below)) if value), default=0.0)


def labels(edges: tuple[FigureEdge, ...], ways: list[Way], boxes: Iterable[Rect]) -> tuple[list[Label], float]:
    """The labels, each at the best place along its arrow, and how much they cover of anything in cm²."""
    scene = _Scene(list(boxes), [pair for way in ways for pair in itertools.pairwise(way)])
    incoming, outgoing = Counter(e.target for e in edges), Counter(e.source for e in edges)
    found: list[Label] = []
    covered = 0.0
    for edge, way in zip(edges, ways, strict=True):
        wish = 0.5 + 0.2 * ((outgoing[edge.source] > 1) - (incoming[edge.target] > 1))
        places = list(_places(edge, way, wish))
        if not places:
            continue
        pair = min(places, key=lambda place: scene.covered(place[0]) + place[1])[0]
        covered += scene.covered(pair)
        scene.taken += [label.rect for label in pair]
        found += pair
    return found, covered


def _value(step: Step | None) -> tuple[Form, bool] | None:
    """The last line of an edge's step, and whether it is rounded."""
    if step is None or not step.lines:
        return None
    return step.lines[-1].form, step.lines[-1].relation == "≈"


def _width(form: Form, rounded: bool) -> float:
    return (width(form) + 1.3 * rounded) * EM_CM * _SMALL + 2 * _AIR


def _places(edge: FigureEdge, way: Way, wish: float) -> Iterator[tuple[list[Label], float]]:
    """The pairs of labels along an edge, each with what it costs to be away from the wished part."""
    values = [(value, side) for value, side in ((_value(edge.above), 1), (_value(edge.below), -1)) if value]
    if not values:
        return
    for stretch, (start, end) in enumerate(itertools.pairwise(way)):
        for part in _PARTS:
            pair = [_beside(start, end, part, side, *value) for value, side in values]
            yield pair, _LATER_STRETCH * (abs(part - wish) + stretch)


def _beside(start: Point, end: Point, part: float, side: int, form: Form, rounded: bool) -> Label:
    """A label on one side of a line: off by what keeps its box clear of it."""
    x, y = along(start, end, part)
    nx, ny = normal(start, end)
    off = side * (abs(nx) * _width(form, rounded) / 2 + abs(ny) * LABEL_HEIGHT / 2 + _AIR)
    return Label(x + nx * off, y + ny * off, form, rounded, side > 0)


@dataclass(slots=True)
class _Scene:
    """What labels may not cover: boxes and labels, and lines."""

    taken: list[Rect]
    lines: list[tuple[Point, Point]]

    def covered(self, pair: list[Label]) -> float:
        """The area of boxes and labels, and a strip along lines, that a pair of labels covers."""
        total = 0.0
        for label in pair:
            rect = label.rect
            total += sum(rect.overlap(other) for other in self.taken)
            total += 0.1 * sum(rect.crossed(*line) for line in self.lines)
        return total
