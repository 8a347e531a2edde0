"""The softmax of one row of scores as it is done by hand: numerators, their sum, the shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from derive.graph.arithmetic import Real
from derive.graph.point import Point
from derive.notation.build import ONE, ZERO, add
from derive.notation.form import Call, Form, Frac, Matrix, Product, Symbol, symbols
from derive.notation.rounding import exact_form, rounded
from derive.notation.working import NUMBERS_IN, as_printed, numbers_in
from derive.record import Line, Phrase, Relation

Scores = Sequence[Symbol | None]
"""The names of a row's scores; None for one of -∞."""


def softmax_row(point: Point, scores: Scores, shares: Matrix, reason: Phrase) -> tuple[Line, ...]:
    """The lines from the formula to the shares.

    Args:
        point: where every score has a value.
        shares: what they come to, as it is printed.
        reason: what stands beside the formula.
    """
    formula = _over_sum([score and Call("exp", (score,)) for score in scores])
    first = Line("=", formula, reason)
    rounding = point.conventions.rounding
    powers: list[Real | None] = [score and point.worth(Call("exp", (score,))) for score in scores]
    kept: list[Real] = [power for power in powers if power is not None]
    if all(power == kept[0] for power in kept) and not isinstance(kept[0], Fraction):
        return (first, *_equal_shares(point, formula, shares))
    if rounding.mode == "exact":
        form, _ = numbers_in(formula, point.env, rounding, forms=point.exact)
        return (first, Line("=", form, NUMBERS_IN, at=any(symbols(form))))
    total = sum(kept)

    def written(value: Real, extra: int) -> Form:
        return exact_form(value, rounding) or rounded(value, rounding.digits + extra)

    def numerators(extra: int) -> list[Form | None]:
        return [None if power is None else written(power, extra) for power in powers]

    ways: tuple[tuple[Callable[[int], Form], Phrase, int], ...] = (
        (lambda extra: numbers_in(formula, point.env, rounding, extra)[0], NUMBERS_IN, 2),
        (lambda extra: _over_sum(numerators(extra)), ("numerators",), 0),
        (lambda extra: _over_sum(numerators(extra), written(total, extra)), ("their sum",), 0),
    )
    relation: Relation = "=" if all(isinstance(power, Fraction) for power in kept) else "≈"
    lines = [Line(relation, as_printed(make, shares), why, level) for make, why, level in ways]
    return (first, *lines, Line(relation, shares, ("the shares",)))


def _equal_shares(point: Point, formula: Form, shares: Matrix) -> Iterator[Line]:
    """Equal scores need no exponential worked out: whatever it is, it cancels."""
    rounding = point.conventions.rounding
    form, _ = numbers_in(formula, point.env, rounding, forms=point.exact)
    yield Line("=", form, NUMBERS_IN)
    exact = exact_form(Fraction(1, sum(entry != ZERO for entry in shares.rows[0])), rounding)
    relation: Relation = "=" if exact in shares.rows[0] else "≈"
    yield Line(relation, shares, ("equal scores, equal shares",))


def _over_sum(powers: Sequence[Form | None], total: Form | None = None) -> Form:
    """1/(e^a + e^b) · (e^a e^b), with a 0 where a score is -∞; `total` is the sum, where it has been added up."""
    bottom = total or add(power for power in powers if power is not None)
    return Product((Frac(ONE, bottom), Matrix((tuple(power or ZERO for power in powers),))))
