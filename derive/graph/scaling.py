"""Formulas with the number that scales them in front, so that it stays out of what cancels and what is collected."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from derive.graph.course import course_form
from derive.notation.build import ONE, ZERO, multiply, neg
from derive.notation.form import Form, Frac, Neg, Number, Product
from derive.record import Phrase


def simplified(form: Form) -> tuple[Form, Phrase]:
    """The course form of what a number scales, and that number in front: (y - t)/8 stays one fraction."""
    scale, rest = taken_apart(form)
    products = [rest.factors] if isinstance(rest, Product) else []
    course, why = course_form(neg(rest) if scale < 0 else rest, products)
    return scaled_by(abs(scale), course), why


def times(*forms: Form) -> Form:
    """The product of some forms, their numbers gathered to one."""
    parts = [taken_apart(form) for form in forms]
    rest = [form for _, form in parts if form != ONE]
    return scaled_by(prod((scale for scale, _ in parts), start=Fraction(1)), multiply(rest) if rest else ONE)


def taken_apart(form: Form) -> tuple[Fraction, Form]:
    """A number, and what it scales."""
    match form:
        case Number(text):
            return Fraction(text), ONE
        case Neg(arg):
            scale, rest = taken_apart(arg)
            return -scale, rest
        case Product(factors):
            parts = [taken_apart(factor) for factor in factors]
            scaled = [part for _, part in parts if part != ONE]
            return prod((scale for scale, _ in parts), start=Fraction(1)), multiply(scaled) if scaled else ONE
        case Frac(top, bottom):
            (above, upper), (below, lower) = taken_apart(top), taken_apart(bottom)
            return (above / below, upper if lower == ONE else Frac(upper, lower)) if below else (Fraction(1), form)
    return Fraction(1), form


def scaled_by(scale: Fraction, form: Form) -> Form:
    """The form times a number; a fraction takes it up, a sign stands before both."""
    if not scale:
        return ZERO
    if isinstance(form, Neg):
        return scaled_by(-scale, form.arg)
    if scale < 0:
        return neg(scaled_by(-scale, form))
    above, below = Number(str(scale.numerator)), Number(str(scale.denominator))
    if isinstance(form, Frac):
        return Frac(_multiplied(above, form.top), _multiplied(below, form.bottom))
    top = _multiplied(above, form)
    return top if below == ONE else Frac(top, below)


def _multiplied(number: Form, form: Form) -> Form:
    return form if number == ONE else number if form == ONE else multiply([number, form])
