"""Tables that are too wide for the page: how wide they are, and where their columns are cut into several tables."""

from __future__ import annotations

import itertools
from dataclasses import replace

from derive.notation.widths import inline_width, phrase_width, text_width
from derive.record import Line
from derive.render.blocks import AnyRow, Cell, CellRow, FoldedRows, Table
from derive.render.printer import marks_text

TABLE_EM, MARK_EM = 40.3, 4.2
"""The width in em that a table has, and how much of it marks beside the table take."""
_SMALLEST = 0.75
"""How small a table is made to fit: to 8 pt. A wider one is cut."""
_COLUMN_EM, _BOX_EM, _SIGN_EM, _QUIET = 0.92, 0.75, 1.3, 0.87
"""What its column, a box and a relation sign add to a cell, and how small reasons are."""


def table_width(table: Table) -> float:
    """The estimated width of a table in em."""
    return sum(_column_widths(table))


def room(table: Table) -> float:
    """The width in em that a table has beside its marks."""
    return TABLE_EM - bool(table.marks) * MARK_EM


def cut(table: Table) -> tuple[Table, ...]:
    """The table, or its columns in several where they would become too small; each begins with the labels."""
    if table_width(table) <= room(table) / _SMALLEST or not all(
        isinstance(r, CellRow | FoldedRows) for r in table.rows
    ):
        return (table,)
    label, *widths = _column_widths(table)
    groups = _groups(widths[: table.columns], room(table) - label - widths[-1])
    last = len(groups) - 1
    return tuple(_part(table, columns, place == last) for place, columns in enumerate(groups))


def _groups(widths: list[float], room: float) -> list[range]:
    """Neighbouring columns that fit beside each other, as few groups as need be, about as wide as each other."""
    count = next(n for n in itertools.count(2) if n >= len(widths) or len(_filled(widths, room)) <= n)
    fair = sum(widths) / count
    for limit in (fair + step * (room - fair) / 8 for step in range(8)):
        if len(found := _filled(widths, limit)) <= count:
            return found
    return _filled(widths, room)


def _filled(widths: list[float], limit: float) -> list[range]:
    starts, used = [0], 0.0
    for place, each in enumerate(widths):
        if place > starts[-1] and used + each > limit:
            starts.append(place)
            used = 0.0
        used += each
    return [range(a, b) for a, b in itertools.pairwise([*starts, len(widths)])]


def _part(table: Table, columns: range, is_last: bool) -> Table:
    """Some columns of a table; its marks and reasons stand beside the last ones."""
    rows = tuple(_row_part(row, columns, is_last) for row in table.rows)
    heads = (*table.heads[:1], *table.heads[columns.start + 1 : columns.stop + 1])
    return replace(table, heads=heads, rows=rows, columns=len(columns), marks=table.marks if is_last else ())


def _row_part(row: AnyRow, columns: range, is_last: bool) -> AnyRow:
    if not isinstance(row, CellRow):
        return row
    cells = row.cells[columns.start : columns.stop]
    return replace(row if is_last else replace(row, marks=(), reason=()), cells=cells)


def _column_widths(table: Table) -> list[float]:
    """The widths of the columns: the first, the others, those of reason and marks at the end."""
    blank = (0.0,) * (1 + table.columns)
    heads = tuple(map(phrase_width, table.heads))
    rows = [heads, blank, *map(_cell_widths, table.rows)]
    return [max(column) + _COLUMN_EM for column in itertools.zip_longest(*rows, fillvalue=0.0)]


def _cell_widths(row: AnyRow) -> tuple[float, ...]:
    """The estimated widths of a row's cells; those of reason and marks stand last and count where there are any."""
    if isinstance(row, FoldedRows):
        return ()
    if isinstance(row, CellRow):
        return (phrase_width(row.label), *map(_chain_width, row.cells), _QUIET * text_width(marks_text(row.marks)))
    target = 0.0 if row.target is None else inline_width(row.target)
    lines = (0.0 if line is None else _line_width(line) for line in row.lines)
    return (target, *lines, _QUIET * phrase_width(row.reason), _QUIET * text_width(marks_text(row.marks)))


def _chain_width(cell: Cell) -> float:
    """Forms with a sign between neighbours, or words."""
    if not cell.lines:
        return phrase_width(cell.words)
    return sum(map(_form_width, cell.lines)) + _SIGN_EM * (len(cell.lines) - 1)


def _line_width(line: Line) -> float:
    """A form that shows by its sign that it is rounded."""
    return _form_width(line) + _SIGN_EM * (line.relation == "≈")


def _form_width(line: Line) -> float:
    return inline_width(line.form) + _BOX_EM * line.boxed
