"""Receptive fields by counting: the positions that one cell sees are followed back through the windows, one by one.

Nothing here knows a recursion of sizes or jumps. A network is a matrix with a row (from, to, K, S, P, d, U) for each
window between two maps: map 0 is the input, later maps have larger numbers, the last one is asked about. Cell c of
`to` sees the cells c·S - P + t·d for t = 0 .. K - 1 of a map that was stretched by U, with nothing between its cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod

from derive.notation.arrays import Array, Value, items
from derive.notation.reals import Undefined
from derive.notation.use import Meaning, Use

WIDTH = 7
MOST_CELLS, MOST_PLACES, MOST_TAPS = 4_000, 512, 20_000
"""Of more positions only those at both ends are followed: they decide where a field begins and ends."""

Rows = Sequence[Sequence[int]]


def field_size(use: Use, args: list[Value]) -> Value:
    """field_size(rows): from the first cell that a cell sees to the last; the largest where cells differ."""
    rows = _rows(use, args)
    fields = [_seen(rows, [cell]) for cell in range(_kinds(rows))]
    return Fraction(max((max(field) - min(field) + 1 for field in fields if field), default=0))


def field_jump(use: Use, args: list[Value]) -> Value:
    """field_jump(rows): how far the field moves from one cell to the next, on average where that differs."""
    rows = _rows(use, args)
    kinds = _kinds(rows)
    return Fraction(min(_seen_by(rows, kinds)) - min(_seen_by(rows, 0)), kinds)


def field_start(use: Use, args: list[Value]) -> Value:
    """field_start(rows): the first position that cell 0 sees."""
    return Fraction(min(_seen_by(_rows(use, args), 0)))


def field_whole(use: Use, args: list[Value]) -> Value:
    """field_whole(rows, sides): how far the cells reach that all of the last map see, where maps end at their sides."""
    rows, sides = _rows(use, args), _whole(use, args[1])
    field = _seen(rows, range(sides[-1]), sides)
    return Fraction(max(field) - min(field) + 1 if field else 0)


def _seen_by(rows: Rows, cell: int) -> set[int]:
    field = _seen(rows, [cell])
    if not field:
        raise Undefined("a cell that sees nothing")
    return field


def _seen(rows: Rows, cells: Iterable[int], sides: Sequence[int] = ()) -> set[int]:
    """The positions on map 0 that cells of the last map see; where sides are given, no map goes beyond them."""
    last = max((row[1] for row in rows), default=0)
    marked: dict[int, set[int]] = {last: set(cells)}
    for before, behind, kernel, stride, padding, dilation, stretch in sorted(rows, key=lambda row: -row[1]):
        taps = _ends(range(kernel), MOST_TAPS)
        places = {c * stride - padding + t * dilation for c in _ends(marked.get(behind, ()), MOST_CELLS) for t in taps}
        found = {place // stretch for place in places if place % stretch == 0}
        if sides:
            found = {place for place in found if 0 <= place < sides[before]}
        marked.setdefault(before, set()).update(found)
    return marked.get(0, set())


def _ends(cells: Iterable[int], most: int) -> Sequence[int]:
    ordered = cells if isinstance(cells, range) else sorted(cells)
    return ordered if len(ordered) <= most else [*ordered[: most // 2], *ordered[-most // 2 :]]


def _kinds(rows: Rows) -> int:
    """After so many cells at most the pattern of what they see repeats itself: neighbours differ behind a stretch."""
    return min(prod(row[6] for row in rows), MOST_PLACES)


def _rows(use: Use, args: list[Value]) -> Rows:
    value = args[0]
    if not isinstance(value, Array) or len(value.shape) != 2 or value.shape[1] != WIDTH:
        raise Undefined(f"windows are rows of {WIDTH} numbers")
    whole = _whole(use, value)
    rows = [whole[k : k + WIDTH] for k in range(0, len(whole), WIDTH)]
    if any(before >= behind or min(kernel, stride, dilation, stretch) < 1 or before < 0
           for before, behind, kernel, stride, _, dilation, stretch in rows):  # fmt: skip
        raise Undefined("a window that leads back, or without a size")
    return rows


def _whole(use: Use, value: Value) -> list[int]:
    numbers = [use.reals.whole(x) for x in items(value)]
    if any(n is None for n in numbers):
        raise Undefined("cells are counted in whole numbers")
    return [n for n in numbers if n is not None]


FIELD_MEANINGS: dict[str, Meaning] = {
    function.__name__: function for function in (field_size, field_jump, field_start, field_whole)
}
