"""The demo exam as it is handed out: what can be measured of its pages, by both engines, at every level of detail."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from derive.check.document import read_back
from derive.exam.model import load_exam
from derive.exam.sheet import Sheet, SolvedPart
from derive.exam.solve import solve_exam
from derive.record import Mark
from derive.render import documents
from derive.render.blocks import Display, solution_blocks
from derive.render.engines import ENGINES
from derive.render.pdf import compile
from derive.render.rubric import rubric_rows
from derive.render.texlog import read_log

KINDS = ("exam", "solution", "rubric", "answers")
DETAILS = (0, 1, 2, 3)
MARK = re.compile(r"\b[MAB]\d+(?:\.\d+)?\b")
DECIMAL = re.compile(r"\d+\.\d+")


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return solve_exam(load_exam(Path(__file__).parents[2] / "examples" / "backprop_and_curvature.yaml"))


def _parts(sheet: Sheet) -> list[SolvedPart]:
    return [part for problem in sheet.problems for part in problem.parts]


def _printed_marks(part: SolvedPart, detail: int) -> list[Mark]:
    marks: list[Mark] = []
    for block in solution_blocks(part.derivation, detail):
        rows = block.rows if isinstance(block, Display) else ()
        marks += [mark for row in rows for mark in row.marks]
        if not isinstance(block, Display):
            marks += [mark for row in getattr(block, "rows", ()) for mark in row.marks] + list(block.marks)
    return marks


@pytest.mark.parametrize("detail", DETAILS)
def test_the_marks_at_the_margin_are_those_of_the_rubric(sheet: Sheet, detail: int) -> None:
    for part in _parts(sheet):
        rubric = [(row.kind, row.points) for row in rubric_rows(part.derivation)]
        assert [(mark.kind, mark.points) for mark in _printed_marks(part, detail)] == rubric
        assert sum(points for _, points in rubric) == part.points


@pytest.mark.parametrize("detail", DETAILS)
def test_each_answer_has_one_box(sheet: Sheet, detail: int) -> None:
    for part in _parts(sheet):
        source = str(documents.PRINTERS["tex"]().solution(part.derivation, detail))
        told = sum(answer.kind == "text" for answer in part.derivation.answers)
        boxed = sum(answer.boxed for answer in part.derivation.answers)
        assert source.count(r"\answer{") == boxed - told


def test_less_detail_is_shorter(sheet: Sheet) -> None:
    rows = [documents.render(sheet, "solution", "tex", detail).count("\\\\") for detail in DETAILS]
    assert rows[0] < 0.6 * rows[1] < 0.6 * 0.8 * rows[2] < 0.6 * 0.8 * rows[3]


@pytest.mark.parametrize("detail", DETAILS[1:])  # level 0 lists answers: the names in them are not derived there
def test_every_printed_line_holds(sheet: Sheet, detail: int) -> None:
    report = read_back(documents.render(sheet, "solution", "tex", detail))
    assert not report.failed
    assert not report.undecided
    assert report.held > 20


@pytest.mark.tex
@pytest.mark.parametrize(("kind", "detail"), [(kind, 2) for kind in KINDS] + [("solution", d) for d in (0, 1, 3)])
def test_nothing_sticks_out(sheet: Sheet, tmp_path: Path, tex: None, kind: str, detail: int) -> None:
    (tmp_path / "d.tex").write_text(documents.render(sheet, kind, "tex", detail))
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "max_print_line": "1000", "HOME": str(tmp_path)}
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "d.tex"], cwd=tmp_path, env=env, capture_output=True, check=True
    )
    log = read_log((tmp_path / "d.log").read_text(errors="replace"))
    assert not log.errors
    assert not [box for box in log.overfull if box.points > 2]


def _pages(sheet: Sheet, kind: str, engine: str, *options: str) -> list[str]:
    """The text of each page, by pdftotext."""
    if reason := ENGINES[engine].missing():
        pytest.skip(reason)
    pdf = compile(documents.render(sheet, kind, ENGINES[engine].language), engine)
    try:
        done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    return done.stdout.decode().split("\f")[:-1]


@pytest.mark.tex
@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_print_the_same(sheet: Sheet, kind: str) -> None:
    tex, typst = (_pages(sheet, kind, engine) for engine in ("pdflatex", "typst"))
    assert abs(len(tex) - len(typst)) <= 1
    for pattern in (MARK, DECIMAL):
        assert Counter(pattern.findall(" ".join(tex))) == Counter(pattern.findall(" ".join(typst)))


@pytest.mark.parametrize("engine", [pytest.param("pdflatex", marks=pytest.mark.tex), "typst"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_page_but_the_last_is_a_third_blank(sheet: Sheet, kind: str, engine: str) -> None:
    text = "".join(_pages(sheet, kind, engine, "-bbox"))
    pages = [re.findall(r'yMax="([\d.]+)"', page) for page in text.split("<page ")[1:]]
    for page in pages[:-1]:
        lowest = sorted(Fraction(y) for y in page)[-2]  # the number of the page is lower still
        assert lowest > 842 * Fraction(2, 3)
