"""The steps to the shape behind a layer: for each axis formula, numbers, value; then the shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from derive.network.layers.base import AXES, AXIS_NAMES, Layer, Rule, Size, axes, out
from derive.network.network import Order
from derive.notation.build import dimensions, number
from derive.notation.form import Call, Fence, Form, Number, Shape, Symbol, rebuild, symbols, walk
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate, substituted
from derive.notation.worksheet import Worksheet
from derive.record import Answer, Given, Line, Mark, Phrase, Step

SHAPE = Symbol("shape", sub=("out",))
Rename = Callable[[Symbol], Symbol]
T = TypeVar("T")


def same(symbol: Symbol) -> Symbol:
    """A letter as it is, where only one layer is worked out."""
    return symbol


def renamed(form: Form, rename: Rename) -> Form:
    """A form with its letters renamed."""
    return substituted(form, lambda part: rename(part) if isinstance(part, Symbol) else None)


def shape_form(size: Size, order: Order = "HWC") -> Form:
    """A size as it is printed: a×b×c, or one number for a vector."""
    shown = ordered(size, order)
    return number(shown[0]) if len(shown) == 1 else dimensions(shown)


def premises(layer: Layer, size: Size, rename: Rename = same, own: bool = True) -> tuple[Given, ...]:
    """The letters of a layer with their values, those that its formulas mention; and what its sides mean.

    `own` leaves out the letters of the input's axes: they were found before.
    """
    rules = layer.size_rules(size)
    used = {name for rule in rules for name in symbols(rule.form)}
    letters = (*axes(size), *layer.letters(size)) if own else layer.letters(size)
    stated = [
        Given(rename(letter.symbol), number(Fraction(letter.value)), "value", (letter.note,))
        for letter in letters
        if letter.symbol in used
    ]
    return (*stated, *meanings(rules, rename))


def meanings(rules: tuple[Rule, ...], rename: Rename = same) -> list[Given]:
    """What each quantity means by another definition than its formula; the judge compares them."""
    return [
        Given(renamed_call(rule.target, rename), renamed(rule.meaning, rename), shown=False)
        for rule in rules
        if rule.meaning is not None
    ]


def renamed_call(target: Symbol, rename: Rename) -> Form:
    """The target under which a meaning is given."""
    return Call("meaning", (rename(target),))


def shape_steps(layer: Layer, size: Size, sheet: Worksheet, rename: Rename = same, order: Order = "HWC") -> list[Step]:
    """The axes of the output that have a formula, then the shape; the values must be on the sheet."""
    result = layer.output(size)
    steps: list[Step] = []
    for letter in (*axes(size), *layer.letters(size)):
        sheet.env[rename(letter.symbol)] = Fraction(letter.value)
    for rule in layer.size_rules(size):
        steps.append(axis_step(rule, sheet, steps, rename))
    if not steps:
        text = "the layer works on each value by itself"
        return [Step("shape", rename(SHAPE), (Line("=", shape_form(result, order), (text,)),), "output shape",
                     marks=(Mark(Fraction(1), "A"),))]  # fmt: skip
    if len(result) == 1:
        return steps
    return [*steps, _whole(result, steps, rename, order)]


def axis_step(rule: Rule, sheet: Worksheet, before: list[Step], rename: Rename = same) -> Step:
    """One axis; where another one has the same numbers, in one line."""
    target, form = rename(rule.target), renamed(rule.form, rename)
    numbers = in_numbers(form, sheet)
    twin = next((step for step in before if step.lines[1:2] and step.lines[1].form == numbers), None)
    lines: tuple[Line, ...]
    if isinstance(form, Symbol):
        lines = (Line("=", form, rule.reason), Line("=", numbers))
        marks: tuple[Mark, ...] = (Mark(Fraction(1, 2), "B"),)
    elif twin is not None and twin.target is not None:
        lines = (Line("=", twin.target, ("the same numbers",), at=True), twin.lines[-1])
        marks = ()
    else:
        lines, marks = (Line("=", form, rule.reason), *number_lines(form, sheet)), (Mark(Fraction(1), "M"),)
    assert isinstance(lines[-1].form, Number)
    sheet.env[target] = Fraction(lines[-1].form.text)
    return Step(symbol_name(target), target, lines, "size", (), marks)


def _whole(result: Size, steps: list[Step], rename: Rename, order: Order) -> Step:
    found = {step.target: step for step in steps}
    outs = [rename(out(name)) for name in AXES[len(result)]]
    dims: list[Form] = [target if target in found else number(side) for target, side in zip(outs, result, strict=True)]
    lines = (Line("=", Shape(ordered(dims, order)), (axis_words(len(result), order),)),
             Line("=", shape_form(result, order)))  # fmt: skip
    uses = tuple(step.name for step in steps)
    target = rename(SHAPE)
    return Step(symbol_name(target), target, lines, "output shape", uses, (Mark(Fraction(1, 2), "A"),))


def ordered(dims: Sequence[T], order: Order) -> tuple[T, ...]:
    """What belongs to the axes, in the order in which a sheet prints them."""
    return (dims[-1], *dims[:-1]) if order == "CHW" else tuple(dims)


def axis_words(rank: int, order: Order = "HWC") -> str:
    """The axes of a size by name: "height, width, channels"."""
    return ", ".join(ordered([AXIS_NAMES[name] for name in AXES[rank]], order))


def number_lines(form: Form, sheet: Worksheet) -> list[Line]:
    """Numbers in, what a floor or a ceiling cuts, the value: students err where it bites."""
    numbers = in_numbers(form, sheet)
    lines = [Line("=", numbers, ("numbers in",))]
    fence = next((part for part in walk(numbers) if isinstance(part, Fence)), None)
    if fence is not None:
        inside = evaluate(fence.arg, {})
        assert isinstance(inside, Fraction)
        cut, why = _cut(fence, inside)
        shorter = rebuild(numbers, lambda part: cut if part == fence else part) if numbers != fence else cut
        if shorter != number(evaluate(form, sheet.env)):
            lines.append(Line("=", shorter, why))
    lines.append(Line("=", number(evaluate(form, sheet.env))))
    return lines


def _cut(fence: Fence, inside: Fraction) -> tuple[Form, Phrase]:
    if inside.denominator == 1:
        return number(inside), ()
    whole = -(-inside.numerator // inside.denominator) if fence.kind == "ceil" else inside.__floor__()
    word = "the ceiling rounds " if fence.kind == "ceil" else "the floor cuts "
    return Fence(fence.kind, number(inside)), (word, number(inside), " to ", number(whole))


def in_numbers(form: Form, sheet: Worksheet) -> Form:
    """A form with the values of its letters."""
    return substituted(form, lambda part: number(sheet.env[part]) if part in sheet.env else None)


def answer(name: str, size: Size, target: Form | None, order: Order = "HWC") -> Answer:
    """The shape as an answer: a shape, or the number of features of a vector."""
    form = shape_form(size, order)
    return Answer(name, "integer" if len(size) == 1 else "shape", form, form, target)
