"""Derivatives of abstract blocks that were given: F'(x) = r is put in where F'(x) stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from derive.graph.course import course_form
from derive.graph.reasons import joined
from derive.notation.form import Call, Form, rebuild, walk
from derive.record import Line, Phrase

Slopes = Mapping[str, Form]
"""The derivative of each block, by its name."""


def slope_lines(form: Form, slopes: Slopes) -> list[Line]:
    """The lines that put the given derivatives into a form, and collect the numbers that are among them."""
    given = _with_slopes(form, slopes)
    if given == form:
        return []
    course, why = course_form(given)
    line = Line("=", given, _reason(form, slopes))
    return [line] if course == given else [line, Line("=", course, why)]


def _with_slopes(form: Form, slopes: Slopes) -> Form:
    if not slopes:
        return form
    return slopes[form.function] if _is_given(form, slopes) else rebuild(form, lambda part: _with_slopes(part, slopes))


def _reason(form: Form, slopes: Slopes) -> Phrase:
    """F'(x) = r, for each derivative that is put in."""
    found = dict.fromkeys(node for node in walk(form) if _is_given(node, slopes))
    return joined((call, " = ", slopes[call.function]) for call in found)


def _is_given(form: Form, slopes: Slopes) -> TypeGuard[Call]:
    return isinstance(form, Call) and form.primes == 1 and form.function in slopes
