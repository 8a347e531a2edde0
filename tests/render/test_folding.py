"""Long tables fold: what is left out is counted, judged all the same, and its marks are kept."""

from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.notation.build import number
from derive.notation.form import Sum, Symbol
from derive.questions.folding import SHOWN, folded
from derive.record import Derivation, Line, Mark, Step
from derive.render.blocks import FoldedRows, Table, solution_blocks
from derive.render.latex_printer import LatexPrinter
from derive.render.text_printer import TextPrinter
from derive.render.typst_printer import TypstPrinter


def row(k):
    """k = 1 + (k - 1), as a row of one cell that earns a mark."""
    value = Line("=", Sum((number(1), number(k - 1)), (False, False)))
    cell = Step(f"w {k}", Symbol("w", sub=(str(k),)), (value, Line("=", number(k))))
    return Step(f"row {k}", intro=(f"{k}",), substeps=(cell,), layout="row", marks=(Mark(Fraction(1)),))


def derivation(count):
    table = Step(
        "trace", substeps=folded([row(k) for k in range(1, count + 1)]), layout="table", heads=((Symbol("t"),), ("w",))
    )
    return Derivation("Run", steps=(table,), points=Fraction(count))


def table_of(made, detail):
    return next(block for block in solution_blocks(made, detail) if isinstance(block, Table))


@pytest.mark.parametrize("count", [1, SHOWN, SHOWN + 1])
def test_a_short_table_stays_whole(count):
    assert len(table_of(derivation(count), 1).rows) == count


@pytest.mark.parametrize("count", [SHOWN + 2, 30])
def test_a_long_table_shows_both_ends_and_counts_the_rest(count):
    rows = table_of(derivation(count), 2).rows
    fold = next(r for r in rows if isinstance(r, FoldedRows))
    assert (len(rows), fold.words) == (SHOWN + 1, f"{count - SHOWN} steps omitted")
    assert rows[0].step == "row 1"
    assert rows[-1].step == f"row {count}"
    assert len(table_of(derivation(count), 3).rows) == count


def test_no_mark_is_lost():
    for detail in (1, 3):
        table = table_of(derivation(20), detail)
        assert sum(mark.points for marks in (table.marks, *(r.marks for r in table.rows)) for mark in marks) == 20


def test_a_row_that_is_left_out_is_judged():
    made = derivation(20)
    assert judge(made).verified is True
    table = made.steps[0]
    wrong = replace(
        table.substeps[9].substeps[0], lines=(*table.substeps[9].substeps[0].lines[:1], Line("=", number(3)))
    )
    rows = (*table.substeps[:9], replace(table.substeps[9], substeps=(wrong,)), *table.substeps[10:])
    assert judge(made.with_steps((replace(table, substeps=rows),))).verified is False


def test_rows_that_no_letter_counts_are_no_steps():
    made = derivation(20)
    by_name = made.with_steps((replace(made.steps[0], heads=(("entry",), ("w",))),))
    fold = next(row for row in table_of(by_name, 1).rows if isinstance(row, FoldedRows))
    assert fold.words == "12 rows omitted"


def test_the_printers_say_how_many_are_left_out():
    made = derivation(20)
    latex = str(LatexPrinter().solution(made, 1))
    assert r"\multicolumn{3}{@{}l@{}}{\quiet{12 steps omitted}}" in latex
    assert "(12 steps omitted)" in str(TextPrinter().solution(made, 1))
    assert "12 steps omitted" in str(TypstPrinter().solution(made, 1))
    report = read_back(latex)
    assert not report.failed
    assert not report.undecided
