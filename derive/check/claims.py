"""Claims in words, and claims about whole sets: what kind of critical point it is, and where all of them are.

A step claims by its target: `At(Call("kind", (f,)), ((x, x0), (y, y0)))`, or `Call("kind", (f, point))` with the
variables as params, is followed by a verdict in words; `Call("critical_points", (f,))` by a tuple of points. One entry
in `CLAIMS` adds a claim. Gradient and Hessian come from differences and the signs of the Hessian from elimination
(Sylvester's law of inertia), never from the formulas that an engine prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice, product
from random import Random
from typing import Any

from derive.check.world import World
from derive.notation.form import At, Call, Form, Text, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

Check = Callable[[World, Form, Form], bool | None]
"""(world, target, claimed form) -> whether it holds."""

Point = list[Any]
WORDS = ("minimum", "maximum", "saddle", "inconclusive")
STEP = Fraction(1, 10**22)
SMALL = Fraction(1, 10**30)
SEARCHES, ROUNDS, GRID = 6, 16, 100


def claim_name(target: Form | None) -> str | None:
    """The claim that a target makes, or None where it is a quantity."""
    call = target.form if isinstance(target, At) else target
    return call.function if isinstance(call, Call) and call.function in CLAIMS else None


def checked_claim(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether a claim holds; None where that cannot be decided."""
    name = claim_name(target)
    try:
        return CLAIMS[name](world, target, claimed) if name else None
    except (Undefined, NoValue):
        return None


def claim_parts(target: Form) -> list[Form]:
    """The forms that a claim is about, whose names must be known."""
    bindings = target.bindings if isinstance(target, At) else ()
    call = target.form if isinstance(target, At) else target
    assert isinstance(call, Call)
    return [*call.args, *(form for _, form in call.params), *(form for pair in bindings for form in pair)]


def _parts(world: World, target: Form) -> tuple[Form, dict[Form, Form]]:
    """The function, and the variables with their values (themselves where the claim is about no single point).

    The variables are the params; without any, the inputs on which the function depends, in the order of the givens.
    """
    if isinstance(target, At) and isinstance(target.form, Call):
        return target.form.args[0], dict(target.bindings)
    assert isinstance(target, Call)
    variables: list[Form] = [variable for _, variable in target.params]
    variables = variables or world.premises.inputs_of(target.args[0])
    point = target.args[1] if len(target.args) > 1 else None
    values = point.items if isinstance(point, Tuple) else [point] if point is not None else variables
    return target.args[0], dict(zip(variables, values, strict=True))


class _Landscape:
    """A function of some variables, with gradient and Hessian by central differences."""

    def __init__(self, world: World, of: Form, variables: Sequence[Form]) -> None:
        self.world, self.of, self.variables = world, of, list(variables)
        self.real = world.reals.real
        self.h = self.real(STEP)

    def height(self, point: Point, *shifts: tuple[int, int]) -> Any:
        """The value at the point moved by whole steps along some axes."""
        moved = list(map(self.real, point))
        for axis, steps in shifts:
            moved[axis] += steps * self.h
        values = self.world.on_roots(dict(zip(self.variables, moved, strict=True)))
        return self.real(World(self.world.scene, {**self.world.fixed, **values}).value(self.of))

    def gradient(self, point: Point) -> list[Any]:
        """∂f/∂xᵢ."""
        axes = range(len(self.variables))
        return [(self.height(point, (i, 1)) - self.height(point, (i, -1))) / (2 * self.h) for i in axes]

    def is_critical(self, point: Point) -> bool:
        """Whether the gradient is zero."""
        return max(map(abs, self.gradient(point))) < self.real(SMALL)

    def hessian(self, point: Point) -> list[list[Any]]:
        """∂²f/∂xᵢ∂xⱼ."""
        axes = range(len(self.variables))
        corners = {(i, s): self.height(point, (i, s)) for i in axes for s in (1, -1)}
        middle = self.height(point)
        rows = [[self.real(Fraction(0)) for _ in axes] for _ in axes]
        for i in axes:
            rows[i][i] = (corners[i, 1] + corners[i, -1] - 2 * middle) / self.h**2
            for j in range(i):
                ends = sum(self.height(point, (i, s), (j, s)) for s in (1, -1))
                sides = sum(corners[k, s] for k in (i, j) for s in (1, -1))
                rows[i][j] = rows[j][i] = (ends - sides + 2 * middle) / (2 * self.h**2)
        return rows


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


def _kind(world: World, target: Form, claimed: Form) -> bool | None:
    """The verdict in words names the one kind that the signs of the Hessian's eigenvalues decide."""
    of, bindings = _parts(world, target)
    if not isinstance(claimed, Text):
        return None
    land = _Landscape(world, of, list(bindings))
    point = [world.value(form) for form in bindings.values()]
    if not land.is_critical(point):
        return False
    said = [word for word in WORDS if word in claimed.text.lower()]
    return said == [_kind_by_signs(*inertia(land.hessian(point), land.real(SMALL)))]


def _kind_by_signs(positive: int, negative: int, zero: int) -> str:
    if positive and negative:
        return "saddle"
    return "inconclusive" if zero else "minimum" if positive else "maximum"


def _critical_points(world: World, target: Form, claimed: Form) -> bool | None:
    """Each point has a zero gradient, none stands there twice, and a search finds no other."""
    of, bindings = _parts(world, target)
    land = _Landscape(world, of, list(bindings))
    points = [[world.value(x) for x in row] for row in _rows(claimed, len(bindings))]
    if not points or any(len(point) != len(bindings) for point in points):
        return None
    known = [[float(x) for x in point] for point in points]
    twice = any(_near(point, known[:k]) for k, point in enumerate(known))
    return not twice and all(map(land.is_critical, points)) and not _missed(land, known)


def _rows(claimed: Form, width: int) -> list[tuple[Form, ...]]:
    """The points of the answer: a tuple of points, one point, or a tuple of numbers for one variable."""
    items = claimed.items if isinstance(claimed, Tuple) else (claimed,)
    if all(isinstance(item, Tuple) for item in items):
        return [item.items for item in items if isinstance(item, Tuple)]
    return [(item,) for item in items] if width == 1 else [items]


def _near(point: Sequence[float], points: Sequence[Sequence[float]]) -> bool:
    return any(max(abs(a - b) for a, b in zip(point, other, strict=True)) < 1e-6 for other in points)


def _missed(land: _Landscape, known: list[list[float]]) -> bool:
    """Whether there is another critical point: on the grid of the known coordinates, or where Newton's method ends."""
    axes = [sorted({s * p[i] for p in known for s in (1, -1)} | {0.0}) for i in range(len(known[0]))]
    for start in islice(product(*axes), GRID):
        if not _near(start, known) and _defined(land, start) and land.is_critical(list(start)):
            return True
    reach, rng = 2 + 1.5 * max(abs(x) for point in known for x in point), Random("critical points")
    ends = (_newton(land, [rng.uniform(-reach, reach) for _ in axes]) for _ in range(SEARCHES))
    return any(end is not None and not _near(end, known) for end in ends)


def _defined(land: _Landscape, point: Sequence[float]) -> bool:
    try:
        land.gradient(list(point))
    except Undefined:
        return False
    return True


def _newton(land: _Landscape, point: list[float]) -> list[float] | None:
    """Where Newton's method for a zero gradient ends, if it does."""
    context = land.world.reals.context
    x = [land.real(t) for t in point]
    try:
        for _ in range(ROUNDS):
            slopes = land.gradient(x)
            if max(map(abs, slopes)) < 1e-25:
                return [float(t) for t in x]
            move = context.lu_solve(context.matrix(land.hessian(x)), context.matrix(slopes))
            x = [t - d for t, d in zip(x, move, strict=True)]
    except (Undefined, ZeroDivisionError, OverflowError, ValueError):
        return None
    return None


CLAIMS: dict[str, Check] = {"kind": _kind, "critical_points": _critical_points}
