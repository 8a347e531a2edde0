"""Whether an output unit can reach its targets, and the smallest loss that any parameters can have.

Whatever the weights are, a pre-activation can be any number; so the smallest loss is the infimum over those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.notation.build import ONE, ZERO, add, neg, number, subtract
from derive.notation.form import Call, Form, Frac, Power, Product, Relation, Symbol, Text, Tuple, symbols
from derive.notation.rounding import Real
from derive.notation.value import evaluate
from derive.notation.words import joined
from derive.notation.working import number_lines
from derive.record import Given, Line, Mark, Phrase, Rounding, Step
from derive.training.units import INFINITY, UNITS, A, Reach, end_form, fitting, nearest_distribution

LossName = Literal["sse", "half_sse", "mse", "bce", "cross_entropy"]
METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
VERDICT = (Mark(Fraction(2), "A"),)
"""What is asked for in the first place, which the last half point is for."""
LOSS, TARGET, SHARES, NEAREST = (Symbol(letter) for letter in ("L", "t", "p", "q"))
TWO = number(2)
LOWEST = Call("infimum", (LOSS,))


@dataclass(frozen=True, slots=True)
class Targets:
    """What an output is to be: one target for each example; for softmax the entries of one.

    Attributes:
        unit: the name of an entry of `UNITS`, or softmax.
    """

    unit: str
    loss: LossName
    values: tuple[Fraction, ...]

    @property
    def single(self) -> bool:
        """Whether there is one number only."""
        return len(self.values) == 1

    def numbered(self, name: Symbol) -> list[Symbol]:
        """A name for each target: itself where there is one only."""
        return [name] if self.single else [Symbol(name.base, sub=(str(k + 1),)) for k in range(len(self.values))]

    @property
    def outputs(self) -> list[Form]:
        """What the unit gives."""
        if self.unit == "softmax":
            return list(self.numbered(SHARES))
        return [UNITS[self.unit].output(a) for a in self.numbered(A)]

    @property
    def softmax(self) -> Form:
        """The shares of all pre-activations."""
        return Call("softmax", (Tuple(tuple(self.numbered(A))),))

    def weighted(self, terms: list[Form]) -> Form:
        """The sum of terms as the loss weighs it."""
        whole = add(terms)
        if self.loss == "half_sse":
            return Product((Frac(ONE, TWO), whole))
        if self.loss in ("mse", "bce") and not self.single:
            return Product((Frac(ONE, number(len(self.values))), whole))
        return whole

    def definition(self) -> Form:
        """The loss over pre-activations and targets."""
        pairs = list(zip(self.outputs, self.numbered(TARGET), strict=True))
        if self.loss == "cross_entropy":
            return neg(add(Product((t, Call("log", (y,)))) for y, t in pairs))
        if self.loss == "bce":
            return neg(self.weighted([term for y, t in pairs for term in _crossed(t, y)]))
        return self.weighted([Power(subtract(y, t), TWO) for y, t in pairs])

    def premises(self) -> Iterator[Given]:
        """The free pre-activations, and what is made of them."""
        if self.unit == "softmax":
            yield Given(Symbol("p", bold=True), self.softmax)
        yield Given(LOSS, self.definition())
        yield from (Given(name, None, "free") for name in self.numbered(A))

    def steps(self, rounding: Rounding) -> list[Step]:
        """The values of the unit, whether they hold the targets, the smallest loss, and which unit would do."""
        nearest = self.nearest()
        found = [*self._values(), *self._reach()]
        if self.unit == "softmax" and nearest != self.values and self.loss != "cross_entropy":
            found.append(_nearest_step(nearest))
        found.append(self._lowest(nearest, rounding))
        if nearest != self.values:
            units = [unit.words for unit in fitting(self.values)]
            target = Call("fitting", tuple(self.numbered(TARGET)))
            line = Line("=", Text(joined(units, "or")), ("usual units with smallest loss 0",))
            found.append(Step("fitting", target, (line,), "choice of a unit", (), ACCURACY))
        return found

    def nearest(self) -> tuple[Fraction, ...]:
        """The values, or the ends of the values, that are nearest to the targets."""
        if self.unit == "softmax":
            return tuple(nearest_distribution(self.values))
        return tuple(map(UNITS[self.unit].nearest, self.values))

    def _values(self) -> Iterator[Step]:
        """Between which ends the unit lies; a linear one gives every number as it is."""
        if self.unit in ("softmax", "linear"):
            return
        unit, a = UNITS[self.unit], self.numbered(A)[0]
        ends = (("infimum", unit.low, -1), ("supremum", unit.high, 1))
        for (name, end, sign), reason in zip(ends, unit.reasons(a), strict=True):
            target = Call(name, (unit.output(a),))
            yield Step(name, target, (Line("=", end_form(end, sign), reason),), "values of the unit", (), METHOD)

    def _reach(self) -> Iterator[Step]:
        if self.unit == "softmax":
            target = Call("reach", (self.softmax, Symbol("t", bold=True)))
            reason: Phrase = ("shares are positive and add up to 1",)
            yield Step("reach", target, (Line("=", Text(_of_shares(self.values)), reason),), "reach", (), VERDICT)
            return
        unit = UNITS[self.unit]
        output = unit.output(self.numbered(A)[0])
        named = list(zip(self.numbered(TARGET), self.values, strict=True))
        if len(said := {unit.reach(value) for value in self.values}) == 1 and said != {"out of reach"}:
            line = Line("=", Text(said.pop()), self._why(*named[0]))
            yield Step("reach", Call("reach", (output, *self.numbered(TARGET))), (line,), "reach", (), VERDICT)
            return
        for place, (name, value) in enumerate(named, 1):
            line = Line("=", Text(unit.reach(value)), self._why(name, value))
            yield Step(f"reach_{place}", Call("reach", (output, name)), (line,), "reach", (), VERDICT)

    def _why(self, name: Symbol, value: Fraction) -> Phrase:
        unit = UNITS[self.unit]
        if unit.low is not None and value < unit.low:
            return (Relation("<", name, end_form(unit.low, -1)),)
        if unit.high is not None and value > unit.high:
            return (Relation(">", name, end_form(unit.high, 1)),)
        if value in (unit.low, unit.high):
            return ("an end of the values",)
        return ("every number is a value",) if self.unit == "linear" else ("between the ends",)

    def _lowest(self, nearest: tuple[Fraction, ...], rounding: Rounding) -> Step:
        """The smallest loss: formula over the targets, numbers, value."""
        form, reason = self._lowest_form(nearest)
        lines: tuple[Line, ...] = (Line("=", form, reason),)
        if symbols(form):
            known: dict[Form, Real] = dict(zip(self.numbered(TARGET), self.values, strict=True))
            known |= dict(zip(self.numbered(NEAREST), nearest, strict=True))
            lines += number_lines(form, evaluate(form, known), known, rounding)
        return Step("lowest", LOWEST, lines, "smallest loss", (), ACCURACY)

    def _lowest_form(self, nearest: tuple[Fraction, ...]) -> tuple[Form, Phrase]:
        names = self.numbered(TARGET)
        gaps = [(name, t, end) for name, t, end in zip(names, self.values, nearest, strict=True) if t != end]
        reached = self._is_attained(nearest)
        if self.loss in ("bce", "cross_entropy"):
            if gaps:
                return neg(INFINITY), ("the loss falls without end: it is made for targets from 0 to 1",)
            mixed = [(name, t) for name, t in zip(names, self.values, strict=True) if 0 < t < 1]
            terms = [term for name, _ in mixed for term in (_crossed(name, name) if self.loss == "bce" else _own(name))]
            form = neg(self.weighted(terms)) if terms else ZERO
            return form, ("at an output equal to the target", "" if reached else ", not attained")
        if not gaps:
            return ZERO, ("at an output equal to the target", "" if reached else ", not attained")
        ends: dict[Symbol, Form] = dict(zip(names, self.numbered(NEAREST), strict=True))
        pairs = [(ends[name] if self.unit == "softmax" else number(end), name) for name, _, end in gaps]
        form = self.weighted([Power(subtract(end, name), TWO) for end, name in pairs])
        where = "at the nearest shares" if self.unit == "softmax" else "at the nearest end of the values"
        return form, (where, "" if reached else ", not attained")

    def _is_attained(self, nearest: tuple[Fraction, ...]) -> bool:
        if self.unit == "softmax":
            return all(share > 0 for share in nearest)
        return all(UNITS[self.unit].reach(value) == "reached" for value in nearest)


def _crossed(t: Form, y: Form) -> list[Form]:
    """t log y and (1 - t) log(1 - y)."""
    rest, other = subtract(ONE, t), subtract(ONE, y)
    return [Product((t, Call("log", (y,)))), Product((rest, Call("log", (other,))))]


def _own(t: Form) -> list[Form]:
    return [Product((t, Call("log", (t,))))]


def _of_shares(values: tuple[Fraction, ...]) -> Reach:
    if sum(values) != 1 or min(values) < 0:
        return "out of reach"
    return "reached" if min(values) > 0 else "only approached"


def _nearest_step(nearest: tuple[Fraction, ...]) -> Step:
    """The distribution nearest to the target."""
    form = Tuple(tuple(map(number, nearest)))
    reason: Phrase = ("nearest shares: max(t - τ, 0), which add up to 1",)
    return Step("q", Symbol("q", bold=True), (Line("=", form, reason),), "nearest distribution", (), METHOD)
