"""Questions about losses: the value of one, and its gradient."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.recall import recalled
from derive.notation.form import Form
from derive.questions.answers import answers_of
from derive.questions.fields import Names
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.questions.loss_corners import kinks
from derive.questions.loss_draws import draw_loss
from derive.questions.loss_penalty_steps import PenaltySteps, Worked
from derive.questions.loss_posed import Posed, posed
from derive.questions.loss_question import LossQuestion
from derive.questions.loss_wording import added, subject, total
from derive.questions.loss_working import (
    below_loss,
    checks,
    gradient_target,
    is_below,
    loss_formula,
    loss_gradients,
    loss_value,
)
from derive.record import Answer, Conventions, Derivation, Phrase, Step


class LossValue(LossQuestion):
    """The value of a loss: of a prediction against a target, with or without a penalty on weights."""

    ask: ClassVar[str] = "loss.value"
    example: ClassVar[dict[str, Any]] = {"loss": "mse", "prediction": [0.2, 0.7], "target": [0, 1]}

    known: Literal["nothing", "forward"] = Field(
        "nothing", description="what an earlier part has found already: nothing, or forward (what the loss stands on)"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random loss of random numbers."""
        return draw_loss(rng, numbers=True)

    def solve(self, conventions: Conventions) -> Derivation:
        """What the loss stands on, then its formula, the numbers, the value; and what a penalty adds."""
        given = posed(self, conventions)
        point = given.point(conventions)
        if point.symbolic:
            raise InputError("the value of a loss needs numbers: give the prediction and the target")
        below = below_loss(given, point)
        working = (*(below if self.known == "nothing" else recalled(point, below)), *loss_value(given, point))
        spread: dict[Form, Form] = {self.of: given.graph.form(given.graph.scalar(self.of))}
        answers = answers_of(working, [self.of], given.graph, given.at, spread)
        prompt: Phrase = ("Compute ", self.of, ", ", *subject(given), ".")
        if given.penalty is not None:
            own, worked = PenaltySteps(given, point).value()
            working = (*working, own, worked.step)
            answers = _with_penalty(answers, [worked])
            whole = (*subject(given), *added(given.penalty))
            prompt = ("Compute ", total(given, given.penalty), ", where ", self.of, " is ", *whole, ".")
        return _finished("Loss", prompt, given, working, answers, conventions)


class LossGradient(LossQuestion):
    """The gradient of a loss by its prediction, or by the parameters behind it, to its course form."""

    ask: ClassVar[str] = "loss.gradient"
    example: ClassVar[dict[str, Any]] = {"loss": "cross_entropy", "prediction": [2, 1, 0.1], "target": [1, 0, 0]}

    wrt: Names = Field((), description="the quantities by which the loss is differentiated; the prediction if not said")
    known: Literal["nothing", "forward"] = Field(
        "nothing", description="what an earlier part has found already: nothing, or forward (what the loss stands on)"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random loss, of random numbers or in letters."""
        return draw_loss(rng, numbers=rng.random() < 0.7)

    def solve(self, conventions: Conventions) -> Derivation:
        """What the loss stands on, its formula, then backwards from it; and what a penalty adds."""
        given = posed(self, conventions)
        point = given.point(conventions)
        names = self.wrt or (given.penalty.weights if given.penalty else (given.prediction,))
        below = below_loss(given, point)
        if self.known == "forward" and not point.symbolic:
            below = recalled(point, below)
        own = [name for name in names if is_below(given, name)] if given.penalty else list(names)
        backward, formulas = loss_gradients(given, point, own, conventions) if own else ((), {})
        targets: list[Form] = [gradient_target(given, self.of, name) for name in own]
        working = (*below, loss_formula(given), *backward)
        answers = answers_of(working, targets, given.graph, given.at, formulas)
        prompt: Phrase = ("Derive ", *listed(targets), ", where ", self.of, " is ", *subject(given), ".")
        if given.penalty is not None:
            steps = PenaltySteps(given, point, answers)
            worked = list(steps.gradients(names))
            working = (*working, *steps.formulas(), *(each.step for each in worked))
            answers = _with_penalty(answers, worked)
            wanted = listed(each.step.target for each in worked if each.step.target is not None)
            whole = (*subject(given), *added(given.penalty))
            prompt = ("Derive ", *wanted, ", where ", total(given, given.penalty), ", ", self.of, " is ", *whole, ".")
        working = (*working, *checks(given, point, own))
        return _finished("Gradient of a loss", prompt, given, working, answers, conventions, kinks(given, point))


def _with_penalty(answers: Iterable[Answer], worked: Iterable[Worked]) -> list[Answer]:
    """The answers of the sum; those of the loss alone are results on the way."""
    return [*(replace(answer, boxed=False) for answer in answers), *(each.answer for each in worked)]


def _finished(
    title: str,
    prompt: Phrase,
    given: Posed,
    steps: Sequence[Step],
    answers: Sequence[Answer],
    conventions: Conventions,
    remarks: Iterable[Phrase] = (),
) -> Derivation:
    return finished(
        Derivation(title, prompt, given.premises(), tuple(steps), tuple(answers), conventions, remarks=tuple(remarks))
    )
