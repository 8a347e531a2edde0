"""Penalties on weights that are added to a loss: one entry each, as formulas for one weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.errors import UnknownName
from derive.graph.arrays import Shape
from derive.notation.build import ONE, TWO, add, multiply
from derive.notation.form import Form, Frac, Product, Symbol
from derive.notation.text import read
from derive.training.loss_writing import Writing

HALF = Frac(ONE, TWO)


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty.

    Attributes:
        words: its name in a sentence.
        text: the formula for one weight `w`.
        meaning: the same for a whole array of weights, found in another way; the judge holds the formula to it.
        source: where it comes from.
    """

    name: str
    words: str
    text: str
    meaning: str
    source: str = ""


TABLE: tuple[Penalty, ...] = (
    Penalty("l1", "the sum of the absolute weights", "abs(w)", "sum(max(w, -w))", "Tibshirani 1996"),
    Penalty("l2", "the sum of the squared weights", "w**2", "dot(w, w)", "Hoerl and Kennard 1970"),
)
PENALTIES: dict[str, Penalty] = {entry.name: entry for entry in TABLE}


def penalty(name: str) -> Penalty:
    """The entry of a name; UnknownName where there is none."""
    if name not in PENALTIES:
        raise UnknownName("penalty", name, PENALTIES)
    return PENALTIES[name]


def penalty_form(entry: Penalty, weights: Mapping[Symbol, Shape], half: bool = False) -> Form:
    """The penalty on some weights without its strength: w_1^2 + w_2^2, over an array a sum over its indices."""
    form = read(entry.text)
    body = add(Writing({"w": name}, {}, shape, weights).over_entries(form) for name, shape in weights.items())
    return Product((HALF, body)) if half else body


def penalty_meaning(entry: Penalty, weights: Mapping[Symbol, Shape], half: bool = False) -> Form:
    """What the penalty must be worth."""
    form = read(entry.meaning)
    total = add(Writing({"w": name}, {}, shape).whole(form) for name, shape in weights.items())
    return multiply((HALF, total)) if half else total
