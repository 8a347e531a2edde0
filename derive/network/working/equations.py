"""The equation of a question turned round: what is stated of a quantity, and the whole numbers that solve it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.network.working.quantities import ONE_MARK, Stated
from derive.network.working.turned import Open
from derive.notation.build import number, subtract
from derive.notation.form import At, Form, Frac, Text, Tuple
from derive.notation.polynomial import factored, rational_roots, value_at, written
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.record import Line, Mark, Phrase, Step

LARGEST = 2_000
"""Whole numbers are tried up to this one where no formula can be solved."""
MOST_TRIED = 4
"""Of more solutions the first and the last are put in, with their neighbours."""
NONE = "no whole number"


def solutions(open_: Open, stated: Sequence[Stated]) -> list[int]:
    """All whole numbers from the first that fits on for which every stated quantity has its value.

    Where the first quantity is a growing polynomial there is one at most; else they are tried up to `LARGEST`.
    """
    poly = open_.polynomial(stated[0].of)
    tried: Iterable[int] = range(open_.first, LARGEST + 1)
    if poly is not None and len(poly) > 1 and all(coefficient >= 0 for coefficient in poly[1:]):
        tried = (_reached((poly[0] - stated[0].value, *poly[1:]), open_.first),)
    nets = ((value, net) for value in tried if (net := open_.at(value)) is not None)
    return [value for value, net in nets if all(quantity.of(net) == quantity.value for quantity in stated)]


def _reached(gap: Sequence[Fraction], first: int) -> int:
    """The first whole number at which a growing polynomial is no longer negative."""
    step = 1
    while value_at(gap, Fraction(first + step)) < 0:
        step *= 2
    low, high = first, first + step
    while low < high:
        middle = (low + high) // 2
        if value_at(gap, Fraction(middle)) < 0:
            low = middle + 1
        else:
            high = middle
    return low


def claimed(found: Sequence[int]) -> Form:
    """All solutions as they are written."""
    if not found:
        return Text(NONE)
    return number(found[0]) if len(found) == 1 else Tuple(tuple(map(number, found)))


def solved(open_: Open, stated: Sequence[Stated], found: Sequence[int], reason: Phrase) -> Step:
    """The unknown where the stated values are taken: one whole number, several, or none."""
    target = At(open_.symbol, tuple((quantity.name, number(quantity.value)) for quantity in stated))
    return Step("solution", target, (Line("=", claimed(found), reason),), "solve", (), (Mark(Fraction(1), "A"),))


def polynomial_steps(open_: Open, stated: Stated, found: Sequence[int]) -> list[Step]:
    """Linear: divided. Otherwise: everything on one side, in factors, and what each root is good for."""
    poly = open_.polynomial(stated.of)
    assert poly is not None
    unknown, name = open_.symbol, stated.name
    if len(poly) == 2:
        sign = 1 if poly[1] > 0 else -1
        quotient = Frac(number(sign * (stated.value - poly[0])), number(abs(poly[1])))
        root = (stated.value - poly[0]) / poly[1]
        reason: Phrase = ("solve ", written(poly, unknown), f" = {stated.value}")
        step = solved(open_, (stated,), found, reason)
        if not found:
            return [_refused(step, ("the solution ", number(root), " is none"))]
        value = Line("=", number(root))
        divided = (replace(value, reason=reason),) if abs(poly[1]) == 1 else (Line("=", quotient, reason), value)
        return [replace(step, lines=divided)]
    gap = (poly[0] - stated.value, *poly[1:])
    roots, rest = rational_roots(gap)
    target = subtract(name, number(stated.value))
    lines = [Line("=", written(gap, unknown), ("what must be zero",))]
    in_factors = factored(gap, unknown)
    if in_factors != lines[0].form:
        lines.append(Line("=", in_factors, ("factor",)))
    steps = [Step("gap", target, tuple(lines), "equation", (), ONE_MARK)]
    if found:
        others = [root for root in dict.fromkeys(roots) if root not in found]
        return [*steps, solved(open_, (stated,), found, _why_not(others, len(rest) > 1))]
    why: Phrase = ("no root is a whole number from ", number(open_.first), " on")
    if all(coefficient >= 0 for coefficient in gap[1:]) and (between := _reached(gap, open_.first) - 1) >= open_.first:
        stated = replace(stated, form=written(poly, unknown))
        steps += [value_step(open_, stated, value) for value in (between, between + 1)]
        why = (name, f" passes {stated.value} between ", number(between), " and ", number(between + 1))
    return [*steps, solved(open_, (stated,), found, why)]


def _refused(step: Step, why: Phrase) -> Step:
    line = step.lines[0]
    reason: Phrase = (*line.reason, "; ", *why)
    return replace(step, lines=(replace(line, reason=reason),))


def _why_not(others: Sequence[Fraction], more: bool) -> Phrase:
    """Why the other roots are no answers."""
    if not others:
        return ("the other factor is never zero",) if more else ("the only root",)
    parts: list[str | Form] = []
    for root in others:
        kind = "is negative" if root < 0 else "is zero" if root == 0 else "is no whole number"
        kind = "fits nowhere" if root > 0 and root.denominator == 1 else kind
        parts += [", " if parts else "the root ", number(root), f" {kind}"]
    return tuple(parts)


def value_step(open_: Open, stated: Stated, value: int) -> Step:
    """The stated quantity at one value of the unknown, put into its formula."""
    net = open_.at(value)
    assert net is not None
    target = At(stated.name, ((open_.symbol, number(value)),))
    at: dict[Form, Form] = {open_.symbol: number(value)}
    lines = [] if stated.form is None else [Line("=", substituted(stated.form, at.get))]
    result = number(stated.of(net))
    if not lines or lines[-1].form != result:
        lines.append(Line("=", result))
    return Step(f"{symbol_name(stated.name)}_at_{value}", target, tuple(lines), "check")


def tries(open_: Open, stated: Iterable[Stated]) -> Step | None:
    """Each quantity where it takes its value and at the whole numbers beside, as a table."""
    rows = tuple(
        value_step(open_, quantity, value)
        for quantity in stated
        for value in _around(open_, quantity, solutions(open_, [quantity]))
    )
    if len(rows) < 2:
        return None
    put_in = any(len(row.lines) > 1 for row in rows)
    heads: tuple[Phrase, ...] = (("at",), *([("numbers in",)] if put_in else []), ("value",))
    return Step("tries", rule="try whole numbers", substeps=rows, layout="table", heads=heads, marks=ONE_MARK)


def _around(open_: Open, stated: Stated, found: Sequence[int]) -> list[int]:
    if len(found) > MOST_TRIED:
        ends = (found[0] - 1, found[0], found[-1], found[-1] + 1)
        return [v for v in ends if v >= open_.first and open_.at(v) is not None]
    if found:
        low, high = found[0] - 1, found[-1] + 1
    else:
        values = {v: stated.of(net) for v in range(open_.first, LARGEST) if (net := open_.at(v)) is not None}
        close = min(values, key=lambda v: abs(values[v] - stated.value))
        low, high = close - 1, close + 1
    return [v for v in range(low, high + 1) if v >= open_.first and open_.at(v) is not None]
