"""The steps to a receptive field: lines for a few layers, a table for many; from the input on, or back to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from derive.network.fields.forms import Row, Rule, numbered
from derive.network.fields.recursion import Recursion
from derive.network.layers.base import AXIS_NAMES
from derive.network.working.shapes import in_numbers
from derive.notation.build import ONE, multiply, number, subtract
from derive.notation.form import Call, Form, Frac, Number, Sum, Symbol, symbols
from derive.notation.rounding import as_fraction
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.notation.worksheet import Worksheet
from derive.record import Given, Line, Mark, Phrase, Step

COLUMNS = "KSPdU"
METHOD = (Mark(Fraction(1), "M"),)


def forward_steps(recursion: Recursion, sheet: Worksheet, quantities: Sequence[str]) -> list[Step]:
    """The forward recursion: layer by layer from the input, each quantity that a later one or the question needs."""
    _state(recursion, sheet)
    if recursion.in_letters:
        found = [quantity for row in recursion.rows for quantity in row.quantities]
        wanted = _needed(recursion, found, quantities)
        return [_lines(quantity, sheet) for quantity in found if quantity.target in wanted]
    return [_table(recursion, sheet, quantities)]


def _state(recursion: Recursion, sheet: Worksheet) -> None:
    """The values of the letters, and of all quantities."""
    for row in recursion.rows:
        for setting in row.settings:
            sheet.env[setting.symbol] = Fraction(setting.value)
        for quantity in row.quantities:
            sheet.env[quantity.target] = as_fraction(evaluate(quantity.form, sheet.env))


def _needed(recursion: Recursion, found: list[Rule], quantities: Sequence[str]) -> set[Form]:
    """What is asked for, and what is mentioned on the way to it."""
    wanted: set[Form] = {getattr(state, name) for name in quantities for state in recursion.states.values()}
    for quantity in reversed(found):
        if quantity.target in wanted:
            wanted |= set(symbols(quantity.form))
    return wanted


def exact_lines(form: Form, sheet: Worksheet, reason: Phrase) -> tuple[Line, ...]:
    """Formula, numbers, value; what says the same twice is left out."""
    forms = [form, in_numbers(form, sheet), number(as_fraction(evaluate(form, sheet.env)))]
    distinct = list(dict.fromkeys(forms))
    return (Line("=", distinct[0], reason), *(Line("=", each) for each in distinct[1:]))


def _lines(quantity: Rule, sheet: Worksheet) -> Step:
    marks = METHOD if quantity.target.base == "r" else ()
    lines = exact_lines(quantity.form, sheet, quantity.reason)
    return Step(symbol_name(quantity.target), quantity.target, lines, quantity_rule(quantity.target), (), marks)


def quantity_rule(target: Symbol) -> str:
    """What is found, for the marking guide."""
    return {"r": "size of the field", "j": "jump", "s": "start", "b": "cells needed"}[target.base]


# tables


def _table(recursion: Recursion, sheet: Worksheet, quantities: Sequence[str]) -> Step:
    """A row for each layer: its settings, then the jump, and size and start where they are asked for."""
    letters = [c for c in COLUMNS if any(row.setting(c) for row in recursion.rows)]
    kinds = [("jump", "jump", "j"), ("size", "receptive field", "r"), ("start", "start", "s")]
    kinds = [kind for kind in kinds if kind[0] in ("jump", *quantities)]
    heads: list[Phrase] = [("layer",), *((Symbol(letter),) for letter in letters)]
    heads += [(f"{word} ", Symbol(base)) for _, word, base in kinds]
    rows = [
        _row(row, letters, [getattr(row, kind) for kind, _, _ in kinds], sheet, recursion.mark)
        for row in recursion.rows
    ]
    name = f"forward {recursion.mark}".strip()
    law = forward_law(recursion, quantities)
    return Step(name, rule="forward recursion", marks=METHOD, intro=law, substeps=tuple(rows), layout="table",
                heads=tuple(heads))  # fmt: skip


def _row(row: Row, letters: Iterable[str], found: Sequence[Rule | None], sheet: Worksheet, mark: str) -> Step:
    name = f"row {row.index} {mark}".strip()
    cells = [_given(f"{name} {letter}", row, letter) for letter in letters]
    for place, quantity in enumerate(found):
        cells.append(Step(f"{name} {place}") if quantity is None else _cell(quantity, sheet))
    return Step(name, intro=(row.name,), substeps=tuple(cells), layout="row")


def _given(name: str, row: Row, letter: str) -> Step:
    setting = row.setting(letter)
    if setting is None:
        return Step(name, intro=("1",) if letter in "dU" and row.setting("S") else ())
    return Step(name, setting.symbol, (Line("=", number(setting.value)),))


def _cell(quantity: Rule, sheet: Worksheet) -> Step:
    """Numbers and value; the letters are the heads of the columns."""
    lines = exact_lines(in_numbers(quantity.form, sheet), sheet, ())
    return Step(symbol_name(quantity.target), quantity.target, lines, quantity_rule(quantity.target))


def forward_law(recursion: Recursion, quantities: Sequence[str]) -> Phrase:
    """The recursion in letters, once for the whole table."""
    along = f"Along the {AXIS_NAMES[recursion.mark]}: " if recursion.mark else ""
    if recursion.mark and recursion.axis:
        return (along.replace(": ", "."),)
    rows, jump = recursion.rows, Symbol("j", sub=("before",))
    stretched, dilated = (any(row.setting(letter) for row in rows) for letter in "Ud")
    step: list[Form] = [subtract(Symbol("K"), ONE), *([Symbol("d")] if dilated else [])]
    laws: list[list[str | Form]] = []
    laws += [["adds ", multiply([*step, jump]), " to the field"]] if "size" in quantities else []
    laws += [["multiplies the jump by ", Frac(Symbol("S"), Symbol("U")) if stretched else Symbol("S")]]
    laws += [["takes ", multiply([Symbol("P"), jump]), " from the start"]] if "start" in quantities else []
    law: list[str | Form] = [f"{along}each layer " if along else "Each layer ", *laws[0]]
    for place, each in enumerate(laws[1:], 2):
        law += [" and " if place == len(laws) else ", ", *each]
    law += [". Behind an upscaling cells differ in what they see: there the largest field is counted"] * stretched
    return (*law, ".")


def row_meanings(recursion: Recursion) -> Iterator[Given]:
    """What the numbers in the rows of a table stand for; those that only counting tells are counted."""
    for row in recursion.rows:
        for quantity in row.quantities:
            form = quantity.form
            if not any(symbols(form)):
                form = recursion.counted(row.name)
                form = form if quantity.target.base == "r" else Call("field_start", (recursion.windows(row.name),))
            yield meant(quantity.target, form)


def back_meanings(recursion: Recursion, name: str) -> Iterator[Given]:
    """The same for the table of the backward recursion."""
    for quantity, _ in _back(recursion.states[name].path or (), recursion.mark):
        yield meant(quantity.target, quantity.form)


def meant(target: Form, form: Form) -> Given:
    """What a quantity must be worth, for the judge alone."""
    return Given(Call("meaning", (target,)), form, shown=False)


# backward


def backward_steps(recursion: Recursion, name: str, sheet: Worksheet, level: int) -> list[Step]:
    """From one cell back to the input: (b - 1)·S + (K - 1)·d + 1 cells of the map before a layer for b behind it."""
    path = recursion.states[name].path or ()
    _state(recursion, sheet)
    found = list(_back(path, recursion.mark))
    for quantity, _ in found:
        sheet.env[quantity.target] = as_fraction(evaluate(quantity.form, sheet.env))
    if recursion.in_letters:
        steps = [_lines(quantity, sheet) for quantity, _ in found]
        return [Step(s.name, s.target, s.lines, s.rule, s.uses, s.marks if level < 2 else (), level) for s in steps]
    letters = [c for c in "KSd" if any(row.setting(c) for row in path)]
    rows = [_row(row, letters, [quantity], sheet, f"{recursion.mark} back".strip()) for quantity, row in found]
    heads: tuple[Phrase, ...] = (("layer",), *((Symbol(letter),) for letter in letters), ("cells before it",))
    b, dilation = Symbol("b"), Symbol("d") if "d" in letters else None
    needs = _before(b, Symbol("K"), Symbol("S"), dilation)
    words: Phrase = ("Backward from one cell: for ", b, " cells behind it a layer needs ", needs, " before it.")
    return [
        Step(f"backward {recursion.mark}".strip(), rule="backward recursion", marks=METHOD if level < 2 else (),
             level=level, intro=words, substeps=tuple(rows), layout="table", heads=heads)
    ]  # fmt: skip


def _back(path: Sequence[Row], mark: str) -> Iterator[tuple[Rule, Row]]:
    behind: Symbol | None = None
    for row in reversed(path):
        kernel, stride, dilation = _letters(row)
        assert kernel is not None
        form = _before(behind, kernel, stride or ONE, dilation)
        behind = numbered("b", row.index, mark)
        yield Rule(behind, form, (f"before {row.name}",)), row


def _letters(row: Row) -> tuple[Symbol | None, Symbol | None, Symbol | None]:
    """K, S and d, as far as the layer has them."""
    settings = (row.setting(letter) for letter in "KSd")
    kernel, stride, dilation = (None if setting is None else setting.symbol for setting in settings)
    return kernel, stride, dilation


def _before(behind: Form | None, kernel: Form, stride: Form, dilation: Form | None) -> Form:
    """(b - 1)·S + K, with (K - 1)·d + 1 for K where the window is dilated; behind the last layer b is 1."""
    ends = [kernel] if dilation is None else [multiply([subtract(kernel, ONE), dilation]), ONE]
    terms = ends if behind is None else [multiply([less_one(behind), stride]), *ends]
    return terms[0] if len(terms) == 1 else Sum(tuple(terms), (False,) * len(terms))


def less_one(form: Form) -> Form:
    """form - 1, as one sum; a last 1 is taken away itself."""
    if isinstance(form, Sum) and form.terms[-1] == ONE and not form.minus[-1]:
        return form.terms[0] if len(form.terms) == 2 else Sum(form.terms[:-1], form.minus[:-1])
    return Sum((*form.terms, ONE), (*form.minus, True)) if isinstance(form, Sum) else subtract(form, ONE)


def nested_back(recursion: Recursion, name: str) -> Form:
    """The backward recursion in one formula: ((K - 1)·S + K - 1)·S + K."""
    form: Form | None = None
    for row in reversed(recursion.states[name].path or ()):
        kernel, stride, dilation = _letters(row)
        assert kernel is not None
        form = _before(form, kernel, stride or ONE, dilation)
    return form or ONE


def last_back(recursion: Recursion, name: str) -> Form:
    """The name of what the backward recursion ends with."""
    path = recursion.states[name].path
    return numbered("b", path[0].index, recursion.mark) if path else Number("1")
