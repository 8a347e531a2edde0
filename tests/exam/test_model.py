"""The exam file's model: what it takes, and that each mistake is answered with its line and what is known."""

from fractions import Fraction as F

import pytest

from derive.errors import InputError
from derive.exam.model import load_exam, read_exam

MINIMAL = """
title: T
problems:
  - title: P
    parts:
      - {text: Why?, points: 1}
"""


def test_minimal():
    rules = read_exam(MINIMAL).rules
    assert rules.title == "T"
    assert rules.problems[0].parts[0].points == 1
    record = rules.conventions.record()
    assert (record.rounding.mode, record.rounding.digits, record.relu_at_zero, record.tie) == (
        "carry-full",
        4,
        0,
        "padding",
    )


@pytest.mark.parametrize(
    ("typed", "points"), [("0.5", F(1, 2)), ("1/2", F(1, 2)), ("'3/4'", F(3, 4)), ("2", 2), ("0.1", F(1, 10)), ("0", 0)]
)
def test_points_are_exact(typed, points):
    assert read_exam(MINIMAL.replace("points: 1", f"points: {typed}")).rules.problems[0].parts[0].points == points


@pytest.mark.parametrize("typed", ["-1", "true", "many", "1/0", "1/7777", "[1]", "1e9", "''"])
def test_points_that_are_none(typed):
    with pytest.raises(InputError, match="points") as caught:
        read_exam(MINIMAL.replace("points: 1", f"points: {typed}"), "f.yaml")
    assert caught.value.place.line == 6


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title: T", "titel: T", 2, "unknown key 'titel'; did you mean title"),
        ("title: T\n", "title: T\nseed: 3\n", 3, "conventions, course, date"),
        ("    parts:", "    pionts: 3\n    parts:", 5, "did you mean points"),
        ("points: 1", "ponts: 1", 6, "accept, answer, ask, credit, detail"),
        ("points: 1", "points: 1, detail: 9", 6, "less than or equal to 3"),
        ("points: 1", "points: 1, space: wide", 6, "number"),
        ("points: 1", "points: 1, rubric: [{points: 1, four: x}]", 6, "unknown key 'four'; did you mean for"),
        ("text: Why?", "name: x", 6, "'ask' or 'text'"),
        ("text: Why?", "text: Why?, given: {w: 1}", 6, "no 'given' beside 'text'"),
        ("text: Why?", "ask: toy.product, answer: 3", 6, "no 'answer' or 'rubric'"),
        ("text: Why?", "text: Why?, name: 1a", 6, "pattern"),
        ("text: Why?", "text: [1]", 6, "expected text, not a list of 1"),
        ("problems:\n", "conventions: {rounding: {mode: carry}}\nproblems:\n", 3, "carry-rounded"),
        ("problems:\n", "conventions: {tie: both}\nproblems:\n", 3, "'padding', 'first' or 'last', not 'both'"),
        ("problems:\n", "conventions: {log: 2}\nproblems:\n", 3, "natural"),
        ("problems:\n", "conventions: {rounding: {digits: 0}}\nproblems:\n", 3, "greater than or equal to 1"),
        ("text: Why?", "ask: toy.product, given: {w: {pick: [1, 2]}}", 6, "not available yet"),
        ("text: Why?", "ask: toy.product, given: {w: {decimal: [0, 1], step: 0.1}}", 6, "not available yet"),
    ],
)
def test_mistakes(old, new, line, says):
    assert old in MINIMAL
    with pytest.raises(InputError) as caught:
        read_exam(MINIMAL.replace(old, new, 1), "f.yaml")
    found = [text for text in str(caught.value).splitlines() if says in text]
    assert found, str(caught.value)
    assert found[0].startswith(f"f.yaml:{line}:")


def test_all_mistakes_are_said_at_once_but_ten_at_most():
    with pytest.raises(InputError) as caught:
        read_exam("titel: x\nproblems: [{}, {parts: []}]", "f.yaml")
    assert len(str(caught.value).splitlines()) == 6
    parts = "\n".join(f"      - {{text: Why?, points: {i}, bad{i}: 1}}" for i in range(20))
    with pytest.raises(InputError) as caught:
        read_exam(MINIMAL.replace("      - {text: Why?, points: 1}", parts))
    assert str(caught.value).splitlines()[-1] == "... and 10 more"


@pytest.mark.parametrize("text", ["", "- 1", "3", "null"])
def test_no_exam(text):
    with pytest.raises(InputError, match="mapping with title and problems"):
        read_exam(text)


def test_names_of_parts():
    two = MINIMAL + "      - {text: What?, points: 1, name: NAME}\n"
    assert read_exam(two.replace("NAME", "second"))
    assert read_exam(two.replace("NAME", "b"))  # its own letter
    with pytest.raises(InputError, match="belongs to part a"):
        read_exam(two.replace("NAME", "a"))


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
        load_exam(tmp_path / "none.yaml")
