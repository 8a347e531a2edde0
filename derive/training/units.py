"""Output units: the values that each can give, and with which the smallest loss for a target follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.notation.build import ONE, ZERO, neg
from derive.notation.form import Call, Form, Symbol
from derive.record import Phrase

Reach = Literal["reached", "only approached", "out of reach"]

A = Symbol("a")
NIL, UNIT = Fraction(0), Fraction(1)
INFINITY = Call("infinity")
Bound = Fraction | None
"""None for an infinite one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An activation of the output, as a function of the pre-activation a, which can be any number.

    Attributes:
        words: what a sheet calls it.
        low, high: the ends of its values.
        attained: whether each end is a value itself.
        reasons: why the ends are where they are, for the name of a pre-activation.
        usual: whether it is proposed where another unit does not do.
    """

    words: str
    output: Callable[[Form], Form]
    low: Bound
    high: Bound
    reasons: Callable[[Form], tuple[Phrase, Phrase]]
    attained: tuple[bool, bool] = (False, False)
    usual: bool = True

    def reach(self, target: Fraction) -> Reach:
        """Whether the unit can give a target."""
        ends = zip((self.low, self.high), self.attained, strict=True)
        at_end = [attained for end, attained in ends if end == target]
        if at_end:
            return "reached" if at_end[0] else "only approached"
        return "reached" if self.nearest(target) == target else "out of reach"

    def nearest(self, target: Fraction) -> Fraction:
        """The value, or the end of the values, that is nearest to a target."""
        if self.low is not None and target < self.low:
            return self.low
        return self.high if self.high is not None and target > self.high else target


def _called(name: str) -> Callable[[Form], Form]:
    return lambda a: Call(name, (a,))


Why = Callable[[Form], tuple[Phrase, Phrase]]


def _far(low: Callable[[Form], Phrase], high: Callable[[Form], Phrase]) -> Why:
    """Reasons for both ends that lie where the pre-activation goes beyond all bounds."""

    def reasons(a: Form) -> tuple[Phrase, Phrase]:
        return (*low(a), " for ", a, " → ", neg(INFINITY)), (*high(a), " for ", a, " → ", INFINITY)

    return reasons


def _power(sign: int) -> Callable[[Form], Form]:
    return lambda a: Call("exp", (a if sign > 0 else neg(a),))


def _grows(form: Callable[[Form], Form]) -> Callable[[Form], Phrase]:
    return lambda a: (form(a), " → ", INFINITY)


def _shrinks(form: Callable[[Form], Form]) -> Callable[[Form], Phrase]:
    return lambda a: (form(a), " → 0")


def _falls(a: Form) -> Phrase:
    return ("goes to ", neg(INFINITY))


def _rises(a: Form) -> Phrase:
    return ("goes to ", INFINITY)


def _relu(a: Form) -> tuple[Phrase, Phrase]:
    return ("attained: it is 0 for every ", a, " up to 0"), (*_rises(a), " for ", a, " → ", INFINITY)


UNITS: dict[str, Unit] = {
    "sigmoid": Unit("sigmoid", _called("sigmoid"), NIL, UNIT, _far(_grows(_power(-1)), _shrinks(_power(-1)))),
    "tanh": Unit("tanh", _called("tanh"), -UNIT, UNIT, _far(_shrinks(_power(1)), _shrinks(_power(-1)))),
    "relu": Unit("ReLU", _called("relu"), NIL, None, _relu, (True, False)),
    "softplus": Unit("softplus", _called("softplus"), NIL, None, _far(_shrinks(_power(1)), _rises), usual=False),
    "elu": Unit("ELU", _called("elu"), -UNIT, None, _far(_shrinks(_power(1)), _rises), usual=False),
    "leaky_relu": Unit("leaky ReLU", _called("leaky_relu"), None, None, _far(_falls, _rises), usual=False),
    "linear": Unit("linear", lambda a: a, None, None, _far(_falls, _rises)),
}
"""One entry a unit."""


def end_form(end: Bound, sign: int) -> Form:
    """An end of the values as it is written."""
    if end is None:
        return INFINITY if sign > 0 else neg(INFINITY)
    return {0: ZERO, 1: ONE, -1: neg(ONE)}[int(end)]


def fitting(targets: Sequence[Fraction]) -> list[Unit]:
    """The usual units that come as near as one likes to all targets."""
    return [unit for unit in UNITS.values() if unit.usual and all(unit.nearest(t) == t for t in targets)]


def nearest_distribution(target: Sequence[Fraction]) -> list[Fraction]:
    """The probabilities nearest to a target: max(t - τ, 0), with τ such that they add up to 1 (by sorting)."""
    total, tau = Fraction(0), Fraction(0)
    for count, value in enumerate(sorted(target, reverse=True), 1):
        total += value
        if value > (total - 1) / count:
            tau = (total - 1) / count
    return [max(value - tau, Fraction(0)) for value in target]
