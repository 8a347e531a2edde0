"""One step of an optimizer worked out: for each line of its rule the formula, the numbers, the value."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.graph.arrays import Array
from derive.graph.graph import matrix_form, one_based
from derive.graph.point import THE_SAME_WAY, Entry, Point, whole_first
from derive.notation.build import number
from derive.notation.form import Form, Symbol
from derive.notation.rounding import MANY_DIGITS, Real, rounded
from derive.notation.symbols import element, symbol_name
from derive.record import Line, Mark, Phrase, Step
from derive.training.update import Update

IN_ONE: Phrase = ("in one formula",)
_METHOD, _RESULT = (Mark(Fraction(1), "M"),), (Mark(Fraction(2), "A"),)
MOST_BITS = 300
OPTIMIZER = "optimizer"


def update_steps(update: Update, sheet: Point, shape: tuple[int, ...] | None = None) -> list[Step]:
    """The steps of one parameter; for an array (with its shape) one entry of the new parameter is worked in full,
    and one of each quantity on the way to it from the next level of detail on.
    """
    steps: list[Step] = []
    for row, (target, form, reason) in enumerate(update.lines()):
        is_last = target == update.after
        marks = _RESULT if is_last else _METHOD
        if shape:
            by_place = [list(update.entry(at))[row] for at in one_based(update.owner, shape)]
            found = _by_entries(sheet, shape, Line("=", form, reason), target, by_place, marks)
            if not is_last:
                formula, entry, value = found
                found = [*whole_first(formula, entry, value, marks)]
        else:
            found = [sheet.step(symbol_name(target), target, form, reason, (), marks, OPTIMIZER)]
        steps += [_with_whole(update, found[0], shape is not None), *found[1:]] if is_last else found
    return steps


def ahead_steps(update: Update, sheet: Point, target: Symbol, shape: tuple[int, ...] | None) -> list[Step]:
    """Where the gradient is taken, as far as that is another place than the parameter."""
    rule_form = update.rule.gradient_at
    form, reason = update.written(rule_form), ("where the gradient is taken",)
    if not shape:
        return [sheet.step(symbol_name(target), target, form, reason, (), (), OPTIMIZER)]
    places = [(element(target, *at), update.entry_form(rule_form, at)) for at in one_based(update.owner, shape)]
    return _by_entries(sheet, shape, Line("=", form, reason), replace(target, bold=True), places, ())


def _with_whole(update: Update, step: Step, is_array: bool) -> Step:
    """The new parameter also in one formula, which the judge compares with the rule line by line.

    Numbers follow the line of the rule, since where they are carried it is that line they go into.
    """
    whole = update.whole()
    if whole is None:
        return step
    line = Line("=", whole, IN_ONE, level=3)
    return replace(step, lines=(*step.lines, line) if is_array else (line, *step.lines))


def _by_entries(
    sheet: Point, shape: tuple[int, ...], line: Line, target: Symbol, by_place: list[tuple[Symbol, Form]],
    marks: tuple[Mark, ...],
) -> list[Step]:  # fmt: skip
    """The formula of an array, one entry in full, the whole array."""
    entries: list[Entry] = [(name, formula, sheet.worth(formula)) for name, formula in by_place]
    chosen = next((k for k, (_, _, value) in enumerate(entries) if value != 0), 0)
    entry, formula, value = entries[chosen]
    worked = (Line("=", formula), *sheet.numbers(entry, formula, value))
    relation, whole = sheet.array(entries, shape)
    name, (first, _) = symbol_name(target), by_place[chosen]
    return [
        Step(f"{name}_formula", target, (line,), OPTIMIZER),
        Step(symbol_name(first), entry, worked, "one entry in full"),
        Step(name, target, (Line(relation, whole, THE_SAME_WAY),), OPTIMIZER, (), marks),
    ]


def exact_form(value: Real | Array) -> Form:
    """A value as the form of an answer: exact where that is short, else to many digits."""
    if isinstance(value, Array):
        return matrix_form(value.shape, [exact_form(item) for item in value.items])
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) < MOST_BITS:
        return number(value)
    return rounded(value, MANY_DIGITS)
