"""Claims in words, and claims about whole sets: what kind of critical point it is, and where all of them are.

A step claims by its target: `At(Call("kind", (f,)), ((x, x0), (y, y0)))`, or `Call("kind", (f, point))` with the
variables as params, is followed by a verdict in words; `Call("critical_points", (f,))` by a tuple of points. One entry
in `CLAIMS` adds a claim. Gradient and Hessian come from differences and the signs of the Hessian from elimination
(Sylvester's law of inertia), never from the formulas that an engine prints.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.check.courses import COURSE_CLAIMS
from derive.check.filters import FILTER_CLAIMS
from derive.check.flow import flow
from derive.check.landscape import SMALL, Landscape, inertia
from derive.check.missed import any_missed, is_near
from derive.check.output_units import UNIT_CLAIMS
from derive.check.stability import STABILITY_CLAIMS
from derive.check.threshold_claims import THRESHOLD_CLAIMS
from derive.check.world import World
from derive.notation.form import At, Call, Form, Text, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

Check = Callable[[World, Form, Form], bool | None]
"""(world, target, claimed form) -> whether it holds."""

NOT_CRITICAL = "no critical point"
WORDS = ("minimum", "maximum", "saddle", "inconclusive")


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
    if not isinstance(call, Call):
        return [call, *(form for pair in bindings for form in pair)]
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


def _kind(world: World, target: Form, claimed: Form) -> bool | None:
    """The verdict in words names the one kind that the signs of the Hessian's eigenvalues decide."""
    of, bindings = _parts(world, target)
    if not isinstance(claimed, Text):
        return None
    land = Landscape(world, of, list(bindings))
    slopes, hessian = land.shape([world.value(form) for form in bindings.values()])
    small = land.real(SMALL)
    if max(map(abs, slopes)) >= small:
        return claimed.text == NOT_CRITICAL
    said = [word for word in WORDS if word in claimed.text.lower()]
    return said == [_kind_by_signs(*inertia(hessian, small))]


def _kind_by_signs(positive: int, negative: int, zero: int) -> str:
    if positive and negative:
        return "saddle"
    return "inconclusive" if zero else "minimum" if positive else "maximum"


def _critical_points(world: World, target: Form, claimed: Form) -> bool | None:
    """Each point has a zero gradient, none stands there twice, and a search finds no other."""
    of, bindings = _parts(world, target)
    land = Landscape(world, of, list(bindings))
    points = [[world.value(x) for x in row] for row in _rows(claimed, len(bindings))]
    if not points or any(len(point) != len(bindings) for point in points):
        return None
    known = [[float(x) for x in point] for point in points]
    twice = any(is_near(point, known[:k]) for k, point in enumerate(known))
    return not twice and all(map(land.is_critical, points)) and not any_missed(land, known)


def _rows(claimed: Form, width: int) -> list[tuple[Form, ...]]:
    """The points of the answer: a tuple of points, one point, or a tuple of numbers for one variable."""
    items = claimed.items if isinstance(claimed, Tuple) else (claimed,)
    if all(isinstance(item, Tuple) for item in items):
        return [item.items for item in items if isinstance(item, Tuple)]
    return [(item,) for item in items] if width == 1 else [items]


CLAIMS: dict[str, Check] = {
    "kind": _kind,
    "critical_points": _critical_points,
    "flow": flow,
    **FILTER_CLAIMS,
    **COURSE_CLAIMS,
    **STABILITY_CLAIMS,
    **UNIT_CLAIMS,
    **THRESHOLD_CLAIMS,
}
