"""Names that count steps: h_t and h_{t-1} are h_2 and h_1 at step 2."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from derive.notation.form import Form, Number, Symbol, rebuild

STEP = "t"
"""The letter that counts steps."""
BEFORE, AFTER = f"{STEP}-1", f"{STEP}+1"
"""The indices of the step before, and of the one after."""
Numbers = Mapping[str, int]
"""What letters stand for."""

_PIECE = re.compile(r"(?P<letter>[A-Za-z])(?P<shift>[+-]\d+)?")


def is_indexed(name: Symbol) -> bool:
    """Whether a name carries the letter that counts steps as one of its indices."""
    return any(letter_of(piece) == STEP for piece in name.sub)


def letter_of(piece: str) -> str:
    """The letter of an index such as t or t-1; empty where it is none of these."""
    found = _PIECE.fullmatch(piece)
    return found["letter"] if found else ""


def shift_of(piece: str) -> int:
    """How many steps after the one that its letter counts an index speaks of: -1 for t-1."""
    found = _PIECE.fullmatch(piece)
    return int(found["shift"] or 0) if found else 0


def at_step(form: Form, step: int) -> Form:
    """The form at one step: the letter that counts steps, and what is added to it, as a number in every index."""
    return numbered(form, {STEP: step})


def name_at_step(name: Symbol, step: int) -> Symbol:
    """A name at one step."""
    return _placed(name, {STEP: step})


def numbered(form: Form, numbers: Numbers, counting: Collection[str] = ()) -> Form:
    """The form with numbers for letters in every index, what is added to a letter included.

    Args:
        counting: letters that are those numbers wherever they stand, as in β^t.
    """
    if not isinstance(form, Symbol):
        return rebuild(form, lambda part: numbered(part, numbers, counting))
    if form.base in numbers and form.base in counting and form == Symbol(form.base):
        return Number(str(numbers[form.base]))
    return _placed(form, numbers)


def _placed(name: Symbol, numbers: Numbers) -> Symbol:
    def placed(piece: str) -> str:
        letter = letter_of(piece)
        return str(numbers[letter] + shift_of(piece)) if letter in numbers else piece

    sub, sup = tuple(map(placed, name.sub)), placed(name.sup)
    same = sub == name.sub and sup == name.sup
    return name if same else Symbol(name.base, name.accent, sub, sup, name.bold)
