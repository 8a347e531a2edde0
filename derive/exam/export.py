"""Derivations and sheets as plain data for programs: exact values as strings, decimals as numbers."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any

from derive.errors import InputError
from derive.exam.judged import SolvedExam
from derive.exam.solve import parts_of
from derive.notation import plain, source
from derive.notation.arrays import Array, items
from derive.notation.form import Form, Text
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.value import NoValue, evaluate
from derive.questions.prose import words
from derive.record import Answer, Derivation, Line, Listing, Mark, Step

if TYPE_CHECKING:
    from derive.check.verdict import Verdict


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer: `exact` and `decimal` (null where it is no number), what is printed, its kind and unit."""
    value = None if answer.kind in ("text", "verdict", "code") else _value(answer.form)
    return {
        "exact": str(value) if isinstance(value, Fraction) else _exact(answer.form),
        "decimal": _decimal(value),
        "shown": plain.write(answer.shown or answer.form),
        "kind": answer.kind,
        "unit": answer.unit or None,
    }


def derivation_record(derivation: Derivation, verdict: Verdict) -> dict[str, Any]:
    """A derivation with its answers by name, its steps, and whether it was verified."""
    return {
        "title": derivation.title,
        "prompt": words(derivation.prompt),
        **({"listings": [*map(_listing, derivation.listings)]} if derivation.listings else {}),
        "answers": {answer.name: answer_record(answer) for answer in derivation.answers},
        "verified": verdict.verified,
        "faults": [str(fault) for fault in (*verdict.faults, *verdict.undecided)],
        "steps": [_step(step) for step in derivation.steps],
    }


def exam_record(solved: SolvedExam) -> dict[str, Any]:
    """A solved exam: its parts with their answers; `verified` says whether all of them hold."""
    verdicts = {(each.problem, each.part): each.verdict for each in solved.judged}
    parts = [
        {
            "problem": problem.number,
            "part": part.label,
            "ask": part.ask,
            "points": _amount(part.points),
            **derivation_record(part.derivation, verdicts[problem.number, part.label]),
        }
        for problem, part in parts_of(solved.sheet)
    ]
    return {
        "title": solved.sheet.title,
        "points": _amount(solved.sheet.points),
        "verified": solved.verified,
        "answers": {f"{part['problem']}.{part['part']}": part["answers"] for part in parts},
        "parts": parts,
    }


def _step(step: Step) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": step.name,
        "target": None if step.target is None else written(step.target),
        "intro": words(step.intro),
        "rule": step.rule,
        "level": step.level,
        "uses": list(step.uses),
        "lines": [_line(line) for line in step.lines],
        "marks": [_mark(mark) for mark in step.marks],
    }
    if step.listing:
        record["listing"] = _listing(step.listing)
    if step.substeps:
        record["substeps"] = [_step(substep) for substep in step.substeps]
    return record


def _mark(mark: Mark) -> dict[str, Any]:
    record = {"points": _amount(mark.points), "kind": mark.kind, "note": words(mark.note)}
    return record if mark.line is None else {**record, "line": mark.line}


def _listing(listing: Listing) -> dict[str, Any]:
    return {"language": listing.language, "caption": words(listing.caption), "text": listing.text}


def _line(line: Line) -> dict[str, Any]:
    return {"relation": line.relation, "form": written(line.form), "reason": words(line.reason)}


def _exact(form: Form) -> str:
    return form.text if isinstance(form, Text) else written(form)


def written(form: Form) -> str:
    """A form as an exam file would have it; as plain text where no exam file could have it."""
    try:
        return source.write(form)
    except InputError:
        return plain.write(form)


def _value(form: Form) -> Any:
    """The value of a form without free names; None where it has none."""
    try:
        value = evaluate(form)
    except (NoValue, Undefined):
        return None
    return None if any(isinstance(item, LogOfNothing) for item in items(value)) else value


def _decimal(value: Any) -> Any:
    """Numbers for JSON: whole ones as integers, arrays as nested lists."""
    if value is None or isinstance(value, (str, bool)):
        return None
    if isinstance(value, Array):
        return [_decimal(part) for part in value.parts()]
    if isinstance(value, tuple):
        return [_decimal(part) for part in value]
    if isinstance(value, Fraction):
        return _amount(value)
    number = float(value)
    return number if isfinite(number) else None


def _amount(value: Fraction) -> int | float:
    if value.denominator == 1:
        return int(value)
    return value.numerator / value.denominator
