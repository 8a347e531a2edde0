"""The lines of a claim: the first that does not follow from what the question gives and from the lines before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.check.foreign.following import Follower, Link
from derive.check.foreign.known import Entry
from derive.check.foreign.latex_file import chains_of
from derive.errors import DeriveError
from derive.notation import latex_reader, plain
from derive.notation.decimals import decimal_of
from derive.notation.form import At, Call, Derivative, Number, Symbol, Text, Tuple, walk
from derive.record import Derivation


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that does not follow: what stands there, its number among the lines, and what is wrong."""

    text: str
    number: int
    message: str

    def __str__(self) -> str:
        try:
            shown = plain.write(latex_reader.read(self.text))
        except DeriveError:
            shown = self.text
        return f"line {self.number} ({shown}): {self.message}"


def first_wrong_line(latex: str, derivation: Derivation) -> WrongLine | None:
    """The first equality of some working that fails, where names mean what they mean in the derivation."""
    follower = Follower(chains_of(_as_display(latex)), settled=True)
    for entry in _entries(derivation):
        follower.known.put(entry)
    follower.known.exact |= _exact_numbers(derivation)
    failed = next((link for link in follower.follow() if link.finding.holds is False), None)
    return None if failed is None else _wrong(latex, failed)


def _as_display(latex: str) -> str:
    """Bare mathematics as a display: who gives lines need not write dollars."""
    has_marks = any(sign in latex for sign in ("$", r"\[", r"\begin{align", r"\begin{equation", r"\("))
    return latex if has_marks else "\\[" + latex + "\\]"


def _wrong(latex: str, link: Link) -> WrongLine:
    shift = 0 if _as_display(latex) == latex else 2
    number = latex.count("\n", 0, max(link.side.offset - shift, 0)) + 1
    return WrongLine(" ".join(link.side.text.split()), number, link.finding.message)


def _entries(derivation: Derivation) -> Iterator[Entry]:
    """What the derivation gives and finds; its names may be used anew, but not for other values."""
    for given in derivation.givens:
        if given.form is not None and not isinstance(given.target, Call):
            yield Entry(given.target, given.form, 0)
    seen = {given.target for given in derivation.givens if given.form is not None}
    for step in derivation.all_steps():
        usable = isinstance(step.target, (Symbol, Derivative)) and step.target not in seen
        if usable and step.target is not None and step.lines and not isinstance(step.lines[0].form, Text):
            seen.add(step.target)
            yield Entry(step.target, step.lines[0].form, 0)
    for answer in derivation.answers:
        sought = answer.label.form if isinstance(answer.label, At) else None
        if isinstance(sought, Symbol) and sought not in seen:
            yield Entry(sought, answer.form, 0)
        if isinstance(sought, Call) and isinstance(answer.form, Tuple):  # the solution of several equations
            pairs = zip(sought.args, answer.form.items, strict=False)
            yield from (Entry(name, value, 0) for name, value in pairs if isinstance(name, Symbol))


def _exact_numbers(derivation: Derivation) -> set[str]:
    """The decimals that the derivation arrives at without rounding."""
    lines = (line for step in derivation.all_steps() for line in step.lines if line.relation == "=")
    return {
        node.text for line in lines if decimal_of(line.form) for node in walk(line.form) if isinstance(node, Number)
    }
