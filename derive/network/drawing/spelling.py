"""The letters of a drawing as the sheet writes them: a cell c that is called s is s everywhere, and W_c then W_s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.notation.form import Form, Symbol, rebuild
from derive.record import Given, Line, Phrase, Picture, Step, Words

Letters = Mapping[Symbol, Symbol]


def spelled(form: Form, letters: Letters) -> Form:
    """A form in the letters of the sheet; all are exchanged at once."""
    if not isinstance(form, Symbol):
        return rebuild(form, lambda part: spelled(part, letters))
    if form in letters:
        return letters[form]
    new = letters.get(Symbol(form.base), Symbol(form.base))
    pieces = (letters.get(Symbol(piece)) for piece in form.sub)
    sub = tuple(known.base if known else piece for known, piece in zip(pieces, form.sub, strict=True))
    return replace(form, base=new.base, accent=form.accent or new.accent, sub=sub)


def spelled_phrase(phrase: Phrase, letters: Letters) -> Phrase:
    """A sentence whose mathematics is in the letters of the sheet."""
    return tuple(spelled(piece, letters) if isinstance(piece, Form) else piece for piece in phrase)


def spelled_picture(picture: Picture, letters: Letters) -> Picture:
    """A picture whose quantities are called as on the sheet; its numbers keep the letters of their layer."""
    shapes = (
        replace(shape, text=spelled_phrase(shape.text, letters)) if isinstance(shape, Words) else shape
        for shape in picture.shapes
    )
    return replace(picture, shapes=tuple(shapes))


def spelled_given(given: Given, letters: Letters) -> Given:
    """A premise in the letters of the sheet."""
    form = None if given.form is None else spelled(given.form, letters)
    return replace(given, target=spelled(given.target, letters), form=form)


def spelled_step(step: Step, letters: Letters) -> Step:
    """A step of a drawn cell in the letters of the sheet."""
    lines = tuple(_line(line, letters) for line in step.lines)
    target = None if step.target is None else spelled(step.target, letters)
    return replace(step, target=target, lines=lines, intro=spelled_phrase(step.intro, letters))


def _line(line: Line, letters: Letters) -> Line:
    return replace(line, form=spelled(line.form, letters), reason=spelled_phrase(line.reason, letters))
