"""The JSON Schema, judged by an independent validator: it takes what the loader takes, and refuses what it refuses."""

from pathlib import Path

import pytest

from derive.errors import InputError
from derive.exam.model import read_exam
from derive.exam.schema import exam_schema
from derive.exam.solve import solve_exam
from derive.exam.yaml_file import parse_yaml, read_yaml

jsonschema = pytest.importorskip("jsonschema")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))

EXAM = """
title: T
conventions: {rounding: {mode: carry-rounded, digits: 3}, relu_at_zero: 1/2, log: natural}
problems:
  - title: P
    given: {w: 2}
    parts:
      - {ask: toy.product, points: 1/2, given: {x: 0.5}}
      - {ask: toy.product, points: 1, given: {x: {from: a, answer: y}}, detail: 3}
      - {text: Why?, answer: So., rubric: [{points: 1, for: that}], space: 3.5, name: last}
"""


def valid(data):
    return jsonschema.Draft202012Validator(exam_schema()).is_valid(data)


def test_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(exam_schema())


def test_takes_what_the_loader_takes():
    assert read_exam(EXAM)
    assert valid(parse_yaml(EXAM, "f").data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: T", "titel: T"),
        ("toy.product", "toy.prodct"),
        ("{x: 0.5}", "{z: 0.5}"),
        ("{from: a, answer: y}", "{from: a, anser: y}"),
        ("text: Why?, ", ""),
        ("digits: 3", "digits: 0"),
        ("points: 1/2", "points: -1"),
        ("points: 1/2", "points: lots"),
        ("given: {w: 2}", "given: {v: 2}"),
        ("detail: 3", "detail: 4"),
        ("log: natural", "log: ten"),
    ],
)
def test_refuses_what_the_loader_refuses(old, new):
    text = EXAM.replace(old, new, 1)
    assert text != EXAM
    assert not valid(parse_yaml(text, "f").data)
    with pytest.raises(InputError):
        solve_exam(read_exam(text))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path, monkeypatch):
    monkeypatch.undo()  # the real catalogue
    data = read_yaml(path).data
    if "problems" not in data:
        pytest.skip("no exam")
    errors = list(jsonschema.Draft202012Validator(exam_schema()).iter_errors(data))
    assert not errors, "\n".join(f"{list(error.path)}: {error.message}" for error in errors)
