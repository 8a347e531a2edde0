"""Which definitions a printed part stands on: its givens, those of the parts before it, and finer forms of both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.check.printed import Document, Part
from derive.check.recurrence import Recurrences, is_instance
from derive.notation.form import Derivative, Form, Symbol, walk
from derive.notation.names import arrays_of, names_in
from derive.record import Given, Step


@dataclass(frozen=True, slots=True)
class Worked:
    """A part of a solution, and what the parts of the same problem before it define."""

    part: Part
    earlier: dict[Form, Given]


def worked_parts(document: Document) -> Iterator[Worked]:
    """The parts of a solution in printed order."""
    earlier: dict[Form, Given] = {}
    scope = 0
    for part in document.parts:
        if part.scope != scope:
            scope, earlier = part.scope, {}
        yield Worked(part, dict(earlier))
        news = (*(given for given, _ in part.own), *definitions(part.steps))
        earlier |= {given.target: given for given in news}


def premises_of(givens: list[Given], steps: Sequence[Step], earlier: dict[Form, Given]) -> tuple[Given, ...]:
    """The givens with what the steps need besides: finer forms of them, and definitions of earlier parts."""
    defined = Recurrences.among(givens).written_out(givens)
    return (*_refined(defined, steps), *givens, *_inherited(defined, steps, earlier))


def definitions(steps: Sequence[Step]) -> Iterator[Given]:
    """What the steps said first about each name."""
    for step in reversed(steps):
        if isinstance(step.target, Symbol) and step.lines and step.lines[0].relation == "=":
            yield Given(step.target, step.lines[0].form)


def known_names(givens: Iterable[Given], steps: Iterable[Step]) -> set[Form]:
    """What the givens and the steps are about, and the names in the givens."""
    known: set[Form] = {step.target for step in steps if step.target is not None}
    for given in givens:
        known |= {given.target, *_names(given.form)}
    return known


def is_known(name: Symbol, known: Collection[Form]) -> bool:
    """Whether the name, the array whose entry it is written as, or the name with a running index is known."""
    arrays = (array for array, index in arrays_of(name) if all(piece.isdigit() for piece in index))
    return name in known or any(array in known for array in arrays) or is_instance(name, known)


def _inherited(givens: list[Given], steps: Sequence[Step], earlier: dict[Form, Given]) -> list[Given]:
    """Definitions of earlier parts for names that these steps use but neither have as givens nor define."""
    known = known_names(givens, ())
    needed: list[Symbol] = []
    for step in steps:
        names = [name for line in step.lines for name in _names(line.form)]
        names += [name for name in _names(step.target) if name != step.target]
        needed += [name for name in names if not is_known(name, known)]
        if step.target is not None:
            known.add(step.target)
    return _closed(needed, {name: given for name, given in earlier.items() if name not in known})


def _made_of(given: Given, available: dict[Form, Given]) -> set[Form]:
    """The names that a definition is made of, directly or through the available ones."""
    names = _names(given.form)
    return {*names, *(name for inner in _closed(names, available) for name in (inner.target, *_names(inner.form)))}


def _closed(needed: list[Symbol], available: dict[Form, Given]) -> list[Given]:
    """The available definitions of the needed names, and of the names in those."""
    found: dict[Form, Given] = {}
    while needed:
        name = needed.pop()
        if name in available and name not in found:
            found[name] = available[name]
            needed += _names(found[name].form)
    return list(found.values())


def _refined(givens: list[Given], steps: Sequence[Step]) -> list[Given]:
    """Quantities that are written again in names of the part's own, and then differentiated by those names.

    `f = x^4 - 32x^2` may be written as `f = v_2 - v_3` before ∂f/∂v_3 is asked for; the graph is then the finer one,
    and the judge compares both.
    """
    fresh = {given.target: given for given in definitions(steps)}
    first = {**fresh, **{given.target: given for given in givens}}
    wanted = {(d.of, v) for step in steps for d in _derivatives(step) for v in d.wrt if v in fresh}
    inner = {(of, v) for of, v in wanted if of in first and v not in _made_of(first[of], first)}
    finer: dict[Form, Given] = {}
    for target, line in ((step.target, line) for step in steps for line in step.lines):
        fits = line.relation == "=" and any((target, name) in inner for name in _names(line.form))
        if target is not None and fits:
            finer.setdefault(target, Given(target, line.form))
    needed = [name for given in finer.values() for name in _names(given.form)]
    return [*_closed(needed, fresh), *finer.values()]


def _derivatives(step: Step) -> Iterator[Derivative]:
    for form in (step.target, *(line.form for line in step.lines)):
        if form is not None:
            yield from (node for node in walk(form) if isinstance(node, Derivative))


def _names(form: Form | None) -> list[Symbol]:
    return list(names_in(form)) if form is not None else []
