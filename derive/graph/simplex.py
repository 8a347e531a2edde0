"""Formulas that are linear in weights which add up to 1, such as the entries of a one-hot target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from derive.graph.course import over_a_number
from derive.notation.algebra import combine, expand, size, tidy
from derive.notation.build import ONE, ZERO, add, multiply, subtract
from derive.notation.form import Form, Symbol, symbols
from derive.notation.unrolled import substituted


@dataclass(frozen=True, slots=True)
class Collected:
    """p_1 (t_1 + t_2) - t_1: a formula with the sum of the weights collected, and what is left where that is 1."""

    form: Form
    total: Form
    rest: Form


def collected(form: Form, weights: Sequence[Symbol]) -> Collected | None:
    """The formula with the coefficient that most weights share collected, of two unlike ones the shorter.

    None where the formula is not linear in the weights, or has no such coefficient.
    """
    if not set(weights).intersection(symbols(form)):
        return None
    coefficients = [_tidy(_with(form, {weight: ONE}, weights)) for weight in weights]
    linear = add(multiply([c, weight]) for c, weight in zip(coefficients, weights, strict=True))
    if _tidy(subtract(form, linear)) != ZERO:
        return None
    counts = Counter(coefficients)
    shared = max(counts, key=lambda form: (counts[form], -size(form)))
    if shared == ZERO or (counts[shared] < 2 and len(weights) > 2):
        return None
    total = add(weights)
    others = [
        _shortest(multiply([_tidy(subtract(c, shared)), weight]))
        for c, weight in zip(coefficients, weights, strict=True)
        if c != shared
    ]
    return Collected(add([multiply([shared, total]), *others]), total, _shortest(add([shared, *others])))


def _with(form: Form, values: dict[Symbol, Form], weights: Sequence[Symbol]) -> Form:
    """The form where the weights have these values, the others 0."""
    known: dict[Form, Form] = {weight: values.get(weight, ZERO) for weight in weights}
    return substituted(form, known.get)


def _tidy(form: Form) -> Form:
    return _shortest(tidy(expand(form)))


def _shortest(form: Form) -> Form:
    return min(over_a_number(form), combine(form), key=size)
