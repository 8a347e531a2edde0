"""What a printed part takes over of the givens that stand at the parts before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from derive.check.recurrence import is_instance
from derive.notation.form import Form, Symbol
from derive.notation.names import arrays_of, names_in
from derive.record import Given, Step


def still_given(before: Mapping[Form, Given], own: Sequence[Given], steps: Sequence[Step]) -> list[Given]:
    """The earlier givens that a part speaks of, directly or through others, and about which it says nothing else.

    Args:
        before: what the parts before it gave last about each quantity.
        own: what the part or its problem gives.
        steps: what the part prints; it may say a given again, or begin its name anew.
    """
    anew = {step.target: step.lines[0].form for step in reversed(steps) if step.lines}
    own_names = {given.target for given in own}
    open_to = {
        name: given
        for name, given in before.items()
        if name not in own_names and anew.get(name, given.form) == given.form
    }
    spoken = set(_names([given.form for given in own]))
    spoken |= set(_names(form for step in steps for form in (step.target, *(line.form for line in step.lines))))
    found: set[Form] = set()
    while news := {name for name in open_to if name not in found and _is_meant(name, spoken)}:
        found |= news
        spoken |= set(_names(open_to[name].form for name in news))
    return [given for name, given in open_to.items() if name in found]


def _is_meant(name: Form, spoken: set[Form]) -> bool:
    """Whether a quantity is spoken of, or is one step of a sequence that is."""
    return name in spoken or (isinstance(name, Symbol) and is_instance(name, spoken))


def _names(forms: Iterable[Form | None]) -> Iterator[Form]:
    """The names in some forms, and those of the arrays whose entries they may be."""
    for name in (name for form in forms if form is not None for name in names_in(form)):
        yield name
        yield from (array for array, index in arrays_of(name) if all(piece.isdigit() for piece in index))
