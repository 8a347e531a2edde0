"""Backpropagation through time: the gradient by a shared weight as a sum over the steps, and how it flows back."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError, UnknownName
from derive.notation.form import Form, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.bptt_flow import Flow
from derive.questions.bptt_steps import Working
from derive.questions.fields import Names
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.questions.recurrent_draws import draw_bptt
from derive.questions.recurrent_fields import Inputs
from derive.questions.recurrent_question import SequenceQuestion, activations_said, weights_said
from derive.questions.recurrent_run import Run
from derive.questions.recurrent_table import answer_of, in_full
from derive.record import Answer, Conventions, Derivation, Given, Phrase
from derive.training.through_time import LOSS, RECURRENT, TARGET, ThroughTime
from derive.training.unrolled import Settings

MOST_STEPS = 12


class RnnBptt(SequenceQuestion):
    """Backpropagation through time: gradients as sums over the steps, the product of Jacobians that vanishes or not."""

    ask: ClassVar[str] = "rnn.bptt"
    cell: ClassVar[str] = "rnn"
    example: ClassVar[dict[str, Any]] = {
        "input": [1, 0.5, -1],
        "weights": {"W": 0.5, "U": 0.8},
        "targets": [0.5],
    }

    targets: Inputs = Field(description="what the results are compared with: one for each step, or one for the last")
    loss: Literal["half_squared", "squared", "binary_cross_entropy", "cross_entropy"] = Field(
        "half_squared",
        description="the loss of a step: squares with the factor 1/2 or without, cross-entropies",
        json_schema_extra=convention("half_squared", "squared"),
    )
    wrt: Names = Field(
        (), description="the shared weights whose gradients are asked for; the recurrent one if not said"
    )
    flow: bool = Field(True, description="whether the Jacobians from step to step and their product are asked for")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Scalars or small vectors, a loss at each step or at the last."""
        return draw_bptt(rng)

    def asked_for(self, results: int) -> int:
        """The results, and two steps, with the errors and the Jacobian of each, for one of them."""
        return results + (len(self.input) + 1) // 2

    def settings(self) -> Settings:
        """Sums in front of activations have names: errors stand at them."""
        return Settings(self.activations, {}, self.biases, sums=True, names=self.names)

    def solve(self, conventions: Conventions) -> Derivation:
        """Forward as a table, the errors back in time, the sums over time, the Jacobians with a verdict."""
        run, rules = self._rules()
        weights = self._weights(run)
        working = Working(run, rules, weights, conventions)
        backward, gradients = working.backward(), working.gradients()
        flow = Flow(working) if self.flow else None
        steps = [*working.forward, *backward, *in_full(gradients), *(flow.steps() if flow else ()), *working.checks()]
        found = [*gradients, *([flow.product] if flow else [])]
        answers = [answer_of(working.point, item, item.value.lines[-1]) for item in found]
        names = [*map(symbol_name, weights.values()), "product"]
        named = [Answer(name, a.kind, a.form, a.shown, a.label) for name, a in zip(names, answers, strict=False)]
        meanings = {**rules.losses(), **rules.meanings(), **(flow.meanings if flow else {})}
        premises = (*run.premises(further=meanings), Given(LOSS, run.written(rules.whole_loss())))
        return finished(
            Derivation(
                "Backpropagation through time",
                self._prompt(run, rules, [item.value.target for item in gradients], flow),
                premises,
                tuple(steps),
                (*named, *(flow.answers() if flow else ())),
                conventions,
            )
        )

    def _rules(self) -> tuple[Run, ThroughTime]:
        """The layer over the sequence, with its targets among what is given."""
        run = self.run_of()
        if not 2 <= run.steps <= MOST_STEPS:
            raise InputError(f"{run.steps} steps; 2 to {MOST_STEPS} are needed").at(path="input")
        if len(self.targets) not in (1, run.steps):
            raise InputError(f"{len(self.targets)} targets for {run.steps} steps: one, or one for each").at(
                path="targets"
            )
        every = len(self.targets) > 1
        rules = ThroughTime(run.unrolled, run.shapes_at_any_step(), self.loss, every, run.steps)
        first = run.steps - len(self.targets) + 1
        for step, form in enumerate(self.targets, first):
            run.give(Symbol(TARGET.base, sub=(str(step),)), form, like=run.at(rules.result, step))
        return run, rules

    def _weights(self, run: Run) -> dict[Symbol, Symbol]:
        """The weights that are asked for, by the layer's own names, with those on the sheet."""
        own = {shown: name for name, shown in run.unrolled.given.items()}
        wanted = self.wrt or (run.unrolled.shown(RECURRENT),)
        for name in wanted:
            if name not in own:
                raise UnknownName("weight of the layer", symbol_name(name), map(symbol_name, own)).at(path="wrt")
        return {own[name]: name for name in wanted}

    def _prompt(self, run: Run, rules: ThroughTime, gradients: list[Form | None], flow: Flow | None) -> Phrase:
        asked = [form for form in gradients if form is not None]
        said: Phrase = ("Derive ", *listed(asked), f" by backpropagation through time over {run.steps} steps, ",
                        "as a sum over time.")  # fmt: skip
        if flow is not None and flow.product.value.target is not None:
            said = (
                *said,
                " Show ",
                flow.product.value.target,
                " as a product of Jacobians: does it vanish or explode?",
            )
        return (*said, *activations_said(run, True), *weights_said(run))
