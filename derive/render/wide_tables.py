"""How wide a table is printed, and tables that are too wide for a page: cut into several that stand one below another.

A table that is a little too wide is made smaller; more than that nobody could read.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from derive.notation.widths import inline_width, phrase_width, text_width
from derive.record import Line
from derive.render.blocks import AnyRow, CellRow, FoldedRows, Table
from derive.render.printer import marks_text

TABLE_EM, MARK_EM = 40.3, 4.2
"""The width in em that a table has, and how much of it marks beside the table take."""
_SMALLEST = 0.7
"""A table that would be made smaller than this is cut."""
_COLUMN_EM, _BOX_EM, _SIGN_EM, _QUIET = 0.92, 0.75, 1.3, 0.87
"""What its column, a box and a relation sign add to a cell, and how small reasons are."""


def table_width(table: Table) -> float:
    """The estimated width of a table in em."""
    return sum(_column_widths(table))


def table_room(table: Table) -> float:
    """The width in em that there is for it."""
    return TABLE_EM - bool(table.marks) * MARK_EM


def readable(table: Table) -> tuple[Table, ...]:
    """The table, or its columns in several tables that begin with the same labels; all marks stand at the last."""
    rows = [row for row in table.rows if not isinstance(row, FoldedRows)]
    if table_width(table) * _SMALLEST <= table_room(table) or not all(isinstance(row, CellRow) for row in rows):
        return (table,)
    label, *widths = _column_widths(table)[: table.columns + 1]
    groups = _groups(widths, table_room(table) / _SMALLEST - label)
    return tuple(_cut(table, begin, end, last=end == table.columns) for begin, end in groups)


def _groups(widths: Sequence[float], room: float) -> list[tuple[int, int]]:
    """As few runs of columns as there is need of, of about the same width."""
    found = _runs(widths, room)
    while room > 1 and len(narrower := _runs(widths, room - 1)) == len(found):
        found, room = narrower, room - 1
    return found


def _runs(widths: Sequence[float], room: float) -> list[tuple[int, int]]:
    """From left to right as many columns as fit, one at least."""
    found, begin, wide = [], 0, 0.0
    for place, width in enumerate(widths):
        if place > begin and wide + width > room:
            found.append((begin, place))
            begin, wide = place, 0.0
        wide += width
    return [*found, (begin, len(widths))]


def _cut(table: Table, begin: int, end: int, last: bool) -> Table:
    heads = (*table.heads[:1], *table.heads[1 + begin : 1 + end])
    rows = tuple(_cut_row(row, begin, end, last) for row in table.rows)
    return replace(table, heads=heads, rows=rows, columns=end - begin, marks=table.marks if last else ())


def _cut_row(row: AnyRow, begin: int, end: int, last: bool) -> AnyRow:
    if not isinstance(row, CellRow):
        return row
    kept = row if last else replace(row, marks=(), reason=())
    return replace(kept, cells=row.cells[begin:end])


def _column_widths(table: Table) -> list[float]:
    rows = [tuple(map(phrase_width, table.heads)), *map(_cell_widths, table.rows)]
    return [max(column) + _COLUMN_EM for column in itertools.zip_longest(*rows, fillvalue=0.0)]


def _cell_widths(row: AnyRow) -> tuple[float, ...]:
    """The estimated widths of a row's cells; those of reason and marks stand last and count where there are any."""
    if isinstance(row, FoldedRows):
        return ()
    if isinstance(row, CellRow):
        chains = (sum(map(_line_width, cell.lines), _SIGN_EM * len(cell.lines)) for cell in row.cells)
        return (phrase_width(row.label), *chains, _QUIET * text_width(marks_text(row.marks)))
    target = 0.0 if row.target is None else inline_width(row.target)
    lines = (0.0 if line is None else _line_width(line) for line in row.lines)
    return (target, *lines, _QUIET * phrase_width(row.reason), _QUIET * text_width(marks_text(row.marks)))


def _line_width(line: Line) -> float:
    return inline_width(line.form) + _BOX_EM * line.boxed + _SIGN_EM * (line.relation == "≈")
