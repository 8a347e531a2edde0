"""Receptive fields: what part of the input a value behind a layer sees."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.questions.field_draws import draw_field
from derive.questions.field_solution import Solution, Wanted
from derive.questions.network import LayerNames, NetworkQuestion
from derive.record import Conventions, Derivation


class NetworkReceptiveField(NetworkQuestion):
    """The receptive field of layers by the forward or the backward recursion, on request with jump and start."""

    ask: ClassVar[str] = "network.receptive_field"
    example: ClassVar[dict[str, Any]] = {
        "input": [32, 32, 1],
        "net": ["conv2d(filters=6, kernel=5)", "max_pool2d(kernel=2)", "conv2d(filters=16, kernel=5)"],
    }

    of: LayerNames = Field((), description="the layers whose field is asked for; the last one if not said")
    between: tuple[str, str] | None = Field(
        None, description="two layers: the field of the second in the output of the first, instead of in the input"
    )
    quantities: tuple[Wanted, ...] = Field(
        ("size",),
        min_length=1,
        description="what is asked for: size, jump (between neighbours), start (first cell seen)",
    )
    method: Literal["forward", "backward", "both"] = Field(
        "forward", description="from the input to the layer, from the layer back to the input, or both"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network with windows, its layers asked for in one way or another."""
        return draw_field(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """The recursion along each axis, the field as a pair, and the other recursion as a check."""
        if self.method == "backward" and set(self.quantities) != {"size"}:
            raise InputError("the backward recursion finds the size alone; jump and start need the forward one")
        return Solution(self, conventions).derivation()
