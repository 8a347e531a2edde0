"""Questions about optimizers: the loss against the step, drawn for several runs."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.questions.fields import Expression
from derive.questions.finish import finished
from derive.questions.optimizer_draws import draw_curves
from derive.questions.optimizer_plot import CurvesWork
from derive.questions.optimizer_run import DescentQuestion
from derive.questions.optimizer_variants import Choices
from derive.record import Conventions, Derivation
from derive.training.chart import MOST_CURVES


class OptimizerCurves(DescentQuestion):
    """The loss against the step as a plot, for several rates, optimizers or sizes of batches."""

    ask: ClassVar[str] = "optimizer.curves"
    example: ClassVar[dict[str, Any]] = {
        "graph": {"L": "0.75*(w - 2)**2"},
        "of": "L",
        "wrt": ["w"],
        "at": {"w": 0},
        "rates": [0.5, 2, 0.01],
        "steps": 10,
    }

    optimizer: str = Field("gradient_descent", description="the optimizer, where rates or batches are compared")
    rates: list[Expression] = Field([], max_length=MOST_CURVES, description="a curve for each of these learning rates")
    optimizers: Choices = Field(
        [], max_length=MOST_CURVES,
        description="a curve for each of these: a name, or a mapping with optimizer, form, rate, settings",
    )  # fmt: skip
    batches: list[int | Literal["all"]] = Field(
        [], max_length=MOST_CURVES, description="a curve for each of these numbers of examples in a step"
    )
    scale: Literal["auto", "linear", "log"] = Field("auto", description="the axis of the loss: linear or log")
    labels: bool = Field(
        True, description="whether the legend says what tells the runs apart; false numbers the curves"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Rates on a bowl, optimizers on a bowl or a neuron, batches of data."""
        return draw_curves(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """The plot; on a quadratic loss the largest stable rate; how each run goes."""
        work = CurvesWork(self, conventions)
        steps = list(work.steps())
        done = Derivation(
            "Loss curves",
            work.prompt(),
            tuple(work.premises()),
            tuple(steps),
            tuple(work.answers(steps)),
            conventions,
            figures=(work.picture(steps),),
            remarks=work.remarks(),
        )
        return finished(done)
