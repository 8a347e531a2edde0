"""Questions about dropout: a given or drawn mask, and where the scale stands."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.form import Form, Matrix, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.answers import answers_of
from derive.questions.base import Question
from derive.questions.draws import decimal
from derive.questions.fields import Expression, Numbers, numeric
from derive.questions.finish import finished
from derive.questions.formulas import array_formulas
from derive.record import Conventions, Derivation, Given, Phrase
from derive.training.attention import shape_of
from derive.training.dropout import (
    KEPT,
    RATE,
    Dropout,
    Scaling,
    expectation_step,
    kept,
    mask_step,
    output_steps,
    uniform,
)

MOST_ENTRIES = 36


class DropoutForward(Question):
    """Dropout with a given mask or a printed draw: inverted scaling or the scale at test time, and what is expected."""

    ask: ClassVar[str] = "dropout.forward"
    example: ClassVar[dict[str, Any]] = {"x": [2, -1, 0.5, 3], "p": 0.25, "mask": [1, 0, 1, 1]}

    x: Numbers = Field(description="the input: a list of numbers, or a list of rows")
    p: Expression = Field(description="the probability with which an input is dropped")
    mask: Numbers | None = Field(None, description="the mask in the shape of x: 1 keeps an input, 0 drops it")
    seed: int | None = Field(None, description="or the seed of uniform draws, which are printed")
    mode: Literal["train", "test"] = Field("train", description="train: the mask acts; test: it does not")
    scaling: Scaling = Field(
        "inverted",
        description="inverted: division by 1 - p in training; classic: multiplication by 1 - p at test time",
        json_schema_extra=convention(),
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random vector or matrix with a mask, drawn or given, in training or at test time."""
        count, rows = rng.randint(2, 4), rng.randint(1, 3)
        x = [[decimal(rng, -3, 3) for _ in range(count)] for _ in range(rows)]
        drawn: dict[str, Any] = {
            "x": x[0] if rows == 1 else x,
            "p": rng.choice([0.1, 0.2, 0.25, 0.5, 0.5, "1/3"]),
            "scaling": rng.choice(["inverted", "inverted", "classic"]),
        }
        if rng.random() < 0.2:
            return drawn | {"mode": "test"}
        if rng.random() < 0.5:
            return drawn | {"seed": rng.randint(0, 999)}
        mask = [[rng.choice([0, 1, 1]) for _ in row] for row in x]
        return drawn | {"mask": mask[0] if rows == 1 else mask}

    def solve(self, conventions: Conventions) -> Derivation:
        """The mask where it is drawn, the outputs, and in training their mean over the mask."""
        rate, x = self._rate(), self._input()
        dropout = Dropout(shape_of(x), self.scaling, self.mode == "train")
        draws = None if self.seed is None else uniform(self.seed, dropout.shape)
        mask = self._mask(x, rate) if draws is None else kept(draws, rate)
        given = {"x": x, "u": draws, "m": mask if draws is None else None}
        known: dict[Symbol, Form] = {RATE: self.p}
        known |= {dropout.named(letter): form for letter, form in given.items() if form is not None}
        point = self._point(dropout, known if mask is None else {**known, dropout.named("m"): mask}, conventions)
        steps = [] if draws is None or mask is None else [mask_step(dropout, mask)]
        steps += output_steps(dropout, point)
        quantity = point.graph.quantity(dropout.named("y"))
        targets = [point.graph.written(quantity.symbol)]
        at = {name: form for name, form in known.items() if name in point.graph.quantities}
        answers = answers_of(steps, targets, point.graph, at, array_formulas(point.graph, [quantity]))
        givens = [Given(replace(name, bold=isinstance(form, Matrix)), form, "value") for name, form in known.items()]
        if dropout.trains:
            steps.append(expectation_step(dropout, 0))
        prompt = self._prompt(dropout)
        done = Derivation("Dropout", prompt, tuple(givens), tuple(steps), tuple(answers), conventions)
        return finished(done, DROPPED, SCALINGS[self.scaling])

    def _point(self, dropout: Dropout, known: Mapping[Symbol, Form], conventions: Conventions) -> Point:
        values = {name: numeric(form) for name, form in known.items()}
        shapes = {symbol_name(name): value.shape for name, value in values.items() if isinstance(value, Array)}
        graph = Graph({symbol_name(dropout.named("y")): dropout.definition()}, shapes)
        return Point(graph, {q.symbol: values[q.symbol] for q in graph.inputs}, conventions)

    def _rate(self) -> Fraction:
        rate = numeric(self.p)
        if not isinstance(rate, Fraction) or not 0 <= rate <= 1:
            raise InputError("p must be a probability, a number from 0 to 1")
        if rate == 1 and self.scaling == "inverted":
            raise InputError("p = 1 drops every input, and 1/(1 - p) has no value")
        return rate

    def _input(self) -> Matrix:
        if not isinstance(self.x, Matrix):
            raise InputError("x must be a list of numbers, or a list of rows")
        if prod(shape_of(self.x)) > MOST_ENTRIES:
            raise InputError(f"x has more than {MOST_ENTRIES} entries: too many to be worked by hand")
        if self.mode == "test" and (self.mask is not None or self.seed is not None):
            raise InputError("at test time nothing is dropped: there is no mask")
        if self.mode == "train" and (self.mask is None) == (self.seed is None):
            raise InputError("give either the mask, or a seed by which it is drawn")
        return self.x

    def _mask(self, x: Matrix, rate: Fraction) -> Matrix | None:
        """The given mask.

        Raises:
            InputError: one of another shape, with other numbers than 0 and 1, or one that cannot be drawn.
        """
        if self.mask is None:
            return None
        if not isinstance(self.mask, Matrix) or shape_of(self.mask) != shape_of(x):
            raise InputError("the mask must have the shape of x")
        entries = {numeric(entry) for row in self.mask.rows for entry in row}
        if not entries <= {0, 1}:
            raise InputError("the mask has entries other than 1 (kept) and 0 (dropped)")
        if rate in (0, 1) and rate in entries:
            raise InputError(f"p = {rate} {'drops' if rate else 'keeps'} every input: the mask cannot be drawn")
        return self.mask

    def _prompt(self, dropout: Dropout) -> Phrase:
        when = "in training" if dropout.trains else "at test time"
        x, y, u = (replace(dropout.named(letter), bold=True) for letter in "xyu")
        drawn: Phrase = (
            (" An input is kept where its draw ", u, " is at least ", RATE, ".") if self.seed is not None else ()
        )
        return (f"Apply {self.scaling} dropout {when} to ", x, ": compute ", y, ".", *drawn)


DROPPED: Phrase = (RATE, " is the probability that an input is dropped")
SCALINGS: dict[Scaling, Phrase] = {
    "inverted": ("inverted dropout divides by ", KEPT, " in training and does nothing at test time"),
    "classic": ("classic dropout scales by ", KEPT, " at test time and not in training"),
}
