"""A question in words with its answer and rubric: nothing is derived, but it has its place and points on a sheet."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from derive.notation.form import Form, Text
from derive.questions.base import Question
from derive.questions.prose import Prose, words
from derive.record import Answer, Conventions, Derivation, Mark, Phrase, Step


class RubricItem(BaseModel):
    """Points, and what earns them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: Fraction
    reason: Prose = Field(alias="for")


class TextQuestion(Question):
    """A question in words, with an answer and what earns its points."""

    ask: ClassVar[str] = "text"
    example: ClassVar[dict[str, Any]] = {
        "text": "Why do skip connections help?",
        "answer": "The identity path adds 1 to the local derivative, `1 + r`, so that gradients vanish less.",
        "rubric": [{"points": 1, "for": "the additive path"}, {"points": 1, "for": "gradients vanish less"}],
    }

    text: Prose = Field(description="the question; mathematics between backquotes")
    answer: Prose = Field((), description="the answer; mathematics between backquotes")
    rubric: tuple[RubricItem, ...] = Field((), description="what earns the points: a list of points and for")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """An answer of random mathematics and points."""
        lines = [{"points": rng.choice([0.5, 1, 2]), "for": f"point {i + 1}"} for i in range(rng.randint(1, 4))]
        return {"text": "What comes out?", "answer": f"`x + {rng.randint(1, 9)}`", "rubric": lines}

    def solve(self, conventions: Conventions) -> Derivation:
        """The answer as a remark that carries the marks of the rubric; without one, it earns everything at once."""
        marks = tuple(Mark(item.points, "B", item.reason) for item in self.rubric) or (Mark(Fraction(1), "B"),)
        steps = (Step("answer", intro=self.answer, marks=marks, level=0),)
        answers = (Answer("answer", "text", _as_form(self.answer)),) if self.answer else ()
        return Derivation("In words", prompt=self.text, steps=steps, answers=answers, conventions=conventions)


def _as_form(phrase: Phrase) -> Form:
    """The phrase as one form: its mathematics where it is nothing else, words otherwise."""
    if len(phrase) == 1 and isinstance(phrase[0], Form):
        return phrase[0]
    return Text(words(phrase))
