"""Claims about gradient descent on a quadratic loss: what the rate makes of the distance to the minimum.

One step multiplies it by 1 - η H, H the Hessian, which is taken from differences. Which of those factors are too large
is counted by elimination (Sylvester's law of inertia), without an eigenvalue.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.check.landscape import SMALL, Landscape, inertia
from derive.check.world import World
from derive.notation.arrays import Array
from derive.notation.form import Call, Form, Symbol, Text
from derive.notation.symbols import element

CONVERGES, ALTERNATES = "converges", "converges, oscillating"
CYCLES, DIVERGES = "oscillates for ever", "diverges"


def descent(world: World, target: Form, claimed: Form) -> bool | None:
    """What gradient descent does on a loss with a rate: `Call("descent", (loss, rate, parameters...))`."""
    assert isinstance(target, Call)
    loss, rate, *parameters = target.args
    if not isinstance(claimed, Text):
        return None
    names = [entry for name in parameters for entry in _entries(world, name)]
    hessian = _hessian(world, loss, names)
    return None if hessian is None else claimed.text == _behaviour(hessian, world.reals.real(world.value(rate)), world)


def _entries(world: World, name: Form) -> list[Form]:
    """A number itself; of a vector each entry."""
    value = world.value(name)
    if not isinstance(value, Array):
        return [name]
    assert isinstance(name, Symbol)
    return [element(name, k + 1) for k in range(len(value.items))]


def _hessian(world: World, loss: Form, names: list[Form]) -> list[list[Any]] | None:
    """The Hessian where it is the same at two points, as that of a quadratic loss is."""
    land = Landscape(world, loss, names)
    here = [world.value(name) for name in names]
    there = [land.real(x) + land.real(Fraction(k + 2, 7)) for k, x in enumerate(here)]
    (_, first), (_, second) = land.shape(here), land.shape(there)
    pairs = ((a, b) for one, other in zip(first, second, strict=True) for a, b in zip(one, other, strict=True))
    return first if all(abs(a - b) <= land.real(SMALL) * (1 + abs(a)) for a, b in pairs) else None


def _behaviour(hessian: list[list[Any]], rate: Any, world: World) -> str:
    real = world.reals.real
    small = real(SMALL) * (1 + max(abs(x) for row in hessian for x in row))

    def signs(factor: int) -> tuple[int, int, int]:
        """Of factor/η - H; a negative sign belongs to an eigenvalue of H above factor/η."""
        shift = real(Fraction(factor)) / rate
        return inertia([[shift * (i == j) - x for j, x in enumerate(row)] for i, row in enumerate(hessian)], small)

    _, beyond, at_limit = signs(2)
    if beyond:
        return DIVERGES
    if at_limit:
        return CYCLES
    return ALTERNATES if signs(1)[1] else CONVERGES


DESCENT_CLAIMS = {"descent": descent}
