"""Whether somebody's answer is the right one: by the kind of the answer and by how the sheet rounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from derive.errors import InputError
from derive.notation.arrays import Array, Value, items, plain
from derive.notation.build import column, number
from derive.notation.form import Call, Derivative, Form, Matrix, Number, Text, Tuple, symbols
from derive.notation.reals import Undefined, reals
from derive.notation.rounding import as_fraction, rounded, unit_of
from derive.notation.text import read
from derive.notation.value import Evaluator, NoValue, evaluate
from derive.record import Answer, Rounding

_SIZE = re.compile(r"\s*\(?\s*\d+(\s*[x×*,]\s*\d+)+\s*\)?\s*")
_POINTS = (3, 5, 7, 11, 13, 17, 19, 23)
"""Numerators of the points at which two expressions are compared."""
_NEEDED = 3
_CLOSE = Fraction(1, 10**25)
_DIGITS = 40


def accepts(answer: Answer, claim: Any, rounding: Rounding) -> bool:
    """Whether a claim agrees with an answer.

    Numbers agree where they are equal, or the claim is the answer rounded to the digits of the policy (or within the
    answer's own relative tolerance); matrices and a point entry by entry, several points in any order, expressions by
    their values.

    Args:
        answer: the right one.
        claim: a number, a text, a list or a form.
        rounding: how the sheet shows numbers.

    Raises:
        InputError: the claim cannot be read.
    """
    if answer.kind in ("text", "verdict"):
        return isinstance(answer.form, Text) and _words(str(claim)) == _words(answer.form.text)
    if answer.kind == "code":
        return isinstance(answer.form, Text) and _same_code(str(claim), answer.form.text)
    form = claim_form(claim, answer.kind)
    if answer.kind == "expression" and symbols(answer.form):
        return _same_function(answer.form, form)
    try:
        right, claimed = evaluate(answer.form), evaluate(form)
        shown = evaluate(answer.shown) if answer.shown is not None else right
    except NoValue:
        return _same_function(answer.form, form)
    except Undefined:
        return answer.form == form
    return _COMPARED.get(answer.kind, _entries_agree)(_Numbers(answer, rounding), right, claimed, shown)


def _same_code(claim: str, right: str) -> bool:
    """Whether two programs are the same but for comments and layout."""
    try:
        return ast.dump(ast.parse(claim)) == ast.dump(ast.parse(right))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _words(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def claim_form(claim: Any, kind: str) -> Form:
    """What a claim says, read as the kind of answer that it is about.

    Raises:
        InputError: it cannot be read.
    """
    if isinstance(claim, str):
        if kind == "shape" and _SIZE.fullmatch(claim):
            return Tuple(tuple(map(Number, re.findall(r"\d+", claim))))
        called = re.findall(r"\b([A-Z]\w*)(?=\()", claim)
        return read(claim, functions=called)
    return claim if isinstance(claim, Form) else _written(claim, kind)


def _written(value: Any, kind: str) -> Form:
    if isinstance(value, list):
        return _list(value, kind)
    if isinstance(value, str):
        return claim_form(value, kind)
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        if isinstance(value, Form):
            return value
        raise InputError(f"a claim is a number, an expression or a list, not a {type(value).__name__}")
    return number(value)


def _list(value: list[Any], kind: str) -> Form:
    """Rows make a matrix, other lists a point; one item counts as itself."""
    if not value:
        raise InputError("an empty list is no claim")
    if kind == "matrix" and _is_table(value):
        return Matrix(tuple(tuple(_written(entry, kind) for entry in row) for row in value))
    parts = [_written(item, kind) for item in value]
    if kind == "matrix" and not any(isinstance(part, (Matrix, Tuple)) for part in parts):
        return column(parts)
    return parts[0] if len(parts) == 1 else Tuple(tuple(parts))


def _is_table(value: list[Any]) -> bool:
    """Whether a list holds rows of one length, and no lists in them."""
    rows = all(isinstance(row, list) and len(row) == len(value[0]) for row in value)
    return rows and not any(isinstance(entry, list) for row in value for entry in row)


# Numbers


class _Numbers:
    """Compares single numbers of one answer."""

    def __init__(self, answer: Answer, rounding: Rounding) -> None:
        self.answer, self.rounding = answer, rounding
        self.reals = reals(_DIGITS)

    def agree(self, right: Any, claimed: Any, shown: Any) -> bool:
        """Equal, or rounded as the sheet rounds; a whole answer must be met as it is."""
        if self.reals.equal(right, claimed) or self.reals.equal(shown, claimed):
            return True
        if self.answer.kind in ("integer", "shape"):
            return False
        distance = abs(self.reals.real(self.reals.minus(right, claimed)))
        return bool(distance <= self.reals.real(self._slack(right)))

    def _slack(self, right: Any) -> Any:
        if self.answer.tolerance is not None:
            return self.reals.times(self.reals.real(self.answer.tolerance), self.reals.real(abs(right)))
        if self.rounding.mode == "exact":
            return abs(as_fraction(self.reals.real(right))) * _CLOSE
        if right == 0:  # it has no digits of its own
            return Fraction(1, 2 * 10**self.rounding.digits)
        unit = unit_of(rounded(right, self.rounding.digits))
        return abs(as_fraction(self.reals.real(right))) * _CLOSE if unit is None else unit / 2


def _entries_agree(numbers: _Numbers, right: Value, claimed: Value, shown: Value) -> bool:
    right, claimed, shown = plain(right), plain(claimed), plain(shown)
    if _shape(right) != _shape(claimed):
        return False
    return all(map(numbers.agree, items(right), items(claimed), items(shown)))


def _shape(value: Value) -> tuple[int, ...]:
    return value.shape if isinstance(value, Array) else ()


def _points_agree(numbers: _Numbers, right: Value, claimed: Value, shown: Value) -> bool:
    """The same set of points, in any order."""
    rows, found = _rows(right), _rows(claimed)
    if len(rows) != len(found):
        return False
    met = [[_entries_agree(numbers, row, claim, row) for claim in found] for row in rows]
    return all(map(any, met)) and all(map(any, zip(*met, strict=True)))


def _rows(value: Value) -> list[Value]:
    if isinstance(value, tuple):
        return list(value)
    return value.parts() if isinstance(value, Array) else [value]


_COMPARED: dict[str, Callable[[_Numbers, Value, Value, Value], bool]] = {"points": _points_agree}


# Expressions


def _same_function(right: Form, claimed: Form) -> bool:
    """Whether two expressions agree at several points; names, derivatives and abstract functions get any values."""
    agreed = 0
    for point in _POINTS:
        try:
            a, b = (_at(form, point) for form in (right, claimed))
        except (Undefined, ZeroDivisionError):
            continue
        if not _close(a, b):
            return False
        agreed += 1
    return agreed >= _NEEDED


def _close(a: Value, b: Value) -> bool:
    a, b = plain(a), plain(b)
    if _shape(a) != _shape(b) or isinstance(a, (tuple, str)) or isinstance(b, (tuple, str)):
        return bool(a == b)
    context = reals(_DIGITS)
    return all(
        abs(context.real(x) - context.real(y)) <= context.real(_CLOSE) * (1 + abs(context.real(x)))
        for x, y in zip(items(a), items(b), strict=True)
    )


def _at(form: Form, point: int) -> Value:
    """The value of a form where each name has a value of its own, between 0 and 1 as probabilities want it."""

    def value(unknown: Form) -> Value:
        call = _as_call(unknown)
        if call is None:
            return _drawn(repr(unknown), point)
        args = [evaluator.value(arg) for arg in call.args]
        if call.function == "relu" and call.primes == 1:
            return Fraction(args[0] > 0)
        return _drawn(f"{call.function}{call.primes}{[str(arg) for arg in args]}", point)

    evaluator = Evaluator(digits=_DIGITS, unknown=value)
    return evaluator.value(form)


def _as_call(form: Form) -> Call | None:
    """A call of a function; the derivative of F(x) by x is F'(x)."""
    if isinstance(form, Derivative) and isinstance(form.of, Call) and set(form.wrt) == set(form.of.args):
        return replace(form.of, primes=form.of.primes + len(form.wrt))
    return form if isinstance(form, Call) else None


def _drawn(key: str, point: int) -> Fraction:
    return Fraction(Random(f"{key} {point}").randrange(1, 10**6), 10**6 + 3)
