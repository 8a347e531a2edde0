"""What an earlier part has worked out, where rounded numbers are carried on: the later part begins with them.

At full precision a later part needs nothing of that, since every quantity is worth what its definition says. A carried
number is worth what was printed, so it is printed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import dropwhile

from derive.graph.point import ALL_ENTRIES, Point
from derive.notation.form import symbols
from derive.record import Step


def recalled(point: Point, steps: Iterable[Step]) -> tuple[Step, ...]:
    """The formula and the number of each step from the first rounded one on; none where nothing was rounded."""
    if not point.carries_rounded:
        return ()
    later = list(dropwhile(lambda step: all(line.relation != "≈" for line in step.lines), steps))
    entries = {name for step in later if step.rule == ALL_ENTRIES for name in step.uses}  # shown with their array
    return tuple(_short(step) for step in later if step.name not in entries and _is_worked(step))


def _is_worked(step: Step) -> bool:
    return bool(step.lines) and not any(symbols(step.lines[-1].form))


def _short(step: Step) -> Step:
    """The last line with names in it, then the number."""
    formulas = [replace(line, reason=()) for line in step.lines if any(symbols(line.form))]
    lines = (*formulas[-1:], replace(step.lines[-1], reason=("as above",)))
    return replace(step, lines=lines, rule="as above", uses=(), marks=())
