"""Which cells of the input reach a layer that sees a whole map: back through the windows, where the borders count.

What lies in the padding of a map is seen by nobody, nor are the last cells of a map that no window gets to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.errors import InputError
from derive.network.layers.base import Size, Window
from derive.network.network import Network, Node

MOST = 20_000
"""So many cells are looked at one by one; of more only those at both ends, from which the ends of the field come."""

Marked = range | frozenset[int]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells from the first to the last."""

    first: int
    last: int


def windows_of(network: Network, node: Node) -> tuple[Window, ...] | None:
    """The windows of a layer; None where it sees its whole map, as one window that is as large as the map does."""
    takes = network.takes(node)
    windows = node.layer.windows(*takes)
    if windows and (max(takes[0][:-1], default=1) > 1 or len(network.sizes[node.name]) == 1):
        pairs = zip(windows, takes[0], strict=False)
        if all(w.kernel == w.stride == side and w.upscale == w.dilation == 1 and not w.padding for w, side in pairs):
            return None
    return windows


def covered(
    network: Network, sources: Iterable[str], origin: str, known: Mapping[str, tuple[Cells, ...]]
) -> tuple[Cells, ...]:
    """Between which cells of the map behind `origin`, axis by axis, all lie that the whole maps of `sources` see.

    `known` says it of the layers for which it was found before.
    """
    wanted: dict[str, list[Marked]] = {source: _all(network.sizes[source]) for source in sources}
    parts: list[tuple[Cells, ...]] = []
    for node in reversed(network.nodes):
        marked = wanted.get(node.name)
        if marked is None or node.name == origin:
            continue
        if node.name in known:
            parts.append(known[node.name])
            continue
        windows = windows_of(network, node)
        for source in node.sources:
            size = network.sizes[source]
            found = _all(size) if windows is None else _before(marked, windows, network.sizes[node.name], size)
            wanted[source] = _joined(wanted[source], found) if source in wanted else found
    if origin in wanted:
        parts.append(tuple(Cells(min(cells), max(cells)) for cells in wanted[origin] if cells))
    if not parts or len({len(part) for part in parts}) != 1 or not parts[0]:
        raise InputError("nothing of the input gets here")
    return tuple(Cells(min(c.first for c in cells), max(c.last for c in cells)) for cells in zip(*parts, strict=True))


def _all(size: Size) -> list[Marked]:
    return [range(side) for side in (size[:-1] if len(size) > 1 else size)]


def _before(marked: list[Marked], windows: Sequence[Window], size: Size, before: Size) -> list[Marked]:
    """The cells of the map before a layer that the marked ones behind it see."""
    if windows:
        spatial = before[:-1] if len(before) > 1 else before
        return [_touched(cells, window, side) for cells, window, side in zip(marked, windows, spatial, strict=True)]
    return marked if size[:-1] == before[:-1] and len(size) == len(before) > 1 else _all(before)


def _touched(cells: Marked, window: Window, side: int) -> Marked:
    """The cells on a side under the windows of some cells."""
    stride, padding, kernel = window.stride, window.padding, window.kernel
    if isinstance(cells, range) and cells and window.upscale == window.dilation == 1 and kernel >= stride:
        return range(max(0, cells[0] * stride - padding), min(side, cells[-1] * stride - padding + kernel))
    places = (c * stride - padding + tap * window.dilation for c in _ends(cells) for tap in range(kernel))
    found = {place // window.upscale for place in places if place % window.upscale == 0}
    return _row(frozenset(cell for cell in found if 0 <= cell < side))


def _ends(cells: Marked) -> Sequence[int]:
    ordered: Sequence[int] = cells if isinstance(cells, range) else sorted(cells)
    return ordered if len(ordered) <= MOST else [*ordered[: MOST // 2], *ordered[-MOST // 2 :]]


def _row(cells: frozenset[int]) -> Marked:
    """Cells without a gap as a range."""
    return range(min(cells), max(cells) + 1) if cells and max(cells) - min(cells) + 1 == len(cells) else cells


def _joined(left: list[Marked], right: list[Marked]) -> list[Marked]:
    return [_row(frozenset({*_ends(a), *_ends(b)})) if a != b else a for a, b in zip(left, right, strict=True)]
