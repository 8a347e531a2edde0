"""Identities of truth values are decided on every row, and on rows alone."""

import pytest

from derive.check.judge import judge
from derive.check.premises import Premises
from derive.check.truths import MOST_ROWS, all_rows, truth_names
from derive.notation.build import sym
from derive.notation.form import Call, Indicator, Relation
from derive.notation.logic import read_logic
from derive.notation.text import read
from derive.record import Derivation, Given, Line, Step

F = sym("f")


def judged(function, *forms):
    lines = tuple(Line("=", form if not isinstance(form, str) else read_logic(form)) for form in forms)
    return judge(Derivation("", givens=(Given(F, read_logic(function)),), steps=(Step("f", F, lines),)))


@pytest.mark.parametrize(
    ("function", "same", "other"),
    [
        ("A xnor B xnor C", "A xor B xor C", "not (A xor B xor C)"),
        ("not (A and B)", "not A or not B", "not A and not B"),
        ("A implies B", "not A or B", "A or not B"),
        ("A and (B or C)", "(A and B) or (A and C)", "(A and B) or C"),
        ("A xor B", "(A or B) and (A nand B)", "(A or B) and (A or B)"),
        ("A and B and C and D and E and F", "F and E and D and C and B and A", "A and B and C and D and E and not F"),
    ],
)
def test_laws_of_logic(function, same, other):
    assert judged(function, same).verified is True
    assert judged(function, other).verified is False


def unit(net, threshold):
    return Indicator(Relation("≥", read(net), read(threshold)))


def test_threshold_units_on_rows():
    assert judged("A and B and C and D and E", unit("A + B + C + D + E", "5")).verified is True
    assert judged("A and B and C and D and E", unit("A + B + C + D + E", "4")).verified is False


def test_a_mistake_on_one_row_of_64_is_found():
    names = [f"x{k}" for k in range(1, 7)]
    wrong = " and ".join(names[:5])
    assert judged(" and ".join(names), wrong).verified is False


def test_which_names_are_truth_values():
    givens = (Given(F, read_logic("B or not A")), Given(sym("g"), read("A + x")), Given(sym("C"), read("1"), "value"))
    assert truth_names(Premises(givens)) == [sym("B"), sym("A")]
    assert truth_names(Premises(givens[1:])) == []


def test_rows_are_counted_up_and_bounded():
    rows = all_rows([sym("A"), sym("B")])
    assert [tuple(row.values()) for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert all_rows([]) == [{}]
    assert len(all_rows([sym(f"x_{k}") for k in range(9)])) == MOST_ROWS


def test_other_names_beside_truth_values_stay_real():
    weighted = Call("land", (sym("A"), sym("B")))
    givens = (Given(F, weighted), Given(sym("z"), read("w*A + w*B")))
    right, wrong = ("w*(A + B)", "w*A")
    for form, verdict in ((right, True), (wrong, False)):
        steps = (Step("z", sym("z"), (Line("=", read(form)),)),)
        assert judge(Derivation("", givens=givens, steps=steps)).verified is verdict
