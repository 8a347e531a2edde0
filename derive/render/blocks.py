"""What of a derivation is printed at a level of detail: blocks of rows, sentences and tables, in no language yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.notation.form import Form, Text
from derive.record import Answer, Derivation, Line, Mark, Phrase, Relation, Step
from derive.render.breaking import LINE_EM, Cut, cut
from derive.render.widths import width

_RELATION_EM = 1.6


@dataclass(frozen=True, slots=True)
class Row:
    """A displayed line. `room` is the width in em that its form may take; `opens` is true at the first of a step."""

    step: str
    target: Form | None
    relation: str
    form: Form
    reason: Phrase = ()
    marks: tuple[Mark, ...] = ()
    boxed: bool = False
    unit: str = ""
    room: float = LINE_EM
    opens: bool = False

    @property
    def rows(self) -> Cut:
        """The form, in several rows where it is too wide."""
        return cut(self.form, self.room)


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
    """A row: what is found, its forms with their relation signs, the reason, the marks."""

    step: str
    target: Form | None
    lines: tuple[Line, ...]
    reason: Phrase
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The substeps of a table step; `columns` counts the forms of a row."""

    step: str
    heads: tuple[Phrase, ...]
    rows: tuple[TableRow, ...]
    columns: int
    marks: tuple[Mark, ...] = ()


Block = Display | Prose | Table


def solution_blocks(derivation: Derivation, detail: int) -> tuple[Block, ...]:
    """The printed blocks of a solution; no mark is lost, and where nothing is boxed the answers are added."""
    steps = _carried(derivation, detail)
    if not any(line.boxed for step in steps for line in step.lines):
        told = {step.name for step in steps if step.intro}
        steps += [_answer_step(answer) for answer in derivation.answers if answer.name not in told]
    unit = derivation.answers[0].unit if len(derivation.answers) == 1 else ""
    return tuple(_merged(block for step in steps for block in _step_blocks(step, detail, unit)))


def shown_lines(step: Step, detail: int) -> tuple[Line, ...]:
    """The lines of a step at a level of detail; a boxed line is always among them."""
    return tuple(line for line in step.lines if line.level <= detail or line.boxed)


def _carried(derivation: Derivation, detail: int) -> list[Step]:
    """The shown steps in printed order; a hidden step's marks go to the next shown one, else to the last."""
    shown: list[Step] = []
    pending: tuple[Mark, ...] = ()
    for step in _printed(derivation.steps):
        if step.level <= detail or any(line.boxed for line in step.lines):
            shown.append(replace(step, marks=pending + step.marks))
            pending = ()
        else:
            pending += step.marks
    if pending and shown:
        shown[-1] = replace(shown[-1], marks=shown[-1].marks + pending)
    return shown


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
    words = step.intro or (() if leads else _mark_words(step))
    if words:
        yield Prose(step.name, words, () if leads else step.marks, leads)
    for place, line in enumerate(lines):
        is_last = place == len(lines) - 1 and not is_table
        yield _line_block(step, line, place == 0, step.marks if is_last else (), unit)
    if is_table:
        yield _table(step, detail)


def _mark_words(step: Step) -> Phrase:
    """What a step without lines and sentence is about, as far as its marks say."""
    notes = [mark.note for mark in step.marks if mark.note]
    return notes[0] if notes else (step.rule,) if step.rule and step.marks else ()


def _line_block(step: Step, line: Line, is_first: bool, marks: tuple[Mark, ...], unit: str) -> Display | Prose:
    """A line as a row of a display, or as a sentence where it is one of many words."""
    target = step.target if is_first and line.relation != "assume" else None
    if isinstance(line.form, Text) and width(line.form) > LINE_EM / 2:
        label: Phrase = () if target is None else (target, ": ")
        return Prose(step.name, (*label, line.form.text), marks)
    shown_unit = unit if line.boxed else ""
    row = Row(step.name, target, line.relation, line.form, line.reason, marks, line.boxed, shown_unit)
    return Display((replace(row, opens=is_first),))


def _table(step: Step, detail: int) -> Table:
    rows = []
    for sub in step.substeps:
        lines = shown_lines(sub, detail)
        reason = next((line.reason for line in reversed(lines) if line.reason), ())
        rows.append(TableRow(sub.name, sub.target, lines, reason, sub.marks))
    columns = max((len(row.lines) for row in rows), default=0)
    return Table(step.name, step.heads, tuple(rows), columns, step.marks)


def _merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with neighbouring displays put into one, so that their relation signs stand in one column."""
    rows: list[Row] = []
    for block in blocks:
        if isinstance(block, Display):
            rows += block.rows
            continue
        if rows:
            yield _fitted(rows)
            rows = []
        yield block
    if rows:
        yield _fitted(rows)


def _fitted(rows: list[Row]) -> Display:
    """A display of rows, each with the room that the widest target leaves."""
    left = max((width(row.target) for row in rows if row.target is not None), default=0.0)
    room = max(LINE_EM - left - _RELATION_EM, LINE_EM / 2)
    return Display(tuple(replace(row, room=room) for row in rows))
