"""What a part says to graders: other right answers and partial credit stand in the marking guide alone."""

import re

import pytest

from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge, solve_exam
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


def test_a_guide_asks_the_questions_in_words_and_says_their_answers():
    more = "        rubric: [{points: 1, for: the half}]\n"
    lines = [line + "\n" + (more if "answer:" in line else "") for line in EXAM.splitlines()]
    guide = render(solve_exam(read_exam("".join(lines))), "rubric", "txt")
    assert "(a) Why? [1]" in guide
    assert "1. the half" in guide
    assert "Answer: Because of 50 %." in guide
    assert "Answer:" not in render(solve_exam(read_exam(EXAM)), "rubric", "txt")  # the row itself says it


def test_a_derived_part_may_accept_other_answers():
    exam = EXAM.replace("credit: [one point", "accept: [the product], credit: [one point")
    assert "Also right: the product." in render(solve_exam(read_exam(exam)), "rubric", "txt")


def test_numbers_that_prose_sets_equal_are_judged():
    right = EXAM.replace("Because of 50 %.", "As `(1 - 1.25)^2 = 0.0625`, and `x = 3`.")
    assert solve_and_judge(read_exam(right)).verified is True
    wrong = solve_and_judge(read_exam(right.replace("0.0625", "0.0626")))
    assert wrong.verified is False
    assert "problem 1 part a is wrong" in wrong.warning
