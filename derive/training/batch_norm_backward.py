"""The gradient back through a batch normalization, as a sum over paths: x feeds x̂, the variance and the mean.

With g = ∂L/∂y and s = √(v + ε), for each feature (Ioffe and Szegedy 2015, section 3):

    ∂L/∂γ = Σ g_i x̂_i          ∂L/∂β = Σ g_i         ∂L/∂x̂_i = γ g_i
    ∂L/∂v = -Σ ∂L/∂x̂_i (x_i - μ) / (2 s³)
    ∂L/∂μ = -Σ ∂L/∂x̂_i / s - ∂L/∂v · 2/m · Σ (x_i - μ), whose second sum is 0
    ∂L/∂x_i = ∂L/∂x̂_i / s + ∂L/∂v · 2 (x_i - μ)/m + ∂L/∂μ / m

The values come from the graph's own sweep; these formulas are what is printed and what the judge holds against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.notation.build import ONE, add, neg, number, subtract
from derive.notation.form import BigSum, Derivative, Form, Frac, Power, Product, Symbol
from derive.notation.symbols import element
from derive.record import Phrase
from derive.training.batch_norm import BETA, GAMMA, MEAN, ROOT, VARIANCE, Normalization

INDEX = Symbol("i")
LOSS = Symbol("L")


def slope(name: Symbol) -> Derivative:
    """∂L/∂name."""
    return Derivative(LOSS, (name,))


@dataclass(frozen=True, slots=True)
class Formula:
    """A gradient: the forms that are printed with their reasons, and the last of them over single entries."""

    lines: tuple[tuple[Form, Phrase], ...]
    spread: Form


class Feature:
    """The names that belong to one feature, and the formulas of its gradients.

    Args:
        number: which feature, from 1.
    """

    def __init__(self, normalization: Normalization, number: int) -> None:
        self.normalization, self.number = normalization, number
        self.m = normalization.examples

    def own(self, name: Symbol) -> Symbol:
        """What a feature has one of: its mean, its γ."""
        return name if self.normalization.single else element(name, self.number)

    def of(self, letter: str, accent: str, row: int | str) -> Symbol:
        """What it has one of for each example, at a row or at the index of a sum."""
        array = self.normalization.named(letter, accent)
        place = (str(row),) if self.normalization.single else (str(row), str(self.number))
        return Symbol(array.base, array.accent, (*array.sub, *place))

    def x(self, row: int | str) -> Symbol:
        """An input."""
        return self.of("x", "", row)

    def hat(self, row: int | str) -> Symbol:
        """A normalized input."""
        return self.of("x", "hat", row)

    def y(self, row: int | str) -> Symbol:
        """An output."""
        return self.of("y", "", row)

    def deviation(self, row: int | str) -> Form:
        """x_i - μ."""
        return subtract(self.x(row), self.own(MEAN))

    def summed(self, term: Callable[[int | str], Form]) -> tuple[Form, Form]:
        """Σ of a term over the examples, and the same written out."""
        written = add(term(row) for row in range(1, self.m + 1))
        return BigSum(term("i"), INDEX, number(1), number(self.m)), written

    def gamma(self) -> Formula:
        """γ feeds every y_i."""
        short, long = self.summed(lambda row: Product((slope(self.y(row)), self.hat(row))))
        return Formula(((short, (self.own(GAMMA), " feeds every ", self.y("i"), ": add")),), long)

    def beta(self) -> Formula:
        """So does β."""
        short, long = self.summed(lambda row: slope(self.y(row)))
        return Formula(((short, (self.own(BETA), " feeds every ", self.y("i"), ": add")),), long)

    def normalized(self, row: int) -> Formula:
        """x̂_i feeds y_i alone."""
        form = Product((slope(self.y(row)), self.own(GAMMA)))
        return Formula(((form, ("chain rule through ", self.y(row))),), form)

    def variance(self) -> Formula:
        """v feeds every x̂_i through s."""
        short, long = self.summed(lambda row: Product((slope(self.hat(row)), self.deviation(row))))
        bottom = Product((number(2), Power(self.own(ROOT), number(3))))
        v, s = self.own(VARIANCE), self.own(ROOT)
        reason: Phrase = (v, " feeds every ", self.hat("i"), " through ", s, ": add")
        return Formula(((neg(Product((Frac(ONE, bottom), short))), reason),), neg(Frac(long, bottom)))

    def mean(self) -> Formula:
        """μ feeds every x̂_i, and v."""
        s, v = self.own(ROOT), self.own(VARIANCE)
        short, long = self.summed(lambda row: slope(self.hat(row)))
        deviations, _ = self.summed(self.deviation)
        through_hat = neg(Product((Frac(ONE, s), short)))
        through_v = Product((slope(v), Frac(number(2), number(self.m)), deviations))
        whole = add((through_hat, neg(through_v)))
        reason: Phrase = (self.own(MEAN), " feeds every ", self.hat("i"), " and ", v, ": add")
        return Formula(((whole, reason), (through_hat, ("the deviations add up to 0",))), neg(Frac(long, s)))

    def input(self, row: int) -> Formula:
        """x_i feeds x̂_i, v and μ."""
        s, v, mu, m = self.own(ROOT), self.own(VARIANCE), self.own(MEAN), number(self.m)
        paths = (
            Product((Frac(ONE, s), slope(self.hat(row)))),
            Product((slope(v), Frac(Product((number(2), self.deviation(row))), m))),
            Product((Frac(ONE, m), slope(mu))),
        )
        reason: Phrase = (self.x(row), " feeds ", self.hat(row), ", ", v, " and ", mu, ": add")
        return Formula(((add(paths), reason),), add(paths))
