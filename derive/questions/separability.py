"""Is a Boolean function, or a set of points, linearly separable? Weights with margins, or a proof that none exist."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from derive.notation.build import number
from derive.notation.form import Relation
from derive.questions.convolution_grid import product_sum
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of
from derive.questions.labelled import Data, Labelled
from derive.questions.logic_draws import draw_examples
from derive.questions.separation_steps import (
    NOT_SEPARABLE,
    SEPARABLE,
    common_point_steps,
    entries,
    letters_of,
    separator_steps,
    verdict_step,
)
from derive.record import Answer, Conventions, Derivation, Phrase
from derive.training.separation import Separator, separate


class LogicSeparable(Labelled):
    """Linear separability of a Boolean function or of points: weights with every margin, or a proof that none exist."""

    ask: ClassVar[str] = "logic.separable"
    example: ClassVar[dict[str, Any]] = {"function": "A xor B"}

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random Boolean expression, a random truth table, or random points."""
        return draw_examples(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """Weights, threshold and margins, or a point of both hulls; then the verdict."""
        data = self.data(("f", "g", "t") if self.function is not None else ("t", "d"))
        found = separate(data.points, data.labels)
        is_separable = isinstance(found, Separator)
        proof = separator_steps(data, found) if isinstance(found, Separator) else common_point_steps(data, found)
        steps = [*proof, verdict_step(data, is_separable)]
        words = SEPARABLE if is_separable else NOT_SEPARABLE
        answers = [Answer("verdict", "verdict", words, words, steps[-1].target)]
        if is_separable:
            forms = [(step, step.lines[-1].form) for step in steps[:2]]
            answers += [Answer(step.name, kind_of(form), form, form, step.target) for step, form in forms]
        return finished(
            Derivation("Linear separability", _prompt(data), data.givens(), tuple(steps), tuple(answers), conventions)
        )


def _prompt(data: Data) -> Phrase:
    """What is asked for, with the unit that the weights are of."""
    weights, threshold = letters_of(data)
    net = product_sum(list(zip(entries(weights, data.width), data.names, strict=True)))
    start: Phrase = ("Is the Boolean function ", data.target, " linearly separable?")
    if data.function is None:
        start = (*data.told(), " Are the two classes linearly separable?")
    return (
        *start, " If so, find weights ", weights, " and a threshold ", threshold, " of a unit that gives 1 where ",
        Relation("≥", net, threshold), " and ", number(data.low),
        " elsewhere, and its margin on every example; if not, prove it.",
    )  # fmt: skip
