"""Claims in words, and claims about whole sets: what kind of critical point it is, and where all of them are.

A step claims by its target: `At(Call("kind", (f,)), ((x, x0), (y, y0)))`, or `Call("kind", (f, point))` with the
variables as params, is followed by a verdict in words; `Call("critical_points", (f,))` with the variables as params
by a tuple of points. One entry in `CLAIMS` adds a claim. The Hessian comes from differences and its signs from
elimination (Sylvester's law of inertia), never from the formulas that an engine prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from derive.check.agree import agree
from derive.check.world import World
from derive.notation.form import At, Call, Derivative, Form, Text, Tuple
from derive.notation.reals import Undefined

Check = Callable[[World, Form, Form], bool | None]
"""(world, target, claimed form) -> whether it holds."""

WORDS = ("minimum", "maximum", "saddle", "inconclusive")
SEARCHES = 24


def claim_name(target: Form | None) -> str | None:
    """The claim that a target makes, or None where it is a quantity."""
    call = target.form if isinstance(target, At) else target
    return call.function if isinstance(call, Call) and call.function in CLAIMS else None


def _parts(target: Form) -> tuple[Form, dict[Form, Form]]:
    """The function, and the variables with the values at which they are looked at (themselves where none are given)."""
    if isinstance(target, At) and isinstance(target.form, Call):
        return target.form.args[0], dict(target.bindings)
    assert isinstance(target, Call)
    variables = [variable for _, variable in target.params]
    point = target.args[1] if len(target.args) > 1 else None
    values = point.items if isinstance(point, Tuple) else [point] if point is not None else variables
    return target.args[0], dict(zip(variables, values, strict=True))


def _gradient(world: World, of: Form, variables: Sequence[Form]) -> list[Any]:
    return [world.value(Derivative(of, (v,))) for v in variables]


def _hessian(world: World, of: Form, variables: Sequence[Form]) -> list[list[Any]]:
    return [[world.reals.real(world.value(Derivative(of, (v, w)))) for w in variables] for v in variables]


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
            _add_row(a, *pair)  # makes a diagonal entry 2·a_ij out of two that are zero
            continue
        signs[0 if a[k][k] > 0 else 1] += 1
        rest = [i for i in range(n) if i != k]
        a = [[a[i][j] - a[i][k] * a[k][j] / a[k][k] for j in rest] for i in rest]
    return signs[0], signs[1], signs[2]


def _add_row(a: list[list[Any]], i: int, j: int) -> None:
    a[i] = [x + y for x, y in zip(a[i], a[j], strict=True)]
    for row in a:
        row[i] += row[j]


def kind_of_point(world: World, of: Form, values: dict[Form, Any]) -> str:
    """minimum, maximum, saddle or inconclusive, by the signs of the Hessian's eigenvalues."""
    there = world.with_values(values)
    variables = list(values)
    zero = Fraction(0)
    if not all(agree(world.reals, slope, zero) for slope in _gradient(there, of, variables)):
        return "no critical point"
    small = world.reals.real(Fraction(1, 10**30))
    positive, negative, none = inertia(_hessian(there, of, variables), small)
    if positive and negative:
        return "saddle"
    return "inconclusive" if none else "minimum" if positive else "maximum"


def _kind(world: World, target: Form, claimed: Form) -> bool | None:
    of, point = _parts(target)
    if not isinstance(claimed, Text):
        return None
    said = [word for word in WORDS if word in claimed.text.lower()]
    found = kind_of_point(world, of, {v: world.value(form) for v, form in point.items()})
    return said == [found]


def _critical_points(world: World, target: Form, claimed: Form) -> bool | None:
    """Each point has a zero gradient, none is named twice, and a search from many starts finds no other."""
    of, point = _parts(target)
    variables = list(point)
    rows = claimed.items if isinstance(claimed, Tuple) else (claimed,)
    if len(variables) > 1 and not all(isinstance(row, Tuple) for row in rows):
        rows = (claimed,)
    points = [[world.value(x) for x in (row.items if isinstance(row, Tuple) else (row,))] for row in rows]
    if any(len(p) != len(variables) for p in points):
        return None
    for p in points:
        there = world.with_values(dict(zip(variables, p, strict=True)))
        if not all(agree(world.reals, slope, Fraction(0)) for slope in _gradient(there, of, variables)):
            return False
    if len({tuple(map(str, p)) for p in points}) < len(points):
        return False
    floats = [[float(x) for x in p] for p in points]
    return all(_near(found, floats) for found in _searched(world, of, variables, floats))


def _near(found: list[float], points: list[list[float]]) -> bool:
    return any(max(abs(a - b) for a, b in zip(found, p, strict=True)) < 1e-6 for p in points)


def _searched(world: World, of: Form, variables: list[Form], points: list[list[float]]) -> list[list[float]]:
    """Critical points that Newton's method reaches from random starts around the known ones."""
    reach = 2 + 2 * max((abs(x) for p in points for x in p), default=1.0)
    rng, found = Random("critical points"), []
    for _ in range(SEARCHES):
        x = [rng.uniform(-reach, reach) for _ in variables]
        if (end := _newton(world, of, variables, x)) is not None:
            found.append(end)
    return found


def _newton(world: World, of: Form, variables: list[Form], x: list[float]) -> list[float] | None:
    context = world.reals.context
    try:
        for _ in range(40):
            there = World(world.scene, {**world.fixed, **{v: context.mpf(t) for v, t in zip(variables, x, strict=True)}})
            slopes = [context.mpf(s) for s in map(world.reals.real, _gradient(there, of, variables))]
            if max(abs(s) for s in slopes) < 1e-18:
                return x
            move = context.lu_solve(context.matrix(_hessian(there, of, variables)), context.matrix(slopes))
            x = [float(t - d) for t, d in zip(x, move, strict=True)]
    except (Undefined, ZeroDivisionError, OverflowError, ValueError):
        return None
    return x if max(abs(s) for s in slopes) < 1e-9 else None


CLAIMS: dict[str, Check] = {"kind": _kind, "critical_points": _critical_points}

