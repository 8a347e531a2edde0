"""The points at which a derivation is judged, and how two values are compared over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import cycle
from typing import Any

from derive.check.agree import (
    Printed,
    agree,
    describe,
    is_rounded_expression,
    printed_decimals,
    scalars,
    within_half_unit,
)
from derive.check.distributions import drawn_so
from derive.check.draws import DOMAINS, SIGNED, WHOLE, Domain
from derive.check.premises import Premises
from derive.check.scene import DIGITS, Scene
from derive.check.slack import probes, within_slack
from derive.check.traits import has_kink
from derive.check.truths import Row, all_rows, truth_names
from derive.check.world import World
from derive.notation.arrays import Array, Value, plain
from derive.notation.branches import Kinks
from derive.notation.form import Form, Symbol
from derive.notation.names import names_in
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.value import Evaluator, NoValue
from derive.record import Conventions

CANDIDATES, ENOUGH, PIECES = 32, 16, 8


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison came to: True, False, or None with the reason why it could not be decided."""

    holds: bool | None
    message: str = ""


class Points:
    """Base worlds: random ones for identities, `spare` ones between whole numbers, those of the given values.

    The random ones are made when the first identity asks for them.
    """

    def __init__(self, symbolic: Callable[[], list[World]], spare: list[World], valued: list[World]) -> None:
        self._symbolic = symbolic
        self.spare = spare
        self.valued = valued

    @cached_property
    def symbolic(self) -> list[World]:
        """Where identities must hold."""
        return self._symbolic()

    def is_of_values(self, form: Form) -> bool:
        """Whether a line is one of values although it has names: those of what is sought, and no others."""
        unknown = self.valued[0].premises.unknown
        names = list(names_in(form)) if unknown else []
        return bool(names) and unknown.issuperset(names)

    def mapped(self, change: Callable[[World], World]) -> Points:
        """The same points, each changed."""
        return Points(
            lambda: list(map(change, self.symbolic)), list(map(change, self.spare)), list(map(change, self.valued))
        )


def points_of(premises: Premises, conventions: Conventions) -> Points:
    """The points for these premises; where some input has no given value, it is random in the valued worlds too.

    Where names are truth values, identities are tried on every row of their truth table.
    """
    kinks = Kinks(conventions.relu_at_zero, conventions.tie)
    given = {name: Evaluator(digits=DIGITS).value(form) for name, form in premises.values.items()}
    truths = truth_names(premises)
    rows = all_rows(truths)

    fixed = premises.recurrences.counted(given)

    def drawn(domain: Domain, row: Row, name: Symbol) -> Value:
        if name in fixed:
            return fixed[name]
        return row[name] if name in row else _drawn(domain, name, given.get(name))

    def random_scene(domain: Domain, row: Row | None = None) -> Scene:
        row = rows[domain.seed % len(rows)] if row is None else row
        return Scene(premises, drawn_so(premises, partial(drawn, domain, row)), kinks)

    def random_worlds() -> list[World]:
        if truths:
            cases = zip(cycle(rows), cycle(DOMAINS), range(max(len(rows), len(DOMAINS))))
            return [World(random_scene(domain, row)) for row, domain, _ in cases]
        return [World(random_scene(domain)) for domain in DOMAINS] + _on_many_pieces(premises, random_scene)

    def given_world(domain: Domain) -> World:
        free = drawn_so(premises, partial(drawn, domain, rows[domain.seed % len(rows)]))

        def draw(name: Symbol) -> Value:
            return given[name] if name in given else free(name)

        return World(Scene(premises, draw, kinks, exact=True))

    premises.settle(given_world(DOMAINS[0]).holds_entry)
    all_given = all(name in given for name in premises.inputs if not premises.recurrences.runs(name))
    return Points(
        random_worlds,
        [World(random_scene(domain)) for domain in WHOLE],
        [given_world(domain) for domain in (DOMAINS[:1] if all_given else DOMAINS)],
    )


def _on_many_pieces(premises: Premises, random_scene: Callable[[Domain], Scene]) -> list[World]:
    """Where the graph has kinks: points on different smooth pieces, those with few closed paths first.

    A slope that is wrongly left out shows only where it is 0 and the rest of its path is open.
    """
    if not any(has_kink(form) for form in premises.definitions.values()):
        return []
    pieces: dict[Any, Scene] = {}
    for k in range(CANDIDATES):
        if len(pieces) == ENOUGH:
            break
        scene = random_scene(replace(SIGNED, seed=k + 2))
        with suppress(OverflowError):
            pieces.setdefault(World(scene.roughly()).piece(), scene)
    ordered = sorted(pieces, key=lambda piece: sum(choice <= 0 for choice in piece))
    return [World(pieces[piece]) for piece in ordered[:PIECES]]


def _drawn(domain: Domain, name: Symbol, given: Value | None) -> Value:
    """A random value of the kind that was given: a number, or an array of the same shape."""
    if isinstance(given, (str, bool, tuple)):
        return given
    if isinstance(given, Array):
        return Array(given.shape, tuple(domain.draw(name, len(given.items))))
    return domain.draw(name, 1)[0]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the lines of a step are compared with: a form, and the values that assumptions give to names."""

    form: Form
    assumed: dict[Form, Form] = field(default_factory=dict)

    def place(self, world: World) -> World:
        """The point, under the assumptions."""
        if not self.assumed:
            return world
        return world.with_values({name: world.value(form) for name, form in self.assumed.items()})

    def value(self, world: World) -> Value:
        """The value at a point, under the assumptions."""
        return self.place(world).value(self.form)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is right, what stands there, and when the two agree."""

    right: Callable[[World], Value]
    found: Callable[[World], Value]
    agree: Callable[[World, Any, Any], bool]


def tried(worlds: Iterable[World], comparison: Comparison, spare: Iterable[World] = ()) -> Finding:
    """False where the comparison fails at one world; None where what is right has a value at none of them.

    A line without a value wherever there is something to compare it with does not hold. The spare worlds are looked
    at where the others decide nothing.
    """
    reason, empty = "", ""
    for group in (worlds, spare):
        seen = False
        for world in group:
            try:
                right = _number(comparison.right(world))
            except (Undefined, NoValue) as error:
                reason = error.message
                continue
            try:
                found = _number(comparison.found(world))
            except Undefined as error:
                empty = error.message
                continue
            except NoValue as error:
                reason = error.message
                continue
            holds = _holds(world, comparison, right, found)
            if holds is None:
                reason = "differences by two steps do not agree"
                continue
            seen = True
            if not holds:
                r = world.reals
                return Finding(False, f"{describe(r, found)} stands where {describe(r, right)} is right")
        if seen:
            return Finding(True)
    return Finding(False, f"the line has no value: {empty}") if empty else Finding(None, reason)


def _holds(world: World, comparison: Comparison, right: Value, found: Value) -> bool | None:
    """Whether the two agree. Where they do not, slopes are taken again, finer; None where that changes them."""
    if comparison.agree(world, right, found):
        return True
    finer = World(world.scene.finer(), world.fixed, world.carried)
    try:
        again = comparison.right(finer), comparison.found(finer)
    except (Undefined, NoValue):
        return False
    if comparison.agree(finer, *again):
        return True
    is_steady = agree(world.reals, right, again[0]) and agree(world.reals, found, again[1])
    return False if is_steady else None


def _number(value: Value) -> Value:
    if isinstance(value, LogOfNothing):
        raise Undefined("the logarithm of a number that is not positive")
    return value


def equal_to(reference: Reference, form: Form) -> Comparison:
    """The form is worth what the reference is worth."""
    return Comparison(
        reference.value,
        lambda world: reference.place(world).value(form),
        lambda world, right, found: agree(world.reals, right, found),
    )


def holds(reference: Reference, form: Form) -> Comparison:
    """The condition is true."""
    return Comparison(
        lambda _: True, lambda world: reference.place(world).value(form), lambda _, right, found: right is found
    )


def rounds_to(reference: Reference, shown: Form) -> Comparison:
    """The reference is worth what the decimals in `shown` say, to half a unit of their last digits."""
    printed = printed_decimals(shown) or []
    varies = any(not isinstance(entry, tuple) and is_rounded_expression(entry) for entry in printed)

    def rounded(world: World, right: Value, found: Value) -> bool:
        if _shape(right) != _shape(found) or len(scalars(right)) != len(printed):
            return False
        if any(isinstance(x, str) for x in scalars(right)):
            return False  # words are no number
        if not varies:
            return _all_rounded(world, right, printed)
        return all(_rounds_at(place, reference.form, printed) for place in probes(reference.place(world), shown))

    return Comparison(reference.value, lambda world: world.value(shown), rounded)


def _rounds_at(world: World, right: Form, printed: list[Printed | Form]) -> bool:
    """Whether a form rounds to the entries at another point; where it has no value nothing is said."""
    try:
        return _all_rounded(world, world.value(right), printed)
    except Undefined:
        return True


def _all_rounded(world: World, right: Value, printed: list[Printed | Form]) -> bool:
    """Whether every entry is a right rounding; what is no decimal, nor made of some, stands exactly."""
    return all(_is_rounded(world, x, entry) for x, entry in zip(scalars(right), printed, strict=True))


def _is_rounded(world: World, x: Any, entry: Printed | Form) -> bool:
    if isinstance(entry, tuple):
        return within_half_unit(world.reals, x, entry)
    if is_rounded_expression(entry):
        return within_slack(world, x, entry)
    return agree(world.reals, x, world.value(entry))


def _shape(value: Value) -> Any:
    value = plain(value)
    return value.shape if isinstance(value, Array) else len(value) if isinstance(value, tuple) else ()
