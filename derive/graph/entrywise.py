"""Arrays that meet entry by entry, as the letters of one formula of numbers.

Where arrays of one shape are multiplied entry by entry, what holds for their entries holds for them: (p - t) ⊘ (p ⊙
(1 - p)) ⊙ p ⊙ (1 - p) is p - t, since it is so for numbers. So the algebra of numbers does the work, and its products
are written as ⊙ afterwards. What is no such formula, such as a matrix product, is a letter in it.
"""

from __future__ import annotations

from derive.graph.array_formulas import ArrayFormulas
from derive.graph.arrays import Shape
from derive.notation.build import ONE, multiply, neg
from derive.notation.form import Derivative, Form, Frac, Hadamard, Neg, Number, Power, Product, Symbol, rebuild


class Entrywise:
    """Formulas of letters, and the formulas over arrays that they stand for."""

    def __init__(self, formulas: ArrayFormulas) -> None:
        self.formulas = formulas
        self._meant: dict[Form, Form] = {}
        self._letters: dict[Form, Symbol] = {}

    def letter(self, form: Form) -> Form:
        """A letter for a formula over arrays; a name is its own."""
        if isinstance(form, (Symbol, Derivative, Number)):
            return form
        if isinstance(form, Neg):
            return neg(self.letter(form.arg))
        if form not in self._letters:
            self._letters[form] = Symbol(f"@{len(self._letters)}")
            self._meant[self._letters[form]] = form
        return self._letters[form]

    def shape(self, form: Form) -> Shape:
        """The shape of what a formula of letters stands for."""
        return self.formulas.shape(self.arrays(form))

    def arrays(self, form: Form) -> Form:
        """The formula over arrays that a formula of letters stands for."""
        if isinstance(form, (Symbol, Derivative)):
            return self._meant.get(form, form)
        if isinstance(form, Product):
            return self._product([self.arrays(factor) for factor in form.factors])
        if isinstance(form, Power) and form.exponent == Number("2") and self.shape(form.base):
            base = self.arrays(form.base)
            return Hadamard((base, base))
        form = rebuild(form, self.arrays)
        if isinstance(form, Frac) and isinstance(form.bottom, Number) and self.formulas.shape(form.top):
            return multiply([Frac(ONE, form.bottom), form.top])
        return form

    def _product(self, factors: list[Form]) -> Form:
        """Numbers scale; arrays are multiplied entry by entry."""
        scale = [factor for factor in factors if not self.formulas.shape(factor)]
        arrays = [factor for factor in factors if self.formulas.shape(factor)]
        if len(arrays) < 2:
            return multiply([*scale, *arrays])
        first = multiply([*scale, arrays[0]])
        spread: list[Form] = []
        for factor in (first.arg if isinstance(first, Neg) else first, *arrays[1:]):
            spread += factor.factors if isinstance(factor, Hadamard) else (factor,)
        product = Hadamard(tuple(spread))
        return neg(product) if isinstance(first, Neg) else product
