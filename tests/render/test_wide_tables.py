"""Tables that are far too wide are cut between columns: every cell once, the labels again, the marks at the end."""

from fractions import Fraction

import pytest

from derive.notation.build import number
from derive.record import Line, Mark
from derive.render.blocks import Cell, CellRow, FoldedRows, Table
from derive.render.latex_printer import LatexPrinter
from derive.render.typst_printer import TypstPrinter
from derive.render.wide_tables import readable, table_room, table_width

MARK = (Mark(Fraction(1), "M"),)
DIGITS = 123456789012


def table(columns, rows=3, marks=MARK):
    heads = tuple((f"h{k}",) for k in range(columns + 1))
    cells = tuple(Cell((Line("=", number(DIGITS + k)),)) for k in range(columns))
    made = [CellRow(f"row {k}", (str(k),), cells, MARK if k == 1 else ()) for k in range(rows)]
    return Table("t", heads, (*made, FoldedRows(4)), columns, marks)


@pytest.mark.parametrize("columns", [1, 4, 5])
def test_what_fits_or_nearly_does_stays_whole(columns):
    assert readable(table(columns)) == (table(columns),)


@pytest.mark.parametrize("columns", [10, 13, 30])
def test_every_column_stands_once_below_its_head(columns):
    whole = table(columns)
    parts = readable(whole)
    assert len(parts) > 1
    assert [head for part in parts for head in part.heads[1:]] == list(whole.heads[1:])
    for place, row in enumerate(whole.rows[:3]):
        assert tuple(cell for part in parts for cell in part.rows[place].cells) == row.cells
        assert {part.rows[place].label for part in parts} == {row.label}
    for part in parts:
        assert len(part.rows[0].cells) == part.columns
        assert 0.7 * table_width(part) <= table_room(part)


def test_the_parts_are_about_equally_wide():
    widths = [part.columns for part in readable(table(13))]
    assert (len(widths), max(widths)) == (3, 5)


def test_marks_stand_at_the_last_part_alone():
    *others, last = readable(table(13))
    assert last.marks == MARK
    assert last.rows[1].marks == MARK
    assert all(part.marks == () and part.rows[1].marks == () for part in others)


@pytest.mark.parametrize(
    ("printer", "begins"), [(LatexPrinter(), r"\begin{steptable}"), (TypstPrinter(), "#step-table")]
)
def test_both_languages_print_the_parts(printer, begins):
    assert printer.block(table(4), "").count(begins) == 1
    assert printer.block(table(13), "").count(begins) == len(readable(table(13)))
