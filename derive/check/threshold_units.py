"""Threshold units as a derivation defines them: 1[w·x + b ≥ θ], or two cases 1 and -1; and networks of such units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.check.world import World
from derive.notation.form import Cases, Form, Indicator, Product, Relation, Sum, Symbol
from derive.notation.names import names_in
from derive.notation.reals import Undefined

STRICT = {"≥": False, ">": True}


def condition_of(world: World, name: Form) -> Relation | None:
    """The condition under which a unit fires; None where the name is no unit."""
    form = world.premises.definitions.get(name)
    if isinstance(form, Indicator):
        found: Relation | None = form.condition
    elif isinstance(form, Cases) and len(form.branches) == 2 and form.branches[1][1] is None:
        found = form.branches[0][1]
    else:
        found = None
    return found if found is not None and found.op in STRICT else None


@dataclass(frozen=True, slots=True)
class Trained:
    """A unit with named weights: `weights` by the input that each belongs to, in written order, and the bias."""

    name: Form
    weights: Mapping[Symbol, Symbol]
    bias: Symbol | None
    threshold: Form
    strict: bool

    @property
    def inputs(self) -> list[Symbol]:
        """What the weights are multiplied with."""
        return list(self.weights)

    @property
    def trained(self) -> list[Symbol]:
        """The names that training changes."""
        return [*self.weights.values(), *([self.bias] if self.bias else [])]

    def at(self, world: World, inputs: Sequence[Fraction], state: Mapping[Form, Any]) -> Any:
        """What the unit gives for some inputs and weights, by its definition."""
        there = world.with_values({**dict(zip(self.inputs, inputs, strict=True)), **state})
        return there.value(self.name)


def trained_unit(world: World, name: Form) -> Trained:
    """The unit under a name, whose net sum is written as weight times input, and a bias.

    Raises:
        Undefined: it is none.
    """
    condition = condition_of(world, name)
    if condition is None:
        raise Undefined("what is no threshold unit")
    weights: dict[Symbol, Symbol] = {}
    bias: Symbol | None = None
    for term in condition.left.terms if isinstance(condition.left, Sum) else (condition.left,):
        match term:
            case Product((Symbol() as weight, Symbol() as x)):
                weights[x] = weight
            case Symbol() if bias is None:
                bias = term
            case _:
                raise Undefined("a net sum that is not written as weight times input")
    return Trained(name, weights, bias, condition.right, STRICT[condition.op])


def layer_of(world: World, name: Form) -> dict[Form, int]:
    """The units on which one depends, itself included, each with its layer: one behind the last of those it reads."""
    layers: dict[Form, int] = {}
    todo = [name]
    while todo:
        read = [source for source in sources(world, todo[-1]) if condition_of(world, source) is not None]
        missing = [source for source in read if source not in layers]
        if missing:
            todo += missing
        else:
            layers[todo.pop()] = 1 + max((layers[source] for source in read), default=0)
    return layers


def sources(world: World, name: Form) -> Iterator[Symbol]:
    """The names in the net sum of a unit."""
    condition = condition_of(world, name)
    yield from names_in(condition.left) if condition is not None else ()


def weight(world: World, unit: Form, source: Form) -> Any:
    """By how much the net sum of a unit grows when a name goes from 0 to 1 and the others stay 0."""
    condition = condition_of(world, unit)
    if condition is None:
        raise Undefined("what is no threshold unit")
    zeros: dict[Form, Any] = {name: Fraction(0) for name in sources(world, unit)}
    low, high = (world.with_values({**zeros, source: Fraction(x)}).value(condition.left) for x in (0, 1))
    return high - low
