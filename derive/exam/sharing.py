"""What the parts of a problem have in common, which is printed once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from derive.exam.sheet import SolvedPart
from derive.notation.form import Form, Symbol, symbols
from derive.record import Derivation, Given, Listing


def shared_givens(derivations: list[Derivation]) -> tuple[Given, ...]:
    """The givens that half of the parts or more have in common and that no part has with another meaning.

    What a few of many parts need stays with them: a reader of the others would look for its use.
    """
    all_givens = [given for derivation in derivations for given in derivation.givens if given.shown]
    meanings: dict[Form, set[Form | None]] = {}
    looks: dict[Form, set[bool]] = {}
    for given in all_givens:
        meanings.setdefault(given.target, set()).add(given.form)
        for name in (given.target, *(symbols(given.form) if given.form is not None else ())):
            looks.setdefault(name, set()).add(_is_bold(name))
    times = Counter(all_givens)
    parts = sum(any(given.shown for given in derivation.givens) for derivation in derivations)
    return tuple(
        given
        for given, count in times.items()
        if count > 1 and 2 * count >= parts
        if len(meanings[given.target]) == len(looks[given.target]) == 1
    )


def _is_bold(name: Form) -> bool:
    """A number and an array of one name are two meanings."""
    return isinstance(name, Symbol) and name.bold


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
