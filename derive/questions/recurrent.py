"""Recurrent cells with numbers: RNN, LSTM and GRU, step by step over a sequence."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.graph.point import Point
from derive.notation.form import Form, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.fields import Names
from derive.questions.finish import finished
from derive.questions.recurrent_draws import draw_manner, draw_run
from derive.questions.recurrent_fields import StepWeights
from derive.questions.recurrent_question import (
    SequenceQuestion,
    activations_said,
    asked_quantities,
    asked_words,
    last_quantities,
    needed_quantities,
    weights_said,
)
from derive.questions.recurrent_run import Run
from derive.questions.recurrent_table import ROW_MARK, Worked, answer_of, cell_line, in_full, over_time, step_worked
from derive.record import Answer, Conventions, Derivation, Line, Mark, Phrase, Step
from derive.training.cells import CELLS
from derive.training.unrolled import INPUT, Settings

Found = Mapping[int, list[Worked]]
"""The quantities of each step, worked out."""


class SequenceForward(SequenceQuestion):
    """Base of the forward passes over a sequence."""

    per_step: StepWeights = Field(
        {}, description="weights that differ from step to step, by name: for each a list with one value a step"
    )
    output_from: str = Field("", description="the state that the output layer V reads; the hidden state if not said")
    preactivations: bool = Field(False, description="whether the sum in front of each activation is named and shown")
    of: Names = Field(
        (), description="what is asked for: h_2 at one step, h at all; the last states and output if not said"
    )
    known: int = Field(0, ge=0, description="how many of the first steps an earlier part has found already")
    show: Literal["table", "all"] = Field("table", description="later steps as a table over time, or all in full")
    formulas: bool = Field(True, description="whether the question states the formulas of the cell")

    @classmethod
    def drawn(cls, rng: random.Random) -> dict[str, Any]:
        """A random cell over a random sequence, shown in a random manner."""
        given = draw_run(rng, cls.cell)
        return {**given, **draw_manner(rng, len(given["input"]))}

    def asked_for(self, results: int) -> int:
        """The results, four quantities in full for one of them (three lines each), and the table of the other steps."""
        steps = len(self.input) - self.known if self.show == "all" else 1
        cell = CELLS[self.cell]
        quantities = len(cell.rule) + self.preactivations * len(cell.activations)
        return results + 1 + -(-steps * quantities // 4)

    def settings(self) -> Settings:
        """What the question chooses about the cell, its output and its names."""
        settings = super().settings()
        return Settings(
            settings.activations, settings.choices, settings.biases, self.output_from, self.preactivations, self.names
        )

    def step_weights(self) -> dict[Symbol, tuple[Form, ...]]:
        """The weights that differ from step to step."""
        return self.per_step

    def solve(self, conventions: Conventions) -> Derivation:
        """One step in full, the others as a table over time."""
        run, asked = self._asked()
        point = run.point(conventions)
        names: dict[Form, str] = {}
        for step in range(1, run.steps + 1):
            names |= {run.unrolled.at(q.name, step): q.what for q in run.unrolled.quantities}
        needed = needed_quantities(run, asked)
        found = {
            step: step_worked(point, (q for q in run.quantities(step) if q.symbol in needed), names)
            for step in range(1, run.steps + 1)
        }
        title = run.unrolled.cell.title
        return finished(
            Derivation(
                f"{title[:1].upper()}{title[1:]} over time",
                self._prompt(run, asked),
                run.premises(self.formulas),
                tuple(self._printed(run, point, found, needed)),
                tuple(self._answers(point, found, asked)),
                conventions,
            )
        )

    def _asked(self) -> tuple[Run, list[Symbol]]:
        """The steps that are needed, and what is asked for in them."""
        whole = self.run_of()
        if self.known >= whole.steps:
            raise InputError(f"{self.known} of {whole.steps} steps are known: none is left").at(path="known")
        asked = asked_quantities(whole, self.of, self.known) or last_quantities(whole)
        last = max(int(name.sub[-1]) for name in asked)
        if any(int(name.sub[-1]) <= self.known for name in asked):
            raise InputError(f"what is asked for stands in the {self.known} steps that are known").at(path="of")
        return (whole if last == whole.steps else self.run_of(last)), asked

    def _printed(self, run: Run, point: Point, found: Found, needed: Collection[Symbol]) -> list[Step]:
        """What an earlier part has found, the first new step in full, then the later ones."""
        first = self.known + 1
        steps = [] if self.formulas else self._formulas(run)
        names = [q.name for q in run.unrolled.quantities if run.unrolled.at(q.name, 1) in needed]
        steps.append(self._table(run, point, found, "known", names, range(1, first), ("From the part before:",), ()))
        steps += in_full(found[first])
        later = range(first + 1, run.steps + 1)
        if self.show == "all":
            steps += in_full(item for step in later for item in found[step])
        else:
            words = "The later steps in the same way:" if len(later) > 1 else "The next step in the same way:"
            steps.append(self._table(run, point, found, "later", names, later, (words,), ROW_MARK))
        return [step for step in steps if step.lines or step.substeps]

    def _formulas(self, run: Run) -> list[Step]:
        """The formulas of the cell, where the question does not state them."""
        found = []
        for quantity in run.unrolled.quantities:
            name = run.unrolled.timed_name(quantity.name)
            line = Line("=", run.at_any_step(run.unrolled.formulas()[name]), (quantity.what,))
            found.append(Step(symbol_name(name), run.at_any_step(name), (line,), "formula of the cell"))
        return found

    @staticmethod
    def _table(
        run: Run,
        point: Point,
        found: Found,
        name: str,
        quantities: Sequence[Symbol],
        steps: range,
        intro: Phrase,
        marks: tuple[Mark, ...],
    ) -> Step:
        """A row for each step: the input where it is a number, then the quantities in order."""
        shown = isinstance(run.graph.quantities[run.unrolled.at(INPUT, 1)].value, int)
        inputs = {k: [run.unrolled.at(INPUT, k)] if shown else [] for k in steps}
        names = [*([INPUT] if shown else []), *quantities]
        heads = [run.at_any_step(run.unrolled.timed_name(name)) for name in names]
        return over_time(name, point, heads, {k: [*inputs[k], *found[k]] for k in steps}, intro, marks)

    def _answers(self, point: Point, found: Found, asked: list[Symbol]) -> list[Answer]:
        """Every quantity of the new steps; those that are asked for stand in boxes."""
        answers = []
        for step in range(self.known + 1, len(found) + 1):
            in_rows = step > self.known + 1 and self.show == "table"
            for item in found[step]:
                line = cell_line(point, item) if in_rows else item.value.lines[-1]
                answers.append(replace(answer_of(point, item, line), boxed=item.quantity.symbol in asked))
        return answers

    def _prompt(self, run: Run, asked: list[Symbol]) -> Phrase:
        over = "one step" if run.steps == 1 else f"{run.steps} steps"
        title = run.unrolled.cell.title
        if self.known and self.formulas:  # the part before it has said what the formulas mean
            return (f"Run the {title} on to step {run.steps}: compute ", *asked_words(run, asked), ".")
        said = (*activations_said(run, self.formulas), *weights_said(run))
        return (f"Run the {title} over {over}: compute ", *asked_words(run, asked), ".", *said)


class RnnForward(SequenceForward):
    """A recurrent layer over a sequence: one step in full, the states and outputs of all steps as a table over time."""

    ask: ClassVar[str] = "rnn.forward"
    cell: ClassVar[str] = "rnn"
    example: ClassVar[dict[str, Any]] = {
        "input": [1, 1, 0],
        "weights": {"W": 0.5, "U": 0.2, "V": 0.4},
        "activations": {"state": "sigmoid", "output": "relu"},
    }

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Scalars or small vectors, weights shared or of each step."""
        return cls.drawn(rng)


class LstmForward(SequenceForward):
    """An LSTM over a sequence: gates, candidate, cell state and hidden state of one step in full, then a table."""

    ask: ClassVar[str] = "lstm.forward"
    cell: ClassVar[str] = "lstm"
    example: ClassVar[dict[str, Any]] = {
        "input": [1, 1, 0],
        "weights": {
            "W_f": 0.6, "U_f": 0.5, "W_i": 0.3, "U_i": 0.1, "W_c": 0.5, "U_c": 0.2, "W_o": 0.4, "U_o": 0.9, "V": 0.4,
        },
    }  # fmt: skip

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """With peepholes, a projection, two biases now and then."""
        return cls.drawn(rng)


class GruForward(SequenceForward):
    """A GRU over a sequence: reset gate, update gate, candidate and state of one step in full, then a table."""

    ask: ClassVar[str] = "gru.forward"
    cell: ClassVar[str] = "gru"
    example: ClassVar[dict[str, Any]] = {
        "input": [1, -1],
        "weights": {"W_r": 0.5, "U_r": 0.4, "W_z": -0.3, "U_z": 0.8, "W_h": 0.7, "U_h": -0.2},
        "hidden": 0.5,
    }

    reset: Literal["before", "after"] = Field(
        "before", description="where the reset gate acts: on the state before its weights (Keras: reset_after=False), "
        "or after them (Keras' default, PyTorch)", json_schema_extra=convention(),
    )  # fmt: skip
    update: Literal["keep", "renew"] = Field(
        "keep",
        description="what z multiplies: the old state (Cho 2014, Keras, PyTorch), or the candidate (Chung 2014)",
        json_schema_extra=convention(),
    )

    def choices(self) -> dict[str, str]:
        """Where the reset acts, and what the update gate multiplies."""
        return {"reset": self.reset, "update": self.update}

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """In both readings of the reset and of the update."""
        return {
            **cls.drawn(rng),
            "reset": rng.choice(["before", "after"]),
            "update": rng.choice(["keep", "renew"]),
        }
