"""The Typst writer: the same content as the LaTeX writer's, for Typst's mathematics mode.

Greek letters go in as characters and words in quotes, so nothing is read as a variable of Typst; indices and exponents
always stand in brackets, which Typst takes off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.notation.form import (
    At,
    BigSum,
    Cases,
    Fence,
    Form,
    Frac,
    Indicator,
    Matrix,
    Number,
    Power,
    Root,
    Symbol,
    Text,
    Transpose,
    Underbrace,
)
from derive.notation.fragments import ATOM, FACTOR, POWER, PRODUCT, SHAPE, Piece
from derive.notation.functions import Function
from derive.notation.inline import OnTheLine
from derive.notation.latex import group_digits
from derive.notation.symbols import GREEK
from derive.notation.writer import Writer

_FRACTION, _ONE = "frac(", "bold(1)"
_AT_NUMBER = re.compile(r"σ\(-?\d")
_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "dot": "dot"}


def quoted(text: str) -> str:
    """Plain words as a Typst string, on one line."""
    words = " ".join(text.split())
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("--", "-\\u{2d}")
    return f'"{escaped}"'


def _is_letter(text: str) -> bool:
    return len(text) == 1 or text in GREEK


def _letter(base: str) -> str:
    return GREEK.get(base, base) if _is_letter(base) else f"italic({quoted(base)})"


def _index(piece: str) -> str:
    """An index: letters italic, numbers as they are, words upright, `t-1` piece by piece."""
    parts = re.split(r"([+-])", piece)
    return "".join(_letter(part) if _is_letter(part) else part if part.isdigit() else quoted(part) for part in parts)


class TypstWriter(Writer):
    """Lays forms out in Typst's mathematics."""

    relations = {op: op for op in ("=", "≠", "<", "≤", ">", "≥", "≈")}
    partial, total = "∂ ", "upright(d) "
    comma, hadamard_sign, shape_sign, differential_gap = ", ", " ⊙ ", " × ", " thin "
    dot = " dot.op "
    language = "typst"

    # leaves

    def number(self, form: Number, _: Sequence[Piece]) -> Piece:
        return Piece(group_digits(form.text, " thin "), value=True)

    def symbol(self, form: Symbol, _: Sequence[Piece]) -> Piece:
        text = _letter(form.base)
        text = f"bold({text})" if form.bold else text
        text = f"{_ACCENTS[form.accent]}({text})" if form.accent else text
        if form.sub:
            text += f"_({','.join(map(_index, form.sub))})"
        return Piece(f"{text}^(({_index(form.sup)}))", POWER) if form.sup else Piece(text)

    def text(self, form: Text, _: Sequence[Piece]) -> Piece:
        return Piece(quoted(form.text))

    # what is made of others

    def times(self, before: str, left: Piece, text: str, right: Piece) -> str:
        numbers = right.value and (left.value or text[0] == "(")
        digit = text[0].isdigit() or (left.value and (text.startswith(_ONE) or _AT_NUMBER.match(text)))
        if digit or numbers:
            return self.dot
        apart = left.text.startswith(_FRACTION) and (text.startswith(_FRACTION) or not left.value)
        return " thin " if apart else " "

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        top, bottom = pieces
        return Piece(f"frac({top.text}, {bottom.text})", FACTOR, True, top.value and bottom.value)

    def superscript(self, exponent: Piece, form: Power) -> str:
        return f"^({exponent.text})"

    def root(self, form: Root, pieces: Sequence[Piece]) -> Piece:
        arg = pieces[0].text
        return Piece(f"sqrt({arg})" if form.degree == 2 else f"root({form.degree}, {arg})", tall=pieces[0].tall)

    def transpose(self, form: Transpose, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"{self.fit(pieces[0], ATOM)}^(⊤)", POWER, pieces[0].tall)

    def fence(self, form: Fence, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"{form.kind}({pieces[0].text})", tall=pieces[0].tall, value=pieces[0].value)

    def indicator(self, form: Indicator, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"bold(1) [{pieces[0].text}]", tall=pieces[0].tall)

    def matrix(self, form: Matrix, pieces: Sequence[Piece]) -> Piece:
        entries = iter(f"display({piece.text})" if piece.tall else piece.text for piece in pieces)
        rows = [", ".join(next(entries) for _ in row) for row in form.rows]
        gap = "row-gap: #.8em, " if any(piece.tall for piece in pieces) else ""
        return Piece(f"mat({gap}{'; '.join(rows)})", tall=True)

    def cases(self, form: Cases, pieces: Sequence[Piece]) -> Piece:
        texts = (f"display({piece.text})" if piece.tall else piece.text for piece in pieces)
        rows = []
        for _, condition in form.branches:
            value = next(texts)
            rows.append(f"{value} & quad " + ('"otherwise"' if condition is None else f'"if" {next(texts)}'))
        gap = "gap: #.8em, " if any(piece.tall for piece in pieces) else ""
        return Piece(f"cases({gap}{', '.join(rows)})", SHAPE, True)

    def at(self, form: At, pieces: Sequence[Piece]) -> Piece:
        inner = self.fit(pieces[0], FACTOR)
        return Piece(f"lr({inner} |)_({self.bindings(pieces[1:])})", FACTOR, True)

    def big_sum(self, form: BigSum, pieces: Sequence[Piece]) -> Piece:
        body, index, lower, upper = pieces
        text = f"sum_({index.text}={self.fit(lower, SHAPE)})^({upper.text}) {self.fit(body, PRODUCT)}"
        return Piece(text, FACTOR, True, closed=self.brackets(text, True))

    def underbrace(self, form: Underbrace, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"underbrace({pieces[0].text}, {quoted(form.label)})", POWER, True)

    # calls and derivatives

    def named(self, name: str, known: Function | None, bare: bool = False) -> str:
        return known.typst if known else self.word(name)

    def lowered(self, text: str) -> str:
        return f"_({text})"

    def exponential(self, exponent: str) -> str:
        return f"upright(e)^({exponent})"

    def order(self, count: int) -> str:
        return "" if count == 1 else f"^({count})"

    def quotient(self, top: str, of: Piece, bottom: str, inline: bool) -> str:
        return f"frac({top} {of.text}, {bottom})" if inline else f"frac({top}, {bottom}) ({of.text})"

    def held(self, text: str, names: str) -> str:
        return f"({text})_({names})"


class InlineWriter(OnTheLine, TypstWriter):
    """Typst for a line of text or a cell."""

    slash = r" \/ "


_WRITER, _INLINE = TypstWriter(), InlineWriter()


def write(form: Form) -> str:
    """The form as Typst, for use between dollar signs."""
    return _WRITER.write(form)


def write_inline(form: Form) -> str:
    """The form as Typst for a sentence or a cell: no higher than it must be."""
    return _INLINE.write(form)
