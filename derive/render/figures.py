"""Coordinates for a figure: layers from left to right, long edges led round the boxes, labels that touch nothing.

Lengths are centimetres, y grows upwards. The languages only draw what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.notation.widths import EM_CM, phrase_width
from derive.record import Figure, FigureEdge, FigureNode, Phrase
from derive.render.geometry import Point, Rect
from derive.render.labels import Label, Way, edge_width, labels
from derive.render.layers import Layering, layered

TEXT_CM = 16.0
_BOX_HEIGHT, _ROW_GAP = 0.7, 1.3
_MIN_BOX, _MIN_GAP, _EDGE_SEEN = 1.0, 1.1, 0.7
_PORT_GAP, _PORTS = 0.17, 0.52
"""How far apart arrows end on the same box, and on how much of its side."""
_SPREADS = ((1.0, 1.0), (1.4, 1.0), (1.0, 1.3), (1.2, 1.15), (1.5, 1.15), (1.8, 1.3), (2.0, 1.5))
"""By how much a crowded drawing is pulled apart, across and up, one try after the other."""
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Box:
    """A node: where it stands and what it says."""

    rect: Rect
    label: Phrase
    kind: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw, with the size of the whole; `scale` shrinks what is wider than the text."""

    boxes: tuple[Box, ...]
    arrows: tuple[Way, ...]
    labels: tuple[Label, ...]
    width: float
    height: float
    scale: float


def drawing(figure: Figure) -> Drawing:
    """The figure laid out, pulled apart until no label covers anything, as far as that helps and the page allows."""
    layering = layered(figure)
    tries = []
    for across, up in _SPREADS:
        grid = _Grid(layering, _columns(figure, layering, across), _ROW_GAP * up)
        boxes = {node.name: grid.box(node) for node in figure.nodes}
        ways = _fanned([grid.way(edge, boxes) for edge in figure.edges])
        placed, covered = labels(figure.edges, ways, [box.rect for box in boxes.values()])
        tries.append((covered, _framed(list(boxes.values()), ways, placed)))
        if covered == 0 and tries[-1][1].scale == 1:
            break
    return min(tries, key=lambda found: (found[0], -found[1].scale))[1]


def _box_width(node: FigureNode) -> float:
    return max(_MIN_BOX, phrase_width(node.label) * EM_CM * 0.9 + 0.35)


def _columns(figure: Figure, layering: Layering, spread: float) -> list[float]:
    """The x of each layer's middle: boxes and the widest label between two layers have room."""
    halves = [_MIN_BOX / 2] * layering.count
    gaps = [_MIN_GAP] * layering.count
    for node in figure.nodes:
        layer = layering.layer[node.name]
        halves[layer] = max(halves[layer], _box_width(node) / 2)
    for edge in figure.edges:
        layer = layering.layer[edge.source]
        gaps[layer] = max(gaps[layer], edge_width(edge) + _EDGE_SEEN)
    columns = [halves[0]]
    for layer in range(1, layering.count):
        columns.append(columns[-1] + halves[layer - 1] + gaps[layer - 1] * spread + halves[layer])
    return columns


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the layers and rows of a layering stand."""

    layering: Layering
    columns: list[float]
    row_gap: float

    def box(self, node: FigureNode) -> Box:
        x, y = self.columns[self.layering.layer[node.name]], self.layering.row[node.name] * self.row_gap
        return Box(Rect(x, y, _box_width(node), _BOX_HEIGHT), node.label, node.kind)

    def way(self, edge: FigureEdge, boxes: dict[str, Box]) -> Way:
        """The points of an arrow: from the right side of its source over its bends to the left side of its target."""
        start, end = boxes[edge.source].rect, boxes[edge.target].rect
        bends = self.layering.bends.get((edge.source, edge.target), ())
        stops = [(self.columns[layer], row * self.row_gap) for layer, row in bends]
        return ((start.x + start.width / 2, start.y), *stops, (end.x - end.width / 2, end.y))


def _fanned(ways: list[Way]) -> list[Way]:
    """The arrows with those that end at the same point spread over the side of the box, in the order they come in."""
    fans: dict[Point, list[int]] = {}
    for place, way in enumerate(ways):
        fans.setdefault(way[-1], []).append(place)
    spread = list(ways)
    for (x, y), places in fans.items():
        step = min(_PORT_GAP, _PORTS / max(1, len(places) - 1))
        for port, place in enumerate(sorted(places, key=lambda place: ways[place][-2][1])):
            spread[place] = (*ways[place][:-1], (x, y + step * (port - (len(places) - 1) / 2)))
    return spread


def _framed(boxes: list[Box], ways: list[Way], placed: list[Label]) -> Drawing:
    """The drawing with the lower left corner of everything at the origin."""
    rects = [box.rect for box in boxes] + [label.rect for label in placed]
    rects += [Rect(x, y, 0.0, 0.0) for way in ways for x, y in way]
    left = min((rect.x - rect.width / 2 for rect in rects), default=0.0)
    low = min((rect.y - rect.height / 2 for rect in rects), default=0.0) - _MARGIN
    wide = max((rect.x + rect.width / 2 for rect in rects), default=0.0) - left
    high = max((rect.y + rect.height / 2 for rect in rects), default=0.0) + _MARGIN - low

    def moved(x: float, y: float) -> Point:
        return x - left, y - low

    def shifted(rect: Rect) -> Rect:
        return Rect(*moved(rect.x, rect.y), rect.width, rect.height)

    return Drawing(
        tuple(replace(box, rect=shifted(box.rect)) for box in boxes),
        tuple(tuple(moved(*point) for point in way) for way in ways),
        tuple(replace(label, x=label.x - left, y=label.y - low) for label in placed),
        wide,
        high,
        min(1.0, TEXT_CM / wide if wide else 1.0),
    )
