"""The claim that a gradient vanishes or explodes on its way back through time.

It is about a derivative such as ∂h_5/∂h_1: with J_t = ∂h_t/∂h_{t-1}, each taken by differences, and the norm that is
the largest absolute value of an entry,

* it vanishes where every J_t makes every vector smaller: Σ_j |J_ij| < 1 in each row i;
* it explodes where every J_t makes every vector larger: |J_ii| - Σ_{j≠i} |J_ij| > 1 in each row i;
* else it does neither, as far as these bounds tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.check.landscape import SMALL
from derive.check.world import World
from derive.notation.arrays import Array
from derive.notation.form import Call, Derivative, Form, Symbol, Text
from derive.notation.reals import Undefined

VANISHES, EXPLODES, NEITHER = "vanishes", "explodes", "neither"


def flow(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether the word is the one that the bounds of all steps decide."""
    if not isinstance(target, Call) or not isinstance(claimed, Text):
        return None
    bounds = [_bounds(world, slope) for slope in _single_steps(target.args[0])]
    small = world.reals.real(SMALL)
    if all(high < 1 - small for _, high in bounds):
        return claimed.text == VANISHES
    return claimed.text == (EXPLODES if all(low > 1 + small for low, _ in bounds) else NEITHER)


def _single_steps(whole: Form) -> list[Derivative]:
    """The derivatives of one step each of which a derivative through time is the product."""
    if not isinstance(whole, Derivative) or not isinstance(whole.of, Symbol) or not isinstance(whole.wrt[0], Symbol):
        raise Undefined("a flow is that of the derivative of a state by an earlier one")
    last, first = (int(name.sub[-1]) for name in (whole.of, whole.wrt[0]))

    def at(step: int) -> Symbol:
        assert isinstance(whole.of, Symbol)
        return Symbol(whole.of.base, whole.of.accent, (*whole.of.sub[:-1], str(step)), whole.of.sup)

    if last <= first or at(first) != whole.wrt[0]:
        raise Undefined("a flow goes from a state to an earlier one")
    return [Derivative(at(step), (at(step - 1),)) for step in range(first + 1, last + 1)]


def _bounds(world: World, slope: Derivative) -> tuple[Any, Any]:
    """By how much a step stretches a vector at least and at most."""
    value = world.value(slope)
    size = value.shape[0] if isinstance(value, Array) else 1
    entries = [abs(world.reals.real(x)) for x in (value.items if isinstance(value, Array) else (value,))]
    rows: Sequence[Sequence[Any]] = [entries[i * size : (i + 1) * size] for i in range(size)]
    return min(2 * row[i] - sum(row) for i, row in enumerate(rows)), max(map(sum, rows))
