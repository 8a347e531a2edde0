"""Formulas of the entries of an array that differ in their index alone, as one formula of whole arrays.

p_1 - t_1, p_2 - t_2, p_3 - t_3 is p - t. A product of two entries becomes a product entry by entry; what has no
meaning for whole arrays, such as a condition, is not lifted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from derive.graph.array_table import ARRAY_OPERATIONS
from derive.notation.build import multiply
from derive.notation.form import (
    BigSum,
    Call,
    Cases,
    Derivative,
    Form,
    Hadamard,
    Indicator,
    Matrix,
    Product,
    Symbol,
    Tuple,
    rebuild,
    walk,
)
from derive.notation.names import arrays_of

Place = tuple[str, ...]
"""The index of an entry as it is written."""


class _Unlike(Exception):
    """A formula that is not one of entries with the same index."""


def lifted(forms: Sequence[Form], places: Sequence[Place], arrays: Collection[Symbol]) -> Form | None:
    """The one formula of whole arrays whose entries the forms are; None where there is none.

    Args:
        places: the index of each form.
        arrays: the names of the arrays, bold where they are to be printed so.
    """
    known = {array: array for array in arrays}
    try:
        found = {_lifted(form, place, known) for form, place in zip(forms, places, strict=True)}
    except _Unlike:
        return None
    return found.pop() if len(found) == 1 else None


def pattern(form: Form, place: Place, arrays: Collection[Symbol]) -> Form:
    """The form with its own index left open: entries with one pattern are found in the same way."""

    def opened(part: Form) -> Form:
        if not isinstance(part, Symbol):
            return rebuild(part, opened)
        array, index = _split(part, arrays)
        if array is None or len(index) != len(place):
            return part
        marks = tuple("*" if mine == own else mine for mine, own in zip(index, place, strict=True))
        return Symbol(part.base, part.accent, (*array.sub, *marks), part.sup)

    return opened(form)


def _split(symbol: Symbol, arrays: Collection[Symbol]) -> tuple[Symbol | None, Place]:
    """The array that a name is an entry of, and its index."""
    return next(((array, place) for array, place in arrays_of(symbol) if array in arrays), (None, ()))


def _lifted(form: Form, place: Place, arrays: dict[Symbol, Symbol]) -> Form:
    match form:
        case Symbol():
            array, index = _split(form, arrays)
            if array is None:
                return form
            if index != place:
                raise _Unlike
            return arrays[array]
        case Derivative(of, (by,), held, total):
            return Derivative(of, (_lifted(by, place, arrays),), held, total)
        case Indicator() | Cases() | Matrix() | Tuple() | BigSum() | Derivative():
            raise _Unlike
        case Call(function) if function in ARRAY_OPERATIONS or function == "argmax":
            raise _Unlike
        case Product(factors):
            return _product([_lifted(factor, place, arrays) for factor in factors], arrays)
    return rebuild(form, lambda part: _lifted(part, place, arrays))


def _product(factors: list[Form], arrays: dict[Symbol, Symbol]) -> Form:
    """Numbers in front, arrays multiplied entry by entry behind them."""
    whole = [factor for factor in factors if any(part in arrays for part in walk(factor) if isinstance(part, Symbol))]
    if len(whole) < 2:
        return Product(tuple(factors))
    return multiply([*(factor for factor in factors if factor not in whole), Hadamard(tuple(whole))])
