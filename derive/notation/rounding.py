"""How a number is shown: exact where that is short, else rounded to the sheet's significant digits."""

from __future__ import annotations

from fractions import Fraction
from math import inf, log10
from typing import Any

from derive.notation.build import decimal_digits, neg, number, scientific
from derive.notation.decimals import decimal_of
from derive.notation.form import Call, Form, Number
from derive.notation.reals import LogOfNothing, Undefined
from derive.record import Relation, Rounding

Real = Any
"""A `Fraction`, or an mpmath float."""

SPARE_DIGITS = 2
"""An exact decimal may be this many digits longer than the policy's before it is rounded."""
LONGEST_EXACT = 30
"""Digits of a whole number, and of any under the policy "exact", before it is rounded."""
MANY_DIGITS = 40
"""Of a number without an end that an answer holds: more than are ever printed."""
LARGEST_FRACTION = 1000
SMALLEST_EXPONENT = -3
MOST_BITS = 40_000
"""How large the binary exponent of a number may be that is shown: some 12000 decimal places on either side."""


def as_fraction(value: Real) -> Fraction:
    """The exact value of a fraction or of a binary float.

    Raises:
        Undefined: the logarithm of a number that is not positive, or a number too far from 1 to be written down.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, LogOfNothing):
        raise Undefined("the logarithm of a number that is not positive")
    sign, mantissa, exponent, _ = value._mpf_
    if abs(exponent) > MOST_BITS:
        far = "larger than 10^12000" if exponent > 0 else "smaller than 10^-12000"
        raise Undefined(f"a number {far} comes up, which nobody could write down")
    whole = Fraction(int(mantissa)) * Fraction(2) ** exponent
    return -whole if sign else whole


def shown(value: Real, rounding: Rounding) -> tuple[Relation, Form]:
    """How a value is printed: "=" with its exact form where that is short, else "≈" with the sheet's digits."""
    exact = exact_form(value, rounding)
    return ("=", exact) if exact is not None else ("≈", in_digits(value, rounding))


def in_digits(value: Real, rounding: Rounding) -> Form:
    """The value with the sheet's significant digits.

    Where the digits shown are carried on, one that would show as 1 or -1 keeps as many as tell it from there: later
    lines need 1 - p of a probability p that is nearly 1, and the logarithm of that.
    """
    form = rounded(value, rounding.digits)
    if rounding.mode != "carry-rounded" or not is_one(form):
        return form
    return rounded(value, max(rounding.digits, digits_beside_one(as_fraction(value))))


def is_one(form: Form) -> bool:
    """Whether a printed decimal shows 1 or -1."""
    found = decimal_of(form)
    return found is not None and abs(found[0]) == 1


def digits_beside_one(value: Fraction) -> int:
    """The significant digits that tell a value from 1 and -1; 0 where it is one of them, or too near to print that."""
    gap = abs(abs(value) - 1)
    needed = -magnitude(gap) + (abs(value) > 1) if gap else 0
    return needed if needed <= LONGEST_EXACT else 0


def exact_form(value: Real, rounding: Rounding) -> Form | None:
    """The exact written number, or None where it is irrational or too long: whole numbers, short decimals, m·10^k
    with a short m, small fractions, and what is infinite.
    """
    if not isinstance(value, Fraction):
        return _infinite(value)
    limit = LONGEST_EXACT if rounding.mode == "exact" else rounding.digits + SPARE_DIGITS
    digits = decimal_digits(abs(value))
    if digits is not None and len(_significant(digits)) <= (LONGEST_EXACT if value.denominator == 1 else limit):
        plain = neg(Number(digits)) if value < 0 else Number(digits)
        if value == 0 or value.denominator == 1 or magnitude(value) >= SMALLEST_EXPONENT:
            return plain
        return _scientific(value, len(_significant(digits)))
    small = abs(value.numerator) < LARGEST_FRACTION and value.denominator < LARGEST_FRACTION
    return number(value) if digits is None and (small or rounding.mode == "exact") else None


def _infinite(value: Real) -> Form | None:
    if isinstance(value, LogOfNothing) or abs(value) != inf:
        return None
    infinity = Call("infinity")
    return infinity if value > 0 else neg(infinity)


def _significant(digits: str) -> str:
    return digits.replace(".", "").strip("0") or "0"


def magnitude(value: Real) -> int:
    """The exponent of the leading digit: 3 for 1234, -2 for 0.012. The value is not zero."""
    value = abs(as_fraction(value))
    guess = int((value.numerator.bit_length() - value.denominator.bit_length()) * log10(2)) - 2
    while value >= Fraction(10) ** (guess + 1):
        guess += 1
    return guess


def rounded(value: Real, digits: int) -> Form:
    """The value with so many significant digits, half away from zero; m·10^k where it is tiny, or has more digits than
    that before the point: in 123500 nobody sees which zeros count. An infinite value stays what it is.
    """
    if (endless := _infinite(value)) is not None:
        return endless
    exact = as_fraction(value)
    if exact == 0:
        return Number("0")
    exponent = magnitude(_rounded_at(exact, magnitude(exact) - digits + 1))
    if SMALLEST_EXPONENT <= exponent < digits:
        return fixed(exact, digits - 1 - exponent)
    return _scientific(exact, digits)


def _rounded_at(value: Fraction, place: int) -> Fraction:
    unit = Fraction(10) ** place
    steps = (abs(value) / unit + Fraction(1, 2)).__floor__()
    return steps * unit if value > 0 else -steps * unit


def fixed(value: Fraction, places: int) -> Form:
    """The value with so many digits after the point (none where `places` is negative), half away from zero."""
    result = _rounded_at(value, -places)
    whole = abs(result) * 10 ** max(places, 0)
    digits = str(int(whole)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places > 0 else digits
    return neg(Number(text)) if result < 0 else Number(text)


def _scientific(value: Fraction, digits: int) -> Form:
    result = _rounded_at(value, magnitude(value) - digits + 1)
    exponent = magnitude(result)
    mantissa = fixed(abs(result) / Fraction(10) ** exponent, digits - 1)
    assert isinstance(mantissa, Number)
    form = scientific(mantissa.text, exponent)
    return neg(form) if value < 0 else form


def unit_of(form: Form) -> Fraction | None:
    """One unit of the last printed digit of a decimal number or of m·10^k; None for any other form."""
    found = decimal_of(form)
    return found[1] if found else None
