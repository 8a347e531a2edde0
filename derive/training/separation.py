"""Linear separation of two classes of points: weights and a threshold, or why there are none.

A unit gives 1 where w·x reaches its threshold. With a threshold that is free this is a hyperplane between the classes;
where there is none, a point lies in the convex hulls of both (Radon). With a fixed threshold the conditions on w alone
may contradict each other: multiplied and added up they say 0 ≥ c for some c > 0, or 0 > 0 (Farkas).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import gcd, lcm

from derive.training.alternative import Certificate, Row, Solution, Vector, decide, dot

HALF, ZERO, ONE = Fraction(1, 2), Fraction(0), Fraction(1)
Shares = tuple[tuple[int, Fraction], ...]
"""Numbers of points with their weights in a mean, or in a sum."""


@dataclass(frozen=True, slots=True)
class Separator:
    """Weights with which every point of class 1 has a net sum of `high` at least, every other one of `low` at most."""

    weights: Vector
    low: Fraction
    high: Fraction

    @property
    def threshold(self) -> Fraction:
        """The threshold midway between the classes."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class CommonPoint:
    """A point of both hulls: the mean with these shares of points of class 1, and of points of class 0."""

    ones: Shares
    zeros: Shares


@dataclass(frozen=True, slots=True)
class Conflict:
    """Multiples of the conditions of single points that add up to a falsehood, for a threshold that is fixed."""

    ones: Shares
    zeros: Shares


def separate(points: Sequence[Vector], labels: Sequence[bool]) -> Separator | CommonPoint:
    """A separator with small whole weights, or a point of both hulls, if possible the middle of two segments."""
    middle = _common_middle(points, labels)
    if middle is not None:
        return middle
    rows = [Row(tuple(_sign(one) * x for x in (*point, -ONE))) for point, one in zip(points, labels, strict=True)]
    found = decide(rows, (*[1] * len(points[0]), 0))
    if isinstance(found, Certificate):
        return CommonPoint(*_shares(found.multipliers, labels, scale=2 / sum(found.multipliers, ZERO)))
    return _plainest(found, points, labels)


def _sign(one: bool) -> int:
    return 1 if one else -1


def _plainest(found: Solution, points: Sequence[Vector], labels: Sequence[bool]) -> Separator:
    """The same weights as whole numbers without a common factor, with the gap that they leave."""
    weights = found.z[:-1]
    factor = Fraction(lcm(*(w.denominator for w in weights)))
    factor /= gcd(*(int(w * factor) for w in weights)) or 1
    weights = tuple(w * factor for w in weights)
    nets = [(dot(weights, point), one) for point, one in zip(points, labels, strict=True)]
    ones, zeros = ([net for net, one in nets if one == kind] for kind in (True, False))
    high = min(ones) if ones else max(zeros) + 1
    return Separator(weights, max(zeros) if zeros else high - 1, high)


def _common_middle(points: Sequence[Vector], labels: Sequence[bool]) -> CommonPoint | None:
    """Two points of each class with the same middle; a point that both classes have is its own middle."""
    middles = {middle: pair for pair, middle in _middles(points, labels, False)}
    for pair, middle in _middles(points, labels, True):
        if middle in middles:
            return CommonPoint(_halves(pair), _halves(middles[middle]))
    return None


def _middles(points: Sequence[Vector], labels: Sequence[bool], kind: bool) -> Iterator[tuple[tuple[int, int], Vector]]:
    own = [k for k, one in enumerate(labels) if one == kind]
    for pair in combinations_with_replacement(own, 2):
        a, b = (points[k] for k in pair)
        yield pair, tuple(x + y for x, y in zip(a, b, strict=True))


def _halves(pair: tuple[int, int]) -> Shares:
    return ((pair[0], ONE),) if pair[0] == pair[1] else tuple((k, HALF) for k in pair)


def _shares(multipliers: Vector, labels: Sequence[bool], scale: Fraction = ONE) -> tuple[Shares, Shares]:
    """The multipliers of each class that are not 0, by the numbers of the points."""
    some = [(k, share * scale) for k, share in enumerate(multipliers[: len(labels)]) if share]
    return tuple((k, x) for k, x in some if labels[k]), tuple((k, x) for k, x in some if not labels[k])


def fit(points: Sequence[Vector], labels: Sequence[bool], threshold: Fraction, strict: bool) -> Vector | Conflict:
    """Weights for a fixed threshold; `strict` says that a net sum must exceed it for class 1, not just reach it.

    The conditions w·x ≥ θ and w·x < θ become homogeneous by a factor τ > 0 at θ; then w/τ is what is looked for.
    """
    for k, (point, one) in enumerate(zip(points, labels, strict=True)):
        if not any(point) and one != (threshold < 0 or (threshold == 0 and not strict)):
            share = ((k, ONE),)
            return Conflict(share, ()) if one else Conflict((), share)
    rows = [
        Row(tuple(_sign(one) * x for x in (*point, -threshold)), strict=one == strict)
        for point, one in zip(points, labels, strict=True)
    ]
    found = decide([*rows, Row((*[ZERO] * len(points[0]), ONE))], (*[1] * len(points[0]), 0))
    if isinstance(found, Solution):
        return tuple(w / found.z[-1] for w in found.z[:-1])
    factor = lcm(*(share.denominator for share in found.multipliers[:-1]))
    shared = gcd(*(int(share * factor) for share in found.multipliers[:-1])) or 1
    return Conflict(*_shares(found.multipliers, labels, Fraction(factor, shared)))
