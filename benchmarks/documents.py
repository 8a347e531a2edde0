"""From the demo exam to its documents: the whole program against importing SymPy, a PDF against plain pdflatex."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, Table, against, duration, environment, installed, process_seconds, wall, within

ROOT = Path(__file__).parents[1]
EXAM = ROOT / "examples" / "backprop_and_curvature.yaml"
MAIN = "from derive.cli import main; main()"
PARTS = """
import json, sys, time
from pathlib import Path
marks = [("start", time.process_time())]
def done(name): marks.append((name, time.process_time()))
import derive.cli
from derive.cli.documents import load_exam
done("imports: command, exam file")
exam = load_exam(Path(sys.argv[1])); done("load")
from derive.exam.solve import solve_and_judge
import derive.check.judge
from derive.questions.catalogue import catalogue
catalogue(); done("imports: questions, judge")
from derive.render.documents import document_kinds, render
done("imports: rendering")
solved = solve_and_judge(exam); done("solve and judge")
for kind in document_kinds("tex"): render(solved.sheet, kind, "tex")
done("render four documents")
pairs = zip(marks, marks[1:])
print(json.dumps({after[0]: after[1] - before[1] for before, after in pairs}))
"""


def tables() -> Iterator[Table]:
    """The program's speed, then that of the PDFs."""
    with tempfile.TemporaryDirectory(prefix="derive-bench-") as folder:
        out = Path(folder)
        yield Table("The demo exam: .tex of all four documents, checked", (*_build(out), *_parts()), (_note(),))
        yield Table(
            "PDF of the worked solution",
            tuple(_pdfs(out)),
            ("Least wall time of five runs after one that warms the caches; the two programs take turns.",),
        )


def _note() -> str:
    return "Least CPU time of five whole processes each, the interpreter's start included; the runs take turns."


def _build(out: Path) -> Iterator[Row]:
    python = sys.executable
    build = [python, "-c", MAIN, "build", str(EXAM), "-o", str(out), "--format", "tex,typ"]
    tex = [python, "-c", MAIN, "build", str(EXAM), "-o", str(out), "--format", "tex"]
    subprocess.run(build, env=environment(), stdout=subprocess.DEVNULL, check=True)
    ours, theirs, said = process_seconds([tex, [python, "-c", "import sympy"], [python, "-c", MAIN, "--help"]])
    yield against("derive build --format tex", ours, "import sympy", theirs, 3.0)
    yield within("derive --help", said, 0.25)


def _parts() -> Iterator[Row]:
    command = [sys.executable, "-c", PARTS, str(EXAM)]
    printed = (subprocess.run(command, env=environment(), capture_output=True, check=True).stdout for _ in range(4))
    _, *runs = map(json.loads, printed)
    for name in runs[0]:
        yield Row(f"of that, {name}", duration(min(run[name] for run in runs)))


def _pdfs(out: Path) -> Iterator[Row]:
    from derive.render.pdf import compile

    stem = f"{EXAM.stem}-solution"
    if program := shutil.which("pdflatex"):
        source = (out / f"{stem}.tex").read_text(encoding="utf-8")
        plain = [program, "-interaction=nonstopmode", f"{stem}.tex"]
        quiet = {"cwd": out, "stdout": subprocess.DEVNULL, "check": True, "env": os.environ}
        ours, theirs = wall(lambda: compile(source, "pdflatex"), lambda: subprocess.run(plain, **quiet))
        yield against("pdflatex", ours, "plain pdflatex", theirs, 1.2)
    else:
        yield Row("pdflatex", "", "plain pdflatex", "skipped: not installed")
    if installed("typst"):
        text = (out / f"{stem}.typ").read_text(encoding="utf-8")
        yield within("Typst", *wall(lambda: compile(text, "typst")), 0.3)
