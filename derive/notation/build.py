"""Constructors that keep trees canonical: signs go where a `Sum` or a `Neg` wants them, lone items lose their shell."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from derive.errors import InputError
from derive.notation.form import Form, Frac, Matrix, Neg, Number, Power, Product, Shape, Sum, Symbol
from derive.notation.symbols import parse_symbol

LONGEST_BITS = 3_000
"""About 900 digits; Python itself writes 4300 at most."""
ZERO, ONE, TWO, TEN = Number("0"), Number("1"), Number("2"), Number("10")


def sym(name: str) -> Symbol:
    """The symbol of a name; short, because tests and question types write it often."""
    return parse_symbol(name)


def neg(form: Form) -> Form:
    """-form, with two signs in a row taken away."""
    return form.arg if isinstance(form, Neg) else Neg(form)


def add(terms: Iterable[Form]) -> Form:
    """The sum of terms; a term -x after the first is written as a subtraction, inner sums are spread out."""
    spread: list[tuple[Form, bool]] = []
    for term in terms:
        minus = isinstance(term, Neg)
        inner = term.arg if isinstance(term, Neg) else term
        if isinstance(inner, Sum):
            spread += [(t, m != minus) for t, m in zip(inner.terms, inner.minus, strict=True)]
        else:
            spread.append((inner, minus))
    if not spread:
        return ZERO
    first, minus = spread[0]
    spread[0] = (neg(first) if minus else first, False)
    if len(spread) == 1:
        return spread[0][0]
    return Sum(tuple(t for t, _ in spread), tuple(m for _, m in spread))


def subtract(left: Form, right: Form) -> Form:
    """left - right, kept as written: a negative right side stays a bracketed number."""
    return Sum((left, right), (False, True))


def multiply(factors: Iterable[Form]) -> Form:
    """The product of factors, inner products spread out, their signs gathered in front."""
    spread: list[Form] = []
    minus = False
    for factor in factors:
        if isinstance(factor, Neg):
            minus, factor = not minus, factor.arg
        spread += factor.factors if isinstance(factor, Product) else (factor,)
    product = ONE if not spread else spread[0] if len(spread) == 1 else Product(tuple(spread))
    return neg(product) if minus else product


def scaled(factor: Fraction, form: Form) -> Form:
    """factor · form as it is written: no factor of 1, a sign in front."""
    if factor < 0:
        return neg(scaled(-factor, form))
    return form if factor == 1 else number(factor) if form == ONE else multiply((number(factor), form))


def combined(terms: Iterable[tuple[Fraction, Form]]) -> Form:
    """The sum of factor · form over all pairs, without those of factor 0."""
    return add([scaled(factor, form) for factor, form in terms if factor])


def number(value: int | str | float | Decimal | Fraction) -> Form:
    """An exact number as it is written: decimals by their shortest digits, other fractions as a fraction.

    `number(-2)` is Neg(Number("2")); `number(0.65)` is 0.65 = 13/20; `number(Fraction(7, 6))` is Frac(7, 6); less than
    a thousandth is m·10^k.

    Raises:
        InputError: a number of many hundred digits, infinity, or what is no number.
    """
    if isinstance(value, float):
        if not isfinite(value):
            raise InputError(f"{value} is no number that can be written")
        value = Decimal(repr(value))
    value = Fraction(value)
    if max(abs(value.numerator), value.denominator).bit_length() > LONGEST_BITS:
        raise InputError("a number too long to be written out")
    if value < 0:
        return neg(number(-value))
    digits = decimal_digits(value)
    if digits is not None and digits.startswith("0.000"):
        mantissa = digits[2:].lstrip("0")
        return scientific(f"{mantissa[0]}.{mantissa[1:]}".rstrip("."), 1 + len(mantissa) - len(digits[2:]) - 2)
    if digits is not None:
        return Number(digits)
    return Frac(Number(str(value.numerator)), Number(str(value.denominator)))


def dimensions(counts: Iterable[int]) -> Shape:
    """A shape of whole numbers: 3 × 3."""
    return Shape(tuple(map(number, counts)))


def decimal_digits(value: Fraction) -> str | None:
    """The finite decimal expansion of a non-negative fraction, or None where it has none (or needs 30 digits).

    A number too long to be written out has none either.
    """
    if value.numerator.bit_length() > LONGEST_BITS or value.denominator.bit_length() > LONGEST_BITS:
        return None
    bottom, twos, fives = value.denominator, 0, 0
    while bottom % 2 == 0:
        bottom, twos = bottom // 2, twos + 1
    while bottom % 5 == 0:
        bottom, fives = bottom // 5, fives + 1
    places = max(twos, fives)
    if bottom != 1 or places > 30:
        return None
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def scientific(mantissa: str, exponent: int) -> Form:
    """mantissa · 10^exponent, without a mantissa of 1."""
    power = Power(TEN, number(exponent))
    return power if mantissa == "1" else Product((Number(mantissa), power))


def column(items: Iterable[Form]) -> Matrix:
    """A column vector."""
    return Matrix(tuple((item,) for item in items))
