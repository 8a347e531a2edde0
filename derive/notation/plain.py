"""The Unicode writer: mathematics on one line, to be read by a person in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.form import (
    At,
    BigSum,
    Cases,
    Fence,
    Form,
    Frac,
    Indicator,
    Neg,
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
from derive.notation.symbols import GREEK
from derive.notation.writer import Writer

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_HIGH = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
_FENCES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "abs": ("|", "|"), "norm": ("‖", "‖")}


class PlainWriter(Writer):
    """Lays forms out in one line of Unicode text."""

    relations = {op: op for op in ("=", "≠", "<", "≤", ">", "≥", "≈")}
    partial, total, typeset = "∂", "d", False
    comma, hadamard_sign, shape_sign, differential_gap = ", ", " ⊙ ", " × ", " "
    dot = "·"
    language = "plain"

    # leaves

    def number(self, form: Number, _: Sequence[Piece]) -> Piece:
        return Piece(form.text, value=True)

    def symbol(self, form: Symbol, _: Sequence[Piece]) -> Piece:
        text = GREEK.get(form.base, form.base) + _ACCENTS.get(form.accent, "")
        if form.sub:
            text += self._lowered_index([GREEK.get(piece, piece) for piece in form.sub])
        if not form.sup:
            return Piece(text)
        sup = f"({GREEK.get(form.sup, form.sup)})"
        raised = f"⁽{form.sup.translate(_HIGH)}⁾" if form.sup.isdigit() else f"^{sup}"
        return Piece(text + raised, POWER)

    def _lowered_index(self, pieces: list[str]) -> str:
        if all(piece.isdigit() for piece in pieces) and (len(pieces) == 1 or all(len(piece) == 1 for piece in pieces)):
            return "".join(pieces).translate(_LOW)
        joined = ",".join(pieces)
        return f"_{joined}" if joined.isalnum() else f"_({joined})"

    def text(self, form: Text, _: Sequence[Piece]) -> Piece:
        return Piece(" ".join(form.text.split()))

    # what is made of others

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        top, bottom = pieces
        return Piece(f"{self.fit(top, POWER)}/{self.fit(bottom, POWER)}", PRODUCT, value=top.value and bottom.value)

    def superscript(self, exponent: Piece, form: Power) -> str:
        digits = exponent.text.removeprefix("-")
        short = digits.isdigit() and isinstance(form.exponent, (Number, Neg))
        return exponent.text.translate(_HIGH) if short else f"^({exponent.text})"

    def root(self, form: Root, pieces: Sequence[Piece]) -> Piece:
        degree = "" if form.degree == 2 else str(form.degree).translate(_HIGH)
        return Piece(f"{degree}√({pieces[0].text})")

    def transpose(self, form: Transpose, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"{self.fit(pieces[0], ATOM)}ᵀ", POWER)

    def fence(self, form: Fence, pieces: Sequence[Piece]) -> Piece:
        left, right = _FENCES[form.kind]
        return Piece(f"{left}{pieces[0].text}{right}", value=pieces[0].value)

    def indicator(self, form: Indicator, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"1[{pieces[0].text}]")

    def cases(self, form: Cases, pieces: Sequence[Piece]) -> Piece:
        texts = (piece.text for piece in pieces)
        rows = [
            f"{next(texts)} {'otherwise' if condition is None else f'if {next(texts)}'}"
            for _, condition in form.branches
        ]
        return Piece(f"{{{'; '.join(rows)}}}", ATOM)

    def at(self, form: At, pieces: Sequence[Piece]) -> Piece:
        bindings = self.bindings(pieces[1:])
        where = bindings if len(form.bindings) == 1 else f"({bindings})"
        return Piece(f"{self.fit(pieces[0], FACTOR)}|_{where}", SHAPE)

    def big_sum(self, form: BigSum, pieces: Sequence[Piece]) -> Piece:
        body, index, lower, upper = pieces
        span = f"{index.text}={self.fit(lower, SHAPE)}..{self.fit(upper, SHAPE)}"
        text = f"Σ({span}) {self.fit(body, PRODUCT)}"
        return Piece(text, FACTOR, closed=f"({text})")

    def underbrace(self, form: Underbrace, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"{self.fit(pieces[0], ATOM)} [{' '.join(form.label.split())}]", SHAPE)

    # calls and derivatives

    def named(self, name: str, known: Function | None, bare: bool = False) -> str:
        return known.plain if known else self.word(name)

    def lowered(self, text: str) -> str:
        return f"_({text})"

    def order(self, count: int) -> str:
        return "" if count == 1 else str(count).translate(_HIGH)

    def quotient(self, top: str, of: Piece, bottom: str, inline: bool) -> str:
        below = f"({bottom})" if " " in bottom else bottom
        return f"{top}{of.text}/{below}" if inline else f"{top}/{below}({of.text})"

    def held(self, text: str, names: str) -> str:
        return f"({text})_{names}" if ", " not in names else f"({text})_({names})"


_WRITER = PlainWriter()


def write(form: Form) -> str:
    """The form as one line of Unicode text."""
    return _WRITER.write(form)
