"""Prose: words, mathematics between backquotes, quoted values."""

import pytest

from derive.errors import InputError
from derive.notation.build import number, sym
from derive.notation.form import Call, Relation, Sum, Symbol
from derive.questions.prose import read_prose, words


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("plain words", ("plain words",)),
        ("", ()),
        ("`w`", (sym("w"),)),
        ("let `w = 2` be", ("let ", Relation("=", sym("w"), number(2)), " be")),
        ("if `w >= 2`", ("if ", Relation("≥", sym("w"), number(2)))),
        ("  two\n lines ", ("two lines",)),
        (r"a \` and \{", ("a ` and {",)),
        ("{ } $ % \\ ok", ("{ } $ % \\ ok",)),
        ("`x + F(x)`", (Sum((sym("x"), Call("F", (sym("x"),))), (False, False)),)),
    ],
)
def test_read(text, phrase):
    assert read_prose(text) == phrase


def test_quotes():
    assert read_prose("is {{ a.w }}.", {"a.w": number(3)}.__getitem__) == ("is ", number(3), ".")
    with pytest.raises(InputError, match="exam file only"):
        read_prose("{{ a.w }}")


@pytest.mark.parametrize(
    ("text", "says", "column"),
    [
        ("a ` b", "no partner", None),
        ("{{ a", "no partner", None),
        ("ab `1 +`", "cannot be read", 5),
        ("ab `x + sigmod(3)`", "unknown function 'sigmod'", 9),
        ("`__import__('os')`", "not allowed", None),
        ("`(lambda: 1)()`", "lambda", None),
    ],
)
def test_refused(text, says, column):
    with pytest.raises(InputError, match=says) as caught:
        read_prose(text)
    if column:
        assert caught.value.place.column >= column


def test_words():
    assert words(("let ", Symbol("w"), " be")) == "let w be"
