"""The frame of all writers: which brackets a form needs, and the walk that puts the pieces together.

Each kind of form has a *level*, how tightly it holds together, and says which level it *needs* of the forms inside it.
A piece that is looser than needed is bracketed: `Writer.fit` is the only place where that is decided. A writer adds
how things look, by overriding the methods of the `LAYOUTS` table. The walk goes from the leaves up and does not
recurse, so deep and long forms cost no stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, Literal

from derive.errors import InputError
from derive.notation.connectives import connective
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
    Frac,
    Hadamard,
    Indicator,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Shape,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Underbrace,
    children,
)
from derive.notation.fragments import (
    ATOM,
    FACTOR,
    HADAMARD,
    LOGIC,
    NEG,
    POWER,
    PRODUCT,
    SHAPE,
    SUM,
    WHOLE,
    ZERO,
    Piece,
    is_tall,
    is_value,
    runs,
)
from derive.notation.functions import FUNCTIONS, Function
from derive.notation.symbols import parse_symbol


class Writer:
    """Base of the writers: signs, sums, products and brackets; `write` is the way in."""

    relations: ClassVar[dict[str, str]]
    partial: ClassVar[str]
    total: ClassVar[str]
    comma: ClassVar[str] = ", "
    index_comma: ClassVar[str] = ", "
    dot: ClassVar[str]
    language: ClassVar[Literal["latex", "typst", "plain"]]
    hadamard_sign: ClassVar[str]
    shape_sign: ClassVar[str]
    differential_gap: ClassVar[str] = " "
    typeset: ClassVar[bool] = True
    """Two-dimensional: log p without brackets, e to a raised exponent."""

    def __init__(self) -> None:
        self._layouts = {kind: getattr(self, method) for kind, method in LAYOUTS.items()}

    def write(self, form: Form) -> str:
        """The text of a form."""
        order: list[tuple[Form, int]] = []
        stack = [form]
        while stack:
            node = stack.pop()
            inside = children(node)
            order.append((node, len(inside)))
            stack += inside
        done: list[Piece] = []
        layouts = self._layouts
        for node, count in reversed(order):
            if count:
                pieces = done[-count:]
                del done[-count:]
                done.append(layouts[type(node)](node, pieces))
            else:
                done.append(layouts[type(node)](node, ()))
        return done[0].text

    def fit(self, piece: Piece, need: int) -> str:
        """The text of a piece, in brackets where it holds together less than needed."""
        return piece.text if piece.level >= need else self.brackets(piece.text, piece.tall)

    def brackets(self, text: str, tall: bool) -> str:
        """Text in round brackets, growing ones where the content is tall."""
        return f"({text})"

    def fit_all(self, pieces: Sequence[Piece], need: int) -> list[str]:
        """The texts of pieces in a row that are joined by a sign; none but the last keeps an open end."""
        texts = [piece.closed if piece.closed and piece.level >= need else self.fit(piece, need) for piece in pieces]
        texts[-1] = self.fit(pieces[-1], need)
        return texts

    # sums and products

    def neg(self, form: Neg, pieces: Sequence[Piece]) -> Piece:
        (arg,) = pieces
        text = self.fit(arg, HADAMARD)
        if text[0] == "0" and ZERO.match(text):  # -0.0 is not for print
            text = self.brackets(arg.text, arg.tall)
        return Piece(f"-{text}", NEG, arg.tall, arg.value)

    def sum(self, form: Sum, pieces: Sequence[Piece]) -> Piece:
        parts = [self.fit(pieces[0], NEG)]
        for piece, minus in zip(pieces[1:], form.minus[1:], strict=True):
            parts.append(" - " if minus else " + ")
            parts.append(self.fit(piece, HADAMARD))
        return Piece("".join(parts), SUM, is_tall(pieces), is_value(pieces))

    def product(self, form: Product, pieces: Sequence[Piece]) -> Piece:
        texts = self.fit_all(pieces, FACTOR)
        neighbours = pairwise(form.factors)
        dotted = any(isinstance(a, Symbol) and a == b for a, b in neighbours)  # K·K·C, where KKC would read as a word

        def appended(row: str, i: int, text: str) -> str:
            return row + (self.dot if dotted else self.times(texts[i - 1], pieces[i - 1], text, pieces[i])) + text

        last, row = len(texts) - 1, texts[0]
        for i in range(1, last):
            row = appended(row, i, texts[i])
        end = pieces[last].closed if pieces[last].level >= FACTOR else ""
        closed = appended(row, last, end) if last and end else ""
        row = appended(row, last, texts[last]) if last else row
        return Piece(row, PRODUCT, is_tall(pieces), is_value(pieces), closed)

    def times(self, before: str, left: Piece, text: str, right: Piece) -> str:
        """What is written between two factors, given their texts and what they were before brackets."""
        return self.dot

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        """A quotient."""
        raise NotImplementedError

    def matrix(self, form: Matrix, pieces: Sequence[Piece]) -> Piece:
        """A list of rows, where a language has nothing better."""
        entries = iter(pieces)
        rows = [f"[{', '.join(next(entries).text for _ in row)}]" for row in form.rows]
        return Piece(f"[{', '.join(rows)}]")

    def hadamard(self, form: Hadamard, pieces: Sequence[Piece]) -> Piece:
        text = self.hadamard_sign.join(self.fit_all(pieces, PRODUCT))
        return Piece(text, HADAMARD, is_tall(pieces))

    def power(self, form: Power, pieces: Sequence[Piece]) -> Piece:
        base, exponent = pieces
        raised = self.superscript(exponent, form)
        if base.hinge and isinstance(form.exponent, Number):
            name, closed = base.text[: base.hinge], base.closed or base.text
            text, closed = (f"{name}{raised}{rest[base.hinge :]}" for rest in (base.text, closed))
            return Piece(text, POWER, base.tall, closed=closed if base.closed else "")
        return Piece(self.fit(base, ATOM) + raised, POWER, base.tall, base.value and exponent.value)

    def superscript(self, exponent: Piece, form: Power) -> str:
        """An exponent with its raising mark."""
        raise NotImplementedError

    # other rows and pairs

    def relation(self, form: Relation, pieces: Sequence[Piece]) -> Piece:
        left, right = (self.fit(piece, SHAPE) for piece in pieces)
        return Piece(f"{left} {self.relations[form.op]} {right}", WHOLE, is_tall(pieces))

    def shape(self, form: Shape, pieces: Sequence[Piece]) -> Piece:
        return Piece(self.shape_sign.join(self.fit(piece, POWER) for piece in pieces), SHAPE, is_tall(pieces))

    def tuple(self, form: Tuple, pieces: Sequence[Piece]) -> Piece:
        text = self.comma.join(piece.text for piece in pieces)
        return Piece(self.brackets(text, is_tall(pieces)), ATOM, is_tall(pieces))

    def bindings(self, pieces: Sequence[Piece]) -> str:
        """`x=2, y=3`, from left and right sides in turn."""
        sides = [self.fit(piece, SHAPE) for piece in pieces]
        return self.index_comma.join(f"{left}={right}" for left, right in zip(sides[::2], sides[1::2], strict=True))

    # calls

    def logic(self, sign: str, pieces: Sequence[Piece]) -> Piece:
        """A connective in front of the one form that it takes, or between those that it joins."""
        if len(pieces) == 1:
            return Piece(sign + self.fit(pieces[0], ATOM), SHAPE, pieces[0].tall)
        return Piece(f" {sign} ".join(self.fit(piece, SHAPE) for piece in pieces), LOGIC, is_tall(pieces))

    def call(self, form: Call, pieces: Sequence[Piece]) -> Piece:
        if sign := connective(form):
            return self.logic(getattr(sign, self.language), pieces)
        cut, known = len(form.args), FUNCTIONS.get(form.function)
        args, plain = pieces[:cut], not (form.primes or form.params)
        style = known.style if known and self.typeset else "bracket"
        if style == "exponential" and plain and cut == 1:
            return Piece(self.exponential(args[0].text), POWER)
        settings, strokes = self.settings(form, pieces[cut:]), "'" * form.primes
        if not args:
            bare = self.named(form.function, known, bare=not form.primes)
            text = f"{bare}{settings}{strokes}"
            return Piece(text, POWER, callee=True, hinge=len(text) if plain else 0)
        name = f"{self.named(form.function, known)}{settings}{strokes}"
        tall = is_tall(args)
        text = name + self.brackets(self.comma.join(arg.text for arg in args), tall)
        if style != "prefix":
            return Piece(text, ATOM, tall)
        hinge = len(name) if plain else 0
        if cut == 1 and not form.primes and isinstance(form.args[0], (Symbol, Number)):
            return Piece(f"{name} {args[0].text}", FACTOR, closed=text, hinge=hinge)
        return Piece(text, FACTOR, tall, hinge=hinge)

    def settings(self, form: Call, pieces: Sequence[Piece]) -> str:
        """The parameters of a call as an index at its name."""
        pairs = zip(form.params, pieces, strict=True)
        texts = [f"{self.word(name)}={self.fit(piece, SHAPE)}" for (name, _), piece in pairs]
        return self.lowered(self.index_comma.join(texts)) if texts else ""

    def named(self, name: str, known: Function | None, bare: bool = False) -> str:
        """The name of a function, `bare` where neither arguments nor strokes follow."""
        raise NotImplementedError

    def word(self, name: str) -> str:
        """A typed name as a symbol, or as plain words where it is none."""
        try:
            symbol: Form = parse_symbol(name)
        except InputError:
            symbol = Text(name)
        return self.write(symbol)

    def lowered(self, text: str) -> str:
        """Text as an index."""
        raise NotImplementedError

    def exponential(self, exponent: str) -> str:
        """e to the power of a written form."""
        raise NotImplementedError

    # derivatives

    def derivative(self, form: Derivative, pieces: Sequence[Piece]) -> Piece:
        end = 1 + len(form.wrt)
        mark = self.total if form.total else self.partial
        bottom = self.differential_gap.join(self._differentials(form, pieces[1:end], mark))
        top = f"{mark.rstrip()}{self.order(len(form.wrt))}"
        text = self.quotient(top, pieces[0], bottom, isinstance(form.of, Symbol))
        if form.held:
            text = self.held(text, self.index_comma.join(self.fit(piece, SHAPE) for piece in pieces[end:]))
        return Piece(text, FACTOR, True)

    def _differentials(self, form: Derivative, pieces: Sequence[Piece], mark: str) -> list[str]:
        found = []
        for wrt, piece, count in runs(form.wrt, pieces):
            need = POWER if isinstance(wrt, Symbol) and count == 1 else ATOM
            found.append(f"{mark}{self.fit(piece, need)}{self.order(count)}")
        return found

    def order(self, count: int) -> str:
        """The order of a derivative as a superscript; nothing for the first."""
        return "" if count == 1 else f"^{count}" if count < 10 else f"^{{{count}}}"

    def quotient(self, top: str, of: Piece, bottom: str, inline: bool) -> str:
        """The derivative of `of`, which stands in the top where it is `inline`, else bracketed behind."""
        raise NotImplementedError

    def held(self, text: str, names: str) -> str:
        """A derivative with the names that are kept fixed."""
        raise NotImplementedError


LAYOUTS: dict[type[Form], str] = {
    Number: "number", Symbol: "symbol", Neg: "neg", Sum: "sum", Product: "product", Hadamard: "hadamard",
    Frac: "frac", Power: "power", Root: "root", Call: "call", Fence: "fence", Relation: "relation",
    Indicator: "indicator", Matrix: "matrix", Tuple: "tuple", Cases: "cases", Derivative: "derivative", At: "at",
    Transpose: "transpose", BigSum: "big_sum", Shape: "shape", Underbrace: "underbrace", Text: "text",
}  # fmt: skip
"""The method of a writer that lays out each kind of form, from the pieces inside it in written order."""
