"""The rules by which an operation on arrays hands a gradient back: the `adjoint` texts of its entry, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import prod

from derive.graph.array_table import ARRAY_OPERATIONS
from derive.graph.arrays import Shape
from derive.graph.entrywise import Entrywise
from derive.graph.scaling import scaled_by, simplified, taken_apart, times
from derive.notation.build import ONE, ZERO, add, multiply, neg, number
from derive.notation.form import Call, Form, Frac, Hadamard, Matrix, Neg, Product, Sum, Symbol, Transpose
from derive.notation.text import read

TOTAL = "total"
Params = tuple[tuple[str, Form], ...]


@lru_cache(maxsize=None)
def _adjoint(operation: str, place: int) -> Form:
    return read(ARRAY_OPERATIONS[operation].adjoint[place], functions=(TOTAL,))


class AdjointRules:
    """Fills the letters of an adjoint text with formulas of letters (see `derive.graph.entrywise`)."""

    def __init__(self, entrywise: Entrywise) -> None:
        self.entrywise, self.formulas = entrywise, entrywise.formulas

    def handed(self, operation: str, place: int, meant: Mapping[str, Form], params: Params = ()) -> Form:
        """An adjoint of the table, where its letters stand for these."""
        return self._filled(_adjoint(operation, place), meant, params)

    def _filled(self, form: Form, meant: Mapping[str, Form], params: Params) -> Form:
        def filled(part: Form) -> Form:
            return self._filled(part, meant, params)

        match form:
            case Symbol(base):
                return meant[base]
            case Hadamard(factors):
                product = [filled(factor) for factor in factors]
                return simplified(times(*product))[0]
            case Product(factors):
                return self._matrix_product([self.entrywise.arrays(filled(factor)) for factor in factors])
            case Transpose(arg):
                inner = self.entrywise.arrays(filled(arg))
                return self.entrywise.letter(Transpose(inner)) if self.formulas.shape(inner) else inner
            case Sum(terms, minus):
                return add(neg(filled(t)) if m else filled(t) for t, m in zip(terms, minus, strict=True))
            case Frac(top, bottom):
                return times(filled(top), Frac(ONE, filled(bottom)))
            case Call(function, (arg,)) if function == TOTAL:
                return self._total(filled(arg), columns=("axis", ZERO) in params)
            case Call(function, (arg,)):
                return self.entrywise.letter(Call(function, (self.entrywise.arrays(filled(arg)),), 0, params))
        return form

    def _matrix_product(self, factors: list[Form]) -> Form:
        product = multiply(factors)
        if isinstance(product, Product) and any(map(self.formulas.shape, product.factors)):
            return self.entrywise.letter(product)
        return self.entrywise.letter(product) if isinstance(product, Neg) else product

    def _total(self, form: Form, columns: bool) -> Form:
        """The sum of each vector that an operation takes whole: a vector, or every row or column of a matrix."""
        scale, rest = taken_apart(form)
        rows, width = self.entrywise.shape(rest)
        if 1 in (rows, width):
            return self._summed(form)
        inner = self.entrywise.arrays(rest)
        product = [_ones(1, rows), inner] if columns else [inner, _ones(width, 1)]
        return scaled_by(scale, self._matrix_product(product))

    def gathered(self, g: Form, whole: Shape, own: Shape) -> Form:
        """A gradient summed over the sides along which what it belongs to was repeated."""
        if whole == own or not whole:
            return g
        if not self.entrywise.shape(g):
            return times(number(prod(whole) // prod(own)), g)
        if not own:
            return self._summed(g)
        inner = self.entrywise.arrays(g)
        if own[0] < whole[0]:
            inner = multiply([_ones(1, whole[0]), inner])
        if own[1] < whole[1]:
            inner = multiply([inner, _ones(whole[1], 1)])
        return self.entrywise.letter(inner)

    def _summed(self, form: Form) -> Form:
        """The sum of all entries, a number that scales them in front."""
        scale, rest = taken_apart(form)
        return scaled_by(scale, self.entrywise.letter(Call("sum", (self.entrywise.arrays(rest),))))


def _ones(rows: int, columns: int) -> Matrix:
    return Matrix(((ONE,) * columns,) * rows)
