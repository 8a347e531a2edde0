"""Reader of Boolean expressions as users type them: `A xnor B`, `not (a & b) -> c`, `x1 ⊕ x2 ⊕ 1`.

A parser of its own over a fixed list of signs and words: nothing is evaluated, and what is no sign, no word of logic
and no name is refused with its place. `not` binds tightest, then `and nand`, `xor xnor`, `or nor`, `implies`; operators
that bind alike are taken from left to right. Two `implies` in a row are read both ways by people: they need brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from derive.errors import InputError, Place
from derive.notation.build import ONE, ZERO
from derive.notation.connectives import CONNECTIVES, NOT
from derive.notation.form import Call, Form
from derive.notation.symbols import parse_symbol

MAX_LENGTH, MAX_OPERANDS, MAX_NESTING = 2_000, 64, 30

_SPELLED = {typed: each for each in CONNECTIVES.values() for typed in each.typed}
_CONSTANTS = {"0": ZERO, "1": ONE, "false": ZERO, "true": ONE}
_SIGNS = sorted((typed for typed in _SPELLED if not typed.isalpha()), key=len, reverse=True)
_TOKEN = re.compile("|".join((*map(re.escape, _SIGNS), "[()]", "[A-Za-z0-9_]+")))


class _Token(NamedTuple):
    text: str
    column: int

    @property
    def word(self) -> str:
        """Words are taken in any case; a name keeps its own."""
        return self.text.lower()


def read_logic(text: str) -> Form:
    """The form of a Boolean expression; its names are truth values.

    Raises:
        InputError: it cannot be read; the place holds the column (from 1).
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"a Boolean expression of {len(text)} characters; {MAX_LENGTH} are the limit")
    return _Parser(text).form()


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise _error(f"the character {text[at]!a} has no meaning in a Boolean expression", at)
        yield _Token(match[0], at)
        at = match.end()


def _error(message: str, column: int) -> InputError:
    return InputError(message, Place(column=column + 1))


class _Parser:
    """Precedence climbing over the tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_tokens(text), _Token("", len(text))]
        self.at = self.depth = self.operands = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def form(self) -> Form:
        if not self.token.text:
            raise InputError("an empty Boolean expression")
        form = self._chain(1)
        if self.token.text == ")":
            raise _error("this bracket was never opened", self.token.column)
        if self.token.text:
            raise _error(f"'and', 'or' or another connective is missing before '{self.token.text}'", self.token.column)
        return form

    def _chain(self, binds: int) -> Form:
        """Operands joined by connectives that bind so tightly or more."""
        if binds == CONNECTIVES[NOT].binds:
            return self._operand()
        form, open_chain = self._chain(binds + 1), False
        while (sign := _SPELLED.get(self.token.word)) and sign.binds == binds:
            if sign.name == "implies" and open_chain:
                raise _error("'implies' stands twice in a row: put brackets", self.token.column)
            self.at += 1
            right = self._chain(binds + 1)
            longer = open_chain and isinstance(form, Call) and form.function == sign.name
            form = Call(sign.name, (*form.args, right) if longer and isinstance(form, Call) else (form, right))
            open_chain = True
        return form

    def _operand(self) -> Form:
        token = self.token
        sign = _SPELLED.get(token.word)
        self.at += 1
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _error(f"nested more than {MAX_NESTING} deep", token.column)
        if sign is not None and sign.name == NOT:
            form: Form = Call(NOT, (self._operand(),))
        elif token.text == "(":
            form = self._bracketed(token)
        else:
            form = self._leaf(token)
        self.depth -= 1
        return form

    def _bracketed(self, opening: _Token) -> Form:
        form = self._chain(1)
        if self.token.text != ")":
            where = "this bracket is never closed" if not self.token.text else "a connective or ')' is missing"
            raise _error(where, opening.column if not self.token.text else self.token.column)
        self.at += 1
        return form

    def _leaf(self, token: _Token) -> Form:
        self.operands += 1
        if self.operands > MAX_OPERANDS:
            raise _error(f"more than {MAX_OPERANDS} names and constants", token.column)
        if not token.text:
            raise _error("a name is missing at the end", token.column)
        if token.text == ")" or token.word in _SPELLED:
            raise _error(f"a name is missing before '{token.text}'", token.column)
        if token.word in _CONSTANTS:
            return _CONSTANTS[token.word]
        try:
            return parse_symbol(token.text)
        except InputError as error:
            raise _error(error.message, token.column) from None
