"""How a function is used: what it needs to know besides its arguments, and how it decides between tied entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.notation.arrays import Value
from derive.notation.branches import Branches
from derive.notation.reals import Reals, Undefined


@dataclass(slots=True)
class Use:
    """How a function is used: its arithmetic, its branches, its settings, and which arguments are literal numbers."""

    reals: Reals
    branches: Branches
    params: Mapping[str, Value] = field(default_factory=dict)
    literal: Sequence[bool] = ()

    def whole(self, default: int, *names: str) -> int:
        """The setting under any of these names, which must be a whole number."""
        for name in names:
            if name in self.params:
                value = self.reals.whole(self.params[name])
                if value is None:
                    raise Undefined(f"the setting {name} is not a whole number")
                return value
        return default

    def piece(self, x: Any) -> int:
        """On which side of 0 x lies: 1, 0 or -1, or what was recorded."""
        return self.branches.choose(lambda: (x > 0) - (x < 0))


Meaning = Callable[[Use, list[Value]], Value]


def largest(use: Use, entries: Sequence[Any], literal: Sequence[bool], sign: int = 1) -> int:
    """Which entry is the largest (smallest for sign -1); ties go as the convention says."""
    reals, kinks = use.reals, use.branches.kinks
    best = 0
    for k in range(1, len(entries)):
        low, high = (best, k) if sign > 0 else (k, best)
        tied = reals.equal(entries[k], entries[best])
        wins = kinks.tie == "last" or (kinks.tie == "padding" and literal[k] and not literal[best])
        if (tied and wins) or (not tied and reals.less(entries[low], entries[high])):
            best = k
    return best
