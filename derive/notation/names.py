"""The names that a form speaks of, besides the indices of its sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.notation.form import BigSum, Form, Symbol, symbols, walk


def names_in(form: Form) -> Iterator[Symbol]:
    """The names that must be known for the form to mean something; an index of a sum is no such name.

    An entry of an array whose index runs, as in x_i, is the array.
    """
    bound = {node.index for node in walk(form) if isinstance(node, BigSum)}
    for name in symbols(form):
        if name not in bound:
            yield without_index(name, bound)


def without_index(name: Symbol, bound: Collection[Symbol]) -> Symbol:
    """The array of which a name is an entry whose index runs; any other name is itself."""
    letters = {index.base for index in bound}
    if letters.isdisjoint(name.sub):
        return name
    return Symbol(name.base, name.accent, tuple(piece for piece in name.sub if piece not in letters), name.sup)
