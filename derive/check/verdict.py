"""What the judge says: whether a derivation holds, and which lines do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "value", "rounding", "undefined name", "reuse", "uses", "points", "answer", "box", "assumption", "undecided"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that does not hold (or, of kind "undecided", that could not be decided); lines count from 1."""

    step: str
    line: int | None
    kind: Kind
    message: str

    def __str__(self) -> str:
        where = f"step {self.step}" + (f", line {self.line}" if self.line else "")
        return f"{where}: {self.message} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many relations were looked at, how many of them held, and how many could not be decided."""

    lines: int = 0
    held: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """True where every relation was decided and holds, False where one does not, None where one was not decided."""

    verified: bool | None
    faults: tuple[Fault, ...] = ()
    undecided: tuple[Fault, ...] = ()
    counts: Counts = Counts()
