"""Derivatives without a rule: central differences of many digits, on the smooth piece on which the point lies.

With 130 digits and a step of 10⁻²² a first difference keeps more than 40 digits of what it should be, and so does a
difference of differences, which is how a second derivative is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.notation.arrays import Array, Value, each, pairwise, plain
from derive.notation.branches import Branches
from derive.notation.form import Call, Derivative, Form, Symbol
from derive.notation.meanings import MEANINGS, Use
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

if TYPE_CHECKING:
    from derive.check.world import Overrides, World

STEP = Fraction(1, 10**22)

Move = Callable[[Any], "Overrides"]
"""The names that change, and their values, when one coordinate changes by the argument."""


def derivative(world: World, node: Derivative) -> Value:
    """The whole derivative, over all paths: an array of the shape of the variable, outputs × inputs for vectors."""
    *before, variable = node.wrt
    of = Derivative(node.of, tuple(before), node.held) if before else node.of
    shaped, moves = coordinates(world, variable)
    held = {name: world.base.value(name) for name in node.held}
    columns = []
    for move in moves:
        ends = [world.moved({**held, **move(step)}).smooth_value(of) for step in (_step(world), -_step(world))]
        if ends[0] is None or ends[1] is None:
            raise NoValue(of)
        columns.append(_quotient(world, *ends))
    return _assembled(columns, shaped)


def _step(world: World) -> Any:
    return world.reals.real(STEP)


def _quotient(world: World, above: Value, below: Value) -> Value:
    r = world.reals
    return each(lambda x: r.over(x, 2 * _step(world)), pairwise(r.minus, above, below))


def coordinates(world: World, variable: Form) -> tuple[Value, list[Move]]:
    """The value whose shape the derivative takes, and the moves along each of its coordinates."""
    premises = world.premises
    if isinstance(variable, Symbol) and (call := premises.function_call(variable)):
        variable = call
    entries = premises.entries(variable)
    if entries is not None:
        return world.value(variable), [_scalar_move(world, entry) for entry in entries]
    value = world.value(variable)
    if not isinstance(value, Array):
        return value, [_scalar_move(world, variable)]
    return value, [_entry_move(world, variable, value, k) for k in range(len(value.items))]


def _scalar_move(world: World, name: Form) -> Move:
    value = world.value(name)
    return lambda step: world.on_roots({name: world.reals.plus(value, step)})


def _entry_move(world: World, name: Form, array: Array, k: int) -> Move:
    def move(step: Any) -> Overrides:
        entry = world.reals.plus(array.items[k], step)
        return {name: Array(array.shape, (*array.items[:k], entry, *array.items[k + 1 :]))}

    return move


def _assembled(columns: list[Value], shaped: Value) -> Value:
    """The quotients, one for each coordinate of the variable, in the layout of the derivative."""
    first = columns[0]
    if not isinstance(shaped, Array):
        return first
    if not isinstance(first, Array):
        return Array(shaped.shape, tuple(columns))
    by_output = tuple(x for row in zip(*(column.items for column in columns), strict=True) for x in row)
    outputs, inputs = plain(first), plain(shaped)
    shape = [side.shape if isinstance(side, Array) else () for side in (outputs, inputs)]
    return Array((*shape[0], *shape[1]), by_output)


def primed(world: World, node: Call) -> Value | None:
    """F'(x), F''(x), ...: differences of the function in its first argument, element by element."""
    if not node.args:
        raise Undefined("a derivative of a function without its argument")
    first, *others = [world.value(arg) for arg in node.args]
    if node.function in world.premises.abstract:
        block = world.block(node.function)
        return each(lambda x: _nth(world, lambda u, _: block([u, *others]), x, node.primes), first)
    meaning = MEANINGS.get(node.function)
    if meaning is None:
        return None
    params = {name: world.value(form) for name, form in node.params}

    def function(u: Any, branches: Branches) -> Any:
        return meaning(Use(world.reals, branches, params), [u, *others])

    return each(lambda x: _nth(world, function, x, node.primes), first)


def _nth(world: World, function: Callable[[Any, Branches], Any], x: Any, n: int) -> Any:
    """The n-th central difference quotient at x."""
    r, branches = world.reals, Branches(world.scene.kinks)
    function(x, branches)
    total, weight = Fraction(0), 1
    for k in range(n + 1):
        u = r.plus(x, r.real(STEP * (n - 2 * k)))
        total = r.plus(total, r.times(Fraction(weight), function(u, branches.again())))
        weight = -weight * (n - k) // (k + 1)
    return r.over(total, r.real((2 * STEP) ** n))
