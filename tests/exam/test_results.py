"""Results by name: what a reference puts in, and what is said where there is nothing to put in."""

import pytest

from derive.errors import InputError
from derive.exam.results import NotSolved, Results, references
from derive.notation.build import number
from derive.notation.form import Number, Shape, Symbol
from derive.record import Answer, Conventions, Rounding

W = Answer("w", "number", number(0.125), Number("0.13"))
SIZE = Answer("size", "shape", Shape((Number("8"), Symbol("n"))))


def results(mode="carry-full"):
    found = Results(Conventions(Rounding(mode, 2)))
    found.add(1, ("a", "first"), (W,))
    found.add(2, ("a",), (W, SIZE))
    return found


def test_names():
    assert set(results().answers("a", 2)) == {"w", "size"}
    assert set(results().answers("1.a", 2)) == set(results().answers("first", 1)) == {"w"}
    with pytest.raises(InputError, match=r"unknown earlier part 'b'.*1\.a, 1\.first, a$"):
        results().answers("b", 2)
    for name in ("x.a", "", ".a", "1.2.a"):
        with pytest.raises(InputError, match="unknown earlier part"):
            results().answers(name, 1)


def test_values():
    assert results().resolve({"at": [{"from": "a", "answer": "w"}, 3]}, 1) == {"at": [number(0.125), 3]}
    assert results("carry-rounded").resolve({"from": "a", "answer": "w"}, 1) == Number("0.13")
    assert results().resolve({"from": "a"}, 2) == {"w": number(0.125), "size": [8, Symbol("n")]}
    assert results().resolve({"from": "a", "to": 3}, 1) == {"from": "a", "to": 3}  # no reference


def test_quotes_are_as_printed():
    assert results().quoted("a", 1) == results().quoted("first.w", 1) == results().quoted("2.a.w", 1) == Number("0.13")
    with pytest.raises(InputError, match="several answers: say which of w, size"):
        results().quoted("a", 2)
    with pytest.raises(InputError, match=r"unknown answer of part 2\.a 'v'"):
        results().quoted("2.a.v", 1)


def test_parts_that_failed():
    found = results()
    found.fail(1, ("c",))
    with pytest.raises(NotSolved):
        found.quoted("1.c.w", 2)


def test_references_are_found_anywhere():
    data = {"at": {"w": {"from": "a"}, "x": [1, {"from": "b", "answer": "y"}]}}
    assert [path for path, _ in references(data)] == [("at", "w"), ("at", "x", 1)]
