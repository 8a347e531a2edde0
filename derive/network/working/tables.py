"""Tables of cells that stand for themselves: each is a small step of its own, `⌊(28 - 2)/2⌋ + 1 = 14`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.network.working.shapes import number_lines
from derive.network.working.written import Written
from derive.notation.build import number
from derive.notation.form import Call, Fence, Form, Symbol, walk
from derive.notation.symbols import symbol_name
from derive.notation.worksheet import Worksheet
from derive.record import Conventions, Given, Line, Mark, Phrase, Step

HIDDEN = 4
"""The level of a step that is judged and never printed, above the finest detail."""
BLANK = Step("blank")
"""A cell in which nothing stands."""
METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1, 2), "A"),)


def whole(value: int) -> Form:
    """A whole number as a form."""
    return number(Fraction(value))


def meaning_of(target: Form, form: Form) -> Given:
    """What a quantity means, for the judge alone."""
    return Given(Call("meaning", (target,)), form, shown=False)


def sheet_of(written: Written) -> Worksheet:
    """The values of all letters."""
    return Worksheet(Conventions(), {name: Fraction(value) for name, value in written.values.items()})


def worked(form: Form, written: Written) -> tuple[Line, ...]:
    """The numbers of a formula, what a floor or a ceiling cuts where it bites, the value: a chain in a cell."""
    first, *between, last = number_lines(form, sheet_of(written))
    bites = [line for line in between if any(isinstance(part, Fence) for part in walk(line.form))]
    lines = (first, *bites, last) if first.form != last.form else (last,)
    return tuple(replace(line, reason=()) for line in lines)


def cell(target: Symbol, *lines: Line) -> Step:
    """A quantity in a cell; its name is not printed."""
    return Step(symbol_name(target), target, lines)


def columns(cells: Sequence[Sequence[Step]]) -> list[tuple[Step, ...]]:
    """The cells of all rows, with blank ones behind those of the shorter rows."""
    width = max(map(len, cells), default=0)
    return [(*row, *[BLANK] * (width - len(row))) for row in cells]


def table(
    name: str, heads: Sequence[Phrase], rows: Iterable[tuple[str, Sequence[Step]]], intro: Phrase = (),
    marks: tuple[Mark, ...] = METHOD, level: int = 1,
) -> Step:  # fmt: skip
    """Rows of cells, each behind its label; the step is named after what it finds."""
    inner = tuple(
        Step(f"{name}: {label}", intro=(label,), layout="row", substeps=tuple(cells)) for label, cells in rows
    )
    return Step(
        name, rule=name, marks=marks, level=level, intro=intro, substeps=inner, layout="table", heads=tuple(heads)
    )
