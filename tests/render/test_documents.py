"""What stands in the documents, whatever the language."""

from __future__ import annotations

import re
from fractions import Fraction
from types import ModuleType

import pytest

from derive.exam.sheet import Sheet, SolvedPart
from derive.notation.build import number, sym
from derive.notation.form import Call
from derive.notation.text import read
from derive.questions.stated import rounding_phrases
from derive.record import Answer, Conventions, Derivation, Line, Mark, Rounding, Step
from derive.render import documents
from derive.render.blocks import Display, solution_blocks
from derive.render.notebook import notebook
from derive.render.rubric import rubric_rows

FORMATS = ("tex", "typ", "txt")
KINDS = ("exam", "solution", "rubric", "answers")


def _levels() -> Derivation:
    def step(name: str, level: int, boxed: bool = False) -> Step:
        lines = (Line("=", read("a + b"), level=level), Line("=", sym("c"), boxed=boxed))
        return Step(name, sym(name), lines, marks=(Mark(Fraction(1)),), level=level)

    steps = (step("u", 3), step("v", 2), step("w", 1, boxed=True), step("y", 3))
    return Derivation("Levels", (), (), steps, (Answer("w", "expression", sym("c"), label=sym("w")),))


@pytest.mark.parametrize(("detail", "targets"), [(0, ["w"]), (1, ["w"]), (2, ["v", "w"]), (3, ["u", "v", "w", "y"])])
def test_detail_hides_steps_but_no_mark(detail: int, targets: list[str]) -> None:
    (display,) = (block for block in solution_blocks(_levels(), detail) if isinstance(block, Display))
    assert isinstance(display, Display)
    assert [row.step for row in display.rows if row.opens] == targets
    assert sum(mark.points for row in display.rows for mark in row.marks) == 4


def test_where_nothing_is_boxed_the_answer_is_added() -> None:
    derivation = Derivation("A", answers=(Answer("q", "number", read("2/3"), read("0.6667"), sym("q")),))
    assert documents.fragment(derivation) == "\\begin{align*}\nq &\\approx \\answer{0.6667}\n\\end{align*}"


def test_rows_of_a_step() -> None:
    lines = (Line("=", read("w*x"), ("rule of ", sym("x"))), Line("≈", number("1.5"), boxed=True))
    step = Step("q", sym("q"), lines, marks=(Mark(Fraction(1, 2), "A"),))
    assert documents.fragment(Derivation("A", steps=(step,), points=Fraction(1, 2))) == (
        "\\begin{align*}\nq &= wx \\why{rule of $x$}\\\\[\\stay]\n&\\approx \\answer{1.5}\\mk{A0.5}\n\\end{align*}"
    )


def test_text_of_a_derivation() -> None:
    lines = (Line("=", read("w*x"), ("put in",)), Line("=", number(2), boxed=True))
    step = Step("q", sym("loss"), lines, marks=(Mark(Fraction(1)),))
    first, second = documents.text(Derivation("A", steps=(step,), points=Fraction(1))).splitlines()
    assert re.fullmatch(r"  loss = w·x +\(put in\)", first)
    assert re.fullmatch(r"       = 2 +\(answer\)  \[M1\]", second)


def test_an_accent_takes_no_column_of_a_text() -> None:
    steps = [Step(name, sym(name), (Line("=", number(2), (f"rule of {name}",)),)) for name in ("x_hat", "loss")]
    accented, plain = documents.text(Derivation("A", steps=tuple(steps))).splitlines()
    assert "\u0302" in accented
    shown = accented.replace("\u0302", "")
    assert [shown.index(sign) for sign in "=("] == [plain.index(sign) for sign in "=("]


@pytest.mark.parametrize("format", FORMATS)
def test_answers_do_not_stand_on_the_exam(sheets: ModuleType, format: str) -> None:
    assert "1.750" in documents.render(sheets.small(), "solution", format)
    assert "1.750" not in documents.render(sheets.small(), "exam", format)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", FORMATS)
def test_the_warning_stands_on_every_document(sheets: ModuleType, kind: str, format: str) -> None:
    warning = "NOT VERIFIED 100 percent"
    assert warning in documents.render(sheets.small(), kind, format, warning=warning)
    assert "VERIFIED" not in documents.render(sheets.small(), kind, format)


def test_macros_that_programs_read(sheets: ModuleType) -> None:
    text = documents.render(sheets.exam(), "solution", "tex")
    assert r"\problem{1}{One logistic neuron}{6 points}" in text
    assert re.search(r"\\partq\{b\}\{Evaluate .*\}\{2\}", text)
    assert "% @ problem 1 part b step dw" in text
    (row,) = (line for line in text.splitlines() if line.startswith("$f$ &"))
    assert re.fullmatch(r"\$f\$ & \$[^$&]+\$ & \$\\approx -112\.0\$ \\\\", row)
    assert r"&\assume{\operatorname{ReLU}'(z) = 1} \why{" in text or r"&\assume{{\operatorname{ReLU}}'(z) = 1}" in text


def test_rubric_adds_up(sheets: ModuleType) -> None:
    for problem in sheets.exam().problems:
        for part in problem.parts:
            rows = rubric_rows(part.derivation)
            assert sum(row.points for row in rows) == part.points
            assert all(row.earns for row in rows)


def test_notebook_has_no_macro_of_the_documents(sheets: ModuleType) -> None:
    for problem in sheets.exam().problems:
        for part in problem.parts:
            text = notebook(part.derivation)
            assert not re.search(r"\\(?:why|mk|answer|fit|assume|unit|remark|bm|ensuremath)\b", text)
            assert text.count(r"\begin{align*}") == text.count(r"\end{align*}")


@pytest.mark.parametrize("format", FORMATS)
def test_same_input_same_text(sheets: ModuleType, format: str) -> None:
    assert documents.render(sheets.exam(), "solution", format) == documents.render(sheets.exam(), "solution", format)


def test_a_single_derivation_has_one_title_and_no_number() -> None:
    derivation = Derivation(
        "Output size", ("Find ", sym("H"), "."), steps=(Step("H", sym("H"), (Line("=", number(8)),)),)
    )
    for format in FORMATS:
        text = documents.render(documents.single(derivation), "solution", format)
        assert text.count("Output size") <= {"tex": 2, "typ": 3, "txt": 1}[format]  # the running header, the metadata
        assert "Problem 1" not in text
        assert "(a)" not in text


def _rounded(mode: str) -> Sheet:
    conventions = Conventions(Rounding(mode, 3))  # type: ignore[arg-type]
    used = ((Call("log"), " is natural"), *rounding_phrases(conventions.rounding))
    return Sheet("S", Fraction(0), (), Conventions(conventions.rounding, used=used))


@pytest.mark.parametrize("format", FORMATS)
def test_students_are_told_the_digits_and_not_how_the_solution_prints(format: str) -> None:
    exam = documents.render(_rounded("carry-full"), "exam", format)
    assert "rounded results have 3 significant digits" in exam
    assert "is natural" in exam
    assert "carry full precision" not in exam
    assert "carry full precision" in documents.render(_rounded("carry-full"), "solution", format)
    assert "carried on as shown" in documents.render(_rounded("carry-rounded"), "exam", format)


@pytest.mark.parametrize(
    ("space", "points", "lines"), [(None, 0, 3), (None, 4, 11), (Fraction(8), 4, 10), (Fraction(0), 1, 1)]
)
def test_the_space_for_an_answer_goes_by_the_points(space: Fraction | None, points: int, lines: int) -> None:
    part = SolvedPart("a", "", Fraction(points), Derivation("A"), space=space)
    assert documents.ruled_lines(part) == lines
