"""Where the boxes of a network stand: rows by the longest way from the input, each further path in a lane beside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from derive.network.drawing.facts import is_quiet
from derive.network.layers.merges import Merge
from derive.network.network import INPUT, Network, Node

MANY = 10
"""Of a network of more layers, those that work value by value share the box of the layer before them."""

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A box before it is placed: its layers in order, and the boxes that it reads from, by their last layers."""

    nodes: tuple[Node, ...]
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """The box goes by its last layer, whose shape it shows."""
        return self.nodes[-1].name


def places(network: Network) -> tuple[Place, ...]:
    """The boxes of a network in order."""
    readers = Counter(source for node in network.nodes for source in node.sources)
    found: dict[str, Place] = {}
    for node in network.nodes:
        before = found.get(node.sources[0])
        joins = before is not None and readers[before.name] == 1 and not isinstance(before.nodes[0].layer, Merge)
        if before is not None and joins and len(network.nodes) > MANY and is_quiet(network, node):
            del found[before.name]
            found[node.name] = Place((*before.nodes, node), before.sources)
        else:
            found[node.name] = Place((node,), tuple(dict.fromkeys(node.sources)))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """The row and the lane of each box, and the lane of each edge that leads past boxes."""

    rows: dict[str, int]
    lanes: dict[str, int]
    skips: dict[Edge, int]

    @property
    def width(self) -> int:
        """How many lanes there are."""
        return 1 + max([*self.lanes.values(), *self.skips.values()])


def plan(boxes: tuple[Place, ...]) -> Plan:
    """The longest path goes straight down; from the output back each further path takes the first lane free."""
    sources = {box.name: box.sources for box in boxes}
    rows = {INPUT: 0}
    for name, befores in sources.items():
        rows[name] = 1 + max(rows[before] for before in befores)
    lanes = dict.fromkeys(_main(boxes[-1].name, rows, sources), 0)
    skips: dict[Edge, int] = {}
    taken: dict[int, list[tuple[int, int]]] = {}
    for end in reversed(sources):
        if end not in lanes:  # an end that nothing reads
            lanes[end] = _free(taken, rows[end] - 1, rows[end] + 1)
        for before in sources[end]:
            path = _path(before, sources, lanes)
            if path:
                lanes.update(dict.fromkeys(path, _free(taken, rows[sources[path[0]][0]], rows[end])))
            elif lanes[end] == lanes[before] and rows[end] - rows[before] == 1:
                continue
            elif _leads_past(before, end, rows, lanes):
                skips[before, end] = _free(taken, rows[before], rows[end])
    return Plan(rows, lanes, skips)


def _main(name: str, rows: dict[str, int], sources: dict[str, tuple[str, ...]]) -> list[str]:
    """The longest path back from the output."""
    found = []
    while name != INPUT:
        found.append(name)
        name = max(sources[name], key=lambda before: rows[before])
    return [INPUT, *reversed(found)]


def _path(name: str, sources: dict[str, tuple[str, ...]], lanes: dict[str, int]) -> tuple[str, ...]:
    """The boxes back from one to the first that has a lane already."""
    found: list[str] = []
    while name not in lanes:
        found.append(name)
        name = sources[name][0]
    return tuple(reversed(found))


def _leads_past(before: str, end: str, rows: dict[str, int], lanes: dict[str, int]) -> bool:
    """Whether boxes may stand in the way of an edge down the lane that it would take."""
    lane = max(lanes[before], lanes[end])
    return any(
        each == lane and rows[before] < rows[name] < rows[end] and name not in (before, end)
        for name, each in lanes.items()
    )


def _free(taken: dict[int, list[tuple[int, int]]], first: int, last: int) -> int:
    """The first lane beside the main one that is free from one row to another; it is taken then."""
    lane = 1
    while any(first < end and begin < last for begin, end in taken.get(lane, ())):
        lane += 1
    taken.setdefault(lane, []).append((first, last))
    return lane
