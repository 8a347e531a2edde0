"""Rounded expressions, such as 0.2033 + 1.74 λ: each decimal in them may be half a unit of its last digit off.

So that no decimal hides behind what another one may be off by, they are also looked at where the names are 0, and
where one of them is very large.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from derive.check.agree import RELATIVE
from derive.check.world import World
from derive.notation.build import number
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Number, rebuild, symbols, walk
from derive.notation.reals import Undefined

LARGE = Fraction(10**9)


def probes(world: World, form: Form) -> Iterator[World]:
    """The point itself, and those with the names of the form at 0 or one of them far away."""
    yield world
    names = list(symbols(form))
    for far in (None, *names):
        with suppress(Undefined):
            yield world.with_values({name: LARGE if name == far else Fraction(0) for name in names})


def within_slack(world: World, x: Any, form: Form) -> bool:
    """Whether x is what a rounded expression comes to, but for what its decimals may be off by."""
    r, found = world.reals, world.value(form)
    slack = sum((abs(r.real(r.minus(world.value(moved), found))) for moved in _moved(form)), r.real(Fraction(0)))
    slack *= 1 + r.literal(RELATIVE)
    return bool(abs(r.real(r.minus(x, found))) <= slack)


def _moved(form: Form) -> Iterator[Form]:
    """The form with each of its decimals half a unit larger in turn."""
    count = sum(1 for part in walk(form) if isinstance(part, Number) and "." in part.text)
    for chosen in range(count):
        yield _with_larger(form, iter(range(count)), chosen)


def _with_larger(form: Form, numbers: Iterator[int], chosen: int) -> Form:
    if isinstance(form, Number) and "." in form.text:
        value, unit = decimal_of(form) or (Fraction(0), Fraction(0))
        return number(value + unit / 2) if next(numbers) == chosen else form
    return rebuild(form, lambda part: _with_larger(part, numbers, chosen))
