"""The worked steps about a rate for a linear unit: the error, what a step makes of it, which rates are stable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.graph import entries_of
from derive.graph.point import Point, array_line, forward_steps
from derive.notation.build import ONE, add, neg, number, subtract
from derive.notation.form import (
    Call,
    Derivative,
    Fence,
    Form,
    Frac,
    Matrix,
    Power,
    Product,
    Relation,
    Root,
    Sum,
    Symbol,
    Text,
)
from derive.notation.rounding import as_fraction, rounded, shown
from derive.notation.symbols import element, symbol_name
from derive.record import Given, Line, Mark, Phrase, Step
from derive.training.linear_unit import (
    DESIGN,
    ERROR,
    FACTOR,
    HESSIAN,
    LARGEST,
    LENGTH,
    LIMIT,
    LOSS,
    PREDICTION,
    RATE,
    SQUARES,
    B,
    LinearUnit,
    T,
    W,
    behaviour,
    largest_eigenvalue,
    updated,
)

METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
VERDICT = (Mark(Fraction(3), "A"),)
"""What is asked for in the first place, which the last half point is for."""
TEACHING = 2
REASONS: dict[Symbol, Phrase] = {
    PREDICTION: ("prediction of the linear unit",),
    ERROR: ("error",),
    SQUARES: ("squared error",),
    LOSS: ("the loss whose gradient is taken",),
    LENGTH: ("the bias counts as an input of 1",),
    FACTOR: ("by this factor a step changes the error",),
    updated(ERROR): ("error after the step",),
    DESIGN: ("a column of ones for the bias",),
    HESSIAN: ("Hessian of the loss by all parameters",),
    updated(SQUARES): ("squared error after the step",),
}


def _taught(steps: list[Step]) -> list[Step]:
    """Steps that an exam key leaves out."""
    return [replace(step, level=TEACHING) for step in steps]


def _formula_first(step: Step) -> Step:
    """A step of which an exam key shows the formula alone."""
    first, *others = step.lines
    return replace(step, lines=(first, *(replace(line, level=TEACHING) for line in others)))


class Stability:
    """Makes the steps for a linear unit at given values."""

    def __init__(self, unit: LinearUnit, point: Point) -> None:
        self.unit, self.point, self.graph = unit, point, point.graph
        self.loss = unit.loss_name
        self.rate: Real = point.env[RATE]
        self.curvature: Real = self._curvature()

    def _curvature(self) -> Real:
        """The largest curvature of the loss, with full precision."""
        if self.unit.single:
            return self.unit.slope * self.point.nodes[self.graph.scalar(LENGTH)]
        hessian = self.graph.quantity(HESSIAN).value
        assert isinstance(hessian, Array)
        size = hessian.shape[0]
        entries = [as_fraction(self.point.nodes[node]) for node in hessian.items]
        return largest_eigenvalue([entries[k : k + size] for k in range(0, len(entries), size)])

    def steps(self) -> list[Step]:
        """The error, the curvature, one step, the largest stable rate, the verdict.

        Of one example an exam key says the factor of the error alone; that a step has it is for teaching.
        """
        names = [PREDICTION, ERROR, SQUARES, *([LOSS] if self.loss == LOSS else [])]
        found = [step for name in names for step in self._worked(name)]
        found = [*map(_formula_first, found), *self._one_example()] if self.unit.single else found
        found += () if self.unit.single else self._several_examples()
        after = self._worked(updated(SQUARES))
        return [*found, *(_taught(after) if self.unit.single else after), self._limit(), self._verdict()]

    def meanings(self) -> Iterator[Given]:
        """What the judge holds the Hessian and the largest stable rate against: second derivatives of the loss.

        A rate that goes on with printed numbers is what its formula makes of those.
        """
        names = [*entries_of(self.graph.quantity(W)), B]
        loss = self.graph.written(self.loss)
        hessian = Matrix(tuple(tuple(Derivative(loss, (one, other)) for other in names) for one in names))
        if not self.unit.single:
            yield Given(Call("meaning", (HESSIAN,)), hessian, shown=False)
        if not self.point.carries_rounded:
            limit = Frac(number(2), Call("eigmax", (hessian,)))
            yield Given(Call("meaning", (LIMIT,)), limit, shown=False)

    def _worked(self, name: Symbol) -> list[Step]:
        """Formula with its reason, numbers, value; of an array one entry in full."""
        first, *others = forward_steps(self.point, [self.graph.quantity(name)])
        reason = REASONS.get(name, first.lines[0].reason)
        return [replace(first, lines=(replace(first.lines[0], reason=reason), *first.lines[1:])), *others]

    def _one_example(self) -> list[Step]:
        """The factor by which the error changes, and why it is that."""
        moved = [self._moved(W), self._moved(B), self._next_error()]
        return [*self._worked(LENGTH), *self._worked(FACTOR), *_taught(moved)]

    def _several_examples(self) -> list[Step]:
        """The Hessian, its largest eigenvalue, and the step in numbers."""
        design, hessian = self._brief(DESIGN), self._brief(HESSIAN)
        moved = [self._moved(W, numbers=True), self._moved(B, numbers=True)]
        return [design, hessian, self._eigenvalue(), *moved, self._brief(updated(ERROR))]

    def _brief(self, name: Symbol) -> Step:
        """The formula and the whole array."""
        quantity = self.graph.quantity(name)
        assert quantity.form is not None
        formula = Line("=", self.graph.written(quantity.form), REASONS.get(name, ()))
        lines = (formula, array_line(self.point, quantity))
        return Step(symbol_name(name), self.graph.written(name), lines, "formula and value", (), METHOD)

    def _eigenvalue(self) -> Step:
        """Of a 2 x 2 matrix by the formula, of a larger one its value."""
        array = self.graph.quantity(HESSIAN).value
        assert isinstance(array, Array)
        first = Line("=", Call("eigmax", (self.graph.written(HESSIAN),)), ("largest zero of det(H - λ·1)",))
        if len(array.items) > 4:
            line = Line(*shown(self.curvature, self.point.conventions.rounding))
            self.point.carry(LARGEST, self.curvature, (line,))
            return Step(symbol_name(LARGEST), LARGEST, (first, line), "largest eigenvalue", (), METHOD)
        a, c, d = (element(HESSIAN, *at) for at in ((1, 1), (1, 2), (2, 2)))
        root = Root(add((Power(subtract(a, d), number(2)), Product((number(4), Power(c, number(2)))))))
        form = Frac(add((a, d, root)), number(2))
        value = self.point.worth(form) if self.point.carries_rounded else self.curvature
        lines = (first, Line("=", form), *self.point.numbers(LARGEST, form, value))
        return Step(symbol_name(LARGEST), LARGEST, lines, "largest eigenvalue", (), METHOD)

    def _limit(self) -> Step:
        """The rate up to which no factor is larger than 1."""
        form: Form = Frac(number(2), LARGEST)
        reason: Phrase = ("no |1 - ηλ| is above 1 for a smaller ", RATE)
        if self.unit.single:
            form = Frac(number(2 / self.unit.slope), LENGTH)
            reason = ("|", FACTOR, "| is below 1 for every smaller ", RATE)
        value = self.point.worth(form) if self.point.carries_rounded else 2 / self.curvature
        lines = (Line("=", form, reason), *self.point.numbers(LIMIT, form, value))
        if isinstance(lines[-1].form, Frac):
            lines = (*lines, Line("≈", rounded(value, self.point.conventions.rounding.digits)))
        return Step(symbol_name(LIMIT), LIMIT, lines, "largest stable rate", (), ACCURACY)

    def _verdict(self) -> Step:
        """What becomes of the error when steps of this kind are repeated."""
        said = behaviour(self.curvature, self.rate)
        written = self.graph.written
        target = Call("descent", (written(self.loss), written(W), B, RATE))
        if self.unit.single:
            size = abs(self.point.env[FACTOR])
            sign: Any = ">" if size > 1 else "=" if size == 1 else "<"
            relation = Relation(sign, shown(size, self.point.conventions.rounding)[1], ONE)
            reason: Phrase = (Fence("abs", FACTOR), " = ", relation)
        else:
            rate, limit = self.rate * self.curvature, 2
            sign = ">" if rate > limit else "=" if rate == limit else "<"
            reason = (Relation(sign, RATE, LIMIT),)
        lines = (Line("=", Text(said), reason),)
        return Step("descent", target, lines, "stability", (), VERDICT, intro=("Step after step:",))

    def _moved(self, name: Symbol, numbers: bool = False) -> Step:
        """A parameter after the step: the rule, then with its gradient put in."""
        old, new = self.graph.written(name), self.graph.written(updated(name))
        slope = Derivative(self.graph.written(self.loss), (old,))
        inserted = self.graph.written(self.unit.step(name))
        lines = [Line("=", subtract(old, Product((RATE, slope))), ("gradient descent",)), Line("=", inserted)]
        quantity = self.graph.quantity(updated(name))
        if numbers and isinstance(quantity.value, Array):
            lines.append(array_line(self.point, quantity))
        elif numbers:
            node = self.graph.scalar(updated(name))
            spread = self.graph.form(node)
            lines += self.point.numbers(new, spread, self.point.value(spread, node))
        return Step(symbol_name(updated(name)), new, tuple(lines), "gradient descent", (), METHOD)

    def _next_error(self) -> Step:
        """The error after the step is a multiple of the error before it."""
        written, unit = self.graph.written, self.unit
        new = updated(ERROR)
        length = unit.length()
        assert isinstance(length, Sum)
        moved = [neg(unit.times(ERROR, term) if term != ONE else unit.times(ERROR)) for term in length.terms]
        product = Product((FACTOR, ERROR))
        value = self.point.value(product, self.graph.scalar(new))
        lines = (
            Line("=", written(add((unit.prediction(updated(W), updated(B)), neg(T)))), ("error after the step",)),
            Line("=", written(add((ERROR, *moved))), ("new parameters put in",)),
            Line("=", product, (FACTOR, " = 1 - ", unit.times(LENGTH))),
            *self.point.numbers(new, product, value),
        )
        return Step(symbol_name(new), new, lines, "contraction", (), ACCURACY)
