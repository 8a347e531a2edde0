"""Printed decimal numbers: which number a form shows, and how large one unit of its last digit is."""

from __future__ import annotations

from fractions import Fraction

from derive.notation.form import Form, Neg, Number, Power, Product, Underbrace


def decimal_of(form: Form) -> tuple[Fraction, Fraction] | None:
    """The value of a printed decimal number and one unit of its last printed digit; None for any other form.

    A decimal is a number, m·10^k, or 10^k, with a minus sign or without. `1.750` has unit 0.001, `1.2·10⁻⁴` has
    10⁻⁵.
    """
    if isinstance(form, Underbrace):
        return decimal_of(form.arg)
    if isinstance(form, Neg):
        inner = decimal_of(form.arg)
        return (-inner[0], inner[1]) if inner else None
    if isinstance(form, Number):
        return Fraction(form.text), _unit(form.text)
    if isinstance(form, Power):
        scale = _power_of_ten(form)
        return (scale, scale) if scale else None
    if isinstance(form, Product) and len(form.factors) == 2:
        mantissa, power = form.factors
        scale = _power_of_ten(power)
        shown = decimal_of(mantissa) if isinstance(mantissa, (Number, Neg)) else None
        return (shown[0] * scale, shown[1] * scale) if scale and shown else None
    return None


def _unit(text: str) -> Fraction:
    return Fraction(1, 10 ** len(text.partition(".")[2]))


def _power_of_ten(form: Form) -> Fraction | None:
    if not (isinstance(form, Power) and form.base == Number("10")):
        return None
    sign, exponent = (-1, form.exponent.arg) if isinstance(form.exponent, Neg) else (1, form.exponent)
    if not (isinstance(exponent, Number) and exponent.text.isdigit() and len(exponent.text) < 6):
        return None
    return Fraction(10) ** (sign * int(exponent.text))
