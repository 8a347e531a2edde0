"""A concrete smooth function in the place of an abstract block: random, but with the slopes that were given."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from derive.notation.arrays import Array, Value, items
from derive.notation.reals import Reals, Undefined

Slope = tuple[int, Any, Any]
"""The position of an argument, its value at the base point, and the derivative that holds there."""


class AbstractFunction:
    """F(u) = G(u) + Σₖ (rₖ - ∂G/∂u at aₖ) · (u - aₖ) · Πⱼ ((u - aⱼ)/(aₖ - aⱼ))², with G a random sum of sines.

    G stays between 0 and 1 and differs from function to function, so an identity that holds for it holds for no
    particular reason of its own. The slope at each base point aₖ is the given rₖ, the values there are those of G.
    Arrays go in element by element.
    """

    def __init__(self, name: str, r: Reals, arity: int) -> None:
        rng = Random(f"block {name}")
        self.r = r
        self.waves = [[self._between(rng, 3, 9) for _ in range(2)] for _ in range(arity)]
        self.mixed = [self._between(rng, 3, 9) for _ in range(arity)]
        self.bends: list[Slope] = []

    def bend(self, slopes: Sequence[Slope]) -> None:
        """Give it these slopes; of two at the same place the first counts."""
        r, arity = self.r, len(self.mixed)
        places = {(position, r.real(at)): slope for position, at, slope in reversed(slopes)}
        self.bends = [(i, at, r.minus(slope, self._difference(i, at, arity))) for (i, at), slope in places.items()]

    def _between(self, rng: Random, low: int, high: int) -> Any:
        return self.r.real(Fraction(rng.randrange(low * 10**6, high * 10**6), 10**7))

    def _difference(self, position: int, at: Any, arity: int) -> Any:
        """∂G/∂u at the base point; the other arguments, which the given slope does not name, stand at 0."""
        ends = []
        for step in (self.r.near, -self.r.near):
            point = [self.r.real(Fraction(0))] * arity
            point[position] = self.r.real(at) + self.r.real(step)
            ends.append(self._scalar(point))
        return (ends[0] - ends[1]) / self.r.real(2 * self.r.near)

    def __call__(self, args: Sequence[Value]) -> Value:
        """The value at these arguments."""
        shaped = next((arg for arg in args if isinstance(arg, Array)), None)
        if shaped is None:
            return self._scalar(args)
        columns = [items(arg) if isinstance(arg, Array) else [arg] * len(shaped.items) for arg in args]
        return Array(shaped.shape, tuple(self._scalar(point) for point in zip(*columns, strict=True)))

    def _scalar(self, point: Sequence[Any]) -> Any:
        if len(point) != len(self.waves):
            raise Undefined(f"a function of {len(self.waves)} arguments with {len(point)}")
        context, reals_ = self.r.context, [self.r.real(u) for u in point]
        total = context.mpf(1) / 2 + context.sin(sum(m * u for m, u in zip(self.mixed, reals_, strict=True))) / 8
        for u, (rate, phase) in zip(reals_, self.waves, strict=True):
            total += context.sin(rate * u + phase) / (4 * len(reals_))
        return total + sum(self._bent(reals_[position], position, at, bend) for position, at, bend in self.bends)

    def _bent(self, u: Any, position: int, at: Any, bend: Any) -> Any:
        """What changes the slope at one base point, and neither a value nor a slope at the others."""
        change = self.r.real(bend) * (u - at)
        for other in (a for p, a, _ in self.bends if p == position and a != at):
            change *= ((u - other) / (at - other)) ** 2
        return change
