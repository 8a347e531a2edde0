"""Print-truth: a LaTeX solution is read back, and every printed line is recomputed from the numbers that it prints.

What a document means:

* `\\problem` begins a new scope, `\\partq` one inside it. The mathematics in `\\premises` and `givens` are givens:
  `w = -2` a value, `z = wx + b` a definition. A part knows those of its problem; names that it uses without defining
  them come from the parts before it.
* A row `target &= form` begins a quantity, rows without a target go on with it, and `\\answer`, `\\why` and `\\mk` are
  left out of the mathematics. The judge looks at the rows as at the lines of a derivation.
* Prose, reasons and drawings are not read.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.check import tex
from derive.check.judge import judge
from derive.check.premises import is_symbolic, names_in
from derive.check.rows import Printed, chain, display_rows, table_rows
from derive.check.verdict import Fault
from derive.errors import DeriveError, InputError
from derive.notation import latex_reader
from derive.notation.form import Call, Derivative, Form, Number, Relation, Symbol, walk
from derive.record import Conventions, Derivation, Given, Line, Rounding, Step


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said about one printed line: where it stands in the file, and what is wrong or unclear."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}" + (f" ({self.where})" if self.where else "") + f": {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many printed relations were read and how many held, and the others."""

    lines: int = 0
    held: int = 0
    failed: tuple[Remark, ...] = ()
    undecided: tuple[Remark, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(
            self.lines + other.lines,
            self.held + other.held,
            self.failed + other.failed,
            self.undecided + other.undecided,
        )


def read_back(text: str, conventions: Conventions | None = None) -> Report:
    """Recompute every printed line of a LaTeX solution.

    Args:
        text: the document.
        conventions: what its sheet states; read from its `\\conventions` where not given.
    """
    return _Document(text, conventions).report()


class _Document:
    """A document on its way: what is given in the problem and in the part, and the rows of the part so far."""

    def __init__(self, text: str, conventions: Conventions | None) -> None:
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.anchors = tex.anchors(text)
        self.text = tex.without_comments(text)
        self.conventions = conventions
        self.shared: list[Given] = []
        self.own: list[Given] = []
        self.earlier: dict[Form, Given] = {}
        self.rows: list[Printed] = []
        self.in_part = False
        self.total = Report()

    def report(self) -> Report:
        """Read and judge one part after the other."""
        for piece in tex.pieces(self.text):
            if piece.kind in ("problem", "partq"):
                self._close_part()
                self.in_part = piece.kind == "partq"
                if not self.in_part:
                    self.shared, self.earlier = [], {}
            elif piece.kind == "conventions":
                self.conventions = self.conventions or stated_conventions(piece.args[0])
            elif piece.kind in ("premises", tex.PREMISES):
                self._take_givens(piece)
            elif piece.kind in tex.TABLES:
                self.rows += table_rows(piece.body, piece.offset)
            elif piece.kind in tex.DISPLAYS:
                self.rows += display_rows(piece.body, piece.offset)
        self._close_part()
        return self.total

    def _take_givens(self, piece: tex.Piece) -> None:
        body = piece.args[0] if piece.args else piece.body
        for math in tex.inline(body):
            place = piece.offset + math.offset
            for row in chain(math.text, place):
                if row.relation in ("=", ":=") and row.target:
                    self._take_given(row)

    def _take_given(self, row: Printed) -> None:
        form, target = self._read(row.form, row.offset), self._read(row.target, row.offset)
        if form is None or target is None:
            return
        kind = "definition" if is_symbolic(form) or not isinstance(target, Symbol) else "value"
        (self.own if self.in_part else self.shared).append(Given(target, form, kind))  # type: ignore[arg-type]

    def _read(self, text: str, offset: int) -> Form | None:
        try:
            return latex_reader.read(tex.unwrapped(text, "fit"))
        except InputError as error:
            self._say(offset, f"'{' '.join(text.split())[:60]}' cannot be read: {error.message}")
            return None

    def _say(self, offset: int, message: str) -> None:
        remark = Remark(self._line(offset), self._where(offset), message)
        self.total += Report(lines=1, undecided=(remark,))

    def _line(self, offset: int) -> int:
        return bisect.bisect_left(self.breaks, offset) + 1

    def _where(self, offset: int) -> str:
        k = bisect.bisect_right([place for place, _ in self.anchors], offset)
        return self.anchors[k - 1][1] if k else ""

    def _close_part(self) -> None:
        """Judge the rows of the part, and keep what it defined for the parts after it."""
        steps, places = self._steps()
        self.rows = []
        givens = [*self.shared, *self.own]
        if steps:
            premises = (*_refined(givens, steps), *givens, *self._inherited(givens, steps))
            verdict = judge(Derivation("", givens=premises, steps=steps, conventions=self.conventions or Conventions()))
            self.total += Report(
                verdict.counts.lines,
                verdict.counts.held,
                tuple(self._remark(fault, places) for fault in verdict.faults),
                tuple(self._remark(fault, places) for fault in verdict.undecided),
            )
        for given in (*self.own, *_definitions(steps)):
            self.earlier[given.target] = given
        self.own = []

    def _remark(self, fault: Fault, places: dict[str, list[int]]) -> Remark:
        offsets = places.get(fault.step, [0])
        offset = offsets[(fault.line or 1) - 1]
        return Remark(self._line(offset), self._where(offset), fault.message)

    def _steps(self) -> tuple[tuple[Step, ...], dict[str, list[int]]]:
        """The rows as steps, each with every step before it in `uses`, and the places of their lines."""
        steps: list[Step] = []
        places: dict[str, list[int]] = {}
        where: str | None = None
        for row in self.rows:
            form, target = self._read(row.form, row.offset), None
            if row.target and (target := self._read(row.target, row.offset)) is None:
                continue
            if row.target or self._where(row.offset) != where:
                where = self._where(row.offset)
                uses = tuple(step.name for step in steps)
                steps.append(Step(f"row {len(steps) + 1}", target, uses=uses))
            if form is None:
                continue
            line = Line(row.relation, form, boxed=row.boxed)
            steps[-1] = replace(steps[-1], lines=(*steps[-1].lines, line))
            places.setdefault(steps[-1].name, []).append(row.offset)
        return tuple(steps), places

    def _inherited(self, givens: list[Given], steps: tuple[Step, ...]) -> list[Given]:
        """Definitions of earlier parts for names that this part uses but neither has given nor defines."""
        known = {given.target for given in givens} | {name for given in givens for name in _names(given.form)}
        needed: list[Symbol] = []
        for step in steps:
            names = [name for line in step.lines for name in _names(line.form)]
            names += [name for name in _names(step.target) if name != step.target]
            needed += [name for name in names if name not in known and not _is_entry(name, known)]
            if step.target is not None:
                known.add(step.target)
        return _closed(needed, {name: given for name, given in self.earlier.items() if name not in known})


def _closed(needed: list[Symbol], available: dict[Form, Given]) -> list[Given]:
    """The available definitions of the needed names, and of the names in those."""
    found: dict[Form, Given] = {}
    while needed:
        name = needed.pop()
        if name in available and name not in found:
            found[name] = available[name]
            needed += _names(found[name].form)
    return list(found.values())


def _is_entry(name: Symbol, known: Collection[Form]) -> bool:
    """Whether the name is written as an entry of a known array."""
    cuts = (k for k in range(len(name.sub)) if all(piece.isdigit() for piece in name.sub[k:]))
    return any(Symbol(name.base, name.accent, name.sub[:k], name.sup) in known for k in cuts)


def _refined(givens: list[Given], steps: tuple[Step, ...]) -> list[Given]:
    """Given quantities that the part writes in names of its own, and then differentiates in those names.

    `f = x^4 - 32x^2` may be written as `f = v_2 - v_3` before ∂f/∂v_3 is asked for; the graph is then the finer one,
    and the judge compares both.
    """
    targets = {given.target for given in givens}
    fresh = {given.target: given for given in _definitions(steps) if given.target not in targets}
    inner = {(d.of, v) for step in steps for d in _derivatives(step) for v in d.wrt if v in fresh}
    finer: dict[Form, Given] = {}
    for step in steps:
        for line in step.lines:
            used = [name for name in _names(line.form) if (step.target, name) in inner]
            if step.target in targets and step.target is not None and used and line.relation == "=":
                finer.setdefault(step.target, Given(step.target, line.form))
    needed = [name for given in finer.values() for name in _names(given.form)]
    return [*_closed(needed, fresh), *finer.values()]


def _derivatives(step: Step) -> Iterator[Derivative]:
    for form in (step.target, *(line.form for line in step.lines)):
        if form is not None:
            yield from (node for node in walk(form) if isinstance(node, Derivative))


def _names(form: Form | None) -> list[Symbol]:
    return list(names_in(form)) if form is not None else []


def _definitions(steps: tuple[Step, ...]) -> Iterator[Given]:
    """What the steps said first about each name."""
    for step in reversed(steps):
        if isinstance(step.target, Symbol) and step.lines and step.lines[0].relation == "=":
            yield Given(step.target, step.lines[0].form)


def stated_conventions(text: str) -> Conventions:
    """The conventions that a sheet states: how it rounds, and the slope of ReLU at 0."""
    conventions = Conventions()
    if digits := re.search(r"rounded to (\d+) significant digits and carried", text):
        conventions = replace(conventions, rounding=Rounding("carry-rounded", int(digits.group(1))))
    for math in tex.inline(text):
        try:
            form = latex_reader.read(math.text)
        except DeriveError:
            continue
        if isinstance(form, Relation) and isinstance(form.right, Number) and form.left == _SLOPE_AT_ZERO:
            conventions = replace(conventions, relu_at_zero=Fraction(form.right.text))
    return conventions


_SLOPE_AT_ZERO = Call("relu", (Number("0"),), primes=1)
