"""Many gradients of one quantity at once: a random direction over all of them needs one difference.

A long derivation names the gradient of every node. One difference for each would take time that grows with the square
of the length. So all nodes are pushed at once, each by a random small amount: the quantity then changes by the sum of
gradient times push, and where it does so for the gradients as they are claimed, all of them are right. Pushes are
scaled so that each gradient has the same weight in the sum; gradients of very different size are taken apart. Where
the sum does not come out nothing is known, and the judge goes on to single differences, which name the culprit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

from derive.check.world import World
from derive.notation.arrays import Array
from derive.notation.form import Derivative, Form, Symbol
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.value import NoValue
from derive.record import Step

MANY = 16
ONE, WIDTH, TOLERANCE = Fraction(1), Fraction(1, 10**12), Fraction(1, 10**26)

Claims = dict[Derivative, Form]
Gradients = dict[Derivative, Any]


def gradient_claims(steps: Iterable[Step]) -> dict[Form, Claims]:
    """What the steps say first about gradients, by the quantity that is differentiated; few of them are left out."""
    groups: dict[Form, Claims] = {}
    for step in steps:
        target, lines = step.target, step.lines
        if not isinstance(target, Derivative) or len(target.wrt) > 1 or target.held or not lines:
            continue
        if lines[0].relation == "=" and not lines[0].at and not any(line.relation == "assume" for line in lines):
            groups.setdefault(target.of, {}).setdefault(target, lines[0].form)
    return {of: claims for of, claims in groups.items() if len(claims) >= MANY}


def settle(world: World, of: Form, claims: Claims) -> None:
    """Let the world know those of the claimed gradients that a random direction confirms."""
    if not _is_scalar(world, of):
        return
    for band in _bands(world, _supposed(world, claims)):
        if not _is_confirmed(world, of, band):
            for target in band:
                world.suppose(target, None)


def _supposed(world: World, claims: Claims) -> Gradients:
    """The values of the claims, each worked out with the values of those before it; others are left out."""
    values: Gradients = {}
    for target, form in claims.items():
        try:
            value = world.value(form)
        except (Undefined, NoValue):
            continue
        if _is_number(value) and _is_scalar(world, target.wrt[0]):
            values[target] = value
            world.suppose(target, value)
    return values


def _is_scalar(world: World, name: Form) -> bool:
    if not isinstance(name, Symbol) or not world.premises.knows(name) or world.premises.is_function(name):
        return False
    try:
        return _is_number(world.value(name))
    except (Undefined, NoValue):
        return False


def _is_number(value: Any) -> bool:
    return not isinstance(value, (Array, LogOfNothing, str, bool, tuple))


def _bands(world: World, values: Gradients) -> Iterator[Gradients]:
    """The gradients in groups of about one effect; those that are zero go with the smallest, where they show most."""
    effect = {target: abs(world.reals.real(value)) * _reach(world, target) for target, value in values.items()}
    ordered = sorted(values, key=lambda target: effect[target], reverse=True)
    width = world.reals.real(WIDTH)
    while ordered:
        top = effect[ordered[0]]
        count = sum(1 for target in ordered if effect[target] >= top * width)
        if not any(effect[target] for target in ordered[count:]):
            count = len(ordered)
        yield {target: values[target] for target in ordered[:count]}
        ordered = ordered[count:]


def _reach(world: World, target: Derivative) -> Any:
    """How far the variable may be pushed, in steps."""
    return max(1, abs(world.reals.real(world.value(target.wrt[0]))))


def _is_confirmed(world: World, of: Form, band: Gradients) -> bool:
    """Whether a push of all names in a random direction changes the quantity as the gradients say."""
    r, rng = world.reals, Random("direction")
    step = r.real(r.aside)
    reach = {target: _reach(world, target) for target in band}
    slopes = {target: r.real(value) for target, value in band.items()}
    smallest = min((abs(slopes[target]) * reach[target] for target in band if band[target]), default=r.real(ONE))
    pushes: dict[Form, Any] = {}
    expected = r.real(Fraction(0))
    for target, slope in slopes.items():
        part = r.real(Fraction(rng.randrange(10**6, 10**7), 10**7))
        part *= smallest / abs(slope) if slope else reach[target]
        pushes[target.wrt[0]] = part * step
        expected += slope * part
    try:
        found = (r.real(world.pushed(pushes).smooth_value(of)) - r.real(world.smooth_value(of))) / step
    except (Undefined, NoValue):
        return False
    return bool(abs(found - expected) <= r.real(TOLERANCE) * smallest * len(band))
