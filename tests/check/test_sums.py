"""Sums with an index in the judge: what they depend on, and names that stand in them."""

import pytest

from derive.check.judge import judge
from derive.notation.build import number, sym
from derive.notation.form import BigSum, Derivative, Power, Product, Symbol
from derive.notation.names import runs_of, under_sums
from derive.record import Derivation, Given
from tests.check.derivations import form, line, step, value

I = sym("i")  # noqa: E741


def big(body, high=3, low=1):
    return BigSum(body, I, number(low), number(high))


def test_names_under_a_sum():
    runs = runs_of(big(Symbol("x", sub=("i", "2"))))
    assert list(under_sums(Symbol("x", sub=("i", "2")), runs)) == [Symbol("x", sub=(str(k), "2")) for k in (1, 2, 3)]
    assert list(under_sums(sym("y"), runs)) == [sym("y")]
    assert list(under_sums(I, runs)) == []


@pytest.mark.parametrize(
    ("entry", "given"),
    [
        (Symbol("x", sub=("i",)), [value("x", form("[1, 2, 3]"))]),
        (Symbol("x", sub=("i",)), [value(f"x_{k}", k) for k in (1, 2, 3)]),
        (Symbol("X", sub=("i", "1")), [value("X", form("[[1, 5], [2, 6], [3, 7]]"))]),
        (Symbol("h", sup="i"), [value(f"h__{k}", k) for k in (1, 2, 3)]),
    ],
)
def test_a_derivative_by_a_name_in_a_sum(entry, given):
    """A slope was 0 where the judge did not see that the sum depends on the name."""
    second = Symbol(entry.base, sub=tuple("2" if p == "i" else p for p in entry.sub), sup="2" if entry.sup else "")
    whole = step("L", "L", line(big(Power(entry, number(2)))))

    def slope(factor):
        lines = (line(Product((number(factor), second))), line(number(2 * factor)))
        steps = (whole, step("slope", Derivative(sym("L"), (second,)), *lines, uses="L"))
        return judge(Derivation("", givens=tuple(given), steps=steps)).verified

    assert slope(2) is True
    assert slope(0) is False
    assert slope(3) is False


def test_a_name_that_is_missing_under_a_sum_is_missed():
    given = (value("x_1", 1), value("x_2", 2))
    steps = (step("s", "s", line(big(Symbol("x", sub=("i",))))),)
    assert judge(Derivation("", givens=given, steps=steps)).verified is False


def test_gradients_stand_under_a_sum():
    given = (Given(sym("L"), form("x_1**2 + 3*x_2"), "definition"), value("x_1", 2), value("x_2", 1))
    total = big(Derivative(sym("L"), (Symbol("x", sub=("i",)),)), 2)
    steps = (step("g", "g", line(total), "7"),)
    assert judge(Derivation("", givens=given, steps=steps)).verified is True
    assert judge(Derivation("", givens=given, steps=(step("g", "g", line(total), "8"),))).verified is False
