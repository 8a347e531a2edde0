"""How gradients flow back through time: Jacobians of single steps, their product, bounds, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.graph.arithmetic import Real
from derive.graph.graph import entries_of
from derive.notation.build import number
from derive.notation.form import Call, Fence, Form, Power, Symbol, Text
from derive.notation.indexed import at_step
from derive.notation.symbols import symbol_name
from derive.questions.bptt_steps import METHOD, PRODUCT, Working
from derive.questions.recurrent_table import Cell, Worked, over_time
from derive.record import Answer, Line, Mark, Phrase, Step
from derive.training.through_time import LOWER, UPPER, indexed

VANISHES, EXPLODES, NEITHER = "vanishes", "explodes", "neither"
FAR = 10
"""For so many steps back the bound is shown."""
ACCURACY = (Mark(Fraction(1), "A"),)


class Flow:
    """The flow between the first state and the last one of a worked layer.

    Attributes:
        product: ∂h_T/∂h_1, worked out.
        verdict: whether it vanishes or explodes, by the bounds of single steps.
        meanings: what the sheet says that J_t and its bounds stand for.
    """

    def __init__(self, working: Working) -> None:
        self.working, self.point = working, working.point
        self.jacobians = {step: self._jacobian(step) for step in working.factors}
        self._sizes = {step: self._absolute(step) for step in working.factors}
        rows = [row for sizes in self._sizes.values() for row in sizes]
        vanishes = all(sum(row) < 1 for row in rows)
        explodes = all(2 * row[i] - sum(row) > 1 for sizes in self._sizes.values() for i, row in enumerate(sizes))
        self.verdict = VANISHES if vanishes else EXPLODES if explodes else NEITHER
        self.meanings = working.rules.one_step_meanings(lower=not vanishes)
        self.product = working.worked(PRODUCT, "chain rule from step to step")

    def _absolute(self, step: int) -> list[list[Real]]:
        """The absolute values of a Jacobian's entries, by rows."""
        names = entries_of(self.point.graph.quantities[self.working.jacobian(step)])
        sizes = [abs(self.point.env[name]) for name in names]
        n = round(len(sizes) ** 0.5)
        return [sizes[i : i + n] for i in range(0, len(sizes), n)]

    def _jacobian(self, step: int) -> Worked:
        """J_t; its first line as it is written, with a diagonal matrix."""
        item = self.working.worked(self.working.jacobian(step), "Jacobian of one step")
        written = self.working.run.graph.written(at_step(self.working.rules.one_step(), step))
        first = item.steps[0]
        lines = (replace(first.lines[0], form=written), *first.lines[1:])
        return replace(item, steps=(replace(first, lines=lines), *item.steps[1:]))

    # what is printed

    def steps(self) -> list[Step]:
        """Jacobians, product, bounds, verdict."""
        return [*self._single(), *self.product.steps, *self._whole_bounds(), *self._told()]

    def answers(self) -> list[Answer]:
        """The verdict in words."""
        return [Answer("flow", "verdict", Text(self.verdict), Text(self.verdict), self._claim)]

    @property
    def _claim(self) -> Form:
        target = self.product.value.target
        assert target is not None
        return Call("flow", (target,))

    def _single(self) -> list[Step]:
        """The Jacobian of the last step in full, several before it as a table, each with its bounds."""
        bounds = {step: self._bounds(step) for step in self.jacobians}
        short = len(self.jacobians) <= 2 or self.point.carries_rounded
        full = [*self.jacobians][: None if short else 1]
        steps = [each for step in full for each in (*self.jacobians[step].steps, *bounds[step])]
        rest: dict[int, Sequence[Cell]] = {k: [j, *bounds[k]] for k, j in self.jacobians.items() if k not in full}
        if rest:
            heads = [self.working.run.at_any_step(name) for name in self.meanings]
            steps.append(
                over_time("jacobians", self.point, heads, rest, ("Further back in the same way:",), marks=METHOD)
            )
        return steps

    def _bounds(self, step: int) -> list[Step]:
        """The bounds of a matrix by its rows."""
        reasons: dict[str, Phrase] = {UPPER.base: ("largest row sum",), LOWER.base: ("diagonal less the row's rest",)}
        found = []
        for name, form in self.meanings.items():
            if name.base in reasons:
                found.append(self._bound(self.working.at(name, step), at_step(form, step), reasons[name.base]))
        return found

    def _bound(self, name: Symbol, form: Form, reason: Phrase) -> Step:
        """Formula, numbers, value; that numbers are put in is seen."""
        step = self.point.step(symbol_name(name), name, form, reason)
        first, *others = step.lines
        return replace(step, lines=(first, *(replace(line, reason=()) for line in others)))

    def _whole_bounds(self) -> list[Step]:
        """The bounds of all steps together."""
        upper = self._over_steps(UPPER, "max", "the largest factor of a step")
        if self.verdict == VANISHES:
            return [upper]
        lower = self._over_steps(LOWER, "min", "the smallest factor of a step")
        return [lower] if self.verdict == EXPLODES else [upper, lower]

    def _over_steps(self, name: Symbol, function: str, reason: str) -> Step:
        parts = [self._size(name, step) for step in self.jacobians]
        form = Call(function, tuple(parts)) if len(parts) > 1 else parts[0]
        return self._bound(name, form, (reason,))

    def _size(self, name: Symbol, step: int) -> Form:
        """The bound of a step: of a matrix the one by its rows, of a number its absolute value."""
        if len(self._sizes[step]) == 1:
            return Fence("abs", self.working.jacobian(step))
        return self.working.at(indexed(name), step)

    def _told(self) -> list[Step]:
        """The verdict, and what the bound comes to over many steps."""
        bound = UPPER if self.verdict == VANISHES else LOWER
        reason: Phrase = (bound, " < 1" if self.verdict == VANISHES else " > 1", " at every step")
        if self.verdict == NEITHER:
            reason = (LOWER, " ≤ 1 ≤ ", UPPER, ": the steps do not all shrink or all stretch it")
        told = Step("flow", self._claim, (Line("=", Text(self.verdict), reason),), "verdict", marks=ACCURACY)
        if self.verdict == NEITHER:
            return [told]
        power = Power(bound, number(FAR))
        value = self.point.env[bound] ** FAR
        lines = self.point.numbers(power, power, value)
        first, *others = lines
        reason = (f"bound for {FAR} steps",)
        return [told, Step("far", power, (replace(first, reason=reason), *others), "bound", level=2)]
