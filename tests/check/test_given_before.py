"""A given stands at the first part that has it: the reader takes it over, as long as nothing else is said."""

import re

import pytest

from derive.check.document import read_back
from derive.check.given_before import still_given
from derive.exam.model import read_exam
from derive.exam.solve import solve_exam
from derive.notation.build import add
from derive.notation.form import Symbol
from derive.notation.text import read
from derive.record import Given, Line, Step
from derive.render.documents import render

EXAM = """
title: Small
problems:
  - title: One
    parts:
      - {ask: graph.forward, points: 1, given: {graph: {z: w*x}, at: {w: 2, x: 3}}}
      - {ask: graph.forward, points: 1, given: {graph: {z: w*x, y: z + b}, at: {w: 2, x: 3, b: 1}, of: [y]}}
      - {ask: graph.forward, points: 1, given: {graph: {z: w*x}, at: {w: 5, x: 3}}}
"""


@pytest.fixture(scope="module")
def solution():
    return render(solve_exam(read_exam(EXAM)), "solution", "tex")


def part(text, label):
    return re.split(r"\\partq\{", text)["_abc".index(label)]


def test_each_given_is_printed_where_it_is_first_needed(solution):
    assert "w = 2" not in part(solution, "b")
    assert "b = 1" in part(solution, "b")
    assert "w = 5" in part(solution, "c")


def test_the_reader_takes_it_over(solution):
    report = read_back(solution)
    assert report.lines == report.held > 8


@pytest.mark.parametrize(("label", "there", "instead"), [("a", "w = 2", "w = 4"), ("c", "w = 5", "w = 2")])
def test_another_given_makes_lines_wrong(solution, label, there, instead):
    before = part(solution, label)
    assert there in before
    changed = solution.replace(before, before.replace(there, instead))
    found = {remark.where[:16] for remark in read_back(changed).failed}
    assert found == ({"problem 1 part a", "problem 1 part b"} if label == "a" else {"problem 1 part c"})


def at(letter, step):
    return Symbol(letter, sub=(step,))


def given(text, form):
    return Given(read(text), read(form), "value")


def test_what_a_part_does_not_speak_of_is_not_taken_over():
    before = {each.target: each for each in (given("w", "2"), given("u", "3"), given("v", "u + 1"))}
    steps = [Step("y", read("y"), (Line("=", read("v*w")),))]
    assert [each.target for each in still_given(before, [], steps)] == [read("w"), read("u"), read("v")]
    steps = [Step("y", read("y"), (Line("=", read("3*w")),))]
    assert [each.target for each in still_given(before, [], steps)] == [read("w")]


def test_a_name_that_begins_anew_is_not_taken_over():
    before = {read("C"): given("C", "3")}
    again, anew = (Step("C", read("C"), (Line("=", read(form)),)) for form in ("3", "64"))
    use = Step("N", read("N"), (Line("=", read("5*C")),))
    assert still_given(before, [], [again, use])
    assert not still_given(before, [], [anew, use])
    assert not still_given(before, [given("C", "7")], [use])


def test_steps_of_a_sequence_are_taken_over():
    before = {read("x_2"): given("x_2", "1"), read("w_2"): given("w_2", "4")}
    rule = Given(at("s", "t"), add((at("s", "t-1"), at("x", "t"))))
    assert [each.target for each in still_given(before, [rule], [])] == [read("x_2")]
