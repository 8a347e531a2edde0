"""Numbers of the graph engine: fractions as long as a value is rational, 50-digit floats after that.

An infinite value stands for log 0; a product with an exact zero is zero whatever the other factor (0·log 0 = 0).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath

from derive.errors import InputError

Real = Any
"""A `Fraction`, or an mpf of this module's context."""

MP = mpmath.MPContext()
MP.dps = 50
LARGEST_POWER_BITS = 100_000
NOTHING_LEFT = MP.mpf(10) ** -45
"""What is left of two numbers that cancel may be rounding alone, if it is smaller than this beside them."""


class TooLarge(InputError):
    """A number with more digits than anybody could print."""


def is_zero(x: Real) -> bool:
    """True for an exact zero."""
    return isinstance(x, Fraction) and x == 0


def largest(values: Iterable[Real]) -> Real:
    """The largest of some values; fractions and floats may be mixed."""
    return max(values, key=MP.convert)


def equal(a: Real, b: Real) -> bool:
    """Whether two values are the same number."""
    return a == b or bool(MP.convert(a) == MP.convert(b))


def related(relation: str, a: Real, b: Real) -> bool:
    """Whether two values stand in a relation; equal ones are told by their numbers."""
    same = equal(a, b)
    less = not same and bool(MP.convert(a) < MP.convert(b))
    holds = {"=": same, "≠": not same, "<": less, "≤": less or same, ">": not less and not same, "≥": not less}
    if relation not in holds:
        raise InputError(f"the relation {relation} is neither true nor false")
    return holds[relation]


def mul(a: Real, b: Real) -> Real:
    """a · b, and 0 where one of them is exactly zero."""
    return Fraction(0) if is_zero(a) or is_zero(b) else a * b


def add(a: Real, b: Real) -> Real:
    """a + b; exactly 0 where the two cancel to all digits that can be trusted, as p - p does behind a softmax."""
    total = a + b
    cancels = not isinstance(total, Fraction) and abs(total) < NOTHING_LEFT * abs(a)  # never where one is infinite
    return Fraction(0) if cancels else total


def sub(a: Real, b: Real) -> Real:
    """a - b."""
    return add(a, -b)


def div(a: Real, b: Real) -> Real:
    """a / b; 0/0 is 0, the derivative of a term t·log p that is absent because t = 0."""
    if is_zero(a):
        return a
    if b == 0:
        raise InputError("a division by zero at the given values")
    return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else MP.convert(a) / MP.convert(b)


def power(a: Real, b: Real) -> Real:
    """a ** b, exact for whole exponents and for roots that come out even."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if b.denominator == 1:
            size = abs(b.numerator) * max(a.numerator.bit_length(), a.denominator.bit_length())
            if size > LARGEST_POWER_BITS:
                raise TooLarge("a power too large to be written out")
            if a == 0 and b < 0:
                raise InputError("a division by zero at the given values")
            return a**b.numerator
        if b.denominator == 2:
            return power(sqrt(a), Fraction(b.numerator))
    if isinstance(b, Fraction) and b.denominator == 1:
        return a**b.numerator
    if a < 0:
        raise InputError("a broken power of a negative number at the given values")
    return MP.power(MP.convert(a), MP.convert(b))


def sqrt(a: Real) -> Real:
    """√a, exact for squares of fractions."""
    if a < 0:
        raise InputError("a square root of a negative number at the given values")
    if isinstance(a, Fraction):
        top, bottom = isqrt(a.numerator), isqrt(a.denominator)
        if top * top == a.numerator and bottom * bottom == a.denominator:
            return Fraction(top, bottom)
    return MP.sqrt(MP.convert(a))


def exp(a: Real) -> Real:
    """e^a."""
    if abs(a) > LARGEST_POWER_BITS:
        raise TooLarge("an exponential too large to be written out")
    return Fraction(1) if is_zero(a) else MP.exp(MP.convert(a))


def sin(a: Real) -> Real:
    """sin a, exact at multiples of π/6 where it is rational."""
    return _rational(MP.sin(MP.convert(a)), a)


def cos(a: Real) -> Real:
    """cos a, exact at multiples of π/6 where it is rational."""
    return _rational(MP.cos(MP.convert(a)), a)


def _rational(found: Real, a: Real) -> Real:
    """A whole number of halves where `found` is one but for the digits that an irrational `a` leaves out."""
    nearest = Fraction(round(2 * found), 2)
    return nearest if abs(found - MP.convert(nearest)) <= abs(MP.convert(a)) * MP.mpf(10) ** (3 - MP.dps) else found


def log(a: Real) -> Real:
    """Natural logarithm; minus infinity at 0."""
    if a < 0:
        raise InputError("a logarithm of a negative number at the given values")
    if a == 0:
        return MP.ninf
    return Fraction(0) if a == 1 else MP.log(MP.convert(a))
