"""A homogeneous system of linear inequalities: a solution, or multipliers that show there is none; both exact.

Either some z has a·z > 0 for every strict row and a·z ≥ 0 for the others, or multipliers λ ≥ 0, not all 0 on the strict
rows, have Σ λ a = 0 (Motzkin's transposition theorem; Gordan's where all rows are strict). Linear programming finds
which, in floating point (HiGHS, through SciPy). What is handed on is made of fractions and holds exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.errors import InputError

Vector = tuple[Fraction, ...]
DENOMINATORS = (1, 2, 3, 4, 6, 12, 60, 10**3, 10**6, 10**9, 10**12)
"""How fine a solution may be, the plainest first."""
TINY = 1e-7


@dataclass(frozen=True, slots=True)
class Row:
    """An inequality a·z > 0 where it is strict, else a·z ≥ 0."""

    vector: Vector
    strict: bool = True

    def holds(self, z: Sequence[Fraction]) -> bool:
        """Whether z satisfies it."""
        value = dot(self.vector, z)
        return value > 0 or (value == 0 and not self.strict)


@dataclass(frozen=True, slots=True)
class Solution:
    """A vector that satisfies every row."""

    z: Vector


@dataclass(frozen=True, slots=True)
class Certificate:
    """One multiplier for each row: non-negative, positive on some strict row, and Σ λ a = 0."""

    multipliers: Vector


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """Σ aᵢ bᵢ."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def decide(rows: Sequence[Row], costs: Sequence[int]) -> Solution | Certificate:
    """A solution with a small Σ cost·|z|, or a certificate.

    Raises:
        InputError: floating point could tell neither.
    """
    scale = [max((abs(row.vector[j]) for row in rows), default=Fraction(0)) or Fraction(1) for j in range(len(costs))]
    scaled = [Row(tuple(x / s for x, s in zip(row.vector, scale, strict=True)), row.strict) for row in rows]
    for bold in (True, False):
        z = _solution(scaled, costs, all_strict=bold)
        if z is not None:
            return Solution(tuple(x / s for x, s in zip(z, scale, strict=True)))
    multipliers = _multipliers(scaled)
    if multipliers is None:
        raise InputError("the two classes come too close to each other to be told apart with floating point")
    return Certificate(multipliers)


def _solution(rows: Sequence[Row], costs: Sequence[int], all_strict: bool) -> Vector | None:
    """An exact solution near that of the program min Σ cost·|z| with a·z ≥ 1; 0 for 1 in rows that may be tight."""
    from scipy.optimize import linprog  # not at the top: half a second

    above = [[-float(x) for x in row.vector] for row in rows]
    matrix = [[*row, *(-x for x in row)] for row in above]  # z = u - v with u, v ≥ 0
    right = [-1.0 if row.strict or all_strict else 0.0 for row in rows]
    found = linprog([*costs, *costs], A_ub=matrix, b_ub=right, method="highs-ds")
    if found.status != 0:
        return None
    half = len(costs)
    near = [found.x[j] - found.x[half + j] for j in range(half)]
    plain = (tuple(Fraction(x).limit_denominator(limit) for x in near) for limit in DENOMINATORS)
    return next((z for z in plain if all(row.holds(z) for row in rows)), None)


def _multipliers(rows: Sequence[Row]) -> Vector | None:
    """An exact certificate with the support of a vertex of { λ ≥ 0, Σ λ a = 0, Σ λ = 1 over the strict rows }."""
    from scipy.optimize import linprog

    columns = [(*row.vector, Fraction(row.strict)) for row in rows]
    matrix = [[float(column[j]) for column in columns] for j in range(len(columns[0]))]
    right = [*[Fraction(0)] * (len(columns[0]) - 1), Fraction(1)]
    found = linprog([1.0] * len(rows), A_eq=matrix, b_eq=list(map(float, right)), method="highs-ds")
    if found.status != 0:
        return None
    support = [k for k, x in enumerate(found.x) if x > TINY]
    shares = combination([columns[k] for k in support], right)
    if shares is None or min(shares) < 0:
        return None
    by_row = dict(zip(support, shares, strict=True))
    return tuple(by_row.get(k, Fraction(0)) for k in range(len(rows)))


def combination(columns: Sequence[Vector], right: Sequence[Fraction]) -> Vector | None:
    """Numbers x with Σ x·column = right, by elimination, 0 where they may be anything; None where there are none."""
    table = [[*(column[i] for column in columns), right[i]] for i in range(len(right))]
    pivots: list[int] = []
    for j in range(len(columns)):
        at = next((i for i in range(len(pivots), len(table)) if table[i][j]), None)
        if at is None:
            continue
        place = len(pivots)
        table[place], table[at] = table[at], table[place]
        table[place] = [x / table[place][j] for x in table[place]]
        for i, row in enumerate(table):
            if i != place and row[j]:
                table[i] = [x - row[j] * y for x, y in zip(row, table[place], strict=True)]
        pivots.append(j)
    if any(row[-1] for row in table[len(pivots) :]):
        return None
    found: list[Any] = [Fraction(0)] * len(columns)
    for row, j in zip(table, pivots, strict=False):
        found[j] = row[-1]
    return tuple(found)
