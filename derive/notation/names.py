"""The names that a form speaks of, besides the indices of its sums, and other names in their place.

Under a sum with an index a name stands for several: for i from 1 to 3, x_i for x_1, x_2 and x_3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from derive.notation.form import BigSum, Form, Number, Symbol, rebuild, symbols, walk

MOST = 1000
"""Of a longer sum only the first terms are looked at."""

Runs = Mapping[Symbol, range]
"""The indices of sums with the values that they run through."""


def names_in(form: Form) -> Iterator[Symbol]:
    """The names that must be known for the form to mean something; an index of a sum is no such name."""
    runs = runs_of(form)
    for name in symbols(form):
        yield from under_sums(name, runs) if runs else (name,)


def spoken_of(form: Form) -> Iterator[Symbol]:
    """The names in a form, and the array behind each entry whose index runs: for x_i under a sum also x."""
    yield from names_in(form)
    letters = {index.base for index in runs_of(form)}
    for name in symbols(form) if letters else ():
        if not letters.isdisjoint(name.sub):
            yield Symbol(name.base, name.accent, tuple(piece for piece in name.sub if piece not in letters), name.sup)


def runs_of(form: Form) -> Runs:
    """The indices of all sums in a form; where a bound is no number, the first value stands for all."""
    return {node.index: _run(node) for node in walk(form) if isinstance(node, BigSum)}


def _run(node: BigSum) -> range:
    low = _whole(node.lower, 1)
    return range(low, min(_whole(node.upper, low), low + MOST) + 1)


def _whole(form: Form, otherwise: int) -> int:
    return int(form.text) if isinstance(form, Number) and form.text.isdigit() else otherwise


def under_sums(name: Symbol, runs: Runs) -> Iterator[Symbol]:
    """The names that one with indices of sums stands for; itself without any, nothing for an index."""
    if name in runs:
        return
    letters = {index.base: run for index, run in runs.items() if index.base in (*name.sub, name.sup)}
    for values in product(*letters.values()):
        at = {letter: str(value) for letter, value in zip(letters, values, strict=True)}
        sub = tuple(at.get(piece, piece) for piece in name.sub)
        yield Symbol(name.base, name.accent, sub, at.get(name.sup, name.sup)) if letters else name


def arrays_of(name: Symbol) -> Iterator[tuple[Symbol, tuple[str, ...]]]:
    """The arrays of which a name may be an entry, each with the index: of W_1_2 those are W_1, then W."""
    for cut in range(len(name.sub) - 1, -1, -1):
        yield Symbol(name.base, name.accent, name.sub[:cut], name.sup), name.sub[cut:]


def renamed(form: Form, names: Mapping[Symbol, Form]) -> Form:
    """The form with some names replaced by other names or forms."""
    return names.get(form, form) if isinstance(form, Symbol) else rebuild(form, lambda part: renamed(part, names))
