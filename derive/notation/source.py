"""The writer of expressions as users type them: what `derive.notation.text` reads back to the same form."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import InputError
from derive.notation.form import (
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
    Frac,
    Hadamard,
    Indicator,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Symbol,
    Transpose,
    Tuple,
)
from derive.notation.fragments import ATOM, NEG, POWER, PRODUCT, Piece
from derive.notation.functions import is_constant
from derive.notation.symbols import ABBREVIATED, symbol_name
from derive.notation.writer import Writer

_TYPED = {greek: short for short, greek in ABBREVIATED.items()}


class SourceWriter(Writer):
    """Lays forms out as Python-like text; a form that has no such text is an InputError."""

    relations = {"=": "==", "≠": "!=", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
    dot = "*"
    typeset = False

    def number(self, form: Number, _: Sequence[Piece]) -> Piece:
        return Piece(form.text)

    def symbol(self, form: Symbol, _: Sequence[Piece]) -> Piece:
        name = symbol_name(form)
        if not name.isidentifier():
            raise InputError(f"'{name}' cannot be typed")
        return Piece(_TYPED.get(name, name))

    def neg(self, form: Neg, pieces: Sequence[Piece]) -> Piece:
        nested = isinstance(form.arg, Product) and isinstance(form.arg.factors[0], Product)
        # Python takes -(a*b)*c for (-(a*b))*c, where the reader cannot see that the brackets group
        return Piece(f"-({pieces[0].text})", NEG) if nested else super().neg(form, pieces)

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        top, bottom = (self.fit(piece, POWER) for piece in pieces)
        return Piece(f"{top}/{bottom}", PRODUCT)

    def superscript(self, exponent: Piece, form: Power) -> str:
        return f"**{self.fit(exponent, ATOM)}"

    def relation(self, form: Relation, pieces: Sequence[Piece]) -> Piece:
        if form.op not in self.relations:
            raise InputError(f"'{form.op}' cannot be typed")
        return super().relation(form, pieces)

    def _function(self, name: str, pieces: Sequence[Piece]) -> Piece:
        return Piece(f"{name}({', '.join(piece.text for piece in pieces)})")

    def root(self, form: Root, pieces: Sequence[Piece]) -> Piece:
        if form.degree != 2:
            raise self._refusal(form)
        return self._function("sqrt", pieces)

    def hadamard(self, form: Hadamard, pieces: Sequence[Piece]) -> Piece:
        return self._function("odot", pieces)

    def fence(self, form: Fence, pieces: Sequence[Piece]) -> Piece:
        return self._function(form.kind, pieces)

    def transpose(self, form: Transpose, pieces: Sequence[Piece]) -> Piece:
        return self._function("transpose", pieces)

    def indicator(self, form: Indicator, pieces: Sequence[Piece]) -> Piece:
        return self._function("indicator", pieces)

    def derivative(self, form: Derivative, pieces: Sequence[Piece]) -> Piece:
        if form.held or form.total:
            raise self._refusal(form)
        return self._function("diff", pieces)

    def call(self, form: Call, pieces: Sequence[Piece]) -> Piece:
        if not form.args and not form.params and is_constant(form.function):
            return Piece(form.function)
        if form.primes or not form.args:
            raise self._refusal(form)
        cut = len(form.args)
        texts = [piece.text for piece in pieces[:cut]]
        texts += [f"{name}={piece.text}" for (name, _), piece in zip(form.params, pieces[cut:], strict=True)]
        return Piece(f"{form.function}({', '.join(texts)})")

    def tuple(self, form: Tuple, pieces: Sequence[Piece]) -> Piece:
        return self._function("", pieces)

    def cases(self, form: Cases, pieces: Sequence[Piece]) -> Piece:
        *conditional, (value, last) = form.branches
        is_open = last is not None or any(condition is None for _, condition in conditional)
        if is_open or isinstance(value, Cases):  # a case in the last place is read as one more case of these
            raise self._refusal(form)
        texts = [piece.text for piece in pieces]
        text = texts[-1]
        for one, condition in reversed(list(zip(texts[:-1:2], texts[1:-1:2], strict=True))):
            text = f"where({condition}, {one}, {text})"
        return Piece(text)

    def _refusal(self, form: Form) -> InputError:
        return InputError(f"this {type(form).__name__.lower()} has no typed form")

    def _refuse(self, form: Form, pieces: Sequence[Piece]) -> Piece:
        raise self._refusal(form)

    at = big_sum = shape = underbrace = text = _refuse


_WRITER = SourceWriter()


def write(form: Form) -> str:
    """The form as a user would type it.

    Raises:
        InputError: the form holds something that cannot be typed, such as an evaluation bar.
    """
    return _WRITER.write(form)
