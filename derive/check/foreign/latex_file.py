"""`check_latex`: what each equality in somebody's LaTeX is worth."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace

from derive.check.document import read_back
from derive.check.foreign.following import Follower, Link
from derive.check.foreign.formulas import formulas
from derive.check.foreign.macros import expanded
from derive.check.foreign.spelling import has_decimal_commas, with_points
from derive.check.foreign.statements import Chain, chains
from derive.check.report import Remark, Report
from derive.check.tex import without_comments
from derive.errors import InputError

LARGEST = 2_000_000
_OWN = re.compile(r"^\\partq\{.*\n(?:.*\n)*?\\begin\{align\*\}", re.MULTILINE)
"""A worked solution of derive's own; its other documents have no working of theirs, and are read like anybody's."""


def check_latex(text: str) -> Report:
    """Every equality of a LaTeX text: it holds, fails, or could not be decided, and why.

    Definitions made earlier in the text are followed. A solution of derive's own is read as what it is: problems with
    parts, whose premises count for these alone.

    Raises:
        InputError: the text is too large or nested too deeply.
    """
    if len(text) > LARGEST:
        raise InputError(f"LaTeX of {len(text)} characters; {LARGEST} are the limit")
    if _OWN.search(text):
        return read_back(text)
    written = expanded(without_comments(text))
    breaks = [match.start() for match in re.finditer("\n", text)]
    found = Follower(_chains(written.text)).follow()

    def remark(link: Link) -> Remark:
        line = bisect.bisect_left(breaks, written.source(link.side.offset)) + 1
        return Remark(line, link.part.where, f"'{_short(link.side.text)}': {link.finding.message}")

    failed = tuple(remark(link) for link in found if link.finding.holds is False)
    undecided = tuple(remark(link) for link in found if link.finding.holds is None)
    return Report(len(found), len(found) - len(failed) - len(undecided), failed, undecided)


def chains_of(text: str) -> Iterator[Chain]:
    """The chains of relations of a LaTeX text."""
    return _chains(expanded(without_comments(text)).text)


def _chains(text: str) -> Iterator[Chain]:
    found = list(formulas(text))
    if has_decimal_commas(formula.text for formula in found):
        found = [replace(formula, text=with_points(formula.text)) for formula in found]
    return chains(iter(found))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:57]}..."
