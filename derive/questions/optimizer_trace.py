"""A run worked out: its first step in full, then the table of all steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.errors import InputError
from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.graph import one_based
from derive.notation.form import Call, Derivative, Form, Symbol, Text
from derive.notation.reals import Undefined
from derive.notation.symbols import element, symbol_name
from derive.questions.optimizer_columns import columns_of, is_noise, trace
from derive.questions.optimizer_course import Course
from derive.questions.optimizer_examples import IN_THE_FIRST, Examples
from derive.questions.optimizer_rules import general_update, rules_of
from derive.questions.optimizer_work import OneStep
from derive.record import Answer, Conventions, Given, Line, Mark, Phrase, Step
from derive.training.course import course_words
from derive.training.iterates import Iterates
from derive.training.rule import NEW
from derive.training.runs import Row, Values, as_printed
from derive.training.update import Update
from derive.training.working import exact_form

if TYPE_CHECKING:
    from derive.questions.optimizer_run import OptimizerRun


class RunWork:
    """A run: the names of its quantities, its first step in full, its rows.

    Attributes:
        first: the step that is worked out.
        run: the rows from the start on.
    """

    def __init__(self, asked: OptimizerRun, conventions: Conventions) -> None:
        self.asked, self.conventions = asked, conventions
        self.examples = Examples(asked, asked.batch)
        self.course = Course(asked, conventions, self.examples, self._keep)
        start = self.course.at(1)
        self.graph = start.built(conventions)
        self.names = Iterates(self.graph, [asked.of, *asked.wrt, *self.examples.data], asked.steps)
        self.first = OneStep(start, conventions, lambda w: self.names.of(w, 0), lambda w: self.names.of(w, 1))
        self.rule = self.first.rule
        self.general = {name: general_update(asked, self.rule, name, self.names) for name in asked.wrt}
        self.columns = columns_of(self)
        begin = self.course.start()
        run = self.course.run(self._first_row())
        self.run = replace(run, rows=(begin, *run.rows))

    # numbers

    def _keep(self, quantity: str, name: Symbol, value: Real) -> Real:
        """What goes on of a quantity: where printed digits are carried, what stands in its column."""
        rounding = self.conventions.rounding
        is_printed = any(column.key == (quantity, name) for column in self.columns) and not is_noise((value,))
        return as_printed(value, rounding) if rounding.mode == "carry-rounded" and is_printed else value

    def _first_row(self) -> Row:
        """The first step as it was worked out, rounded where that is carried on."""
        slopes: Values = {}
        quantities: dict[str, Values] = {quantity: {} for quantity, _, _ in self.rule.lines}
        for name, update in self.first.updates.items():
            slopes[name] = self._worth(self.first.gradients[name], name)
            for quantity, values in quantities.items():
                values[name] = self._worth(update.name(quantity), name)
        try:
            loss = self.course.descent.loss_at(quantities[NEW])
        except (InputError, Undefined) as error:
            raise InputError(f"the first step leads where the loss has no value: {error.message}") from None
        return Row(1, quantities[NEW], loss, slopes, quantities)

    def _worth(self, quantity: Form, owner: Symbol) -> tuple[Real, ...]:
        """The value of a quantity in the first step, entry by entry."""
        shape, env = self.first.shape(owner), self.first.point.env
        if shape is None:
            return (env[quantity],)
        return tuple(env[_entry(quantity, at)] for at in one_based(owner, shape))

    # premises

    def premises(self) -> Iterator[Given]:
        """The graph, where the first gradient is taken, the examples, the rule at any step, all values."""
        data = {Symbol(name.base, name.accent, name.sub, name.sup) for name in self.examples.data}
        batches = list(self.examples.premises(self.names, self.graph))
        givens = [given for given in self.first.premises(IN_THE_FIRST) if not (batches and given.target in data)]
        seen = self.examples.in_step(self.names), self.examples.whole()
        everything = [*givens, *batches, *rules_of(self.graph, self.asked.of, self.general, self.names, *seen)]
        yield from (given for given in everything if given.kind != "value")
        yield from (given for given in everything if given.kind == "value")

    # solution

    def named_gradients(self) -> Iterator[Step]:
        """The first gradients under their names, where it is the printed digits of them that go on."""
        if self.conventions.rounding.mode != "carry-rounded":
            return
        for update in self.first.updates.values():
            target, slope = (
                self.names.at(self.names.gradient(update.written_owner), 1),
                self.first.gradients[update.owner],
            )
            end = next(step for step in reversed(self.first.working) if step.target == slope).lines[-1]
            lines = (Line("=", slope, ("the gradient of the first step",)), replace(end, reason=()))
            yield Step(symbol_name(target), target, lines, "trace")

    def steps(self) -> Iterator[Step]:
        """The table of all steps, the end of a parameter that is too large for it, and how the loss went."""
        yield trace(self.columns, self.run, self.names, self.conventions.rounding, self.examples)
        shown = {column.key for column in self.columns}
        yield from (self._end(update) for name, update in self.general.items() if (NEW, name) not in shown)
        ends = [self.names.of(self.asked.of, step) for step in (0, self.asked.steps)]
        words = Line("=", Text(course_words(self.run)), ("over all steps",))
        yield Step("course", Call("course", tuple(ends)), (words,), "how the loss goes", (), (Mark(Fraction(1), "B"),))

    def _end(self, update: Update) -> Step:
        target = self.names.at(update.after, self.run.last.step)
        shape, values = self.first.shape(update.owner), self.run.last.parameters[update.owner]
        assert shape is not None
        names = [element(target, *at) for at in one_based(update.owner, shape)]
        entries = [(name, target, value) for name, value in zip(names, values, strict=True)]
        line = Line(*self.first.point.array(entries, shape), ("after the last step",))
        return Step(f"end {symbol_name(target)}", target, (line,), "trace", (), (Mark(Fraction(1), "A"),))

    def answers(self, steps: Sequence[Step]) -> list[Answer]:
        """The parameters after the last step, as the steps show them."""
        shown = {step.target: step.lines[-1].form for step in _cells(steps) if step.lines}
        found = []
        for name, update in self.general.items():
            shape, values = self.first.shape(name), self.run.last.parameters[name]
            form = exact_form(values[0] if shape is None else Array(shape, values))
            target = self.names.at(update.after, self.run.last.step)
            answer = Answer(symbol_name(target), "number", form, shown[target], target)
            found.append(answer if shape is None else replace(answer, kind="matrix"))
        return found

    def remarks(self) -> tuple[Phrase, ...]:
        """Why a run ends before its last step."""
        if not self.run.ends:
            return ()
        return ((f"The run ends after step {self.run.last.step}: {self.run.ends}.",),)


def _cells(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _cells(step.substeps)


def _entry(quantity: Form, at: tuple[int, ...]) -> Form:
    """The name of an entry of an array, or of the gradient by one."""
    if isinstance(quantity, Derivative):
        return replace(quantity, wrt=tuple(_entry(name, at) for name in quantity.wrt))
    assert isinstance(quantity, Symbol)
    return element(quantity, *at)
