"""Coordinates for a figure: layers from left to right, long edges led round the boxes, labels that touch nothing.

Lengths are centimetres, y grows upwards. The languages only draw what is decided here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from derive.notation.form import Form
from derive.record import Figure, FigureEdge, FigureNode, Phrase, Step
from derive.render.layers import Layering, layered
from derive.render.widths import EM_CM, phrase_width, width

TEXT_CM = 16.0
_SMALL = 0.74
"""Labels are set in the size of footnotes."""
_BOX_HEIGHT, _ROW_GAP, _LABEL_HEIGHT, _AIR = 0.7, 1.45, 0.34, 0.12
_MIN_BOX, _MIN_GAP, _EDGE_SEEN = 1.0, 1.1, 1.1
_ALONG = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Rect) -> float:
        """The area that two rectangles share."""
        across = min(self.x + self.width / 2, other.x + other.width / 2) - max(
            self.x - self.width / 2, other.x - other.width / 2
        )
        up = min(self.y + self.height / 2, other.y + other.height / 2) - max(
            self.y - self.height / 2, other.y - other.height / 2
        )
        return max(0.0, across) * max(0.0, up)


@dataclass(frozen=True, slots=True)
class Box:
    """A node: where it stands and what it says."""

    rect: Rect
    label: Phrase
    kind: str


@dataclass(frozen=True, slots=True)
class Label:
    """A value at an edge: its centre, and whether it is the forward value or the gradient."""

    x: float
    y: float
    form: Form
    rounded: bool
    forward: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw, with the size of the whole; `scale` shrinks what is wider than the text."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Point, ...], ...]
    labels: tuple[Label, ...]
    width: float
    height: float
    scale: float


def drawing(figure: Figure) -> Drawing:
    """The figure laid out."""
    layering = layered(figure)
    columns = _columns(figure, layering)
    boxes = {node.name: _box(node, layering, columns) for node in figure.nodes}
    ways = [_way(edge, boxes, layering, columns) for edge in figure.edges]
    labels = _labels(figure.edges, ways, boxes.values())
    return _framed(tuple(boxes.values()), ways, labels)


def _box_width(node: FigureNode) -> float:
    return max(_MIN_BOX, phrase_width(node.label) * EM_CM * 0.9 + 0.35)


def _value(step: Step | None) -> tuple[Form, bool] | None:
    """The last line of an edge's step, and whether it is rounded."""
    if step is None or not step.lines:
        return None
    return step.lines[-1].form, step.lines[-1].relation == "≈"


def _label_width(value: tuple[Form, bool] | None) -> float:
    return 0.0 if value is None else (width(value[0]) + (1.3 if value[1] else 0.0)) * EM_CM * _SMALL + _AIR


def _edge_width(edge: FigureEdge) -> float:
    return max(_label_width(_value(edge.above)), _label_width(_value(edge.below)))


def _columns(figure: Figure, layering: Layering) -> list[float]:
    """The x of each layer's middle: boxes and the widest label between two layers have room."""
    halves = [_MIN_BOX / 2] * layering.count
    gaps = [_MIN_GAP] * layering.count
    for node in figure.nodes:
        layer = layering.layer[node.name]
        halves[layer] = max(halves[layer], _box_width(node) / 2)
    for edge in figure.edges:
        layer = layering.layer[edge.source]
        gaps[layer] = max(gaps[layer], _edge_width(edge) + _EDGE_SEEN)
    columns = [halves[0]]
    for layer in range(1, layering.count):
        columns.append(columns[-1] + halves[layer - 1] + gaps[layer - 1] + halves[layer])
    return columns


def _box(node: FigureNode, layering: Layering, columns: list[float]) -> Box:
    x, y = columns[layering.layer[node.name]], layering.row[node.name] * _ROW_GAP
    return Box(Rect(x, y, _box_width(node), _BOX_HEIGHT), node.label, node.kind)


def _way(edge: FigureEdge, boxes: dict[str, Box], layering: Layering, columns: list[float]) -> tuple[Point, ...]:
    """The points of an arrow: from the right side of its source through its bends to the left side of its target."""
    start, end = boxes[edge.source].rect, boxes[edge.target].rect
    bends = [(columns[layer], row * _ROW_GAP) for layer, row in layering.bends.get((edge.source, edge.target), ())]
    return ((start.x + start.width / 2, start.y), *bends, (end.x - end.width / 2, end.y))


def _labels(edges: tuple[FigureEdge, ...], ways: list[tuple[Point, ...]], boxes: Iterable[Box]) -> list[Label]:
    """The labels, each pair at the place along its edge where it covers least."""
    taken = [box.rect for box in boxes]
    found: list[Label] = []
    for edge, way in zip(edges, ways, strict=True):
        above, below = _value(edge.above), _value(edge.below)
        lines = (above is not None) + (below is not None)
        if not lines:
            continue
        wide = _edge_width(edge)
        x, y = min(_places(way), key=lambda p: _cost(Rect(p[0], p[1], wide, 2 * _LABEL_HEIGHT + _AIR), taken))
        taken.append(Rect(x, y, wide, 2 * _LABEL_HEIGHT + _AIR))
        shift = (_LABEL_HEIGHT + _AIR) / 2
        if above is not None:
            found.append(Label(x, y + shift, *above, forward=True))
        if below is not None:
            found.append(Label(x, y - shift, *below, forward=False))
    return found


def _places(way: tuple[Point, ...]) -> list[Point]:
    """Places on the first stretch of an edge, its middle first; the other stretches after it."""
    return [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in itertools.pairwise(way) for t in _ALONG]


def _cost(rect: Rect, taken: list[Rect]) -> float:
    return sum(rect.overlap(other) for other in taken)


def _framed(boxes: tuple[Box, ...], ways: list[tuple[Point, ...]], labels: list[Label]) -> Drawing:
    """The drawing with the lower left corner of everything at the origin."""
    ys = [point[1] for way in ways for point in way] + [label.y for label in labels]
    ys += [box.rect.y + side * _BOX_HEIGHT / 2 for box in boxes for side in (-1, 1)]
    low, high = min(ys, default=0.0) - 0.15, max(ys, default=0.0) + 0.15
    wide = max((box.rect.x + box.rect.width / 2 for box in boxes), default=0.0)
    moved = tuple(Box(Rect(b.rect.x, b.rect.y - low, b.rect.width, b.rect.height), b.label, b.kind) for b in boxes)
    arrows = tuple(tuple((x, y - low) for x, y in way) for way in ways)
    shifted = tuple(Label(a.x, a.y - low, a.form, a.rounded, a.forward) for a in labels)
    return Drawing(moved, arrows, shifted, wide, high - low, min(1.0, TEXT_CM / wide if wide else 1.0))
