"""Whether homogeneous linear inequalities have a common solution: the simplex method over fractions, Bland's rule.

The judge's own route to linear separability. It looks for z and the largest gap g ≤ 1 with a·z ≥ g for the strict
inequalities and a·z ≥ 0 for the others; z = 0, g = 0 is where it starts, and there is a solution just if g reaches 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Vector = Sequence[Fraction]


def is_solvable(strict: Sequence[Vector], weak: Sequence[Vector] = ()) -> bool:
    """Whether some z has a·z > 0 for all strict rows and a·z ≥ 0 for all weak ones."""
    if not strict:
        return True  # z = 0
    # z = u - v·(1, ..., 1) with u, v ≥ 0; the variables are u, v, g, and every row reads: what it may still grow ≥ 0
    rows = [[Fraction(0), *(-x for x in a), sum(a, Fraction(0)), Fraction(1)] for a in strict]
    rows += [[Fraction(0), *(-x for x in a), sum(a, Fraction(0)), Fraction(0)] for a in weak]
    rows.append([Fraction(1), *[Fraction(0)] * (len(strict[0]) + 1), Fraction(1)])
    return _largest(rows, len(rows[0]) - 1) > 0


def _largest(rows: list[list[Fraction]], goal: int) -> Fraction:
    """The largest value of variable `goal` where row[0] ≥ Σ row[j]·x_j for every row, and x ≥ 0.

    Each pivot exchanges a variable at 0 with the slack of a row. Variables carry numbers, and the lowest number goes
    first in every choice, so that no set of them comes back.
    """
    count = len(rows[0])
    outside, inside = list(range(1, count)), list(range(count, count + len(rows)))
    gain = [Fraction(0), *(Fraction(j == goal) for j in range(1, count))]
    while entering := min((name for name, g in zip(outside, gain[1:], strict=True) if g > 0), default=0):
        j = 1 + outside.index(entering)
        limits = [(row[0] / row[j], inside[i], i) for i, row in enumerate(rows) if row[j] > 0]
        i = min(limits)[2]  # the last row bounds the gap, so there is one
        pivot = rows[i][j]
        rows[i] = [x / pivot for x in rows[i]]
        rows[i][j] = 1 / pivot
        for k, row in enumerate(rows):
            if k != i and row[j]:
                rows[k] = _exchanged(row, rows[i], j)
        bound = gain[j]
        gain = [g - bound * x for g, x in zip(gain, rows[i], strict=True)]
        gain[j] = -bound * rows[i][j]
        outside[j - 1], inside[i] = inside[i], entering
    return -gain[0]


def _exchanged(row: list[Fraction], pivot: list[Fraction], j: int) -> list[Fraction]:
    factor = row[j]
    new = [x - factor * y for x, y in zip(row, pivot, strict=True)]
    new[j] = -factor * pivot[j]
    return new
