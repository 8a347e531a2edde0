"""What the parts of a problem have in common, which is printed once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from derive.exam.sheet import SolvedPart
from derive.notation.form import Form, Symbol
from derive.record import Derivation, Given, Listing


def shared_givens(derivations: list[Derivation]) -> tuple[Given, ...]:
    """The givens that half of the parts or more have in common and that no part has with another meaning.

    What a few of many parts need stays with them: a reader of the others would look for its use.
    """
    all_givens = [given for derivation in derivations for given in derivation.givens if given.shown]
    meanings: dict[Form, set[tuple[Form, Form | None]]] = {}
    for given in all_givens:
        meanings.setdefault(_letter(given.target), set()).add((given.target, given.form))
    times = Counter(all_givens)
    parts = sum(any(given.shown for given in derivation.givens) for derivation in derivations)
    return tuple(
        given
        for given, count in times.items()
        if count > 1 and 2 * count >= parts and len(meanings[_letter(given.target)]) == 1
    )


def _letter(target: Form) -> Form:
    """A name whatever it stands for: a number and an array of one name are two meanings."""
    return replace(target, bold=False) if isinstance(target, Symbol) else target


def without(part: SolvedPart, shared: tuple[Given, ...]) -> SolvedPart:
    """The part without the givens that its problem prints."""
    return replace(part, givens=tuple(given for given in part.givens if given.shown and given not in shared))


def listed_once(parts: list[SolvedPart]) -> tuple[SolvedPart, ...]:
    """The parts; one that asks about the same listing as the part before it does not print it again."""
    done: list[SolvedPart] = []
    last: tuple[Listing, ...] = ()
    for part in parts:
        same = bool(last) and part.derivation.listings == last
        last = part.derivation.listings or last
        done.append(replace(part, derivation=replace(part.derivation, listings=())) if same else part)
    return tuple(done)
