"""The exams of the papers as they are handed out: nothing sticks out, fonts are inside, no answer is in the exam."""

from __future__ import annotations

import io
import re
import subprocess
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from derive.exam.model import load_exam
from derive.exam.sheet import Sheet
from derive.exam.solve import solve_exam
from derive.notation import plain
from derive.render import documents
from derive.render.pdf import compile
from derive.render.texlog import read_log

PAPERS = [path for path in (Path(__file__).parents[2] / "examples" / "papers").glob("*.yaml") if path.stem != "rows"]
papers = pytest.mark.parametrize("path", sorted(PAPERS), ids=lambda path: path.stem)
FILLED = 0.6
"""So far down a page must be printed on; its text ends at 0.93. What stays together is no taller than the rest."""
LONG = 5
"""A number of fewer signs may stand in a question for itself."""


@cache
def _sheet(path: Path) -> Sheet:
    return solve_exam(load_exam(path))


@pytest.mark.tex
@papers
@pytest.mark.parametrize("kind", ["exam", "solution", "rubric"])
@pytest.mark.slow
def test_nothing_sticks_out(path: Path, kind: str, tmp_path: Path, tex: None) -> None:
    (tmp_path / "d.tex").write_text(documents.render(_sheet(path), kind, "tex"))
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "max_print_line": "1000", "HOME": str(tmp_path)}
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "d.tex"], cwd=tmp_path, env=env, capture_output=True, check=True
    )
    log = read_log((tmp_path / "d.log").read_text(errors="replace"))
    assert not log.errors
    assert not [box for box in log.overfull if box.points > 2]


@pytest.mark.tex
@papers
@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
def test_every_font_is_inside(path: Path, engine: str, tex: None) -> None:
    form = "tex" if engine == "pdflatex" else "typ"
    pdf = pikepdf.open(io.BytesIO(compile(documents.render(_sheet(path), "solution", form), engine)))
    fonts = [font for font in pdf.objects if isinstance(font, pikepdf.Dictionary) and "/FontDescriptor" in font]
    assert fonts
    for font in fonts:
        assert any(str(key).startswith("/FontFile") for key in font.FontDescriptor)
    assert 1 <= len(pdf.pages) <= 16


def _filled(pdf: bytes) -> list[float]:
    """How far down each page is printed on, between header and page number."""
    done = subprocess.run(["pdftoppm", "-gray", "-r", "36", "-"], input=pdf, capture_output=True, check=True)
    pages, rest = [], done.stdout
    while rest:
        width, height = (int(number) for number in rest.split(maxsplit=3)[1:3])
        start = rest.index(b"255") + 4
        rows = [rest[start + row * width : start + (row + 1) * width] for row in range(height)]
        rest = rest[start + width * height :]
        inked = [row for row, cells in enumerate(rows[: int(0.93 * height)]) if min(cells) < 250]
        pages.append(max(inked) / height)
    return pages


@pytest.mark.tex
@papers
@pytest.mark.parametrize("engine", ["pdflatex", "typst"])
@pytest.mark.parametrize("kind", ["exam", "solution", "rubric"])
@pytest.mark.slow
def test_no_page_is_left_half_empty(path: Path, engine: str, kind: str, tex: None) -> None:
    form = "tex" if engine == "pdflatex" else "typ"
    *pages, _ = _filled(compile(documents.render(_sheet(path), kind, form), engine))
    assert all(filled > FILLED for filled in pages), pages


@papers
def test_no_answer_stands_in_the_exam(path: Path) -> None:
    sheet = _sheet(path)
    exam = documents.render(sheet, "exam", "txt")
    given = re.sub(r"\s", "", path.read_text("utf-8"))
    for problem in sheet.problems:
        for part in problem.parts:
            for answer in part.derivation.answers:
                said = plain.write(answer.shown or answer.form)
                if answer.boxed and len(said) >= LONG and re.sub(r"\s", "", said) not in given:
                    assert said not in exam, (part.label, said)
