"""The claim that a gradient vanishes or explodes on its way back through time.

It is about a derivative such as ∂h_5/∂h_1: with J_t = ∂h_t/∂h_{t-1}, each taken by differences, and the norm that is
the largest absolute value of an entry,

* it vanishes where every J_t makes every vector smaller: Σ_j |J_ij| < 1 in each row i;
* it explodes where every J_t makes every vector larger: |J_ii| - Σ_{j≠i} |J_ij| > 1 in each row i;
* else it does neither, as far as these bounds tell.
"""

from __future__ import annotations

from itertools import pairwise
from math import isqrt
from typing import Any

from derive.check.landscape import SMALL
from derive.check.world import World
from derive.notation.arrays import items
from derive.notation.form import Call, Derivative, Form, Symbol, Text
from derive.notation.reals import Undefined

VANISHES, EXPLODES, NEITHER = "vanishes", "explodes", "neither"


def flow(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether the word is the one that the bounds of all steps decide."""
    if not isinstance(target, Call) or len(target.args) != 1 or not isinstance(claimed, Text):
        return None
    bounds = [_bounds(world, slope) for slope in _single_steps(target.args[0])]
    small = world.reals.real(SMALL)
    if all(high < 1 - small for _, high in bounds):
        return claimed.text == VANISHES
    return claimed.text == (EXPLODES if all(low > 1 + small for low, _ in bounds) else NEITHER)


def _single_steps(whole: Form) -> list[Derivative]:
    """The derivatives of one step each of which a derivative through time is the product."""
    names = (whole.of, *whole.wrt) if isinstance(whole, Derivative) else ()
    states = [name for name in names if isinstance(name, Symbol) and name.sub and name.sub[-1].isdigit()]
    if len(names) != 2 or len(states) != 2:
        raise Undefined("a flow is that of the derivative of a state by an earlier one")
    last, first = (int(state.sub[-1]) for state in states)
    at = [_at(states[0], step) for step in range(first, last + 1)]
    if len(at) < 2 or at[0] != states[1]:
        raise Undefined("a flow goes from a state to an earlier one")
    return [Derivative(after, (before,)) for before, after in pairwise(at)]


def _at(state: Symbol, step: int) -> Symbol:
    return Symbol(state.base, state.accent, (*state.sub[:-1], str(step)), state.sup)


def _bounds(world: World, slope: Derivative) -> tuple[Any, Any]:
    """By how much a step stretches a vector at least and at most."""
    value = world.value(slope)
    entries = [abs(world.reals.real(x)) for x in items(value)]
    size = isqrt(len(entries))
    if size * size != len(entries):
        raise Undefined("a state of one size at every step is needed")
    rows = [entries[i * size : (i + 1) * size] for i in range(size)]
    return min(2 * row[i] - sum(row) for i, row in enumerate(rows)), max(map(sum, rows))
