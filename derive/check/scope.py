"""The points at which a derivation is judged, and what its steps are compared with there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from derive.check.agree import agree, describe
from derive.check.draws import DOMAINS, WHOLE, Domain
from derive.check.premises import Premises
from derive.check.world import DIGITS, Scene, World
from derive.notation.arrays import Array, Value
from derive.notation.branches import Kinks
from derive.notation.form import Form, Symbol
from derive.notation.reals import LogOfNothing, Undefined, reals
from derive.notation.value import Evaluator
from derive.record import Conventions


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison came to: True, False, or None with the reason why it could not be decided."""

    holds: bool | None
    message: str = ""


class Points:
    """The base worlds of a derivation: random ones for identities, those of the given numbers for values."""

    def __init__(self, premises: Premises, conventions: Conventions) -> None:
        kinks = Kinks(conventions.relu_at_zero, conventions.tie)
        self.premises = premises
        self.given: dict[Symbol, Value] = {}
        for name, form in premises.values.items():
            self.given[name] = Evaluator(digits=DIGITS).value(form)
        free = [name for name in premises.inputs if name not in self.given]
        self.symbolic = [self._random(domain, kinks) for domain in DOMAINS]
        self.spare = [self._random(domain, kinks) for domain in WHOLE]
        self.valued = [self._given(domain, kinks) for domain in (DOMAINS if free else DOMAINS[:1])]

    def _random(self, domain: Domain, kinks: Kinks) -> World:
        return World(Scene(self.premises, lambda name: self._drawn(domain, name), kinks))

    def _given(self, domain: Domain, kinks: Kinks) -> World:
        def draw(name: Symbol) -> Value:
            return self.given[name] if name in self.given else self._drawn(domain, name)

        return World(Scene(self.premises, draw, kinks, exact=True))

    def _drawn(self, domain: Domain, name: Symbol) -> Value:
        """A random value of the kind that was given: a number, or an array of the same shape."""
        value, real = self.given.get(name), reals(DIGITS).real
        if isinstance(value, (str, bool, tuple)):
            return value
        if isinstance(value, Array):
            return Array(value.shape, tuple(map(real, domain.draw(name, len(value.items)))))
        return real(domain.draw(name, 1)[0])


@dataclass(slots=True)
class Reference:
    """What the lines of a step are compared with: a form, and the values that assumptions give to names."""

    form: Form
    assumed: dict[Form, Form] = field(default_factory=dict)

    def value(self, world: World) -> Value:
        """The value at a point, under the assumptions."""
        return self.place(world).value(self.form)

    def place(self, world: World) -> World:
        """The point, under the assumptions."""
        return world.with_values({name: world.value(form) for name, form in self.assumed.items()}) if self.assumed else world


Comparison = Callable[[World], tuple[bool, Any, Any]]
"""At a world: whether it holds, and the two values."""


def tried(worlds: Iterable[World], compare: Comparison) -> Finding:
    """True where the comparison holds at every world where both sides have a value, None where they have at none."""
    reason, seen = "no point", False
    for world in worlds:
        try:
            holds, expected, found = compare(world)
        except Undefined as error:
            reason = error.message
            continue
        seen = True
        if not holds:
            r = world.reals
            return Finding(False, f"{describe(r, found)} stands where {describe(r, expected)} is right")
    return Finding(True) if seen else Finding(None, f"not decided: {reason}")


def equal_at(reference: Callable[[World], Value], form: Callable[[World], Value]) -> Comparison:
    """Compare two values for equality."""

    def compare(world: World) -> tuple[bool, Any, Any]:
        expected, found = reference(world), form(world)
        if isinstance(expected, LogOfNothing) or isinstance(found, LogOfNothing):
            raise Undefined("the logarithm of a number that is not positive")
        return agree(world.reals, expected, found), expected, found

    return compare


