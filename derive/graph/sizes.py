"""The shapes in a formula, as they stand beside it: (3 × 2)(2 × 1) + (3 × 1) → 3 × 1."""

from __future__ import annotations

from collections.abc import Iterable

from derive.graph.array_formulas import ArrayFormulas
from derive.notation.build import number
from derive.notation.form import BigSum, Form, Frac, Hadamard, Neg, Product, Shape, Sum, walk
from derive.record import Phrase


def sizes(formulas: ArrayFormulas, formula: Form) -> Phrase:
    """The shapes of the factors of a matrix product and of its result; the shape alone of what has no such product."""
    shape, written = formulas.shape(formula), _sized(formulas, formula)
    if written is None:
        return ()
    result: Form | str = _shape(shape) if shape else "a number"
    return (written, " → ", result) if has_product(formulas, formula) else ("shape ", result)


def has_product(formulas: ArrayFormulas, formula: Form) -> bool:
    """Whether arrays meet in a matrix product."""
    written = None if any(isinstance(node, BigSum) for node in walk(formula)) else _sized(formulas, formula)
    return written is not None and any(isinstance(node, Product) for node in walk(written))


def _sized(formulas: ArrayFormulas, form: Form) -> Form | None:
    """A formula with the shape of each array in its place; numbers are left out, in a sum each shape comes once."""
    match form:
        case Product(factors):
            parts = [part for factor in factors if (part := _sized(formulas, factor)) is not None]
            return Product(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None
        case Hadamard(factors):
            distinct = _distinct(formulas, factors)
            return Hadamard(distinct) if len(distinct) > 1 else distinct[0]
        case Sum(terms, _):
            distinct = _distinct(formulas, terms)
            return Sum(distinct, (False,) * len(distinct)) if len(distinct) > 1 else next(iter(distinct), None)
        case Neg(arg) | Frac(arg, _):
            return _sized(formulas, arg)
    shape = formulas.shape(form)
    return _shape(shape) if shape else None


def _distinct(formulas: ArrayFormulas, forms: Iterable[Form]) -> tuple[Form, ...]:
    return tuple(dict.fromkeys(part for form in forms if (part := _sized(formulas, form)) is not None))


def _shape(shape: tuple[int, ...]) -> Form:
    return Shape(tuple(number(side) for side in shape))
