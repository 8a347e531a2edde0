"""The marks table of a part: what earns each mark, and the running total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.notation.form import Relation, Text
from derive.record import Derivation, Line, Mark, Phrase, Step
from derive.render.widths import width

_RESULT_EM = 14.0


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A mark: its number, what earns it, the result that shows it, kind, points, and the total up to here."""

    number: int
    earns: Phrase
    result: Phrase
    kind: str
    points: Fraction
    total: Fraction


def rubric_rows(derivation: Derivation) -> tuple[RubricRow, ...]:
    """One row a mark, in printed order."""
    rows: list[RubricRow] = []
    total = Fraction(0)
    for step, mark in _marked(derivation):
        total += mark.points
        earns = mark.note or _earns(step)
        rows.append(RubricRow(len(rows) + 1, earns, _result(step), mark.kind, mark.points, total))
    return tuple(rows)


def _marked(derivation: Derivation) -> Iterator[tuple[Step, Mark]]:
    return ((step, mark) for step in derivation.all_steps() for mark in step.marks)


def _earns(step: Step) -> Phrase:
    """What a step does: the rule it uses, else the first reason that it gives, else its sentence or name."""
    if step.rule:
        return (step.rule,)
    reasons = [line.reason for line in step.lines if line.reason]
    if reasons:
        return reasons[0]
    return step.intro or (("value of ", step.target) if step.target is not None else (step.name,))


def _result(step: Step) -> Phrase:
    """target = value, where that fits a column."""
    if step.target is None or not step.lines:
        return ()
    line: Line = step.lines[-1]
    if isinstance(line.form, Text) or line.relation == "assume":
        return (step.target, ": ", line.form)
    relation = Relation("≈" if line.relation == "≈" else "=", step.target, line.form)
    return (relation,) if width(relation) <= _RESULT_EM else (step.target,)
