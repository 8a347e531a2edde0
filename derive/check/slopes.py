"""Derivatives without a rule: differences of many digits, on the smooth piece on which the point lies.

With 220 digits and a step of 10⁻⁴⁴ (`Reals.aside`) a difference quotient keeps more than 40 digits of what it should
be, and so does a quotient of quotients, which is how a second derivative is taken, up to the fourth.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from derive.notation.arrays import Array, Value, each, items, pairwise, plain
from derive.notation.branches import Branches
from derive.notation.form import Call, Derivative, Form, Symbol
from derive.notation.meanings import MEANINGS, Use
from derive.notation.reals import Undefined
from derive.notation.value import NoValue

if TYPE_CHECKING:
    from derive.check.world import Overrides, World

Move = tuple[Any, "Overrides"]
"""A step along one coordinate, and the names that it changes with their values after it."""


def derivative(world: World, node: Derivative) -> Value:
    """The whole derivative, over all paths: an array of the shape of the variable, outputs × inputs for vectors."""
    *before, variable = node.wrt
    of = Derivative(node.of, tuple(before), node.held) if before else node.of
    shaped, moves = coordinates(world, variable, fine=world.scene.fine and not before)
    held = {name: world.base.value(name) for name in node.held}
    start = _value(world.moved(held) if held else world, of)
    ends = [(step, _value(world.moved({**held, **changed}), of)) for step, changed in moves]
    return _assembled([_quotient(world, end, start, step) for step, end in ends], shaped)


def _value(world: World, of: Form) -> Value:
    value = world.smooth_value(of)
    if value is None:
        raise NoValue(of)
    return value


def _quotient(world: World, end: Value, start: Value, step: Any) -> Value:
    r = world.reals
    return each(lambda x: r.over(x, step), pairwise(r.minus, end, start))


def coordinates(world: World, variable: Form, fine: bool = False) -> tuple[Value, list[Move]]:
    """The value whose shape the derivative takes, and the moves along each of its coordinates.

    Of quotients of quotients only the innermost may be taken by `fine` steps: there are not digits enough for more.
    """
    premises = world.premises
    if isinstance(variable, Symbol) and (call := premises.function_call(variable)):
        variable = call
    entries = premises.entries(variable)
    if entries is not None:
        return world.value(variable), [_scalar_move(world, entry, fine) for entry in entries]
    value = world.value(variable)
    if not isinstance(value, Array):
        return value, [_scalar_move(world, variable, fine)]
    return value, [_entry_move(world, variable, value, k, fine) for k in range(len(value.items))]


def _scalar_move(world: World, name: Form, fine: bool) -> Move:
    value = world.value(name)
    step = _step(world, value, fine)
    return step, world.on_roots({name: world.reals.plus(value, step)})


def _entry_move(world: World, name: Form, array: Array, k: int, fine: bool) -> Move:
    step = _step(world, array.items[k], fine)
    entry = world.reals.plus(array.items[k], step)
    return step, {name: Array(array.shape, (*array.items[:k], entry, *array.items[k + 1 :]))}


def _step(world: World, x: Any, fine: bool) -> Any:
    return world.reals.fine_step_from(x) if fine else world.reals.step_from(x)


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


def on_plane(world: World, name: Form) -> Value:
    """A free quantity whose derivatives were given, near its value at the base."""
    r, base, total = world.reals, world.base, world.base.resolve(name)
    for variable, slope in world.premises.slopes[name]:  # type: ignore[index]
        change = pairwise(r.minus, world.value(variable), base.value(variable))
        rises = map(r.times, items(base.value(slope)), items(change))
        total = r.plus(total, reduce(r.plus, rises))
    return total


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
    step = r.real(r.near) * max(1, abs(r.real(x)))
    for k in range(n + 1):
        u = r.plus(x, step * (n - 2 * k))
        total = r.plus(total, r.times(Fraction(weight), function(u, branches.again())))
        weight = -weight * (n - k) // (k + 1)
    return r.over(total, (2 * step) ** n)
