"""The rows of a display: what stands in each, how far apart they are, and where a page may end between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.notation.form import Derivative, Form
from derive.notation.widths import is_tall, width
from derive.record import Mark, Phrase
from derive.render.breaking import LINE_EM

_RELATION_EM = 1.6
_BESIDE_REASONS_EM = 22.5
"""How wide target and forms of a row may be to leave the column of the reasons free."""
_SHORT_STEP = 4
"""A step of so many rows is not broken over pages."""


@dataclass(frozen=True, slots=True)
class Row:
    """A displayed line: target, relation, form, and the further forms of a chain `a = b = c` on the same line.

    `room` is the width in em that its form may take. `opens` is true at the first row of a step, `tight` where that
    step goes on with the list of one-line steps before it, `stays` where no page may end above the row.
    """

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
    tight: bool = False
    stays: bool = False
    chain: tuple[tuple[str, Form], ...] = ()

    @property
    def width(self) -> float:
        """The width in em of its forms and the relation signs between them."""
        return width(self.form) + sum(width(form) + _RELATION_EM for _, form in self.chain)


def arranged(rows: list[Row], compact: bool) -> tuple[Row, ...]:
    """The rows of one display: with the room that the widest target leaves, their gaps, and where a page may end.

    `compact` puts the successive forms of a step on one line as far as they fit beside the reasons.
    """
    left = max((width(row.target) for row in rows if row.target is not None), default=0.0)
    room = max(LINE_EM - left - _RELATION_EM, LINE_EM / 2)
    rows = [replace(row, room=room) for row in rows]
    if compact:
        rows = list(_chained(rows, _BESIDE_REASONS_EM - left - _RELATION_EM))
    return tuple(_kept(list(_listed(rows))))


def _steps(rows: Iterable[Row]) -> Iterator[list[Row]]:
    for _, group in itertools.groupby(rows, key=lambda row: row.step):
        yield list(group)


def _chained(rows: list[Row], room: float) -> Iterator[Row]:
    """The rows with neighbours of a step joined to one line where they fit."""
    for step in _steps(rows):
        joined = step[0]
        for row in step[1:]:
            longer = _joined(joined, row)
            if "assume" in (joined.relation, row.relation) or joined.boxed or longer.width > room:
                yield joined
                joined = row
            else:
                joined = longer
        yield joined


def _joined(first: Row, then: Row) -> Row:
    reasons = tuple(dict.fromkeys(reason for reason in (first.reason, then.reason) if reason))
    reason = (*reasons[0], "; ", *reasons[1]) if len(reasons) == 2 else reasons[0] if reasons else ()
    chain = (*first.chain, (then.relation, then.form), *then.chain)
    marks = first.marks + then.marks
    return replace(first, chain=chain, reason=reason, marks=marks, boxed=then.boxed, unit=then.unit)


def _listed(rows: list[Row]) -> Iterator[Row]:
    """The rows with one-line steps in a row set tight, a reason that they share printed once."""
    before: Row | None = None
    for step in _steps(rows):
        is_plain = len(step) == 1 and _is_plain(step[0])
        if before is not None and is_plain:
            yield replace(step[0], tight=True, reason=() if step[0].reason == before.reason else step[0].reason)
        else:
            yield from step
        before = step[0] if is_plain else None


def _is_plain(row: Row) -> bool:
    """Whether a one-line step names something in a line of text's height, and does no more."""
    forms = (row.target, row.form, *(form for _, form in row.chain))
    low = not any(form is not None and (is_tall(form) or isinstance(form, Derivative)) for form in forms)
    return low and row.relation != "assume" and not row.boxed


def _kept(rows: list[Row]) -> Iterator[Row]:
    """The rows, each saying whether it stays with the one above: no short step is broken, no row is left alone."""
    place = 0
    for step in _steps(rows):
        for number, row in enumerate(step):
            inside = number > 0 and (len(step) <= _SHORT_STEP or number in (1, len(step) - 1))
            yield replace(row, stays=inside or place == 1 or 0 < place == len(rows) - 1)
            place += 1
