"""A second route to a gradient, for the end of a solution: the central difference that a student can type in."""

from __future__ import annotations

from fractions import Fraction

from derive.errors import UnknownName
from derive.graph.arithmetic import Real, sub
from derive.graph.arrays import Array
from derive.graph.graph import entry_names
from derive.graph.point import At as Values
from derive.graph.point import Point
from derive.notation.build import number
from derive.notation.form import At, Derivative, Form, Frac, Sum, Symbol
from derive.notation.rounding import as_fraction, rounded, shown, unit_of
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.record import Line, Step

STEP = Fraction(1, 1000)
MOST_DIGITS = 16


def difference_check(point: Point, at: Values, of: Symbol, by: Symbol, slope: Real) -> Step | None:
    """(of(by + h) - of(by - h)) / 2h with h = 0.001 at the given values; `by` is an input or an entry of one.

    None where it does not come to the digits of the gradient, as near a kink.
    """
    root, place = _place(at, by)
    held = at[root]
    value = held.items[place] if isinstance(held, Array) else held
    sides = (value + STEP, value - STEP)
    node = point.graph.scalar(of)
    moved = [{**at, root: _with_entry(held, place, side)} for side in sides]
    ends = [point.graph.values(there, point.conventions, [node])[node] for there in moved]
    _, final = shown(slope, point.conventions.rounding)
    unit = unit_of(final)
    numbers = _numbers(ends, final, unit)
    quotient = as_fraction(sub(ends[0], ends[1])) / (2 * STEP)
    if unit is None or numbers is None or abs(quotient - as_fraction(evaluate(final, {}))) > unit / 2:
        return None
    bars = [At(of, ((by, number(side)),)) for side in sides]
    formula = Frac(Sum((bars[0], bars[1]), (False, True)), number(2 * STEP))
    lines = (
        Line("≈", formula, ("check: central difference with step ", number(STEP)), at=True),
        Line("≈", numbers),
        Line("≈", final),
    )
    name = f"check_{symbol_name(of)}_{symbol_name(by)}"
    return Step(name, Derivative(of, (by,)), lines, "check", level=3)


def _place(at: Values, by: Symbol) -> tuple[Symbol, int]:
    """The input that a name is, or is an entry of, and where in it."""
    for root, value in at.items():
        names = entry_names(root, value.shape) if isinstance(value, Array) else [root]
        if by in names:
            return root, names.index(by)
    raise UnknownName("input", symbol_name(by), map(symbol_name, at))


def _with_entry(held: Real | Array, place: int, value: Real) -> Real | Array:
    """An input with another entry; a number is replaced."""
    if not isinstance(held, Array):
        return value
    return Array(held.shape, (*held.items[:place], value, *held.items[place + 1 :]))


def _numbers(ends: list[Real], final: Form, unit: Fraction | None) -> Form | None:
    """The quotient in numbers, with as many digits as make it come to the printed gradient."""
    for digits in range(6, MOST_DIGITS):
        top = Sum((rounded(ends[0], digits), rounded(ends[1], digits)), (False, True))
        form = Frac(top, number(2 * STEP))
        if unit is not None and abs(as_fraction(evaluate(form, {})) - as_fraction(evaluate(final, {}))) <= unit / 2:
            return form
    return None
