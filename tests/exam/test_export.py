"""Answers for programs: exact strings, decimal numbers, null where there is no number."""

import json
import math

import pytest

from derive.exam.export import answer_record, derivation_record, exam_record
from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge
from derive.notation.form import Number, Shape, Text
from derive.notation.text import read
from derive.record import Answer


@pytest.mark.parametrize(
    ("typed", "kind", "exact", "decimal"),
    [
        ("-7.21/5", "number", "-721/500", -1.442),
        ("2*log(2)", "number", "2*log(2)", 2 * math.log(2)),
        ("2^3", "integer", "8", 8),
        ("[[1, 0], [0.5, -2]]", "matrix", "[[1, 0], [0.5, -2]]", [[1, 0], [0.5, -2]]),
        ("(4, 3)", "points", "(4, 3)", [4, 3]),
        ("x + 1", "expression", "x + 1", None),
        ("log(0)", "number", "log(0)", None),
        ("10^(400)", "number", "1" + "0" * 400, 10**400),
        ("exp(1000)", "number", "exp(1000)", None),
    ],
)
def test_values(typed, kind, exact, decimal):
    record = answer_record(Answer("w", kind, read(typed)))
    assert record["exact"] == exact
    assert record["decimal"] == decimal
    json.dumps(record, allow_nan=False)


def test_shapes_words_and_units():
    size = answer_record(Answer("size", "shape", Shape((Number("8"), Number("5"))), unit="pixels"))
    assert (size["decimal"], size["unit"]) == ([8, 5], "pixels")
    verdict = answer_record(Answer("v", "verdict", Text("local minimum")))
    assert (verdict["exact"], verdict["decimal"]) == ("local minimum", None)
    rounded = answer_record(Answer("w", "number", read("1/3"), Number("0.333")))
    assert (rounded["exact"], rounded["shown"]) == ("1/3", "0.333")


def test_an_exam():
    text = "title: T\nproblems:\n  - title: P\n    parts: [{ask: toy.product, points: 1.5, given: {w: 2, x: 3}}]\n"
    solved = solve_and_judge(read_exam(text))
    record = exam_record(solved)
    assert record["verified"] is True
    assert record["answers"]["1.a"]["y"]["exact"] == "6"
    assert record["parts"][0]["steps"][0]["lines"][0]["form"] == "w*x"
    assert record["points"] == 1.5
    assert json.loads(json.dumps(record)) == record


def test_faults_are_told():
    text = "title: T\nproblems:\n  - title: P\n    parts: [{ask: toy.slip, points: 1, given: {w: 2, x: 3}}]\n"
    solved = solve_and_judge(read_exam(text))
    record = derivation_record(solved.sheet.problems[0].parts[0].derivation, solved.judged[0].verdict)
    assert record["verified"] is False
    assert record["faults"]
