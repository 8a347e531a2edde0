"""A solved exam with what the judge said about its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from derive.exam.sheet import Sheet

if TYPE_CHECKING:
    from derive.check.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge said about a part."""

    problem: int
    part: str
    verdict: Verdict

    def __str__(self) -> str:
        state = "is wrong" if self.verdict.verified is False else "could not be decided"
        said = self.verdict.faults or self.verdict.undecided
        faults = "; ".join(str(fault) for fault in said[:3])
        where = f"problem {self.problem}" + (f" part {self.part}" if self.part else "")
        return f"{where} {state}" + (f": {faults}" if faults else "")


@dataclass(frozen=True, slots=True)
class SolvedExam:
    """A sheet with what the judge said about its parts, and the givens of each by problem number and letter."""

    sheet: Sheet
    judged: tuple[Judged, ...]
    givens: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def verified(self) -> bool | None:
        """True where every part holds, False where one fails, None where one could not be decided."""
        said = [each.verdict.verified for each in self.judged]
        return False if False in said else None if None in said else True

    @property
    def warning(self) -> str:
        """A sentence that names the parts which are not verified; empty where all are."""
        bad = [each for each in self.judged if each.verdict.verified is not True]
        return "Not verified: " + ". ".join(map(str, bad)) + "." if bad else ""
