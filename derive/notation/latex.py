"""The LaTeX writer: the reference look of all mathematics. It needs amsmath, amssymb and bm.

What the reader must tell apart is spelled apart: `{F}(x)` is a call of an abstract block, `\\mathit{e}` the letter e
where `e^{..}` would read as the exponential, `\\operatorname{ReLU}` without arguments the function itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from derive.notation.form import (
    At,
    BigSum,
    Call,
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
from derive.notation.functions import FUNCTIONS, Function, is_constant
from derive.notation.inline import OnTheLine
from derive.notation.symbols import GREEK
from derive.notation.writer import Writer

_LETTER_E = r"\mathit{e}"  # because e with an exponent reads as the exponential function
_WORD, _FRACTION, _ONE = r"\mathit{", r"\frac{", r"\mathbf{1}"
_AT_NUMBER = re.compile(r"\\sigma\(-?\d")
"""A letter for a function, at a number: a factor in front of it needs a dot, where a longer name needs none."""
_COMMAND_END = re.compile(r"\\[A-Za-z]+$")
_ROW, _HIGH_ROW, _TALL_ROW = r" \\ ", r" \\[3pt] ", r" \\[9pt] "
_FENCES = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil"), "abs": (r"\lvert", r"\rvert"),
           "norm": (r"\lVert", r"\rVert")}  # fmt: skip
_ESCAPES = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
            "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}$&#%_^~]|[\x00-\x1f\x7f]|([-'`<>,!?])(?=[-'`<>,])")
_CALLEES = frozenset(function.latex for function in FUNCTIONS.values())


def escape(text: str) -> str:
    """Plain words as TeX prints them character by character: no command, no ligature, one line."""

    def printed(match: re.Match[str]) -> str:
        char = match[0]
        return f"{char}{{}}" if match[1] else _ESCAPES.get(char, " ")

    return _SPECIAL.sub(printed, text)


def group_digits(digits: str, gap: str) -> str:
    """Digits with a gap between threes of the whole part, from five digits on."""
    whole, point, rest = digits.partition(".")
    if len(whole) < 5:
        return digits
    first = len(whole) % 3 or 3
    threes = [whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))]
    return f"{gap.join(threes)}{point}{rest}"


def _is_letter(text: str) -> bool:
    return len(text) == 1 or text in GREEK


def _letter(base: str) -> str:
    if base in GREEK:
        return f"\\{base}"
    return base if len(base) == 1 and base.isalnum() else f"\\mathit{{{escape(base)}}}"


def _index(piece: str) -> str:
    """An index: letters and numbers italic, words upright, `t-1` piece by piece."""
    parts = re.split(r"([+-])", piece)
    return "".join(map(_index_part, parts))


def _index_part(part: str) -> str:
    if part.isdigit() or part in "+-":
        return part
    return _letter(part) if _is_letter(part) else rf"\text{{{escape(part)}}}"


@lru_cache(maxsize=4096)
def _symbol(base: str, accent: str, sub: tuple[str, ...], sup: str, bold: bool) -> Piece:
    text = f"\\bm{{{_letter(base)}}}" if bold else _letter(base)
    if accent:
        text = f"\\{accent}{{{text}}}"
    if sub:
        text += f"_{{{','.join(map(_index, sub))}}}"
    if sup:
        text = _LETTER_E if text == "e" else text
        return Piece(f"{text}^{{({_index(sup)})}}", POWER)
    return Piece(text, ATOM, callee=text in _CALLEES)


class LatexWriter(Writer):
    """Lays forms out in LaTeX."""

    relations = {"=": "=", "≠": r"\neq", "<": "<", "≤": r"\leq", ">": ">", "≥": r"\geq", "≈": r"\approx"}
    partial, total = r"\partial ", r"\mathrm{d} "
    index_comma = r",\,"
    comma, hadamard_sign, shape_sign, differential_gap = r",\, ", r" \odot ", r" \times ", r" \, "
    dot = r" \cdot "
    language = "latex"

    def brackets(self, text: str, tall: bool) -> str:
        return f"\\left({text}\\right)" if tall else f"({text})"

    # leaves

    def number(self, form: Number, _: Sequence[Piece]) -> Piece:
        return Piece(group_digits(form.text, r"\,"), value=True)

    def symbol(self, form: Symbol, _: Sequence[Piece]) -> Piece:
        return _symbol(form.base, form.accent, form.sub, form.sup, form.bold)

    def text(self, form: Text, _: Sequence[Piece]) -> Piece:
        return Piece(f"\\text{{{escape(form.text)}}}", callee=True)

    # what is made of others

    def times(self, before: str, left: Piece, text: str, right: Piece) -> str:
        bracketed = text[0] == "(" or text.startswith(r"\left(")
        numbers = right.value and (left.value or bracketed)
        one = text.startswith(_ONE) or _AT_NUMBER.match(text)
        digit = text[0].isdigit() or (one and left.value)  # 1.76·1[z > 0], where 1.761 would stand
        if digit or numbers or (left.callee and bracketed):
            return self.dot
        if text.startswith(_WORD) or left.text.startswith(_WORD):
            return r"\, "
        if left.text.startswith(_FRACTION) and (text.startswith(_FRACTION) or not left.value):
            return r"\, "
        return " " if text[0] == "\\" or (text[0].isalpha() and _COMMAND_END.search(before)) else ""

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        top, bottom = pieces
        above, below = top.text, bottom.text
        if above[0] == "d" == below[0]:  # or it would read as a derivative
            above = f"\\mathit{{d}}{above[1:]}"
        return Piece(f"\\frac{{{above}}}{{{below}}}", FACTOR, True, top.value and bottom.value)

    def power(self, form: Power, pieces: Sequence[Piece]) -> Piece:
        return super().power(form, (self._base(pieces[0]), pieces[1]))

    def _base(self, base: Piece) -> Piece:
        return base._replace(text=_LETTER_E) if base.text == "e" else base

    def superscript(self, exponent: Piece, form: Power) -> str:
        return r"^{\mathit{T}}" if exponent.text == "T" else f"^{{{exponent.text}}}"

    def root(self, form: Root, pieces: Sequence[Piece]) -> Piece:
        degree = "" if form.degree == 2 else f"[{form.degree}]"
        return Piece(f"\\sqrt{degree}{{{pieces[0].text}}}", tall=pieces[0].tall)

    def transpose(self, form: Transpose, pieces: Sequence[Piece]) -> Piece:
        return Piece(self.fit(self._base(pieces[0]), ATOM) + r"^{\top}", POWER, pieces[0].tall)

    def fence(self, form: Fence, pieces: Sequence[Piece]) -> Piece:
        (arg,), (left, right) = pieces, _FENCES[form.kind]
        if arg.tall:
            return Piece(f"\\left{left} {arg.text} \\right{right}", tall=True, value=arg.value)
        return Piece(f"{left} {arg.text} {right}", value=arg.value)

    def indicator(self, form: Indicator, pieces: Sequence[Piece]) -> Piece:
        # bold, because amssymb's \mathbb has no digits
        left, right = (r"\left[", r"\right]") if pieces[0].tall else ("[", "]")
        return Piece(f"\\mathbf{{1}}{left}{pieces[0].text}{right}", tall=pieces[0].tall)

    def matrix(self, form: Matrix, pieces: Sequence[Piece]) -> Piece:
        entries = iter(f"\\displaystyle {piece.text}" if piece.tall else piece.text for piece in pieces)
        rows = [" & ".join(next(entries) for _ in row) for row in form.rows]
        is_high = any("^{(" in piece.text and "_" in piece.text for piece in pieces)  # or indices of two rows touch
        gap = _TALL_ROW if any(piece.tall for piece in pieces) else _HIGH_ROW if is_high else _ROW
        return Piece(f"\\begin{{pmatrix}} {gap.join(rows)} \\end{{pmatrix}}", tall=True)

    def cases(self, form: Cases, pieces: Sequence[Piece]) -> Piece:
        texts = (f"\\displaystyle {piece.text}" if piece.tall else piece.text for piece in pieces)
        rows = []
        for _, condition in form.branches:
            value = next(texts)
            rows.append(f"{value} & " + (r"\text{otherwise}" if condition is None else rf"\text{{if }} {next(texts)}"))
        gap = _TALL_ROW if any(piece.tall for piece in pieces) else _ROW
        return Piece(f"\\begin{{cases}} {gap.join(rows)} \\end{{cases}}", SHAPE, True)

    def at(self, form: At, pieces: Sequence[Piece]) -> Piece:
        inner = self.fit(pieces[0], FACTOR)
        return Piece(f"\\left. {inner} \\right|_{{{self.bindings(pieces[1:])}}}", FACTOR, True)

    def big_sum(self, form: BigSum, pieces: Sequence[Piece]) -> Piece:
        body, index, lower, upper = pieces
        text = f"\\sum_{{{index.text}={self.fit(lower, SHAPE)}}}^{{{upper.text}}} {self.fit(body, PRODUCT)}"
        return Piece(text, FACTOR, True, closed=self.brackets(text, True))

    def underbrace(self, form: Underbrace, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"\\underbrace{{{pieces[0].text}}}_{{\\text{{{escape(form.label)}}}}}", POWER, True)

    # calls and derivatives

    def call(self, form: Call, pieces: Sequence[Piece]) -> Piece:
        piece = super().call(form, pieces)
        bare = not (form.args or form.primes or form.params)
        if not bare or form.function not in FUNCTIONS or is_constant(form.function):
            return piece
        return piece._replace(text=f"{{{piece.text}}}", hinge=piece.hinge + 2)  # or a dot after it would stand close

    def named(self, name: str, known: Function | None, bare: bool = False) -> str:
        if known and (not bare or known.arity == 0 or known.latex.startswith(r"\operatorname")):
            return f"{{{known.latex}}}" if "_" in known.latex else known.latex  # room for an index of its own
        shown = known.latex if known else self.word(name)
        return f"\\operatorname{{{shown}}}" if bare else f"{{{shown}}}"

    def lowered(self, text: str) -> str:
        return f"_{{{text}}}"

    def exponential(self, exponent: str) -> str:
        return f"\\mathrm{{e}}^{{{exponent}}}"

    def quotient(self, top: str, of: Piece, bottom: str, inline: bool) -> str:
        if inline:
            return f"\\frac{{{top} {of.text}}}{{{bottom}}}"
        return f"\\frac{{{top}}}{{{bottom}}}{self.brackets(of.text, True)}"

    def held(self, text: str, names: str) -> str:
        return f"{self.brackets(text, True)}_{{{names}}}"


class InlineWriter(OnTheLine, LatexWriter):
    """LaTeX for a line of text or a cell."""


_WRITER, _INLINE = LatexWriter(), InlineWriter()


def write(form: Form) -> str:
    """The form as LaTeX, for use inside mathematics mode."""
    return _WRITER.write(form)


def write_inline(form: Form) -> str:
    """The form as LaTeX for a sentence or a cell: no higher than it must be; it reads back as the same form."""
    return _INLINE.write(form)
