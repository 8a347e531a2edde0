"""A graph at given values, and the worked steps that show how a quantity gets its number there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.graph import Graph, Quantity, entry_names, matrix_form
from derive.graph.reasons import forward_reason
from derive.notation.form import Form, Symbol
from derive.notation.length import size
from derive.notation.reals import Undefined
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.notation.worksheet import Worksheet
from derive.record import ACCURACY, METHOD, Conventions, Line, Mark, Phrase, Relation, Step

At = Mapping[Symbol, "Real | Array"]
Entry = tuple[Form, Form, Real]
"""An entry of an array: its name, its formula and its value."""

THE_SAME_WAY: Phrase = ("the other entries in the same way",)
ALL_ENTRIES = "all entries"
"""The rule of a step that shows an array whose worked entry it uses."""

WIDEST_ROW = 45
"""Nodes of all forms in one row of a matrix that can be read on a page."""


class Point(Worksheet):
    """Values of a graph's quantities at given inputs, by name.

    Args:
        at: the value of each input; without any, the point is symbolic and steps have no numbers.
    """

    def __init__(self, graph: Graph, at: At, conventions: Conventions) -> None:
        super().__init__(conventions)
        self.graph = graph
        self.symbolic = not at
        self.nodes: dict[int, Real] = {} if self.symbolic else graph.values(at, conventions)
        self.env |= {graph.labels[n]: v for n, v in self.nodes.items() if n in graph.labels}

    def value(self, form: Form, node: int | None = None) -> Real:
        """What a form is worth here: from the engine, or recomputed from carried values where those are rounded."""
        return self.worth(form) if node is None or self.carries_rounded else self.nodes[node]

    def array(self, entries: Sequence[Entry], shape: tuple[int, ...]) -> tuple[Relation, Form]:
        """An array as it is printed, its entries carried on: "=" only where every entry is exact.

        Under the policy "exact" all are, unless they make a matrix that cannot be read.
        """
        lines = [Line(*shown(value, self.conventions.rounding)) for _, _, value in entries]
        if self.conventions.rounding.mode == "exact":
            worked = [self._worked(*entry) for entry in entries]
            exact = all(line.relation == "=" for line in worked)
            lines = worked if exact and can_be_read([line.form for line in worked], shape) else lines
        for (name, _, value), line in zip(entries, lines, strict=True):
            self.carry(name, value, (line,))
        relation: Relation = "≈" if any(line.relation == "≈" for line in lines) else "="
        return relation, matrix_form(shape, [line.form for line in lines])

    def _worked(self, name: Form, formula: Form, value: Real) -> Line:
        try:
            self.numbers(name, formula, value)
        except Undefined:  # 0/0 where a term is absent, as in 0·log 0
            self.carry(name, value)
        return self.end(name)


def can_be_read(entries: Sequence[Form], shape: tuple[int, ...]) -> bool:
    """Whether a matrix of these entries is narrow enough for a page."""
    columns = shape[-1]
    rows = (entries[start : start + columns] for start in range(0, len(entries), columns))
    return all(sum(map(size, row)) <= WIDEST_ROW for row in rows)


def forward_steps(point: Point, quantities: Iterable[Quantity]) -> tuple[Step, ...]:
    """One step for each defined quantity: formula, numbers in, value."""
    steps: list[Step] = []
    for quantity in quantities:
        steps += _array_steps(point, quantity) if isinstance(quantity.value, Array) else [_scalar_step(point, quantity)]
    return tuple(steps)


def _scalar_step(point: Point, quantity: Quantity) -> Step:
    assert isinstance(quantity.value, int)
    assert quantity.form is not None
    graph, node = point.graph, quantity.value
    formula = graph.written(quantity.form)
    lines = [Line("=", formula, forward_reason(quantity.form))]
    spread = graph.form(node)
    if graph.arrays and spread != quantity.form:
        lines.append(Line("=", spread, ("entry by entry",), level=3))
    last = lines[-1].form
    if not point.symbolic:
        lines += point.numbers(quantity.symbol, last, point.value(last, node))
    return Step(symbol_name(quantity.symbol), quantity.symbol, tuple(lines), "formula, numbers, value", (), METHOD)


def _array_steps(point: Point, quantity: Quantity) -> list[Step]:
    """The formula, one entry worked in full, then the whole array: the other entries follow in the same way."""
    assert isinstance(quantity.value, Array)
    assert quantity.form is not None
    graph, array, name = point.graph, quantity.value, symbol_name(quantity.symbol)
    target = graph.written(quantity.symbol)
    formula = Line("=", graph.written(quantity.form), forward_reason(quantity.form))
    if point.symbolic:
        entries = matrix_form(array.shape, [graph.form(node) for node in array.items])
        return [Step(name, target, (formula, Line("=", entries)), "definition", (), METHOD)]
    chosen = _worked_entry(point, quantity, array)
    names = entry_names(quantity.symbol, array.shape)
    entry, node = names[chosen], array.items[chosen]
    spread = graph.form(node)
    worked = (Line("=", spread), *point.numbers(entry, spread, point.value(spread, node)))
    whole = replace(array_line(point, quantity), reason=THE_SAME_WAY)
    return [
        Step(f"{name}_formula", target, (formula,), "definition"),
        Step(symbol_name(entry), entry, worked, "one entry in full", (), METHOD),
        Step(
            name, target, (whole,), ALL_ENTRIES, (symbol_name(entry),), ACCURACY,
        ),
    ]  # fmt: skip


def whole_first(formula: Step, entry: Step, whole: Step, marks: tuple[Mark, ...]) -> tuple[Step, Step]:
    """Formula and value of an array together; the entry in full stands behind them, from the next detail on."""
    (value,) = whole.lines
    together = replace(whole, lines=(*formula.lines, replace(value, reason=())), uses=(), marks=marks)
    return together, replace(entry, level=2, marks=())


def array_line(point: Point, quantity: Quantity) -> Line:
    """A whole array in numbers, its entries carried on."""
    assert isinstance(quantity.value, Array)
    graph, shape = point.graph, quantity.value.shape
    names = entry_names(quantity.symbol, shape)
    forms = [graph.form(node) for node in quantity.value.items]
    values = [point.value(form, node) for form, node in zip(forms, quantity.value.items, strict=True)]
    return Line(*point.array(list(zip(names, forms, values, strict=True)), shape))


def _worked_entry(point: Point, quantity: Quantity, array: Array) -> int:
    """The entry that shows most: the first that is no number or entry of another array, and whose value is not 0."""
    names = entry_names(quantity.symbol, array.shape)
    own = [k for k, node in enumerate(array.items) if point.graph.labels.get(node) == names[k]]
    return next((k for k in own if point.nodes[array.items[k]] != 0), own[0] if own else 0)
