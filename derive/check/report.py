"""What is said about the printed lines of a document: how many hold, and where the others stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.check.printed import Document
from derive.check.verdict import Fault, Verdict


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


def failure(document: Document, offset: int, message: str) -> Report:
    """One relation that does not hold."""
    return Report(1, failed=(_remark(document, offset, message),))


def unread(document: Document) -> Report:
    """The mathematics that could not be read."""
    remarks = tuple(_remark(document, offset, message) for offset, message in document.unread)
    return Report(len(remarks), undecided=remarks)


Places = Mapping[str, Sequence[int | None]]
"""Where the lines of some steps stand; None for a line that is not of this document."""


def judged(document: Document, verdict: Verdict, places: Places, begin: int = 0) -> Report:
    """What the judge says about the lines that stand at these places.

    What is said about no line in particular stands where the part begins.
    """
    failed, undecided = (_ours(faults, places, begin) for faults in (verdict.faults, verdict.undecided))
    lines = sum(place is not None for step in places.values() for place in step)
    bad = {place for place, _ in (*failed, *undecided)}

    def remarks(said: Iterable[tuple[int, str]]) -> tuple[Remark, ...]:
        return tuple(_remark(document, place, message) for place, message in said)

    return Report(lines, max(0, lines - len(bad)), remarks(failed), remarks(undecided))


def _ours(faults: Iterable[Fault], places: Places, begin: int) -> list[tuple[int, str]]:
    """Where the faults stand, and what they say."""
    steps = ((places[fault.step] or [begin], fault) for fault in faults if fault.step in places)
    found = ((step[(fault.line or 1) - 1], fault.message) for step, fault in steps)
    return [(place, message) for place, message in found if place is not None]


def _remark(document: Document, offset: int, message: str) -> Remark:
    return Remark(document.line(offset), document.where(offset), message)
