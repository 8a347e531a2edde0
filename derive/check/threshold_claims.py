"""Claims about threshold units: separable, converges, parity, the size of a network; none by the engine's route.

Separability is decided by a simplex method over fractions, the end of training by training again through the unit's own
definition, what a function of truth values is by its whole truth table, and the size of a network by counting the
units that its steps define.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from derive.check.agree import agree
from derive.check.simplex import is_solvable
from derive.check.threshold_units import Trained, condition_of, layer_of, sources, trained_unit, weight
from derive.check.world import World
from derive.notation.arrays import Array, items
from derive.notation.form import At, Call, Form, Text, Tuple
from derive.notation.reals import Undefined

ZERO, ONE = Fraction(0), Fraction(1)
SEPARABLE, NOT_SEPARABLE = "linearly separable", "not linearly separable"
SOME_FIT, NONE_FIT = "some weights fit", "no weights fit"
CONVERGES, CYCLES = "converges", "does not converge"
PARITIES = {"odd parity": 1, "even parity": 0}
MOST_EPOCHS, MOST_INPUTS = 300, 8
State = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A point and its target."""

    point: State
    target: Fraction

    @property
    def sign(self) -> int:
        """1 for class 1, -1 for class 0 (or -1)."""
        return 1 if self.target > 0 else -1


def examples(world: World, data: Sequence[Form], names: Sequence[Form]) -> list[Example]:
    """What is to be learnt: a function of truth values, the targets of a truth table that is counted up, or X and t.

    `names` are the inputs of the function, where it does not say them itself.
    """
    target = world.value(data[-1]) if len(data) > 1 or not _is_function(world, data[-1]) else None
    if len(data) > 1:
        matrix = world.value(data[0])
        width, rest = divmod(len(items(matrix)), len(items(target)))
        if rest or not width:
            raise Undefined("points and targets that differ in number")
        points = [items(matrix)[k : k + width] for k in range(0, len(items(matrix)), width)]
        return [Example(point, t) for point, t in zip(points, items(target), strict=True)]
    if target is not None:
        count = (len(items(target)) - 1).bit_length()
        return [Example(row, t) for row, t in zip(_rows(count), items(target), strict=True)]
    inputs = names or world.premises.inputs_of(data[0])
    return [Example(row, _function_at(world, data[0], inputs, row)) for row in _rows(len(inputs))]


def _is_function(world: World, form: Form) -> bool:
    return bool(world.premises.inputs_of(form)) and form not in world.premises.values


def _rows(count: int) -> list[State]:
    if count > MOST_INPUTS:
        raise Undefined("a truth table of too many inputs")
    return list(product((ZERO, ONE), repeat=count))


def _function_at(world: World, form: Form, inputs: Sequence[Form], row: State) -> Any:
    return world.with_values(dict(zip(inputs, row, strict=True))).value(form)


def _call(target: Form) -> Call:
    call = target.form if isinstance(target, At) else target
    assert isinstance(call, Call)
    return call


def _unit_and_data(world: World, args: Sequence[Form]) -> tuple[Trained, list[Example]]:
    """The unit that stands in front, and the examples."""
    unit = trained_unit(world, args[0])
    return unit, examples(world, args[1:], unit.inputs)


def _separability(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether some weights and some threshold give every example its class."""
    found = examples(world, _call(target).args, ())
    solvable = is_solvable([[e.sign * x for x in (*e.point, ONE)] for e in found])
    return isinstance(claimed, Text) and claimed.text == (SEPARABLE if solvable else NOT_SEPARABLE)


def _fit(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether some weights give every example its class at the threshold that the unit has."""
    unit, found = _unit_and_data(world, _call(target).args)
    if unit.bias is not None:
        return None
    return isinstance(claimed, Text) and claimed.text == (SOME_FIT if _solvable(world, unit, found) else NONE_FIT)


def _solvable(world: World, unit: Trained, found: Sequence[Example]) -> bool:
    """Whether some values of the trained names give every example its class."""
    if unit.bias is not None:
        return is_solvable([[e.sign * x for x in (*e.point, ONE)] for e in found])
    threshold = world.value(unit.threshold)
    rows = [([e.sign * x for x in (*e.point, -threshold)], (e.sign > 0) == unit.strict) for e in found]
    homogeneous = [*[ZERO] * len(found[0].point), ONE]  # a factor above 0 at the threshold
    return is_solvable([row for row, strict in rows if strict] + [homogeneous], [r for r, s in rows if not s])


def _training(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether training ends; claimed are the words, or for `epochs` the number of the first epoch without an error."""
    if not isinstance(target, At):
        return None
    *data, rate = _call(target).args
    unit, found = _unit_and_data(world, data)
    if [name for name, _ in target.bindings] != unit.trained:
        return None
    state: State = tuple(world.value(form) for _, form in target.bindings)
    step, seen = world.value(rate), {state}
    for epoch in range(1, MOST_EPOCHS + 1):
        state, errors = _one_epoch(world, unit, found, step, state)
        if not errors:
            return _says(world, claimed, CONVERGES, epoch)
        if state in seen:
            return _says(world, claimed, CYCLES, None)
        seen.add(state)
    return _says(world, claimed, CYCLES, None) if not _solvable(world, unit, found) else None


def _says(world: World, claimed: Form, words: str, epoch: int | None) -> bool:
    if isinstance(claimed, Text):
        return claimed.text == words
    return epoch is not None and bool(world.value(claimed) == epoch)


def _one_epoch(
    world: World, unit: Trained, found: Sequence[Example], rate: Fraction, state: State
) -> tuple[State, int]:
    errors = 0
    for example in found:
        error = example.target - unit.at(world, example.point, dict(zip(unit.trained, state, strict=True)))
        if error:
            errors += 1
            inputs = (*example.point, ONE)  # the bias, if there is one, comes last
            state = tuple(w + rate * error * x for w, x in zip(state, inputs, strict=False))
    return state, errors


def _misclassified(world: World, target: Form, claimed: Form) -> bool | None:
    """The claimed points are the examples that the unit with the bound weights gets wrong, all of them."""
    unit, found = _unit_and_data(world, _call(target).args)
    if not isinstance(target, At):
        return None
    state = {name: world.value(form) for name, form in target.bindings}
    wrong = [Array((len(e.point),), e.point) for e in found if e.target != unit.at(world, e.point, state)]
    values = [world.value(form) for form in _points(claimed, len(found[0].point))]
    return len(wrong) == len(values) and all(agree(world.reals, a, b) for a, b in zip(wrong, values, strict=True))


def _points(claimed: Form, width: int) -> tuple[Form, ...]:
    """The points in a form: a tuple of them, or a single one."""
    many = isinstance(claimed, Tuple) and (width == 1 or all(isinstance(item, Tuple) for item in claimed.items))
    return claimed.items if many and isinstance(claimed, Tuple) else (claimed,)


def _parity(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether a function is 1 just for an odd number of ones among its inputs, or just for an even one."""
    if not isinstance(claimed, Text) or claimed.text not in PARITIES:
        return None
    found = examples(world, _call(target).args, ())
    return all(e.target == (sum(e.point) % 2 == PARITIES[claimed.text]) for e in found)


def _counted(world: World, target: Form, claimed: Form) -> bool | None:
    """The number of units behind an output, of their layers, or of those in the widest layer."""
    call = _call(target)
    if condition_of(world, call.args[0]) is None:
        return None
    layers = Counter(layer_of(world, call.args[0]).values())
    sizes = {"neuron_count": layers.total(), "layer_count": len(layers), "layer_width": max(layers.values())}
    return bool(world.value(claimed) == sizes[call.function])


def _threshold(world: World, target: Form, claimed: Form) -> bool | None:
    condition = condition_of(world, _call(target).args[0])
    return None if condition is None else bool(world.value(condition.right) == world.value(claimed))


def _weight(world: World, target: Form, claimed: Form) -> bool | None:
    """The weight of one source of a unit."""
    unit, source = _call(target).args
    return bool(weight(world, unit, source) == world.value(claimed))


def _all_weights(world: World, target: Form, claimed: Form) -> bool | None:
    """The one weight that all sources of some units have."""
    found = {weight(world, unit, source) for unit in _call(target).args for source in sources(world, unit)}
    return found == {world.value(claimed)}


THRESHOLD_CLAIMS = {
    "separability": _separability,
    "fit": _fit,
    "training": _training,
    "epochs": _training,
    "misclassified": _misclassified,
    "parity": _parity,
    "neuron_count": _counted,
    "layer_count": _counted,
    "layer_width": _counted,
    "threshold": _threshold,
    "weight": _weight,
    "all_weights": _all_weights,
}
