"""What an unknown must be for stated values to be taken: `F|_{N=640} = 64`, judged by trying whole numbers.

The target is the unknown under a bar that says what the quantities made of it are to be worth. Every whole number is
put in through their definitions, so nothing of how the equation was solved is used.
"""

from __future__ import annotations

from fractions import Fraction

from derive.check.premises import Premises
from derive.check.world import World
from derive.notation.form import At, Form, Number, Symbol, Text, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

NONE = "no whole number"
BEYOND, FARTHEST = 1_000, 10_000
"""So far beyond the claimed numbers others are looked for, and so far where there are said to be none."""


def is_sought(premises: Premises, target: Form | None) -> bool:
    """Whether a target is an unknown where quantities that are made of it have stated values."""
    if not isinstance(target, At) or not isinstance(target.form, Symbol):
        return False
    names = [name for name, _ in target.bindings]
    unknown = target.form in premises.inputs and target.form not in premises.values
    return unknown and all(name in premises.definitions for name in names)


def holds_sought(world: World, target: At, claimed: Form) -> bool | None:
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
    found = [n for n in range(max(numbers) + BEYOND if numbers else FARTHEST) if _takes(world, target, n)]
    return numbers in (found, [n for n in found if n])


def _takes(world: World, target: At, number: int) -> bool:
    try:
        there = world.with_values({target.form: Fraction(number)})
        return all(there.value(name) == world.value(stated) for name, stated in target.bindings)
    except (Undefined, NoValue):
        return False
