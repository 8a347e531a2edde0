"""Backpropagation through time for a recurrent layer, as formulas: errors from step to step, sums over time, Jacobians.

With the sum a_t in front of the activation, h_t = φ(a_t), and the error δ_t = ∂L/∂a_t,

    δ_t = (∂L_t/∂h_t + Uᵀ δ_{t+1}) ⊙ φ'(a_t),    ∂L/∂U = Σ_t δ_t h_{t-1}ᵀ,    ∂h_t/∂h_{t-1} = diag(φ'(a_t)) U

(Werbos 1990; the product of the Jacobians: Pascanu 2013). Formulas are over names; nothing has a value here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Shape
from derive.notation.build import ONE, TWO, add, neg, subtract
from derive.notation.form import Call, Derivative, Fence, Form, Frac, Sum, Symbol
from derive.notation.indexed import AFTER, STEP, at_step, name_at_step
from derive.notation.symbols import parse_symbol
from derive.training.cells import OUTPUT_ROLE
from derive.training.shapes import Writing
from derive.training.unrolled import INPUT, OUTPUT_BIAS, OUTPUT_WEIGHT, Unrolled

LOSS, TARGET, ERROR, JACOBIAN, UPPER, LOWER = map(parse_symbol, ("L", "d", "delta", "J", "gamma", "beta"))
OUTPUT_ERROR = parse_symbol("delta_y")
STATE, RECURRENT = Symbol("h"), Symbol("U")


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss of one step, of a result q against a target d.

    Attributes:
        form: the loss.
        error: its derivative by q; by the sum in front of q where the activation is one that the loss `goes_with`,
            whose slope then cancels.
    """

    form: Callable[[Writing, Form, Form], Form]
    error: Callable[[Writing, Form, Form], Form]
    goes_with: str = ""


def _binary(w: Writing, q: Form, d: Form) -> Form:
    missed = w.dot(subtract(ONE, d), Call("log", (subtract(ONE, q),)))
    return neg(add([w.dot(d, Call("log", (q,))), missed]))


def _off(w: Writing, q: Form, d: Form) -> Form:
    return subtract(q, d)


def _off_weighted(w: Writing, q: Form, d: Form) -> Form:
    """q Σd - d: what comes of softmax, q - d where the targets add up to 1."""
    return subtract(w.times(Call("sum", (d,)), q), d)


LOSSES: dict[str, Loss] = {
    "half_squared": Loss(lambda w, q, d: Frac(_squared(w, q, d), TWO), _off),
    "squared": Loss(lambda w, q, d: _squared(w, q, d), lambda w, q, d: w.times(TWO, subtract(q, d))),
    "binary_cross_entropy": Loss(_binary, _off, "sigmoid"),
    "cross_entropy": Loss(lambda w, q, d: neg(w.dot(d, Call("log", (q,)))), _off_weighted, "softmax"),
}


def _squared(w: Writing, q: Form, d: Form) -> Form:
    off = subtract(q, d)
    return w.dot(off, off) if w.is_array(off) else w.square(off)


def slope(w: Writing, function: str, value: Form, total: Form) -> Form | None:
    """φ'(a) by the value φ(a) where that says it, in course form; None for the identity."""
    if function == "tanh":
        return subtract(ONE, w.square(value))
    if function == "sigmoid":
        return w.odot(value, subtract(ONE, value))
    return Call("relu", (total,), 1) if function == "relu" else None


class ThroughTime:
    """The formulas of backpropagation through time for a layer.

    Args:
        shapes: of the quantities of step t, and of the weights, by their names on the sheet.
        loss: a name in `LOSSES`.
        every: whether the loss is a sum over all steps, or that of the last one.

    Attributes:
        state, total: h_t and the sum in front of its activation (h_t itself under the identity).
        result, result_total: what is compared with the targets, and the sum in front of its activation.
        target, error, output_error, jacobian: d_t, δ_t, δ_{y,t}, J_t.
    """

    def __init__(self, unrolled: Unrolled, shapes: Mapping[Symbol, Shape], loss: str, every: bool, steps: int) -> None:
        if loss not in LOSSES:
            raise UnknownName("loss", loss, LOSSES)
        self.unrolled, self.loss, self.every, self.steps = unrolled, LOSSES[loss], every, steps
        names = [unrolled.timed_name(quantity.name) for quantity in unrolled.quantities]
        self.state, self.before = unrolled.timed_name(STATE), unrolled.timed_name("h_old")
        self.total, self.result = names[0], names[-1]
        self.result_total = names[names.index(self.state) + 1] if unrolled.has_output else self.total
        self.target, self.error, self.output_error, self.jacobian = map(
            indexed, (TARGET, ERROR, OUTPUT_ERROR, JACOBIAN)
        )
        own = {self.target: self.result, self.error: self.total, indexed(ERROR, AFTER): self.total}
        own[self.output_error] = self.result
        self.writing = Writing({**shapes, **{name: shapes[like] for name, like in own.items()}})
        self._check(loss)

    def _check(self, loss: str) -> None:
        """A loss that is made for an activation stands behind it alone, and softmax has no other."""
        function = self.unrolled.functions[OUTPUT_ROLE] if self.unrolled.has_output else "identity"
        needed = self.loss.goes_with or ("identity" if function == "softmax" else function)
        if function != needed:
            raise InputError(f"the loss {loss} does not go with {function} at the output").at(path="loss")

    # what names stand for

    def losses(self) -> dict[Symbol, Form]:
        """The loss of a step t, where every step has one."""
        return {indexed(LOSS): self._loss()} if self.every else {}

    def meanings(self) -> dict[Symbol, Form]:
        """What the sheet says that names of a step t stand for: derivatives, and bounds of the Jacobian by its rows."""
        found: dict[Symbol, Form] = {}
        if self.unrolled.has_output:
            name = self.output_error if self.every else name_at_step(self.output_error, self.steps)
            found[name] = Derivative(LOSS, (self.result_total if self.every else self._last(self.result_total),))
        found[self.error] = Derivative(LOSS, (self.total,))
        return found

    def one_step_meanings(self, lower: bool) -> dict[Symbol, Form]:
        """The Jacobian of a step; of a matrix its bounds: the largest row sum, and, if asked for, the lower one."""
        found: dict[Symbol, Form] = {self.jacobian: Derivative(self.state, (self.before,))}
        if self.writing.is_array(self.state):
            found[indexed(UPPER)] = Call("max", tuple(add(row) for row in self._sizes()))
            if lower:
                least = (_less(row, place) for place, row in enumerate(self._sizes()))
                found[indexed(LOWER)] = Call("min", tuple(least))
        return found

    def _sizes(self) -> list[list[Form]]:
        """The absolute values of the entries of the Jacobian, row by row."""
        n = self.writing.shapes[self.total][0]
        j = self.jacobian
        return [
            [Fence("abs", Symbol(j.base, j.accent, (*j.sub, str(i), str(k)))) for k in range(1, n + 1)]
            for i in range(1, n + 1)
        ]

    def whole_loss(self) -> Form:
        """The loss: the sum over the steps, or that of the last step."""
        if not self.every:
            return at_step(self._loss(), self.steps)
        return add(name_at_step(indexed(LOSS), step) for step in range(1, self.steps + 1))

    def _loss(self) -> Form:
        return self.loss.form(self.writing, self.result, self.target)

    def _last(self, name: Symbol) -> Symbol:
        return name_at_step(name, self.steps)

    # formulas

    def errors(self) -> dict[Symbol, Form]:
        """The errors from the last step back: of the output where there is one, then of the state."""
        found: dict[Symbol, Form] = {}
        for step in range(self.steps, 0, -1):
            has_loss = self.every or step == self.steps
            if has_loss and self.unrolled.has_output:
                found[name_at_step(self.output_error, step)] = at_step(self._output_error(), step)
            found[name_at_step(self.error, step)] = at_step(self._error(has_loss, step < self.steps), step)
        return found

    def _output_error(self) -> Form:
        """The error at the output; the slope of an activation that the loss goes with cancels."""
        function = "identity" if self.loss.goes_with else self.unrolled.functions[OUTPUT_ROLE]
        off = self.loss.error(self.writing, self.result, self.target)
        return self._sloped(off, function, self.result, self.result_total)

    def _error(self, has_loss: bool, goes_on: bool) -> Form:
        """What comes from the loss of the step and what comes back from the next one, times the slope."""
        w, parts = self.writing, []
        if has_loss and self.unrolled.has_output:
            parts.append(w.times(w.transposed(self._weight(OUTPUT_WEIGHT)), self.output_error))
        elif has_loss:
            parts.append(self.loss.error(w, self.state, self.target))
        if goes_on:
            parts.append(w.times(w.transposed(self._weight(RECURRENT)), indexed(ERROR, AFTER)))
        return self._sloped(add(parts), self.unrolled.functions["state"], self.state, self.total)

    def _sloped(self, form: Form, function: str, value: Form, total: Form) -> Form:
        factor = slope(self.writing, function, value, total)
        return form if factor is None else self.writing.odot(form, factor)

    def one_step(self) -> Form:
        """The Jacobian of a step as it is written: diag(φ'(a_t)) U."""
        factor = slope(self.writing, self.unrolled.functions["state"], self.state, self.total)
        if factor is None:
            return self._weight(RECURRENT)
        factor = Call("diag", (factor,)) if self.writing.is_array(factor) else factor
        return self.writing.times(factor, self._weight(RECURRENT))

    def one_step_by_rows(self) -> Form:
        """The same without a diagonal matrix: each row of U times the slope of its unit."""
        factor = slope(self.writing, self.unrolled.functions["state"], self.state, self.total)
        weight = self._weight(RECURRENT)
        return weight if factor is None else self.writing.odot(factor, weight)

    def gradient(self, weight: Symbol) -> Form:
        """The gradient by a shared weight, by the cell's own name: a sum over the steps, a path through each."""
        w, of_output = self.writing, weight in (OUTPUT_WEIGHT, OUTPUT_BIAS)
        reads = {RECURRENT: self.before, Symbol("W"): self.unrolled.timed_name(INPUT), OUTPUT_WEIGHT: self.state}
        error = self.output_error if of_output else self.error
        term = w.times(error, w.transposed(reads[weight])) if weight in reads else error
        steps = [self.steps] if of_output and not self.every else range(1, self.steps + 1)
        return add(at_step(term, step) for step in steps)

    def _weight(self, name: Symbol) -> Symbol:
        return self.unrolled.timed_name(name)


def _less(row: list[Form], place: int) -> Form:
    """The entry on the diagonal, less the others of its row."""
    others = [entry for k, entry in enumerate(row) if k != place]
    return Sum((row[place], *others), (False, *[True] * len(others)))


def indexed(name: Symbol, index: str = STEP) -> Symbol:
    """A name at a step t, or at the one after it."""
    return Symbol(name.base, name.accent, (*name.sub, index))
