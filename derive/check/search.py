"""The smallest value of a function over names that nobody gave a value: found by looking, coordinate by coordinate.

Each coordinate is scanned, far out to both sides, and the best place refined; this goes round until nothing gets
better. What is found is an upper bound of the infimum, and for the losses of a single output the infimum itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isclose, sqrt
from random import Random
from typing import Any

from derive.check.world import World
from derive.notation.form import Form
from derive.notation.reals import Undefined

DIGITS = 150
OUTER = (75.0, 150.0, 300.0, 3_000.0, 30_000.0)
"""Up to 300, exp of minus this is still told from 0, and added to 1 from 1; the rest is for what has no exponential."""
GRID = [*(-x for x in OUTER[::-1]), *(2.0 * k for k in range(-12, 13)), *OUTER]
SHORTER = (sqrt(5) - 1) / 2
NARROWINGS, ROUNDS, STARTS = 48, 30, 2
SETTLED, FALLS, LEAST = 1e-12, 1e-6, 3
INFINITE = float("inf")

Height = Callable[[Sequence[float]], float]


def free_names(world: World, form: Form) -> list[Form]:
    """The names on which a form depends and that have no value."""
    premises = world.premises
    return [name for name in premises.inputs_of(form) if name not in premises.values and name not in world.fixed]


def lowest(world: World, form: Form) -> float:
    """The smallest value that was found, over all names without a value; -inf where it falls on and on."""
    names, scene = free_names(world, form), replace(world.scene, digits=DIGITS, exact=False)

    def height(point: Sequence[float]) -> float:
        values: dict[Form, Any] = dict(zip(names, map(world.reals.context.mpf, point), strict=True))
        try:
            return float(World(scene, {**world.fixed, **values}).value(form))
        except Undefined:
            return INFINITE

    if _is_additive(height, len(names)):
        return _summed(height, len(names))
    rng = Random("lowest")
    starts = [[0.0] * len(names), *([rng.uniform(-2, 2) for _ in names] for _ in range(STARTS - 1))]
    return min(_descended(height, start) for start in starts)


def _is_additive(height: Height, size: int) -> bool:
    """Whether each coordinate adds something of its own, as the examples of a loss do."""
    if size == 1:
        return True
    rng, zero = Random("additive"), [0.0] * size
    for _ in range(2):
        point = [rng.uniform(-2, 2) for _ in zero]
        alone = sum(height([*zero[:k], x, *zero[k + 1 :]]) for k, x in enumerate(point))
        if not isclose(height(point) + (size - 1) * height(zero), alone, rel_tol=SETTLED):
            return False
    return True


def _summed(height: Height, size: int) -> float:
    """The lowest value where the coordinates have nothing to do with each other."""
    zero = [0.0] * size
    start = height(zero)
    return start + sum(_along(height, list(zero), axis, start)[0] - start for axis in range(size))


def _descended(height: Height, start: list[float]) -> float:
    point, best = list(start), height(start)
    for _ in range(ROUNDS):
        before = best
        for axis in range(len(point)):
            best, point[axis] = _along(height, point, axis, best)
            if best == -INFINITE:
                return best
        if before - best <= SETTLED * (1 + abs(before)):
            break
    return best


def _along(height: Height, point: list[float], axis: int, best: float) -> tuple[float, float]:
    """The lowest value along one axis, and where it is; one that still falls far out falls on and on.

    Of a plateau both ends are looked at: what lies beyond them may be lower.
    """

    def at(x: float) -> float:
        return height([*point[:axis], x, *point[axis + 1 :]])

    heights = [at(x) for x in GRID]
    if _falls_on(heights[len(OUTER) :: -1]) or _falls_on(heights[-len(OUTER) - 1 :]):
        return -INFINITE, point[axis]
    lowest_of_all = min(heights)
    first, last = heights.index(lowest_of_all), len(GRID) - 1 - heights[::-1].index(lowest_of_all)
    found = [(best, point[axis]), (lowest_of_all, GRID[first]), _narrowed(at, first, leftwards=True)]
    return min(found if first == last else [*found, _narrowed(at, last, leftwards=False)])


def _falls_on(outwards: Sequence[float]) -> bool:
    """Whether heights fall below 0 and go on falling, as far out as they can be told."""
    told = [height for height in outwards if height != INFINITE]
    return told[-1] < 0 and len(told) > LEAST and all(b < a - FALLS for a, b in pairwise(told))


def _narrowed(at: Callable[[float], float], k: int, leftwards: bool) -> tuple[float, float]:
    """The golden section search round a place of the grid; between equal heights it goes to the given side."""
    low, high = GRID[max(k - 1, 0)], GRID[min(k + 1, len(GRID) - 1)]
    left, right = high - SHORTER * (high - low), low + SHORTER * (high - low)
    down, up = at(left), at(right)
    for _ in range(NARROWINGS):
        if down < up or (leftwards and down == up):
            high, right, up = right, left, down
            left = high - SHORTER * (high - low)
            down = at(left)
        else:
            low, left, down = left, right, up
            right = low + SHORTER * (high - low)
            up = at(right)
    return min((down, left), (up, right))
