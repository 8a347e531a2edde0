"""A new name whose meaning is given apart from its formula: sizes of convolutions, against counted windows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.check.judge import judge
from derive.notation.build import sym
from derive.notation.form import Call
from derive.notation.reals import Undefined
from derive.notation.value import evaluate
from derive.record import Derivation, Given
from tests.check.derivations import form, line, step, value

SIZES = [value("H", 26), value("W", 26), value("K", 7), value("S", 3), value("P", 1)]
RIGHT = "floor((H + 2*P - K)/S) + 1"


def meaning(name: str, side: str) -> Given:
    counted = Call("windows", tuple(map(sym, (side, "K", "S", "P"))))
    return Given(Call("meaning", (sym(name),)), counted, shown=False)


def verified(*steps: object, claims: list[Given]) -> bool | None:
    return judge(Derivation("", givens=(*SIZES, *claims), steps=steps)).verified  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (RIGHT, True),
        ("floor((H - K + 2*P + S)/S)", True),
        ("floor((H + 3*P - K)/S) + 1", False),  # 8 as well at the given numbers
        ("floor((H + 2*P - K)/S + 1/2) + 1", False),
        ("(H + 2*P - K)/S + 1", False),
        ("floor((H + 2*P - K + 1)/S) + 1", False),
        ("ceil((H + 2*P - K)/S) + 1", False),
    ],
)
def test_a_formula_must_count_windows_everywhere(formula: str, holds: bool) -> None:
    assert verified(step("h", "H_out", formula), claims=[meaning("H_out", "H")]) is holds


def test_without_a_meaning_the_first_line_defines() -> None:
    assert verified(step("h", "H_out", "floor((H + 3*P - K)/S) + 1", "8"), claims=[]) is True


def test_a_line_at_the_given_values_is_compared_there() -> None:
    claims = [meaning("H_out", "H"), meaning("W_out", "W")]
    height = step("h", "H_out", RIGHT, "8")
    same = step("w", "W_out", line("H_out", at=True), uses="h")
    assert verified(height, same, claims=claims) is True
    assert verified(height, step("w", "W_out", "H_out", uses="h"), claims=claims) is False


def test_the_meaning_does_not_define_the_name() -> None:
    assert verified(step("c", "c", "2*H_out"), claims=[meaning("H_out", "H")]) is False


@given(*(st.integers(low, high) for low, high in ((1, 40), (1, 9), (1, 5), (0, 4))))
def test_windows_are_counted(side: int, kernel: int, stride: int, padding: int) -> None:
    counted = form(0), *map(form, (side, kernel, stride, padding))
    places = [i for i in range(200) if i * stride + kernel <= side + 2 * padding]
    if places:
        assert evaluate(Call("windows", counted[1:])) == len(places)
    else:
        with pytest.raises(Undefined):
            evaluate(Call("windows", counted[1:]))


def test_windows_over_a_side_that_is_no_whole_number() -> None:
    assert evaluate(Call("windows", (form("7/2"), form(1), form("5/4")))) == Fraction(3)
