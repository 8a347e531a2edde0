"""What prose computes: numbers that it sets equal are verified like the lines of a solution."""

from __future__ import annotations

from derive.notation.form import Relation, symbols
from derive.record import Derivation, Line, Phrase, Step


def sums_in(phrase: Phrase) -> Derivation | None:
    """The equations between numbers in a phrase as steps for the judge; None where there are none."""
    said = (piece for piece in phrase if isinstance(piece, Relation) and not any(symbols(piece)))
    steps = tuple(
        Step(f"prose {place}", each.left, (Line("≈" if each.op == "≈" else "=", each.right),))
        for place, each in enumerate(said, 1)
        if each.op in ("=", "≈")
    )
    return Derivation("In words", steps=steps) if steps else None
