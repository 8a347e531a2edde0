"""What functions of matrices are worth: determinants, diagonals, parts, and kernels in another order of axes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.notation.arrays import Array, Value, items, stack
from derive.notation.reals import Undefined
from derive.notation.use import Meaning, Use

ZERO, ONE = Fraction(0), Fraction(1)


def _det(use: Use, args: list[Value]) -> Value:
    """The determinant, by elimination."""
    matrix = args[0]
    if not isinstance(matrix, Array) or len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise Undefined("the determinant of what is no square matrix")
    reals, n = use.reals, matrix.shape[0]
    rows = [list(matrix.items[i * n : (i + 1) * n]) for i in range(n)]
    result: Any = ONE
    for column in range(n):
        pivot = next((i for i in range(column, n) if rows[i][column] != 0), None)
        if pivot is None:
            return ZERO
        if pivot != column:
            rows[column], rows[pivot] = rows[pivot], rows[column]
            result = -result
        result = reals.times(result, rows[column][column])
        for i in range(column + 1, n):
            factor = reals.over(rows[i][column], rows[column][column])
            rows[i] = [reals.minus(a, reals.times(factor, b)) for a, b in zip(rows[i], rows[column], strict=True)]
    return result


def _diag(use: Use, args: list[Value]) -> Value:
    """The square matrix with a vector on its diagonal, zeros elsewhere."""
    entries = items(args[0])
    n = len(entries)
    return Array((n, n), tuple(entries[i] if i == j else ZERO for i in range(n) for j in range(n)))


def _columns(use: Use, args: list[Value]) -> Value:
    """The columns of a matrix from the first to the last that its settings name, counted from 1."""
    (matrix,), first, last = args, use.whole(1, "first"), use.whole(0, "last")
    if not isinstance(matrix, Array) or len(matrix.shape) != 2 or not 1 <= first <= last <= matrix.shape[1]:
        raise Undefined("columns that the matrix does not have")
    rows = [matrix.items[k : k + matrix.shape[1]] for k in range(0, len(matrix.items), matrix.shape[1])]
    return Array((len(rows), last - first + 1), tuple(x for row in rows for x in row[first - 1 : last]))


def _batch(use: Use, args: list[Value]) -> Value:
    """The rows of the data that a step sees: epoch after epoch in the given order, `size` at a time.

    An order of one epoch is repeated.
    """
    rows, step, size = args[0].parts(), use.reals.whole(args[2]), use.reals.whole(use.params["size"])
    order = [use.reals.whole(place) or 0 for place in items(args[1])]
    if not step or not size or len(order) % len(rows) or not all(1 <= place <= len(rows) for place in order):
        raise Undefined("a batch of no step, or in an order that is not one of whole epochs")
    epochs = [order[k : k + len(rows)] for k in range(0, len(order), len(rows))]
    batches = [epoch[k : k + size] for epoch in epochs for k in range(0, len(rows), size)]
    return stack([rows[place - 1] for place in batches[(step - 1) % len(batches)]])


def _keras_kernel(use: Use, args: list[Value]) -> Value:
    """The axes of a kernel in Keras from (out, in, sides): sides first, outputs last."""
    return stack([*args[2:], args[1], args[0]])


def _pytorch_kernel(use: Use, args: list[Value]) -> Value:
    """The axes of a kernel in PyTorch from (out, in, sides): outputs first, sides last."""
    return stack(list(args))


MATRIX_MEANINGS: dict[str, Meaning] = {
    "det": _det,
    "diag": _diag,
    "columns": _columns,
    "batch": _batch,
    "keras_kernel": _keras_kernel,
    "pytorch_kernel": _pytorch_kernel,
}
