"""Pieces of written mathematics: a text, how tightly it holds together, and what the form around it has to know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from derive.notation.form import Form

WHOLE, LOGIC, SHAPE, SUM, NEG, HADAMARD, PRODUCT, FACTOR, POWER, ATOM = range(10)
"""Levels from loose to tight. A Neg is looser than a product, so it may only stand first in a sum, or alone."""


class Piece(NamedTuple):
    """A written form, with what the form around it has to know.

    `tall` asks for growing brackets, `value` says that it is made of numbers alone. `closed` is the text to use where
    another factor follows, for pieces with an open right end (Σ xᵢ, log p). `callee` says that a bracket right after
    the text would read as its argument. `hinge` is where an exponent goes in tanh²(z), 0 for at the end.
    """

    text: str
    level: int = ATOM
    tall: bool = False
    value: bool = False
    closed: str = ""
    callee: bool = False
    hinge: int = 0


ZERO = re.compile(r"0\.0*(?!\d)")
_TALL, _VALUE = attrgetter("tall"), attrgetter("value")


def is_tall(pieces: Iterable[Piece]) -> bool:
    """Whether one of the pieces is taller than a line."""
    return any(map(_TALL, pieces))


def is_value(pieces: Iterable[Piece]) -> bool:
    """Whether all of the pieces are made of numbers alone."""
    return all(map(_VALUE, pieces))


def runs(names: Sequence[Form], pieces: Sequence[Piece]) -> Iterator[tuple[Form, Piece, int]]:
    """Each name with its piece and how often it stands in a row."""
    start = 0
    for end in range(1, len(names) + 1):
        if end == len(names) or names[end] != names[start]:
            yield names[start], pieces[start], end - start
            start = end
