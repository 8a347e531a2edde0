"""Every example: an exam file gives all its documents and is verified, a script runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.exam.model import load_exam
from derive.exam.solve import solve_and_judge
from derive.render.documents import render

EXAMPLES = Path(__file__).parent.parent / "examples"
EXAMS = sorted(EXAMPLES.glob("*.yaml"))
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


def test_there_are_examples():
    assert EXAMS


@pytest.mark.parametrize("path", EXAMS, ids=lambda path: path.name)
def test_exam(path):
    solved = solve_and_judge(load_exam(path))
    assert solved.verified is True, solved.warning
    sheet = solved.sheet
    assert sheet.points == sum(problem.points for problem in sheet.problems)
    for problem in sheet.problems:
        assert problem.points == sum(part.points for part in problem.parts)
        for part in problem.parts:
            marks = [mark.points for step in part.derivation.all_steps() for mark in step.marks]
            assert sum(marks) == part.points, part.label
    for kind in ("exam", "solution", "rubric", "answers"):
        for form in ("tex", "typ", "txt"):
            text = render(sheet, kind, form)
            assert sheet.title in text
            assert form != "txt" or not re.search(r"\b0\.0+\b", text), "a number that is not zero is not shown as zero"
    assert render(sheet, "solution", "tex") == render(solve_and_judge(load_exam(path)).sheet, "solution", "tex")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script(path, tmp_path):
    run = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
    )
    assert run.returncode == 0, run.stderr[-2000:]
