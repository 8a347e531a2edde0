"""A graph of arrays at given values, its lines written with whole vectors and matrices.

A step shows formula, matrices put in and value; an entry worked in full stands behind it. Shapes stand in the column of
the reasons. Without values the entries themselves are written out in letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.graph.array_formulas import ArrayFormulas
from derive.graph.arrays import Array, Shape, shape_of
from derive.graph.graph import Graph, Quantity, entry_names, matrix_form
from derive.graph.point import At, Point
from derive.graph.reasons import forward_reason
from derive.graph.sizes import has_product, sizes
from derive.notation import arrays
from derive.notation.algebra import is_longer
from derive.notation.form import (
    Call,
    Derivative,
    Form,
    Matrix,
    Number,
    Root,
    Sum,
    Symbol,
    Transpose,
    rebuild,
    symbols,
    walk,
)
from derive.notation.symbols import symbol_name
from derive.notation.working import numbers_in
from derive.notation.worksheet import LONGEST_LINE
from derive.record import Conventions, Line, Mark, Phrase, Step

ENTRY = "one entry in full"
"""The rule of a step that works out an entry of the array that the step before it found."""


class ArrayPoint(Point):
    """Values of a graph's quantities at given inputs, arrays as a whole and entry by entry.

    Args:
        at: the value of each input; without any, the point is symbolic and steps have no numbers.
        every: whether every entry is worked in full, not one.
    """

    def __init__(self, graph: Graph, at: At, conventions: Conventions, every: bool = False) -> None:
        super().__init__(graph, at, conventions)
        self.every = every
        self.formulas = ArrayFormulas()
        self.entries: dict[Form, list[Form]] = {}
        for quantity in graph.quantities.values():
            self.name(quantity.symbol, shape_of(quantity.value))
            nodes = arrays.items(quantity.value)
            if not self.symbolic and all(node in self.nodes for node in nodes):
                self.know(quantity.symbol, [self.nodes[node] for node in nodes])

    def name(self, form: Form, shape: Shape) -> None:
        """Let a symbol, or the derivative by one, name an array of a shape."""
        wrt = form.wrt[0] if isinstance(form, Derivative) else form
        assert isinstance(wrt, Symbol)
        names: list[Form] = list(entry_names(wrt, shape)) if shape else [wrt]
        entries: list[Form] = names
        if isinstance(form, Derivative):
            entries = [Derivative(form.of, (name,)) for name in names]
        self.entries[form] = entries
        self.formulas.name(form, shape, entries)

    def know(self, target: Form, values: Sequence[Any]) -> None:
        """Take values, row by row, for those of a named array."""
        shape = self.formulas.shape(target)
        self.carry(target, Array(shape, tuple(values)) if shape else values[0])

    def carry(self, target: Form, value: Any, lines: Iterable[Line] = ()) -> None:
        """Remembers a quantity's value, of an array that of each entry too."""
        super().carry(target, value, lines)
        for name, entry in zip(self.entries.get(target, ()), arrays.items(self.env[target]), strict=False):
            self.env[name] = entry
        if target in self.exact and isinstance(whole := self.exact[target], Matrix):
            forms = (form for row in whole.rows for form in row)
            self.exact |= dict(zip(self.entries.get(target, ()), forms, strict=False))

    def written(self, form: Form) -> Form:
        """The form with the names of arrays in bold."""
        if isinstance(form, Symbol):
            bold = self.formulas.knows(form) and bool(self.formulas.shape(form))
            return Symbol(form.base, form.accent, form.sub, form.sup, True) if bold else form
        return rebuild(form, self.written)

    def found(
        self,
        target: Form,
        lines: Sequence[Line],
        rule: str,
        marks: Sequence[Mark] = (),
        only: Sequence[int] | None = None,
    ) -> list[Step]:
        """The steps that find a named quantity by its successive formulas: numbers go into the last of them.

        Args:
            only: the places of the entries that are wanted; then of the whole array the formula stands alone.
        """
        formula = lines[-1].form
        shown = [Line(line.relation, self.written(line.form), line.reason, line.level) for line in lines]
        if only is not None:
            whole = Step(_name(target), self.written(target), tuple(shown), rule)
            worked = (self._worked_entry(target, formula, k, 1, self._place(target, k)) for k in only)
            return [whole, *(replace(step, marks=tuple(marks)) for step in worked)]
        if not self.formulas.shape(target):
            shown += self._written_out(target, formula)
        elif self.symbolic:
            spread = matrix_form(self.formulas.shape(target), self.formulas.entries(formula))
            shown += [Line("=", spread, sizes(self.formulas, formula))] if spread != formula else []
        else:
            shown += self._matrices(target, formula)
        whole = Step(_name(target), self.written(target), tuple(shown), rule, (), tuple(marks))
        return [whole, *self._worked_entries(target, formula)]

    def _value(self, target: Form, formula: Form) -> Any:
        """From the engine where that has it, or what the formula makes of the numbers that were carried."""
        return self.env[target] if target in self.env and not self.carries_rounded else self.worth(formula)

    def _written_out(self, target: Form, formula: Form) -> list[Line]:
        """A number made of arrays: written out in entries, then with numbers."""
        (spread,) = self.formulas.entries(formula)
        level = 1 if self.symbolic else 3
        lines = [Line("=", spread, ("entry by entry",), level)] if spread != formula else []
        if self.symbolic:
            return lines
        first, *others = self.numbers(target, spread, self._value(target, spread))
        reason = sizes(self.formulas, formula) if has_product(self.formulas, formula) else first.reason
        return [*lines, replace(first, reason=reason), *others]

    def _matrices(self, target: Form, formula: Form) -> list[Line]:
        """Matrices put in, with their shapes, and the array that they come to."""
        value = self._value(target, formula)
        if self.conventions.rounding.mode == "exact":
            return self._exact_matrices(target, formula, value)
        self.env |= {part: self.worth(part) for part in _put_in_whole(formula) if self.formulas.shape(part)}
        first, *others = self.numbers(target, formula, value)
        return [Line(first.relation, first.form, sizes(self.formulas, formula), at=first.at), *others]

    def _exact_matrices(self, target: Form, formula: Form, value: Any) -> list[Line]:
        """Matrices put in, and the array with its entries written out exactly as far as that can be read."""
        formulas, names = self.formulas.entries(formula), self.entries[target]
        entries = list(zip(names, formulas, arrays.items(value), strict=True))
        line, _ = numbers_in(formula, self.env, self.conventions.rounding, forms=self.exact)
        whole = Line(*self.array(entries, self.formulas.shape(target)))
        self.carry(target, value, (whole,))
        if whole.relation == "=":
            self.exact[target] = whole.form
        if any(symbols(line)) or is_longer(line, LONGEST_LINE) or line == whole.form:
            return [replace(whole, reason=sizes(self.formulas, formula))]
        return [Line("=", line, sizes(self.formulas, formula)), whole]

    def _worked_entries(self, target: Form, formula: Form) -> list[Step]:
        """The first entry that is not zero, or all of them, worked in full; none of what is a copy of another array."""
        if self.symbolic or not self.formulas.shape(target):
            return []
        forms = self.formulas.entries(formula)
        if all(form in self.env for form in forms):
            return []
        if self.every:
            return [self._worked_entry(target, formula, k, 1, ()) for k in range(len(forms))]
        telling = next((k for k, name in enumerate(self.entries[target]) if self.env[name] != 0), 0)
        level = 1 if has_product(self.formulas, formula) else 2
        return [self._worked_entry(target, formula, telling, level, (ENTRY,))]

    def _place(self, target: Form, place: int) -> Phrase:
        """Where an entry stands."""
        rows, columns = self.formulas.shape(target)
        if 1 in (rows, columns):
            return (f"entry {place + 1}",)
        return (f"row {place // columns + 1}, column {place % columns + 1}",)

    def _worked_entry(self, target: Form, formula: Form, place: int, level: int, reason: Phrase) -> Step:
        entry, form = self.entries[target][place], self.formulas.entries(formula)[place]
        lines = [Line("=", form, reason)]
        if not self.symbolic:
            value = self.worth(form) if self.carries_rounded else self.env[entry]
            lines += self.numbers(entry, form, value)
        return Step(_name(entry), entry, tuple(lines), ENTRY, (_name(target),), level=level)


def forward(point: ArrayPoint, quantity: Quantity) -> list[Step]:
    """The steps that find a defined quantity: formula, numbers, value."""
    assert quantity.form is not None
    mark = Mark(Fraction(1), "A" if isinstance(quantity.form, Call) else "M")
    formula = Line("=", quantity.form, forward_reason(quantity.form))
    return point.found(quantity.symbol, [formula], "definition", (mark,))


def _put_in_whole(formula: Form) -> list[Form]:
    """The parts of a formula whose numbers are put in at once: transposes, slopes, functions of arrays, and 1 - h."""

    def is_one(node: Form) -> bool:
        constant = isinstance(node, Sum) and any(isinstance(term, Number) for term in node.terms)
        return constant or isinstance(node, (Transpose, Root)) or (isinstance(node, Call) and node is not formula)

    return [node for node in walk(formula) if is_one(node)]


def _name(form: Form) -> str:
    """The name of the step that finds a quantity."""
    if isinstance(form, Derivative):
        return f"d{_name(form.of)}_d{_name(form.wrt[0])}"
    assert isinstance(form, Symbol)
    return symbol_name(form)
