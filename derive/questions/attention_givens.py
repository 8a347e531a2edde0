"""What is given to an attention: matrices by name, heads, a mask, and whether their sizes fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.errors import InputError
from derive.notation.build import ONE, ZERO
from derive.notation.form import Form, Matrix, Symbol, Tuple
from derive.notation.symbols import symbol_name
from derive.training.attention import (
    CONTEXT,
    LETTERS,
    OUTPUT_WEIGHTS,
    Attention,
    Seen,
    X,
    shape_of,
    weights_of,
)

LONGEST_SIDE = 12


def attention_of(
    given: Mapping[Symbol, Form], heads: int = 1, mask: str | Form = "none", scaled: bool = True
) -> Attention:
    """The attention over the given matrices.

    Args:
        given: matrices by name; weights of queries, keys and values may be a tuple, one matrix a head.
        mask: none, causal, or a matrix of queries by keys with 1 where a key is seen.

    Raises:
        InputError: matrices that are missing, or whose sizes do not fit.
    """
    _check_names(given)
    known = dict(_by_head(given))
    plain = Attention(known, _heads(known, heads))
    queries, keys = _checked(plain)
    return replace(plain, seen=_seen(mask, queries, keys), scaled=scaled)


def _check_names(given: Mapping[Symbol, Form]) -> None:
    """Either tokens and weights, or queries, keys and values."""
    direct = [Symbol(letter) for letter in LETTERS]
    projected = [X, *map(weights_of, LETTERS)]
    wanted, others = (direct, [*projected, CONTEXT]) if any(name in given for name in direct) else (projected, direct)
    if missing := [symbol_name(name) for name in wanted if name not in given]:
        raise InputError(f"{' and '.join(missing)} must be given: X with W_Q, W_K, W_V, or Q, K, V themselves")
    if spare := [symbol_name(name) for name in others if name in given]:
        raise InputError(f"Q, K and V are given themselves: {' and '.join(spare)} must not be given beside them")


def _by_head(given: Mapping[Symbol, Form]) -> Iterator[tuple[Symbol, Matrix]]:
    for name, form in given.items():
        if isinstance(form, Tuple) and name in map(weights_of, LETTERS):
            for number, each in enumerate(form.items, 1):
                own = replace(name, sup=str(number))
                yield own, _rows(own, each)
        else:
            yield name, _rows(name, form)


def _rows(name: Symbol, form: Form) -> Matrix:
    if not isinstance(form, Matrix) or any(isinstance(entry, (Matrix, Tuple)) for row in form.rows for entry in row):
        raise InputError(f"{symbol_name(name)} must be a matrix: a list of rows")
    if max(shape_of(form)) > LONGEST_SIDE:
        raise InputError(f"{symbol_name(name)} has a side longer than {LONGEST_SIDE}: too large to be worked by hand")
    return form


def _heads(known: Mapping[Symbol, Matrix], heads: int) -> int:
    """The number of heads: as said, or as many as have weights of their own."""
    own = {letter: sum(name.sub == (letter,) and bool(name.sup) for name in known) for letter in LETTERS}
    counts = set(own.values())
    if len(counts) > 1:
        found = ", ".join(f"{count} of W_{letter}" for letter, count in own.items())
        raise InputError(f"each head needs its own W_Q, W_K and W_V: there are {found}")
    count = counts.pop()
    if heads > LONGEST_SIDE:
        raise InputError(f"{heads} heads are too many to be worked by hand: at most {LONGEST_SIDE}")
    if count and heads not in (1, count):
        raise InputError(f"{heads} heads, but weights for {count}")
    return count or heads


def _checked(plain: Attention) -> tuple[int, int]:
    """How many queries and keys there are, after a look at all sizes."""
    joined = 0
    for head in plain.numbers:
        (queries, width), (keys, length), (values, depth) = (plain.size(letter, head) for letter in LETTERS)
        joined = depth if plain.splits else joined + depth
        if width != length:
            raise InputError(f"a query has {width} entries, a key {length}: a scalar product needs as many of both")
        if keys != values:
            raise InputError(f"{keys} keys and {values} values: each key has one value")
    if keys == 1:
        raise InputError("there is one key only: its weight is 1, whatever the query is")
    last = plain.known.get(OUTPUT_WEIGHTS)
    if last is not None and shape_of(last)[0] != joined:
        raise InputError(f"W_O has {shape_of(last)[0]} rows, the heads side by side have {joined} columns")
    return queries, keys


def _seen(mask: str | Form, queries: int, keys: int) -> Seen | None:
    if mask == "none":
        return None
    if mask == "causal":
        if queries != keys:
            raise InputError(f"a causal mask needs as many queries as keys, not {queries} and {keys}: give a matrix")
        return tuple(tuple(j <= i for j in range(keys)) for i in range(queries))
    if not isinstance(mask, Matrix) or shape_of(mask) != (queries, keys):
        raise InputError(f"the mask must be a matrix of {queries} x {keys}: one row for each query")
    if any(entry not in (ZERO, ONE) for row in mask.rows for entry in row):
        raise InputError("the mask has entries other than 1 (seen) and 0 (masked)")
    seen = tuple(tuple(entry == ONE for entry in row) for row in mask.rows)
    for number, row in enumerate(seen, 1):
        if not any(row):
            raise InputError(f"row {number} of the mask hides every key: a softmax over nothing has no value")
    return None if all(map(all, seen)) else seen
