"""Dropout (Srivastava and others 2014): a mask of zeros and ones, and where the scale stands that makes up for it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from derive.graph.graph import entry_names, matrix_form
from derive.graph.point import Point, array_line, forward_steps
from derive.notation.build import ONE, ZERO, add, number, subtract
from derive.notation.form import At, Form, Frac, Hadamard, Indicator, Matrix, Product, Relation, Symbol
from derive.notation.rounding import as_fraction
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.record import Line, Mark, Phrase, Step

Scaling = Literal["inverted", "classic"]

METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
RATE = Symbol("p")
KEPT = subtract(ONE, RATE)


@dataclass(frozen=True, slots=True)
class Dropout:
    """A layer that drops each input with probability p.

    Attributes:
        shape: of the input.
        scaling: inverted divides by 1 - p in training, classic multiplies by 1 - p at test time.
        trains: whether the mask acts.
    """

    shape: tuple[int, ...]
    scaling: Scaling = "inverted"
    trains: bool = True

    def named(self, letter: str) -> Symbol:
        """A vector by its small letter, a matrix by its capital."""
        return Symbol(letter if 1 in self.shape else letter.upper())

    def entries(self, letter: str) -> list[Symbol]:
        """The entries of an array, row by row."""
        return entry_names(self.named(letter), self.shape)

    def definition(self) -> Form:
        """What comes out."""
        x = self.named("x")
        if self.trains:
            masked = Hadamard((self.named("m"), x))
            return Frac(masked, KEPT) if self.scaling == "inverted" else masked
        return x if self.scaling == "inverted" else Product((KEPT, x))

    def reason(self) -> Phrase:
        """Where the scale stands."""
        if self.scaling == "inverted":
            return ("inverted scaling",) if self.trains else ("inverted scaling: nothing is left to do",)
        return ("the scale comes at test time",) if self.trains else ("what training gives on average",)

    def expectation(self, entry: int) -> tuple[Form, Form, Form]:
        """The mean of an output over the mask: both cases by their probabilities, their values, what it comes to."""
        x, y, m = (self.entries(letter)[entry] for letter in "xym")
        output: Form = Frac(x, KEPT) if self.scaling == "inverted" else x
        cases = add((Product((KEPT, At(y, ((m, ONE),)))), Product((RATE, At(y, ((m, ZERO),))))))
        values = add((Product((KEPT, output)), Product((RATE, ZERO))))
        return cases, values, x if self.scaling == "inverted" else Product((KEPT, x))


def uniform(seed: int, shape: tuple[int, ...]) -> Matrix:
    """Uniform draws, multiples of 1/100: one of two digits is below p just as often as p says."""
    rng = random.Random(f"dropout/{seed}")
    rows, columns = shape
    return Matrix(tuple(tuple(number(Fraction(rng.randrange(100), 100)) for _ in range(columns)) for _ in range(rows)))


def kept(draws: Matrix, rate: Fraction) -> Matrix:
    """The mask that draws make: 1 where one is at least p."""
    rows = ((number(int(as_fraction(evaluate(draw, {})) >= rate)) for draw in row) for row in draws.rows)
    return Matrix(tuple(map(tuple, rows)))


def mask_step(dropout: Dropout, mask: Matrix) -> Step:
    """The mask from uniform draws: an input is kept where its draw is at least p."""
    kept: list[Form] = [Indicator(Relation("≥", draw, RATE)) for draw in dropout.entries("u")]
    reason: Phrase = ("kept where the draw is at least ", RATE)
    lines = (Line("=", matrix_form(dropout.shape, kept), reason), Line("=", mask))
    name = dropout.named("m")
    return Step(symbol_name(name), replace(name, bold=True), lines, "mask", (), METHOD)


def output_steps(dropout: Dropout, point: Point) -> list[Step]:
    """The formula, one entry in full, all of them; where nothing happens, that."""
    quantity = point.graph.quantity(dropout.named("y"))
    if not dropout.trains and dropout.scaling == "inverted":
        lines = (Line("=", point.graph.written(dropout.named("x")), dropout.reason()), array_line(point, quantity))
        return [Step(symbol_name(quantity.symbol), point.graph.written(quantity.symbol), lines, "test", (), ACCURACY)]
    formula, *others = forward_steps(point, [quantity])
    line = replace(formula.lines[0], reason=dropout.reason())
    return [replace(formula, lines=(line,)), *others]


def expectation_step(dropout: Dropout, entry: int) -> Step:
    """What an output is on average over the mask."""
    y = dropout.entries("y")[entry]
    name = Symbol(y.base, "bar", y.sub)
    reasons: tuple[Phrase, ...] = (
        ("check: the mean of ", y, " over the mask"),
        (),
        ("what the layer gives at test time",),
    )
    lines = (Line("=", form, reason) for form, reason in zip(dropout.expectation(entry), reasons, strict=True))
    return Step(symbol_name(name), name, tuple(lines), "check")
