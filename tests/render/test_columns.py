"""Tables too wide for the page are cut between columns; no cell and no mark is lost, and each part names its rows."""

from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.notation.build import number
from derive.notation.form import Symbol
from derive.record import Derivation, Line, Mark, Step
from derive.render.blocks import Table, solution_blocks
from derive.render.columns import cut, room, table_width
from derive.render.latex_printer import LatexPrinter
from derive.render.typst_printer import TypstPrinter

LETTERS = "abcdefghijkl"


def cell(name, t, digits):
    value = number(Fraction(10**digits + t, 10**digits))
    return Step(f"{name}_{t}", Symbol(name, sub=(str(t),)), (Line("=", value),))


def run(columns, digits):
    """Two steps of a run: `columns` quantities whose values have so many digits."""
    rows = tuple(
        Step(
            f"row {t}",
            intro=(str(t),),
            substeps=tuple(cell(name, t, digits) for name in LETTERS[:columns]),
            layout="row",
            marks=(Mark(Fraction(1)),),
        )
        for t in (1, 2)
    )
    heads = ((Symbol("t"),), *((Symbol(name, sub=("t",)),) for name in LETTERS[:columns]))
    return Derivation("Run", steps=(Step("trace", substeps=rows, layout="table", heads=heads),), points=Fraction(2))


def table_of(made):
    return next(block for block in solution_blocks(made, 1) if isinstance(block, Table))


@pytest.mark.parametrize(("columns", "digits"), [(4, 9), (8, 3)])
def test_what_has_room_stays_whole(columns, digits):
    table = table_of(run(columns, digits))
    assert cut(table) == (table,)


@pytest.mark.parametrize(("columns", "digits"), [(12, 9), (12, 13), (7, 20)])
def test_a_wide_table_is_cut_so_that_every_part_has_room(columns, digits):
    table = table_of(run(columns, digits))
    parts = cut(table)
    assert len(parts) > 1
    assert all(table_width(part) <= room(part) for part in parts)
    assert tuple(head for part in parts for head in part.heads[1:]) == table.heads[1:]
    assert tuple(cell for part in parts for cell in part.rows[1].cells) == table.rows[1].cells
    assert all(part.heads[0] == table.heads[0] and part.rows[0].label == ("1",) for part in parts)
    assert [row.marks for part in parts for row in part.rows if row.marks] == [row.marks for row in table.rows]


def test_no_more_parts_than_needed():
    table = table_of(run(12, 8))
    assert len(cut(table)) == 2


def test_both_documents_hold_every_part():
    made = run(12, 8)
    latex, typst = str(LatexPrinter().solution(made, 1)), str(TypstPrinter().solution(made, 1))
    assert latex.count(r"\begin{steptable}") == 2
    assert typst.count("#step-table(") == 2
    assert "fits: false" not in typst
    assert not read_back(latex).failed
