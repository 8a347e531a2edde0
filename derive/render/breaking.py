"""Where a long form is broken into rows: at the signs of its sums, between factors, behind commas, never in a fraction.

A form is taken apart into tokens only where it has no room, from the outside in, and the tokens are filled into rows.
What stands round an inner sum is written by the writer itself, with a placeholder for the sum, so that the rule for
brackets stays in its one place; only brackets that open on one row and close on another change their look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from derive.notation.form import Call, Form, Frac, Hadamard, Neg, Number, Power, Product, Sum, Symbol, Transpose, Tuple
from derive.render.widths import width

LINE_EM = 39.0
"""The width in em that a displayed line has for target, relation and form."""
SENTENCE_EM = 35.0
"""The width in em that an equation in a sentence may take where there is no place to break it."""

_HEAD = Symbol("x")
_HOLE = Sum((_HEAD, _HEAD), (False, False))
_INDENT_EM, _SIGN_EM, _BRACKET_EM, _COMMA_EM = 1.2, 1.25, 0.8, 0.5
_SHRINK = 0.85
"""How small a form is made before even a fraction is taken apart, into 1/b and its top."""
_BRACKET = re.compile(r'"(?:\\.|[^"\\])*"|\\left\(|\\right\)|\\[A-Za-z]+|\\.|[()]', re.DOTALL)


class Token(NamedTuple):
    """A stretch of text that stays on one row; `breaks` says that a row may begin with it."""

    text: str
    width: float
    breaks: bool = False


class BrokenRow(NamedTuple):
    """A row of a broken form."""

    text: str
    width: float


@dataclass(frozen=True, slots=True)
class Breaker:
    """Breaks forms in one language: how it writes them, its brackets that span rows, its product sign."""

    write: Callable[[Form], str]
    brackets: tuple[str, str]
    dot: str

    def rows(self, form: Form, room: float) -> list[BrokenRow]:
        """The form in rows no wider than `room`, as far as it can be broken; one row where it fits."""
        if width(form) <= room:
            return [BrokenRow(self.write(form), width(form))]
        filled: list[list[Token]] = [[]]
        left = room
        for token in self.tokens(form, room - _INDENT_EM):
            if token.breaks and filled[-1] and token.width > left:
                filled.append([])
                left = room - _INDENT_EM
            filled[-1].append(token)
            left -= token.width
        return [BrokenRow(" ".join(t.text for t in row), sum(t.width for t in row)) for row in filled]

    def tokens(self, form: Form, room: float) -> list[Token]:
        """The form taken apart; what fits into `room` is not taken apart further."""
        match form:
            case Sum(terms, minus):
                return self._terms(terms, lambda i, t: Sum((_HEAD, t), (False, minus[i])), lambda t: Sum((t, _HEAD), (False, False)), room)
            case Hadamard(factors):
                return self._terms(factors, lambda i, t: Hadamard((_HEAD, t)), lambda t: Hadamard((t, _HEAD)), room)
            case Tuple(items):
                return self._items(items, room)
            case Frac(top, bottom) if isinstance(top, Sum | Product | Neg) and width(form) > room / _SHRINK and width(bottom) < room / 2:
                return self.tokens(Product((Frac(Number("1"), bottom), top)), room)
        opened = _opened(form, room)
        if opened is not None:
            return self._around(self.write(opened[0]), width(opened[0]), opened[1], room)
        if isinstance(form, Product):
            return self._factors(form.factors, room)
        return [Token(self.write(form), width(form))]
