"""The two halves of training a dense net by hand: gradients by backpropagation, then the rule of an optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from derive.errors import InputError
from derive.graph.array_backward import ArrayBackward
from derive.graph.array_point import ArrayPoint
from derive.graph.arrays import Array, shape_of
from derive.graph.graph import entry_names
from derive.notation.arrays import items
from derive.notation.build import number
from derive.notation.form import Derivative, Form, Symbol, symbols
from derive.notation.rounding import as_fraction
from derive.notation.symbols import symbol_name
from derive.questions.fields import numeric
from derive.questions.mlp_question import Setting
from derive.questions.optimizer import OptimizerStep
from derive.questions.optimizer_question import sentence
from derive.record import Given, Line, Mark, Phrase, Step
from derive.training.update import Update
from derive.training.working import IN_ONE, OPTIMIZER


class Gradients:
    """Both passes through a net for the gradients by some of its quantities.

    Attributes:
        names: the quantities, or single entries of them, by which the loss is differentiated.
        forward, backward: the steps of both passes; a net of letters has no forward pass.
    """

    def __init__(self, setting: Setting, point: ArrayPoint, wrt: Sequence[Symbol]) -> None:
        self.setting, self.point, graph = setting, point, setting.graph
        self.names = tuple(wrt) or setting.net.parameters
        if setting.of in self.names:
            raise InputError(f"{symbol_name(setting.of)} is the loss itself")
        owners = {name: graph.owner(name) for name in self.names}
        roots = dict.fromkeys(owner.symbol for owner in owners.values())
        only: dict[Symbol, list[int]] = {}
        for name, owner in owners.items():
            if name != owner.symbol:
                if owner.symbol in self.names:
                    raise InputError(f"{symbol_name(name)} is asked for, and the whole of {symbol_name(owner.symbol)}")
                only.setdefault(owner.symbol, []).append(self._place(name))
        self.names = tuple(self._label(name) for name in self.names)
        self.forward = [] if point.symbolic else setting.forward(point, [setting.of])
        totals = {point.written(total): ones for total, ones in setting.loss.totals.items()} if setting.loss else {}
        self.backward = ArrayBackward(point, setting.of, [*roots], setting.net.deltas, totals, only).steps()

    def _place(self, name: Symbol) -> int:
        """Where an entry stands in its array, row by row."""
        owner = self.setting.graph.owner(name)
        assert isinstance(owner.value, Array)
        return owner.value.items.index(self.setting.graph.scalar(name))

    def _label(self, name: Symbol) -> Symbol:
        """The name of an entry as it is printed: that of a single input may be typed with one index."""
        owner = self.setting.graph.owner(name)
        if name == owner.symbol:
            return name
        return entry_names(owner.symbol, shape_of(owner.value))[self._place(name)]

    @property
    def single_values(self) -> dict[Symbol, Form]:
        """The values of those quantities that are single entries."""
        if self.point.symbolic:
            raise InputError("an update needs numbers: weights, input and target")
        entries = [name for name in self.names if name not in self.setting.graph.quantities]
        return {name: number(as_fraction(self.point.env[name])) for name in entries}

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of both passes."""
        return (*self.forward, *self.backward)

    @cached_property
    def asked(self) -> list[Form]:
        """The gradients that were asked for."""
        return [self.point.written(Derivative(self.setting.of, (name,))) for name in self.names]

    @property
    def deltas(self) -> list[Form]:
        """The gradients by the pre-activations on the way."""
        found = {step.target for step in self.backward}
        return [self.point.written(delta) for delta in self.setting.net.deltas.values() if delta in found]


def _in_short(step: Step) -> Step:
    """The step of another array like the first one: the matrices put in are shown from the next level of detail on."""
    *lines, last = step.lines
    return replace(step, lines=(*(replace(x, level=max(x.level, 2 * (not symbols(x.form)))) for x in lines), last))


class Updates:
    """The rule of an optimizer worked out for each parameter, with whole arrays.

    Args:
        asked: the optimizer on the parameters, as a question of its own would have it.
    """

    def __init__(self, asked: OptimizerStep, gradients: Gradients) -> None:
        self.question, self.gradients, self.point = asked, gradients, gradients.point
        self.rule = asked.rule()
        if self.rule.looks_ahead:
            raise InputError(f"{self.rule.entry.called} takes the gradient elsewhere in this form: choose another form")
        self.constants = asked.constants(self.rule)
        self.updates = [self._update(name) for name in gradients.names]
        self.states = {name: form for each in self.updates for name, form in asked.states(each).items()}
        self._check_names()
        for name, form in (self.constants | self.states).items():
            self._take(name, form)
        worked = [list(self._steps(update)) for update in self.updates]
        first = next((k for k, update in enumerate(self.updates) if update.is_array), len(worked))
        is_repeated = [update.is_array and k > first for k, update in enumerate(self.updates)]
        self.steps = [
            _in_short(step) if again else step for again, steps in zip(is_repeated, worked, strict=True)
            for step in steps
        ]  # fmt: skip

    def _update(self, name: Symbol) -> Update:
        old, of = self.point.written(name), self.gradients.setting.of
        assert isinstance(old, Symbol)
        after = Symbol(old.base, old.accent, (*old.sub, "new"), old.sup, old.bold)
        gradient = self.point.written(Derivative(of, (name,)))
        if not self.point.formulas.knows(name):  # a single entry
            self.point.name(name, ())
            self.point.name(gradient, ())
        return Update(self.rule, old, after, gradient, self.question.step, owner=name, is_array=old.bold)

    def _check_names(self) -> None:
        """A letter means one thing."""
        for name in (*self.constants, *self.states):
            if name in self.gradients.setting.graph.quantities:
                raise InputError(f"both the net and the optimizer have a {symbol_name(name)}: rename the net's")

    def _take(self, name: Symbol, form: Form) -> None:
        """A constant or a state, with its value."""
        value = numeric(form)
        self.point.name(name, shape_of(value))
        self.point.know(name, items(value))
        self.point.exact[name] = form

    def _steps(self, update: Update) -> Iterator[Step]:
        shape = self.point.formulas.shape(update.parameter)
        for target, form, reason in update.lines():
            mark = Mark(Fraction(2), "A") if target == update.after else Mark(Fraction(1), "M")
            self.point.name(target, shape)
            whole = update.whole() if target == update.after else None
            lines = [Line("=", whole, IN_ONE, level=3)] if whole is not None else []
            yield from self.point.found(target, [*lines, Line("=", form, reason)], OPTIMIZER, (mark,))

    @property
    def says(self) -> Phrase:
        """What tells this rule from others of its name."""
        return sentence(self.question.asks(self.rule))

    @property
    def premises(self) -> list[Given]:
        """The constants of the rule, and what the step before left."""
        return [Given(self.point.written(name), form, "value") for name, form in (self.constants | self.states).items()]

    @property
    def asked(self) -> list[Form]:
        """The parameters after the step."""
        return [update.after for update in self.updates]

    @property
    def others(self) -> list[Form]:
        """What the rule makes on the way to them."""
        names = [update.name(quantity) for update in self.updates for quantity, _, _ in self.rule.lines]
        return [name for name in names if name not in self.asked]
