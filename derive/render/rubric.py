"""The marks table of a part: for each mark the rule that earns it and what is found by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.notation.form import Form, Relation, Text, Underbrace, rebuild
from derive.notation.widths import phrase_width, width
from derive.record import Derivation, Mark, Phrase, Step

_RESULT_EM = 27.0
"""How wide a result may be to stand in the table; of a wider one only the quantity is named."""


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A mark as it stands at the margin of the solution: its number, what earns it, kind and points."""

    number: int
    earns: Phrase
    kind: str
    points: Fraction


def rubric_rows(derivation: Derivation) -> tuple[RubricRow, ...]:
    """One row a mark, in printed order."""
    marked = [(step, mark) for step in derivation.all_steps() for mark in step.marks]
    return tuple(
        RubricRow(number, _earns(step, mark), mark.kind, mark.points) for number, (step, mark) in enumerate(marked, 1)
    )


def _earns(step: Step, mark: Mark) -> Phrase:
    """The note for graders, else the rule and what is found by it."""
    if mark.note:
        return mark.note
    rule, found = _rule(step), _found(step)
    return (*rule, ": ", *found) if rule and found else rule or found or (step.name,)


def _rule(step: Step) -> Phrase:
    """What a step does: the rule it uses, else the first reason that it gives, else its sentence."""
    if step.rule:
        return (step.rule,)
    if step.layout == "row":
        return ("row ", *step.intro)
    reasons = (line.reason for line in step.lines if line.reason)
    return next(reasons, step.intro)


def _found(step: Step) -> Phrase:
    """target = value; of a table or a row the boxed results, or how many rows it has where these are too many."""
    if step.layout == "row":
        found = tuple(_separated([_result(cell) for cell in step.substeps if any(line.boxed for line in cell.lines)]))
        return found if phrase_width(found) <= _RESULT_EM else ()
    if step.layout != "table":
        return _result(step)
    results = [_result(sub) for sub in step.substeps if any(line.boxed for line in sub.lines)]
    cells = [cell for sub in step.substeps if sub.layout == "row" for cell in sub.substeps]
    results += [(line.form,) for cell in cells for line in cell.lines if line.boxed]
    listed = tuple(_separated(results))
    return listed if phrase_width(listed) <= _RESULT_EM else (f"all {len(step.substeps)} rows",)


def _separated(phrases: list[Phrase]) -> Iterator[str | Form]:
    for place, phrase in enumerate(phrases):
        if place:
            yield ", "
        yield from phrase


def _result(step: Step) -> Phrase:
    if step.target is None or not step.lines:
        return ()
    line = step.lines[-1]
    if line.relation == "assume":
        return (line.form,)
    relation = Relation("≈" if line.relation == "≈" else "=", step.target, _plain(line.form))
    if isinstance(line.form, Text):
        return (step.target, ": ", line.form.text)
    return (relation,) if width(relation) <= _RESULT_EM else (step.target,)


def _plain(form: Form) -> Form:
    """The form without the braces under its parts, which need their room."""
    return _plain(form.arg) if isinstance(form, Underbrace) else rebuild(form, _plain)
