"""Whether two sides of a relation are worth the same, from what the file says and what it prints.

Between sides with names the relation is an identity: it is tried at random points, positive ones first, since a
sheet may leave unsaid that its quantities are positive. A side of numbers is compared where all names have values;
decimals count as rounded, each to half a unit of its last digit, where they have three digits or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.check.agree import agree, describe, scalars
from derive.check.foreign.digits import alike, alike_shapes, moved, units
from derive.check.foreign.known import Known
from derive.check.premises import Premises
from derive.check.scope import Finding, Points, points_of
from derive.check.traits import has_kink, is_symbolic
from derive.check.world import World
from derive.errors import DeriveError
from derive.notation.arrays import Value, plain
from derive.notation.decimals import decimal_of
from derive.notation.form import Derivative, Form, Number, Symbol, walk
from derive.notation.names import names_in
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.symbols import symbol_name
from derive.notation.value import NoValue, substituted
from derive.record import Conventions, Given

ROUNDED_FROM = 3
"""Significant digits from which a decimal may be a rounded one; shorter ones are taken as they stand."""
MOST_NAMES = 4
EXACTLY = Finding(True, "exactly")


@dataclass(frozen=True, slots=True)
class Comparer:
    """The points at which the sides of one chain are compared.

    Attributes:
        known: what was said before.
        points: made of what the sides need of it.
    """

    known: Known
    points: Points
    premises: Premises

    @classmethod
    def of(cls, known: Known, forms: Sequence[Form]) -> Comparer:
        """The points for some forms."""
        givens = [entry.given for entry in known.needed(forms)]
        free = {name for form in forms for name in names_in(form)}
        premises = Premises([*givens, *(Given(name) for name in free if known.find(name) is None)])
        premises.mention(forms)
        return cls(known, points_of(premises, Conventions()), premises)

    def compare(self, right: Form, found: Form, rounds: bool) -> Finding:
        """Whether the second side follows from the first; `rounds` says that the sign between them is ≈."""
        independent = self._independent(right) or self._independent(found)
        if independent:
            return Finding(None, independent)
        if is_symbolic(right) and is_symbolic(found):
            finding = self._identity(right, found)
            if finding.holds is not False:
                return finding
            with_values = self._at_all(self.points.valued, right, found)  # 0.8 w for w - 2 η w where η = 0.1 was given
            return with_values if with_values.holds else finding
        finding = self._valued(right, found, rounds)
        return finding if finding.holds is not None else self._constant(right, found, finding)

    def _independent(self, form: Form) -> str:
        """What a derivative is taken by although its quantity, as far as the file says, does not depend on it."""
        for node in walk(form):
            if isinstance(node, Derivative) and node not in self.premises.definitions:
                missing = self._unrelated(node)
                if missing:
                    return missing
        return ""

    def _unrelated(self, node: Derivative) -> str:
        names = list(names_in(node.of))
        premises = self.premises
        if isinstance(node.of, Symbol) and not self._is_said(node.of):
            return f"the file does not say what {symbol_name(node.of)} is"
        reach = reduce(lambda mask, name: mask | premises.mask(name), names, 0)
        for variable in node.wrt:
            if not isinstance(variable, Symbol) or variable in names:
                continue
            root = premises.array_of(variable)
            if not reach & premises.bit(root[0] if root else variable):
                return f"by what the file says nothing here depends on {symbol_name(variable)}"
        return ""

    def _is_said(self, name: Symbol) -> bool:
        premises = self.premises
        is_entry = premises.array_of(name) is not None and not premises.knows(name)
        return is_entry or name in premises.definitions or premises.is_function(name) or name in premises.slopes

    # identities

    def _identity(self, right: Form, found: Form) -> Finding:
        positive = [world for world in self.points.symbolic if _is_positive(world)]
        others = [world for world in self.points.symbolic if not _is_positive(world)]
        finding = Finding(None)
        for worlds in (positive, others, self.points.spare):
            finding = self._at_all(worlds, right, found)
            if finding.holds is not None:
                return finding
        return finding

    def _at_all(self, worlds: Iterable[World], right: Form, found: Form) -> Finding:
        holds, reason = None, ""
        for world in worlds:
            try:
                if self._exactly(world, right, found) or self._same(world, right, found, rounds=False):
                    holds = True
                    continue
                if _locally_same(world, right, found):
                    holds = True
                    continue
                return Finding(False, self._said(world, right, found))
            except (Undefined, NoValue) as error:
                reason = reason or error.message
        return Finding(holds, reason)

    def _said(self, world: World, right: Form, found: Form) -> str:
        values = (describe(world.reals, world.value(form)) for form in (found, right))
        names = list(dict.fromkeys(name for form in (right, found) for name in names_in(form)))
        free = [name for name in names if name in self.premises.inputs][:MOST_NAMES]
        at = ", ".join(f"{symbol_name(name)} = {_short(world, name)}" for name in free)
        return "{} stands where {} is right".format(*values) + (f" (at {at})" if at else "")

    def _constant(self, right: Form, found: Form, finding: Finding) -> Finding:
        """A number beside names without values: whether it is what the other side is worth at all points."""
        worlds = self.points.symbolic
        if not is_symbolic(right) or is_symbolic(found) or not self.premises.inputs:
            return finding
        if any(map(has_kink, (right, *(entry.form for entry in self.known.needed((right,)))))):
            return finding  # a floor or a maximum may be constant at the points that are tried, but not at others
        try:
            if all(agree(world.reals, world.value(right), worlds[0].value(right)) for world in worlds):
                return self._at_all(worlds, right, found)
        except (Undefined, NoValue):
            pass
        return finding

    # values

    def _valued(self, right: Form, found: Form, rounds: bool) -> Finding:
        """By the values that were given; where that fails, by those that were printed on the way."""
        finding = Finding(None)
        for printed in (False, True):
            gaps = [self.known.missing(form, printed) for form in (right, found)]
            missing = next((name for name in gaps if name is not None), None)
            if missing is not None:
                finding = finding if finding.message else Finding(None, f"{symbol_name(missing)} has no value here")
                continue
            world = self._printed(self.points.valued[0]) if printed else self.points.valued[0]
            try:
                if self._exactly(world, right, found):
                    return EXACTLY
                holds = self._same(world, right, found, rounds)
            except (Undefined, NoValue) as error:
                finding = finding if finding.holds is False else self._without_value(error, right, found)
                continue
            if holds:
                return Finding(True)
            finding = finding if finding.holds is False else Finding(False, self._said(world, right, found))
        return finding

    def _without_value(self, error: DeriveError, right: Form, found: Form) -> Finding:
        """Numbers that make no number are a mistake; a logarithm of 0 some print on purpose."""
        wrong = error.message.startswith(("a division by zero", "an even root"))
        return Finding(False if wrong and not is_symbolic(right) and not is_symbolic(found) else None, error.message)

    def _printed(self, world: World) -> World:
        """The point at which names are worth what was printed for them."""
        names = (entry for entry in self.known.entries.values() if isinstance(entry.target, Symbol))
        printed = {
            entry.target: self.known.printed(entry) for entry in names if entry.target in self.premises.definitions
        }
        values: dict[Form, Value] = {name: world.value(form) for name, form in printed.items() if form is not None}
        return world.with_values(values) if values else world

    def _exactly(self, world: World, right: Form, found: Form) -> bool:
        a, b = (world.value(form) for form in alike_shapes(right, found))
        if isinstance(a, LogOfNothing) or isinstance(b, LogOfNothing):
            raise Undefined("the logarithm of a number that is not positive")
        return agree(world.reals, a, b)

    def _same(self, world: World, right: Form, found: Form, rounds: bool) -> bool:
        """Whether the second form is worth the first here, to the rounding of the decimals in both."""
        right, found = alike_shapes(right, found)
        a, b = world.value(right), world.value(found)
        left, here = scalars(plain(a)), scalars(plain(b))
        if len(left) != len(here) or not alike(a, b) or any(isinstance(x, (bool, str)) for x in (*left, *here)):
            return False
        r, steps = world.reals, units(found, rounds, len(here))
        is_shown = any(steps) or decimal_of(found) is not None
        ours = self._slack(world, right, len(left))
        theirs = [r.real(unit) / 2 for unit in steps] if is_shown else self._slack(world, found, len(here))
        bounds = ((s + t) * (1 + r.literal("1e-12")) for s, t in zip(ours, theirs, strict=True))
        return all(abs(r.real(x) - r.real(y)) <= bound for x, y, bound in zip(left, here, bounds, strict=True))

    def _slack(self, world: World, form: Form, count: int) -> list[Any]:
        """By how much the value may be off, for each entry, since the decimals in the form are rounded."""
        r = world.reals
        total = [r.real(0)] * count
        base = scalars(plain(world.value(form)))
        literals = (node for node in walk(form) if isinstance(node, Number) and self._may_be_rounded(node.text))
        for literal in dict.fromkeys(literals):
            value, unit = Fraction(literal.text), Fraction(1, 10 ** len(literal.text.partition(".")[2]))
            for shift in (unit / 2, -unit / 2):
                shifted = moved(world, form, literal, value + shift)
                changes = [abs(r.real(x) - r.real(y)) for x, y in zip(shifted, base, strict=True)]
                total = [t + c / 2 for t, c in zip(total, changes, strict=True)]
        return total

    def _may_be_rounded(self, digits: str) -> bool:
        """Whether a number is a decimal with so many digits that it may be rounded, and nobody said that it is not."""
        is_long = len(digits.replace(".", "").lstrip("0")) >= ROUNDED_FROM
        return is_long and "." in digits and digits not in self.known.exact


def _is_positive(world: World) -> bool:
    """Whether every input is positive here."""
    drawn = (x for name in world.premises.inputs for x in scalars(world.scene.draw(name)))
    return all(isinstance(x, Fraction) and x > 0 for x in drawn)


def _short(world: World, name: Symbol) -> str:
    return describe(world.reals, world.value(name))[:8]


def _locally_same(world: World, right: Form, found: Form) -> bool:
    """The same with every derivative taken inside one definition, the other quantities held."""
    definitions = world.premises.definitions

    def local(part: Form) -> Form | None:
        if not isinstance(part, Derivative) or part.held or part.of not in definitions or part in definitions:
            return None
        held = tuple(n for n in names_in(definitions[part.of]) if n not in part.wrt and n in definitions)
        return Derivative(part.of, part.wrt, held) if held else None

    pair = substituted(right, local), substituted(found, local)
    return pair != (right, found) and agree(world.reals, world.value(pair[0]), world.value(pair[1]))
