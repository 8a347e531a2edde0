"""The steps of a run as they are printed: in full, or as rows of a table over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.graph.arrays import Array
from derive.graph.graph import Quantity, entries_of, matrix_form
from derive.graph.point import Point, forward_steps, whole_first
from derive.notation.arrays import items
from derive.notation.form import Form, Symbol, symbols
from derive.notation.indexed import STEP
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.questions.answers import many_digits
from derive.questions.folding import folded
from derive.questions.graph_question import kind_of
from derive.record import Answer, Line, Mark, Phrase, Relation, Step

ROW_MARK = (Mark(Fraction(1), "A"),)
STEP_HEAD: Phrase = (Symbol(STEP),)


@dataclass(frozen=True, slots=True)
class Worked:
    """A quantity with the steps that find it; the one at `place` shows it whole."""

    quantity: Quantity
    steps: tuple[Step, ...]
    place: int = -1

    @property
    def value(self) -> Step:
        """The step that shows the quantity whole."""
        return self.steps[self.place]


Cell = Form | Worked | Step


def worked(point: Point, quantity: Quantity, reason: Phrase, entry_first: bool = False) -> Worked:
    """A quantity in full, a reason beside its formula.

    One entry of an array is worked before the whole, or shown after it from the next level on.
    """
    steps = _reasoned(forward_steps(point, [quantity]), reason)
    if not isinstance(quantity.value, Array) or entry_first:
        return Worked(quantity, steps)
    formula, entry, whole = steps
    return Worked(quantity, whole_first(formula, entry, whole, entry.marks), 0)


def step_worked(point: Point, quantities: Iterable[Quantity], names: Mapping[Form, str]) -> list[Worked]:
    """The quantities of a step in full; of the arrays the first is worked entry by entry."""
    quantities = list(quantities)
    first = next((q for q in quantities if isinstance(q.value, Array)), None)
    return [worked(point, q, (names[q.symbol],), entry_first=q is first) for q in quantities]


def _reasoned(steps: tuple[Step, ...], reason: Phrase) -> tuple[Step, ...]:
    """The steps with another reason for the formula; that numbers are put in is then not said."""
    first, *others = steps[0].lines
    lines = (replace(first, reason=reason), *(replace(line, reason=()) for line in others))
    return (replace(steps[0], lines=lines), *steps[1:])


def in_full(items: Iterable[Worked]) -> list[Step]:
    """The steps of some quantities one after the other."""
    return [step for item in items for step in item.steps]


def over_time(
    name: str,
    point: Point,
    heads: Sequence[Form],
    rows: Mapping[int, Sequence[Cell]],
    intro: Phrase,
    row_marks: tuple[Mark, ...] = (),
    marks: tuple[Mark, ...] = (),
) -> Step:
    """A row for each step, a cell for each quantity under its name; where there are many, those at both ends.

    A cell is a quantity that was worked out, a step that found one, or the name of one that is given. Rounded numbers
    that are carried on must all be seen, so that such a table stays whole.
    """
    made = [replace(_row(name, point, step, cells), marks=row_marks) for step, cells in rows.items()]
    shown_rows = tuple(made) if point.carries_rounded else folded(made)
    told = "".join(piece for piece in intro if isinstance(piece, str)).rstrip(":")
    rule = told[:1].lower() + told[1:] or "over time"
    return Step(name, rule=rule, marks=marks, intro=intro, substeps=shown_rows, layout="table",
                heads=(STEP_HEAD, *((head,) for head in heads)))  # fmt: skip


def _row(table: str, point: Point, step: int, cells: Sequence[Cell]) -> Step:
    inner = tuple(_cell(table, point, cell) for cell in cells)
    return Step(f"{table} {step}", intro=(str(step),), substeps=inner, layout="row")


def _cell(table: str, point: Point, cell: Cell) -> Step:
    if isinstance(cell, Worked):
        return Step(cell.value.name, cell.value.target, (cell_line(point, cell),))
    if isinstance(cell, Step):
        assert cell.target is not None
        last = cell.lines[-1]
        line = Line(*shown(point.env[cell.target], point.conventions.rounding)) if _is_exact(point) else last
        return Step(cell.name, cell.target, (Line(line.relation, line.form),))
    assert isinstance(cell, Symbol)
    return Step(f"{table} {symbol_name(cell)}", point.graph.written(cell), (Line("=", point.exact[cell]),))


def _is_exact(point: Point) -> bool:
    return point.conventions.rounding.mode == "exact"


def cell_line(point: Point, cell: Worked) -> Line:
    """The value of a quantity; under the policy "exact" a form that is no short number is rounded in a cell."""
    rounding, quantity = point.conventions.rounding, cell.quantity
    if not _is_exact(point):
        last = cell.value.lines[-1]
        return Line(last.relation, last.form)
    names = entries_of(quantity)
    printed = [shown(point.env[name], rounding) for name in names]
    relation: Relation = "≈" if any(sign == "≈" for sign, _ in printed) else "="
    forms = [form for _, form in printed]
    return Line(relation, matrix_form(quantity.value.shape, forms) if isinstance(quantity.value, Array) else forms[0])


def answer_of(point: Point, item: Worked, line: Line) -> Answer:
    """What a quantity came to: as its last line shows it, and exactly, or with many digits.

    Written out in numbers an exact form would hold all steps before it.
    """
    value = item.quantity.value
    nodes = items(value)
    numbers = [many_digits(point.nodes[node]) for node in nodes]
    precise = matrix_form(value.shape, numbers) if isinstance(value, Array) else numbers[0]
    form = line.form if line.relation == "=" and not symbols(line.form) else precise
    return Answer(symbol_name(item.quantity.symbol), kind_of(line.form), form, line.form, item.value.target)
