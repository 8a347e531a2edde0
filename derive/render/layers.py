"""The layers of a figure and the order in them, by the Sugiyama layout; long edges get a bend in each layer."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from derive.errors import RenderError
from derive.record import Figure

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layering:
    """The layer and the row of each node, and for each edge that skips layers its bends as (layer, row)."""

    count: int
    layer: dict[str, int]
    row: dict[str, float]
    bends: dict[Edge, tuple[tuple[int, float], ...]]


class _Spot(NamedTuple):
    layer: int
    row: float


def layered(figure: Figure) -> Layering:
    """The layering of a figure.

    Raises:
        RenderError: the edges go round in a circle, or name a node that is not there.
    """
    names = [node.name for node in figure.nodes]
    edges = list(dict.fromkeys((edge.source, edge.target) for edge in figure.edges))
    unknown = {name for edge in edges for name in edge} - set(names)
    if unknown:
        raise RenderError(f"a figure's edge names '{min(unknown)}', which is none of its nodes")
    _check_acyclic(names, edges)
    spots, links = _placed(names, edges)
    last = max((spot.layer for spot in spots.values()), default=0)
    return Layering(
        last + 1,
        {name: spots[number].layer for number, name in enumerate(names)},
        {name: spots[number].row for number, name in enumerate(names)},
        dict(_bends(names, edges, spots, links)),
    )


def _check_acyclic(names: list[str], edges: list[Edge]) -> None:
    following, missing = defaultdict(list), dict.fromkeys(names, 0)
    for source, target in edges:
        following[source].append(target)
        missing[target] += 1
    ready = [name for name in names if not missing[name]]
    for name in ready:
        for target in following[name]:
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    if len(ready) < len(names):
        raise RenderError("a figure's edges go round in a circle")


def _placed(names: list[str], edges: list[Edge]) -> tuple[dict[int, _Spot], list[tuple[int, int]]]:
    """The layer and row of every node and every bend, by number (nodes first), and the links between them.

    Parts of a graph that hang together are stacked; all end in the last layer.
    """
    if not edges:
        return {number: _Spot(0, -float(number)) for number in range(len(names))}, []

    from fast_sugiyama import from_edges  # takes its time: only where a figure is drawn

    index = {name: number for number, name in enumerate(names)}
    numbered = [(index[source], index[target]) for source, target in edges]
    found = from_edges(numbered, vertex_spacing=1, dummy_vertices=True, dummy_size=1, ranking_type="minimize")
    last = int(max(y for positions, *_ in found for _, (_, y) in positions))
    spots: dict[int, _Spot] = {}
    links: list[tuple[int, int]] = []
    below, bend = 0.0, len(names)
    for positions, _, _, pairs in found:
        left = min(x for _, (x, _) in positions)
        fresh = {stop: stop if int(stop) < len(names) else bend + k for k, (stop, _) in enumerate(positions)}
        number = {stop: int(name) for stop, name in fresh.items()}
        spots |= {number[stop]: _Spot(last - int(y), left - x - below) for stop, (x, y) in positions}
        links += [(number[a], number[b]) for a, b in pairs or ()]
        below += max(x for _, (x, _) in positions) - left + 1
        bend += len(positions)
    alone = [place for place in range(len(names)) if place not in spots]
    return spots | {place: _Spot(0, -below - k) for k, place in enumerate(alone)}, links


def _bends(
    names: list[str], edges: list[Edge], spots: dict[int, _Spot], links: list[tuple[int, int]]
) -> Iterator[tuple[Edge, tuple[tuple[int, float], ...]]]:
    """The bends of each edge that has some: the chain of links from its source over nameless stops to its target."""
    onward = dict(link for link in links if link[0] >= len(names))
    for source, first in links:
        stops = list(itertools.takewhile(lambda stop: stop >= len(names), _chain(first, onward)))
        if stops:
            target = onward[stops[-1]]
            yield (names[source], names[target]), tuple((spots[stop].layer, spots[stop].row) for stop in stops)


def _chain(first: int, onward: dict[int, int]) -> Iterator[int]:
    stop: int | None = first
    while stop is not None:
        yield stop
        stop = onward.get(stop)
