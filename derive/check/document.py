"""Print-truth: a LaTeX document is read back, and every printed line is recomputed from the numbers that it prints.

A solution stands for itself: a part knows what its problem and the part give, and names that it uses without defining
them come from the parts before it. A document without working (answers, a marking guide, an exam) is read beside the
solution of the same exam: part by part its equalities are recomputed from the premises, definitions and steps of the
solution, and what it gives must be what the solution gives. How a document is read says `derive.check.printed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.check import tex
from derive.check.beside import read_beside
from derive.check.context import premises_of, worked_parts
from derive.check.judge import judge
from derive.check.printed import Document
from derive.check.report import Remark, Report, judged, unread
from derive.errors import DeriveError
from derive.notation import latex_reader
from derive.notation.form import Call, Number, Relation
from derive.record import Conventions, Derivation, Rounding

__all__ = ["Remark", "Report", "read_back", "stated_conventions"]


def read_back(text: str, conventions: Conventions | None = None, beside: str = "") -> Report:
    """Recompute every printed relation of a LaTeX document.

    Args:
        text: the document.
        conventions: what its sheet states; read from its `\\conventions` where not given.
        beside: the worked solution of the same exam, in whose terms the document speaks.
    """
    document = Document(text)
    solution = Document(beside) if beside else document
    conventions = conventions or stated_conventions(document.stated or solution.stated)
    if beside:
        reports = read_beside(document, list(worked_parts(solution)), conventions)
    else:
        reports = _alone(document, conventions)
    return sum(reports, unread(document))


def _alone(document: Document, conventions: Conventions) -> Iterator[Report]:
    """What the parts of a solution come to."""
    for worked in worked_parts(document):
        part, steps = worked.part, (*worked.part.steps, *worked.part.claims)
        premises = premises_of(part.givens, steps, worked.earlier)
        verdict = judge(Derivation("", givens=premises, steps=steps, conventions=conventions))
        yield judged(document, verdict, {"givens": (), **part.places}, part.offset)


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
