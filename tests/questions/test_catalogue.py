"""The catalogue: every type is complete, its example holds, and wrong givens are answered in one sentence."""

import random

import pytest

from derive.errors import InputError, UnknownName
from derive.notation.form import Form
from derive.questions.base import Question
from derive.questions.catalogue import catalogue, purpose, question, question_type, schema_of, solved
from derive.questions.faults import place_by_path
from derive.questions.fields import to_form
from derive.record import Conventions

TYPES = sorted(catalogue())


def test_finds_itself():
    assert "text" in TYPES
    assert list(catalogue()) == TYPES


@pytest.mark.parametrize("ask", TYPES)
def test_is_documented(ask):
    kind = question_type(ask)
    assert purpose(kind).endswith(".")
    assert len(purpose(kind)) <= 120
    for name, given in schema_of(kind)["properties"].items():
        assert given.get("description"), f"{ask}: the given {name} has no description"


@pytest.mark.parametrize("ask", TYPES)
def test_defaults_stand_in_the_schema_as_they_are_typed(ask):
    kind = question_type(ask)
    defaults = {field.alias or name: field.default for name, field in kind.model_fields.items()}
    for name, given in schema_of(kind)["properties"].items():
        default = defaults[name]
        if isinstance(default, Form):
            assert to_form(given["default"]) == default


@pytest.mark.parametrize("ask", TYPES)
def test_example_is_solved(ask):
    kind = question_type(ask)
    derivation = question(ask, kind.example).solve(Conventions())
    assert derivation.prompt
    assert derivation.answers
    assert any(step.marks for step in derivation.all_steps())


@pytest.mark.parametrize("ask", TYPES)
def test_draws_are_givens(ask):
    kind = question_type(ask)
    first, again, other = (kind.draw(random.Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert isinstance(question(ask, other), Question)


@pytest.mark.parametrize("ask", TYPES)
def test_unknown_given_lists_the_known(ask):
    kind = question_type(ask)
    with pytest.raises(InputError) as caught:
        question(ask, {**kind.example, "nonsense": 1})
    known = schema_of(kind)["properties"]
    assert "unknown key 'nonsense'" in str(caught.value)
    assert all(name in str(caught.value) for name in known)


def test_unknown_type():
    with pytest.raises(UnknownName, match="did you mean text"):
        question_type("txt")


def test_all_mistakes_are_said_with_their_paths():
    with pytest.raises(InputError) as caught:
        question("text", {"answer": "a `(` b", "rubric": [{"points": "x", "for": 3}, {"for": "`1 +`"}]})
    lines = str(caught.value).splitlines()
    assert len(lines) == 5
    for path in ("'text' is missing", "answer", "rubric, 0, points", "rubric, 1", "rubric, 1, for"):
        assert any(path in line for line in lines), path


GIVENS = {"graph": {"z": "w*x + b", "L": "z**2"}, "of": "L", "wrt": ["w"], "at": {"w": 1, "x": 2, "b": 3}}


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"wrt": ["w", "1w"]}, "wrt", "is no name"),
        ({"at": {"w": "2 +"}}, "at, w", "cannot be read"),
        ({"at": 3}, "at", "mapping"),
        ({"of": "L +"}, "of", ""),
    ],
)
def test_readers_errors_name_the_given(change, path, says):
    with pytest.raises(InputError) as caught:
        question("graph.gradient", {**GIVENS, **change})
    assert says in caught.value.message
    assert str(caught.value.place.path).startswith(path)


@pytest.mark.parametrize("text", ["w*sigmod(x)", "w*x +", "w @ [[1, 2]] @ [[1, 2]]"])
def test_engine_errors_name_the_given(text):
    givens = {**GIVENS, "graph": {"z": text, "L": "z**2"}}
    with pytest.raises(InputError) as caught:
        solved(question("graph.gradient", givens), givens, Conventions(), place_by_path)
    assert str(caught.value.place.path).startswith("graph, z")


@pytest.mark.parametrize("ask", TYPES)
def test_what_ends_with_an_answer_earns_accuracy(ask):
    derivation = question(ask, question_type(ask).example).solve(Conventions())
    for step in derivation.all_steps():
        if step.marks and step.layout == "lines" and step.lines and step.lines[-1].boxed:
            assert any(mark.kind != "M" for mark in step.marks), step.name
