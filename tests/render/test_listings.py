"""Source code on paper: every sign as it stands, in all languages; nothing of it is taken for mathematics or markup."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.notation.build import number, sym
from derive.notation.form import Sum
from derive.record import Answer, Derivation, Line, Listing, Mark, Step
from derive.render import documents
from derive.render.engines import ENGINES
from derive.render.listings import COLUMNS, code_lines, cut
from derive.render.notebook import notebook
from derive.render.pdf import compile
from derive.render.raw import tex_code, typst_code

HOSTILE = r"""a = "\[ 1 = 2 \] $3 = 4$ \begin{align*} x &= 5 \end{align*}"  # 50 %
% @ problem 9
\problem{1}{x}{2}\input{/etc/passwd}^^41 #eval("7*7") ~ -- --- ,, `` 'q' << >> ?` !`
    deep = {"é": '"', 'ß': "\\"}  # ü ∑ 😀 """


def sheet(text: str, **more: object) -> object:
    marks = (Mark(Fraction(1), "B", ("a line",), 1), Mark(Fraction(1), "A"))
    code = Step("code", intro=("As listed:",), listing=Listing(text, "text"), marks=marks)
    three = Step("three", sym("s"), (Line("=", Sum((number(1), number(2)), (False, False))), Line("=", number(3))))
    answers = (Answer("s", "integer", number(3), label=sym("s")),)
    asked = (Listing(text, "text", ("numbered",), numbered=True),)
    return documents.single(
        Derivation("Code", ("Read it.",), steps=(code, three), answers=answers, points=Fraction(2), listings=asked)
    )


def test_code_is_no_mathematics() -> None:
    plain = read_back(documents.render(sheet("x"), "solution", "tex"))  # type: ignore[arg-type]
    report = read_back(documents.render(sheet(HOSTILE), "solution", "tex"))  # type: ignore[arg-type]
    assert (report.lines, report.held) == (plain.lines, plain.held)
    assert report.held == report.lines > 1
    assert not report.failed
    assert not report.undecided


def test_escapes() -> None:
    assert tex_code("  a_b") == r"~~a\_b"
    assert "--" not in tex_code("--")
    assert tex_code("'\\{}$%") == r"\textquotesingle{}\textbackslash{}\{\}\$\%"
    assert tex_code("\x1b\u202e") == "{[}U+001B{]}{[}U+202E{]}"
    assert typst_code('a "b\\') == '"a \\"b\\\\"'
    assert typst_code("\u202e") == '"[U+202E]"'


@pytest.mark.parametrize("engine", [pytest.param("pdflatex", marks=pytest.mark.tex), "typst"])
def test_hostile_code_is_printed(engine: str, request: pytest.FixtureRequest) -> None:
    if engine == "pdflatex":
        request.getfixturevalue("tex")
    pdf = compile(documents.render(sheet(HOSTILE), "solution", ENGINES[engine].language), engine)  # type: ignore[arg-type]
    try:
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    text = done.stdout.decode()
    for shown in (
        r"\[ 1 = 2 \] $3 = 4$",
        r"\begin{align*}",
        "% @ problem 9",
        r"\input{/etc/passwd}",
        '#eval("7*7")',
        "---",
    ):
        assert text.count(shown) == 2, shown
    assert "root:" not in text


def test_marks_stand_at_their_lines() -> None:
    text = documents.render(sheet("first\nsecond\nthird\n"), "solution", "txt")  # type: ignore[arg-type]
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "first [B1]" in lines
    assert "3 third" in lines  # the listing that is asked about has numbers and no marks


def test_spaces_are_kept_and_tabs_spread() -> None:
    (line,) = code_lines(Listing("\tx  =  1"))
    assert line.code == "    x  =  1"
    assert [line.number for line in code_lines(Listing("a\n\nb\n\n", numbered=True))] == ["1", "2", "3"]


@pytest.mark.parametrize("line", ["x" * 300, "    f(" + ", ".join(map(str, range(60))) + ")", " " * 200 + "x", ""])
def test_long_lines_are_cut(line: str) -> None:
    pieces = cut(line)
    assert max(map(len, pieces)) <= COLUMNS
    assert "".join("".join(pieces).split()) == "".join(line.split())


def test_notebooks_show_code() -> None:
    derivation = Derivation("Code", steps=(Step("code", listing=Listing("a_b = {1: 2}  # 5 %", "text")),))
    shown = notebook(derivation)
    assert r"\texttt{a\_b" in shown
    assert r"\#" in shown
