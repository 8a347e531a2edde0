"""The three-part line of a worked solution: formula, numbers in, value.

Rounded numbers are a threat to truth: 1.3973·2 is not 2.7947 if the 1.3973 was rounded. So a line of numbers is given
as many digits as it takes until, recomputed from what it prints, it rounds to the value printed below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from derive.notation.algebra import is_longer, size, tidy
from derive.notation.build import neg, number
from derive.notation.form import At, Call, Derivative, Form, Matrix, Number, Symbol, Tuple, rebuild, symbols, walk
from derive.notation.reals import Undefined
from derive.notation.rounding import Real, as_fraction, exact_form, in_digits, rounded, shown, unit_of
from derive.notation.value import Evaluator, NoValue
from derive.record import Line, Phrase, Relation, Rounding

MOST_EXTRA_DIGITS = 12
SHORT = 9
MOST_DIGITS = 8
"""Significant digits of the numbers in an exact value that is shown on the way to a rounded one."""
LONGEST_FOLDED = 200
NUMBERS_IN: Phrase = ("numbers in",)

Values = Mapping[Form, Real]


def numbers_in(
    form: Form, values: Values, rounding: Rounding, extra: int = 0, forms: Mapping[Form, Form] | None = None
) -> tuple[Form, bool]:
    """The form with every named quantity that has a value replaced by it, and whether all of them are exact.

    Under the policy "exact" a name whose value is no short number is replaced by its exact form in `forms`; one
    without stays a name. Under carry-rounded a name is worth what was printed, so it stands with all its digits.
    """
    exact = True

    def change(part: Form) -> Form:
        nonlocal exact
        if part in values:
            short = exact_form(values[part], rounding)
            if short is not None:
                return short
            if rounding.mode == "exact":
                return (forms or {}).get(part, part)
            if rounding.mode == "carry-rounded" and isinstance(values[part], Fraction):
                return number(values[part])
            exact = False
            return rounded(values[part], rounding.digits + extra)
        return part if isinstance(part, (Symbol, Number, Derivative, At)) else rebuild(part, change)

    return change(form), exact


def number_lines(
    form: Form,
    value: Real,
    values: Values,
    rounding: Rounding,
    reason: Phrase = NUMBERS_IN,
    forms: Mapping[Form, Form] | None = None,
) -> tuple[Line, ...]:
    """The lines that lead from a formula to its value: numbers in, the exact value where it is short, the rounded one.

    Args:
        form: the last symbolic form of the step.
        value: what it is worth, exactly or to 50 digits.
        values: of the named quantities in it; under carry-rounded those that were carried.
        forms: exact forms of quantities, for the policy "exact".
    """
    relation, final = shown(value, rounding)
    if rounding.mode == "exact":
        line, exact = numbers_in(form, values, rounding, forms=forms)
    else:
        line, exact = _true_numbers(form, values, rounding, final)
        if not exact and unit_of(final) is None:  # rounded operands lead to a decimal, not to a fraction
            relation, final = "≈", in_digits(value, rounding)
            line, _ = _true_numbers(form, values, rounding, final)
    rounds = relation == "≈"
    result = folded(line) if rounds and exact and not is_longer(line, LONGEST_FOLDED) else line
    lines: list[tuple[Relation, Form, Phrase]] = [("=" if exact else "≈", line, reason)]
    if result != line and (_is_readable(result) or rounding.mode == "exact"):
        lines.append(("=", result, ()))
    if not (rounds and rounding.mode == "exact"):
        lines.append((relation if lines[-1][0] == "=" else "≈", final, ()))
    distinct: list[Line] = []
    for sign, each, why in lines:
        if each != (distinct[-1].form if distinct else form):
            distinct.append(Line(sign, each, why, at=any(symbols(each))))
        elif distinct and sign == "≈" and distinct[-1].relation == "=":
            distinct[-1] = replace(distinct[-1], relation="≈")
    return tuple(distinct)


def _is_readable(form: Form) -> bool:
    """Whether an exact value on the way to a rounded one says anything to a reader."""
    digits = (len(node.text.replace(".", "").strip("0")) for node in walk(form) if isinstance(node, Number))
    return size(form) <= SHORT and max(digits, default=0) <= MOST_DIGITS


def _true_numbers(form: Form, values: Values, rounding: Rounding, final: Form) -> tuple[Form, bool]:
    """The form with numbers in, with as many digits as make it true as printed."""
    unit = unit_of(final)
    for extra in range(MOST_EXTRA_DIGITS):
        line, exact = numbers_in(form, values, rounding, extra)
        if exact or unit is None or _is_true(line, final, unit):
            break
    return line, exact


def _is_true(line: Form, final: Form, unit: Fraction) -> bool:
    try:
        return abs(as_fraction(worth(line, {})) - as_fraction(worth(final, {}))) <= unit / 2
    except Undefined:  # 1 - 1.000 under a logarithm
        return False


def folded(form: Form) -> Form:
    """A form of numbers with its rational parts computed: -(1·log 0.5 + 1·log 0.5) becomes 2 log 2."""
    return tidy(_fold(form))


def _fold(form: Form) -> Form:
    value = _without_names(form) if not isinstance(form, (Matrix, Tuple)) else None
    if isinstance(value, Fraction):
        return number(value)
    if isinstance(form, Call) and form.function == "log":
        inner = _without_names(form.args[0])
        if isinstance(inner, Fraction) and inner.numerator == 1:
            return neg(Call("log", (number(inner.denominator),)))
    return rebuild(form, _fold)


def _without_names(form: Form) -> Real | None:
    """What a form of numbers is worth; None where a name is left in it, as the policy "exact" leaves some."""
    try:
        return worth(form, {})
    except NoValue:
        return None


def worth(form: Form, values: Values, relu_at_zero: Fraction = Fraction(0)) -> Real:
    """What a form is worth at a point; the slopes of ReLU that it may contain are known there."""

    def slope(part: Form) -> Real | None:
        if not (isinstance(part, Call) and part.function == "relu" and part.primes == 1):
            return None
        x = worth(part.args[0], values, relu_at_zero)
        return relu_at_zero if x == 0 else Fraction(x > 0)

    return Evaluator(values, unknown=slope).value(form)
