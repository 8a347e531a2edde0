"""A convolution turned round: unknown entries of the kernel from some of the outputs."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.notation.form import Call, Form, Symbol, symbols
from derive.notation.symbols import element, symbol_name
from derive.questions.convolution import ConvolutionQuestion
from derive.questions.convolution_grid import (
    Channels,
    Nested,
    channels_of,
    filters_of,
    flat,
    grid_form,
    params_of,
    value_of,
    with_bias,
)
from derive.questions.convolution_system import System, output_line
from derive.questions.draws import decimal
from derive.questions.fields import Expression, to_form
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Derivation, Given, Phrase

KERNEL, RESULT = Symbol("F", bold=True), Symbol("Z", bold=True)
MOST_UNKNOWNS = 6


class ConvUnknown(ConvolutionQuestion):
    """Unknown entries of a kernel from stated outputs: the equations, their elimination, all solutions."""

    ask: ClassVar[str] = "conv.unknown"
    example: ClassVar[dict[str, Any]] = {
        "image": [[3, 0, 3, -3, 0], [-3, 2, 0, 3, -2], [-5, 0, 3, -2, 0]],
        "kernel": [["x", "y", "z"], [1, 0, 2], [-1, 1, 0]],
        "outputs": [[4, 0, -3]],
    }

    kernel: Nested = Field(description="the kernel, with names for its unknown entries; one matrix for each channel")
    bias: Expression | None = Field(None, description="what is added to every output: a number, or a name if unknown")
    outputs: list[list[Any]] = Field(
        min_length=1, description="the stated outputs by rows from the top; null where an output is not stated"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Outputs of a kernel with two or three entries hidden; now and then too few of them, or one that is wrong."""
        rows, columns, kernel = rng.randint(2, 3), rng.randint(2, 3), (2, rng.choice([2, 3]))
        size = (rows + kernel[0] - 1, columns + kernel[1] - 1)
        image = [[rng.choice([0, 1, 2, 3, -1, -2]) for _ in range(size[1])] for _ in range(size[0])]
        weights: list[list[Any]] = [[decimal(rng, -2, 2) for _ in range(kernel[1])] for _ in range(kernel[0])]
        outputs: list[list[Any]] = [
            [sum(weights[a][b] * image[i + a][j + b] for a in range(kernel[0]) for b in range(kernel[1]))
             for j in range(columns)] for i in range(rows)
        ]  # fmt: skip
        cells = [(a, b) for a in range(kernel[0]) for b in range(kernel[1])]
        for name, (a, b) in zip("xyz", rng.sample(cells, rng.randint(1, 3)), strict=False):
            weights[a][b] = name
        if rng.random() < 0.2:
            outputs[0][0] += 1
        if rng.random() < 0.4:
            outputs = outputs[:1]
        if rng.random() < 0.3:
            outputs[0][-1] = None
        return {"image": image, "kernel": weights, "outputs": outputs}

    def asked_for(self, results: int) -> int:
        """The solution, and two unknowns for one thing: equation, elimination, value put in."""
        return results + (len(self._kernel(len(channels_of(self.image, "the image")))[1]) + 1) // 2

    def solve(self, conventions: Conventions) -> Derivation:
        """Each stated output as an equation, the elimination, the solutions, and the outputs they give."""
        image = channels_of(self.image, "the image")
        _ = [value_of(entry) for entry in flat(image)]
        kernel, unknowns = self._kernel(len(image))
        window = self.window((len(image[0]), len(image[0][0])), (len(kernel[0]), len(kernel[0][0])))
        stated = self._stated(window.counts(len(image[0]), len(image[0][0])))
        laid = tuple(tuple(row[::-1] for row in grid[::-1]) for grid in kernel) if self.flip else kernel
        lines = {place: output_line(image, laid, self.bias, window, place) for place in stated}
        names = {place: element(Symbol("Z"), place[0] + 1, place[1] + 1) for place in stated}
        system = System(unknowns, [(names[at], lines[at], stated[at]) for at in stated], conventions)
        steps = system.steps()
        weights: Form = Call("flip", (KERNEL,)) if self.flip else KERNEL
        result = with_bias(Call("conv2d", (grid_form(image), weights), 0, params_of(window)), self.bias)
        givens = (Given(RESULT, result), Given(KERNEL, grid_form(kernel)))
        prompt: Phrase = ("Find ", *listed(unknowns), " from ", *system.stated, f" ({self.manner(window)}).")
        target, form, kind = system.found
        answer = Answer("solution", kind, form, form, target)
        return finished(Derivation("Unknown kernel", prompt, givens, tuple(steps), (answer,), conventions))

    def _kernel(self, channels: int) -> tuple[Channels, tuple[Symbol, ...]]:
        found = filters_of(self.kernel, channels)
        if len(found) > 1:
            raise InputError("one kernel is asked for, not several filters")
        kernel = found[0]
        forms = [*flat(kernel), *([self.bias] if self.bias is not None else [])]
        unknowns = tuple(dict.fromkeys(name for form in forms for name in symbols(form)))
        if not unknowns:
            raise InputError("no entry of the kernel is unknown: write a name where a number is asked for")
        if len(unknowns) > MOST_UNKNOWNS:
            raise InputError(f"{len(unknowns)} unknowns; {MOST_UNKNOWNS} are the limit")
        for form in forms:
            if not isinstance(form, Symbol):
                if symbols(form):
                    raise InputError("an entry of the kernel is a number or a name")
                value_of(form)
        if taken := [name for name in unknowns if name in (KERNEL, RESULT) or name.base == "E"]:
            raise InputError(f"the name {symbol_name(taken[0])} is taken: give the unknown another one")
        return kernel, unknowns

    def _stated(self, counts: tuple[int, int]) -> dict[tuple[int, int], Fraction]:
        rows, columns = counts
        if len(self.outputs) > rows or any(len(row) > columns for row in self.outputs):
            raise InputError(f"the result has {rows} row(s) and {columns} column(s); more outputs are stated")
        cells = ((i, j, x) for i, row in enumerate(self.outputs) for j, x in enumerate(row))
        found = {(i, j): value_of(to_form(x)) for i, j, x in cells if x is not None}
        if not found:
            raise InputError("no output is stated")
        return found
