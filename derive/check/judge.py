"""The judge: recomputes every line of a derivation by a route that shares no rule with the engines.

What counts as true:

* A line with names in it is an identity: it must hold at several random points, whatever numbers were given. One
  without names (or with `at`) is a line of values, looked at where the givens have their values; inputs without a
  value are random there too.
* Where the target of a step is known, every line must be worth the target; derivatives are central differences through
  the graph (`derive.check.slopes`). Where the target is a new name, the first line defines it.
* A name that a connective of logic joins is 0 or 1: identities with it must hold on every row of the truth table.
* `=` is equality, exact between fractions, to 30 digits otherwise. `≈` leads to a decimal: what is right, and what the
  rounded operands before it come to, must both lie within half a unit of its last digit. After a rounded line `=`
  says that the line is worth the *printed* one before it. A number that is not 0 is never printed as 0.
* `assume` changes what the following lines are compared with: the line before it, with the assumption put in. Later
  steps that use the step go on with the value under the assumption.
* Under carry-rounded a name is worth its printed decimal once it has one, in lines of values; so is a gradient, alone
  or as an entry of an array. The next lines of a step compare with what its formula makes of those.
* What a new name must be worth may be given too, as `meaning(name)`; its first line is then compared with that.
* A name must have been given or defined by an earlier step, and a step must list the steps whose results it mentions.
* A verdict in words is decided by the claim that its target makes (`derive.check.claims`).
* A listing in Python is Python; it is parsed, never run.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.check.carried import carrying
from derive.check.claims import checked_claim, claim_name, claim_parts
from derive.check.distributions import total_of
from derive.check.lines import Report, StepLines
from derive.check.listings import parsed
from derive.check.names import mentioned, unknown_name
from derive.check.order import steps_in_order
from derive.check.premises import Premises
from derive.check.recurrence import premises_with_recurrences
from derive.check.scope import Finding, Points, Reference, equal_to, points_of, rounds_to, tried
from derive.check.sought import holds_sought, is_sought
from derive.check.sweep import gradient_claims, settle
from derive.check.traits import is_symbolic
from derive.check.verdict import Counts, Fault, Kind, Verdict
from derive.check.world import World
from derive.notation.form import At, Derivative, Form, Symbol, Text, walk
from derive.notation.reals import Undefined
from derive.record import Answer, Derivation, Line, Step


def judge(derivation: Derivation) -> Verdict:
    """Whether every line, answer and mark of a derivation holds."""
    return _Judge(derivation).verdict()


class _Judge:
    """The state of one judgement: what is known so far, and what was found wrong."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.premises = Premises(premises_with_recurrences(derivation))
        self.points = points_of(self.premises, derivation.conventions)
        self.carry = derivation.conventions.rounding.mode == "carry-rounded"
        self.found: dict[str, tuple[Step, StepLines | None]] = {}
        self.finders: dict[Form, list[str]] = {}
        self.gradients = gradient_claims(derivation.all_steps())
        self.claims: dict[tuple[Form, Form], bool | None] = {}
        self.faults: list[Fault] = []
        self.undecided: list[Fault] = []
        self.lines = self.held = 0

    def verdict(self) -> Verdict:
        """Judge everything once."""
        self._givens()
        for step, around in steps_in_order(self.derivation):
            self._step(step, around)
        for answer in self.derivation.answers:
            self._answer(answer)
        self._boxes()
        self._marks()
        counts = Counts(self.lines, self.held, len(self.undecided))
        verified = False if self.faults else None if self.undecided else True
        return Verdict(verified, tuple(self.faults), tuple(self.undecided), counts)

    def _fault(self, step: str, line: int | None, kind: Kind, message: str) -> None:
        (self.undecided if kind == "undecided" else self.faults).append(Fault(step, line, kind, message))

    def _record(self, step: str, line: int | None, finding: Finding, kind: Kind) -> None:
        self.lines += 1
        if finding.holds:
            self.held += 1
        else:
            self._fault(step, line, kind if finding.holds is False else "undecided", finding.message)

    def _givens(self) -> None:
        """A name that was given twice must mean the same both times."""
        for name, form in self.premises.repeated:
            worlds = self.points.symbolic if is_symbolic(form) else self.points.valued
            finding = tried(worlds, equal_to(Reference(name), form))
            if finding.holds is not True:
                self._fault("givens", None, "reuse", f"a name has two meanings: {finding.message}")
        for given in self.derivation.givens:
            if given.form is not None and total_of(given.target, given.form):
                finding = tried(self.points.valued, equal_to(Reference(given.target), given.form))
                self._record("givens", None, finding, "value")

    # Steps

    def _step(self, step: Step, around: tuple[str, ...]) -> None:
        listed = {*step.uses, *around}
        for name in step.uses:
            if name not in self.found and name not in {inner.name for inner in step.substeps}:
                self._fault(step.name, None, "uses", f"'{name}' is no earlier step")
        if step.listing and step.listing.language == "python":
            self._record(step.name, None, parsed(step.listing.text), "value")
        run = None
        if self._is_claim(step.target):
            self._claimed(step, listed)
        elif step.target in self.premises.recurrences.stated:
            self._stated(step, self.premises.recurrences.stated[step.target])
        elif step.lines:
            run = self._judged(step, listed)
        self.found[step.name] = (step, run)
        if step.target is not None:
            self.finders.setdefault(step.target, []).append(step.name)

    def _stated(self, step: Step, rule: Form) -> None:
        """A formula of any step stands there as it was given; it is judged at every step."""
        for number, line in enumerate(step.lines, 1):
            finding = Finding(line.form == rule, "the formula is not the one that was given")
            self._record(step.name, number, finding, "value")

    def _is_claim(self, target: Form | None) -> bool:
        return claim_name(target) is not None or is_sought(self.premises, target)

    def _judged(self, step: Step, listed: set[str]) -> StepLines | None:
        if isinstance(step.target, Derivative) and step.target.of in self.gradients:
            claims = self.gradients.pop(step.target.of)
            for world in (*self.points.symbolic, *self.points.valued):
                settle(world, step.target.of, claims)
        run = self._opened(step, listed)
        if run is None:
            return None
        for number, line in enumerate(step.lines, 1):
            self._mentions(step, number, line.form, listed)
            if number == 1 and run.previous is not None:
                continue
            if self._known(step.name, number, line.form):
                run.add(number, line)
        run.close()
        if self.carry and run.rounded is not None and step.target is not None:
            rounded, target = run.rounded, step.target
            self.points.valued = [carrying(world, target, rounded) for world in self.points.valued]
        return run

    def _opened(self, step: Step, listed: set[str]) -> StepLines | None:
        """The step ready for its lines; a new name gets its meaning from the first of them."""
        first = step.lines[0]
        target = step.target if step.target is not None else first.form
        run = StepLines(Reference(target), self._points(listed), self._reporter(step.name), self.carry)
        missing = self._missing(target)
        if missing is None:
            return run
        if not isinstance(target, Symbol):
            self._fault(step.name, None, "undefined name", f"nobody defined {missing}, which the target needs")
            return None
        if not self._known(step.name, 1, first.form):
            return None
        if first.relation not in ("=", ":="):
            self._fault(step.name, 1, "undecided", "a new name that begins with a rounded number")
            return None
        meant = self.premises.meant.get(target)
        meaning = replace(run, reference=Reference(meant)).as_meant(first) if meant else Finding(True)
        self.premises.define(target, first.form)
        self._record(step.name, 1, meaning, "value")
        run.accept(first)
        return run

    def _reporter(self, step: str) -> Report:
        return lambda line, finding, kind: self._record(step, line, finding, kind)

    def _points(self, listed: set[str]) -> Points:
        """The points, where results that were reached under an assumption are worth what they were under it."""
        results: list[tuple[Form, Reference]] = []
        for name in listed:
            step, run = self.found.get(name, (None, None))
            if step is not None and step.target is not None and run is not None and run.assumed:
                results.append((step.target, run.reference))
        if not results:
            return self.points

        def changed(world: World) -> World:
            try:
                return world.with_values({target: reference.value(world) for target, reference in results})
            except Undefined:
                return world

        return self.points.mapped(changed)

    def _missing(self, form: Form) -> str | None:
        return unknown_name(self.premises, self.points.valued[0], form)

    def _known(self, step: str, line: int | None, form: Form) -> bool:
        missing = self._missing(form)
        if missing is not None:
            self._fault(step, line, "undefined name", f"nobody defined {missing} before")
        return missing is None

    def _mentions(self, step: Step, number: int, form: Form, listed: set[str]) -> None:
        """The results of earlier steps that a line mentions stand in `uses`; given names need no listing."""
        for name in mentioned(form):
            finders = [] if self.premises.is_given(name) else self.finders.get(name, [])
            if finders and name != step.target and not listed.intersection(finders):
                self._fault(step.name, number, "uses", f"the result of step '{finders[-1]}' is used but not listed")

    def _claimed(self, step: Step, listed: set[str]) -> None:
        """A step whose target claims something in words, or about a whole set; a rounded line rounds the one before."""
        exact: Form | None = None
        for number, line in enumerate(step.lines, 1):
            self._mentions(step, number, line.form, listed)
            if line.relation == "assume" or not self._known(step.name, number, line.form):
                continue
            if line.relation == "≈" and exact is not None:
                finding = tried(self.points.valued, rounds_to(Reference(exact), line.form))
                if step.target is not None:
                    self.claims[step.target, line.form] = finding.holds  # an answer may show the rounded number
                self._record(step.name, number, finding, "rounding")
            else:
                exact = line.form
                self._record(step.name, number, self._claim(step.name, number, step.target, exact), "value")

    def _claim(self, step: str, line: int | None, target: Form | None, form: Form) -> Finding:
        if target is None or not self._is_claim(target):
            return Finding(None, "no claim")
        if not all(self._known(step, line, part) for part in claim_parts(target)):
            return Finding(False, "a claim about what is not known")
        if (target, form) not in self.claims:
            self.claims[target, form] = self._decided(target, form)
        holds, name = self.claims[target, form], claim_name(target) or "of a solution"
        return Finding(holds, f"the claim {name} does not hold" if holds is False else "the claim cannot be decided")

    def _decided(self, target: Form, form: Form) -> bool | None:
        if isinstance(target, At) and is_sought(self.premises, target):
            return holds_sought(self.premises, self.points.valued[0], target, form)
        return checked_claim(self.points.valued[0], target, form)

    # Answers and marks

    def _answer(self, answer: Answer) -> None:
        """The answer's exact form is what its step found, and what is shown is a right rounding of it."""
        if answer.kind in ("text", "code"):
            return
        step, run = self._finder(answer)
        if step is not None and self._is_claim(step.target):
            for form in dict.fromkeys((answer.form, answer.shown or answer.form)):
                finding = self._claim(answer.name, None, step.target, form)
                if finding.holds is not True and form != answer.form:  # what is shown may be rounded
                    finding = StepLines(Reference(answer.form), self.points, lambda *_: None).rounds(form)
                self._record(answer.name, None, finding, "answer")
            return
        if run is None and answer.label is not None and self._known(answer.name, None, answer.label):
            run = StepLines(Reference(answer.label), self.points, self._reporter(answer.name), self.carry)
        if run is None:
            self._fault(answer.name, None, "undecided", "no step finds this answer")
            return
        finding = run.equals(answer.form)
        if finding.holds is not True and run.rounded is not None and self.carry and answer.form == run.rounded:
            finding = Finding(True)
        self._record(answer.name, None, finding, "answer")
        if answer.shown is not None:
            finding = run.rounds(answer.shown)
            exact = finding if finding.holds else run.equals(answer.shown)
            self._record(answer.name, None, exact if exact.holds else finding, "answer")

    def _finder(self, answer: Answer) -> tuple[Step | None, StepLines | None]:
        """The step that finds the answer: the last one with its label as target, else the one of its name."""
        names = self.finders.get(answer.label, []) if answer.label is not None else []
        return self.found.get(names[-1] if names else answer.name, (None, None))

    def _boxes(self) -> None:
        """Where any line is boxed, every answer stands in a box."""
        boxed = [line for step, _ in steps_in_order(self.derivation) for line in step.lines if line.boxed]
        parts = {part for line in boxed for part in walk(line.form)}
        for answer in self.derivation.answers if boxed else ():
            if not answer.boxed or answer.kind in ("text", "code") or answer.form in parts or answer.shown in parts:
                continue
            if not any(self._same(line, answer.form) for line in boxed):
                self._fault(answer.name, None, "box", "the answer stands in no box")

    def _same(self, boxed: Line, answer: Form) -> bool:
        if isinstance(boxed.form, Text) or isinstance(answer, Text):
            return boxed.form == answer
        run = StepLines(Reference(answer), self.points, lambda *_: None)
        known = self._missing(boxed.form) is None
        return known and bool(run.rounds(boxed.form).holds or run.equals(boxed.form, boxed.at).holds)

    def _marks(self) -> None:
        """The marks of the steps add up to the points of the part."""
        points = self.derivation.points
        marks = [mark.points for step in self.derivation.all_steps() for mark in step.marks]
        if points is not None and sum(marks, Fraction(0)) != points:
            self._fault("points", None, "points", f"the marks add up to {sum(marks, Fraction(0))}, not to {points}")
