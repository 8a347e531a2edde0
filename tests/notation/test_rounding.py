"""How numbers are shown: right to half a unit of the last digit, with the digits asked for, and never a false zero."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.notation import plain
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Frac, Neg, Number, Power, Product
from derive.notation.rounding import as_fraction, exact_form, fixed, in_digits, magnitude, rounded, shown, unit_of
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.record import Rounding

POLICIES = [Rounding("exact"), Rounding("carry-full", 4), Rounding("carry-full", 2), Rounding("carry-rounded", 3)]

mantissas = st.integers(-(10**9), 10**9)
values = st.one_of(
    st.builds(lambda m, e: m * Fraction(10) ** e, mantissas, st.integers(-25, 12)),
    st.builds(Fraction, mantissas, st.integers(1, 10**6)),
    st.integers(-(10**12), 10**12).map(Fraction),
)
digits = st.integers(1, 12)


def significant(form: Form) -> int:
    """How many significant digits a printed decimal shows."""
    inner = form.arg if isinstance(form, Neg) else form
    mantissa = inner.factors[0] if isinstance(inner, Product) else inner
    if isinstance(mantissa, Power):
        return 1
    assert isinstance(mantissa, Number)
    return len(mantissa.text.replace(".", "").lstrip("0"))


@given(values, digits)
def test_within_half_a_unit_of_the_last_digit(value, count):
    form = rounded(value, count)
    unit = unit_of(form)
    assert unit is not None
    assert abs(evaluate(form, {}) - value) <= unit / 2


@given(values.filter(bool), digits)
def test_as_many_digits_as_asked(value, count):
    form = rounded(value, count)
    lone_power = isinstance(form.arg if isinstance(form, Neg) else form, Power)
    assert significant(form) == count or lone_power


@given(st.integers(1, 10**6), st.integers(0, 20), st.sampled_from((1, -1)), st.sampled_from((1, -1)), digits)
def test_carried_on_a_value_beside_1_is_never_shown_as_1(gap, zeros, side, sign, count):
    value = sign * (1 + side * gap / Fraction(10) ** (6 + zeros))
    form = in_digits(value, Rounding("carry-rounded", count))
    unit = unit_of(form)
    assert unit is not None
    assert abs(evaluate(form, {})) != 1
    assert abs(evaluate(form, {}) - value) <= unit / 2
    assert in_digits(value, Rounding("carry-full", count)) == rounded(value, count)


@pytest.mark.parametrize(
    ("value", "shown_as"),
    [
        ("0.9999916", "0.999992"),
        ("0.99994", "0.9999"),
        ("1.0000049", "1.000005"),
        ("3.0000001", "3.000"),
        ("1", "1.000"),
    ],
)
def test_digits_beside_1(value, shown_as):
    assert plain.write(in_digits(Fraction(value), Rounding("carry-rounded", 4))) == shown_as


@given(values.filter(bool), digits)
def test_a_nonzero_value_is_never_shown_as_zero(value, count):
    assert evaluate(rounded(value, count), {}) != 0
    for policy in POLICIES:
        assert evaluate(shown(value, policy)[1], {}) != 0


@given(values, st.sampled_from(POLICIES))
def test_equals_means_equal(value, policy):
    relation, form = shown(value, policy)
    worth = evaluate(form, {})
    assert (worth == value) if relation == "=" else abs(worth - value) <= unit_of(form) / 2
    assert "-0" not in plain.write(form).replace("-0.", "")


@given(values, digits)
def test_sign_is_that_of_the_value(value, count):
    form = rounded(value, count)
    assert isinstance(form, Neg) == (value < 0)
    assert rounded(-value, count) == (form.arg if isinstance(form, Neg) else Neg(form) if value else form)


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        ("1.3973", 4, "1.397"),
        ("0.00012339", 4, "1.234·10⁻⁴"),
        ("0.0004", 4, "4.000·10⁻⁴"),
        ("0.001234", 2, "0.0012"),
        ("0.00099999", 2, "0.0010"),
        ("9.9996", 4, "10.00"),
        ("99.996", 4, "100.0"),
        ("123456", 4, "1.235·10⁵"),
        ("1234567", 4, "1.235·10⁶"),
        ("999999.9", 4, "1.000·10⁶"),
        ("0.5", 1, "0.5"),
        ("2.5", 1, "3"),
        ("-2.5", 1, "-3"),
        ("-0.00000004", 1, "-4·10⁻⁸"),
        ("0.000001", 1, "10⁻⁶"),
        ("0", 4, "0"),
    ],
)
def test_rounded_by_hand(value, count, text):
    assert plain.write(rounded(Fraction(value), count)) == text


@pytest.mark.parametrize(
    ("value", "policy", "relation", "text"),
    [
        ("-1.9", Rounding(), "=", "-1.9"),
        ("13/20", Rounding(), "=", "0.65"),
        ("1/3", Rounding(), "=", "1/3"),
        ("1/3", Rounding("carry-rounded", 2), "=", "1/3"),
        ("-7/6", Rounding(), "=", "-7/6"),
        ("4e-7", Rounding(), "=", "4·10⁻⁷"),
        ("1/1001", Rounding(), "≈", "9.990·10⁻⁴"),
        ("1.2345678", Rounding(), "≈", "1.235"),
        ("1.23456", Rounding(), "=", "1.23456"),
        ("1.2345678", Rounding("exact"), "=", "1.2345678"),
        ("12345678", Rounding(), "=", "12345678"),
        ("1001/1003", Rounding("exact"), "=", "1001/1003"),
        ("0", Rounding(), "=", "0"),
    ],
)
def test_shown_by_hand(value, policy, relation, text):
    value = Fraction(value)
    assert (shown(value, policy)[0], plain.write(shown(value, policy)[1])) == (relation, text)


def test_irrational_numbers_have_no_exact_form():
    context = mpmath.MPContext()
    context.dps = 50
    assert exact_form(context.sqrt(2), Rounding("exact")) is None
    assert plain.write(rounded(context.exp(-9), 4)) == "1.234·10⁻⁴"
    assert shown(evaluate(read("sigmoid(-9)"), {}), Rounding())[0] == "≈"


@given(values.filter(bool))
def test_magnitude(value):
    assert Fraction(10) ** magnitude(value) <= abs(value) < Fraction(10) ** (magnitude(value) + 1)


@given(st.fractions(max_denominator=10**6), st.integers(0, 8))
def test_fixed_places(value, places):
    form = fixed(value, places)
    text = (form.arg if isinstance(form, Neg) else form).text
    assert len(text.partition(".")[2]) == places
    assert abs(evaluate(form, {}) - value) <= Fraction(1, 2 * 10**places)


def test_as_fraction_is_exact():
    context = mpmath.MPContext()
    context.dps = 50
    third = context.mpf(1) / 3
    assert context.mpf(as_fraction(third).numerator) / as_fraction(third).denominator == third
    assert as_fraction(context.mpf(-3)) == -3


@pytest.mark.parametrize("text", ["x", "sqrt(2)", "2*3", "1/3", "10**x"])
def test_only_decimals_have_a_last_digit(text):
    assert unit_of(read(text)) is None


def test_last_digit():
    assert unit_of(Number("1.230")) == Fraction(1, 1000)
    assert unit_of(Number("120")) == 1
    assert decimal_of(rounded(Fraction(1, 30000), 3)) == (Fraction(333, 10**7), Fraction(1, 10**7))
    assert not isinstance(rounded(Fraction(1, 3), 3), Frac)
