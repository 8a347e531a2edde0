"""What of a derivation is printed at a level of detail: blocks of rows, sentences and tables, in no language yet."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.notation.form import Form, Symbol, Text, symbols
from derive.notation.widths import width
from derive.record import Answer, Derivation, Line, Listing, Mark, Phrase, Relation, Step
from derive.render.breaking import LINE_EM
from derive.render.rows import Row, arranged


@dataclass(frozen=True, slots=True)
class Display:
    """Rows that are aligned at their relation signs."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A sentence, and the marks that it earns; `leads` says that rows or a table follow, which it must not leave."""

    step: str
    phrase: Phrase
    marks: tuple[Mark, ...] = ()
    leads: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what is found, its forms with their relation signs (None leaves a cell empty), the reason, the marks."""

    step: str
    target: Form | None
    lines: tuple[Line | None, ...]
    reason: Phrase
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that stands for itself: a chain of forms, or words."""

    lines: tuple[Line, ...] = ()
    words: Phrase = ()


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of cells that stand for themselves, behind its label."""

    step: str
    label: Phrase
    cells: tuple[Cell, ...]
    marks: tuple[Mark, ...]
    reason: Phrase = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all cells."""
        return tuple(line for cell in self.cells for line in cell.lines)


@dataclass(frozen=True, slots=True)
class FoldedRows:
    """So many rows that are left out at this level of detail; `noun` is what one of them stands for."""

    count: int
    noun: str = "row"
    reason: Phrase = ()
    marks: tuple[Mark, ...] = ()

    @property
    def words(self) -> str:
        """What stands in their place."""
        return f"{self.count} {self.noun}s omitted" if self.count > 1 else f"one {self.noun} omitted"


AnyRow = TableRow | CellRow | FoldedRows


@dataclass(frozen=True, slots=True)
class Table:
    """The substeps of a table step; `columns` counts the cells of a row behind the first."""

    step: str
    heads: tuple[Phrase, ...]
    rows: tuple[AnyRow, ...]
    columns: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Source code; a mark with a line stands beside that line, the others at the end."""

    step: str
    listing: Listing
    marks: tuple[Mark, ...] = ()


Block = Display | Prose | Table | Code

_COMPACT = 1
"""Up to this level of detail the forms of a step stand on one line where they have room."""


def solution_blocks(derivation: Derivation, detail: int) -> tuple[Block, ...]:
    """The printed blocks of a solution; no mark is lost, and an answer that stands in no box is added in one."""
    steps, pending = _carried(derivation, detail)
    steps += [_answer_step(answer) for answer in _unboxed(derivation, steps)]
    if pending and steps:
        steps[-1] = replace(steps[-1], marks=steps[-1].marks + pending)
    units = {answer.label: answer.unit for answer in asked(derivation)}
    common = next(iter(units.values())) if len(set(units.values())) == 1 else ""
    blocks = (block for step in steps for block in _step_blocks(step, detail, units.get(step.target, common)))
    return tuple(_merged(blocks, compact=detail <= _COMPACT))


def asked(derivation: Derivation) -> tuple[Answer, ...]:
    """The answers that were asked for, without the results on the way."""
    return tuple(answer for answer in derivation.answers if answer.boxed)


def _unboxed(derivation: Derivation, steps: list[Step]) -> Iterator[Answer]:
    """The answers asked for that no shown line boxes and no sentence tells."""
    shown = [step for each in steps for step in _with_cells(each)]
    boxes = Counter(line.form for step in shown for line in step.lines if line.boxed)
    told = {step.name for step in steps if step.intro or step.listing}
    for answer in asked(derivation):
        form = answer.shown or answer.form
        if boxes[form]:
            boxes[form] -= 1
        elif answer.name not in told:
            yield answer


def _with_cells(step: Step) -> Iterator[Step]:
    """A step, and what a table or a row of it holds."""
    yield step
    for inner in step.substeps if step.layout != "lines" else ():
        yield from _with_cells(inner)


def shown_lines(step: Step, detail: int) -> tuple[Line, ...]:
    """The lines of a step at a level of detail; a boxed line is always among them.

    Level 0 shows the boxed ones alone, and what they hold under.
    """
    if detail == 0 and any(line.boxed for line in step.lines):
        return tuple(replace(line, reason=()) for line in step.lines if line.boxed or line.relation == "assume")
    return tuple(line for line in step.lines if line.level <= detail or line.boxed)


def _carried(derivation: Derivation, detail: int) -> tuple[list[Step], tuple[Mark, ...]]:
    """The shown steps in printed order; a hidden step's marks go to the next shown one, those of the last are left."""
    shown: list[Step] = []
    pending: tuple[Mark, ...] = ()
    for step in _printed(derivation.steps):
        if step.level <= detail or any(line.boxed for line in step.lines):
            shown.append(replace(step, marks=pending + step.marks))
            pending = ()
        else:
            pending += sum((inner.marks for inner in _with_cells(step)), ())
    return shown, pending


def _printed(steps: Iterable[Step]) -> Iterator[Step]:
    """Every step with its substeps after it, except that a table keeps its own."""
    for step in steps:
        yield step
        if step.layout == "lines":
            yield from _printed(step.substeps)


def _answer_step(answer: Answer) -> Step:
    form = answer.shown or answer.form
    relation: Relation = "=" if form == answer.form else "≈"
    label = None if answer.kind == "text" else answer.label or Text(answer.name)
    return Step(answer.name, label, (Line(relation, form, boxed=True),))


def _step_blocks(step: Step, detail: int, unit: str) -> Iterator[Block]:
    """The sentence, the rows and the table of one step; its marks stand at the last of them."""
    lines = shown_lines(step, detail)
    is_table = step.layout == "table"
    leads = bool(lines) or is_table
    words = step.intro or (() if leads or step.listing else _mark_words(step))
    if words:
        yield Prose(step.name, words, () if leads or step.listing else step.marks, leads or step.listing is not None)
    if step.listing:
        beside = tuple(mark for mark in step.marks if mark.line or not leads)
        yield Code(step.name, step.listing, beside)
        step = replace(step, marks=tuple(mark for mark in step.marks if mark not in beside))
    first = next((line for line in lines if line.relation != "assume"), None)
    for place, line in enumerate(lines):
        target = step.target if line is first else None
        marks = step.marks if place == len(lines) - 1 and not is_table else ()
        yield _line_block(step, line, target, marks, unit, opens=place == 0)
    if is_table:
        yield _table(step, detail)


def _mark_words(step: Step) -> Phrase:
    """What a step without lines and sentence is about, as far as its marks say."""
    notes = [mark.note for mark in step.marks if mark.note]
    return notes[0] if notes else (step.rule,) if step.rule and step.marks else ()


def _line_block(
    step: Step, line: Line, target: Form | None, marks: tuple[Mark, ...], unit: str, *, opens: bool
) -> Display | Prose:
    """A line as a row of a display, or as a sentence where it is one of many words."""
    if isinstance(line.form, Text) and width(line.form) > LINE_EM / 2:
        label: Phrase = () if target is None else (target, ": ")
        return Prose(step.name, (*label, line.form.text), marks)
    shown_unit = unit if line.boxed else ""
    row = Row(step.name, target, line.relation, line.form, line.reason, marks, line.boxed, shown_unit, opens=opens)
    return Display((row,))


def _table(step: Step, detail: int) -> Table:
    """The rows that are shown at a level of detail; the marks of the others stand with those of the whole table."""
    shown = [(sub, shown_lines(sub, detail)) for sub in step.substeps]
    columns = max((len(sub.substeps if sub.layout == "row" else lines) for sub, lines in shown), default=0)
    rows: list[AnyRow] = []
    marks = step.marks
    for hidden, group in itertools.groupby(shown, key=lambda pair: _is_folded(pair[0], detail)):
        if hidden:
            folded = [sub for sub, _ in group]
            rows.append(FoldedRows(len(folded), "step" if _is_over_steps(step) else "row"))
            marks += sum((inner.marks for sub in folded for inner in _with_cells(sub)), ())
        else:
            rows += [_table_row(sub, lines, columns, detail) for sub, lines in group]
    return Table(step.name, step.heads, tuple(rows), columns, marks)


def _is_over_steps(table: Step) -> bool:
    """Whether a letter counts the rows of a table: then each is a step of a run."""
    head = table.heads[0] if table.heads else ()
    return len(head) == 1 and isinstance(head[0], Symbol)


def _is_folded(row: Step, detail: int) -> bool:
    return row.level > detail and not any(line.boxed for sub in _with_cells(row) for line in sub.lines)


def _table_row(row: Step, lines: tuple[Line, ...], columns: int, detail: int) -> TableRow | CellRow:
    if row.layout == "row":
        return _cell_row(row, columns, detail)
    reason = next((line.reason for line in reversed(lines) if line.reason), ())
    return TableRow(row.name, row.target, _cells(lines, columns), reason, row.marks)


def _cell_row(row: Step, columns: int, detail: int) -> CellRow:
    cells = [Cell(shown_lines(cell, detail), cell.intro) for cell in row.substeps]
    marks = sum((inner.marks for inner in _with_cells(row)), ())
    return CellRow(row.name, row.intro, (*cells, *[Cell()] * (columns - len(cells))), marks)


def _cells(lines: tuple[Line, ...], columns: int) -> tuple[Line | None, ...]:
    """The lines from the left on; a value stands in the last column even where no formula goes before it."""
    if not lines:
        return (None,) * columns
    blanks = (None,) * (columns - len(lines))
    is_value = not symbols(lines[-1].form)
    return (*lines[:-1], *blanks, lines[-1]) if is_value else (*lines, *blanks)


def _merged(blocks: Iterable[Block], compact: bool) -> Iterator[Block]:
    """The blocks with neighbouring displays put into one, so that their relation signs stand in one column."""
    rows: list[Row] = []
    for block in blocks:
        if isinstance(block, Display):
            rows += block.rows
            continue
        if rows:
            yield Display(arranged(rows, compact))
            rows = []
        yield block
    if rows:
        yield Display(arranged(rows, compact))
