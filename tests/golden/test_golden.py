"""The demo exam's documents, character by character; `make golden` writes them anew, for review as a difference."""

import os
from pathlib import Path

import pytest

from derive.exam.model import load_exam
from derive.exam.solve import solve_exam
from derive.render.documents import render

HERE = Path(__file__).parent
EXAM = HERE.parents[1] / "examples" / "backprop_and_curvature.yaml"
KINDS = ("exam", "solution", "rubric", "answers")


@pytest.fixture(scope="module")
def sheet():
    return solve_exam(load_exam(EXAM))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["tex", "txt"])
def test_document_is_as_expected(sheet, kind, form):
    path = HERE / f"{EXAM.stem}-{kind}.{form}"
    made = render(sheet, kind, form)
    if os.environ.get("DERIVE_GOLDEN") == "write":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")
