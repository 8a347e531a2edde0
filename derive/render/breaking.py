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

from derive.notation.build import ONE, multiply
from derive.notation.connectives import is_chain
from derive.notation.form import (
    Call,
    Form,
    Frac,
    Hadamard,
    Neg,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    children,
)
from derive.notation.functions import FUNCTIONS
from derive.notation.widths import width

LINE_EM = 39.0
"""The width in em that a displayed line has for target, relation and form."""
SENTENCE_EM = 35.0
"""The width in em that an equation in a sentence may take before it is broken."""
SMALLEST = 0.85
"""How small a form is made to fit; a wider fraction is broken as 1/b times its top. A matrix has no other way out."""

Series = Sum | Hadamard | Call
"""Terms in a row with signs between them; a call where it is a chain of one connective."""

_HEAD = Symbol("Q", sub=("0", "0", "0"))
_HOLES: dict[type[Form], Form] = {
    Sum: Sum((_HEAD, _HEAD), (False, False)),
    Hadamard: Hadamard((_HEAD, _HEAD)),
    Product: Product((_HEAD, _HEAD)),
}
_INDENT_EM, _SIGN_EM, _BRACKET_EM, _COMMA_EM = 1.2, 1.25, 0.8, 0.5
_BRACKET = re.compile(r'"(?:\\.|[^"\\])*"|\\text\{(?:\\.|[^{}])*\}|\\left\(|\\right\)|\\[A-Za-z]+|\\.|[()]', re.DOTALL)


class Token(NamedTuple):
    """A stretch of text that stays on one row; `breaks` says that a row may begin with it."""

    text: str
    width: float
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """Breaks forms in one language: how it writes them, its brackets that span rows, its product sign."""

    write: Callable[[Form], str]
    brackets: tuple[str, str]
    dot: str

    def rows(self, form: Form, room: float) -> list[Token]:
        """The form in rows no wider than `room`, as far as it can be broken; one row where it fits."""
        if width(form) <= room:
            return [Token(self.write(form), width(form))]
        filled: list[list[Token]] = [[]]
        left = room
        for token in self.tokens(form, room - _INDENT_EM):
            if token.breaks and filled[-1] and token.width > left:
                filled.append([])
                left = room - _INDENT_EM
            filled[-1].append(token)
            left -= token.width
        return [Token(" ".join(t.text for t in row), sum(t.width for t in row)) for row in filled]

    def tokens(self, form: Form, room: float) -> list[Token]:
        """The form taken apart; what fits into `room` inside it stays whole."""
        if isinstance(form, Sum | Hadamard) or (isinstance(form, Call) and is_chain(form)):
            return self._series(form, room)
        if isinstance(form, Tuple):
            return self._items(form.items, room)
        if isinstance(form, Frac) and (turned := _turned(form, room)) is not None:
            return self.tokens(turned, room)
        opened = _opened(form)
        if opened is not None and opened[1] is not form:
            return self._around(self.write(opened[0]), opened, room)
        if isinstance(form, Product):
            return self._factors(form.factors, room)
        return [Token(self.write(form), width(form))]

    def _series(self, form: Series, room: float) -> list[Token]:
        """The terms of a sum or a chain, each with its sign; one that has no room is taken apart itself."""
        head = self.write(_HEAD)
        end = self.write(_beside(form, 0, _HEAD)).removeprefix(head)
        parts = children(form)
        found: list[Token] = []
        for i, part in enumerate(parts):
            opened = _opened(part) if width(part) > room else None
            text = self.write(_beside(form, i, opened[0] if opened else part))
            text = text.removeprefix(head).strip() if i else text.removesuffix(end)
            sign = _SIGN_EM if i else 0.0
            tokens = self._around(text, opened, room) if opened else [Token(text, width(part))]
            found += [Token(tokens[0].text, tokens[0].width + sign, i > 0), *tokens[1:]]
        return found

    def _around(self, text: str, opened: tuple[Form, Form], room: float) -> list[Token]:
        """The tokens of an inner form, with what the text has before and after the hole for it."""
        whole, inner = opened
        hole = _HOLES[type(inner)]
        before, _, after = text.partition(self.write(hole))
        rest = max(0.0, width(whole) - width(hole))
        share = len(before) / (len(before) + len(after) or 1)
        tokens = self.tokens(inner, room)
        first = tokens[0]
        tokens[0] = Token(self._spanning(before) + first.text, first.width + share * rest, first.breaks)
        last = tokens[-1]
        tokens[-1] = Token(last.text + self._spanning(after), last.width + (1 - share) * rest, last.breaks)
        return tokens

    def _factors(self, factors: tuple[Form, ...], room: float) -> list[Token]:
        """A product between its factors, as many in each token as have room."""
        runs: list[tuple[Form, ...]] = []
        for factor in factors:
            longer = (*runs[-1], factor) if runs else (factor,)
            if runs and width(Product(longer)) > room:
                runs.append((factor,))
            else:
                runs[-1:] = [longer]
        return [token for i, run in enumerate(runs) for token in self._run(run, i > 0, room)]

    def _run(self, factors: tuple[Form, ...], follows: bool, room: float) -> list[Token]:
        """Some factors of a product; the sign of multiplication stands in front where others go before them."""
        alone = factors[0] if len(factors) == 1 and width(factors[0]) > room else None
        opened = _opened(alone) if alone is not None else None
        text = self.write(Product((_HEAD, *((opened[0],) if opened else factors))))
        text = text.removeprefix(self.write(_HEAD)).strip().removeprefix(self.dot).strip()
        tokens = self._around(text, opened, room) if opened else [Token(text, width(Product(factors)))]
        if follows:
            tokens[0] = Token(f"{self.dot} {tokens[0].text}", tokens[0].width + _SIGN_EM, True)
        return tokens

    def _items(self, items: tuple[Form, ...], room: float) -> list[Token]:
        """A point or a list behind its commas."""
        found: list[Token] = []
        for i, item in enumerate(items):
            tokens = self.tokens(item, room) if width(item) > room else [Token(self.write(item), width(item))]
            end = "," if i < len(items) - 1 else self.brackets[1]
            tokens[0] = tokens[0]._replace(text=("" if i else self.brackets[0]) + tokens[0].text, breaks=i > 0)
            tokens[-1] = tokens[-1]._replace(text=tokens[-1].text + end, width=tokens[-1].width + _COMMA_EM)
            found += tokens
        return found

    def _spanning(self, text: str) -> str:
        """The text with its unpaired brackets made such that they may stand alone on a row."""
        waiting: list[re.Match[str]] = []
        alone: list[tuple[re.Match[str], str]] = []
        for match in _BRACKET.finditer(text):
            if match[0] in ("(", r"\left("):
                waiting.append(match)
            elif match[0] in (")", r"\right)"):
                if waiting:
                    waiting.pop()
                else:
                    alone.append((match, self.brackets[1]))
        alone += [(match, self.brackets[0]) for match in waiting]
        for match, bracket in sorted(alone, key=lambda found: -found[0].start()):
            text = f"{text[: match.start()]}{bracket}{text[match.end() :]}"
        return text


def _beside(form: Series, i: int, term: Form) -> Form:
    """A term of a row beside a placeholder, so that it is written with the sign and the brackets it has there."""
    pair = (_HEAD, term) if i else (term, _HEAD)
    if isinstance(form, Call):
        return replace(form, args=pair)
    return Sum(pair, (False, form.minus[i])) if isinstance(form, Sum) else Hadamard(pair)


def _turned(form: Frac, room: float) -> Form | None:
    """A fraction that no size makes fit as a product, where its top can be broken."""
    if width(form) <= room / SMALLEST or width(form.bottom) > room / 2 or _opened(form.top) is None:
        return None
    return multiply((Frac(ONE, form.bottom), form.top))


def _opened(form: Form) -> tuple[Form, Form] | None:
    """The form with a hole for the widest inner form that can be broken, and that form; None where it has none."""
    if isinstance(form, Sum | Hadamard):
        return _HOLES[type(form)], form
    slots = _slots(form)
    inner = [(width(slots[i]), i, found) for i in range(len(slots)) if (found := _opened(slots[i])) is not None]
    if isinstance(form, Product) and sum(wide > width(form) / 3 for wide, *_ in inner) != 1:
        return _HOLES[Product], form
    if not inner:
        return None
    _, i, (holed, part) = max(inner, key=lambda found: found[0])
    return _with_slot(form, i, holed), part


def _slots(form: Form) -> tuple[Form, ...]:
    """The forms inside that can be broken with what stands round them split over the rows."""
    match form:
        case Neg(arg) | Transpose(arg):
            return (arg,)
        case Product(factors):
            return factors
        case Power(base, _):
            return (base,)
        case Call(function, args) if function not in FUNCTIONS or FUNCTIONS[function].style != "exponential":
            return args
        case _:
            return ()


def _with_slot(form: Form, i: int, part: Form) -> Form:
    match form:
        case Product(factors):
            return replace(form, factors=(*factors[:i], part, *factors[i + 1 :]))
        case Call(_, args):
            return replace(form, args=(*args[:i], part, *args[i + 1 :]))
        case Power():
            return replace(form, base=part)
        case _:
            return replace(form, arg=part)  # type: ignore[call-arg]
