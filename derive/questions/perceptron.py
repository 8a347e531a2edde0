"""Training a perceptron by hand: every example in a table, the weights after each epoch, and whether it ends."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.notation.build import ZERO, number
from derive.notation.form import Form, Product, Relation, Sum, Text
from derive.questions.convolution_grid import value_of
from derive.questions.fields import Expression
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of, listed
from derive.questions.labelled import Data, Labelled, Numbers, Vector
from derive.questions.logic_draws import draw_training
from derive.questions.perceptron_end import end_steps, state_meanings
from derive.questions.perceptron_steps import Names, Training
from derive.record import Answer, Conventions, Derivation, Given, Phrase, Step
from derive.training.perceptron import Perceptron, Rule, train

MOST_STEPS, MOST_EPOCHS = 600, 50


class PerceptronTrain(Labelled):
    """Perceptron training, example by example: the weights after each epoch, and if it does not converge, why."""

    ask: ClassVar[str] = "perceptron.train"
    example: ClassVar[dict[str, Any]] = {"function": "A xnor B", "rate": 0.02, "threshold": 0.2}

    rate: Expression = Field(number(1), description="the learning rate")
    threshold: Expression | None = Field(None, description="a threshold that stays fixed; unset, a bias is trained")
    bias: Expression | None = Field(None, description="the bias at the start, where one is trained; 0 if not said")
    start: Numbers = Field((), description="the weights at the start; zeros if not said")
    comparison: Literal[">=", ">"] = Field(
        ">=",
        description=">= or >: whether the unit fires when its net sum just reaches the threshold",
        json_schema_extra=convention(),
    )
    signs: bool = Field(False, description="whether targets and outputs of a Boolean function are -1 and 1")
    rule: Rule | None = Field(
        None,
        description="error: rate * (target - output) * x; target: rate * target * x on an error (for -1 and 1)",
        json_schema_extra=convention(),
    )
    epochs: int | None = Field(
        None, ge=1, le=MOST_STEPS, description="the largest number of epochs; 50 if not said, fewer for many examples"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random truth table, expression or set of points with a rate and a threshold or a bias."""
        return draw_training(rng)

    def asked_for(self, results: int) -> int:
        """The results, the table of all examples, and that of the weights after each epoch."""
        return results + 2

    def solve(self, conventions: Conventions) -> Derivation:
        """The two tables, the end, and the reason."""
        training = self._training()
        steps = (training.examples_table(), training.epochs_table(), *end_steps(training))
        names = training.names
        givens = [*training.data.givens(), Given(names.unit, training.definition())]
        givens += [Given(names.threshold, number(training.unit.threshold), "value")] if not names.bias else []
        givens.append(Given(names.rate, number(training.unit.rate), "value"))
        givens += [*training.meanings(), *state_meanings(training)]
        done = Derivation("Perceptron training", self._prompt(training), tuple(givens), steps,
                          tuple(_answers(steps)), conventions)  # fmt: skip
        return finished(done)

    def _training(self) -> Training:
        data = self.data(("t", "d", "g"), self.signs)
        if self.threshold is not None and self.bias is not None:
            raise InputError("give either a fixed threshold or the bias that is trained")
        if self.rule == "target" and not data.signs:
            raise InputError("the rule rate * target * x is for targets -1 and 1: with 0 it never takes anything away")
        unit = Perceptron(
            self._positive_rate(),
            value_of(self.threshold) if self.threshold is not None else Fraction(0),
            bias=self.threshold is None,
            strict=self.comparison == ">",
            signs=data.signs,
            rule=self.rule or ("target" if data.signs else "error"),
        )
        run = train(unit, data.points, data.targets, self._start(data, unit), self._limit(len(data.points)))
        return Training(data, unit, run, Names.of(data, unit.bias))

    def _limit(self, count: int) -> int:
        if self.epochs is not None and self.epochs * count > MOST_STEPS:
            raise InputError(f"{self.epochs} epochs of {count} examples are more than {MOST_STEPS} steps")
        return self.epochs or min(MOST_EPOCHS, MOST_STEPS // count)

    def _positive_rate(self) -> Fraction:
        rate = value_of(self.rate)
        if rate <= 0:
            raise InputError("the learning rate must be above 0")
        return rate

    def _start(self, data: Data, unit: Perceptron) -> Vector:
        weights = self.start or (Fraction(0),) * data.width
        if len(weights) != data.width:
            raise InputError(f"{len(weights)} start weights for {data.width} inputs")
        return (*weights, value_of(self.bias or ZERO)) if unit.bias else weights

    def _prompt(self, training: Training) -> Phrase:
        names, data = training.names, training.data
        error: Form = Sum((data.target, names.unit), (False, True))
        growth: Phrase = (Product((names.rate, error)), " times its input")
        if training.unit.rule == "target":
            growth = (Product((names.rate, data.target)), " times its input where the output is wrong")
        bias: Phrase = (", the bias ", names.bias, " as a weight whose input is 1") if names.bias else ()
        starts = [Relation("=", name, form) for name, form in training.start()]
        edge = number(data.low if training.unit.strict else 1)
        return (
            "Train the unit ", names.unit, " with the perceptron rule; at a net sum of ", training.limit,
            " it gives ", edge, ". ", *data.told(), " After each example every weight grows by ", *growth, *bias,
            ". Start with ", *listed(starts), ", and stop after an epoch without an error. Give the weights after each "
            "epoch. If training does not converge, say why.",
        )  # fmt: skip


def _answers(steps: tuple[Step, ...]) -> list[Answer]:
    """The verdict and the last weights, and what was found on the way to them."""
    found = {step.name: step for step in steps}
    asked = [name for name in ("verdict", "weights", "separability") if name in found]
    asked = asked[:-1] if len(asked) == 3 else asked  # the reason is an answer where there is no verdict
    answers = []
    for name in (*asked, "misclassified", "epochs to the end", "separability", "fit"):
        if name in found:
            step = found.pop(name)
            form = step.lines[-1].form
            kind = "verdict" if isinstance(form, Text) else kind_of(form)
            answers.append(Answer(name, kind, form, form, step.target, boxed=name in asked))
    return answers
