"""How a loss goes over the steps of a run, in words that a judge can decide."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from derive.notation.rounding import as_fraction
from derive.training.runs import Run

SAME = Fraction(1, 10**20)
"""Losses that differ by less, beside 1 or the first loss, are one."""


def course_words(run: Run) -> str:
    """How the loss goes: whether it falls, how often it rises on the way, or in which step it leaves all bounds."""
    if run.beyond is not None:
        return f"grows beyond all bounds by step {run.beyond}"
    if run.ends:
        return f"has no value after step {run.last.step}"
    return _of_losses([as_fraction(loss) for loss in run.losses])


def _of_losses(losses: Sequence[Fraction]) -> str:
    same = SAME * max(Fraction(1), abs(losses[0]))
    steps = [later - earlier for earlier, later in pairwise(losses)]
    rises = sum(step > same for step in steps)
    if not rises:
        return "falls and never rises" if losses[-1] < losses[0] - same else "stays where it is"
    how = "falls but" if losses[-1] < losses[0] - same else "does not fall and"
    return f"{how} rises in {rises} of {len(steps)} steps"
