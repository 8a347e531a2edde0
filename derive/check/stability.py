"""The claim what gradient descent with a rate does on a quadratic loss: `descent(L, w, b, η)` in words.

The Hessian comes from differences, and where its eigenvalues lie between 0, 1/η and 2/η from elimination on H, I - ηH
and 2I - ηH (Sylvester's law of inertia); nothing of how an engine finds eigenvalues is used.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.check.landscape import SMALL, Landscape, inertia
from derive.check.world import World
from derive.notation.arrays import Array
from derive.notation.form import Call, Form, Symbol, Text
from derive.notation.symbols import element

ELSEWHERE = (Fraction(17, 13), Fraction(-23, 7), Fraction(5, 11), Fraction(41, 9), Fraction(-3, 19), Fraction(29, 6))


def descent(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether the words say what the rate does; None where the loss is not quadratic."""
    if not (isinstance(target, Call) and len(target.args) > 2 and isinstance(claimed, Text)):
        return None
    of, *names, rate = target.args
    variables = [entry for name in names for entry in _entries(world, name)]
    land = Landscape(world, of, variables)
    here = [world.value(name) for name in variables]
    there = [land.real(x) + land.real(ELSEWHERE[k % len(ELSEWHERE)]) for k, x in enumerate(here)]
    matrix, other = land.shape(here)[1], land.shape(there)[1]
    pairs = [(a, b) for row, far in zip(matrix, other, strict=True) for a, b in zip(row, far, strict=True)]
    if any(abs(a - b) > land.real(Fraction(1, 10**20)) * (1 + abs(a)) for a, b in pairs):
        return None
    return bool(claimed.text == _words(matrix, land.real(world.value(rate)), land.real(SMALL)))


def _entries(world: World, name: Form) -> list[Form]:
    """A number itself; of a vector each entry."""
    value = world.value(name)
    if not isinstance(value, Array):
        return [name]
    assert isinstance(name, Symbol)
    return [element(name, k + 1) for k in range(len(value.items))]


def _words(matrix: list[list[Any]], rate: Any, small: Any) -> str:
    _, below_zero, _ = inertia(matrix, small)
    _, beyond, at_the_edge = inertia(_from(2, matrix, rate), small)
    _, past_the_minimum, _ = inertia(_from(1, matrix, rate), small)
    if below_zero or beyond:
        return "diverges"
    if at_the_edge:
        return "oscillates without end"
    return "converges with oscillation" if past_the_minimum else "converges"


def _from(factor: int, matrix: list[list[Any]], rate: Any) -> list[list[Any]]:
    """factor·I - rate·H."""
    return [[(factor if i == j else 0) - rate * x for j, x in enumerate(row)] for i, row in enumerate(matrix)]


STABILITY_CLAIMS = {"descent": descent}
