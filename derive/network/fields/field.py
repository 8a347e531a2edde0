"""Receptive fields: which cells of the input a cell behind each layer sees, by the forward recursion.

A window of K cells, d apart, every S-th, after P cells of padding makes of (size r, jump j, start s)

    r + (K - 1)·d·j,   j·S,   s - P·j:

cell k of the map sees the r cells from s + k·j on, as if no map had a border. Behind an upsampling neighbouring cells
differ in what they see, by a pattern that repeats; then r is the largest, and j, which may be a fraction, the mean. A
layer that sees its whole input has jump 0, and there the borders count: what lies in the padding is seen by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

from derive.errors import DeriveError, InputError
from derive.network.fields.coverage import Cells, covered, windows_of
from derive.network.layers.base import Size, Window
from derive.network.network import INPUT, Network, Node


@dataclass(frozen=True)
class Reach:
    """What the cells of a map see along one axis of the input.

    `cells` is how many the map has, `firsts` and `lasts` what the first ones of them see (None: nothing), before the
    pattern repeats itself `advance` input cells further on. No advance at all: every cell sees the same.
    """

    cells: int
    firsts: tuple[int | None, ...]
    lasts: tuple[int | None, ...]
    advance: int

    @cached_property
    def size(self) -> int:
        """From the first input cell that a cell sees to the last; the largest where cells differ."""
        spans = (b - a + 1 for a, b in zip(self.firsts, self.lasts, strict=True) if a is not None and b is not None)
        return max(spans, default=0)

    @property
    def jump(self) -> Fraction:
        """By how many input cells the field moves from one cell to the next."""
        return Fraction(self.advance, len(self.firsts))

    @property
    def start(self) -> int:
        """The first input cell that cell 0 sees, counted from 0; negative in the padding."""
        return next((first for first in self.firsts if first is not None), 0)

    @property
    def is_whole(self) -> bool:
        """Whether all cells see the same."""
        return self.advance == 0

    @property
    def is_regular(self) -> bool:
        """Whether all cells see fields of one size, at one distance."""
        return len(self.firsts) == 1

    def at(self, cell: int) -> tuple[int | None, int | None]:
        """The first and the last input cell that a cell sees."""
        turn, phase = divmod(cell, len(self.firsts))
        first, last = self.firsts[phase], self.lasts[phase]
        move = turn * self.advance
        return (None, None) if first is None or last is None else (first + move, last + move)


@dataclass(frozen=True)
class Field:
    """The receptive field of the cells behind a layer, axis by axis of the input; `flat` where they stand in a row."""

    axes: tuple[Reach, ...]
    flat: bool = False

    @property
    def sizes(self) -> tuple[int, ...]:
        """The size along each axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def jumps(self) -> tuple[Fraction, ...]:
        """The jump along each axis."""
        return tuple(axis.jump for axis in self.axes)

    @property
    def starts(self) -> tuple[int, ...]:
        """The first input cell that cell 0 sees along each axis."""
        return tuple(axis.start for axis in self.axes)

    @property
    def is_whole(self) -> bool:
        """Whether every cell sees the same."""
        return all(axis.is_whole for axis in self.axes)


class Fields(Mapping[str, Field]):
    """The fields by layer; asked for one that has none it says why, while `get` gives None."""

    def __init__(self, found: Mapping[str, Field], refused: Mapping[str, DeriveError]) -> None:
        self.found, self.refused = found, refused

    def __getitem__(self, name: str) -> Field:
        """The field of a layer's cells; InputError where it is no window of the input."""
        if name in self.refused:
            raise self.refused[name]
        return self.found[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The field of a layer's cells, or the default where there is none."""
        return self.found.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def sides(size: Size) -> Size:
    """The axes along which fields are measured: the spatial ones; of a vector the places of its values."""
    return size[:-1] if len(size) > 1 else size


def fields(network: Network, origin: str = INPUT) -> Fields:
    """What a cell behind each layer sees of the input, or of the map behind the layer `origin`.

    Layers that see nothing of it are left out.
    """
    begin = tuple(Reach(side, (0,), (0,), 1) for side in sides(network.sizes[origin]))
    found: dict[str, Field] = {origin: Field(begin)}
    refused: dict[str, DeriveError] = {}
    for node in network.nodes:
        culprit = next((refused[source] for source in node.sources if source in refused), None)
        seen = [found[source] for source in node.sources if source in found]
        if culprit is not None:
            refused[node.name] = culprit
        elif seen and node.name != origin:
            try:
                found[node.name] = _behind(network, node, seen, found, origin)
            except InputError as error:
                refused[node.name] = error.at(path=node.name)
    return Fields(found, refused)


def _behind(network: Network, node: Node, seen: Sequence[Field], found: Mapping[str, Field], origin: str) -> Field:
    """The field behind a layer from those before it."""
    output, windows = network.sizes[node.name], windows_of(network, node)
    if windows is None:
        return _whole(network, node, found, origin)
    field = merged(seen, sides(network.sizes[origin])) if len(seen) > 1 else seen[0]
    if field.is_whole:
        return field
    if windows:
        if field.flat or len(windows) != len(field.axes):
            raise InputError("its windows slide along other axes than those of the input: no cell sees a window of it")
        pairs = zip(field.axes, windows, sides(output), strict=True)
        return Field(tuple(through(axis, window, cells) for axis, window, cells in pairs))
    return _in_place(field, output)


def _in_place(field: Field, output: Size) -> Field:
    """The same cells, perhaps put in a row, or back into the map that they were."""
    cells = tuple(axis.cells for axis in field.axes)
    if len(output) > 1 and sides(output) == cells:
        return replace(field, flat=False)
    if len(output) == 1:
        return replace(field, flat=len(cells) > 1 or cells != output)
    raise InputError("it puts the cells of a map in another order: what one of them sees is no window of the input")


def through(reach: Reach, window: Window, cells: int) -> Reach:
    """The recursion: what the cells behind a window see, from what those before it see."""
    period, up = len(reach.firsts), window.upscale
    repeats = period * up // gcd(period * up, window.stride)
    advance = reach.advance * (repeats * window.stride) // (period * up)
    simple = up == 1 and None not in reach.firsts
    taps = (0, window.kernel - 1) if simple else range(window.kernel)
    firsts: list[int | None] = []
    lasts: list[int | None] = []
    for cell in range(repeats):
        places = [cell * window.stride - window.padding + tap * window.dilation for tap in taps]
        ends = [reach.at(place // up) for place in places if place % up == 0]
        firsts.append(min((first for first, _ in ends if first is not None), default=None))
        lasts.append(max((last for _, last in ends if last is not None), default=None))
    return Reach(cells, tuple(firsts), tuple(lasts), advance)


def _whole(network: Network, node: Node, found: Mapping[str, Field], origin: str) -> Field:
    """One kernel as large as the map; only the cells that exist count."""
    sources = {source for source in node.sources if source in found}
    known: dict[str, tuple[Cells, ...]] = {}
    for name, field in found.items():
        if field.is_whole and name != origin:
            known[name] = tuple(Cells(axis.start, axis.start + axis.size - 1) for axis in field.axes)
    reached = covered(network, sources, origin, known)
    return Field(tuple(Reach(1, (cells.first,), (cells.last,), 0) for cells in reached), flat=True)


def merged(seen: Sequence[Field], image: Size) -> Field:
    """The fields of several maps put together: from the first cell of any of them to the last.

    Raises:
        InputError: their jumps differ, so that what a cell sees is no window that moves along.
    """
    if len({field.jumps for field in seen}) == 1:
        pairs = zip(*(field.axes for field in seen), strict=True)
        return replace(seen[0], axes=tuple(_hull(axes) for axes in pairs))
    whole = next((field for field in seen if field.is_whole), None)
    if whole is not None and whole.sizes == image:
        return whole
    if whole is not None:
        raise InputError("it merges a map with what sees most of the input, but not all: its cells differ in size")
    jumps = " and ".join(dict.fromkeys("×".join(map(str, dict.fromkeys(field.jumps))) for field in seen))
    raise InputError(f"it merges maps whose cells are {jumps} input cells apart: no one window moves along with both")


def _hull(axes: Sequence[Reach]) -> Reach:
    period = lcm(*(len(axis.firsts) for axis in axes))
    ends = [[axis.at(cell) for axis in axes] for cell in range(period)]
    firsts = tuple(min((first for first, _ in cell if first is not None), default=None) for cell in ends)
    lasts = tuple(max((last for _, last in cell if last is not None), default=None) for cell in ends)
    return Reach(axes[0].cells, firsts, lasts, axes[0].advance * period // len(axes[0].firsts))
