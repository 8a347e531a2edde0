"""Documents character by character: all of the demo exam, the solutions of the papers.

`make golden` writes them anew, for review as a difference.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from derive.exam.model import load_exam
from derive.exam.solve import solve_exam
from derive.render.documents import render

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
DEMO = EXAMPLES / "backprop_and_curvature.yaml"
PAPERS = sorted(path for path in (EXAMPLES / "papers").glob("*.yaml") if path.stem != "rows")
DOCUMENTS = [(DEMO, kind, form) for kind in ("exam", "solution", "rubric", "answers") for form in ("tex", "txt")]
DOCUMENTS += [(path, "solution", "tex") for path in PAPERS]


@cache
def sheet(path):
    return solve_exam(load_exam(path))


@pytest.mark.parametrize(("exam", "kind", "form"), DOCUMENTS, ids=lambda it: getattr(it, "stem", it))
def test_document_is_as_expected(exam, kind, form):
    path = HERE / f"{exam.stem}-{kind}.{form}"
    made = render(sheet(exam), kind, form)
    if os.environ.get("DERIVE_GOLDEN") == "write":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_there_are_six_papers():
    assert len(PAPERS) == 6
