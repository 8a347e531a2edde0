"""Questions about optimizers: a run of many steps, with its trace."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from derive.graph.recall import recalled
from derive.questions.fields import Values
from derive.questions.finish import finished
from derive.questions.graph_question import listed, tie_remarks
from derive.questions.optimizer_draws import draw_run
from derive.questions.optimizer_question import OptimizerQuestion, sentence
from derive.questions.optimizer_trace import RunWork
from derive.questions.optimizer_work import OneStep
from derive.record import Conventions, Derivation, Phrase, Step
from derive.training.batches import Shuffle

MOST_STEPS = 500
Column = Literal["gradient", "states", "quantities", "loss"]


class DescentQuestion(OptimizerQuestion):
    """Base of questions about runs: how many steps, on which data."""

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] = Field(10, description=f"how many steps, {MOST_STEPS} at most")
    data: Values = Field(
        {}, description="inputs of the graph that hold one example a row, in place of at: for batches of examples"
    )
    batch: Annotated[int, Field(ge=1)] | None = Field(
        None, description="examples in a batch: 1 for stochastic descent; all of them if not said"
    )
    shuffle: Shuffle = Field(
        "each", description="the order of examples is drawn for each epoch, once, or not at all (no)"
    )
    seed: int = Field(1, description="what the order of examples is drawn from")


class OptimizerRun(DescentQuestion):
    """Many steps of an optimizer on the loss of a graph: the first one in full, then the trace."""

    ask: ClassVar[str] = "optimizer.run"
    example: ClassVar[dict[str, Any]] = {
        "optimizer": "momentum",
        "form": "velocity",
        "rate": 0.1,
        "graph": {"L": "(w - 3)**2"},
        "of": "L",
        "wrt": ["w"],
        "at": {"w": 0},
        "steps": 12,
        "show": ["gradient", "states", "loss"],
    }

    show: list[Column] = Field(
        ["gradient", "loss"],
        description="columns besides the parameters: gradient, states, quantities (all of the rule) and loss",
    )

    def asked_for(self, results: int) -> int:
        """The results, the first step, and the table of all of them."""
        return super().asked_for(results) + 2

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A run of a random optimizer on a bowl, a neuron, a polynomial or data."""
        return draw_run(rng)

    @staticmethod
    def _known_gradients(first: OneStep) -> tuple[Step, ...]:
        """What an earlier part has found: the carried numbers, else the gradients by whole arrays, of which it may
        have shown some entries alone."""
        arrays = [first.gradients[name] for name, update in first.updates.items() if update.is_array]
        whole = tuple(
            replace(step, lines=(replace(step.lines[-1], reason=("found as above",)),), uses=(), marks=())
            for step in first.working
            if step.target in arrays
        )
        return recalled(first.point, first.working) or whole

    def solve(self, conventions: Conventions) -> Derivation:
        """The first step in full, the trace, and how the loss went."""
        work = RunWork(self, conventions)
        first, steps = work.first, list(work.steps())
        working = self._known_gradients(first) if self.known == "gradient" else first.working
        prompt: Phrase = (f"Do {self.steps} steps of {first.rule.entry.called} on ", *listed(first.written), ".")
        done = Derivation(
            "Optimizer run",
            (*prompt, *sentence(self.asks(first.rule)), *work.examples.told(work.graph)),
            tuple(work.premises()),
            (*work.examples.steps(work.names), *working, *work.named_gradients(), *first.steps, *steps),
            tuple(work.answers(steps)),
            conventions,
            remarks=(*work.remarks(), *tie_remarks(first.point), *self.told(first.rule)),
        )
        return finished(done)
