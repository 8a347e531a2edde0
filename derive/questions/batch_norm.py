"""Questions about batch normalization: a batch normalized by hand, and the gradient back through it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.graph.point import Point, forward_steps, whole_first
from derive.notation.build import ONE, ZERO, number
from derive.notation.form import Form, Matrix, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.answers import answers_of
from derive.questions.base import Question
from derive.questions.draws import decimal
from derive.questions.fields import Expression, Numbers, numeric
from derive.questions.finish import finished
from derive.questions.formulas import array_formulas
from derive.questions.graph_question import listed, point_of
from derive.record import Conventions, Derivation, Given, Phrase, Step
from derive.training.attention import shape_of
from derive.training.batch_norm import (
    ALPHA,
    BETA,
    EPSILON,
    GAMMA,
    MEAN,
    RUNNING,
    VARIANCE,
    Momentum,
    Normalization,
    updated,
)

MOST_EXAMPLES, MOST_FEATURES = 16, 6
WITH_ENTRY = 3
"""The steps of an array that has an entry worked: formula, entry, all entries."""


class BatchNormQuestion(Question):
    """Base of the questions about batch normalization: a batch, and how it is normalized."""

    x: Numbers = Field(description="the batch: a list of numbers for one feature, else one row for each example")
    gamma: Numbers | None = Field(None, description="the scale γ, a number for each feature; 1 where only β is given")
    beta: Numbers | None = Field(None, description="the shift β, a number for each feature; 0 where only γ is given")
    epsilon: Expression = Field(number(1e-5), description="ε, added to the variance under the root")

    def batch(self) -> Matrix:
        """The batch, one row for each example.

        Raises:
            InputError: no matrix, or one that is too large or too small.
        """
        if not isinstance(self.x, Matrix):
            raise InputError("x must be a list of numbers, or one row for each example")
        examples, features = shape_of(self.x)
        if examples < 2:
            raise InputError("a batch of one example has the variance 0: at least two are needed")
        if examples > MOST_EXAMPLES or features > MOST_FEATURES:
            raise InputError(
                f"a batch of {examples} x {features} is too large to be worked by hand: at most {MOST_EXAMPLES} "
                f"examples of {MOST_FEATURES} features"
            )
        return self.x

    def asked_for(self, results: int) -> int:
        """The results; of several features one entry of each statistic is worked besides."""
        return results + (isinstance(self.x, Matrix) and len(self.x.rows[0]) > 1)

    def per_feature(self, given: Form, what: str, features: int) -> Form:
        """A number for each feature: itself for one, a row for several; a lone number counts for all."""
        entries = [entry for row in given.rows for entry in row] if isinstance(given, Matrix) else [given] * features
        if len(entries) != features:
            raise InputError(f"{what} has {len(entries)} numbers for {features} feature{'s' * (features > 1)}")
        return entries[0] if features == 1 else Matrix((tuple(entries),))

    def given(self, normalization: Normalization) -> dict[Symbol, Form]:
        """What is given, by name."""
        found: dict[Symbol, Form] = {normalization.named("x"): self.batch()}
        features = normalization.features
        if normalization.affine:
            found[GAMMA] = self.per_feature(ONE if self.gamma is None else self.gamma, "gamma", features)
            found[BETA] = self.per_feature(ZERO if self.beta is None else self.beta, "beta", features)
        return {**found, EPSILON: self.epsilon}

    def at_values(
        self, normalization: Normalization, known: dict[Symbol, Form], conventions: Conventions, more: dict[str, Form]
    ) -> Point:
        """The graph of the normalization at the given values; `more` is defined after it."""
        values = {name: numeric(form) for name, form in known.items()}
        shapes = {symbol_name(name): value.shape for name, value in values.items() if isinstance(value, Array)}
        if not numeric(self.epsilon) >= 0:  # type: ignore[operator]
            raise InputError("ε must not be negative: it keeps the root away from 0")
        return point_of(Graph({**normalization.definitions(), **more}, shapes), known, conventions)

    def check_variance(self, batch: Matrix) -> None:
        """A constant feature has no direction to be scaled in, unless ε keeps the root away from 0."""
        for number_, column in enumerate(zip(*batch.rows, strict=True), 1):
            if numeric(self.epsilon) == 0 and len({numeric(entry) for entry in column}) == 1:
                which = f"feature {number_}" if len(batch.rows[0]) > 1 else "the feature"
                raise InputError(f"{which} has the variance 0 and ε is 0: normalized it would be 0/0")


def normalized(point: Point, normalization: Normalization) -> list[Step]:
    """The steps of the forward pass: formula with its reason, one entry in full, all entries.

    The root, the scaling and the running statistics are plain enough to be told without an entry.
    """
    graph, reasons = point.graph, normalization.reasons()
    in_full = (MEAN, VARIANCE, normalization.named("x", "hat"))
    steps: list[Step] = []
    for name in normalization.definitions():
        quantity = graph.quantity(name)
        first, *others = forward_steps(point, [quantity])
        line = replace(first.lines[0], reason=reasons.get(quantity.symbol, first.lines[0].reason))
        found = [replace(first, lines=(line, *first.lines[1:])), *others]
        if len(found) == WITH_ENTRY and quantity.symbol not in in_full:
            formula, entry, whole = found
            found = [*whole_first(formula, entry, whole, whole.marks)]
        steps += found
    return steps


def givens_of(graph: Graph, known: dict[Symbol, Form]) -> list[Given]:
    """The given numbers as premises."""
    return [Given(graph.written(name), form, "value") for name, form in known.items()]


class BatchNormForward(BatchNormQuestion):
    """A batch normalized by hand: mean, variance, ε, γ and β, running statistics; or inference with those."""

    ask: ClassVar[str] = "batchnorm.forward"
    example: ClassVar[dict[str, Any]] = {"x": [1, 2, 3, 6], "gamma": 2, "beta": 1, "epsilon": 0.5}

    mode: Literal["train", "inference"] = Field(
        "train", description="train: the statistics of the batch; inference: the running ones"
    )
    running: Momentum | None = Field(
        None,
        description="whose rule updates the running statistics: pytorch (α weighs the batch) or keras (the past)",
        json_schema_extra=convention("pytorch", "keras"),
    )
    running_mean: Numbers | None = Field(None, description="the running mean before the batch; 0 where not said")
    running_var: Numbers | None = Field(None, description="the running variance before the batch; 1 where not said")
    momentum: Expression | None = Field(None, description="α; 0.1 in PyTorch and 0.99 in Keras where not said")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random batch of one to three features, in training or inference."""
        drawn = draw_batch(rng)
        width = len(drawn["x"][0]) if isinstance(drawn["x"][0], list) else 1
        statistics = {
            "running_mean": [decimal(rng, -2, 2) for _ in range(width)],
            "running_var": [rng.choice([0.5, 1, 2, 4]) for _ in range(width)],
        }
        if rng.random() < 0.3:
            return drawn | statistics | {"mode": "inference"}
        if rng.random() < 0.5:
            return drawn | statistics | {"running": rng.choice(["pytorch", "keras"])}
        return drawn

    def solve(self, conventions: Conventions) -> Derivation:
        """Statistics, normalized values, scale and shift, then the running statistics."""
        batch = self.batch()
        examples, features = shape_of(batch)
        affine = self.gamma is not None or self.beta is not None
        trains = self.mode == "train"
        normalization = Normalization(examples, features, affine, self.running if trains else None, trains)
        known = self.given(normalization) | self._running(features)
        if trains:
            self.check_variance(batch)
        point = self.at_values(normalization, known, conventions, {})
        graph = point.graph
        steps = normalized(point, normalization)
        asked = [normalization.output, *(map(updated, RUNNING.values()) if normalization.momentum else ())]
        side = [MEAN, VARIANCE] if trains else []
        quantities = [graph.quantity(name) for name in (*side, *asked)]
        targets = [graph.written(quantity.symbol) for quantity in quantities]
        found = answers_of(steps, targets, graph, known, array_formulas(graph, quantities))
        answers = [replace(answer, boxed=answer.label in asked) for answer in found]
        prompt = self._prompt(normalization, targets[len(side) :])
        givens = tuple(givens_of(graph, known))
        done = Derivation("Batch normalization", prompt, givens, tuple(steps), tuple(answers), conventions)
        return finished(done, *((BIASED,) if trains else ()), *((UPDATES[self.running],) if self.running else ()))

    def _running(self, features: int) -> dict[Symbol, Form]:
        """The running statistics that are needed, and α."""
        given = {MEAN: self.running_mean, VARIANCE: self.running_var}
        if self.mode == "inference":
            if self.running is not None or self.momentum is not None:
                raise InputError("running statistics are updated in training, not in inference")
            if None in given.values():
                raise InputError("inference needs running_mean and running_var")
        elif self.running is None:
            if any(form is not None for form in (*given.values(), self.momentum)):
                raise InputError("running statistics are given: running must say whose rule updates them")
            return {}
        start = {MEAN: ZERO, VARIANCE: ONE}
        names = {MEAN: "running_mean", VARIANCE: "running_var"}
        found = {
            RUNNING[name]: self.per_feature(start[name] if form is None else form, names[name], features)
            for name, form in given.items()
        }
        if self.mode == "inference":
            return found
        usual = number(0.1 if self.running == "pytorch" else 0.99)
        return {**found, ALPHA: usual if self.momentum is None else self.momentum}

    def _prompt(self, normalization: Normalization, targets: list[Form]) -> Phrase:
        if not normalization.trains:
            return ("Normalize the batch as in inference, with the running statistics: compute ", *listed(targets), ".")
        rows = "" if normalization.single else ", one row each"
        size = f"Normalize the batch of m = {normalization.examples} examples{rows}, as in training: compute "
        return (size, *listed(targets), ".")


BIASED: Phrase = ("the variance of a batch, v = σ², is the biased one: divided by the number of examples",)
UPDATES: dict[Momentum, Phrase] = {
    "pytorch": ("running statistics as in PyTorch: ", ALPHA, " weighs the batch, with its unbiased variance"),
    "keras": ("running statistics as in Keras: ", ALPHA, " weighs the past; the variance is the biased one"),
}


def draw_batch(rng: random.Random) -> dict[str, Any]:
    """A random batch with γ, β and ε."""
    examples, features = rng.randint(2, 5), rng.choice([1, 1, 2, 3])
    step = rng.choice([1, 0.5, 0.1])
    rows = [[decimal(rng, -4, 4, step) for _ in range(features)] for _ in range(examples)]
    rows[0] = [entry + step * (len({row[j] for row in rows}) == 1) for j, entry in enumerate(rows[0])]
    drawn: dict[str, Any] = {"x": rows if features > 1 else [row[0] for row in rows]}
    if rng.random() < 0.7:
        drawn["gamma"] = [decimal(rng, -2, 2) for _ in range(features)]
        drawn["beta"] = [decimal(rng, -2, 2) for _ in range(features)]
    drawn["epsilon"] = rng.choice([0, 1e-5, 0.001, 0.5, 1])
    return drawn
