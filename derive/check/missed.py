"""A search for critical points that somebody left out: in machine numbers, and each find looked at with all digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from random import Random

from derive.check.landscape import Landscape
from derive.notation.reals import Undefined

SEARCHES, ROUNDS, GRID = 6, 16, 100
SETTLED, ROUGH, SAME = 1e-5, 1e-3, 1e-6
NO_POINT = (Undefined, ZeroDivisionError, OverflowError, ValueError)

Known = Sequence[Sequence[float]]


def is_near(point: Sequence[float], points: Known, distance: float = SAME) -> bool:
    """Whether one of the points is the same but for rounding."""
    return any(max(abs(a - b) for a, b in zip(point, other, strict=True)) < distance for other in points)


def any_missed(land: Landscape, known: Known) -> bool:
    """Whether there is another critical point: on the grid of the known coordinates, or where Newton's method ends."""
    rough = land.roughly()
    if any(_is_critical(land, point) or _confirmed(land, point, known) for point in _on_grid(rough, known)):
        return True
    ends = (_newton(rough, start, SETTLED) for start in _starts(known))
    return any(end and not is_near(end, known, ROUGH) and _confirmed(land, end, known) for end in ends)


def _on_grid(rough: Landscape, known: Known) -> Iterator[Sequence[float]]:
    """Points made of known coordinates and their opposites that are not known, where the slopes seem to vanish."""
    axes = [sorted({s * point[i] for point in known for s in (1, -1)} | {0.0}) for i in range(len(known[0]))]
    for point in islice(product(*axes), GRID):
        if not is_near(point, known) and _steepness(rough, point) < ROUGH:
            yield point


def _steepness(rough: Landscape, point: Sequence[float]) -> float:
    try:
        return float(max(map(abs, rough.gradient(point))))
    except NO_POINT:
        return float("inf")


def _is_critical(land: Landscape, point: Sequence[float]) -> bool:
    try:
        return land.is_critical(point)
    except NO_POINT:
        return False


def _starts(known: Known) -> Iterator[list[float]]:
    reach, rng = 2 + 1.5 * max(abs(x) for point in known for x in point), Random("critical points")
    for _ in range(SEARCHES):
        yield [rng.uniform(-reach, reach) for _ in known[0]]


def _newton(land: Landscape, point: Sequence[float], settled: float) -> list[float] | None:
    """Where Newton's method for a zero gradient ends: where its steps become small. None where they do not."""
    context = land.world.reals.context
    x = [land.real(t) for t in point]
    try:
        for _ in range(ROUNDS):
            slopes, hessian = land.shape(x)
            move = context.lu_solve(context.matrix(hessian), context.matrix(slopes))
            x = [t - d for t, d in zip(x, move, strict=True)]
            if max(map(abs, move)) < settled:
                return [float(t) for t in x]
    except NO_POINT:
        pass
    return None


def _confirmed(land: Landscape, point: Sequence[float], known: Known) -> bool:
    """Whether all digits say that there is a critical point near by which is not known."""
    end = _newton(land, point, 1e-25)
    return end is not None and not is_near(end, known)
