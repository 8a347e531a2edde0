"""Softmax over a row of scores: one of -∞, which a mask makes, takes no part, and its share is 0."""

from __future__ import annotations

from derive.errors import InputError
from derive.graph.program import Program


def shares(p: Program, make: str, row: tuple[int, ...]) -> list[int]:
    """The nodes of a row's softmax, or of its logarithm, as `make` says.

    Raises:
        InputError: every entry is -∞, so that the sum of the exponentials is 0.
    """
    never = p.neg(p.node("infinity"))
    kept = [entry for entry in row if entry != never]
    if not kept:
        raise InputError("a softmax over entries that are all -∞ has no value")
    if len(kept) == 1 < len(row):
        found = [p.one if make == "softmax" else p.zero]
    else:
        found = [p.node((make, place), *kept) for place in range(len(kept))]
    parts = iter(found)
    outside = p.zero if make == "softmax" else never
    return [outside if entry == never else next(parts) for entry in row]
