"""Batch normalization (Ioffe and Szegedy 2015): its definitions as a graph, for one feature or for several.

One feature is a column x of m examples. Several are the columns of X, and what belongs to a feature (mean, variance,
γ, β) stands in a row. The variance v is σ², divided by m; s is the root of v + ε.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from derive.notation.build import ONE, add, number, subtract
from derive.notation.form import Call, Form, Frac, Hadamard, Matrix, Power, Product, Root, Sum, Symbol
from derive.notation.symbols import symbol_name
from derive.record import Phrase

Momentum = Literal["pytorch", "keras"]

MEAN, VARIANCE, ROOT, EPSILON, GAMMA, BETA, ALPHA, UNBIASED = (
    Symbol("mu"), Symbol("v"), Symbol("s"), Symbol("epsilon"), Symbol("gamma"), Symbol("beta"), Symbol("alpha"),
    Symbol("u"),
)  # fmt: skip
RUNNING = {MEAN: Symbol("mu", sub=("run",)), VARIANCE: Symbol("v", sub=("run",))}
TWO = number(2)


@dataclass(frozen=True, slots=True)
class Normalization:
    """What is to be computed for m examples with d features.

    Attributes:
        affine: whether there are γ and β.
        momentum: whose rule updates the running statistics; None where they are not asked for.
        trains: whether the statistics are those of the batch, or the running ones.
    """

    examples: int
    features: int = 1
    affine: bool = True
    momentum: Momentum | None = None
    trains: bool = True

    @property
    def single(self) -> bool:
        """Whether there is one feature."""
        return self.features == 1

    def named(self, letter: str, accent: str = "") -> Symbol:
        """x or X, with the accent."""
        return Symbol(letter if self.single else letter.upper(), accent)

    @property
    def output(self) -> Symbol:
        """What comes out."""
        return self.named("y") if self.affine else self.named("x", "hat")

    def definitions(self) -> dict[str, Form]:
        """Everything that is computed, in order."""
        found = self._statistics() if self.trains else {}
        mean, variance = (MEAN, VARIANCE) if self.trains else (RUNNING[MEAN], RUNNING[VARIANCE])
        x, hat, y = self.named("x"), self.named("x", "hat"), self.named("y")
        found |= {ROOT: Root(add((variance, EPSILON))), hat: Frac(subtract(x, mean), ROOT)}
        if self.affine:
            found[y] = add(((Product if self.single else Hadamard)((GAMMA, hat)), BETA))
        if self.momentum:
            found |= self._running(self.momentum)
        return {symbol_name(name): form for name, form in found.items()}

    def _statistics(self) -> dict[Symbol, Form]:
        x = self.named("x")
        return {MEAN: self._mean(x), VARIANCE: self._mean(Power(subtract(x, MEAN), TWO))}

    def _mean(self, array: Form) -> Form:
        """The mean over the examples; of several features that of each column, where a row of ones adds up."""
        if self.single:
            return Call("mean", (array,))
        return Frac(Product((ones(self.examples), array)), number(self.examples))

    def _running(self, momentum: Momentum) -> dict[Symbol, Form]:
        """PyTorch weighs the batch by α and takes its unbiased variance; Keras weighs the past by α."""
        found: dict[Symbol, Form] = {}
        latest: Mapping[Symbol, Symbol] = {MEAN: MEAN, VARIANCE: VARIANCE}
        if momentum == "pytorch":
            found[UNBIASED] = Product((Frac(number(self.examples), number(self.examples - 1)), VARIANCE))
            latest = {MEAN: MEAN, VARIANCE: UNBIASED}
        rest = Sum((ONE, ALPHA), (False, True))
        for name, running in RUNNING.items():
            past, now = (rest, ALPHA) if momentum == "pytorch" else (ALPHA, rest)
            found[updated(running)] = add((Product((past, running)), Product((now, latest[name]))))
        return found

    def reasons(self) -> dict[Symbol, Phrase]:
        """What stands beside each formula."""
        m = self.examples
        each = () if self.single else (", feature by feature",)
        squares = () if self.single else ("; squares of entries",)
        return {
            MEAN: ("mean over the batch", *each),
            VARIANCE: (f"variance σ², biased: over m = {m}", *squares),
            UNBIASED: (f"unbiased: over m - 1 = {m - 1}",),
            self.named("x", "hat"): ("normalized", *each),
            self.named("y"): ("scaled by ", GAMMA, ", shifted by ", BETA),
            updated(RUNNING[MEAN]): ("running mean",),
            updated(RUNNING[VARIANCE]): ("running variance",),
        }


def ones(count: int) -> Matrix:
    """A row of ones."""
    return Matrix(((ONE,) * count,))


def updated(name: Symbol) -> Symbol:
    """The running statistic after the batch."""
    return Symbol(name.base, name.accent, (*name.sub, "new"), name.sup)
