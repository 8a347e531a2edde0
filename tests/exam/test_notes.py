"""What a part says to graders: other right answers and partial credit stand in the marking guide alone."""

import re

import pytest

from derive.exam.model import read_exam
from derive.exam.solve import solve_exam
from derive.render.documents import render

EXAM = """
title: Small
problems:
  - title: One
    parts:
      - text: Why?
        points: 1
        answer: Because of 50 %.
        accept: ["It is `x^2`.", "So be it"]
        credit: ["half a point for `x`"]
      - {ask: toy.product, points: 3, given: {w: 2}, credit: [one point for the formula]}
"""


@pytest.mark.parametrize("format", ["tex", "typ", "txt"])
def test_notes_stand_in_the_marking_guide_alone(format):
    sheet = solve_exam(read_exam(EXAM))
    guide = re.sub(r'#"([^"]*)";', r"\1", render(sheet, "rubric", format))
    for said in (
        "Also right: ",
        "So be it",
        "Partial credit: half a point for",
        "Partial credit: one point for the formula",
    ):
        assert said in " ".join(guide.split())
    for kind in ("exam", "solution", "answers"):
        assert "So be it" not in render(sheet, kind, format)
        assert "one point for" not in render(sheet, kind, format)
