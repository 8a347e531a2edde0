"""Networks of threshold units: columns of layers, thresholds in the units, weights at the edges.

A solid edge has a positive weight and a dashed one a negative one, so that the picture can be read in black and white
where edges are too many for numbers. An input or a unit that is read several layers later is led through the layers
between on a lane of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot

from derive.network.drawing.canvas import Canvas, Said
from derive.notation.form import Symbol
from derive.record import Dash, Phrase, Picture, Spot, Step, Stroke, Words

FEW = 8
"""The largest column of which every unit is drawn."""
_HEAD, _FOOT = 4, 2
"""How many units of a large column are drawn above the dots and below."""
_RADIUS, _PITCH, _ACROSS, _LANE = 0.36, 1.15, 2.4, 0.75
_SMALL = 8
_EARLY, _LATE, _BESIDE = 0.3, 0.74, 0.15
"""How far along an edge its number stands, and how far from it."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """An input, or a unit with the step that says its threshold."""

    name: Symbol
    threshold: Step | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """What a unit reads, with the step that says its weight."""

    source: Symbol
    target: Symbol
    positive: bool
    weight: Step


@dataclass(frozen=True, slots=True)
class Wiring:
    """Columns from the inputs to the output; `same` says for a column the one weight that all edges into it have."""

    columns: tuple[tuple[Vertex, ...], ...]
    edges: tuple[Edge, ...]
    same: dict[int, Step] = field(default_factory=dict)

    def read(self, name: Symbol) -> list[Symbol]:
        """What a unit reads."""
        return [edge.source for edge in self.edges if edge.target == name]

    def has_numbers(self, column: int) -> bool:
        """Whether there is room for a number at every edge into a column: few end, or few begin, in one point."""
        names = [vertex.name for vertex in self.columns[column]]
        return len(names) == 1 or all(len(self.read(name)) <= 2 for name in names)


def wiring_picture(wiring: Wiring, caption: Phrase = ()) -> Picture:
    """The network from left to right, in each unit its name and below it its threshold."""
    canvas = Canvas()
    plan = _Plan(wiring)
    for edge in wiring.edges:
        if edge.source in plan.spots and edge.target in plan.spots:
            _edge(canvas, plan, edge)
    output = wiring.columns[-1][-1].name
    for vertex in (vertex for column in wiring.columns for vertex in column if vertex.name in plan.spots):
        _vertex(canvas, plan.spots[vertex.name], vertex)
    for spot in plan.dots:
        canvas.dots(spot)
    top = max(y for _, y in plan.spots.values()) + 0.75
    for place, step in wiring.same.items():
        if not wiring.has_numbers(place):
            canvas.say(((place - 0.5) * _ACROSS, top), Said(("all weights ",), step), size=_SMALL)
    x, y = plan.spots[output]
    canvas.arrow((x + _RADIUS, y), (x + _RADIUS + 0.8, y))
    canvas.say((x + _RADIUS + 0.95, y), Said((output,)), anchor="west")
    return canvas.picture(caption)


def _vertex(canvas: Canvas, at: Spot, vertex: Vertex) -> None:
    if vertex.threshold is None:
        canvas.circle(at, _RADIUS, vertex.name)
        return
    canvas.circle(at, _RADIUS, shade="light")
    canvas.say((at[0], at[1] + 0.15), Said((vertex.name,)), size=_SMALL - 1)
    canvas.say((at[0], at[1] - 0.13), Said((), vertex.threshold), size=_SMALL)


def _edge(canvas: Canvas, plan: _Plan, edge: Edge) -> None:
    """An edge up to the rim of its unit, and its number beside it where there is room for numbers."""
    points = plan.way(edge)
    (x, y), (u, v) = points[-2:]
    length = hypot(u - x, v - y)
    rim = (u - (u - x) * _RADIUS / length, v - (v - y) * _RADIUS / length)
    dash: Dash = "solid" if edge.positive else "dashed"
    canvas.shapes.append(Stroke((*points[:-1], rim), dash=dash))
    if plan.wiring.has_numbers(plan.column[edge.target]):
        along, below = plan.number_place(edge)
        side = -_BESIDE if below else _BESIDE
        spot = (x + along * (u - x) - side * (v - y) / length, y + along * (v - y) + side * (u - x) / length)
        canvas.shapes.append(Words(spot, (), size=_SMALL - 1, fact=edge.weight))


class _Plan:
    """Where everything stands.

    Attributes:
        spots: the place of each vertex that is drawn.
        column: the column of each vertex.
        dots: where some of a column are left out.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.column = {vertex.name: k for k, column in enumerate(wiring.columns) for vertex in column}
        self.spots: dict[Symbol, Spot] = {}
        self.lanes: dict[tuple[Symbol, int], Spot] = {}
        self.dots: list[Spot] = []
        self._place_inputs()
        for k in range(1, len(wiring.columns)):
            self._place(k)

    def way(self, edge: Edge) -> list[Spot]:
        """The corners of an edge: its source, its lane, its target."""
        first, last = self.column[edge.source], self.column[edge.target]
        lane = [self.lanes[edge.source, k] for k in range(first + 1, last)]
        x, y = self.spots[edge.source]
        return [(x + _RADIUS, y), *lane, self.spots[edge.target]]

    def number_place(self, edge: Edge) -> tuple[float, bool]:
        """How far along an edge its number stands, and whether below it: where neighbours are farthest apart."""
        k = self.column[edge.target]
        sources = [self._height(name, k) for name in self.wiring.read(edge.target) if name in self.spots]
        targets = [self.spots[e.target][1] for e in self.wiring.edges
                   if e.source == edge.source and self.column[e.target] == k and e.target in self.spots]  # fmt: skip
        lowest_source = len(sources) == 2 and self._height(edge.source, k) < max(sources)
        if max(sources) - min(sources) > max(targets) - min(targets) or len(sources) > 2:
            lowest_target = len(targets) == 2 and self.spots[edge.target][1] < max(targets)
            return _EARLY, lowest_target if len(targets) > 1 else lowest_source
        return _LATE, lowest_source

    def _place_inputs(self) -> None:
        names = [vertex.name for vertex in self.wiring.columns[0]]
        middle = (len(names) - 1) / 2
        self.spots |= {name: (0.0, (middle - k) * _PITCH) for k, name in enumerate(names)}

    def _place(self, k: int) -> None:
        """A column: each unit level with the middle of what it reads, lanes at their height, nothing too close."""
        names = [vertex.name for vertex in self.wiring.columns[k]]
        if len(names) > FEW:
            self._place_some(k, names)
            return
        wishes: list[tuple[float, Symbol, bool]] = [(self._level(name, k), name, False) for name in names]
        wishes += [(self._height(name, k), name, True) for name in self._passing(k)]
        wishes.sort(key=lambda wish: -wish[0])
        for (_, name, lane), y in zip(wishes, _apart([y for y, _, _ in wishes], [w[2] for w in wishes]), strict=True):
            if lane:
                self.lanes[name, k] = (k * _ACROSS, y)
            else:
                self.spots[name] = (k * _ACROSS, y)

    def _place_some(self, k: int, names: Sequence[Symbol]) -> None:
        """The first and the last units of a large column, with dots between."""
        shown = [*names[:_HEAD], None, *names[-_FOOT:]]
        for place, name in enumerate(shown):
            spot = (k * _ACROSS, ((len(shown) - 1) / 2 - place) * _PITCH)
            if name is None:
                self.dots.append(spot)
            else:
                self.spots[name] = spot

    def _passing(self, k: int) -> Iterator[Symbol]:
        """What stands before a column and is read behind it."""
        late = {edge.source: None for edge in self.wiring.edges if self.column[edge.target] > k}
        yield from (name for name in late if self.column[name] < k and name in self.spots)

    def _height(self, name: Symbol, k: int) -> float:
        """Where a name comes in from the left of a column."""
        return self.lanes.get((name, k - 1), self.spots[name])[1]

    def _level(self, name: Symbol, k: int) -> float:
        read = [self._height(source, k) for source in self.wiring.read(name) if source in self.spots]
        return sum(read) / len(read) if read else 0.0


def _apart(heights: Sequence[float], lanes: Sequence[bool]) -> list[float]:
    """Heights from above, moved so that neighbours have their distance, as a whole where they were."""
    found: list[float] = []
    for k, wish in enumerate(heights):
        gap = _LANE if k and (lanes[k] or lanes[k - 1]) else _PITCH
        found.append(min(wish, found[-1] - gap) if found else wish)
    shift = sum(wish - y for wish, y in zip(heights, found, strict=True)) / len(heights)
    return [y + shift for y in found]
