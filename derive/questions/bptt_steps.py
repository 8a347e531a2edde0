"""The working of backpropagation through time: forward table, errors back in time, sums over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from derive.graph.crosscheck import difference_check
from derive.graph.graph import entries_of
from derive.graph.point import Point
from derive.notation.form import Call, Derivative, Form, Product, Symbol
from derive.notation.indexed import at_step, name_at_step
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.questions.fields import numeric
from derive.questions.recurrent_run import Run
from derive.questions.recurrent_table import Worked, in_full, over_time, worked
from derive.record import Conventions, Mark, Phrase, Step
from derive.training.through_time import LOSS, ThroughTime, indexed

PRODUCT = Symbol("prod")
IN_FULL = 3
"""So many steps are worked in full on the way back; those before them stand in a table."""
METHOD = (Mark(Fraction(1), "M"),)


def gradient_name(weight: Symbol) -> Symbol:
    """What the graph calls a gradient; it is written as a derivative."""
    return Symbol("grad", sub=(weight.base, *weight.sub))


class Working:
    """A layer at given values, forward and back.

    Attributes:
        point: the values of all quantities.
        forward: the steps of the forward pass and of the loss.

    Args:
        wrt: the weights whose gradients are asked for, by the cell's own names, with those on the sheet.
    """

    def __init__(self, run: Run, rules: ThroughTime, wrt: Mapping[Symbol, Symbol], conventions: Conventions) -> None:
        self.run, self.rules, self.wrt = run, rules, wrt
        run.extend(self._losses())
        self.point = run.point(conventions)
        self._derived: dict[Form, Form] = {}
        self.forward = self._forward()
        run.extend({**self._losses(), **self._backward_quantities()})
        self.point = self._going_on(conventions)
        self._derived = self._derivatives()

    def _going_on(self, conventions: Conventions) -> Point:
        """The point with the quantities of the way back, worth what they are where the forward pass left off."""
        point = self.run.point(conventions)
        point.env |= self.point.env
        point.exact |= self.point.exact
        point.ends |= self.point.ends
        return point

    # the graph

    def _losses(self) -> dict[str, Form]:
        """The losses of the steps, and the loss: what is differentiated."""
        rules = self.rules.losses().items()
        found = {self.at(name, k): at_step(form, k) for k in self._steps for name, form in rules}
        return {symbol_name(name): form for name, form in {**found, LOSS: self.rules.whole_loss()}.items()}

    def _backward_quantities(self) -> dict[str, Form]:
        """Errors, Jacobians, their product and the gradients, as further quantities of the graph.

        The forward pass does without them: there the difference y_t - d_t has no name yet.
        """
        rules = self.rules
        found = rules.errors()
        found |= {self.jacobian(k): at_step(rules.one_step_by_rows(), k) for k in self.factors}
        factors = tuple(map(self.jacobian, self.factors))
        found[PRODUCT] = Product(factors) if len(factors) > 1 else factors[0]
        found |= {gradient_name(shown): rules.gradient(name) for name, shown in self.wrt.items()}
        return {symbol_name(name): form for name, form in found.items()}

    @property
    def _steps(self) -> range:
        return range(1, self.rules.steps + 1)

    @property
    def factors(self) -> range:
        """The steps of the Jacobians between the first state and the last one, from the last back."""
        return range(self.rules.steps, 1, -1)

    def jacobian(self, step: int) -> Symbol:
        """J_t at a step."""
        return self.at(self.rules.jacobian, step)

    def at(self, name: Symbol, step: int) -> Symbol:
        """A name at a step."""
        return name_at_step(name, step)

    def _derivatives(self) -> dict[Form, Form]:
        """The derivatives that the graph has under names of its own, whole and entry by entry."""
        found: dict[Form, Form] = {}
        for shown in self.wrt.values():
            found |= self._by_entries(gradient_name(shown), LOSS, shown)
        last, first = (self.at(self.rules.state, k) for k in (self.rules.steps, 1))
        return {**found, **self._by_entries(PRODUCT, last, first)}

    def _by_entries(self, name: Symbol, of: Symbol, by: Symbol) -> dict[Form, Form]:
        """∂of/∂by for a name, and for its entries the derivatives of the entries."""
        graph = self.run.graph
        outs, ins = (entries_of(graph.quantities[each]) for each in (of, by))
        slopes = [Derivative(out, (into,)) for out in outs for into in ins]
        found: dict[Form, Form] = dict(zip(entries_of(graph.quantities[name]), slopes, strict=True))
        return {**found, name: Derivative(graph.written(of), (graph.written(by),))}

    def worked(self, name: Symbol, *reason: str | Form) -> Worked:
        """A quantity in full, derivatives written as such."""
        item = worked(self.point, self.run.graph.quantities[name], reason)

        def change(form: Form) -> Form:
            return substituted(form, self._derived.get)

        steps = []
        for step in item.steps:
            assert step.target is not None
            lines = tuple(replace(line, form=change(line.form)) for line in step.lines)
            steps.append(replace(step, target=change(step.target), lines=lines))
        return replace(item, steps=tuple(steps))

    # forward and back

    def _forward(self) -> list[Step]:
        """The forward pass as a table, and the loss."""
        names = [self.run.unrolled.timed_name(q.name) for q in self.run.unrolled.quantities]
        if not self.rules.every:  # the output is needed at the last step alone
            names = names[: names.index(self.rules.state) + 1]
        names += self.rules.losses()
        rows = {k: [self.worked(self.at(name, k)) for name in names] for k in self._steps}
        heads = [self.run.at_any_step(name) for name in names]
        steps = [over_time("forward", self.point, heads, rows, ("Forward pass:",), marks=METHOD)]
        if not self.rules.every and self.run.unrolled.has_output:
            outputs = [q for q in self.run.quantities(self.rules.steps) if q.symbol not in self._in(rows)]
            steps += in_full(self.worked(q.symbol, "output") for q in outputs)
        return [*steps, *in_full([self.worked(LOSS, "sum over the steps" if self.rules.every else "loss")])]

    @staticmethod
    def _in(rows: Mapping[int, Iterable[Worked]]) -> set[Symbol]:
        return {item.quantity.symbol for items in rows.values() for item in items}

    def backward(self) -> list[Step]:
        """The errors from the last step back: some in full, those before them as a table."""
        by_step: dict[int, list[Symbol]] = {}
        for name in self.rules.errors():
            by_step.setdefault(int(name.sub[-1]), []).append(name)
        found = {k: [self.worked(name, *self._reason(name, k)) for name in names] for k, names in by_step.items()}
        short = self.rules.steps <= IN_FULL + 1 or self.point.carries_rounded
        shown = [k for k in found if short or k > self.rules.steps - IN_FULL]
        steps = in_full(item for k in shown for item in found[k])
        rest = {k: items for k, items in found.items() if k not in shown}
        if rest:
            names = [self.rules.error] if not self.rules.every else [*self._error_names()]
            heads = [self.run.at_any_step(name) for name in names]
            steps.append(over_time("errors", self.point, heads, rest, ("Further back in the same way:",), marks=METHOD))
        return steps

    def _error_names(self) -> Iterable[Symbol]:
        return [*([self.rules.output_error] if self.run.unrolled.has_output else []), self.rules.error]

    def _reason(self, name: Symbol, step: int) -> Phrase:
        if name == self.at(self.rules.output_error, step):
            return ("error at the output", *self._because(step))
        has_loss = self.rules.every or step == self.rules.steps
        if has_loss and step < self.rules.steps:
            feeds = self._bold(indexed(LOSS), step), " and ", self._bold(self.rules.total, step + 1)
            return (self._bold(self.rules.state, step), " feeds ", *feeds, ": add")
        through = self._bold(self.rules.state, step) if has_loss else self._bold(self.rules.total, step + 1)
        return ("chain rule through ", through)

    def _because(self, step: int) -> Phrase:
        """Why the error behind a softmax is no more than a difference where the target names one class."""
        if self.rules.loss.goes_with != "softmax":
            return ()
        return ("; ", Call("sum", (self._bold(self.rules.target, step),)), " is 1 if one class is right")

    def _bold(self, name: Symbol, step: int) -> Form:
        return self.run.graph.written(self.at(name, step))

    def gradients(self) -> list[Worked]:
        """Each gradient as a sum over time."""
        return [self.worked(gradient_name(shown), "a path through every step: add") for shown in self.wrt.values()]

    def checks(self) -> list[Step]:
        """A central difference for the first entry of each gradient, where values carry full precision."""
        if self.point.carries_rounded:
            return []
        at = {name: numeric(form) for name, form in self.run.values.items()}
        found = []
        for shown in self.wrt.values():
            first, name = (entries_of(self.run.graph.quantities[n])[0] for n in (shown, gradient_name(shown)))
            found.append(difference_check(self.point, at, LOSS, first, self.point.env[name]))
        return [step for step in found if step is not None]
