"""What a question type is: typed givens, a way to draw them, and `solve`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from derive.record import Conventions, Derivation


class Question(BaseModel):
    """Base of all question types: the fields are the givens, `solve` derives the answer.

    A subclass in any module of `derive.questions` that sets `ask` is a question type: the catalogue, the schema, the
    command line and the stress test pick it up. Its docstring's first line is what the catalogue prints.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True, defer_build=True)

    ask: ClassVar[str] = ""
    example: ClassVar[dict[str, Any]] = {}
    lines: ClassVar[int] = 12
    """How long a solution may be at detail 1: so many printed lines for each thing that is asked for."""

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Random givens, as they would stand in an exam file."""
        raise NotImplementedError

    @classmethod
    def under(cls, givens: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
        """The givens of the same question where the convention `name` is another."""
        return {**givens, name: value}

    def asked_for(self, results: int) -> int:
        """How many things are asked for: the results, and for a question of several steps those on the way to them.

        It counts what the givens say (layers, time steps, equations), never what the solution came to, so that
        `lines` times it is a bound that is linear in the question.
        """
        return results

    def solve(self, conventions: Conventions) -> Derivation:
        """The checked-for derivation: prompt, givens, steps and answers, with marks as weights (scaled to the points
        of the part by `derive.exam.marks`).
        """
        raise NotImplementedError
