"""Convolving numbers: the size, one output with every product written out, the whole result."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from derive.errors import InputError
from derive.graph.windows import Slide
from derive.questions.convolution_filter import (
    IMAGE,
    RESULT,
    Filter,
    Place,
    exact_matrix,
    turned_step,
    whole_step,
    worked_step,
)  # fmt: skip
from derive.questions.convolution_grid import (
    Nested,
    WindowQuestion,
    channels_of,
    filters_of,
    flat,
    grid_form,
    params_of,
    value_of,
)
from derive.questions.convolution_size import size_step
from derive.questions.draws import decimal
from derive.questions.fields import Expression, to_forms
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Derivation, Given, Phrase


class ConvolutionQuestion(WindowQuestion):
    """Base of the questions about an image under a kernel."""

    image: Nested = Field(description="a matrix of numbers, or a list of matrices, one for each channel")
    flip: bool = Field(
        False, description="true convolution: the kernel is turned by 180 degrees; else it is laid on as it stands"
    )

    def manner(self, window: Slide) -> str:
        """How the kernel is laid on the image, in words."""
        kind = (
            "true convolution: the kernel is turned by 180°"
            if self.flip
            else "cross-correlation: the kernel is not turned"
        )
        return f"{kind}; {moved(window)}"


def moved(window: Slide) -> str:
    """Stride, dilation and padding in words."""
    said = [f"stride {_sides(window.stride)}"]
    if window.dilation != (1, 1):
        said.append(f"dilation {_sides(window.dilation)}")
    (top, left), (bottom, right) = window.before, window.after
    if window.before != window.after:
        said.append(f"zero padding {top} above, {bottom} below, {left} left, {right} right")
    else:
        said.append(f"zero padding {_sides(window.before)}" if any(window.before) else "no padding")
    return ", ".join(said)


def _sides(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} down and {pair[1]} across"


class ConvApply(ConvolutionQuestion):
    """A convolution of numbers: the size, one output with every product, then the whole result."""

    ask: ClassVar[str] = "conv.apply"
    example: ClassVar[dict[str, Any]] = {
        "image": [[1, 2, 0, 1], [0, 1, 3, 2], [2, 1, 0, 1], [1, 0, 2, 3]],
        "kernel": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    }

    kernel: Nested = Field(
        description="a matrix, matrices one for each channel, several such filters, or a weight for each channel (1x1)"
    )
    bias: Annotated[tuple[Expression, ...], BeforeValidator(to_forms)] = Field(
        (), description="a number, or one for each filter"
    )
    of: tuple[int, ...] = Field(
        (),
        description="the output that is worked in full: row and column from 1; with several filters the filter first",
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Small images and kernels; settings, channels, filters and biases now and then."""
        channels, filters = rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 1, 2])
        kernel, dilation = (rng.choice([1, 2, 2, 3]), rng.choice([1, 2, 2, 3])), rng.choice([1, 1, 1, 2])
        least = max(dilation * (max(kernel) - 1) + 1, 2)
        size = (rng.randint(least, max(least, 5)), rng.randint(least, max(least, 5)))
        image = [_drawn(rng, size, 0.5) for _ in range(channels)]
        weights = [[_drawn(rng, kernel, 0.25) for _ in range(channels)] for _ in range(filters)]
        given = {
            "image": image[0] if channels == 1 else image,
            "kernel": weights if filters > 1 else weights[0] if channels > 1 else weights[0][0],
            "stride": rng.choice([1, 1, 2, [1, 2]]),
            "padding": rng.choice([0, 0, 1, "same", "valid", [1, 0], [[0, 1], [1, 0]]]),
            "dilation": dilation,
            "flip": rng.random() < 0.25,
        }
        if rng.random() < 0.5:
            given["bias"] = [decimal(rng, -2, 2) for _ in range(filters)]
        return given

    def solve(self, conventions: Conventions) -> Derivation:
        """The kernel turned where it is, the size, one output in full, each result."""
        image = channels_of(self.image, "the image")
        filters = self._filters(len(image))
        size, kernel = (len(image[0]), len(image[0][0])), filters[0].weights[0]
        window = self.window(size, (len(kernel), len(kernel[0])))
        params = params_of(window)
        results = [each.values(image, params) for each in filters]
        chosen, place = self._place(results)
        sizes, meaning = size_step(RESULT, size, window)
        worked = worked_step(image, filters[chosen], window, place, results[chosen][place], conventions)
        whole = [whole_step(f.named("Z"), values, conventions) for f, values in zip(filters, results, strict=True)]
        steps = (*(turned_step(each) for each in filters if each.flip), sizes, worked, *whole)
        exact = [exact_matrix(values) for values in results]
        answers = [
            Answer(step.name, "matrix", form, step.lines[-1].form, step.target)
            for step, form in zip(whole, exact, strict=True)
        ]
        givens = [given for each in filters for given in each.premises(params)]
        givens = [*givens, Given(IMAGE, grid_form(image), "value"), meaning]
        prompt: Phrase = ("Compute ", *listed(each.named("Z") for each in filters), f" ({self.manner(window)}).")
        return finished(Derivation("Convolution", prompt, tuple(givens), steps, tuple(answers), conventions))

    def _filters(self, channels: int) -> list[Filter]:
        found = filters_of(self.kernel, channels)
        for grid in (grid for weights in found for grid in weights):
            _ = [value_of(entry) for row in grid for entry in row]
        if self.bias and len(self.bias) != len(found):
            raise InputError(f"{len(self.bias)} bias(es) for {len(found)} filter(s)")
        several = len(found) > 1
        biases = self.bias or (None,) * len(found)
        pairs = enumerate(zip(found, biases, strict=True), 1)
        turns = self.flip and len(flat(found[0][:1])) > 1
        return [Filter(weights, bias, turns, str(k) if several else "") for k, (weights, bias) in pairs]

    def _place(self, results: Sequence[dict[Place, Fraction]]) -> tuple[int, Place]:
        """The filter and the place, both from 0, that are worked in full: as asked, or the first that is not 0."""
        if not self.of:
            everywhere = ((k, place) for k, values in enumerate(results) for place in values if values[place])
            return next(everywhere, (0, (0, 0)))
        filter_, row, column = self.of if len(self.of) == 3 else (1, *self.of) if len(self.of) == 2 else (0, 0, 0)
        if not 1 <= filter_ <= len(results) or (row - 1, column - 1) not in results[filter_ - 1]:
            raise InputError("of names no output: row and column from 1, with several filters the filter first")
        return filter_ - 1, (row - 1, column - 1)


def _drawn(rng: random.Random, size: tuple[int, int], fine: float) -> list[list[float]]:
    step = rng.choice([1, 1, fine])
    entries = [0, 0, *(decimal(rng, -3, 3, step) for _ in range(6))]
    return [[rng.choice(entries) for _ in range(size[1])] for _ in range(size[0])]
