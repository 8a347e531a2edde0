"""Which branch a function that is smooth by pieces took at a point, recorded so that it can be taken again nearby.

A difference quotient across a kink is no derivative. So a function is first evaluated at x while its choices are
recorded, and then at x + h while they are replayed: the same smooth piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kinks:
    """What holds at a kink: the slope of ReLU at 0, and the entry that wins a tie of a maximum.

    "padding" lets a literal number, or a zero that padding put there, win over a computed entry; else the first wins.
    """

    relu_at_zero: Fraction = Fraction(0)
    tie: Literal["padding", "first", "last"] = "padding"


@dataclass(slots=True)
class Branches:
    """The choices of one evaluation, in the order in which they were made."""

    kinks: Kinks = Kinks()
    taken: list[Any] = field(default_factory=list)
    replayed: bool = False
    _next: int = 0

    def again(self) -> Branches:
        """The same choices, to be taken once more."""
        return Branches(self.kinks, self.taken, replayed=True)

    def choose(self, decide: Callable[[], T]) -> T:
        """What `decide` says where choices are recorded, what it said then where they are replayed."""
        if not self.replayed:
            choice = decide()
            self.taken.append(choice)
            return choice
        recorded: T = self.taken[self._next]
        self._next += 1
        return recorded
