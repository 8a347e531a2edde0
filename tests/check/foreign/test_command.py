"""`derive check`, as it is run; and our own documents, in which every equality holds."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import derive
from derive.check.foreign import latex_file
from derive.check.foreign.latex_file import check_latex

GOLDEN = sorted((Path(__file__).parents[2] / "golden").glob("*.tex"))
CODE = "from derive.cli import main; main()"


def check(*arguments):
    command = [sys.executable, "-c", CODE, "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))


def test_a_slip_is_told_with_file_and_line(tmp_path):
    path = tmp_path / "sheet.tex"
    path.write_text("Let\n\n$x = 2$.\n\n$y = x^2 = 5$ and $z = q$\n")
    done = check(path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == f"{path}:5: '5': 5 stands where 4 is right (at x = 2)"
    assert done.stdout.splitlines()[-1] == f"{path}: 4 equalities, 3 hold, 1 fail, 0 not decided"


def test_what_cannot_be_decided_is_listed_on_request(tmp_path):
    path = tmp_path / "sheet.tex"
    path.write_text(r"$a + b = 3$")
    assert check(path).returncode == 0
    assert "b has no value here (not decided)" in check(path, "--undecided").stdout


def test_the_report_as_json(tmp_path):
    path = tmp_path / "sheet.tex"
    path.write_text("\\section{One}\n$1 + 1 = 3$")
    (failed,) = json.loads(check(path, "--format", "json").stdout)["fails"]
    assert failed == {"line": 2, "where": "One", "message": "'3': 3 stands where 2 is right"}


@pytest.mark.parametrize("arguments", [["nowhere.tex"], ["--format", "xml", "sheet.tex"]])
def test_bad_input_is_one_sentence(arguments):
    done = check(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_our_own_documents_hold(path):
    """Answers and marking guide stand beside a solution, which has the definitions."""
    report = check_latex(path.read_text(encoding="utf-8"))
    assert not report.failed
    if "answers" not in path.name and "rubric" not in path.name:
        assert report.held == report.lines > 0


@pytest.mark.parametrize("path", [path for path in GOLDEN if "solution" in path.name], ids=lambda path: path.name)
def test_our_own_documents_hold_for_who_does_not_know_them(path, monkeypatch):
    """Read as a stranger's file, without what our commands mean, nothing in them is blamed and most is decided."""
    monkeypatch.setattr(latex_file, "_OWN", re.compile("(?!)"))
    report = check_latex(path.read_text(encoding="utf-8"))
    assert not report.failed
    assert report.held >= 0.9 * report.lines


def test_scripts_call_it():
    assert derive.check_latex("$2 + 2 = 5$").failed
