"""Constructors: canonical trees, exact numbers as they are written."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import ZERO, add, column, decimal_digits, multiply, neg, number, scientific, subtract, sym
from derive.notation.form import Neg, Number, Power, Product, Sum
from derive.notation.text import read
from derive.notation.value import evaluate

a, b, c = map(sym, "abc")


@given(st.fractions(max_denominator=10**7))
def test_a_number_is_worth_itself(value):
    assert evaluate(number(value), {}) == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e20, max_value=1e20))
def test_a_float_is_its_shortest_decimal(value):
    assert evaluate(number(value), {}) == Fraction(Decimal(repr(value)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-2, "-2"),
        (0.65, "0.65"),
        (Fraction(7, 6), "7/6"),
        (Fraction(-1, 3), "-1/3"),
        ("1e-8", "10⁻⁸"),
        (0.0004, "4·10⁻⁴"),
        (0.00123, "0.00123"),
        (0.000123, "1.23·10⁻⁴"),
        (-0.0, "0"),
        (Decimal("1.50"), "1.5"),
        (10**6, "1000000"),
    ],
)
def test_number_as_written(value, text):
    assert plain.write(number(value)) == text


@pytest.mark.parametrize("value", [10**1000, Fraction(1, 10**1000), -(10**5000)], ids=["large", "small", "huge"])
def test_too_long_to_write_out(value):
    with pytest.raises(InputError, match="too long"):
        number(value)
    assert decimal_digits(abs(Fraction(value))) is None


def test_sums_carry_their_signs():
    assert add([a, neg(b), c]) == Sum((a, b, c), (False, True, False))
    assert add([a, neg(add([b, neg(c)]))]) == Sum((a, b, c), (False, True, False))
    assert add([neg(a), b]) == Sum((Neg(a), b), (False, False))
    assert add([a]) == a
    assert add([]) == ZERO
    assert subtract(a, Neg(b)) == Sum((a, Neg(b)), (False, True))


def test_products_gather_their_signs():
    assert multiply([a, neg(b), multiply([c, neg(a)])]) == Product((a, b, c, a))
    assert multiply([neg(a), b]) == Neg(Product((a, b)))
    assert multiply([a]) == a
    assert multiply([]) == Number("1")


def test_small_ones():
    assert neg(neg(a)) == a
    assert scientific("1", -3) == Power(Number("10"), Neg(Number("3")))
    assert column([a, b]) == read("[a, b]")
