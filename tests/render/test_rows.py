"""How the rows of a display stand to each other: tight, apart, on one page, on one line."""

from __future__ import annotations

from fractions import Fraction

from derive.notation.build import number, sym
from derive.notation.text import read
from derive.record import Derivation, Line, Mark, Phrase, Step
from derive.render.blocks import Display, Table, solution_blocks
from derive.render.rows import Row


def _step(name: str, *forms: str, reason: Phrase = (), level: int = 1) -> Step:
    return Step(name, sym(name), tuple(Line("=", read(form), reason) for form in forms), level=level)


def _rows(*steps: Step, detail: int = 2) -> list[Row]:
    (block,) = solution_blocks(Derivation("D", steps=steps), detail)
    assert isinstance(block, Display)
    return list(block.rows)


def test_one_line_steps_stand_tight_and_name_their_reason_once() -> None:
    rows = _rows(_step("a", "w*x", reason=("naming",)), _step("b", "w*y", reason=("naming",)), _step("c", "x + 1", "2"))
    assert [row.tight for row in rows] == [False, True, False, False]
    assert [row.reason for row in rows[:2]] == [("naming",), ()]


def test_another_reason_is_printed() -> None:
    rows = _rows(_step("a", "w*x", reason=("naming",)), _step("b", "w*y", reason=("sum",)))
    assert [row.reason for row in rows] == [("naming",), ("sum",)]


def test_tall_steps_stand_apart() -> None:
    assert not any(row.tight for row in _rows(_step("a", "x/2"), _step("b", "y/2")))


def test_a_page_ends_between_steps_only() -> None:
    rows = _rows(*(_step(name, "x + y", "1 + 2", "3") for name in "abcd"))
    free = [place for place, row in enumerate(rows) if not row.stays]
    assert free == [0, 3, 6, 9]


def test_neither_the_first_nor_the_last_row_stands_alone() -> None:
    rows = _rows(*(_step(name, "x + y") for name in "abcd"))
    assert [row.stays for row in rows] == [False, True, False, True]


def test_a_long_step_may_be_broken_inside() -> None:
    rows = _rows(_step("a", *(f"x + {i}" for i in range(8))))
    assert [row.stays for row in rows] == [False, True, False, False, False, False, False, True]


def test_the_key_puts_the_forms_of_a_step_on_one_line() -> None:
    (row,) = _rows(_step("z", "w*x + b", "3*2 + 1", "7"), detail=1)
    assert [relation for relation, _ in row.chain] == ["=", "="]
    assert row.chain[-1][1] == number(7)
    assert len(_rows(_step("z", "w*x + b", "3*2 + 1", "7"), detail=2)) == 3


def test_the_key_breaks_what_has_no_room() -> None:
    long = " + ".join(f"x_{i}" for i in range(12))
    assert len(_rows(_step("z", long, long), detail=1)) == 2


def _table(*rows: tuple[str, ...]) -> Table:
    subs = tuple(_step(f"v_{i}", *forms) for i, forms in enumerate(rows))
    (block,) = solution_blocks(Derivation("D", steps=(Step("t", substeps=subs, layout="table"),)), 2)
    assert isinstance(block, Table)
    return block


def test_a_value_stands_in_the_last_column() -> None:
    table = _table(("x*y", "2*3", "6"), ("1",), ("x",), ("x + y", "5"))
    shown = [[line and line.form for line in row.lines] for row in table.rows]
    assert shown[1] == [None, None, number(1)]
    assert shown[2] == [sym("x"), None, None]
    assert shown[3] == [read("x + y"), None, number(5)]


def test_marks_of_hidden_tables_are_kept() -> None:
    marks = (Mark(Fraction(1)),)
    table = Step(
        "t", marks=marks, substeps=(Step("s", sym("a"), (Line("=", number(1)),), marks=marks),), layout="table"
    )
    rows = _rows(Step("q", sym("q"), (Line("=", number(2), boxed=True),), marks=marks), table, detail=0)
    assert sum(mark.points for row in rows for mark in row.marks) == 3
