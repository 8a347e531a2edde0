"""The three-part line of a worked solution: formula, numbers in, value.

Rounded numbers are a threat to truth: 1.3973·2 is not 2.7947 if the 1.3973 was rounded. So a line of numbers is given
as many digits as it takes until, recomputed from what it prints, it rounds to the value printed below it.

A quantity may be a whole array: then its numbers are put in as a matrix, and every entry of the line must be true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.notation.algebra import tidy
from derive.notation.arrays import Array, each, items
from derive.notation.build import neg, number
from derive.notation.form import (
    PI,
    At,
    Call,
    Derivative,
    Form,
    Matrix,
    Number,
    Root,
    Symbol,
    Tuple,
    rebuild,
    symbols,
    walk,
)
from derive.notation.length import is_longer, size
from derive.notation.pieces import holding_condition, settled
from derive.notation.reals import Undefined
from derive.notation.rounding import Real, as_fraction, exact_form, rounded, shown, unit_of
from derive.notation.value import Evaluator, NoValue
from derive.record import Line, Phrase, Relation, Rounding

MOST_EXTRA_DIGITS = 12
SHORT = 9
MOST_DIGITS = 8
"""Significant digits of the numbers in an exact value that is shown on the way to a rounded one."""
MOST_UNDER_A_ROOT = 3
LONGEST_FOLDED = 200
NUMBERS_IN: Phrase = ("numbers in",)

Values = Mapping[Form, Any]
"""Numbers, or arrays of them, by name."""


def numbers_in(
    form: Form, values: Values, rounding: Rounding, extra: int = 0, forms: Mapping[Form, Form] | None = None
) -> tuple[Form, bool]:
    """The form with every named quantity that has a value replaced by it, and whether all of them are exact.

    Under the policy "exact" a name whose value is no short number is replaced by its exact form in `forms`; one
    without stays a name. A form with π in it is put in under every policy: nobody writes sin 1.571 for sin(π/2). Under
    carry-rounded a name is worth what was printed, so it stands with all its digits.
    """
    exact = True

    def put(value: Real) -> Form | None:
        nonlocal exact
        short = exact_form(value, rounding)
        if short is not None or rounding.mode == "exact":
            return short
        if rounding.mode == "carry-rounded" and isinstance(value, Fraction):
            return number(value)
        exact = False
        return rounded(value, rounding.digits + extra)

    def change(part: Form) -> Form:
        if part in values:
            written = (forms or {}).get(part, part)
            if PI in walk(written) and any(exact_form(value, rounding) is None for value in items(values[part])):
                return written
            entries = [put(value) for value in items(values[part])]
            known = [entry for entry in entries if entry is not None]
            return in_shape(values[part], known) if known == entries else written
        return part if isinstance(part, (Symbol, Number, Derivative, At)) else rebuild(part, change)

    return change(settled(form, values)), exact


def in_shape(value: Any, entries: list[Form]) -> Form:
    """Written entries in the shape of a value: the one of a number, a matrix."""
    if not isinstance(value, Array):
        return entries[0]
    columns = value.shape[-1]
    return Matrix(tuple(tuple(entries[k : k + columns]) for k in range(0, len(entries), columns)))


def shown_value(value: Any, rounding: Rounding) -> tuple[Relation, Form]:
    """A number or an array as it is printed; where one entry is rounded, all of them are decimals."""
    if not isinstance(value, Array):
        return shown(value, rounding)
    found = [shown(x, rounding) for x in value.items]
    if all(relation == "=" for relation, _ in found):
        return "=", in_shape(value, [form for _, form in found])
    entries = [
        form if unit_of(form) is not None else rounded(x, rounding.digits)
        for x, (_, form) in zip(value.items, found, strict=True)
    ]
    return "≈", in_shape(value, entries)


def number_lines(
    form: Form,
    value: Any,
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
        forms: exact forms of quantities, for the policy "exact" and for those with π.
    """
    relation, final = shown_value(value, rounding)
    if rounding.mode == "exact":
        line, exact = numbers_in(form, values, rounding, forms=forms)
    else:
        line, exact = _true_numbers(form, values, rounding, final, forms)
        if not exact and None in _units(final):  # rounded numbers do not come to a third
            final = in_shape(value, [rounded(x, rounding.digits) for x in items(value)])
            line, _ = _true_numbers(form, values, rounding, final, forms)
            relation = "≈"
    rounds = relation == "≈"
    folds = rounds and exact and not isinstance(value, Array) and not is_longer(line, LONGEST_FOLDED)
    result = folded(line) if folds else line
    condition = holding_condition(form, values)
    first = (condition,) if condition is not None and reason == NUMBERS_IN else reason
    lines: list[tuple[Relation, Form, Phrase]] = [("=" if exact else "≈", line, first)]
    if result != line and (_is_readable(result) or rounding.mode == "exact"):
        lines.append(("=", result, ()))
    if not (rounds and rounding.mode == "exact"):
        lines.append((relation if lines[-1][0] == "=" else "≈", final, ()))
    distinct: list[Line] = []
    for sign, written, why in lines:
        if written != (distinct[-1].form if distinct else form):
            distinct.append(Line(sign, written, why, at=any(symbols(written))))
        elif distinct and sign == "≈" and distinct[-1].relation == "=":
            distinct[-1] = replace(distinct[-1], relation="≈")
    return tuple(distinct)


def _is_readable(form: Form) -> bool:
    """Whether an exact value on the way to a rounded one says anything to a reader: √2 does, √1.00001 does not."""
    roots = [node.arg for node in walk(form) if isinstance(node, Root)]
    in_a_root = max(map(_most_digits, roots), default=0)
    return size(form) <= SHORT and _most_digits(form) <= MOST_DIGITS and in_a_root <= MOST_UNDER_A_ROOT


def _most_digits(form: Form) -> int:
    """The significant digits of the longest number in a form."""
    digits = (len(node.text.replace(".", "").strip("0")) for node in walk(form) if isinstance(node, Number))
    return max(digits, default=0)


def _true_numbers(
    form: Form, values: Values, rounding: Rounding, final: Form, forms: Mapping[Form, Form] | None
) -> tuple[Form, bool]:
    """The form with numbers in, with as many digits as make it true as printed."""
    for extra in range(MOST_EXTRA_DIGITS):
        line, exact = numbers_in(form, values, rounding, extra, forms)
        if exact or _is_true(line, final):
            break
    return line, exact


def as_printed(make: Callable[[int], Form], final: Form) -> Form:
    """The line of numbers that `make` writes with some extra digits: with as many as make it true as printed.

    Args:
        final: the number or the array of numbers that the line leads to.
    """
    for extra in range(MOST_EXTRA_DIGITS):
        line = make(extra)
        if _is_true(line, final):
            break
    return line


def _is_true(line: Form, final: Form) -> bool:
    """Whether a line comes to what is printed below it, to half a unit of the last digits there."""
    units = _units(final)
    if not any(units):
        return True  # nothing that was rounded could be missed
    try:
        found, wanted = (list(map(as_fraction, items(worth(form, {})))) for form in (line, final))
    except Undefined:  # 1 - 1.000 under a logarithm
        return False
    return all(_meets(x, y, unit) for x, y, unit in zip(found, wanted, units, strict=True) if unit is not None)


def _units(form: Form) -> list[Fraction | None]:
    """One unit of the last printed digit of each entry; None for what is no decimal."""
    return [unit_of(entry) for row in form.rows for entry in row] if isinstance(form, Matrix) else [unit_of(form)]


def _meets(found: Fraction, wanted: Fraction, unit: Fraction) -> bool:
    """Whether a number is the printed one; what is printed as 0 is nothing but 0."""
    return abs(found - wanted) <= unit / 2 and (found == 0 or wanted != 0)


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


def worth(form: Form, values: Values, relu_at_zero: Fraction = Fraction(0)) -> Any:
    """What a form is worth at a point; the slopes of ReLU and leaky ReLU that it may contain are known there."""

    def slope(part: Form) -> Any:
        if not (isinstance(part, Call) and part.function in ("relu", "leaky_relu") and part.primes == 1):
            return None
        settings = dict(part.params)
        below = Fraction(0) if part.function == "relu" else worth(settings["alpha"], values)
        at_zero = relu_at_zero if part.function == "relu" else below
        inner = worth(part.args[0], values, relu_at_zero)
        return each(lambda x: at_zero if x == 0 else Fraction(1) if x > 0 else below, inner)

    return Evaluator(values, unknown=slope).value(form)
