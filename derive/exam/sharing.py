"""What the parts of a problem have in common, which is printed once."""

from __future__ import annotations

from dataclasses import replace

from derive.exam.sheet import SolvedPart
from derive.notation.form import Form, Symbol, symbols
from derive.record import Derivation, Given, Listing


def shared_givens(derivations: list[Derivation]) -> tuple[Given, ...]:
    """The givens that the problem itself prints: those of all parts that belong together.

    Parts belong together where they share a given. There is nothing to print above all parts where these fall into
    several such groups, where the first part with givens stands alone, where these are a few of many parts, or where a
    part means something else by a name: a number and an array of one name are two meanings.
    """
    posed = [shown for derivation in derivations if (shown := _shown(derivation))]
    groups = [group for group in _related(posed) if len(group) > 1]
    if len(groups) != 1 or posed[0] not in groups[0]:
        return ()
    meanings: dict[Form, set[Given]] = {}
    looks: dict[Form, set[bool]] = {}
    for given in (given for shown in posed for given in shown):
        meanings.setdefault(given.target, set()).add(given)
        for name in (given.target, *(symbols(given.form) if given.form is not None else ())):
            looks.setdefault(name, set()).add(isinstance(name, Symbol) and name.bold)
    group = groups[0]
    if 2 * len(group) < len(posed):
        return ()
    return tuple(
        given
        for given in group[0]
        if len(meanings[given.target]) == len(looks[given.target]) == 1
        if all(given in other for other in group[1:])
    )


def _shown(derivation: Derivation) -> tuple[Given, ...]:
    return tuple(dict.fromkeys(given for given in derivation.givens if given.shown))


def _related(posed: list[tuple[Given, ...]]) -> list[list[tuple[Given, ...]]]:
    """The parts' givens in groups that are linked by common ones, each in the order of the parts."""
    groups: list[list[tuple[Given, ...]]] = []
    for shown in posed:
        linked = [group for group in groups if any(set(shown) & set(other) for other in group)]
        groups = [group for group in groups if group not in linked]
        groups.append([*sorted((other for group in linked for other in group), key=posed.index), shown])
    return groups


def printed_once(parts: list[SolvedPart], shared: tuple[Given, ...]) -> tuple[SolvedPart, ...]:
    """The parts without what stands above them: at the problem, or at an earlier part with the same meaning.

    A listing is left out where the part before it has the same one.
    """
    done: list[SolvedPart] = []
    known = {given.target: given for given in shared}
    last: tuple[Listing, ...] = ()
    for part in parts:
        new = tuple(given for given in part.givens if given.shown and known.get(given.target) != given)
        known.update((given.target, given) for given in new)
        same = bool(last) and part.derivation.listings == last
        last = part.derivation.listings or last
        derivation = replace(part.derivation, listings=()) if same else part.derivation
        done.append(replace(part, givens=new, derivation=derivation))
    return tuple(done)
