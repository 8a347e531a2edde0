"""Designs of threshold networks for a Boolean function: gates, a layer that counts ones, minterms, a single unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Literal

from derive.errors import InputError
from derive.notation.connectives import NOT
from derive.notation.form import Call, Form, Number, Symbol
from derive.notation.value import evaluate
from derive.training.separation import Separator, separate
from derive.training.threshold_gates import gate_units
from derive.training.threshold_network import ThresholdNetwork, Unit, numbered

Design = Literal["tree", "parity", "dnf", "unit"]
Table = dict[tuple[int, ...], int]
MOST_MINTERMS = 32


def truth_table(function: Form, inputs: Sequence[Symbol]) -> Table:
    """The value of a function on every row, counted up."""
    rows = product((0, 1), repeat=len(inputs))
    return {row: int(evaluate(function, dict(zip(inputs, map(Fraction, row), strict=True)))) for row in rows}


def designed(
    design: Design, function: Form, inputs: tuple[Symbol, ...], hidden: str, output: Symbol
) -> ThresholdNetwork:
    """The network of a design; `hidden` is the letter of hidden units.

    Raises:
        InputError: the design is not for this function.
    """
    units = list(DESIGNS[design](function, inputs, truth_table(function, inputs)))
    return numbered(inputs, units, hidden, output)


def smallest(
    function: Form, inputs: tuple[Symbol, ...], hidden: str, output: Symbol
) -> tuple[Design, ThresholdNetwork]:
    """The design with the fewest units, among those the one with the fewest layers."""
    found: list[tuple[Design, ThresholdNetwork]] = []
    for design in DESIGNS:
        try:
            found.append((design, designed(design, function, inputs, hidden, output)))
        except InputError:
            continue  # not for this function
    return min(found, key=lambda pair: pair[1].size)


def _tree(function: Form, inputs: tuple[Symbol, ...], table: Table) -> Iterator[Unit]:
    yield from gate_units(function)


def by_count(table: Table) -> list[int]:
    """The values of a symmetric function for 0, 1, ..., n ones.

    Raises:
        InputError: two rows with equally many ones have different values.
    """
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    for row, value in table.items():
        first, other = found.setdefault(sum(row), (row, value))
        if other != value:
            rows = " and ".join("".join(map(str, each)) for each in (first, row))
            raise InputError(f"design parity is for symmetric functions: rows {rows} have as many ones, but differ")
    return [found[count][1] for count in range(len(found))]


def _counting(function: Form, inputs: tuple[Symbol, ...], table: Table) -> Iterator[Unit]:
    """A hidden unit for each number of ones at which the value changes; the output adds up the changes."""
    values = by_count(table)
    changes = [(count, after - before) for count, (before, after) in enumerate(pairwise(values), 1) if after != before]
    names = [Symbol("unit", sub=(str(count),)) for count, _ in changes]
    for name, (count, _) in zip(names, changes, strict=True):
        yield Unit(name, tuple((x, 1) for x in inputs), count)
    weights = tuple((name, change) for name, (_, change) in zip(names, changes, strict=True))
    yield Unit(Symbol("unit"), weights, 1 - values[0])


def _minterms(function: Form, inputs: tuple[Symbol, ...], table: Table) -> Iterator[Unit]:
    """A hidden unit for each row whose value is 1, which fires on that row alone; the output is their disjunction."""
    rows = [row for row, value in table.items() if value]
    if len(rows) > MOST_MINTERMS:
        raise InputError(f"{len(rows)} rows with the value 1 are too many units; design dnf takes {MOST_MINTERMS}")
    names = [Symbol("unit", sub=(str(k),)) for k in range(len(rows))]
    for name, row in zip(names, rows, strict=True):
        literals = tuple(x if bit else Call(NOT, (x,)) for x, bit in zip(inputs, row, strict=True))
        weights = tuple((x, 1 if bit else -1) for x, bit in zip(inputs, row, strict=True))
        yield Unit(name, weights, sum(row), Call("land", literals) if len(literals) > 1 else literals[0])
    yield Unit(Symbol("unit"), tuple((name, 1) for name in names), 1)


def _single(function: Form, inputs: tuple[Symbol, ...], table: Table) -> Iterator[Unit]:
    """One unit, where the function is linearly separable."""
    points = [tuple(map(Fraction, row)) for row in table]
    found = separate(points, [bool(value) for value in table.values()])
    if not isinstance(found, Separator):
        raise InputError("design unit is for linearly separable functions: ask logic.separable for the reason")
    weights = tuple((x, int(w)) for x, w in zip(inputs, found.weights, strict=True) if w)
    yield Unit(Symbol("unit"), weights, int(found.high), None if weights else Number(str(int(found.high <= 0))))


DESIGNS: dict[Design, Callable[[Form, tuple[Symbol, ...], Table], Iterator[Unit]]] = {
    "unit": _single,
    "parity": _counting,
    "tree": _tree,
    "dnf": _minterms,
}
