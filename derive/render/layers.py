"""The layers of a figure and the order in them, by igraph's Sugiyama layout; long edges get a bend in each layer."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass

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


def layered(figure: Figure) -> Layering:
    """The layering of a figure.

    Raises:
        RenderError: the edges go round in a circle, or name a node that is not there.
    """
    names = [node.name for node in figure.nodes]
    edges = [(edge.source, edge.target) for edge in figure.edges]
    unknown = {name for edge in edges for name in edge} - set(names)
    if unknown:
        raise RenderError(f"a figure's edge names '{min(unknown)}', which is none of its nodes")
    layer = _late(names, edges, _early(names, edges))
    rows, bends = _ordered(names, edges, layer)
    return Layering(max(layer.values(), default=0) + 1, layer, rows, bends)


def _early(names: list[str], edges: list[Edge]) -> dict[str, int]:
    """Each node one layer behind the last of its sources."""
    following, missing = defaultdict(list), dict.fromkeys(names, 0)
    for source, target in edges:
        following[source].append(target)
        missing[target] += 1
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not missing[name]]
    for name in ready:
        for target in following[name]:
            layer[target] = max(layer[target], layer[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    if len(ready) < len(names):
        raise RenderError("a figure's edges go round in a circle")
    return layer


def _late(names: list[str], edges: list[Edge], early: dict[str, int]) -> dict[str, int]:
    """The same layers, with each node that has no source moved next to the first that uses it."""
    targets, has_source = defaultdict(list), {target for _, target in edges}
    for source, target in edges:
        targets[source].append(early[target])
    return {name: min(targets[name]) - 1 if name not in has_source and targets[name] else early[name] for name in names}


def _ordered(
    names: list[str], edges: list[Edge], layer: dict[str, int]
) -> tuple[dict[str, float], dict[Edge, tuple[tuple[int, float], ...]]]:
    """The rows of nodes and bends, such that few edges cross."""
    import igraph

    layers = [layer[name] for name in names]
    index = {name: place for place, name in enumerate(names)}
    links: list[tuple[int, int]] = []
    passed: dict[Edge, list[int]] = {}
    for source, target in edges:
        chain = list(range(len(layers), len(layers) + max(0, layer[target] - layer[source] - 1)))
        layers += range(layer[source] + 1, layer[target])
        stops = [index[source], *chain, index[target]]
        links += itertools.pairwise(stops)
        passed[source, target] = chain
    graph = igraph.Graph(len(layers), links, directed=True)
    placed = graph.layout_sugiyama(layers=layers, hgap=1, vgap=1, maxiter=200)
    rows = [-placed[place][0] for place in range(len(layers))]
    bends = {edge: tuple((layers[stop], rows[stop]) for stop in chain) for edge, chain in passed.items() if chain}
    return {name: rows[index[name]] for name in names}, bends
