"""The last touches on every derivation: boxes round its answers, links between its steps, what the sheet must state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.notation.form import At, Derivative, Form, Symbol, children
from derive.questions.stated import in_order, stated
from derive.record import Answer, Derivation, Mark, Phrase, Step

CHECK = "check"
"""The rule of a step that finds nothing new."""


def finished(derivation: Derivation, *told: Phrase) -> Derivation:
    """The derivation with boxed answers, with `uses` filled in, and with the conventions that it uses.

    Args:
        told: conventions that none of its forms shows.
    """
    if derivation.conventions.rounding.mode == "carry-rounded":
        derivation = replace(derivation, answers=tuple(map(_as_printed, derivation.answers)))
    steps = linked(boxed(derivation.steps, derivation.answers), {})
    done = replace(derivation, steps=steps)
    used = in_order((*told, *stated(done, done.conventions)))
    return replace(done, conventions=replace(done.conventions, used=used))


def _as_printed(answer: Answer) -> Answer:
    """Where rounded values are carried on, what was printed is the answer."""
    return answer if answer.shown is None else replace(answer, form=answer.shown)


def boxed(steps: tuple[Step, ...], answers: Iterable[Answer]) -> tuple[Step, ...]:
    """The steps with a box round each answer: the last line of the last step that finds it."""
    return _boxed(steps, {answer.label for answer in answers if answer.boxed})


def _boxed(steps: tuple[Step, ...], labels: set[Form | None]) -> tuple[Step, ...]:
    """From the last step back; a label that has its box is taken out of the set."""
    done: list[Step] = []
    for step in reversed(steps):
        step = replace(step, substeps=_boxed(step.substeps, labels))
        if step.lines and step.target in labels and step.rule != CHECK:
            labels.discard(step.target)
            step = replace(step, lines=(*step.lines[:-1], replace(step.lines[-1], boxed=True)), marks=_for_result(step))
        done.append(step)
    return tuple(reversed(done))


def _for_result(step: Step) -> tuple[Mark, ...]:
    """What a step earns that ends with an answer: where all its marks are for method, the last is one for accuracy."""
    if not step.marks or any(mark.kind != "M" for mark in step.marks):
        return step.marks
    return (*step.marks[:-1], replace(step.marks[-1], kind="A"))


def linked(steps: tuple[Step, ...], finders: dict[Form, str]) -> tuple[Step, ...]:
    """The steps with the names of the earlier steps whose results they mention; `finders` grows as they are met."""
    done = []
    for step in steps:
        mentions = [part for line in step.lines for part in mentioned(line.form)]
        mentions += list(mentioned(step.target))[1:] if isinstance(step.target, At) else []
        found = [name for part in mentions if part != step.target for name in finders_of(part, finders)]
        uses = dict.fromkeys(name for name in found if name != step.name)
        step = replace(step, uses=tuple(dict.fromkeys((*step.uses, *uses))))
        step = replace(step, substeps=linked(step.substeps, finders))
        if step.target is not None and step.lines:
            finders[step.target] = step.name
        done.append(step)
    return tuple(done)


def finders_of(form: Form, finders: dict[Form, str]) -> Iterator[str]:
    """The step that found a quantity; for an entry of an array the step that found the array."""
    if form in finders:
        yield finders[form]
    elif isinstance(form, Symbol) and form.sub:
        yield from finders_of(Symbol(form.base, form.accent, form.sub[:-1], form.sup), finders)
    elif isinstance(form, Derivative) and len(form.wrt) == 1 and isinstance(entry := form.wrt[0], Symbol) and entry.sub:
        array = Symbol(entry.base, entry.accent, entry.sub[:-1], entry.sup)
        yield from finders_of(Derivative(form.of, (array,), form.held, form.total), finders)


def mentioned(form: Form) -> Iterator[Form]:
    """The names and derivatives that a form uses as they are."""
    yield form
    if isinstance(form, At):
        yield from mentioned(form.form)
    elif not isinstance(form, (Symbol, Derivative)):
        for part in children(form):
            yield from mentioned(part)
