"""What the questions about a cell over a sequence share: givens, which quantities are asked for, wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import UnknownName
from derive.notation.form import Call, Form, Symbol, symbols
from derive.notation.symbols import symbol_name
from derive.questions.base import Question
from derive.questions.fields import Activation
from derive.questions.graph_question import listed
from derive.questions.recurrent_fields import Inputs, Renaming, StartStates, Weights
from derive.questions.recurrent_run import Material, Run
from derive.record import Phrase
from derive.training.cells import CELLS, OUTPUT_ROLE
from derive.training.unrolled import Settings

MOST_LISTED = 6
"""So many quantities are asked for one by one."""


class SequenceQuestion(Question):
    """Base of questions about a cell that runs over a sequence."""

    cell: ClassVar[str] = ""

    input: Inputs = Field(description="the input of each step: a list of numbers, or of vectors")
    hidden: StartStates = Field(
        None, description="the state before the first step, or a mapping from states to values; 0 if not said"
    )
    weights: Weights = Field({}, description="the weights that all steps share, by name: numbers, vectors, matrices")
    biases: Literal[1, 2] = Field(
        1,
        description="bias vectors of each sum: 1 as in Keras (b), or 2 as in PyTorch (b_x, b_h); one not given is 0",
        json_schema_extra=convention(),
    )
    activations: dict[str, Activation] = Field(
        {},
        description="functions by role: tanh, sigmoid, relu or identity; for the output softmax too",
        json_schema_extra=convention(
            {"candidate": "sigmoid"}, {"cell": "sigmoid"}, {"candidate": "sigmoid", "cell": "sigmoid"}
        ),
    )
    names: Renaming = Field(
        {}, description="letters that the sheet writes otherwise, as in h: s; weights then go by those names"
    )

    def choices(self) -> dict[str, str]:
        """The settings of the cell."""
        return {}

    def step_weights(self) -> dict[Symbol, tuple[Form, ...]]:
        """The weights that differ from step to step: none where a question is about shared ones."""
        return {}

    def settings(self) -> Settings:
        """What the question chooses about the cell."""
        return Settings(self.activations, self.choices(), self.biases, names=self.names)

    def run_of(self, steps: int | None = None) -> Run:
        """The cell over the whole sequence, or over its first steps."""
        material = Material(self.input, self.hidden, self.weights, self.step_weights())
        return Run(CELLS[self.cell], self.settings(), material, steps or len(self.input))


# wording


def weights_said(run: Run) -> Phrase:
    """Whether the weights are shared, and that there are no biases where there are none."""
    names = [run.at_any_step(run.unrolled.timed_name(name)) for name in run.unrolled.timed]
    if not names:
        said: Phrase = (" All steps share the weights.",) if len(run.material.inputs) > 1 else ()
    else:
        verb = " belong" if len(names) > 1 else " belongs"
        shared = "; the other weights are shared" if run.material.weights else ""
        said = (" The weights differ from step to step: ", *listed(names), f"{verb} to step ", Symbol("t"), shared, ".")
    has_bias = any(name.base == "b" for name in run.unrolled.given)
    return said if has_bias else (*said, " There are no biases.")


def activations_said(run: Run, formulas: bool) -> Phrase:
    """The activations: all of them where the sheet does not state the formulas, else those that are not customary."""
    usual = run.unrolled.cell.activations
    chosen = {role: function for role, function in run.unrolled.functions.items() if function != "identity"}
    if not run.unrolled.has_output:
        chosen.pop(OUTPUT_ROLE, None)
    if not formulas:
        return (" Activations: ", *_enumerated([(f"{role} ", Call(chosen[role])) for role in chosen]), ".")
    other = {role: function for role, function in run.unrolled.functions.items() if function != usual.get(role)}
    other.pop(OUTPUT_ROLE, None)
    told: list[Phrase] = [
        (*_function(function), f" for the {role} (customary: ", Call(usual[role]), ")")
        for role, function in other.items()
    ]
    return (" The formulas take ", *_enumerated(told), ".") if told else ()


def _enumerated(phrases: list[Phrase]) -> Phrase:
    """Phrases as a sentence lists them."""
    joined: list[str | Form] = []
    for place, phrase in enumerate(phrases):
        if place:
            joined.append(" and " if place == len(phrases) - 1 else ", ")
        joined += phrase
    return tuple(joined)


def _function(name: str) -> Phrase:
    return ("no activation",) if name == "identity" else (Call(name),)


# what is asked for


def asked_quantities(run: Run, of: Iterable[Symbol], after: int) -> list[Symbol]:
    """The quantities that are asked for: h_2 by itself, h at every step behind `after`.

    Raises:
        UnknownName: there is no such quantity, or no such step.
    """
    by_name = {run.unrolled.shown(q.name): q.name for q in run.unrolled.quantities}
    placed = {run.unrolled.at(name, step): None for step in range(1, run.steps + 1) for name in by_name.values()}
    found: dict[Symbol, None] = {}
    for name in of:
        if name in by_name:
            found |= {run.unrolled.at(by_name[name], step): None for step in range(after + 1, run.steps + 1)}
        elif name in placed:
            found[name] = None
        else:
            raise UnknownName("quantity of a step", symbol_name(name), map(symbol_name, (*by_name, *placed))).at(
                path="of"
            )
    return list(found)


def last_quantities(run: Run) -> list[Symbol]:
    """The states and the output of the last step."""
    names = [*map(Symbol, run.unrolled.cell.states), *([Symbol("y")] if run.unrolled.has_output else [])]
    return [run.unrolled.at(name, run.steps) for name in names]


def needed_quantities(run: Run, asked: Iterable[Symbol]) -> set[Symbol]:
    """The quantities that what is asked for depends on, at every step: a gate that leads to no answer is left out."""
    met: set[Symbol] = set()
    waiting = list(asked)
    while waiting:
        quantity = run.graph.quantities.get(waiting.pop())
        if quantity is not None and quantity.symbol not in met:
            met.add(quantity.symbol)
            waiting += symbols(quantity.form) if quantity.form is not None else ()
    rows = [[run.unrolled.at(q.name, step) for step in range(1, run.steps + 1)] for q in run.unrolled.quantities]
    return {name for row in rows if not met.isdisjoint(row) for name in row}


def asked_words(run: Run, asked: list[Symbol]) -> Phrase:
    """The quantities as a sentence lists them; many of them by their names at any step."""
    if len(asked) <= MOST_LISTED:
        return listed(run.graph.written(name) for name in asked)
    return listed(_by_quantity(run, asked))


def _by_quantity(run: Run, asked: list[Symbol]) -> Iterator[Form]:
    for q in run.unrolled.quantities:
        steps = [step for step in range(1, run.steps + 1) if run.unrolled.at(q.name, step) in asked]
        if steps:
            yield run.at_any_step(run.unrolled.timed_name(q.name))
