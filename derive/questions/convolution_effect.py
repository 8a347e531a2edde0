"""What a kernel does to an image, with the reason from its algebra."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.effects import effect
from derive.network.filters import entries, scaled, turned
from derive.notation.build import ONE, number
from derive.notation.form import Call, Form, Matrix, Product, Shape, Symbol, Text
from derive.questions.base import Question
from derive.questions.convolution_facts import Facts, why
from derive.questions.convolution_grid import Grid, Nested, channels_of, value_of
from derive.questions.fields import Expression
from derive.questions.finish import CHECK, finished
from derive.questions.stated import LAID_ON
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Step

KERNEL, LAID = Symbol("F", bold=True), Symbol("K", bold=True)
ACCURACY = (Mark(Fraction(1), "A"),)
METHOD = (Mark(Fraction(1), "M"),)


class ConvEffect(Question):
    """What a kernel does (blur, sharpen, edges, ...), from its sum, its symmetry and its factors."""

    ask: ClassVar[str] = "conv.effect"
    example: ClassVar[dict[str, Any]] = {"kernel": [[1, 0, -1], [1, 0, -1], [1, 0, -1]]}

    kernel: Nested = Field(description="the kernel, a matrix of numbers")
    scale: Expression = Field(ONE, description="a number in front of the kernel, such as 1/9")
    flip: bool = Field(False, description="true convolution: what acts is the kernel turned by 180 degrees")
    sought: Literal["effect", "kernel"] = Field(
        "effect", description="kernel: a kernel with this effect is asked for, and the one given is the answer"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A kernel of one of the families, scaled and turned; now and then one of none."""
        kernel, scale = rng.choice(DRAWN)(rng)
        for _ in range(rng.randint(0, 3)):
            kernel = [list(row) for row in zip(*kernel[::-1], strict=True)]
        sign = rng.choice([1, 1, 1, -1, 2])
        kernel = [[sign * x for x in row] for row in kernel]
        return {
            "kernel": kernel,
            "scale": scale,
            "flip": rng.random() < 0.15,
            "sought": rng.choice(["effect", "effect", "kernel"]),
        }

    def solve(self, conventions: Conventions) -> Derivation:
        """The facts, then the verdict."""
        grids = channels_of(self.kernel, "the kernel")
        if len(grids) > 1:
            raise InputError("the effect of one matrix is asked for, not of several channels")
        scale = value_of(self.scale)
        kernel = scaled(tuple(tuple(map(value_of, row)) for row in grids[0]), scale)
        if not any(entries(kernel)):
            raise InputError("a kernel of zeros gives 0 everywhere")
        name, first = KERNEL, _given(grids[0], self.scale)
        steps: list[Step] = [_chosen(first)] if self.sought == "kernel" else []
        if self.flip and turned(kernel) != kernel:
            steps, name, kernel = [*steps, _turned(grids[0], self.scale)], LAID, turned(kernel)
        found = effect(kernel)
        facts = list(Facts(name, kernel, found).steps())
        steps += [replace(step, marks=(), rule=CHECK) for step in facts] if self.sought == "kernel" else facts
        target, verdict = Call("kernel_effect", (name,)), Text(found.name)
        line = Line("=", verdict, (why(found),))
        steps.append(Step("effect", target, (line,), "effect of a kernel", (), ACCURACY))
        answers = [Answer("effect", "verdict", verdict, verdict, target)]
        givens: tuple[Given, ...] = (Given(KERNEL, first, "value"),)
        if self.sought == "kernel":
            answers, givens = [Answer("F", "matrix", first, first, KERNEL), *answers], ()
        prompt = self._prompt(found.name, grids[0])
        done = Derivation("Effect of a kernel", prompt, givens, tuple(steps), tuple(answers), conventions)
        return finished(done, *(() if self.flip else (LAID_ON,)))

    def _prompt(self, name: str, grid: Grid) -> Phrase:
        manner = "true convolution, which turns it by 180°" if self.flip else "cross-correlation"
        if self.sought == "effect":
            return ("What does the kernel ", KERNEL, f" do to an image ({manner})? Give the reason from its algebra.")
        size = Shape((number(len(grid)), number(len(grid[0]))))
        which: Phrase = (" of size ", size, f" with this effect ({manner}): {name}. Give the reason from its algebra.")
        return ("Find a kernel ", KERNEL, *which)


def _chosen(kernel: Form) -> Step:
    line = Line(":=", kernel, ("one of those with this effect",))
    return Step("F", KERNEL, (line,), "choice of a kernel", (), ACCURACY)


def _given(grid: Grid, scale: Form) -> Form:
    return Matrix(grid) if scale == ONE else Product((scale, Matrix(grid)))


def _turned(grid: Grid, scale: Form) -> Step:
    whole = tuple(row[::-1] for row in grid[::-1])
    lines = (Line("=", Call("flip", (KERNEL,)), ("turned by 180°",)), Line("=", _given(whole, scale)))
    return Step("K", LAID, lines, "turned kernel", (), METHOD)


Drawn = tuple[list[list[int]], "int | str"]
BINOMIAL = ((1, 2, 1), (1, 3, 3, 1), (1, 4, 6, 4, 1))


def _means(rng: random.Random) -> Drawn:
    if rng.random() < 0.5:
        rows, columns = rng.randint(1, 4), rng.randint(2, 5)
        return [[1] * columns for _ in range(rows)], f"1/{rows * columns}"
    if rng.random() < 0.3:
        return [[rng.randint(0, 4) for _ in range(3)] for _ in range(2)] + [[1, 2, 5]], 1
    weights = rng.choice(BINOMIAL)
    return [[a * b for b in weights] for a in weights], f"1/{sum(weights) ** 2}"


def _sharper(rng: random.Random) -> Drawn:
    amount = rng.randint(1, 3)
    if rng.random() < 0.5:
        return [[0, -amount, 0], [-amount, 4 * amount + 1, -amount], [0, -amount, 0]], 1
    middle, scale = rng.choice([(9, "1"), (17, "1/9"), (12, "1/4")])
    return [[-1, -1, -1], [-1, middle, -1], [-1, -1, -1]], scale


def _differences(rng: random.Random) -> Drawn:
    along = rng.choice([[1, 1, 1], [1, 2, 1], [3, 10, 3], [1], [0, 1, 0], [1, 3, 1]])
    across = rng.choice([[-1, 0, 1], [-1, 0, 1], [-1, 1], [-1, 2, -1], [-1, 1, 0]])
    return [[a * b for b in across] for a in along], 1


def _diagonals(rng: random.Random) -> Drawn:
    near, far = rng.choice([(1, 2), (1, 1), (0, 1), (2, 1)])
    if rng.random() < 0.3:
        return rng.choice([[[-1, -1, 2], [-1, 2, -1], [2, -1, -1]], [[1, 0], [0, -1]]]), 1
    middle = rng.choice([0, 0, 1])
    return [[0, near, far], [-near, middle, near], [-far, -near, 0]], 1


def _bends(rng: random.Random) -> Drawn:
    near, far = rng.choice([(1, 0), (1, 1), (2, 1), (4, 1)])
    if rng.random() < 0.2:
        return [[0, 0, 1, 0, 0], [0, 1, 2, 1, 0], [1, 2, -16, 2, 1], [0, 1, 2, 1, 0], [0, 0, 1, 0, 0]], 1
    return [[far, near, far], [near, -4 * (near + far), near], [far, near, far]], 1


def _others(rng: random.Random) -> Drawn:
    if rng.random() < 0.5:
        kernel = [[0] * 3 for _ in range(3)]
        kernel[rng.randint(0, 2)][rng.randint(0, 2)] = 1
        return kernel, 1
    return [[rng.randint(-3, 3) or 1 for _ in range(3)] for _ in range(rng.randint(1, 3))], 1


DRAWN = (_means, _sharper, _differences, _differences, _diagonals, _bends, _others)
