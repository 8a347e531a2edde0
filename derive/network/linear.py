"""Linear equations over fractions: elimination, one difference of equations at a time, and what it leaves.

An equation is its coefficients and then its constant: (3, 0, 3, -2) stands for 3x + 3z - 2, which must be 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Equation = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """A new equation: `taken` minus `times` times `pivot` (numbers of equations, from 0), without the `unknown`."""

    taken: int
    times: Fraction
    pivot: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Elimination:
    """Equations, the given ones first, then one for each removal; `pivots` are (unknown, equation) from the top.

    `left` are the equations in which no unknown is left.
    """

    equations: tuple[Equation, ...]
    removals: tuple[Removal, ...]
    pivots: tuple[tuple[int, int], ...]
    left: tuple[int, ...]

    @property
    def contradiction(self) -> int | None:
        """An equation without unknowns that is not 0."""
        return next((k for k in self.left if self.equations[k][-1]), None)

    @property
    def free(self) -> tuple[int, ...]:
        """The unknowns without a pivot."""
        count = len(self.equations[0]) - 1
        return tuple(k for k in range(count) if k not in dict(self.pivots))


def eliminate(equations: Sequence[Equation]) -> Elimination:
    """Each unknown in turn is taken out of all equations but one."""
    found, removals = list(equations), list[Removal]()
    waiting, pivots = list(range(len(found))), list[tuple[int, int]]()
    for unknown in range(len(found[0]) - 1):
        holding = [k for k in waiting if found[k][unknown]]
        if not holding:
            continue
        pivot = min(holding, key=lambda k: _terms(found[k]))
        pivots.append((unknown, pivot))
        waiting.remove(pivot)
        for k in [k for k in waiting if found[k][unknown]]:
            times = found[k][unknown] / found[pivot][unknown]
            removals.append(Removal(k, times, pivot, unknown))
            waiting[waiting.index(k)] = len(found)
            found.append(tuple(a - times * b for a, b in zip(found[k], found[pivot], strict=True)))
    return Elimination(tuple(found), tuple(removals), tuple(pivots), tuple(waiting))


def _terms(equation: Equation) -> int:
    """How many unknowns an equation has."""
    return sum(1 for x in equation[:-1] if x)


def general(elimination: Elimination) -> dict[int, Equation]:
    """Each unknown as coefficients of the free unknowns, then a constant; where there is no contradiction."""
    count = len(elimination.equations[0]) - 1
    values = {k: tuple(Fraction(i == k) for i in range(count + 1)) for k in elimination.free}
    for unknown, at in reversed(elimination.pivots):
        equation = elimination.equations[at]
        total = [Fraction(0)] * count + [equation[-1]]
        for other in range(count):
            if other != unknown and equation[other]:
                total = [t + equation[other] * x for t, x in zip(total, values[other], strict=True)]
        values[unknown] = tuple(-t / equation[unknown] for t in total)
    return values
