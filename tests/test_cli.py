"""The command, run as a user runs it: exit status, one sentence on stderr, and what it writes."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from derive.cli.progress import Progress

DERIVE = Path(sys.executable).with_name("derive")
SILENT = {"PYTHONWARNINGS": "error", "COLUMNS": "100"}

EXAM = """
title: Small
problems:
  - title: Words
    parts:
      - {text: "Why 100 % of `1 + r`?", points: 1.5, answer: "It is `1 + r`."}
"""


def derive(*arguments, cwd=None, env=None):
    return subprocess.run(
        [str(DERIVE), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **SILENT, **(env or {})},
        timeout=120,
        check=False,
    )


def modules_loaded_by(*arguments):
    """The modules in memory after a run of the command, and its exit status."""
    code = (
        "import sys; sys.argv = ['derive', *sys.argv[1:]]\n"
        "from derive.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, *sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=True
    )
    status, *modules = done.stderr.splitlines()[-1].split()
    return int(status), set(modules)


@pytest.fixture
def exam(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(EXAM)
    return path


def test_help_needs_nothing_heavy():
    status, modules = modules_loaded_by("--help")
    assert status == 0
    heavy = {"sympy", "mpmath", "pydantic", "jinja2", "fast_sugiyama", "typst", "rich", "ruamel.yaml"}
    assert modules.isdisjoint(heavy)


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "nonsense"],
        ["solve", "graph.gradient", "grph={z: w*x}"],
        ["solve", "graph.gradient", "graph={z: 'w*__import__(1)'}", "of=z"],
        ["build", "nowhere.yaml"],
        ["questions", "nonsense"],
    ],
)
def test_input_errors_come_without_sympy(arguments):
    status, modules = modules_loaded_by(*arguments)
    assert status == 2
    assert "sympy" not in modules


def test_wrong_exam_files_are_refused_without_sympy(exam):
    exam.write_text(EXAM.replace("points: 1.5", "ponts: 1.5"))
    status, modules = modules_loaded_by("build", exam)
    assert status == 2
    assert "sympy" not in modules


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["solve", "graph.gradien"], "did you mean graph.gradient"),
        (["solve", "text", "x"], "not of the form name=value"),
        (["solve", "text", "text=a", "text=b"], "twice on the command line"),
        (["solve", "text", "text=[1"], "given text:1:3: this is not YAML"),
        (["solve", "text", "text=a", "--format", "docx"], "unknown format 'docx'"),
        (["solve", "text", "--given", "none.yaml"], "none.yaml: cannot be read"),
        (["build", "none.yaml"], "none.yaml: cannot be read"),
        (["stress", "none.yaml"], "none.yaml: cannot be read"),
        (["stress", "nonsense"], "unknown question type"),
        (["buidl"], "No such command 'buidl'"),
        (["solve", "text", "--detail", "7"], "--detail"),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(arguments, says):
    done = derive(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_debug_shows_the_traceback():
    assert "Traceback" in derive("solve", "nonsense", "--debug").stderr


def test_errors_of_a_file_name_the_line(exam):
    exam.write_text(EXAM.replace("points: 1.5", "points: 1.5, rubric: [{points: 1, fro: x}]"))
    done = derive("build", exam.name, cwd=exam.parent)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("small.yaml:6:")
    assert not (exam.parent / "out").exists()


def test_build_writes_what_is_asked(exam):
    done = derive("build", exam, "-o", exam.parent / "o", "--as", "exam,solution", "--format", "tex,txt,json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    names = {path.name for path in (exam.parent / "o").iterdir()}
    assert names == {"small-exam.tex", "small-exam.txt", "small-solution.tex", "small-solution.txt", "small.json"}
    assert sorted(done.stdout.split()) == sorted(str(exam.parent / "o" / name) for name in names)
    assert r"100 \%" in (exam.parent / "o" / "small-exam.tex").read_text()
    record = json.loads((exam.parent / "o" / "small.json").read_text())
    assert (record["verified"], record["points"]) == (True, 1.5)


def test_several_exams_are_built_by_one_command(exam):
    other = exam.with_name("other.yaml")
    other.write_text(exam.read_text())
    out = exam.parent / "o"
    done = derive("build", exam, other, "-o", out, "--as", "answers", "--format", "txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(out / "small-answers.txt"), str(out / "other-answers.txt")]


def test_one_wrong_exam_stops_all_before_anything_is_written(exam):
    other = exam.with_name("other.yaml")
    other.write_text(EXAM.replace("points: 1.5", "points: many"))
    done = derive("build", exam, other, "-o", exam.parent / "o", "--as", "answers", "--format", "txt")
    assert (done.returncode, (exam.parent / "o").exists()) == (2, False)


def test_two_exams_of_one_name_do_not_overwrite_each_other(exam):
    other = exam.parent / "again" / exam.name
    other.parent.mkdir()
    other.write_text(exam.read_text())
    done = derive("build", exam, other, "-o", exam.parent / "o")
    assert (done.returncode, (exam.parent / "o").exists()) == (2, False)
    assert done.stderr.strip().endswith(
        "2 of the exams would make documents called small: build them into different folders"
    )


@pytest.mark.parametrize(("option", "value"), [("--as", "exm"), ("--format", "docx")])
def test_build_refuses_what_it_does_not_know(exam, option, value):
    done = derive("build", exam, "-o", exam.parent / "o", option, value)
    assert done.returncode == 2
    assert value in done.stderr
    assert not (exam.parent / "o").exists()


def test_solve_writes_a_pdf_named_after_the_type(tmp_path):
    done = derive("solve", "calculus.gradient", "function=x**2*y", "--format", "pdf", "--engine", "typst", cwd=tmp_path)
    assert done.stdout.split() == ["calculus-gradient.pdf"]
    assert (tmp_path / "calculus-gradient.pdf").read_bytes().startswith(b"%PDF")


def test_build_makes_a_pdf_by_typst(exam):
    done = derive("build", exam, "-o", exam.parent, "--as", "exam", "--format", "pdf", "--engine", "typst")
    assert done.returncode == 0, done.stderr
    assert (exam.parent / "small-exam.pdf").read_bytes().startswith(b"%PDF")


GRADIENT = ["graph.gradient", "graph={z: w*x + b, L: z**2}", "of=L", "wrt=[w, b]", "at={w: -2, x: 3.5, b: -2}"]


def test_solve_as_text():
    done = derive("solve", *GRADIENT)
    assert done.returncode == 0, done.stderr
    assert "-63" in done.stdout.replace("−", "-")  # 2 (-2 · 3.5 - 2) 3.5


def test_solve_as_json():
    done = derive("solve", *GRADIENT, "--format", "json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["verified"] is True
    assert record["answers"]["w"]["exact"] == "-63"
    assert record["answers"]["w"]["decimal"] == -63
    assert record["answers"]["b"]["decimal"] == -18
    assert record["steps"]


def test_solve_to_files(tmp_path):
    given = tmp_path / "given.yaml"
    given.write_text("graph: {z: w*x + b, L: z**2}\nof: L\nwrt: w\nat: {w: 1, x: 1, b: 1}\n")
    arguments = ["solve", "graph.gradient", "--given", given, "at={w: -2, x: 3.5, b: -2}"]
    for format, start in (("tex", b"\\documentclass"), ("pdf", b"%PDF"), ("json", b"{")):
        out = tmp_path / f"sheet.{format}"
        done = derive(*arguments, "--format", format, "-o", out)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(out)
        assert start in out.read_bytes()[:200]
    assert "-63" in (tmp_path / "sheet.json").read_text()


def test_questions():
    listed = derive("questions").stdout
    assert "graph.gradient" in listed
    assert "text" in listed
    described = derive("questions", "graph.gradient").stdout
    for word in ("graph: ", "wrt: ", "example:", "ask: graph.gradient"):
        assert word in described


def test_schema():
    schema = json.loads(derive("schema").stdout)
    assert schema["properties"]["problems"]


def test_stress():
    done = derive("stress", "text", "-n", "3", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "text: 3 solved, 0 failed" in done.stdout


@pytest.mark.parametrize("policy", ["exact", "carry-rounded"])
def test_stress_under_a_rounding_policy(policy):
    done = derive("stress", "optimizer.step", "-n", "2", "--rounding", policy, "--digits", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "optimizer.step: 2 solved, 0 failed" in done.stdout


def test_an_exam_says_its_own_rounding(exam):
    done = derive("stress", exam, "--rounding", "exact")
    assert done.returncode == 2
    assert "says itself how it rounds" in done.stderr


def test_stress_of_an_exam(exam):
    done = derive("stress", exam)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 solved, 0 failed" in done.stdout


class Terminal(io.StringIO):
    """What a terminal would show."""

    def isatty(self):
        return True


def shown(monkeypatch, stream, patience):
    """What work of two pieces writes on stderr."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("derive.cli.progress.PATIENCE", patience)
    with Progress(2) as tick:
        tick("seed 0")
        tick("seed 1")
    return stream.getvalue()


def test_only_long_work_shows_on_a_terminal(monkeypatch):
    assert "seed 1" in shown(monkeypatch, Terminal(), -1)
    assert not shown(monkeypatch, Terminal(), 3600)


def test_nothing_shows_where_there_is_no_terminal(monkeypatch):
    assert not shown(monkeypatch, io.StringIO(), -1)


def test_a_pipe_gets_the_result_alone():
    done = derive("stress", "calculus.hessian", "-n", "25")
    assert done.returncode == 0
    assert done.stdout.startswith("calculus.hessian: 25 solved, 0 failed")
    assert not done.stderr
