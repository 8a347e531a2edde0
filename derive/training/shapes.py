"""The shapes of a cell's formulas, stricter than the engine's: what is added is of one shape, nothing is stretched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from derive.errors import InputError
from derive.graph.arrays import Shape, written
from derive.notation import plain
from derive.notation.form import Call, Form, Hadamard, Number, Product, Sum, Symbol


def shape_of_form(form: Form, shapes: Mapping[Symbol, Shape]) -> Shape:
    """The shape of a formula where its names have these shapes; () for a scalar.

    Raises:
        InputError: sizes that do not fit.
    """
    match form:
        case Symbol():
            return shapes[form]
        case Call(_, (arg,)):
            return shape_of_form(arg, shapes)
        case Product(factors):
            return reduce(lambda left, right: _times(form, left, right), [shape_of_form(f, shapes) for f in factors])
        case Sum(terms) | Hadamard(terms):
            return _alike(form, [term for term in terms if not isinstance(term, Number)], shapes)
    return ()


def _times(form: Form, left: Shape, right: Shape) -> Shape:
    if not left or not right:
        if max(left + right, default=1) > 1 and 1 not in (left or right):
            raise InputError(f"{plain.write(form)}: a matrix of {written(left or right)} meets a single number")
        return left or right
    if left[1] != right[0]:
        raise InputError(
            f"{plain.write(form)}: {written(left)} times {written(right)} does not fit, as many columns as rows are "
            "needed"
        )
    return () if left[0] == right[1] == 1 else (left[0], right[1])


def _alike(form: Form, terms: Sequence[Form], shapes: Mapping[Symbol, Shape]) -> Shape:
    found = [shape_of_form(term, shapes) for term in terms]
    if len(set(found)) > 1:
        sizes = ", ".join(f"{plain.write(term)} is {written(shape)}" for term, shape in zip(terms, found, strict=True))
        raise InputError(f"{plain.write(form)}: {sizes}; they must be of one shape")
    return found[0]
