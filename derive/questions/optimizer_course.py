"""The numbers of a run: a question's loss, its gradient on the examples of each step, the rows from the start on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.errors import InputError
from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.notation.arrays import items
from derive.notation.form import Form, Symbol
from derive.questions.fields import numeric
from derive.questions.formulas import nodes_of
from derive.questions.optimizer_examples import Examples
from derive.record import Conventions
from derive.training.rule import Rule
from derive.training.runs import Descent, Keep, Loss, Row, Run, Values

if TYPE_CHECKING:
    from derive.questions.optimizer_run import DescentQuestion


class Course:
    """How the loss of a question goes down by its rule, in numbers.

    Args:
        keep: what of a quantity goes on to the next line; all of it where not said.
    """

    def __init__(
        self, asked: DescentQuestion, conventions: Conventions, examples: Examples,
        keep: Keep = lambda quantity, name, value: value,
    ) -> None:  # fmt: skip
        if not asked.graph:
            raise InputError("a run needs a graph, whose loss goes down: graph")
        self.asked, self.conventions, self.examples = asked, conventions, examples
        self.rule: Rule = asked.rule()
        self.constants: dict[Form, Real] = {name: numeric(form) for name, form in asked.constants(self.rule).items()}
        self._losses: dict[tuple[int, ...], Loss] = {}
        self.descent = Descent(self.rule, self.constants, self._gradient, self._loss, keep)

    def at(self, step: int) -> DescentQuestion:
        """The question as it stands in a step: with the examples of that step among the inputs."""
        return self._with(self.examples.at(step))

    def start(self) -> Row:
        """The row before the first step."""
        parameters = {name: items_of(self.asked.parameter(name)) for name in self.asked.wrt}
        states = {
            f"{state}_new": {name: items_of(self.asked.start_of(state, name)) for name in parameters}
            for state in self.rule.entry.state
        }
        return Row(0, parameters, self.descent.loss_at(parameters), {}, states)

    def run(self, row: Row | None = None) -> Run:
        """The rows from one on, or from the start.

        Raises:
            InputError: the run is so chaotic that its digits cannot be told.
        """
        row = row or self.start()
        run = self.descent.run(row, self.asked.steps)
        if self.conventions.rounding.mode != "carry-rounded" and self.descent.is_chaotic(row, run):
            raise InputError(
                f"the run is chaotic: digits far beyond the printed ones decide where step {run.last.step} leads"
            )
        return run

    def _with(self, examples: dict[Symbol, Form]) -> DescentQuestion:
        return self.asked.model_copy(update={"at": {**self.asked.at, **examples}, "data": {}})

    def _gradient(self, step: int, at: Values) -> Values:
        loss, inputs = self._on(self.examples.at(step))
        return loss.gradient(inputs, at)

    def _loss(self, at: Values) -> Real:
        loss, inputs = self._on(dict(self.examples.data))
        return loss.value(inputs, at)

    def _on(self, examples: dict[Symbol, Form]) -> tuple[Loss, dict[int, Real]]:
        """The loss on some examples, and the inputs besides the parameters; one graph for each number of examples."""
        values = {name: numeric(form) for name, form in {**self.asked.at, **examples}.items()}
        key = tuple(value.shape[0] for value in values.values() if isinstance(value, Array))
        if key not in self._losses:
            graph = self._with(examples).built(self.conventions)
            nodes = {name: nodes_of(graph, name) for name in self.asked.wrt}
            self._losses[key] = Loss(graph, graph.scalar(self.asked.of), nodes, self.conventions)
        return self._losses[key], self._losses[key].inputs(values)


def items_of(form: Form) -> tuple[Real, ...]:
    """The entries of a given, one of a number."""
    value = numeric(form)
    return items(value)
