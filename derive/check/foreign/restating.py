"""Whether a name that is said again stands for something else from here on, and whether an equation asks for one."""

from __future__ import annotations

from derive.check.foreign.known import Entry, Known
from derive.check.foreign.matching import is_literal, is_number, matched
from derive.check.foreign.readings import stale
from derive.check.foreign.statements import Chain
from derive.check.traits import is_symbolic
from derive.notation.decimals import decimal_of
from derive.notation.form import Form
from derive.notation.names import names_in


def is_defined_anew(entry: Entry, form: Form, chain: Chain) -> bool:
    """Whether a name of another part is defined here, whatever it stood for: in another problem, or by a formula."""
    if chain.cue == "carried" or entry.part.encloses(chain.part):
        return False
    return entry.part.problem != chain.part.problem or is_symbolic(form)


def is_new(known: Known, entry: Entry, form: Form, chain: Chain, holds: bool | None) -> bool:
    """Whether a name has a new meaning where it is said to be what it was not, or what cannot be compared with that.

    The words count first: what is given or sought ("Let N = 4") is new, what comes from elsewhere ("from (a)") is not.
    In a part that knows the name already, itself or from the parts around it, a formula's value cannot change; in
    another part it can, unless all that the formula stands on is given there.
    """
    if chain.cue in ("carried", "given", "sought"):
        return chain.cue != "carried"
    if holds is None:
        return False
    if entry.part.encloses(chain.part):
        return _is_new_here(known, entry, form)
    is_old = entry.key in stale(known, chain.part, known.needed((entry.target,)))
    return is_old or not is_symbolic(entry.form) or not _is_settled(known, entry, chain)


def _is_new_here(known: Known, entry: Entry, form: Form) -> bool:
    """Within one part: another given value, a formula, or other numbers in a formula."""
    if entry.is_value or is_symbolic(form):
        return True
    if decimal_of(form) is not None or is_literal(form):
        return False
    found = matched(entry.form, form)
    if found is None:
        return True
    said = {name: known.find(name) for name in found}
    kept = sum(each is not None and each.form == found[name] for name, each in said.items())
    return 2 * kept < len(found)


def _is_settled(known: Known, entry: Entry, chain: Chain) -> bool:
    """Whether every value that a formula stands on is given in this part or in those around it."""
    values = [each for each in known.needed((entry.form,)) if each.is_value]
    return bool(values) and all(each.part.encloses(chain.part) for each in values)


def are_given(known: Known, chain: Chain, settled: bool, *sides: Form) -> bool:
    """Whether an equation has nothing left to be found: its names have values here, and it does not ask for one.

    A single given number is what an equation may ask for anew, unless it was given in this very part of a file or the
    words say that the equation follows ("Let N = 4. Then 2^N = 16"); `settled` names are never asked for.
    """
    names = {name: known.find(name) for side in sides for name in names_in(side)}
    here = [entry for entry in names.values() if entry is not None and entry.part.problem == chain.part.problem]
    if len(here) < len(names) or chain.cue == "sought":
        return False
    given = [entry for entry in here if is_literal(entry.form)]
    others = [entry for entry in here if not is_literal(entry.form) and entry.part.encloses(chain.part)]
    found = [entry for entry in others if known.missing(entry.form, printed=False) is None]
    is_here = all(entry.part == chain.part for entry in here)
    follows = is_here and (chain.cue == "derived" or (bool(chain.part.path) and chain.cue != "given"))
    may_be_one = len(here) == 1 and not found and all(is_number(entry.form) for entry in given)
    return len(given) + len(found) == len(names) and (settled or follows or not may_be_one)


def may_be_asked(known: Known, *sides: Form) -> bool:
    """Whether an equation may still ask for something: names without values, and others on each side."""
    names = [set(names_in(side)) for side in sides]
    return names[0] != names[1] and any(known.missing(side, printed=True) is not None for side in sides)
