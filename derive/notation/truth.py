"""Truth values: what the connectives of logic are worth. A truth value is 1 or 0, and nothing else has one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.notation.arrays import Value
from derive.notation.reals import Undefined
from derive.notation.use import Meaning, Use


def _truth(x: Any) -> bool:
    if isinstance(x, (str, bool, tuple)) or x not in (0, 1):
        raise Undefined("a truth value is 0 or 1")
    return bool(x == 1)


def _chain(pair: Callable[[bool, bool], bool]) -> Meaning:
    """A connective of two, taken from left to right."""

    def meaning(use: Use, args: list[Value]) -> Value:
        if len(args) < 2:
            raise Undefined("a connective joins two truth values at least")
        return Fraction(reduce(pair, map(_truth, args)))

    return meaning


def _negation(use: Use, args: list[Value]) -> Value:
    if len(args) != 1:
        raise Undefined("not is said of one truth value")
    return Fraction(not _truth(args[0]))


TRUTH_MEANINGS: dict[str, Meaning] = {
    "lnot": _negation,
    "land": _chain(lambda a, b: a and b),
    "lor": _chain(lambda a, b: a or b),
    "xor": _chain(lambda a, b: a != b),
    "xnor": _chain(lambda a, b: a == b),
    "nand": _chain(lambda a, b: not (a and b)),
    "nor": _chain(lambda a, b: not (a or b)),
    "implies": _chain(lambda a, b: b or not a),
}
