"""The ledger as a table: each cell a small step of its own, with its working at the finest detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from derive.network.fields.field import fields, sides
from derive.network.fields.recursion import Recursion
from derive.network.ledger import FLOAT, ledger, totals
from derive.network.network import INPUT, Node
from derive.network.working.counts import MANY, count_cell, count_name, count_premises
from derive.network.working.sizing import all_sizes, shape_cell
from derive.network.working.tables import BLANK, METHOD, cell, meaning_of, table, whole
from derive.network.working.work import work_form
from derive.network.working.written import Written
from derive.notation.build import ZERO, add, multiply
from derive.notation.form import Form, Shape, Symbol
from derive.record import Given, Line, Phrase, Step

WORK, BYTES = Symbol("M"), Symbol("B")
FINE = 3
"""The level of detail at which the working of each cell is printed."""


def fine(step: Step) -> Step:
    """A cell that shows its value alone but at the finest detail."""
    *working, value = step.lines
    return replace(step, lines=(*(replace(line, level=FINE) for line in working), value))


def numbered(base: Symbol, written: Written, node: Node) -> Symbol:
    """A quantity of a layer with its number."""
    return replace(base, sup=str(written.number[node.name]))


def valued(target: Symbol, form: Form, value: int) -> Step:
    """A value with the product that it comes from."""
    shown = Line("=", whole(value))
    return fine(cell(target, shown) if form == shown.form else cell(target, Line("=", form), shown))


class LedgerTable:
    """The columns of a ledger, and what the judge needs for them."""

    def __init__(self, written: Written) -> None:
        self.written, self.network = written, written.network
        self.nodes = self.network.nodes
        self.sizing = all_sizes(written, self.nodes)
        self.rows = ledger(self.network)
        self.sums = totals(self.rows)
        self.fields = fields(self.network)
        self.columns: list[tuple[Phrase, Callable[[int], Step], Step]] = [
            (self.sizing.head, self._shape, BLANK),
            (("parameters",), lambda k: fine(count_cell(written, self.nodes[k])), self._total("parameters")),
        ]
        if self.sums.fixed:
            self.columns.append((("not trained",), self._fixed, self._total("not trainable")))
        if any(row.field for row in self.rows):
            self.columns.append((("receptive field",), self._field, BLANK))
        self.columns += [
            (("multiply-adds",), self._work, self._total("multiply-adds")),
            (("bytes",), self._memory, self._total("bytes")),
        ]

    def step(self) -> Step:
        """The table, its last row the sums."""
        heads = [("layer",), *(head for head, _, _ in self.columns)]
        rows = [(node.name, [make(k) for _, make, _ in self.columns]) for k, node in enumerate(self.nodes)]
        rows.append(("total", [total for _, _, total in self.columns]))
        return table("ledger", heads, rows, marks=METHOD)

    def working(self) -> list[Step]:
        """The sides that the shapes are made of: judged, and printed at the finest detail."""
        (*hidden, sizes), _ = self.sizing.table()
        return [*hidden, replace(sizes, level=FINE, marks=())]

    def premises(self) -> list[Given]:
        """What each number means."""
        written = self.written
        given = [*self.sizing.table()[1], *count_premises(written, self.nodes)]
        for node, row in zip(self.nodes, self.rows, strict=True):
            given.append(meaning_of(numbered(WORK, written, node), work_form(written, node)))
            axes = [*written.axes[node.name]]
            given.append(meaning_of(numbered(BYTES, written, node), multiply([whole(FLOAT), *axes])))
            if row.field is not None:
                given.append(meaning_of(self._field_name(node), self._counted(node)))
        for target, terms in self._terms().values():
            given.append(meaning_of(target, add(list(terms)) if terms else ZERO))
        return list(dict.fromkeys(given))

    def _terms(self) -> Mapping[str, tuple[Symbol, Mapping[Symbol, int]]]:
        """The totals by the name of the answer: their symbol, and the numbers of the layers."""
        written, pairs = self.written, list(zip(self.nodes, self.rows, strict=True))
        return {
            "parameters": (Symbol("N"), {count_name(written, node): row.trainable for node, row in pairs}),
            "not trainable": (
                Symbol("N", sub=("fixed",)), {count_name(written, n, False): row.fixed for n, row in pairs if row.fixed}
            ),
            "multiply-adds": (WORK, {numbered(WORK, written, node): row.multiply_adds for node, row in pairs}),
            "bytes": (BYTES, {numbered(BYTES, written, node): row.bytes for node, row in pairs}),
        }  # fmt: skip

    def _total(self, name: str) -> Step:
        target, terms = self._terms()[name]
        numbers = [whole(value) for value in terms.values() if value]
        value = Line("=", whole(sum(terms.values())), boxed=True)
        lines = (Line("=", add(numbers)), value) if 1 < len(numbers) <= MANY else (value,)
        return fine(Step(name, target, lines))

    def _shape(self, place: int) -> Step:
        step = shape_cell(self.written, self.nodes[place])
        return replace(step, name=f"{step.name} in the ledger")

    def _fixed(self, place: int) -> Step:
        step = count_cell(self.written, self.nodes[place], trainable=False)
        return fine(step) if step.lines else step

    def _work(self, place: int) -> Step:
        node = self.nodes[place]
        return valued(numbered(WORK, self.written, node), work_form(self.written, node), self.rows[place].multiply_adds)

    def _memory(self, place: int) -> Step:
        form = multiply([whole(FLOAT), *map(whole, self.rows[place].output)])
        return valued(numbered(BYTES, self.written, self.nodes[place]), form, self.rows[place].bytes)

    def _field(self, place: int) -> Step:
        sizes = self.rows[place].field
        if sizes is None:
            return BLANK
        form = whole(sizes[0]) if len(sizes) == 1 else Shape(tuple(map(whole, sizes)))
        return cell(self._field_name(self.nodes[place]), Line("=", form))

    def _field_name(self, node: Node) -> Symbol:
        return Symbol("r", sup=str(self.written.number[node.name]))

    def _counted(self, node: Node) -> Form:
        """The field by counting the cells that are seen."""
        sizes = [each.counted(node.name) for each in self._recursions()]
        return sizes[0] if len(sizes) == 1 else Shape(tuple(sizes))

    def _recursions(self) -> Sequence[Recursion]:
        if not hasattr(self, "_made"):
            wanted = [node for node in self.nodes if node.name in self.fields]
            axes = range(len(sides(self.network.input)))
            self._made = [Recursion(self.network, self.fields, INPUT, k, wanted, in_letters=False) for k in axes]
        return self._made
