"""A line that fails is read again with the meanings that its names have in the parts around it, before it is blamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.check.foreign.comparing import EXACTLY, Comparer
from derive.check.foreign.known import Entry, Known, mentions
from derive.check.foreign.parts import Part
from derive.check.scope import Finding
from derive.check.traits import is_symbolic
from derive.errors import DeriveError
from derive.notation.form import Form, Number, Power, Product, Symbol
from derive.notation.names import names_in
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted

_EXPONENTS: dict[Form, int] = {Number("2"): 2, Number("3"): 3}


@dataclass(slots=True)
class Readings:
    """Comparisons by what is known, in every reading that the parts of a file leave open.

    Attributes:
        known: what was said so far.
        mentioned: the names that the file has used so far.
    """

    known: Known
    mentioned: set[Form] = field(default_factory=set)

    def identity(self, part: Part, right: Form, found: Form, rounds: bool) -> Finding:
        """What the relation comes to in a part; two sides that cannot be meant as an identity are no slip."""
        finding = self.finding(part, right, found, rounds)
        if finding.holds is False and (unsaid := self._unsaid(right, found)):
            return Finding(None, f"the file does not say what {unsaid} is")
        return finding

    def finding(self, part: Part, right: Form, found: Form, rounds: bool) -> Finding:
        """What a comparison comes to: a slip is one in every reading."""
        finding = self._read(self.known, right, found, rounds)
        if finding.holds is False and (right, found) != (pair := (_multiplied(right), _multiplied(found))):
            again = self._read(self.known, *pair, rounds)
            finding = again if again.holds else finding
        if finding.holds is False and self.known.replaced:
            needed = self.known.needed((right, found))
            for other in other_readings(self.known, part, needed):
                if other.needed((right, found)) != needed:
                    again = self._read(other, right, found, rounds)
                    if again.holds is not False:
                        return again
        return finding

    def _read(self, known: Known, right: Form, found: Form, rounds: bool) -> Finding:
        right, found = known.with_calls(right), known.with_calls(found)
        try:
            finding = Comparer.of(known, (right, found)).compare(right, found, rounds)
        except DeriveError as error:
            return Finding(None, error.message)
        if finding == EXACTLY and isinstance(found, Number):
            self.known.exact.add(found.text)
        return finding

    def _unsaid(self, right: Form, found: Form) -> str:
        """A name that is new on the second side, or a function without a law that only one side has."""
        behind = self.known.needed((right,))
        before = self.mentioned.union(mentions(right), *(mentions(entry.form) for entry in behind))
        alone = not self.known.needed((right, found))
        for name in sorted(set(names_in(found)) - set(names_in(right)), key=symbol_name):
            if alone or (self.known.find(name) is None and before.isdisjoint(mentions(name))):
                return symbol_name(name)
        return min(self.known.lawless(right) ^ self.known.lawless(found), default="")


def _multiplied(form: Form) -> Form:
    """Powers as products: of a number they are the same, of a matrix those that people mean, not element by element."""

    def product(part: Form) -> Form | None:
        if isinstance(part, Power) and isinstance(part.base, Symbol) and part.exponent in _EXPONENTS:
            return Product((part.base,) * _EXPONENTS[part.exponent])
        return None

    return substituted(form, product)


def other_readings(known: Known, part: Part, needed: list[Entry]) -> Iterator[Known]:
    """What names may stand for otherwise, read in a part, since other parts gave them other meanings.

    What the open parts say, whatever parts that are closed by now made of it; the formula of a name in this problem,
    where such a part said a number for it; and nothing of what stands on letters that mean something else since.
    """
    outer = {old.key: old for old in known.replaced if old.part.encloses(part)}
    near = [old for old in known.replaced if old.part.problem == part.problem]
    formulas = {old.key: old for old in near if is_symbolic(old.form)}
    closed = {key: now for key, now in known.entries.items() if not now.part.encloses(part)}
    yield _with(known, {key: outer[key] for key in closed if key in outer})
    yield _with(known, {key: formulas[key] for key, now in closed.items() if key in formulas and now.is_value})
    old = stale(known, part, needed)
    yield Known({key: entry for key, entry in known.entries.items() if key not in old}, known.exact)


def stale(known: Known, part: Part, needed: list[Entry]) -> set[Form]:
    """The keys of what closed parts say, among some entries, about letters that have other meanings since.

    Within one problem another number is no other meaning: a formula is there to have numbers put in.
    """
    changed = [(old, known.entries.get(old.key, old)) for old in known.replaced]
    found: set[Form] = set()
    for entry in needed:
        used = {*mentions(entry.target), *mentions(entry.form)} - {entry.key}
        place, is_near = max(entry.line, entry.said), entry.part.problem == part.problem
        since = (
            old.key for old, now in changed if now.line > place and not (is_near and old.is_value and now.is_value)
        )
        if not entry.part.encloses(part) and not used.isdisjoint(found.union(since)):
            found.add(entry.key)
    return found


def _with(known: Known, others: dict[Form, Entry]) -> Known:
    merged = sorted((known.entries | others).values(), key=lambda entry: entry.line)
    return Known({entry.key: entry for entry in merged}, known.exact)
