"""Names that count steps: h_t and h_{t-1} are h_2 and h_1 at step 2."""

from __future__ import annotations

import re

from derive.notation.form import Form, Symbol, rebuild

STEP = "t"
"""The letter that counts steps."""
BEFORE, AFTER = f"{STEP}-1", f"{STEP}+1"
"""The indices of the step before, and of the one after."""
_PIECE = re.compile(rf"{STEP}(?:(?P<shift>[+-]\d+))?")


def is_indexed(name: Symbol) -> bool:
    """Whether a name carries the letter that counts steps as one of its indices."""
    return any(_PIECE.fullmatch(piece) for piece in name.sub)


def at_step(form: Form, step: int) -> Form:
    """The form at one step: the letter, and what is added to it, as a number in every index."""
    if not isinstance(form, Symbol):
        return rebuild(form, lambda part: at_step(part, step))
    sub = tuple(_placed(piece, step) for piece in form.sub)
    return form if sub == form.sub else Symbol(form.base, form.accent, sub, form.sup, form.bold)


def _placed(piece: str, step: int) -> str:
    found = _PIECE.fullmatch(piece)
    return str(step + int(found["shift"] or 0)) if found else piece
