"""The trace of a run as a table: a row for each step, in each row what the step took and what it left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from derive.graph.arithmetic import Real
from derive.graph.graph import matrix_form
from derive.notation.build import TEN, number
from derive.notation.decimals import decimal_of
from derive.notation.form import Fence, Form, Power, Relation, Symbol, Tuple
from derive.notation.rounding import as_fraction, in_digits, magnitude, shown
from derive.notation.symbols import symbol_name
from derive.questions.folding import folded
from derive.record import Line, Mark, Phrase, Rounding, Step
from derive.training.iterates import Iterates
from derive.training.rule import NEW
from derive.training.runs import LOSS, Row, Run

if TYPE_CHECKING:
    from derive.questions.optimizer_examples import Examples
    from derive.questions.optimizer_trace import RunWork

TINY_POWER = -20
TINY = Fraction(10) ** TINY_POWER
"""Below this a number is shown as less than it: what is left of it is noise."""
MOST_ENTRIES = 4
"""Of a larger array no column is shown."""
_EXAMPLES: Phrase = ("examples",)

Entries = tuple[Real, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the trace.

    Attributes:
        key: the quantity of the rule ("g" for the gradient) and its parameter.
        head: its name at any step.
        entries: what stands in a row; None for an empty cell.
    """

    key: tuple[str, Symbol]
    head: Symbol
    entries: Callable[[Row], Entries | None]
    shape: tuple[int, ...] | None = None


def columns_of(work: RunWork) -> tuple[Column, ...]:
    """The columns that a question asks for, in the order of a step."""
    asked, names, found = work.asked, work.names, []
    for owner, update in work.general.items():
        shape = work.first.shape(owner)
        if shape is not None and prod(shape) > MOST_ENTRIES:
            continue
        if "gradient" in asked.show:
            found.append(Column(("g", owner), names.gradient(update.written_owner), _slopes(owner), shape))
        states = [f"{state}_new" for state in work.rule.entry.state] if "states" in asked.show else []
        for quantity, _, _ in work.rule.lines:
            if quantity == NEW or quantity in states or "quantities" in asked.show:
                found.append(Column((quantity, owner), update.name(quantity), _entries(quantity, owner), shape))
    if "loss" in asked.show:
        found.append(Column((LOSS.base, LOSS), names.of(asked.of), lambda row: (row.loss,)))
    return tuple(found)


def _slopes(owner: Symbol) -> Callable[[Row], Entries | None]:
    return lambda row: row.gradient.get(owner)


def _entries(quantity: str, owner: Symbol) -> Callable[[Row], Entries | None]:
    """The parameter, a state or another quantity of the rule; the start has the first two."""
    if quantity == NEW:
        return lambda row: row.parameters[owner]
    return lambda row: row.quantities[quantity][owner] if quantity in row.quantities else None


def trace(columns: Sequence[Column], run: Run, names: Iterates, rounding: Rounding, examples: Examples) -> Step:
    """The table: of many rows those at both ends, and all where each row follows from the printed one before it."""
    batches = examples.batches
    shown = replace(rounding, mode="carry-full") if rounding.mode == "exact" else rounding
    rows = []
    for row in run.rows:
        cells = [_cell(column, names.at(column.head, row.step), row, shown) for column in columns]
        if batches is not None:
            seen = ", ".join(map(str, batches.examples(row.step))) if row.step else ""
            cells.insert(0, Step(f"examples {row.step}", intro=(seen,) if seen else ()))
        marks = (Mark(Fraction(1), "M", ("the rows of the table",)),) if row is run.rows[-1] else ()
        rows.append(Step(f"row {row.step}", intro=(str(row.step),), substeps=tuple(cells), layout="row", marks=marks))
    heads: list[Phrase] = [(Symbol(names.letter),), *([_EXAMPLES] if batches is not None else [])]
    heads += [(column.head,) for column in columns]
    kept = tuple(rows) if rounding.mode == "carry-rounded" else folded(rows)
    return Step("trace", rule="trace", substeps=kept, layout="table", heads=tuple(heads))


def _cell(column: Column, target: Symbol, row: Row, rounding: Rounding) -> Step:
    """A quantity in a step: a number, or an array as numbers; what is nearly 0 as less than a tiny number."""
    name = f"trace {symbol_name(target)}"
    entries = column.entries(row)
    if entries is None:
        return Step(name)
    if is_noise(entries):
        size = Fence("abs" if column.shape is None else "norm", target)
        return Step(name, target, (Line("=", Relation("<", size, _bound(column.shape)), at=True),))
    lines = [_shown(value, rounding) for value in entries]
    if column.shape is None:
        return Step(name, target, (lines[0],))
    forms = [line.form for line in lines]
    is_column = len(column.shape) == 2 and column.shape[1] == 1 and len(forms) > 1
    form = Tuple(tuple(forms)) if is_column else matrix_form(column.shape, forms)
    return Step(name, target, (Line("≈" if any(line.relation == "≈" for line in lines) else "=", form),))


def is_noise(entries: Entries) -> bool:
    """Whether numbers that are not 0 are so small that no digit of them is sure."""
    return any(entries) and all(abs(as_fraction(value)) < TINY for value in entries)


def _bound(shape: tuple[int, ...] | None) -> Form:
    """The tiny number; ten times that for the length of a vector of tiny entries."""
    return Power(TEN, number(TINY_POWER + (shape is not None)))


def _shown(value: Real, rounding: Rounding) -> Line:
    """A number as it is printed, in decimals.

    Where digits are carried it is one that was rounded, though it comes out even now.
    """
    relation, form = shown(value, rounding)
    rounded = in_digits(value, rounding)
    if decimal_of(form) is None:
        return Line("≈", rounded)
    decimal = decimal_of(rounded) if rounding.mode == "carry-rounded" else None
    if decimal is None or decimal[0] != value:
        return Line(relation, form)
    return Line("≈", rounded if value != 0 and magnitude(value) >= rounding.digits else form)
