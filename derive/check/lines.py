"""The lines of one step, compared one after the other with what the step is to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derive.check.agree import printed_decimals
from derive.check.scope import Comparison, Finding, Points, Reference, equal_to, holds, rounds_to, tried
from derive.check.traits import is_symbolic
from derive.check.verdict import Kind
from derive.notation.form import Call, Derivative, Form, Relation, Symbol, Text
from derive.notation.value import substituted
from derive.record import Line

Report = Callable[[int | None, Finding, Kind], None]


@dataclass(slots=True)
class StepLines:
    """A step on its way.

    Attributes:
        reference: what lines are compared with.
        points: where.
        report: told what each line came to.
        carry: whether lines of values go on with rounded numbers.
        named: the last line with names in it, which carried numbers can be put into.
        previous: the line before.
        rounding: ≈ lines whose decimal has not come yet.
        rounded: the number at which the step ended, which is carried on where rounded values are.
        assumed: whether an assumption was made.
    """

    reference: Reference
    points: Points
    report: Report
    carry: bool = False
    named: Reference | None = None
    previous: Form | None = None
    rounding: list[tuple[int, Line]] = field(default_factory=list)
    rounded: Form | None = None
    assumed: bool = False

    def add(self, number: int, line: Line) -> None:
        """Judge one line more; a rounded one waits for the decimal to which it leads."""
        if line.relation == "assume":
            self.close()
            self._assume(number, line.form)
        elif line.relation == "≈" or (self.rounding and line.relation == "="):
            self.rounding.append((number, line))
            self.previous = line.form
        else:
            finding = self.equals(line.form, line.at)
            self.report(number, finding, "reuse" if line.relation == ":=" else "value")
            if finding.holds:
                self.accept(line)

    def accept(self, line: Line) -> None:
        """Go on from a line that holds."""
        self.previous = line.form
        if is_symbolic(line.form) and not isinstance(line.form, Relation):
            self.named = replace(self.reference, form=line.form)
        elif not isinstance(line.form, (Relation, Text)):
            self.rounded = line.form

    def as_meant(self, first: Line) -> Finding:
        """Whether a formula is what its name means: at random points, and where the givens have their values.

        Random points alone do not do: there a floor is often 0, and a kernel larger than its image has no meaning.
        """
        finding = self.equals(first.form, first.at)
        if finding.holds is not True or self.equals(first.form, at=True).holds is not False:
            return finding
        return Finding(False, "the formula is not what the name means where the givens have their values")

    def equals(self, form: Form, at: bool = False) -> Finding:
        """Whether the form is worth what the step is to find."""
        if isinstance(form, Text):
            return Finding(None, "words that no claim stands for")
        at = at or self.points.is_of_values(form) or self.points.is_of_values(self.reference.form)
        if isinstance(form, Relation):
            comparison = self._relation(form)
        elif is_symbolic(form) and not at:
            comparison = equal_to(self.reference, form)
        else:
            return self._by_values(lambda reference: equal_to(reference, form))
        if is_symbolic(form) and not at:
            return tried(self.points.symbolic, comparison, self.points.spare)
        return tried(self.points.valued, comparison)

    def _relation(self, form: Relation) -> Comparison:
        if form.op == "=":
            return equal_to(replace(self.reference, form=form.left), form.right)
        return holds(self.reference, form)

    def _by_values(self, comparison: Callable[[Reference], Comparison]) -> Finding:
        """Compare where the givens have their values; carried numbers go into the last line with names."""
        references = [self.reference, *([self.named] if self.named else [])]
        finding = Finding(None)
        for reference in reversed(references) if self.carry else references:
            finding = tried(self.points.valued, comparison(reference))
            if finding.holds is not None:
                break
        return finding

    def rounds(self, shown: Form) -> Finding:
        """Whether the form shows what the step is to find, to half a unit of its last digits."""
        if printed_decimals(shown) is None:
            return Finding(None, "the last rounded line is no decimal number")
        return self._by_values(lambda reference: rounds_to(reference, shown))

    def close(self) -> None:
        """Decide the rounded lines: the last of them is the decimal to which all of them must lead."""
        waiting, self.rounding = self.rounding, []
        if not waiting:
            return
        shown = waiting[-1][1].form
        final = self.rounds(shown)
        before: Form | None = None
        for number, line in waiting:
            finding = final
            if final.holds is not None and line.form is not shown:
                finding = tried(self.points.valued, rounds_to(Reference(line.form), shown))
            if finding.holds and line.relation == "=" and before is not None:
                finding = tried(self.points.valued, equal_to(Reference(before), line.form))
            self.report(number, finding, "rounding")
            before = line.form
        self.rounded = shown if final.holds is not None else None

    def _assume(self, number: int, relation: Form) -> None:
        """Compare the next lines with the last one, or the target, under the assumption."""
        if not isinstance(relation, Relation) or relation.op not in ("=", "≈"):
            self.report(number, Finding(False, "an assumption is an equality"), "assumption")
            return
        left, right = relation.left, relation.right
        form = _assuming(self.previous or self.reference.form, left, right)
        names: dict[Form, Form] = {left: right} if isinstance(left, (Symbol, Derivative)) else {}
        self.reference = Reference(form, {**self.reference.assumed, **names})
        self.named, self.assumed = None, True
        self.report(number, Finding(True), "assumption")


def _assuming(form: Form, left: Form, right: Form) -> Form:
    """The form with `left` replaced by `right`; a function without arguments stands for all its calls."""

    def change(part: Form) -> Form | None:
        if isinstance(left, Call) and not left.args and isinstance(part, Call):
            same = (part.function, part.primes) == (left.function, left.primes)
            return right if same and part.args else None
        return right if part == left else None

    return substituted(form, change)
