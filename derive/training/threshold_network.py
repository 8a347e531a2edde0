"""Networks of threshold units: a unit gives 1 where its weighted sum reaches its threshold, else 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.notation.form import Form, Symbol
from derive.notation.value import substituted


@dataclass(frozen=True, slots=True)
class Unit:
    """A threshold unit.

    Attributes:
        name: what its output is called.
        weights: whole numbers by the names that it reads, in written order.
        threshold: what the weighted sum must reach.
        computes: its output as a Boolean expression of what it reads, where that says something.
        gate: whether it is the output of a gate of the expression.
    """

    name: Symbol
    weights: tuple[tuple[Symbol, int], ...]
    threshold: int
    computes: Form | None = None
    gate: bool = False

    def fires(self, values: Mapping[Symbol, int]) -> int:
        """Its output for some values of what it reads."""
        return int(sum(weight * values[name] for name, weight in self.weights) >= self.threshold)

    def renamed(self, names: Mapping[Symbol, Symbol]) -> Unit:
        """The same unit under other names, and reading others."""
        computes = None if self.computes is None else substituted(self.computes, lambda form: _other(names, form))
        weights = tuple((names.get(name, name), weight) for name, weight in self.weights)
        return replace(self, name=names.get(self.name, self.name), weights=weights, computes=computes)


def _other(names: Mapping[Symbol, Symbol], form: Form) -> Form | None:
    return names.get(form) if isinstance(form, Symbol) else None


@dataclass(frozen=True, slots=True)
class ThresholdNetwork:
    """Units behind inputs; the last one is the output. A unit stands one layer behind the last of those it reads."""

    inputs: tuple[Symbol, ...]
    units: tuple[Unit, ...]

    @property
    def layers(self) -> tuple[tuple[Unit, ...], ...]:
        """The units by layer."""
        found = layer_numbers(self.units)
        count = max(found.values())
        return tuple(tuple(unit for unit in self.units if found[unit.name] == k) for k in range(1, count + 1))

    @property
    def output(self) -> Unit:
        """The unit that gives the result."""
        return self.units[-1]

    @property
    def size(self) -> tuple[int, int]:
        """The number of units and of layers, by which designs are compared."""
        return len(self.units), len(self.layers)

    def values(self, row: Sequence[int]) -> dict[Symbol, int]:
        """The value of every input and unit on a row."""
        values = dict(zip(self.inputs, row, strict=True))
        for unit in self.units:
            values[unit.name] = unit.fires(values)
        return values


def layer_numbers(units: Iterable[Unit]) -> dict[Symbol, int]:
    """The layer of each unit, from 1; units stand behind those they read."""
    found: dict[Symbol, int] = {}
    for unit in units:
        found[unit.name] = 1 + max((found.get(name, 0) for name, _ in unit.weights), default=0)
    return found


def numbered(inputs: tuple[Symbol, ...], units: Sequence[Unit], hidden: str, output: Symbol) -> ThresholdNetwork:
    """The network with its hidden units numbered layer by layer and its last unit called as the output is."""
    found = layer_numbers(units)
    ordered = sorted(units[:-1], key=lambda unit: found[unit.name])
    names = {unit.name: Symbol(hidden, sub=(str(k),)) for k, unit in enumerate(ordered, 1)} | {units[-1].name: output}
    return ThresholdNetwork(inputs, tuple(unit.renamed(names) for unit in (*ordered, units[-1])))
