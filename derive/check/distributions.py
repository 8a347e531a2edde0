"""Inputs whose entries add up to 1, as a premise says of a one-hot target: random ones are drawn so.

The premise is `sum(t) = 1` for a vector, for a matrix `T 1 = 1` (each row) or `1 T = 1` (each column) with matrices of
ones. Lines that use it are identities under it, such as p sum(t) - t = p - t.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.notation.arrays import Array, Value
from derive.notation.build import ONE
from derive.notation.form import Call, Form, Matrix, Product, Symbol

if TYPE_CHECKING:
    from derive.check.premises import Premises

Axis = int | None
"""Which entries add up: those of each column (0), of each row (1), or all."""


def total_of(target: Form, form: Form) -> tuple[Symbol, Axis] | None:
    """The name of which a premise says that its entries add up to 1, and along which axis; None for any other."""
    match target:
        case Call("sum", (Symbol() as name,), 0) if form == ONE:
            return name, None
        case Product((Matrix() as ones, Symbol() as name)) if _are_ones(ones) and _are_ones(form):
            return name, 0
        case Product((Symbol() as name, Matrix() as ones)) if _are_ones(ones) and _are_ones(form):
            return name, 1
    return None


def _are_ones(form: Form) -> bool:
    return form == ONE or (isinstance(form, Matrix) and all(entry == ONE for row in form.rows for entry in row))


def drawn_so(premises: Premises, draw: Callable[[Symbol], Value]) -> Callable[[Symbol], Value]:
    """The draw of inputs, those scaled that are to add up to 1; an array may be given as a box of single letters."""
    groups: dict[Symbol, list[Symbol]] = {}
    for name, axis in premises.totals.items():
        letters, form = premises.entries(name), premises.definitions.get(name)
        if letters is not None and isinstance(form, Matrix):
            for mates in _along((len(form.rows), len(form.rows[0])), letters, axis):
                groups |= dict.fromkeys(mates, mates)

    def drawn(name: Symbol) -> Value:
        value = draw(name)
        if name in groups:
            return _shares([draw(mate) for mate in groups[name]])[groups[name].index(name)]
        if name in premises.totals and isinstance(value, Array):
            return _scaled(value, premises.totals[name])
        return value

    return drawn


def _scaled(value: Array, axis: Axis) -> Array:
    places = list(range(len(value.items)))
    items = list(value.items)
    for group in _along(value.shape, places, axis):
        for place, share in zip(group, _shares([items[k] for k in group]), strict=True):
            items[place] = share
    return Array(value.shape, tuple(items))


def _along(shape: tuple[int, ...], entries: Sequence[Any], axis: Axis) -> list[list[Any]]:
    """The entries, row by row, in the groups that add up."""
    if axis is None or len(shape) != 2:
        return [list(entries)]
    rows, columns = shape
    if axis == 0:
        return [list(entries[column::columns]) for column in range(columns)]
    return [list(entries[row * columns : (row + 1) * columns]) for row in range(rows)]


def _shares(values: list[Fraction]) -> list[Fraction]:
    """Positive shares in proportion to the sizes of some numbers."""
    total = sum(map(abs, values), Fraction(0))
    return [abs(value) / total for value in values] if total else values
