"""Gradient descent on a linear unit with a squared error: what one step makes of the error, and which rates are stable.

With one example the error is multiplied by 1 - cη(‖x‖² + 1), where c = 2 for the loss e² and 1 for e²/2. With several
the loss has the Hessian H = c AᵀA for A = (X 1), and descent is stable for η < 2/λ_max(H).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Literal

from derive.graph.arithmetic import MP, Real
from derive.graph.curvature import principal_minors, vanishes
from derive.notation.build import ONE, add, column, multiply, neg, number, subtract
from derive.notation.form import Call, Form, Frac, Power, Product, Symbol, Transpose
from derive.notation.polynomial import rational_roots

Squared = Literal["sse", "half_sse", "mse"]
Behaviour = Literal["converges", "converges with oscillation", "oscillates without end", "diverges"]

X, W, B, T, RATE = (Symbol(letter) for letter in ("x", "w", "b", "t", "eta"))
PREDICTION, ERROR, SQUARES, LOSS = Symbol("y", "hat"), Symbol("e"), Symbol("E"), Symbol("L", sub=("lin",))
LENGTH, FACTOR, LIMIT = Symbol("n"), Symbol("rho"), Symbol("eta", sub=("max",))
SAMPLES, DESIGN, HESSIAN, LARGEST = Symbol("X"), Symbol("A"), Symbol("H"), Symbol("lambda", sub=("1",))


MOST_STEPS = 500


def updated(name: Symbol) -> Symbol:
    """The quantity after one step."""
    return Symbol(name.base, name.accent, (*name.sub, "new"))


@dataclass(frozen=True, slots=True)
class LinearUnit:
    """A linear unit with n inputs on m examples.

    Attributes:
        single: whether there is one example: x is then a vector, else the rows of X are examples.
        scalar: whether an example is one number.
    """

    examples: int
    loss: Squared
    scalar: bool = False

    @property
    def single(self) -> bool:
        """Whether there is one example."""
        return self.examples == 1

    @property
    def weight(self) -> Fraction:
        """By what the sum of squares is multiplied."""
        return {"sse": Fraction(1), "half_sse": Fraction(1, 2), "mse": Fraction(1, self.examples)}[self.loss]

    @property
    def slope(self) -> Fraction:
        """c, twice the weight: the gradient by b is c times the sum of the errors."""
        return 2 * self.weight

    def times(self, *factors: Form) -> Form:
        """A product with c and η in front."""
        return multiply((*(() if self.slope == 1 else (number(self.slope),)), RATE, *factors))

    def prediction(self, w: Form, b: Form) -> Form:
        """wᵀx + b, or Xw + b."""
        return add((self._inner(w, X) if self.single else Product((SAMPLES, w)), b))

    def _inner(self, a: Form, b: Form) -> Form:
        return Product((a, b)) if self.scalar else Product((Transpose(a), b))

    def squares(self, error: Form) -> Form:
        """e², or eᵀe."""
        return Power(error, number(2)) if self.single else Product((Transpose(error), error))

    def length(self) -> Form:
        """‖x‖² + 1, the bias counting as an input that is 1."""
        return add((Power(X, number(2)) if self.scalar else self._inner(X, X), ONE))

    def step(self, name: Symbol) -> Form:
        """The parameter after one step, over the errors."""
        if self.single:
            moved = self.times(ERROR, X) if name == W else self.times(ERROR)
        else:
            moved = self.times(Transpose(SAMPLES), ERROR) if name == W else self.times(Call("sum", (ERROR,)))
        return subtract(name, moved)

    def definitions(self) -> dict[Symbol, Form]:
        """The step of gradient descent as a graph, in the order in which it is worked."""
        found: dict[Symbol, Form] = {
            PREDICTION: self.prediction(W, B),
            ERROR: subtract(PREDICTION, T),
            SQUARES: self.squares(ERROR),
        }
        if self.loss_name == LOSS:
            found[LOSS] = self.loss_form()
        if self.single:
            found |= {LENGTH: self.length(), FACTOR: subtract(ONE, self.times(LENGTH))}
        else:
            found |= {DESIGN: Call("concat", (SAMPLES, column([ONE] * self.examples)), 0, (("axis", ONE),))}
            product = Product((Transpose(DESIGN), DESIGN))
            found[HESSIAN] = product if self.slope == 1 else Product((number(self.slope), *product.factors))
        return found | {
            updated(W): self.step(W),
            updated(B): self.step(B),
            updated(ERROR): add((self.prediction(updated(W), updated(B)), neg(T))),
            updated(SQUARES): self.squares(updated(ERROR)),
        }

    @property
    def loss_name(self) -> Symbol:
        """E where that is the loss itself."""
        return SQUARES if self.weight == 1 else LOSS

    def loss_form(self) -> Form:
        """The loss over the squared error."""
        if self.loss == "half_sse":
            return Product((Frac(ONE, number(2)), SQUARES))
        return SQUARES if self.weight == 1 else Product((Frac(ONE, number(self.examples)), SQUARES))


def behaviour(curvature: Real, rate: Real) -> Behaviour:
    """What the factors 1 - ηλ make of the error, for the largest curvature λ."""
    factor = rate * curvature
    if factor > 2:
        return "diverges"
    if factor == 2:
        return "oscillates without end"
    return "converges with oscillation" if factor > 1 else "converges"


def largest_eigenvalue(matrix: Sequence[Sequence[Fraction]]) -> Real:
    """The largest zero of det(λ - H) for a positive semidefinite H: exact where it is rational, else to 50 digits.

    The coefficients of the polynomial are sums of principal minors. Newton's method starts at the trace, which no
    eigenvalue exceeds, and comes down to the largest zero from above.
    """
    size = len(matrix)
    sums = [Fraction(1), *(Fraction(0) for _ in matrix)]
    for order, minor in principal_minors(matrix):
        sums[order] += minor
    poly = tuple((-1) ** (size - degree) * sums[size - degree] for degree in range(size + 1))
    steep = tuple(degree * c for degree, c in enumerate(poly))[1:]
    x: Real = MP.convert(sums[1])
    for _ in range(MOST_STEPS):
        move = _value(poly, x) / (_value(steep, x) or 1)
        x = x - move
        if abs(move) <= abs(x) * MP.eps * 8:
            break
    exact = [root for root in rational_roots(poly)[0] if vanishes(MP.convert(root) - x)]
    return exact[0] if exact else x


def _value(poly: Sequence[Fraction], x: Real) -> Real:
    return reduce(lambda total, c: total * x + MP.convert(c), reversed(poly), MP.convert(0))
