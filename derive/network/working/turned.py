"""A network with one setting left open: what it comes to for every value, as a polynomial where it is one.

The network is built at whole numbers, one after the other, and every quantity is read off as a number. A quantity
that is a polynomial in the unknown shows itself by differences that vanish; its coefficients are then exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise, zip_longest
from typing import Any

from derive.errors import InputError
from derive.network.layers.base import Framework
from derive.network.listing import Called, read_call
from derive.network.network import Network, Order, read_network
from derive.notation.build import number
from derive.notation.form import Form, Symbol
from derive.notation.polynomial import written
from derive.notation.symbols import parse_symbol

SAMPLES, DEGREE = 9, 4
"""So many neighbouring values decide whether a quantity is a polynomial, of this degree at most."""
NEAR = 4
"""Of so many neighbours most have the formulas that hold for all."""
Quantity = Callable[[Network], int | None]
"""Reads a number off a network; None where it has none, such as a letter that only some settings need."""
FIRST, FARTHEST = 0, 400
"""Between these values the network must fit together somewhere."""


@dataclass(frozen=True)
class Open:
    """A network in which a name stands where a whole number should.

    Args:
        net: the layers as a user gives them, with the name of the unknown as a setting.
        input: the shape of the input, which may hold the name too.
        unknown: the name.
    """

    net: tuple[Any, ...]
    input: tuple[int | str, ...]
    unknown: str
    framework: Framework = "keras"
    order: Order = "HWC"

    def __hash__(self) -> int:
        return id(self)

    @property
    def symbol(self) -> Symbol:
        """The unknown as it is written."""
        return parse_symbol(self.unknown)

    @cache  # noqa: B019 - one object lives as long as one question
    def at(self, value: int) -> Network | None:
        """The network with the unknown set; None where it does not fit together then."""
        try:
            return self._built(value)
        except InputError:
            return None

    def _built(self, value: int) -> Network:
        size = [value if side == self.unknown else side for side in self.input]
        layers = [_filled(layer, self.unknown, value) for layer in self.net]
        return read_network(layers, [int(side) for side in size], self.framework, self.order)

    @cached_property
    def first(self) -> int:
        """The least value from which on the network fits together.

        Raises:
            InputError: the name does not occur, or the network fits together nowhere.
        """
        if not any(_holds(layer, self.unknown) for layer in (*self.net, *self.input)):
            raise InputError(f"{self.unknown} stands nowhere in net or input, so there is nothing to solve for")
        fits: int | None = None
        for value in filter(self.at, range(FIRST, FARTHEST)):
            if fits is not None and value - fits < SAMPLES:
                return fits
            fits = value
        if fits is not None:
            raise InputError(f"the network fits together for {self.unknown} = {fits} alone: nothing is left open")
        self._built(FARTHEST)
        raise InputError(f"the network fits together for no value of {self.unknown} up to {FARTHEST}")

    @cached_property
    def sample(self) -> Network:
        """A network of which the formulas hold for all others: a dilation of 1 has none, one of 2 has.

        Raises:
            InputError: the unknown says how many layers there are.
        """
        nets = (self.at(value) for value in range(self.first, self.first + SAMPLES))
        near = [net for net in nets if net is not None][:NEAR]
        if len({tuple(node.name for node in net.nodes) for net in near}) > 1:
            raise InputError(f"{self.unknown} says how many layers there are; it can be a setting of a layer alone")
        formulas = [_formulas(net) for net in near]
        return near[max(range(len(near)), key=lambda place: (formulas.count(formulas[place]), place))]

    def form(self, quantity: Quantity) -> Form | None:
        """A quantity over the unknown: a number, the unknown itself, or a polynomial; None where it is neither."""
        near = [(value, found) for value, found in self._near(quantity) if found is not None]
        if len(near) > 1 and all(value == found for value, found in near):
            return self.symbol
        if len(near) > 1 and len({found for _, found in near}) == 1:
            return number(near[0][1])
        poly = self.polynomial(quantity)
        return None if poly is None else written(poly, self.symbol)

    def falls(self, quantity: Quantity) -> bool:
        """Whether a quantity gets smaller somewhere near the first values."""
        near = [found for _, found in self._near(quantity) if found is not None]
        return any(after < before for before, after in pairwise(near))

    def polynomial(self, quantity: Quantity) -> tuple[Fraction, ...] | None:
        """The coefficients of a quantity, from the constant upwards; None where it is no polynomial of low degree."""
        values = []
        for _, found in self._near(quantity):
            if found is None:
                break
            values.append(found)
        if len(values) <= DEGREE + 1:
            return None
        rows = [values]
        while any(rows[-1]):
            if len(rows) > DEGREE + 1:
                return None
            rows.append([b - a for a, b in zip(rows[-1], rows[-1][1:], strict=False)])
        return _from_differences([row[0] for row in rows[:-1]], self.first)

    def _near(self, quantity: Quantity) -> list[tuple[int, int | None]]:
        """The quantity at the first values; None where the network does not fit together, or has no such quantity."""
        nets = [(value, self.at(value)) for value in range(self.first, self.first + SAMPLES)]
        return [(value, None if net is None else quantity(net)) for value, net in nets]


def _formulas(net: Network) -> list[list[Form]]:
    """The formulas of all layers."""
    return [
        [rule.form for rule in (*node.layer.size_rules(*takes), *node.layer.count_rules(net.framework, *takes))]
        for node in net.nodes
        for takes in [net.takes(node)]
    ]


def _from_differences(leading: Sequence[int], first: int) -> tuple[Fraction, ...]:
    """Newton's formula: Σ Δᵏ · C(x - first, k), multiplied out."""
    zero = Fraction(0)
    total, basis = [zero], [Fraction(1)]
    for k, difference in enumerate(leading):
        total = [t + difference * b for t, b in zip_longest(total, basis, fillvalue=zero)]
        shifted = zip([zero, *basis], [*basis, zero], strict=True)
        basis = [(high - (first + k) * low) / (k + 1) for high, low in shifted]
    while len(total) > 1 and total[-1] == 0:
        total.pop()
    return tuple(total)


def _filled(layer: Any, name: str, value: int) -> Any:
    """A layer with the name replaced wherever it stands as a value."""
    if isinstance(layer, str):
        return _filled(read_call(layer), name, value)
    if isinstance(layer, Called):
        args = tuple(_filled(arg, name, value) if isinstance(arg, Called) else arg for arg in layer.args)
        return Called(layer.name, args, {key: _set(item, name, value) for key, item in layer.settings.items()})
    if isinstance(layer, Mapping):
        inner = next(iter(layer.values()), None)
        if isinstance(inner, str) and not isinstance(layer, Called):
            return {key: _filled(item, name, value) for key, item in layer.items()}
        return {key: _set(item, name, value) for key, item in layer.items()}
    return layer


def _set(item: Any, name: str, value: int) -> Any:
    if item == name:
        return value
    if isinstance(item, Called):
        return _filled(item, name, value)
    if isinstance(item, (list, tuple)):
        return tuple(_set(part, name, value) for part in item)
    if isinstance(item, Mapping):
        return {key: _set(part, name, value) for key, part in item.items()}
    return item


def _holds(item: Any, name: str) -> bool:
    """Whether the name stands in it as a value."""
    return bool(item == name or _filled(item, name, -1) != _filled(item, name, -2))
