"""Scaled dot-product attention: what is computed from what, as definitions of a graph, head after head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from derive.errors import InputError
from derive.graph.graph import entry_names
from derive.notation.build import ONE, number
from derive.notation.form import Call, Form, Frac, Matrix, Neg, Number, Product, Root, Symbol, Transpose
from derive.notation.symbols import symbol_name

Kind = Literal["projection", "columns", "scores", "masked", "weights", "mix", "join", "output"]
Seen = tuple[tuple[bool, ...], ...]
"""For each query which keys it sees."""

X, CONTEXT, MASK, OUTPUT, OUTPUT_WEIGHTS = (
    Symbol("X"), Symbol("C"), Symbol("M", bold=True), Symbol("O"), Symbol("W", sub=("O",))
)  # fmt: skip
LETTERS = ("Q", "K", "V")
HIDDEN = Neg(Call("infinity"))


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity of the computation: its formula in the graph, the one that is printed, and the head it belongs to."""

    name: Symbol
    form: Form
    kind: Kind
    head: int = 1
    printed: Form | None = None


def weights_of(letter: str, head: int = 0) -> Symbol:
    """The weights of the queries, keys or values: W_Q, or those of one head."""
    return Symbol("W", sub=(letter,), sup=str(head) if head else "")


def of_head(letter: str, head: int) -> Symbol:
    """The quantity of a head; 0 where there is only one."""
    return Symbol(letter, sup=str(head) if head else "")


@dataclass(frozen=True, slots=True)
class Attention:
    """What is to be computed.

    Attributes:
        known: the matrices that are given.
        heads: how many there are.
        seen: which keys each query sees; None where all see all.
        scaled: whether the scores are divided by √d_k.
    """

    known: Mapping[Symbol, Matrix]
    heads: int = 1
    seen: Seen | None = None
    scaled: bool = True

    @property
    def splits(self) -> bool:
        """Whether the heads share the columns of Q, K and V, where they have no weights of their own."""
        return self.heads > 1 and weights_of("Q", 1) not in self.known

    @property
    def numbers(self) -> range:
        """The numbers of the heads; 0 for one alone."""
        return range(1, self.heads + 1) if self.heads > 1 else range(1)

    @property
    def outcomes(self) -> tuple[Symbol, ...]:
        """The weights of each head, and the output last."""
        return (*(of_head("A", head) for head in self.numbers), OUTPUT)

    def parts(self) -> tuple[Part, ...]:
        """Everything that is computed, in order.

        Raises:
            InputError: widths that the heads do not divide.
        """
        found = list(self._projections(0)) if self.splits else []
        for head in self.numbers:
            found += self._columns(head) if self.splits else self._projections(head)
            found += self._head(head)
        mixed = [of_head("H", head) for head in self.numbers]
        joined = OUTPUT if OUTPUT_WEIGHTS not in self.known else Symbol("H")
        if self.heads > 1:
            form = Call("concat", tuple(mixed), 0, (("axis", ONE),))
            found.append(Part(joined, form, "join"))
        if OUTPUT_WEIGHTS in self.known:
            found.append(Part(OUTPUT, Product((Symbol("H"), OUTPUT_WEIGHTS)), "output"))
        return tuple(found)

    def _projections(self, head: int) -> Iterator[Part]:
        for letter in LETTERS:
            if of_head(letter, head) not in self.known:
                form = Product((self._source(letter), weights_of(letter, head)))
                yield Part(of_head(letter, head), form, "projection", head or 1)

    def _source(self, letter: str) -> Symbol:
        """What is projected: keys and values may come from another sequence."""
        return CONTEXT if letter != "Q" and CONTEXT in self.known else X

    def _columns(self, head: int) -> Iterator[Part]:
        """The share of a head: as many columns as any other head has."""
        for letter in LETTERS:
            rows, width = self.size(letter, 0)
            if width % self.heads:
                raise InputError(f"the {width} columns of {letter} cannot be shared by {self.heads} heads")
            share = width // self.heads
            first, last = share * (head - 1) + 1, share * head
            entries = tuple(
                tuple(entry(Symbol(letter), (rows, width), i, j) for j in range(first, last + 1))
                for i in range(1, rows + 1)
            )
            settings = (("first", number(first)), ("last", number(last)))
            printed = Call("columns", (Symbol(letter),), 0, settings)
            yield Part(of_head(letter, head), Matrix(entries), "columns", head, printed)

    def _head(self, head: int) -> Iterator[Part]:
        q, k, v = (of_head(letter, head) for letter in LETTERS)
        scores, masked = of_head("S", head), Symbol("S", "tilde", (), str(head) if head else "")
        product: Form = Product((q, Transpose(k)))
        form = Frac(product, Root(Number(str(self.width(head))))) if self.scaled else product
        place = head or 1
        yield Part(scores, form, "scores", place)
        if self.seen is not None:
            shape = len(self.seen), len(self.seen[0])
            rows = tuple(
                tuple(entry(scores, shape, i, j) if sees else HIDDEN for j, sees in enumerate(row, 1))
                for i, row in enumerate(self.seen, 1)
            )
            yield Part(masked, Matrix(rows), "masked", place)
        last = scores if self.seen is None else masked
        yield Part(of_head("A", head), Call("softmax", (last,)), "weights", place)
        output = OUTPUT if self.heads == 1 and OUTPUT_WEIGHTS not in self.known else of_head("H", head)
        yield Part(output, Product((of_head("A", head), v)), "mix", place)

    def width(self, head: int) -> int:
        """d_k, the length of the queries and keys of a head."""
        width = self.size("Q", 0 if self.splits else head)[1]
        return width // self.heads if self.splits else width

    def size(self, letter: str, head: int) -> tuple[int, int]:
        """Rows and columns of the queries, keys or values, given or projected."""
        head = 0 if self.splits else head
        if (given := self.known.get(of_head(letter, head))) is not None:
            return shape_of(given)
        source = self._source(letter)
        (rows, inner), (outer, width) = shape_of(self.known[source]), shape_of(self.known[weights_of(letter, head)])
        if inner != outer:
            raise InputError(
                f"{source.base} has {inner} columns, {symbol_name(weights_of(letter, head))} has {outer} rows: "
                "their product needs as many"
            )
        return rows, width


def shape_of(matrix: Matrix) -> tuple[int, int]:
    """Rows and columns."""
    return len(matrix.rows), len(matrix.rows[0])


def entry(array: Symbol, shape: tuple[int, ...], row: int, column: int) -> Symbol:
    """An entry of an array of some shape."""
    return entry_names(array, shape)[(row - 1) * shape[1] + column - 1]
