"""One step of an optimizer on all parameters of a question: the gradients, then the rule for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph, one_based
from derive.graph.point import Point
from derive.notation.form import Call, Derivative, Form, Symbol, walk
from derive.notation.symbols import element, symbol_name
from derive.questions.answers import answers_of
from derive.questions.fields import is_number, numeric
from derive.questions.formulas import gradient_formulas
from derive.questions.optimizer_question import OptimizerQuestion, by_name, entries_of_array
from derive.record import Answer, Conventions, Given, Phrase, Step
from derive.training.rule import Rule
from derive.training.update import Update
from derive.training.working import ahead_steps, exact_form, update_steps

Naming = Callable[[Symbol], Symbol]


class OneStep:
    """A step with number `step`, from parameters called `before(w)` to those called `after(w)`.

    In the graph `w` is where the gradient is taken. Where the parameter before the step is called otherwise, as with
    a look ahead, a premise says what `w` is.

    Attributes:
        point: the values so far.
        working: the steps that find the gradients.
        steps: those of the rule.
    """

    def __init__(self, asked: OptimizerQuestion, conventions: Conventions, before: Naming, after: Naming) -> None:
        self.asked, self.conventions = asked, conventions
        self.rule: Rule = asked.rule()
        self.constants = asked.constants(self.rule)
        self.values = {name: asked.parameter(name) for name in asked.wrt}
        self.graph: Graph = asked.built(conventions)
        self.gradients = self._gradients()
        self.updates = {name: self._update(name, before(name), after(name)) for name in asked.wrt}
        self.states = {name: asked.states(update) for name, update in self.updates.items()}
        self._check_names()
        sheet, self.ahead = self._before_the_gradient()
        self.point = self._at_the_gradient(sheet)
        self.working = (*self.ahead, *self._passes())
        pairs = [(update, self.shape(name)) for name, update in self.updates.items()]
        self.steps = [step for update, shape in pairs for step in update_steps(update, self.point, shape)]

    @property
    def written(self) -> list[Form]:
        """The parameters as the graph writes them."""
        return [self._bold(name, name) for name in self.asked.wrt]

    def _bold(self, name: Symbol, owner: Symbol) -> Symbol:
        return replace(name, bold=self.shape(owner) is not None)

    def _written(self, target: Form) -> Form:
        """A given array in bold, also where no graph knows of it."""
        return self._bold(target, target) if isinstance(target, Symbol) and target in self.values else target

    def shape(self, name: Symbol) -> tuple[int, ...] | None:
        """The shape of a parameter; None for a scalar."""
        value = numeric(self.values[name])
        return value.shape if isinstance(value, Array) else None

    def _update(self, name: Symbol, before: Symbol, after: Symbol) -> Update:
        names = (self._bold(before, name), self._bold(after, name))
        is_array = self.shape(name) is not None
        return Update(self.rule, *names, self.gradients[name], self.asked.number, owner=name, is_array=is_array)

    def _gradients(self) -> dict[Symbol, Form]:
        """How the gradient of each parameter is written."""
        graph, asked = self.graph, self.asked
        if asked.graph:
            of = graph.written(asked.of)
            return {name: Derivative(of, (graph.written(name),)) for name in asked.wrt}
        return {
            name: Symbol("g", "", (name.base, *name.sub), name.sup, self.shape(name) is not None) for name in asked.wrt
        }  # fmt: skip

    def _check_names(self) -> None:
        """A letter means one thing."""
        own = [*self.constants, *(state for states in self.states.values() for state in states)]
        own += [update.name(quantity) for update in self.updates.values() for quantity, _, _ in self.rule.lines]
        for name in own:
            if name in self.graph.quantities:
                raise InputError(f"{symbol_name(name)} is a name of the graph and of the optimizer: rename the graph's")
        if len(set(own)) < len(own):
            raise InputError("two parameters differ by an accent only, which their states do not show: rename one")

    def _before_the_gradient(self) -> tuple[Point, list[Step]]:
        """What is known before any gradient, and where a gradient is taken that looks ahead."""
        sheet = Point(Graph({}), {}, self.conventions)
        for name, form in self.constants.items():
            sheet.env[name] = numeric(form)
        for name, update in self.updates.items():
            for state, form in self.states[name].items():
                sheet.env |= by_name(state, numeric(form), name)
            sheet.env |= by_name(update.parameter, numeric(self.values[name]))
        if not (self.rule.looks_ahead and self.asked.graph):
            return sheet, []
        for name in self.updates:
            if name not in self.asked.at and any(numeric(form) != 0 for form in self.states[name].values()):
                raise InputError(f"a look ahead with a velocity needs whole arrays, not {symbol_name(name)}")
        steps = [ahead_steps(update, sheet, name, self.shape(name)) for name, update in self.updates.items()]
        return sheet, [step for found in steps for step in found]

    def _at_the_gradient(self, sheet: Point) -> Point:
        """The graph where the gradient is taken; without a graph the gradients as they are given."""
        asked = self.asked
        at = {name: numeric(form) for name, form in asked.at.items()} if asked.graph else {}
        ahead = {step.target for step in self.ahead}
        for name in at:
            if name in ahead:
                value = at[name]
                names = entries_of_array(name, value) if isinstance(value, Array) else {name: value}
                found = tuple(sheet.env[each] for each in names)
                at[name] = Array(value.shape, found) if isinstance(value, Array) else found[0]
        point = Point(self.graph, at, self.conventions)
        point.env = {**sheet.env, **point.env}
        owners = {gradient: owner for owner, gradient in self.gradients.items()}
        for name, form in self.asked.given_gradients(self.gradients).items():
            point.env |= by_name(name, numeric(form), owners[name])
        point.exact |= sheet.exact | {name: form for name, form in asked.at.items() if name not in ahead}
        return point

    def _passes(self) -> tuple[Step, ...]:
        if not self.asked.graph:
            return ()
        forward, backward, _ = self.asked.passes(self.graph, self.point)
        return (*forward, *backward)

    def premises(self, note: Phrase = ()) -> Iterator[Given]:
        """Definitions and values; the parameters before the step; gradients, constants and states.

        Args:
            note: stands behind where the gradient is taken, if that is not the parameter itself.
        """
        moved = {name: update for name, update in self.updates.items() if update.parameter != name}
        for given in self.asked.premises(self.graph):
            if given.target not in moved:
                yield replace(given, target=self._written(given.target))
            else:
                update = moved[given.target]
                yield Given(given.target, update.written(self.rule.gradient_at), note=note, for_working=bool(note))
        entries = {update.parameter: name for name, update in moved.items() if name not in self.asked.at}
        yield from (Given(parameter, name) for parameter, name in entries.items())
        yield from (Given(name, form, "value") for name, form in self.given().items() if name not in entries)

    def given(self) -> dict[Symbol, Form]:
        """The values that are given besides those in the graph."""
        moved = (update for name, update in self.updates.items() if update.parameter != name)
        found = {update.parameter: self.values[update.owner] for update in moved}
        found |= {**self.asked.given_gradients(self.gradients), **self.constants}
        for states in self.states.values():
            found |= states
        return found

    def answers(self) -> list[Answer]:
        """Every quantity of the rule; the new parameters are what was asked for."""
        steps = (*self.working, *self.steps)
        scalars = [update for update in self.updates.values() if not update.is_array]
        known = {**self.asked.at, **self.given()} | {each.parameter: self.values[each.owner] for each in scalars}
        known = {name: form for name, form in known.items() if name in self.graph.quantities or is_number(form)}
        formulas = gradient_formulas(self.point, self.asked.of, self.asked.wrt) if self.asked.graph else {}
        targets: list[Form] = [update.name(line[0]) for update in scalars for line in self.rule.lines]
        found = {answer.label: answer for answer in answers_of(steps, targets, self.graph, known, formulas)}
        ordered = [found.get(name) or self._array_answer(name, owner) for name, owner in self._quantities()]
        asked = {update.after for update in self.updates.values()}
        return [replace(self._in_numbers(answer), boxed=answer.label in asked) for answer in ordered]

    def _in_numbers(self, answer: Answer) -> Answer:
        """The answer as a number where its exact form has a slope of ReLU in it, which says nothing by itself."""
        if answer.label is None or not any(isinstance(node, Call) and node.primes for node in walk(answer.form)):
            return answer
        return replace(answer, form=exact_form(self.point.env[answer.label]))

    def _quantities(self) -> Iterator[tuple[Symbol, Symbol]]:
        """Every quantity of the rule with its parameter."""
        for name, update in self.updates.items():
            for quantity, _, _ in self.rule.lines:
                yield update.name(quantity), name

    def _array_answer(self, name: Symbol, owner: Symbol) -> Answer:
        shape = self.shape(owner)
        assert shape is not None
        items = tuple(self.point.env[element(name, *at)] for at in one_based(owner, shape))
        shown = next(step.lines[-1].form for step in reversed(self.steps) if step.target == name)
        return Answer(symbol_name(name), "matrix", exact_form(Array(shape, items)), shown, name)
