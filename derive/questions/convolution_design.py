"""The kernel that answers a pattern more strongly than anything else."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from derive.errors import InputError
from derive.notation.build import ONE, multiply, neg, number
from derive.notation.form import Call, Form, Matrix, Neg, Number, Power, Product, Sum, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.base import Question
from derive.questions.convolution_grid import Grid, Nested, channels_of, flat, product_sum, to_nested, value_of
from derive.questions.fields import Expression, to_forms, to_name
from derive.questions.finish import CHECK, finished
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Step

KERNEL, PATTERN, INVERTED = (Symbol(letter, bold=True) for letter in "FPQ")
METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
MOST_CELLS = 49
Patch = tuple[Form, Grid, str]
"""How a patch is written, its pixels, what it is."""


def to_patches(value: Any) -> dict[Symbol, Any]:
    """Named patches; what they are is read later, with the size of the pattern at hand."""
    if not isinstance(value, dict):
        raise InputError("a mapping from names to matrices is needed")
    return {to_name(name): to_nested(patch) for name, patch in value.items()}


Numbers = Annotated[tuple[Expression, ...], BeforeValidator(to_forms)]


class ConvDesign(Question):
    """The kernel with the largest answer to a pattern: bright pixels weigh up, dark ones down."""

    ask: ClassVar[str] = "conv.design"
    example: ClassVar[dict[str, Any]] = {"pattern": [[0, 1, 0], [1, 0, 1], [0, 1, 0]]}

    pattern: Nested = Field(description="the pattern, a matrix of pixels")
    pixels: Numbers = Field((Number("0"), Number("1")), min_length=2, description="the values a pixel may have")
    weights: Numbers = Field((Neg(ONE), ONE), min_length=2, description="the weights the kernel may have")
    others: dict[Any, Any] = Field({}, description="other patches by name, whose answers are compared")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random pattern; other pixels and weights now and then."""
        rows, columns = rng.randint(2, 4), rng.randint(2, 4)
        pixels, weights = rng.choice([[0, 1], [0, 1], [-1, 1], [0, 255], [1, 3]]), rng.choice([[-1, 1], [-2, 0, 1]])

        def patch() -> list[list[int]]:
            return [[rng.choice(pixels) for _ in range(columns)] for _ in range(rows)]

        given: dict[str, Any] = {"pattern": patch(), "pixels": pixels, "weights": weights}
        return {**given, "others": {"A": patch()}} if rng.random() < 0.5 else given

    def solve(self, conventions: Conventions) -> Derivation:
        """The kernel, its answer to the pattern, that no other patch has as much, and a table of answers."""
        design = self._design()
        others = {name: _patch(patch, design.pattern) for name, patch in to_patches(self.others).items()}
        if taken := [name for name in others if name in (KERNEL, PATTERN, INVERTED)]:
            raise InputError(f"the name {symbol_name(taken[0])} is taken: give the patch another one")
        steps = (*design.steps(), *design.compared(others))
        response = Call("dot", (KERNEL, PATTERN))
        best = number(design.best)
        answers = (
            Answer("F", "matrix", Matrix(design.kernel), Matrix(design.kernel), KERNEL),
            Answer("max_response", "number", best, best, response),
        )
        givens = [Given(PATTERN, Matrix(design.pattern), "value", ("the pattern",))]
        givens += [Given(Symbol(n.base, n.accent, n.sub, n.sup, True), Matrix(p), "value") for n, p in others.items()]
        prompt: Phrase = (
            "Find the kernel ", KERNEL, " with weights ", *listed(self.weights), " that answers the pattern ", PATTERN,
            " more strongly than any other patch, and its answer. A pixel is one of ", *listed(self.pixels),
            "; the larger, the brighter.",
        )  # fmt: skip
        return finished(Derivation("Design of a kernel", prompt, tuple(givens), steps, answers, conventions))

    def _design(self) -> Design:
        pattern = channels_of(self.pattern, "the pattern")
        if len(pattern) > 1:
            raise InputError("the pattern is one matrix, not several channels")
        pixels, weights = (sorted(map(value_of, forms)) for forms in (self.pixels, self.weights))
        found = set(map(value_of, flat(pattern)))
        if pixels[0] == pixels[-1]:
            raise InputError("pixels of one value show no pattern")
        if not found <= {pixels[0], pixels[-1]}:
            raise InputError("the pattern may use the darkest and the brightest pixel only: no kernel tells the others")
        if not weights[0] < 0 < weights[-1]:
            raise InputError("weights of both signs are needed to tell bright from dark")
        if len(flat(pattern)) > MOST_CELLS:
            raise InputError(f"a pattern of at most {MOST_CELLS} pixels is worked by hand")
        return Design(pattern[0], tuple(pixels), (weights[0], weights[-1]))


def _patch(nested: Any, pattern: Grid) -> Grid:
    (patch, *rest) = channels_of(nested, "a patch")
    if rest or (len(patch), len(patch[0])) != (len(pattern), len(pattern[0])):
        raise InputError("every patch has the size of the pattern")
    _ = [value_of(entry) for entry in flat((patch,))]
    return patch


@dataclass(frozen=True, slots=True)
class Design:
    """A pattern, the values of a pixel from dark to bright, and the lowest and the highest weight."""

    pattern: Grid
    pixels: tuple[Fraction, ...]
    weights: tuple[Fraction, Fraction]

    @property
    def kernel(self) -> Grid:
        """The highest weight on bright pixels, the lowest on dark ones."""
        bright = self.pixels[-1]
        return tuple(tuple(number(self.weights[value_of(x) == bright]) for x in row) for row in self.pattern)

    @property
    def best(self) -> Fraction:
        """The answer to the pattern."""
        pairs = zip(flat((self.kernel,)), flat((self.pattern,)), strict=True)
        return sum((value_of(w) * value_of(x) for w, x in pairs), Fraction(0))

    @property
    def alphabet(self) -> tuple[tuple[str, Form], ...]:
        """The values of a pixel as settings."""
        names = ("dark", "bright") if len(self.pixels) == 2 else (f"pixel{k + 1}" for k in range(len(self.pixels)))
        return tuple(zip(names, map(number, self.pixels), strict=True))

    def steps(self) -> tuple[Step, ...]:
        """The kernel, its answer, and that it is the largest."""
        low, high = map(number, self.weights)
        slope = (self.weights[1] - self.weights[0]) / (self.pixels[-1] - self.pixels[0])
        reason: Phrase = ("entry by entry ", high, " where the pattern is bright, ", low, " where it is dark")
        rule = _line(PATTERN, slope, self.weights[0] - slope * self.pixels[0])
        lines = (Line("=", rule, reason), Line("=", Matrix(self.kernel)))
        kernel = Step("F", KERNEL, lines, "weights by brightness", (), METHOD)
        pairs = list(zip(flat((self.kernel,)), flat((self.pattern,)), strict=True))
        worked = (Line("=", product_sum(pairs), ("every product",)), Line("=", number(self.best)))
        response = Step("response", Call("dot", (KERNEL, PATTERN)), worked, "answer to the pattern", (), METHOD)
        count = Power(number(len(self.pixels)), number(len(pairs)))
        why: Phrase = ("any other pixel lowers the sum: the largest of all ", count, " patches")
        target = Call("strongest", (KERNEL,), 0, self.alphabet)
        largest = Step("largest", target, (Line("=", PATTERN, why),), "largest answer", (), ACCURACY)
        return kernel, response, largest

    def compared(self, others: dict[Symbol, Grid]) -> tuple[Step, ...]:
        """The inverted pattern, the answers to some patches, and what the kernel with its sign turned does."""
        low, high = self.pixels[0], self.pixels[-1]
        inverted = tuple(tuple(number(low + high - value_of(x)) for x in row) for row in self.pattern)
        lines = (Line("=", _line(PATTERN, Fraction(-1), low + high), ("bright and dark exchanged",)),
                 Line("=", Matrix(inverted)))  # fmt: skip
        patches: list[tuple[Form, Grid, str]] = [
            (PATTERN, self.pattern, "the pattern"),
            (INVERTED, inverted, "inverted"),
        ]
        patches += [(Symbol(n.base, n.accent, n.sub, n.sup, True), grid, "given") for n, grid in others.items()]
        rows = [self._answer(f"answer_{k}", KERNEL, *each) for k, each in enumerate(patches, 1)]
        rows += [self._even("all_dark", low, "all dark"), self._even("all_bright", high, "all bright")]
        turned = Neg(KERNEL)
        rows += [self._answer(f"turned_{k}", turned, *each) for k, each in enumerate(patches[:2], 1)]
        heads: tuple[Phrase, ...] = (("answer",), ("value",), ("patch",))
        table = Step("answers", rule="answers to patches", substeps=tuple(rows), layout="table", heads=heads, level=2)
        why: Phrase = ("the sign is no free choice: turned round, the kernel looks for the inverted pattern",)
        claim = Call("strongest", (turned,), 0, self.alphabet)
        return (
            Step("Q", INVERTED, lines, "inverted pattern", level=2),
            table,
            Step("sign", claim, (Line("=", INVERTED, why),), "largest answer", level=2),
        )

    def _even(self, name: str, pixel: Fraction, says: str) -> Step:
        """The answer to a patch of one brightness: that times the sum of the weights."""
        weights = sum(map(value_of, flat((self.kernel,))), Fraction(0))
        target = multiply([number(pixel), Call("sum", (KERNEL,))])
        return Step(name, target, (Line("=", number(pixel * weights), (says,)),), "answer", level=2)

    def _answer(self, name: str, kernel: Form, patch: Form, grid: Grid, says: str) -> Step:
        sign = -1 if isinstance(kernel, Neg) else 1
        pairs = zip(flat((self.kernel,)), flat((grid,)), strict=True)
        value = sign * sum((value_of(w) * value_of(x) for w, x in pairs), Fraction(0))
        rule = CHECK if (kernel, patch) == (KERNEL, PATTERN) else "answer"  # it was worked out before
        return Step(name, Call("dot", (kernel, patch)), (Line("=", number(value), (says,)),), rule, level=2)


def _line(name: Symbol, slope: Fraction, shift: Fraction) -> Form:
    """slope · name + shift, entry by entry."""
    scaled: Form = name if slope == 1 else neg(name) if slope == -1 else Product((number(slope), name))
    if not shift:
        return scaled
    if slope < 0:
        return Sum((number(shift), neg(scaled) if slope == -1 else Product((number(-slope), name))), (False, True))
    return Sum((scaled, number(abs(shift))), (False, shift < 0))
