"""A LaTeX document read into its parts: what is given in each, and the quantities with their successive forms.

* `\\problem` begins a new scope, `\\partq` (or `\\answerline`) a part inside it. The mathematics in `\\premises` and
  `givens` are givens: `w = -2` a value, `z = wx + b` a definition.
* A row `target &= form` begins a quantity, rows without a target go on with it, and `\\answer`, `\\why` and `\\mk` are
  left out of the mathematics.
* A line of answers and the cells of a marking guide state equalities without their working: `$target = value$`, or
  `$target$: verdict`.
* Other prose, reasons and drawings are not read.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from derive.check import tex
from derive.check.agree import printed_decimals
from derive.check.claims import claim_name
from derive.check.given_before import still_given
from derive.check.recurrence import is_instance
from derive.check.rows import Printed, RowStep, chain, display_rows, stated, table_rows
from derive.check.traits import is_symbolic
from derive.errors import InputError
from derive.notation import latex_reader
from derive.notation.form import At, Form, Symbol, Text, symbols
from derive.notation.indexed import numbered
from derive.record import Given, Line, Step

_NAMES = r"(?P<names>(?:\$[^$]*\$(?:, | and )?)+)"
_LETTERS: dict[Literal["unknown", "free"], re.Pattern[str]] = {
    "unknown": re.compile(rf"(?:with|Let) {_NAMES} (?:be )?unknown"),
    "free": re.compile(rf"(?:[Ff]or any|Let(?=[^.]* be any )) {_NAMES}"),
}
"""How a sheet says that names are sought, or stand for any number."""

_FOR_WORKING = "$ (in the first step)"
"""What stands behind a name that only the lines of a solution need; no question gives it."""

Maths = tuple[str, ...]
"""Formulas as they stand in the text, but for their spaces."""


@dataclass(slots=True)
class Part:
    """A part as it is printed.

    Attributes:
        key: the number of its problem and its label; parts of two documents with one key belong together.
        offset: where it begins.
        scope: the place of its problem among all.
        shared: what its problem gives; `own` what it gives itself.
        before: what the parts of its problem before it gave last about each quantity.
        steps: the quantities with their forms, worked out in rows; each step uses all that stand before it.
        claims: those that are stated without working.
        places: where the lines of a step, by its name, stand in the text.
        worded: the mathematics in the wording of the problem, and in that of the part.
    """

    key: tuple[str, str]
    offset: int
    scope: int = 0
    shared: list[tuple[Given, int]] = field(default_factory=list)
    own: list[tuple[Given, int]] = field(default_factory=list)
    before: dict[Form, Given] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    claims: tuple[Step, ...] = ()
    places: dict[str, list[int]] = field(default_factory=dict)
    worded: tuple[Maths, Maths] = ((), ())

    @property
    def givens(self) -> list[Given]:
        """What is given in the problem, in the part, and in the parts before it where it says nothing else."""
        own = [given for given, _ in (*self.shared, *self.own)]
        return [*still_given(self.before, own, (*self.steps, *self.claims)), *own]


class Document:
    """A document as the judge sees it.

    Attributes:
        parts: in printed order.
        stated: the wording of its conventions.
        unread: mathematics that could not be read, with its place and the reason.
    """

    def __init__(self, text: str) -> None:
        self.parts: list[Part] = []
        self.stated = ""
        self.unread: list[tuple[int, str]] = []
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._anchors = tex.anchors(text)
        self._problem = Part(("", ""), 0)
        self._rows: list[Printed] = []
        self._claims: list[Printed] = []
        self._part: Part | None = None
        for piece in tex.pieces(tex.without_comments(text)):
            self._take(piece)
        self._close()

    def line(self, offset: int) -> int:
        """The line on which a place stands, from 1."""
        return bisect.bisect_left(self._breaks, offset) + 1

    def where(self, offset: int) -> str:
        """The last comment `% @ ...` before a place."""
        k = bisect.bisect_right([place for place, _ in self._anchors], offset)
        return self._anchors[k - 1][1] if k else ""

    def _take(self, piece: tex.Piece) -> None:
        if piece.kind == "problem":
            self._close()
            self._problem = Part((piece.args[0], ""), piece.offset, self._problem.scope + 1)
        elif piece.kind in ("partq", "answerline"):
            self._open(piece)
        elif piece.kind == "conventions":
            self.stated = self.stated or piece.args[0]
        elif piece.kind == "intro":
            self._problem.worded = (_maths(piece.args[0]), ())
        elif piece.kind in ("premises", tex.PREMISES):
            self._take_givens(piece)
        elif piece.kind in tex.GUIDES:
            self._claims += stated(piece.body, piece.offset) if self._part else ()
        elif piece.kind in tex.TABLES:
            self._rows += table_rows(piece.body, piece.offset)
        elif piece.kind in tex.DISPLAYS:
            self._rows += display_rows(piece.body, piece.offset)

    def _open(self, piece: tex.Piece) -> None:
        label, wording, _ = piece.args
        self._close()
        part = self._part = self._new_part(label, piece.places[0])
        if piece.kind == "answerline":
            self._claims += stated(wording, piece.places[1])
        else:
            part.worded = (part.worded[0], _maths(wording))

    def _new_part(self, label: str, offset: int) -> Part:
        problem = self._problem
        before: dict[Form, Given] = {}
        if self.parts and (last := self.parts[-1]).scope == problem.scope:
            before = {**last.before, **{given.target: given for given, _ in last.own}}
        shared = list(problem.shared)
        return Part((problem.key[0], label), offset, problem.scope, shared, before=before, worded=problem.worded)

    def _close(self) -> None:
        """Finish the part; what stands in no part belongs to one without a label."""
        if self._part is None and self._rows:
            self._part = self._new_part("", self._rows[0].offset)
        part, rows, claims = self._part, self._rows, self._claims
        self._part, self._rows, self._claims = None, [], []
        if part is not None:
            part.steps = self._steps(rows, part, "row")
            part.claims = tuple(filter(_is_claim, self._steps(claims, part, "claim")))
            self.parts.append(part)

    def _take_givens(self, piece: tex.Piece) -> None:
        body = piece.args[0] if piece.args else piece.body
        for math in tex.inline(body):
            place = piece.offset + math.offset
            for_working = body[math.offset + len(math.text) :].startswith(_FOR_WORKING)
            for row in chain(math.text, place):
                if row.relation in ("=", ":=") and row.target:
                    self._take_given(row, for_working)
        for kind, sentence in _LETTERS.items():
            for found in sentence.finditer(body):
                self._take_letters(found, kind, piece.offset)

    def _take_letters(self, found: re.Match[str], kind: Literal["unknown", "free"], offset: int) -> None:
        for math in tex.inline(found["names"]):
            name = self._read(math.text, offset + found.start("names") + math.offset)
            if name is not None:
                self._keep(Given(name, None, kind), offset + found.start("names"))

    def _take_given(self, row: Printed, for_working: bool) -> None:
        form, target = self._read(row.form, row.offset), self._read(row.target, row.offset)
        if form is None or target is None:
            return
        kind = "definition" if is_symbolic(form) or not isinstance(target, Symbol) else "value"
        self._keep(Given(target, form, kind, for_working=for_working), row.offset)  # type: ignore[arg-type]

    def _keep(self, given: Given, offset: int) -> None:
        if self._part is None:
            self._problem.shared.append((given, offset))
        else:
            self._part.own.append((given, offset))

    def _read(self, text: str, offset: int) -> Form | None:
        try:
            return latex_reader.read(tex.unwrapped(text, "fit"))
        except InputError as error:
            self.unread.append((offset, f"'{' '.join(text.split())[:60]}' cannot be read: {error.message}"))
            return None

    def _steps(self, rows: Iterable[Printed], part: Part, kind: str) -> tuple[Step, ...]:
        """The rows as steps; rows under another comment begin a step of their own."""
        steps: list[Step] = []
        where: str | None = None
        all_givens = [*part.before.values(), *(given for given, _ in (*part.shared, *part.own))]
        given = {name for each in all_givens for name in (each.target, *_symbols(each.form))}
        for row in rows:
            form, target = self._read(row.form, row.offset), None
            if row.target and (target := self._read(row.target, row.offset)) is None:
                continue
            if row.step is not None:
                known = {*given, *_said_before(steps)}
                if target is None or form is None or (target := _at_its_step(target, row.step, known)) is None:
                    continue
                row = replace(row, relation="≈" if printed_decimals(form) else "=")
            if row.target or self.where(row.offset) != where:
                where = self.where(row.offset)
                uses = tuple(step.name for step in steps)
                steps.append(Step(f"{kind} {len(steps) + 1}", target, uses=uses))
            if form is None:
                continue
            line = Line(row.relation, form, boxed=row.boxed, at=row.step is not None)
            steps[-1] = replace(steps[-1], lines=(*steps[-1].lines, line))
            part.places.setdefault(steps[-1].name, []).append(row.offset)
        return tuple(steps)


def _at_its_step(head: Form, row: RowStep, known: Collection[Form]) -> Form | None:
    """The quantity that a cell of a table over steps shows; None where no premise says what it is at each step."""
    target = numbered(head, {row.letter: row.number}, (row.letter,))
    names = symbols(target)
    return target if all(name in known or is_instance(name, known) for name in names) else None


def _said_before(steps: Iterable[Step]) -> Iterator[Form]:
    """What earlier steps are about, and the names in what each says first."""
    for step in steps:
        yield from (form for form in (step.target,) if form is not None)
        yield from (name for line in step.lines[:1] for name in symbols(line.form))


def _symbols(form: Form | None) -> Iterable[Symbol]:
    return symbols(form) if form is not None else ()


def _maths(wording: str) -> Maths:
    return tuple("".join(math.text.split()) for math in tex.inline(wording))


def _is_claim(step: Step) -> bool:
    """Whether something is stated; words behind a quantity that is no claim in words are prose."""
    words = any(isinstance(line.form, Text) for line in step.lines)
    return bool(step.lines) and (not words or isinstance(step.target, At) or claim_name(step.target) is not None)
