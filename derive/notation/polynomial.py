"""Polynomials in one variable: coefficients of a form, rational roots, factors as a person writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from derive.notation.algebra import expand, tidy
from derive.notation.build import add, multiply, neg, number
from derive.notation.form import Form, Frac, Neg, Number, Power, Product, Sum, Symbol, symbols

Coefficients = tuple[Fraction, ...]
"""From the constant upwards; the last one is not zero."""
LARGEST_ROOT = 10_000


def coefficients(form: Form, variable: Symbol) -> Coefficients | None:
    """The coefficients of a polynomial in one variable, None where the form is none."""
    expanded = expand(form)
    terms = expanded.terms if isinstance(expanded, Sum) else (expanded,)
    minus = expanded.minus if isinstance(expanded, Sum) else (False,)
    found: dict[int, Fraction] = {}
    for term, taken in zip(terms, minus, strict=True):
        parts = _monomial(term, variable)
        if parts is None:
            return None
        found[parts[1]] = found.get(parts[1], Fraction(0)) + (-parts[0] if taken else parts[0])
    degree = max((d for d, c in found.items() if c), default=0)
    return tuple(found.get(d, Fraction(0)) for d in range(degree + 1))


def _monomial(term: Form, variable: Symbol) -> tuple[Fraction, int] | None:
    sign = 1
    if isinstance(term, Neg):
        sign, term = -1, term.arg
    if not symbols(term):
        value = _rational(term)
        return None if value is None else (sign * value, 0)
    coefficient, degree = Fraction(sign), 0
    if isinstance(term, Frac) and (below := _rational(term.bottom)):
        coefficient, term = coefficient / below, term.top
    for factor in term.factors if isinstance(term, Product) else (term,):
        if factor == variable:
            degree += 1
        elif isinstance(factor, Power) and factor.base == variable and (exponent := _whole(factor.exponent)):
            degree += exponent
        elif (value := _rational(factor)) is not None:
            coefficient *= value
        else:
            return None
    return coefficient, degree


def _whole(form: Form) -> int | None:
    return int(form.text) if isinstance(form, Number) and form.text.isdigit() else None


def _rational(form: Form) -> Fraction | None:
    if isinstance(form, Number):
        return Fraction(form.text)
    if isinstance(form, Frac) and isinstance(form.top, Number) and isinstance(form.bottom, Number):
        return Fraction(form.top.text) / Fraction(form.bottom.text)
    return None


def value_at(poly: Sequence[Fraction], x: Fraction) -> Fraction:
    """The value of a polynomial, by Horner's rule."""
    return reduce(lambda total, c: total * x + c, reversed(poly), Fraction(0))


def rational_roots(poly: Coefficients) -> tuple[list[Fraction], Coefficients]:
    """All rational roots with their multiplicity, and what is left when they are divided out."""
    roots: list[Fraction] = []
    rest = list(poly)
    while len(rest) > 1 and rest[0] == 0:
        roots.append(Fraction(0))
        rest = rest[1:]
    scale = lcm(*(c.denominator for c in rest))
    first, last = abs(int(rest[0] * scale)), abs(int(rest[-1] * scale))
    for root in _candidates(first, last) if len(rest) > 1 else ():
        while len(rest) > 1 and value_at(rest, root) == 0:
            roots.append(root)
            rest = _divided(rest, root)
    return roots, tuple(rest)


def _candidates(first: int, last: int) -> list[Fraction]:
    """Rational numbers p/q with p a divisor of the constant and q one of the leading coefficient, small ones first."""
    tops = [d for d in range(1, min(first, LARGEST_ROOT) + 1) if first % d == 0]
    bottoms = [d for d in range(1, min(last, LARGEST_ROOT) + 1) if last % d == 0]
    return sorted({Fraction(s * p, q) for p in tops for q in bottoms for s in (1, -1)}, key=lambda r: (abs(r), r < 0))


def _divided(poly: list[Fraction], root: Fraction) -> list[Fraction]:
    result: list[Fraction] = []
    carry = Fraction(0)
    for c in reversed(poly):
        carry = carry * root + c
        result.append(carry)
    return list(reversed(result[:-1]))


def factored(poly: Coefficients, variable: Symbol) -> Form:
    """c · x · (x - a) · ... · rest: the rational roots as factors, repeated ones as powers."""
    roots, rest = rational_roots(poly)
    content = Fraction(gcd(*(c.numerator for c in rest)), lcm(*(c.denominator for c in rest)))
    content = -content if rest[-1] < 0 else content
    factors = [written([c / content for c in rest], variable)] if len(rest) > 1 else []
    parts: list[Form] = []
    for root in dict.fromkeys(roots):
        base = variable if root == 0 else written([-root, Fraction(1)], variable)
        times = roots.count(root)
        parts.append(base if times == 1 else Power(base, number(times)))
    head = [number(abs(content))] if abs(content) != 1 or not (parts or factors) else []
    product = multiply([*head, *parts, *factors])
    return neg(product) if content < 0 else product


def written(poly: Sequence[Fraction], variable: Symbol) -> Form:
    """A polynomial by falling powers."""
    terms = []
    for degree in range(len(poly) - 1, -1, -1):
        c = poly[degree]
        if c:
            power = [] if degree == 0 else [variable if degree == 1 else Power(variable, number(degree))]
            body = multiply([*([number(abs(c))] if abs(c) != 1 or not power else []), *power])
            terms.append(neg(body) if c < 0 else body)
    return tidy(add(terms)) if len(terms) == 1 else add(terms)
