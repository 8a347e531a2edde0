"""Documents without working, read beside the worked solution of the same exam: answers, a marking guide, an exam.

Part by part, their equalities are judged as further steps of the solution: recomputed from its premises, definitions
and steps, and not compared with what it prints. A result that the solution reached under an assumption is meant under
it. What such a document gives must be given in the solution, and the other way round; its questions must be worded
with the same mathematics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.check.context import Worked, is_known, known_names, premises_of
from derive.check.judge import judge
from derive.check.printed import Document, Part
from derive.check.report import Report, failure, judged
from derive.notation.form import Symbol
from derive.record import Conventions, Derivation, Given, Line, Step


@dataclass(frozen=True, slots=True)
class _Said:
    """An equality, or several with one target, and where its forms stand."""

    step: Step
    places: Sequence[int | None]


def read_beside(document: Document, solution: Sequence[Worked], conventions: Conventions) -> Iterator[Report]:
    """What the equalities of a document come to, part by part."""
    worked = {found.part.key: found for found in solution}
    gives = any(part.givens for part in document.parts)
    scope = 0
    for part in document.parts:
        found = worked.get(part.key)
        if found is None:
            yield failure(document, part.offset, "the solution has no such part")
            continue
        news = [*part.own] if part.scope == scope else [*part.shared, *part.own]
        scope = part.scope
        yield from _question(document, part, found.part, gives)
        yield from _equalities(document, [*_given(news), *_stated(part, found.part)], found, conventions)


def _question(document: Document, part: Part, worked: Part, gives: bool) -> Iterator[Report]:
    """The same question: worded with the same mathematics, and with everything given that the solution takes so."""
    if any(here and here != there for here, there in zip(part.worded, worked.worded, strict=True)):
        yield failure(document, part.offset, "the question is worded with other mathematics than in the solution")
    targets = {*part.before, *(given.target for given in part.givens)}
    if gives and any(given.target not in targets and not given.for_working for given in worked.givens):
        yield failure(document, part.offset, "something is not given here that the solution takes as given")


def _given(news: Sequence[tuple[Given, int]]) -> Iterator[_Said]:
    stated = ((given, place) for given, place in news if given.form is not None)
    for k, (given, place) in enumerate(stated, 1):
        assert given.form is not None
        yield _Said(Step(f"given {k}", given.target, (Line("=", given.form),)), [place])


def _stated(part: Part, worked: Part) -> Iterator[_Said]:
    """The equalities of a part; mathematics in the answer to a question in words is prose."""
    for step in (*part.steps, *part.claims) if worked.steps else ():
        if step.lines:
            yield _under_assumptions(_Said(step, part.places[step.name]), worked)


def _under_assumptions(said: _Said, worked: Part) -> _Said:
    """The equality as it goes on from what the solution assumed on the way to the same quantity."""
    lines = next((step.lines for step in reversed(worked.steps) if step.target == said.step.target), ())
    last = max((k for k, line in enumerate(lines, 1) if line.relation == "assume"), default=0)
    if not last or _assumes(said.step):
        return said
    return _Said(replace(said.step, lines=(*lines[:last], *said.step.lines)), (*[None] * last, *said.places))


def _assumes(step: Step) -> bool:
    return any(line.relation == "assume" for line in step.lines)


def _equalities(document: Document, own: Sequence[_Said], found: Worked, conventions: Conventions) -> Iterator[Report]:
    if not own:
        return
    steps = found.part.steps
    premises = premises_of(found.part.givens, (*steps, *(said.step for said in own)), found.earlier)
    known = known_names(premises, steps)
    places: dict[str, Sequence[int | None]] = {}
    for said in own:
        target = said.step.target
        if isinstance(target, Symbol) and not is_known(target, known):
            yield failure(document, said.places[-1] or 0, "the solution knows no such quantity")
            continue
        step = replace(said.step, name=f"here: {said.step.name}")
        places[step.name] = said.places
        steps = (*steps, replace(step, uses=_used(step, steps)))
    verdict = judge(Derivation("", givens=premises, steps=steps, conventions=conventions))
    yield judged(document, verdict, places)


def _used(step: Step, before: Sequence[Step]) -> tuple[str, ...]:
    """All steps before; one that makes assumptions is not compared with what was found under some."""
    return tuple(other.name for other in before if not (_assumes(step) and other.target == step.target))
