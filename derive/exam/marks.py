"""Shares the points of a part among the marks of its steps, in half points or finer, with an exact sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm

from derive.record import Derivation, Mark, Phrase, Step

HALF = Fraction(1, 2)


def with_points(derivation: Derivation, points: Fraction) -> Derivation:
    """The derivation whose marks add up to `points`; before, they are weights.

    Marks that add up to the points already stay as they are. Where there are more marks than units of a half point, the
    lightest joins the next one, so that no mark is worth nothing. A derivation without marks earns them at its end.
    """
    marks = [mark for step in derivation.all_steps() for mark in step.marks]
    if not marks:
        return replace(_marked_at_end(derivation, points), points=points)
    weights = [mark.points for mark in marks]
    if sum(weights) == points:
        return replace(derivation, points=points)
    unit = Fraction(1, lcm(2, points.denominator))
    kept, dropped = _merged(weights, int(points / unit))
    earned = {index: units * unit for index, units in zip(kept, shares(kept, int(points / unit)), strict=True)}
    new = [replace(mark, points=earned.get(index, Fraction(0))) for index, mark in enumerate(marks)]
    for index, heir in dropped.items():
        new[heir] = replace(new[heir], note=_both(marks[index], new[heir]))
    steps = _replaced(derivation.steps, iter(new))
    return replace(derivation.with_steps(steps), points=points)


def shares(weights: dict[int, Fraction], units: int) -> list[int]:
    """Whole units in proportion to the weights, one each at least: the largest remainders are served first."""
    total = sum(weights.values())
    quotas = [weight * units / total if total else Fraction(units, len(weights)) for weight in weights.values()]
    given = [1] * len(quotas)
    for _ in range(units - len(quotas)):
        neediest = max(range(len(quotas)), key=lambda index: quotas[index] - given[index])
        given[neediest] += 1
    return given


def _merged(weights: list[Fraction], room: int) -> tuple[dict[int, Fraction], dict[int, int]]:
    """The marks that stay, with the weights that they gather, and for each that goes the one it joins."""
    kept = dict(enumerate(weights))
    heirs: dict[int, int] = {}
    while len(kept) > room:
        lightest = min(kept, key=lambda index: kept[index])
        weight = kept.pop(lightest)
        if not kept:
            break
        heir = min((index for index in kept if index > lightest), default=max(kept))
        kept[heir] += weight
        heirs[lightest] = heir
    return kept, {index: _last(heirs, index) for index in heirs}


def _last(heirs: dict[int, int], index: int) -> int:
    while index in heirs:
        index = heirs[index]
    return index


def _both(gone: Mark, heir: Mark) -> Phrase:
    """What two marks in one are for; a mark without a note is for what its step finds, which is more."""
    return (*gone.note, "; ", *heir.note) if gone.note and heir.note else heir.note


def _replaced(steps: tuple[Step, ...], marks: Iterator[Mark]) -> tuple[Step, ...]:
    """The steps with the next marks in printed order; those worth nothing are left out."""
    done: list[Step] = []
    for step in steps:
        own = tuple(mark for mark in (next(marks) for _ in step.marks) if mark.points)
        done.append(replace(step, marks=own, substeps=_replaced(step.substeps, marks)))
    return tuple(done)


def _marked_at_end(derivation: Derivation, points: Fraction) -> Derivation:
    if not derivation.steps or not points:
        return derivation
    *before, last = derivation.steps
    return derivation.with_steps((*before, replace(last, marks=(Mark(points, "A"),))))
