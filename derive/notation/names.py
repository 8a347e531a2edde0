"""The names that a form speaks of, besides the indices of its sums."""

from __future__ import annotations

from collections.abc import Iterator

from derive.notation.form import BigSum, Form, Symbol, symbols, walk


def names_in(form: Form) -> Iterator[Symbol]:
    """The names that must be known for the form to mean something; an index of a sum is no such name.

    An entry of an array whose index runs, as in x_i, is the array.
    """
    bound = {node.index for node in walk(form) if isinstance(node, BigSum)}
    letters = {index.base for index in bound}
    for name in symbols(form):
        if name in bound:
            continue
        if letters.intersection(name.sub):
            name = Symbol(name.base, name.accent, tuple(p for p in name.sub if p not in letters), name.sup)
        yield name
