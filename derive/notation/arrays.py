"""Arrays of scalars and their arithmetic: sums and products, stacking. Strict about shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from typing import Any

from derive.notation.reals import Reals, Undefined

Value = Any
"""A scalar (Fraction, mpmath number), an `Array`, a bool, a str, or a Python tuple of values that make no array."""


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers, or nodes of a graph, in a box: `items` row by row.

    A column vector has shape (n, 1), a point (n,), an image (C, H, W).
    """

    shape: tuple[int, ...]
    items: tuple[Any, ...]

    def __getitem__(self, index: Sequence[int]) -> Any:
        """The entry with this index, counted from 0."""
        return self.items[reduce(lambda at, pair: at * pair[0] + pair[1], zip(self.shape, index, strict=True), 0)]

    def map(self, change: Callable[[Any], Any]) -> Array:
        """The array of change(item)."""
        return Array(self.shape, tuple(map(change, self.items)))

    def position(self, index: Sequence[int]) -> int | None:
        """Where the entry with this index, counted from 1, stands in `items`; a vector needs one index only."""
        long = [size for size in self.shape if size != 1] or [1]
        shape = self.shape if len(index) == len(self.shape) else long
        if len(index) != len(shape) or not all(1 <= i <= size for i, size in zip(index, shape, strict=True)):
            return None
        return reduce(lambda at, pair: at * pair[1] + pair[0] - 1, zip(index, shape, strict=True), 0)

    def parts(self) -> list[Value]:
        """The array cut along its first axis."""
        if len(self.shape) == 1:
            return list(self.items)
        size = prod(self.shape[1:])
        return [Array(self.shape[1:], self.items[k : k + size]) for k in range(0, len(self.items), size)]


def stack(values: Sequence[Value]) -> Value:
    """Scalars as a point, arrays of one shape as an array with one axis more, anything else as a Python tuple."""
    if any(isinstance(value, (str, bool, tuple)) for value in values):
        return tuple(values)
    shapes = {value.shape if isinstance(value, Array) else () for value in values}
    if len(shapes) != 1:
        return tuple(values)
    return Array((len(values), *shapes.pop()), tuple(item for value in values for item in items(value)))


def items(value: Value) -> tuple[Any, ...]:
    """The scalars in a value, row by row."""
    return value.items if isinstance(value, Array) else (value,)


def like(value: Value, scalars: Iterable[Any]) -> Value:
    """The scalars in the shape of `value`."""
    return Array(value.shape, tuple(scalars)) if isinstance(value, Array) else next(iter(scalars))


def plain(value: Value) -> Value:
    """A matrix of one entry as that entry, a column as a point: the writings that mean the same."""
    if not isinstance(value, Array):
        return value
    if len(value.items) == 1:
        return value.items[0]
    return Array((len(value.items),), value.items) if value.shape[1:] == (1,) else value


def each(change: Callable[[Any], Any], value: Value) -> Value:
    """change, element by element."""
    return value.map(change) if isinstance(value, Array) else change(value)


def pairwise(change: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    """change(a, b) element by element; a scalar, or a row or column beside a matrix, is repeated."""
    if isinstance(a, Array) and isinstance(b, Array):
        if a.shape != b.shape:
            a, b = _stretched(a, b)
        return Array(a.shape, tuple(map(change, a.items, b.items)))
    if isinstance(a, Array):
        return a.map(lambda x: change(x, b))
    return b.map(lambda x: change(a, x)) if isinstance(b, Array) else change(a, b)


def _stretched(a: Array, b: Array) -> tuple[Array, Array]:
    """A bias beside a matrix: the one that is a single row or column is repeated to the shape of the other."""
    if len(a.shape) == len(b.shape) == 2:
        for small, large in ((a, b), (b, a)):
            (m, n), (rows, columns) = small.shape, large.shape
            if (m, n) in ((1, columns), (rows, 1)):
                bigger = Array(large.shape, tuple(small.items[i % m * n + j % n] for i, j in _grid(rows, columns)))
                return (bigger, large) if small is a else (large, bigger)
    raise Undefined(f"shapes {_size(a.shape)} and {_size(b.shape)} do not fit")


def _grid(*sizes: int) -> Iterable[tuple[int, ...]]:
    return product(*map(range, sizes))


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def transpose(value: Value) -> Value:
    """Rows and columns exchanged."""
    if not isinstance(value, Array):
        return value
    rows, columns = value.shape if len(value.shape) == 2 else (0, 0)
    if not rows:
        raise Undefined(f"the transpose of an array of size {_size(value.shape)}")
    return Array((columns, rows), tuple(value.items[i * columns + j] for j, i in _grid(columns, rows)))


def times(reals: Reals, a: Value, b: Value) -> Value:
    """The matrix product where both are arrays, scaling where one is a scalar; a single entry is a scalar."""
    if not (isinstance(a, Array) and isinstance(b, Array)):
        return pairwise(reals.times, a, b)
    if len(a.shape) != 2 or len(b.shape) > 2 or a.shape[1] != b.shape[0]:
        raise Undefined(f"the product of sizes {_size(a.shape)} and {_size(b.shape)}")
    inner, columns = a.shape[1], prod(b.shape[1:])
    entries = [
        inner_product(reals, a.items[i * inner : (i + 1) * inner], b.items[j::columns])
        for i, j in _grid(a.shape[0], columns)
    ]
    return entries[0] if len(entries) == 1 else Array((a.shape[0], *b.shape[1:]), tuple(entries))


def inner_product(reals: Reals, a: Sequence[Any], b: Sequence[Any]) -> Any:
    """Σ aᵢ bᵢ."""
    return reduce(reals.plus, map(reals.times, a, b))
