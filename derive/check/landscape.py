"""A function of some variables as the judge sees it: heights, and what differences of them say about its shape."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.check.world import World
from derive.notation.form import Form

SMALL = Fraction(1, 10**30)
"""Below this a slope, or an eigenvalue, is what central differences leave of zero."""

Point = Sequence[Any]


class Landscape:
    """A form over some of the names that it depends on; the others keep their values in `world`."""

    def __init__(self, world: World, of: Form, variables: Sequence[Form]) -> None:
        self.world, self.of, self.variables = world, of, list(variables)
        self.real = world.reals.real
        self.h = self.real(world.reals.near)

    def roughly(self) -> Landscape:
        """The same landscape in machine numbers."""
        return Landscape(World(self.world.scene.roughly(), self.world.fixed), self.of, self.variables)

    def height(self, point: Point, *shifts: tuple[int, int]) -> Any:
        """The value at the point moved by whole steps along some axes."""
        moved = list(map(self.real, point))
        for axis, steps in shifts:
            moved[axis] += steps * self.h
        values = self.world.on_roots(dict(zip(self.variables, moved, strict=True)))
        return self.real(World(self.world.scene, {**self.world.fixed, **values}).value(self.of))

    def is_critical(self, point: Point) -> bool:
        """Whether the gradient is zero."""
        return max(map(abs, self.gradient(point))) < self.real(SMALL)

    def gradient(self, point: Point) -> list[Any]:
        """∂f/∂xᵢ."""
        return self._slopes(self._sides(point))

    def shape(self, point: Point) -> tuple[list[Any], list[list[Any]]]:
        """The gradient, and the Hessian ∂²f/∂xᵢ∂xⱼ."""
        sides, middle = self._sides(point), self.height(point)
        rows = [[self.real(Fraction(0)) for _ in sides] for _ in sides]
        for i, (above, below) in enumerate(sides):
            rows[i][i] = (above + below - 2 * middle) / self.h**2
            for j in range(i):
                ends = sum(self.height(point, (i, s), (j, s)) for s in (1, -1))
                rows[i][j] = rows[j][i] = (ends - above - below - sum(sides[j]) + 2 * middle) / (2 * self.h**2)
        return self._slopes(sides), rows

    def _sides(self, point: Point) -> list[tuple[Any, Any]]:
        """The heights one step up and one step down each axis."""
        return [(self.height(point, (i, 1)), self.height(point, (i, -1))) for i in range(len(self.variables))]

    def _slopes(self, sides: list[tuple[Any, Any]]) -> list[Any]:
        return [(above - below) / (2 * self.h) for above, below in sides]


def inertia(matrix: list[list[Any]], small: Any) -> tuple[int, int, int]:
    """How many eigenvalues of a symmetric matrix are positive, negative and zero, by symmetric elimination."""
    a = [list(row) for row in matrix]
    signs = [0, 0, 0]
    while a:
        n = len(a)
        k = max(range(n), key=lambda i: abs(a[i][i]))
        if abs(a[k][k]) <= small:
            pair = next(((i, j) for i in range(n) for j in range(i) if abs(a[i][j]) > small), None)
            if pair is None:
                signs[2] += n
                break
            _add_row(a, *pair)  # two zeros on the diagonal become 2·a_ij, so that elimination can go on
            continue
        signs[0 if a[k][k] > 0 else 1] += 1
        rest = [i for i in range(n) if i != k]
        a = [[a[i][j] - a[i][k] * a[k][j] / a[k][k] for j in rest] for i in rest]
    return signs[0], signs[1], signs[2]


def _add_row(a: list[list[Any]], i: int, j: int) -> None:
    a[i] = [x + y for x, y in zip(a[i], a[j], strict=True)]
    for row in a:
        row[i] += row[j]
