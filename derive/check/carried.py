"""Carried numbers: which of them hold at another place, and gradients by arrays.

An entry of a gradient is worth what was printed, alone or as part of the whole array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from derive.check import slopes
from derive.notation.arrays import Array, Value
from derive.notation.form import Derivative, Form, Symbol

if TYPE_CHECKING:
    from derive.check.world import Overrides, World


def carrying(world: World, target: Form, printed: Form) -> World:
    """The world that goes on with what was printed for a quantity; a column may be printed as a row of numbers."""
    value = world.value(printed)
    if isinstance(value, Array) and len(value.shape) == 1:
        own = world.value(target)
        value = Array(own.shape, value.items) if isinstance(own, Array) else value
    return world.carrying({target: value})


def still_carried(world: World, moved: Iterable[Form]) -> Overrides:
    """The carried numbers of what does not depend on the names that have other values under an evaluation bar."""
    changed = reduce(lambda mask, name: mask | world.premises.bit(name), moved, 0)
    return {name: value for name, value in world.carried.items() if not _stands_on(world, name) & changed}


def _stands_on(world: World, name: Form) -> int:
    parts = (name.of, *name.wrt) if isinstance(name, Derivative) else (name,)
    roots = (world.premises.array_of(part) if isinstance(part, Symbol) else None for part in parts)
    owners = [root[0] if root else part for root, part in zip(roots, parts, strict=True)]
    return reduce(lambda mask, part: mask | world.premises.mask(part), owners, 0)


Place = tuple[Derivative, tuple[int, ...]]
"""The derivative by a whole array, and the index of an entry of it, counted from 1."""


def carried_derivative(world: World, node: Derivative) -> Value | None:
    """The derivative by differences, or as far as it is carried what was printed."""
    if not world.carried:
        return slopes.derivative(world, node)
    entry = _entry(world, node)
    return _with_entries(world, node, slopes.derivative(world, node)) if entry is None else entry


def _entry(world: World, node: Derivative) -> Value | None:
    """The derivative by an entry of an array, where that by the whole array is carried."""
    place = _place(world, node)
    whole = world.carried.get(place[0]) if place else None
    position = whole.position(place[1]) if place and isinstance(whole, Array) else None
    return whole.items[position] if isinstance(whole, Array) and position is not None else None


def _with_entries(world: World, node: Derivative, whole: Value | None) -> Value | None:
    """The derivative by a whole array, with those of its entries that are carried."""
    if not isinstance(whole, Array):
        return whole
    entries = list(whole.items)
    for name, value in world.carried.items():
        place = _place(world, name) if isinstance(name, Derivative) and not isinstance(value, Array) else None
        position = whole.position(place[1]) if place and place[0] == node else None
        if position is not None:
            entries[position] = value
    return Array(whole.shape, tuple(entries))


def _place(world: World, node: Derivative) -> Place | None:
    """Where the derivative stands in that by a whole array."""
    name = node.wrt[0]
    if len(node.wrt) > 1 or not isinstance(name, Symbol) or world.premises.knows(name):
        return None
    found = world.premises.array_of(name)
    return (replace(node, wrt=(found[0],)), found[1]) if found else None
