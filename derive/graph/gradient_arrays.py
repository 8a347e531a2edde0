"""The gradient by an array: one entry in full, then all of them.

Where rounded numbers are carried on, a gradient is what its formula makes of the printed numbers, which need not be
what the definitions make of them: 1 - h² with a rounded h is not the slope of tanh. Then the formulas of all entries
stand before the numbers, as a matrix where that can be read, else line by line.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.graph.adjoints import Path
from derive.graph.arithmetic import Real, mul
from derive.graph.arrays import Array
from derive.graph.graph import Quantity, entry_names, evaluate, matrix_form
from derive.graph.point import ALL_ENTRIES, THE_SAME_WAY, Entry, can_be_read
from derive.notation.build import ZERO
from derive.notation.form import Derivative, Symbol
from derive.notation.rounding import as_fraction
from derive.notation.working import NUMBERS_IN
from derive.record import Line, Mark, Step

if TYPE_CHECKING:
    from derive.graph.backward import Backward

SAME = Fraction(1, 10**30)
"""Two values that differ by less, relatively, are one."""


def array_steps(backward: Backward, quantity: Quantity, name: str) -> list[Step]:
    """The steps to the gradient by an array; the last one, called `name`, shows it whole."""
    assert isinstance(quantity.value, Array)
    shape, items = quantity.value.shape, quantity.value.items
    nodes = [node for node in items if node in backward.adjoints]
    first = backward.step(backward.adjoints[backward.telling(nodes)])
    places = entry_names(quantity.symbol, shape)
    entries = [_entry(backward, node, place) for node, place in zip(items, places, strict=True)]
    formulas = [formula for _, formula, _ in entries]
    relation, whole = backward.point.array(entries, shape)
    target = Derivative(backward.symbol(backward.of), (backward.graph.written(quantity.symbol),))
    mark = Mark(Fraction(1), "A")
    if not _are_carried(backward, nodes):
        lines: tuple[Line, ...] = (Line(relation, whole, THE_SAME_WAY),)
    elif can_be_read(formulas, shape) and all(map(backward.is_defined, nodes)):
        lines = (Line("=", matrix_form(shape, formulas), THE_SAME_WAY), Line(relation, whole, NUMBERS_IN))
    else:
        others = [_short(backward, node) for node in nodes if _is_worked(backward, node, first)]
        lines = (Line(relation, whole),)
        return [first, *others, Step(name, target, lines, "entries put together", (first.name,), (mark,))]
    return [first, Step(name, target, lines, ALL_ENTRIES, (first.name,), (mark,))]


def _entry(backward: Backward, node: int, place: Symbol) -> Entry:
    """The gradient by an entry; 0 where nothing depends on it."""
    if node not in backward.adjoints:
        return Derivative(backward.symbol(backward.of), (place,)), ZERO, Fraction(0)
    return backward.derivative(node), backward.formula(node), backward.value(node)


def _is_worked(backward: Backward, node: int, first: Step) -> bool:
    """Whether an entry gets lines of its own: any but the first one, if its formula has a value."""
    return backward.derivative(node) != first.target and backward.is_defined(node)


def _short(backward: Backward, node: int) -> Step:
    """An entry that is worked like the first one: its formula and its value."""
    target = backward.derivative(node)
    lines = (Line("=", backward.formula(node)), backward.point.end(target))
    return Step(backward.step_name(node), target, lines, "in the same way")


def _are_carried(backward: Backward, nodes: Iterable[int]) -> bool:
    """Whether the formula of some gradient makes another number of the carried ones than the definitions do."""
    if not backward.point.carries_rounded:
        return False
    defined = backward.by_definition
    if defined is None:
        return True
    pairs = ((as_fraction(backward.value(node)), as_fraction(defined[node])) for node in nodes)
    return any(abs(value - other) > abs(other) * SAME for value, other in pairs)


def by_definition(backward: Backward) -> dict[int, Real]:
    """The gradients that the definitions give, where every quantity has its carried value."""
    totals: dict[int, Real] = {backward.of: Fraction(1)}
    for node, adjoint in backward.adjoints.items():
        if node != backward.of:
            parts = (mul(totals[path.child], _slope(backward, path)) for path in adjoint.paths)
            totals[node] = sum(parts, Fraction(0))
    return totals


def _slope(backward: Backward, path: Path) -> Real:
    """A local derivative at the carried operands of the consumer, which itself is computed anew."""
    point, program, labels = backward.point, backward.graph.program, backward.graph.labels
    operands = (node for node in program.below((path.child,), labels) if node in labels and node != path.child)
    known = {node: point.env[labels[node]] for node in operands}
    if path.local in known:
        return known[path.local]
    return evaluate(program, known, (path.local,), point.conventions, labels)[path.local]
