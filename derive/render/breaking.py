"""Where a long form is broken: at the signs of its last sum, never inside a fraction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.notation.form import Form, Neg, Product, Sum, Symbol
from derive.render.widths import width

LINE_EM = 39.0
"""The width in em that a displayed line has for target, relation and form."""
SENTENCE_EM = 35.0
"""The width in em that an equation in a sentence may take where there is no place to break it."""

_HEAD = Symbol("x")
_INDENT_EM, _BRACKET_EM = 1.2, 0.8


@dataclass(frozen=True, slots=True)
class Cut:
    """A form cut into rows at the signs of a sum.

    Each piece after the first begins with a sign: it is a Sum with a placeholder in front, which `written` takes away.
    `around` is what stands before the sum's bracket, as the form with a placeholder for the sum; None where the sum
    is the whole form.
    """

    pieces: tuple[Form, ...]
    around: Form | None = None

    def is_wider(self, room: float) -> bool:
        """Whether a piece does not fit although the form was cut."""
        return any(width(piece) > room for piece in self.pieces)


def cut(form: Form, room: float) -> Cut:
    """A form cut into pieces no wider than `room`, as far as its outermost sum allows, or the one that ends it."""
    if width(form) <= room:
        return Cut((form,))
    if isinstance(form, Sum):
        return Cut(_pieces(form, room, 0.0))
    total, around = _last_sum(form)
    if total is None:
        return Cut((form,))
    before = width(around) + _BRACKET_EM
    return Cut(_pieces(total, room, before), around) if before < room / 2 else Cut((form,))


def _last_sum(form: Form) -> tuple[Sum | None, Form]:
    """The bracketed sum at the end of a form, as in -(a + b) or 1/n (a + b), and the form with the placeholder."""
    match form:
        case Sum():
            return form, _HEAD
        case Neg(arg):
            total, around = _last_sum(arg)
            return total, Neg(around)
        case Product(factors):
            total, around = _last_sum(factors[-1])
            return total, Product((*factors[:-1], around))
        case _:
            return None, form


def _pieces(form: Sum, room: float, before: float) -> tuple[Form, ...]:
    """The sum cut where the next term has no room; `before` is what the first row has used."""
    pieces: list[Sum] = []
    terms, minus = [form.terms[0]], [False]
    for term, sign in zip(form.terms[1:], form.minus[1:], strict=True):
        used = _INDENT_EM if pieces else before
        if len(terms) > (terms[0] is _HEAD) and width(Sum((*terms, term), (*minus, sign))) + used > room:
            pieces.append(Sum(tuple(terms), tuple(minus)))
            terms, minus = [_HEAD], [False]
        terms.append(term)
        minus.append(sign)
    ends = (*pieces, Sum(tuple(terms), tuple(minus)))
    return tuple(piece if len(piece.terms) > 1 else piece.terms[0] for piece in ends)


def sentence_room(target: Form, form: Form) -> float | None:
    """The width in em to fit `target = form` into, where it is too wide for a line and has no sign to break at."""
    room = SENTENCE_EM - width(target)
    return None if isinstance(form, Sum) or width(form) <= room else max(room, SENTENCE_EM / 2)


def written(rows: Cut, write: Callable[[Form], str], brackets: tuple[str, str]) -> list[str]:
    """The pieces of a cut form as a writer prints them; each after the first begins with its sign."""
    first, *tails = rows.pieces
    head = write(_HEAD)
    texts = [write(first), *(write(piece).removeprefix(head).strip() for piece in tails)]
    if rows.around is not None:
        texts[0] = f"{write(rows.around).removesuffix(head)}{brackets[0]}{texts[0]}"
        texts[-1] += brackets[1]
    return texts
