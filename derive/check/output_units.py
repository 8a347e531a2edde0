"""Claims about output units: between which values they lie, whether a target is among those, which units do.

Nothing is known here of any unit: its values and losses are searched for their ends (`derive.check.search`).
"""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

from derive.check.search import lowest
from derive.check.world import World
from derive.notation.arrays import items
from derive.notation.build import neg
from derive.notation.form import Call, Form, Number, Symbol, Text, Tuple
from derive.notation.value import Evaluator

NEAR = 1e-9
REACHED, APPROACHED, BEYOND = "reached", "only approached", "out of reach"
SMALL = Fraction(1, 10**30)
PROPOSED: dict[str, str] = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "linear": ""}
"""The units among which a fitting one is sought: what a verdict calls them, and their functions."""


def infimum(world: World, target: Form, claimed: Form) -> bool | None:
    """The claimed value is the largest lower bound over all names without a value."""
    assert isinstance(target, Call)
    return _is_near(lowest(world, target.args[0]), world.value(claimed))


def supremum(world: World, target: Form, claimed: Form) -> bool | None:
    """The claimed value is the smallest upper bound."""
    assert isinstance(target, Call)
    return _is_near(-lowest(world, neg(target.args[0])), world.value(claimed))


def _is_near(found: float, value: Any) -> bool:
    if abs(found) == inf or abs(value) == inf:
        return bool(found == value)
    return abs(found - float(value)) <= NEAR * (1 + abs(found))


def reach(world: World, target: Form, claimed: Form) -> bool | None:
    """What all the targets are for the output of a unit: numbers, or the probabilities of a softmax."""
    assert isinstance(target, Call)
    output, *wanted = target.args
    if not isinstance(claimed, Text):
        return None
    values = list(map(world.value, wanted))
    if isinstance(output, Call) and output.function == "softmax":
        return all(claimed.text == _of_shares(world, items(value)) for value in values)
    low, high = lowest(world, output), -lowest(world, neg(output))
    return all(claimed.text == _of_number(world, output, (low, high), value) for value in values)


def _of_number(world: World, output: Form, ends: tuple[float, float], wanted: Any) -> str:
    """Strictly between the ends everything is reached, since a unit has no jumps; an end only where it is a value."""
    (low, high), value = ends, float(wanted)
    if _is_near(low, wanted) or _is_near(high, wanted):
        side = -1 if _is_near(low, wanted) else 1
        return REACHED if _at(world, output, side) == world.reals.real(wanted) else APPROACHED
    return REACHED if low < value < high else BEYOND


def _at(world: World, output: Form, pre_activation: int) -> Any:
    """The output at a pre-activation of the given side, where every unit that ever is at its end is there."""
    names = {name: Fraction(pre_activation) for name in world.premises.inputs_of(output)}
    return world.reals.real(world.with_values(names).value(output))


def _of_shares(world: World, wanted: tuple[Any, ...]) -> str:
    """Shares add up to 1, and none is 0: the softmax of their logarithms gives them back."""
    real = world.reals.real
    total = sum(map(real, wanted))
    if abs(total - 1) > real(SMALL) or any(share < 0 for share in wanted):
        return BEYOND
    if any(share == 0 for share in wanted):
        return APPROACHED
    logs: dict[Form, Any] = {Symbol("q", sub=(str(k),)): world.reals.log(share) for k, share in enumerate(wanted)}
    back = items(Evaluator(logs, digits=world.reals.digits).value(Call("softmax", (Tuple(tuple(logs)),))))
    near = all(abs(real(a) - real(b)) < real(SMALL) for a, b in zip(back, wanted, strict=True))
    return REACHED if near else BEYOND


def fitting(world: World, target: Form, claimed: Form) -> bool | None:
    """The units that are named, and no others of the usual ones, come as near as one likes to every target."""
    assert isinstance(target, Call)
    if not isinstance(claimed, Text):
        return None
    named = claimed.text.replace(" or ", ", ").split(", ")
    if not set(named) <= set(PROPOSED):
        return None
    wanted = [x for arg in target.args for x in items(world.value(arg))]
    fit = [words for words, function in PROPOSED.items() if all(_comes_near(function, t) for t in wanted)]
    return sorted(named) == sorted(fit)


def _comes_near(function: str, wanted: Any) -> bool:
    """Whether the values at large pre-activations lie on both sides of the target, or come near it on one."""
    ends = [_value(function, x) - float(wanted) for x in ("600", "0", "-600")]
    ends[2] = _value(function, "600", minus=True) - float(wanted)
    return min(ends) <= NEAR and max(ends) >= -NEAR


def _value(function: str, text: str, minus: bool = False) -> float:
    a = neg(Number(text)) if minus else Number(text)
    form = Call(function, (a,)) if function else a
    return float(Evaluator(digits=15, exact=False).value(form))


UNIT_CLAIMS = {"infimum": infimum, "supremum": supremum, "reach": reach, "fitting": fitting}
