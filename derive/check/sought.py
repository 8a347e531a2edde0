"""What an unknown must be for stated values to be taken: `F|_{N=640} = 64`, judged by trying whole numbers.

The target is the unknown under a bar that says what the quantities made of it are to be worth. Every whole number is
put in through their definitions, so nothing of how the equation was solved is used. Quantities on the way are sizes and
counts: where one of them is less than 1 nothing fits together, and the number is no solution.
"""

from __future__ import annotations

from fractions import Fraction

from derive.check.premises import Premises
from derive.check.world import World
from derive.notation.form import At, Form, Number, Symbol, Text, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

NONE = "no whole number"
BEYOND, FARTHEST = 500, 2**20
"""So far beyond the claimed numbers every other one is tried; from there to the farthest, where a value is passed."""


def is_sought(premises: Premises, target: Form | None) -> bool:
    """Whether a target is an unknown where quantities that are made of it have stated values."""
    if not isinstance(target, At) or not isinstance(target.form, Symbol):
        return False
    names = [name for name, _ in target.bindings]
    return target.form in premises.unknown and all(name in premises.definitions for name in names)


def holds_sought(premises: Premises, world: World, target: At, claimed: Form) -> bool | None:
    """Whether the claimed numbers are all the whole numbers at which the stated values are taken.

    Zero may be left out: a size begins with 1.
    """
    if isinstance(claimed, Text):
        numbers: list[int] = []
        if claimed.text != NONE:
            return None
    else:
        items = claimed.items if isinstance(claimed, Tuple) else (claimed,)
        values = [world.value(item) for item in items]
        if any(isinstance(item, Number) and "." in item.text for item in items) or any(v != int(v) for v in values):
            return False
        numbers = [int(value) for value in values]
    near = max(numbers, default=0) + BEYOND
    quantities = _on_the_way(premises, target)
    tried = (*range(near), *_passed(world, target, near, FARTHEST))
    found = [n for n in tried if _takes(world, target, n, quantities)]
    return numbers in (found, [n for n in found if n])


def _on_the_way(premises: Premises, target: At) -> list[Form]:
    """The quantities that lead to the stated ones, and these themselves."""
    found: dict[Form, None] = {}
    stack: list[Form] = [name for name, _ in target.bindings]
    while stack:
        name = stack.pop()
        if name in premises.definitions and name not in found:
            found[name] = None
            stack += premises.parents(name)
    return list(found)


def _passed(world: World, target: At, low: int, high: int) -> tuple[int, ...]:
    """The whole numbers between which the first quantity passes its stated value, by bisection."""
    name, stated = target.bindings[0]
    try:
        value = world.value(stated)

        def is_above(n: int) -> bool:
            return bool(_at(world, target, n).value(name) > value)

        below = is_above(low)
        if is_above(high) == below:
            return ()
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if is_above(middle) == below else (low, middle)
    except (Undefined, NoValue):
        return ()
    return low, high


def _at(world: World, target: At, number: int) -> World:
    return world.with_values({target.form: Fraction(number)})


def _takes(world: World, target: At, number: int, quantities: list[Form]) -> bool:
    try:
        there = _at(world, target, number)
        if any(there.value(name) != world.value(stated) for name, stated in target.bindings):
            return False
        return all(there.value(name) >= 1 for name in quantities)
    except (Undefined, NoValue):
        return False
