"""What printed numbers leave open: the unit of their last digit, other digits in their place, their shapes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derive.check.agree import scalars
from derive.check.world import World
from derive.notation.arrays import Array, Value, plain
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Matrix, Number, Product, Shape, Tuple
from derive.notation.value import substituted


def alike(a: Value, b: Value) -> bool:
    """Whether two values have one shape; a list of numbers may stand for a row or a column."""
    a, b = plain(a), plain(b)
    if isinstance(a, Array) and isinstance(b, Array):
        return a.shape == b.shape
    if isinstance(a, tuple) or isinstance(b, tuple):
        sides = (part for value in (a, b) if isinstance(value, Array) for part in value.shape)
        return sum(side > 1 for side in sides) <= 1
    return isinstance(a, Array) == isinstance(b, Array)


def alike_shapes(right: Form, found: Form) -> tuple[Form, Form]:
    """A size such as 3 × 3 × 64 beside a number is a product."""
    if isinstance(right, Shape) == isinstance(found, Shape):
        return right, found
    right, found = (Product(form.dims) if isinstance(form, Shape) else form for form in (right, found))
    return right, found


def units(found: Form, rounds: bool, count: int) -> list[Fraction]:
    """One unit of the last digit of each printed number; of a whole one none, unless the sign is ≈."""
    shown = [decimal_of(part) for part in _entries(found)]
    if len(shown) != count:
        return [Fraction(0)] * count
    return [Fraction(0) if d is None or (d[1] == 1 and not rounds) else d[1] for d in shown]


def _entries(form: Form) -> Iterator[Form]:
    if isinstance(form, Matrix):
        yield from (entry for row in form.rows for entry in row)
    elif isinstance(form, (Tuple, Shape)):
        for part in form.items if isinstance(form, Tuple) else form.dims:
            yield from _entries(part)
    else:
        yield form


def moved(world: World, form: Form, literal: Number, value: Fraction) -> tuple[Any, ...]:
    """What a form is worth with another decimal in the place of one of its own."""
    near = Number(_decimal(value))
    return scalars(plain(world.value(substituted(form, lambda part: near if part == literal else None))))


def _decimal(value: Fraction) -> str:
    """A decimal that is not negative, digit by digit."""
    whole = max(value, Fraction(0))
    places = 0
    while whole.denominator != 1 and places < 40:
        whole, places = whole * 10, places + 1
    digits = str(whole.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
