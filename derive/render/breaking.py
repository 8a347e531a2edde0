"""Where a long form is broken: at the signs of its outermost sum, never inside a fraction."""

from __future__ import annotations

from collections.abc import Callable

from derive.notation.form import Form, Sum, Symbol
from derive.render.widths import width

LINE_EM = 39.0
"""The width in em that a displayed line has for target, relation and form."""
SENTENCE_EM = 35.0
"""The width in em that an equation in a sentence may take where there is no place to break it."""

_HEAD = Symbol("x")
_INDENT_EM = 1.2


def broken(form: Form, room: float) -> tuple[Form, ...]:
    """A form cut into pieces no wider than `room`, as far as its outermost sum allows.

    Each piece after the first begins with a sign: it is a Sum with a placeholder in front, which `written` takes away.
    """
    if width(form) <= room or not isinstance(form, Sum):
        return (form,)
    pieces: list[Sum] = []
    terms, minus = [form.terms[0]], [False]
    for term, sign in zip(form.terms[1:], form.minus[1:], strict=True):
        indent = _INDENT_EM if pieces else 0.0
        if len(terms) > (terms[0] is _HEAD) and width(Sum((*terms, term), (*minus, sign))) + indent > room:
            pieces.append(Sum(tuple(terms), tuple(minus)))
            terms, minus = [_HEAD], [False]
        terms.append(term)
        minus.append(sign)
    return tuple(
        piece if len(piece.terms) > 1 else piece.terms[0] for piece in (*pieces, Sum(tuple(terms), tuple(minus)))
    )


def sentence_room(target: Form, form: Form) -> float | None:
    """The width in em to fit `target = form` into, where it is wider than a line of text and has no sign to break at."""
    room = SENTENCE_EM - width(target)
    return None if isinstance(form, Sum) or width(form) <= room else max(room, SENTENCE_EM / 2)


def written(pieces: tuple[Form, ...], write: Callable[[Form], str]) -> list[str]:
    """The pieces of a broken form as a writer prints them; each after the first begins with its sign."""
    first, *tails = pieces
    head = write(_HEAD)
    return [write(first), *(write(piece).removeprefix(head).strip() for piece in tails)]
