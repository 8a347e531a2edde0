"""How sums, products and powers of SymPy are taken apart: order of terms, fraction bars, exponentials of a sigmoid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy import Mul, S

from derive.notation.build import add, multiply, neg, number
from derive.notation.form import Form, Frac, Power, Root
from derive.notation.sympy_functions import sigmoid

Plan = tuple[Sequence[Any], Callable[..., Form]]
"""The parts of an expression, and what makes its form of theirs."""


def add_plan(expr: Any) -> Plan:
    """A sum in the order of a person."""
    return _ordered(expr), lambda *forms: add(forms)


def _ordered(expr: Any) -> list[Any]:
    """Terms as a person puts them: SymPy's printing order, but 1 before functions, and no minus first without need."""
    terms: list[Any] = expr.as_ordered_terms()
    plain = [_is_monomial(term) for term in terms]
    if terms[-1].is_Number and terms[-1].is_positive and not any(plain[:-1]):
        return [terms[-1], *terms[:-1]]
    polynomial = all(plain) and len(terms) > 2 and len(expr.free_symbols) == 1
    if _is_negative(terms[0]) and not polynomial:
        first = next((i for i, term in enumerate(terms) if not _is_negative(term)), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]
    return terms


def _is_negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _is_monomial(term: Any) -> bool:
    return all(
        factor.is_Number or factor.is_Symbol or (factor.is_Pow and factor.base.is_Symbol and factor.exp.is_Integer)
        for factor in Mul.make_args(term)
    )


def product_plan(expr: Any) -> Plan:
    """Sign, number, factors; what has a negative exponent goes below one fraction bar."""
    coefficient, above, below = _split(expr)
    coefficient, above, below = _without_exponentials(coefficient, above, below)
    minus, top, bottom = coefficient < 0, abs(coefficient.numerator), coefficient.denominator
    parts = [*above, *(base if power == 1 else base**power for base, power in below)]

    def build(*forms: Form) -> Form:
        over, under = forms[: len(above)], forms[len(above) :]
        numerator = multiply([number(top), *over] if top != 1 else over)
        if under or bottom != 1:
            numerator = Frac(numerator, multiply([number(bottom), *under] if bottom != 1 else under))
        return neg(numerator) if minus else numerator

    return parts, build


Below = list[tuple[Any, Any]]
"""What stands under the bar: bases and their positive exponents."""


def _split(expr: Any) -> tuple[Fraction, list[Any], Below]:
    coefficient = Fraction(1)
    above: list[Any] = []
    below: Below = []
    for factor in expr.as_ordered_factors():
        if factor.is_Rational:
            coefficient *= Fraction(factor.p, factor.q)
        elif factor.is_Float and factor < 0:
            coefficient, above = -coefficient, [*above, -factor]
        elif factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append((factor.base, -factor.exp))
        else:
            above.append(factor)
    return coefficient, sorted(above, key=lambda factor: _is_rest(factor, above)), below


def _is_rest(factor: Any, factors: list[Any]) -> bool:
    """Whether it is the 1 - p that stands behind p in p(1 - p)."""
    return bool(factor.is_Add) and any(-other in factor.args for other in factors)


def _without_exponentials(coefficient: Fraction, above: list[Any], below: Below) -> tuple[Fraction, list[Any], Below]:
    """1/(1 + exp(-z)) and 1/(4 cosh²(z/2)) by the sigmoid, 1/cosh² by the tanh."""
    kept: Below = []
    for base, power in below:
        inner = _logistic(base) if power.is_Integer else None
        if inner is not None:
            above = _sigmoids(above, inner, int(power))
        elif isinstance(base, sympy.cosh) and power == 2:
            quarter = coefficient.denominator % 4 == 0
            coefficient *= 4 if quarter else 1
            slope = sigmoid(2 * base.args[0])
            above = [*above, slope, 1 - slope] if quarter else [*above, 1 - sympy.tanh(base.args[0]) ** 2]
        else:
            kept.append((base, power))
    return coefficient, above, kept


def _logistic(base: Any) -> Any:
    """u where the base is 1 + exp(u)."""
    if base.is_Add and len(base.args) == 2 and base.args[0] is S.One and isinstance(base.args[1], sympy.exp):
        return base.args[1].args[0]
    return None


def _sigmoids(above: list[Any], u: Any, power: int) -> list[Any]:
    """The factors with 1/(1 + exp(u))^power multiplied in, and the exponentials of u that it takes up."""
    taken = 0
    for count in range(power, 0, -1):
        if (numerator := sympy.exp(count * u)) in above:
            above = [factor for factor in above if factor != numerator]
            taken = count
            break
    mirrored = u.could_extract_minus_sign()
    slope = sigmoid(-u if mirrored else u)
    rest = sigmoid(-u) if not mirrored and not taken else 1 - slope
    counts = (power - taken, taken) if mirrored else (taken, power - taken)
    return above + [base if k == 1 else base**k for base, k in zip((slope, rest), counts, strict=True) if k]


def power_plan(expr: Any) -> Plan:
    """A power, a root, or one over something."""
    base, exponent = expr.base, expr.exp
    if exponent.is_Rational and exponent < 0:
        return product_plan(expr)
    if exponent.is_Rational and exponent.p == 1:
        return (base,), lambda arg: Root(arg, int(exponent.q))
    return (base, exponent), Power
