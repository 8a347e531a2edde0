"""When two values are the same, and when a printed decimal is a right rounding of a value."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.notation.arrays import Array, Value, items, plain
from derive.notation.build import decimal_digits
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Matrix, Number, Shape, Tuple, symbols, walk
from derive.notation.reals import LogOfNothing, Reals

RELATIVE, FLOOR = "1e-30", "1e-36"
"""Thirty digits; below the floor a difference is what central differences leave of zero."""

Printed = tuple[Fraction, Fraction]
"""A printed decimal and one unit of its last digit."""


def agree(r: Reals, a: Value, b: Value) -> bool:
    """Whether two values are equal: exactly between fractions, to 30 digits otherwise."""
    a, b = plain(a), plain(b)
    if isinstance(a, Array) and isinstance(b, Array):
        return a.shape == b.shape and all(_same(r, x, y) for x, y in zip(a.items, b.items, strict=True))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(agree(r, x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (Array, tuple, str, bool)) or isinstance(b, (Array, tuple, str, bool)):
        return type(a) is type(b) and bool(a == b)
    return _same(r, a, b)


def _same(r: Reals, x: Any, y: Any) -> bool:
    if isinstance(x, LogOfNothing) or isinstance(y, LogOfNothing):
        return x is y
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y
    x, y = r.real(x), r.real(y)
    return bool(abs(x - y) <= r.literal(RELATIVE) * max(abs(x), abs(y)) + r.literal(FLOOR))


def printed_decimals(form: Form) -> list[Printed | Form] | None:
    """The entries of a rounded line: decimals with their units, and forms that stand there exactly.

    A form with names may be rounded too, as 0.2033 + 1.74 λ is. None where nothing in the line is a decimal number.
    """
    entries = [decimal_of(entry) or entry for entry in _entries(form)]
    return entries if any(isinstance(entry, tuple) or is_rounded_expression(entry) for entry in entries) else None


def is_rounded_expression(form: Form) -> bool:
    """Whether a form has names in it, and decimals with a point."""
    return any(symbols(form)) and any(isinstance(part, Number) and "." in part.text for part in walk(form))


def _entries(form: Form) -> list[Form]:
    if isinstance(form, Matrix):
        return [entry for row in form.rows for entry in row]
    if isinstance(form, (Tuple, Shape)):
        parts = form.items if isinstance(form, Tuple) else form.dims
        return [entry for part in parts for entry in _entries(part)]
    return [form]


def scalars(value: Value) -> tuple[Any, ...]:
    """All numbers of a value in written order."""
    if isinstance(value, tuple):
        return tuple(x for part in value for x in scalars(part))
    return items(value)


def within_half_unit(r: Reals, x: Any, printed: Printed) -> bool:
    """Whether the decimal is x rounded at its last digit; a number that is not 0 must not be printed as 0."""
    shown, unit = printed
    if not shown and not _same(r, x, Fraction(0)):
        return False
    if isinstance(x, Fraction):
        return abs(x - shown) <= unit / 2
    slack = unit / 2 * (1 + Fraction(RELATIVE))
    return bool(abs(r.real(x) - r.real(shown)) <= r.real(slack))


def describe(r: Reals, value: Value) -> str:
    """A value in a sentence, with ten digits."""
    if isinstance(value, (Array, tuple)):
        return f"({', '.join(describe(r, x) for x in scalars(value))})"
    if isinstance(value, Fraction):
        digits = decimal_digits(abs(value))
        text = str(value) if digits is None else f"{'-' * (value < 0)}{digits}"
        return text if len(text) < 20 else r.context.nstr(r.real(value), 10)
    if isinstance(value, (str, bool)):
        return str(value)
    return "log of nothing" if isinstance(value, LogOfNothing) else r.context.nstr(value, 10)
