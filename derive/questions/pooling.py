"""Pooling numbers: the size, one window in full, the whole result."""

from __future__ import annotations

import random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from derive.conventions import convention
from derive.errors import InputError
from derive.graph.windows import Slide
from derive.network.layers.sliding import Padding, Sides
from derive.notation.form import Symbol
from derive.questions.base import Question
from derive.questions.convolution import moved
from derive.questions.convolution_grid import (
    Channels,
    Nested,
    both,
    channels_of,
    flat,
    grid_form,
    value_of,
    window_on,
)
from derive.questions.convolution_size import size_step
from derive.questions.draws import decimal
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.questions.pooling_steps import IMAGE, Index, Kind, Pooling
from derive.record import Conventions, Derivation, Given, Phrase

NAMES = {"max": "M", "average": "A"}


def to_kinds(value: Any) -> tuple[Any, ...]:
    """One kind of pooling, or several."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


class PoolApply(Question):
    """A pooling of numbers, maximum or mean: the size, one window in full, then the whole result."""

    ask: ClassVar[str] = "pool.apply"
    example: ClassVar[dict[str, Any]] = {
        "image": [[1, 3, 2, 0], [5, 4, 1, 1], [0, 2, 6, 3], [1, 1, 2, 3]],
        "kind": ["max", "average"],
    }

    image: Nested = Field(description="a matrix of numbers, or a list of matrices, one for each channel")
    kind: Annotated[tuple[Kind, ...], BeforeValidator(to_kinds)] = Field(
        ("max",), min_length=1, max_length=2, description="max, average, or both"
    )
    kernel: Sides = Field(2, description="size of the window; a pair for rows and columns")
    stride: Sides | None = Field(None, description="step of the window; its size if not said")
    padding: Padding = Field(
        0, description="cells on each side; or valid, same, a number or (before, after) for rows and for columns"
    )
    outside: Literal["zero", "nothing", "-inf"] = Field(
        "zero",
        description="what padding counts as: zero, or nothing at all (-inf for a maximum)",
        json_schema_extra=convention(),
    )
    of: tuple[int, ...] = Field(
        (),
        description="the output that is worked in full: row and column from 1; with several channels the channel first",
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Small images and windows, with padding and channels now and then."""
        kernel = rng.choice([2, 2, 3, [1, 2], [2, 3]])
        size, channels = (rng.randint(3, 6), rng.randint(3, 6)), rng.choice([1, 1, 2])
        step = rng.choice([1, 1, 0.5])
        image = [[[decimal(rng, -4, 4, step) for _ in range(size[1])] for _ in range(size[0])] for _ in range(channels)]
        given: dict[str, Any] = {
            "image": image[0] if channels == 1 else image,
            "kind": rng.choice(["max", "average", ["max", "average"]]),
            "kernel": kernel,
            "padding": rng.choice([0, 0, "same", 1 if isinstance(kernel, int) else [0, 1]]),
            "outside": rng.choice(["zero", "nothing"]),
        }
        return {**given, "stride": rng.choice([1, 2, [1, 2]])} if rng.random() < 0.5 else given

    def solve(self, conventions: Conventions) -> Derivation:
        """The size, then for each kind one window in full and all of them."""
        image = channels_of(self.image, "the image")
        _ = [value_of(entry) for entry in flat(image)]
        size = (len(image[0]), len(image[0][0]))
        window = window_on(size, both(self.kernel), self.kernel if self.stride is None else self.stride, self.padding)
        poolings = [self._pooling(kind, image, window) for kind in dict.fromkeys(self.kind)]
        sizes, meaning = size_step(poolings[0].name, size, window)
        steps = [sizes]
        for pooling in poolings:
            place = self._place(pooling)
            steps += [pooling.worked(place, conventions), pooling.whole(conventions)]
        answers = [pooling.answer(step) for pooling, step in zip(poolings, steps[2::2], strict=True)]
        givens = [Given(pooling.name, pooling.definition()) for pooling in poolings]
        givens += [Given(IMAGE, grid_form(image), "value"), meaning]
        what = " and ".join(f"the {kind} pooling" for kind in dict.fromkeys(self.kind))
        prompt: Phrase = ("Compute ", *listed(pooling.name for pooling in poolings), f", {what} of ", IMAGE,
                          f" ({self._manner(window)}).")  # fmt: skip
        remarks = tuple(remark for pooling in poolings for remark in pooling.ties())
        return finished(
            Derivation("Pooling", prompt, tuple(givens), tuple(steps), tuple(answers), conventions, remarks=remarks)
        )

    @property
    def leaves_out(self) -> bool:
        """Whether cells of the padding count as nothing at all."""
        return self.outside != "zero"

    def _pooling(self, kind: Kind, image: Channels, window: Slide) -> Pooling:
        letter = NAMES[kind] if len(set(self.kind)) > 1 else "Z"
        return Pooling(kind, image, window, self.leaves_out, Symbol(letter, bold=True))

    def _manner(self, window: Slide) -> str:
        rows, columns = window.kernel
        said = f"window {rows}×{columns}, {moved(window)}"
        if window.before == window.after == (0, 0):
            return said
        if not self.leaves_out:
            return f"{said}: the zeros count"
        never = "cells outside never win, as if they were -∞" if "max" in self.kind else ""
        return said.replace("zero padding", "padding") + ": " + (never or "cells outside are not counted")

    def _place(self, pooling: Pooling) -> Index:
        if not self.of:
            return pooling.telling()
        place = tuple(at - 1 for at in self.of)
        if place not in pooling.values:
            raise InputError("of names no output: row and column from 1, with several channels the channel first")
        return place
