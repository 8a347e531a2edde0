"""Which piece of a formula by cases holds where its names have values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.notation.form import Cases, Form, Relation, rebuild, walk
from derive.notation.reals import Undefined
from derive.notation.value import NoValue, evaluate

_OPPOSITE = {"=": "≠", "≠": "=", "<": "≥", "≤": ">", ">": "≤", "≥": "<"}


def settled(form: Form, values: Mapping[Form, Any]) -> Form:
    """The form with each of its cases replaced by the one that holds; where none can be told, the cases stay."""
    if not any(isinstance(part, Cases) for part in walk(form)):
        return form
    if isinstance(form, Cases):
        found = _holding(form, values)
        if found is not None:
            return settled(form.branches[found][0], values)
    return rebuild(form, lambda part: settled(part, values))


def holding_condition(form: Form, values: Mapping[Form, Any]) -> Relation | None:
    """The condition that holds, where the form has cases once, of two branches; of the second one its opposite."""
    cases = [part for part in walk(form) if isinstance(part, Cases)]
    if len(cases) != 1 or len(cases[0].branches) != 2:
        return None
    found, condition = _holding(cases[0], values), cases[0].branches[0][1]
    if found is None or condition is None or condition.op not in _OPPOSITE:
        return None
    return condition if found == 0 else Relation(_OPPOSITE[condition.op], condition.left, condition.right)  # type: ignore[arg-type]


def _holding(cases: Cases, values: Mapping[Form, Any]) -> int | None:
    """The number of the first branch whose condition holds."""
    try:
        tests = (condition is None or evaluate(condition, values) for _, condition in cases.branches)
        return next((number for number, holds in enumerate(tests) if holds), None)
    except (NoValue, Undefined):
        return None
