"""Formulas by cases: how they are typed, and which case holds where names have values."""

from fractions import Fraction

import pytest

from derive.errors import InputError
from derive.notation import source
from derive.notation.form import Cases, Relation
from derive.notation.pieces import holding_condition, settled
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate

HUBER = "where(abs(e) <= delta, e**2/2, delta*(abs(e) - delta/2))"
STEPS = "where(x < 0, -1, where(x < 1, 0, x**2))"


def env(**values):
    return {parse_symbol(name): Fraction(value) for name, value in values.items()}


@pytest.mark.parametrize("text", [HUBER, STEPS, "2*where(a > b, a, b) + 1", "where(a == b, 0, 1)"])
def test_typed_and_read_again(text):
    form = read(text)
    assert read(source.write(form)) == form
    assert source.write(form) == text


def test_nested_cases_are_one():
    form = read(STEPS)
    assert isinstance(form, Cases)
    assert [condition is None for _, condition in form.branches] == [False, False, True]
    assert [evaluate(form, env(x=x)) for x in (-3, 0, 2)] == [-1, 0, 4]


@pytest.mark.parametrize("text", ["where(x, 1, 2)", "where(x > 0, 1)", "where(1, 2, 3)"])
def test_what_is_no_choice(text):
    with pytest.raises(InputError):
        read(text)


@pytest.mark.parametrize(("error", "left", "says"), [("0.5", "e**2/2", "≤"), ("3", "delta*(abs(e) - delta/2)", ">")])
def test_the_case_that_holds(error, left, says):
    values = env(e=error, delta=1)
    assert settled(read(HUBER), values) == read(left)
    assert settled(read(f"1 + {HUBER}/3"), values) == read(f"1 + ({left})/3")
    assert holding_condition(read(HUBER), values) == Relation(says, read("abs(e)"), read("delta"))


def test_what_cannot_be_told_stays():
    form = read(HUBER)
    assert settled(form, env(e=1)) == form
    assert holding_condition(form, env(e=1)) is None
    assert settled(read("x + 1"), {}) == read("x + 1")


def test_no_one_condition_where_there_are_several():
    assert holding_condition(read(STEPS), env(x=1)) is None
    assert holding_condition(read(f"{HUBER} + {HUBER}"), env(e=1, delta=1)) is None
