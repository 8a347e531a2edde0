"""The shapes of a cell's formulas, stricter than the engine's: what is added is of one shape, nothing is stretched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from derive.errors import InputError
from derive.graph.arrays import Shape, written
from derive.notation import plain
from derive.notation.form import Call, Form, Frac, Hadamard, Neg, Number, Power, Product, Sum, Symbol, Transpose

Shapes = Mapping[Symbol, Shape]


def shape_of_form(form: Form, shapes: Shapes) -> Shape:
    """The shape of a formula where its names have these shapes; () for a scalar.

    Raises:
        InputError: sizes that do not fit.
    """
    match form:
        case Symbol():
            return shapes[form]
        case Call(_, (arg,)) | Neg(arg) | Power(arg) | Frac(arg):
            return shape_of_form(arg, shapes)
        case Transpose(arg):
            return shape_of_form(arg, shapes)[::-1]
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
        sizes = f"{written(left)} times {written(right)}"
        raise InputError(f"{plain.write(form)}: {sizes} does not fit, as many columns as rows are needed")
    return () if left[0] == right[1] == 1 else (left[0], right[1])


def _alike(form: Form, terms: Sequence[Form], shapes: Shapes) -> Shape:
    found = [shape_of_form(term, shapes) for term in terms]
    if len(set(found)) > 1:
        sizes = ", ".join(f"{plain.write(term)} is {written(shape)}" for term, shape in zip(terms, found, strict=True))
        raise InputError(f"{plain.write(form)}: {sizes}; they must be of one shape")
    return found[0]


class Writing:
    """Writes products of scalars and arrays alike: ⊙ and transposes stand where there are arrays alone."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = dict(shapes)

    def is_array(self, form: Form) -> bool:
        """Whether a form is a vector or a matrix."""
        return bool(shape_of_form(form, self.shapes))

    def odot(self, *factors: Form) -> Form:
        """The product entry by entry."""
        return Hadamard(factors) if all(map(self.is_array, factors)) else _product(factors)

    def square(self, form: Form) -> Form:
        """The square of every entry."""
        return Hadamard((form, form)) if self.is_array(form) else Power(form, Number("2"))

    def transposed(self, form: Form) -> Form:
        """The transpose of an array."""
        return Transpose(form) if self.is_array(form) else form

    def times(self, *factors: Form) -> Form:
        """The matrix product."""
        return _product(factors)

    def dot(self, left: Form, right: Form) -> Form:
        """The scalar product of two columns."""
        return _product((self.transposed(left), right))


def _product(factors: Sequence[Form]) -> Form:
    spread = [part for factor in factors for part in (factor.factors if isinstance(factor, Product) else (factor,))]
    return Product(tuple(spread)) if len(spread) > 1 else spread[0]
