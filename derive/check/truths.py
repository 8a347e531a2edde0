"""Names that are truth values, and the rows of their truth table: where identities of logic are tried.

A name that a connective joins in the premises can be 0 or 1 and nothing else. So an identity with such names is not
tried at random points but on every row, which decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from random import Random

from derive.check.premises import Premises
from derive.notation.connectives import CONNECTIVES
from derive.notation.form import Call, Form, Symbol, walk

MOST_ROWS = 64
Row = dict[Symbol, Fraction]


def truth_names(premises: Premises) -> list[Symbol]:
    """The inputs without a value that stand in a connective, in the order in which they were given."""
    forms = [*premises.definitions.values(), *premises.meant.values()]
    found = {name for form in forms for name in _operands(form)}
    return [name for name in premises.inputs if name in found and name not in premises.values]


def _operands(form: Form) -> Iterator[Symbol]:
    for node in walk(form):
        if isinstance(node, Call) and node.function in CONNECTIVES:
            yield from (arg for arg in node.args if isinstance(arg, Symbol))


def all_rows(names: Iterable[Symbol]) -> list[Row]:
    """Every row of the truth table, counted up; of a table that is too long so many at random."""
    names = list(names)
    if 2 ** len(names) > MOST_ROWS:
        rng = Random("rows")
        return [{name: Fraction(rng.randint(0, 1)) for name in names} for _ in range(MOST_ROWS)]
    rows = product((Fraction(0), Fraction(1)), repeat=len(names))
    return [dict(zip(names, row, strict=True)) for row in rows]
