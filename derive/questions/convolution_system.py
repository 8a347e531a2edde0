"""Linear equations worked out: each as a quantity that must be 0, their elimination, the solutions, the check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from derive.graph.windows import Slide
from derive.network.linear import Elimination, Equation, Removal, eliminate, general
from derive.notation.build import ZERO, number
from derive.notation.form import At, Call, Form, Frac, Neg, Product, Relation, Sum, Symbol, Text, Tuple
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate, substituted
from derive.questions.convolution_grid import Channels, flat, place_text, under, with_bias
from derive.questions.finish import CHECK
from derive.questions.graph_question import listed
from derive.record import Conventions, Line, Mark, Phrase, Step

METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
NO_SOLUTION, MANY = "no solution", "infinitely many solutions"
Stated = tuple[Symbol, tuple[Form, str], Fraction]
"""An output, its products with where the kernel lies, and what it is stated to be."""


def output_line(
    image: Channels, laid: Channels, bias: Form | None, window: Slide, place: tuple[int, int]
) -> tuple[Form, str]:
    """One output with every product written out, pixel times entry where the entry is unknown; and where it is."""
    pairs = zip(flat(laid), flat(under(image, window, place)), strict=True)
    terms = tuple(Product((x, w) if isinstance(w, Symbol) else (w, x)) for w, x in pairs)
    form = terms[0] if len(terms) == 1 else Sum(terms, (False,) * len(terms))
    return with_bias(form, bias), place_text(image, window, place)


def fraction(value: Fraction) -> Form:
    """A number as a fraction, not as a decimal."""
    if value.denominator == 1:
        return number(value)
    form = Frac(number(abs(value.numerator)), number(value.denominator))
    return Neg(form) if value < 0 else form


def linear(equation: Equation, unknowns: Sequence[Symbol]) -> Form:
    """3x + 3z - 2."""
    terms: list[tuple[Form, bool]] = []
    for value, name in zip(equation, (*unknowns, None), strict=True):
        if not value:
            continue
        size = abs(value)
        form: Form = fraction(size) if name is None else name if size == 1 else Product((fraction(size), name))
        terms.append((form, value < 0))
    if not terms:
        return ZERO
    (first, minus), *others = terms
    first = Neg(first) if minus else first
    if not others:
        return first
    return Sum((first, *(form for form, _ in others)), (False, *(minus for _, minus in others)))


class System:
    """The stated outputs as equations in the unknowns."""

    def __init__(self, unknowns: tuple[Symbol, ...], outputs: Sequence[Stated], conventions: Conventions) -> None:
        self.unknowns, self.outputs, self.conventions = unknowns, outputs, conventions

    @property
    def stated(self) -> Phrase:
        """The stated outputs as relations."""
        return listed(Relation("=", name, number(value)) for name, _, value in self.outputs)

    @cached_property
    def equations(self) -> list[Equation]:
        """The coefficients, read off at 0 and at 1 for each unknown."""
        return [self._coefficients(form, value) for _, (form, _), value in self.outputs]

    def _coefficients(self, form: Form, value: Fraction) -> Equation:
        zero: dict[Form, Fraction] = dict.fromkeys(self.unknowns, Fraction(0))
        constant = evaluate(form, zero)
        slopes = [evaluate(form, {**zero, name: Fraction(1)}) - constant for name in self.unknowns]
        return (*slopes, constant - value)

    @cached_property
    def elimination(self) -> Elimination:
        """The equations brought to steps."""
        return eliminate(self.equations)

    def name(self, equation: int) -> Symbol:
        """E_1, E_2, ..."""
        return Symbol("E", sub=(str(equation + 1),))

    @property
    def target(self) -> Form:
        """The unknowns where every output is as stated."""
        bindings = tuple((name, number(value)) for name, _, value in self.outputs)
        return At(Call("solution", self.unknowns), bindings)

    @cached_property
    def values(self) -> dict[int, Equation] | None:
        """Each unknown over the free ones; None where there is no solution."""
        return None if self.elimination.contradiction is not None else general(self.elimination)

    @property
    def found(self) -> tuple[Form, Form, Literal["number", "point", "verdict"]]:
        """The target, what it is, and the kind of answer that this is."""
        if self.values is None:
            return self.target, Text(NO_SOLUTION), "verdict"
        if self.elimination.free:
            return self.target, Text(MANY), "verdict"
        return self.target, self._point(), "point" if len(self.unknowns) > 1 else "number"

    def _point(self) -> Form:
        assert self.values is not None
        forms = tuple(linear(self.values[k], self.unknowns) for k in range(len(self.unknowns)))
        return forms[0] if len(forms) == 1 else Tuple(forms)

    def steps(self) -> list[Step]:
        """The equations, their elimination, the solutions, the check.

        Equations that no result rests on are shown from the next level of detail on.
        """
        steps = [self._equation(k) for k in range(len(self.outputs))]
        steps += [self._removal(k, removal) for k, removal in enumerate(self.elimination.removals)]
        needed = self._needed()
        steps = [step if k in needed else replace(step, level=2) for k, step in enumerate(steps)]
        if self.values is None:
            return [*steps, self._contradiction()]
        steps += self._others(needed)
        if self.elimination.free:
            return [*steps, self._free(), self._many()]
        return [*steps, *self._back(), self._solution(), *self._checks()]

    def _needed(self) -> set[int]:
        """The equations that lead to the contradiction, else to the unknowns; one at least."""
        at, count = self.elimination.contradiction, len(self.outputs)
        needed = {equation for _, equation in self.elimination.pivots} if at is None else {at}
        for k, removal in reversed([*enumerate(self.elimination.removals, count)]):
            if k in needed:
                needed |= {removal.taken, removal.pivot}
        return needed or {0}

    def _others(self, needed: set[int]) -> Iterator[Step]:
        """A sentence about the stated outputs that tell nothing new."""
        others = [self.outputs[k][0] for k in range(len(self.outputs)) if k not in needed]
        if others:
            verb = "follow" if len(others) > 1 else "follows"
            yield Step("others", rule="nothing new", intro=(*listed(others), f" {verb} from the equations above."))

    def _equation(self, k: int) -> Step:
        name, (form, where), value = self.outputs[k]
        gap = with_bias(name, number(-value)) if value else name
        spread = with_bias(form, number(-value)) if value else form
        short = linear(self.equations[k], self.unknowns)
        lines = [Line("=", gap, ("must be 0",)), Line("=", spread, (f"kernel on {where}",))]
        lines += [Line("=", short)] if short != spread else []
        return Step(f"E_{k + 1}", self.name(k), tuple(lines), "equation of an output", (), METHOD)

    def _removal(self, k: int, removal: Removal) -> Step:
        at = len(self.outputs) + k
        times, pivot = removal.times, self.name(removal.pivot)
        share: Form = pivot if abs(times) == 1 else Product((fraction(abs(times)), pivot))
        form = Sum((self.name(removal.taken), share), (False, times > 0))
        equation = self.elimination.equations[at]
        reason: Phrase = (self.unknowns[removal.unknown], " is gone")
        if not any(equation[:-1]):
            reason = ("no unknown is left: a contradiction",) if equation[-1] else ("it says nothing new",)
        lines = (Line("=", form, ("eliminate",)), Line("=", linear(equation, self.unknowns), reason))
        return Step(f"E_{at + 1}", self.name(at), lines, "elimination", (), METHOD)

    def _back(self) -> Iterator[Step]:
        """From the last equation up: what is known is put in, the one unknown left is solved for."""
        assert self.values is not None
        known: dict[Symbol, Form] = {}
        for unknown, at in reversed(self.elimination.pivots):
            name, equation = self.unknowns[unknown], self.elimination.equations[at]
            here = {other: form for other, form in known.items() if equation[self.unknowns.index(other)]}
            rest = equation[-1] + sum(
                (equation[self.unknowns.index(o)] * evaluate(form, {}) for o, form in here.items()), Fraction(0)
            )
            if here:
                yield self._put_in(at, unknown, rest, here)
            target = At(Call("solution", (name,)), ((self.name(at), ZERO), *here.items()))
            value = fraction(self.values[unknown][-1])
            yield Step(f"solve_{symbol_name(name)}", target, (Line("=", value),), "solve", (), METHOD)
            known[name] = value

    def _put_in(self, at: int, unknown: int, rest: Fraction, here: dict[Symbol, Form]) -> Step:
        equation = self.elimination.equations[at]
        short = [Fraction(0)] * len(self.unknowns) + [rest]
        short[unknown] = equation[unknown]
        lines = (Line("=", linear(tuple(short), self.unknowns), ("known values put in",)),)
        return Step(f"E_{at + 1}_put_in", At(self.name(at), tuple(here.items())), lines, "back substitution")

    def _solution(self) -> Step:
        names = Tuple(self.unknowns) if len(self.unknowns) > 1 else self.unknowns[0]
        line = Line("=", self._point(), (names, ": the only solution"))
        return Step("solution", self.target, (line,), "solution", (), ACCURACY)

    def _contradiction(self) -> Step:
        at = self.elimination.contradiction
        assert at is not None
        why: Phrase = (self.name(at), " = ", fraction(self.elimination.equations[at][-1]), " can never be 0")
        line = Line("=", Text(NO_SOLUTION), why)
        return Step("solution", self.target, (line,), "solution", (), ACCURACY)

    def _free(self) -> Step:
        names = [self.unknowns[k] for k in self.elimination.free]
        line = Line("=", self._point(), (*listed(names), " may be any number"))
        return Step("general", self.target, (line,), "solution", (), METHOD)

    def _many(self) -> Step:
        count, unknowns = len(self.elimination.pivots), len(self.unknowns)
        why = f"{count} independent equation{'s' * (count > 1)} for {unknowns} unknowns"
        if not count:
            why = "no stated output depends on an unknown"
        return Step("solution", self.target, (Line("=", Text(MANY), (why,)),), "solution", (), ACCURACY)

    def _checks(self) -> Iterator[Step]:
        """Every stated output with the solution put in."""
        assert self.values is not None
        values: dict[Form, Form] = {name: fraction(self.values[k][-1]) for k, name in enumerate(self.unknowns)}
        bindings = tuple(values.items())
        for (name, _, value), equation in zip(self.outputs, self.equations, strict=True):
            form = linear((*equation[:-1], equation[-1] + value), self.unknowns)
            lines = (Line("=", substituted(form, values.get), ("put in",)), Line("=", number(value), ("as stated",)))
            yield Step(f"check_{symbol_name(name)}", At(name, bindings), lines, CHECK, level=2)
