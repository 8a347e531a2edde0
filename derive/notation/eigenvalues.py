"""What the largest and the smallest eigenvalue of a symmetric matrix are worth: rotations until it is diagonal."""

from __future__ import annotations

from typing import Any

from derive.notation.arrays import Array, Value
from derive.notation.reals import Undefined
from derive.notation.use import Meaning, Use

MOST_DIGITS = 25
"""To how many digits entries across the diagonal must agree at most: differences leave no more."""


def _extreme(sign: int) -> Meaning:
    def meaning(use: Use, args: list[Value]) -> Value:
        (matrix,) = args
        if not isinstance(matrix, Array):
            return matrix
        values = _eigenvalues(use, matrix)
        return max(values, key=lambda value: sign * value)

    return meaning


def _eigenvalues(use: Use, matrix: Array) -> list[Any]:
    """By Jacobi's rotations: each makes the largest entry beside the diagonal vanish."""
    n, real, literal = matrix.shape[0], use.reals.real, use.reals.literal
    if matrix.shape != (n, n):
        raise Undefined("eigenvalues of what is no square matrix")
    a = [[real(matrix.items[i * n + j]) for j in range(n)] for i in range(n)]
    size = max(abs(x) for row in a for x in row)
    slack = literal(f"1e-{min(MOST_DIGITS, use.reals.digits // 2)}") * size
    if any(abs(a[i][j] - a[j][i]) > slack for i in range(n) for j in range(i)):
        raise Undefined("eigenvalues of a matrix that is not symmetric")
    small = literal(f"1e-{use.reals.digits // 2 + 5}") * size
    while n > 1:
        gap, i, j = max((abs(a[i][j]), i, j) for i in range(n) for j in range(i))
        if gap <= small:
            break
        _rotate(use, a, i, j)
    return [a[i][i] for i in range(n)]


def _rotate(use: Use, a: list[list[Any]], i: int, j: int) -> None:
    angle = use.reals.context.atan2(2 * a[i][j], a[i][i] - a[j][j]) / 2
    c, s = use.reals.context.cos(angle), use.reals.context.sin(angle)
    for row in a:
        row[i], row[j] = c * row[i] + s * row[j], c * row[j] - s * row[i]
    upper, lower = a[i], a[j]
    a[i] = [c * x + s * y for x, y in zip(upper, lower, strict=True)]
    a[j] = [c * y - s * x for x, y in zip(upper, lower, strict=True)]


EIGENVALUE_MEANINGS: dict[str, Meaning] = {"eigmax": _extreme(1), "eigmin": _extreme(-1)}
