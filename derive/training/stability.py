"""Gradient descent on a quadratic loss: along an eigenvector of the Hessian each step multiplies w - w* by 1 - ηλ."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.graph.arithmetic import MP, Real, div, power, sqrt, sub
from derive.graph.graph import Graph

MOST_COORDINATES = 6
TINY = MP.mpf(10) ** -30

Nodes = Sequence[Sequence[int]]


def hessian(graph: Graph, of: int, nodes: Sequence[int]) -> Nodes | None:
    """The nodes of the second derivatives; None where the loss is not quadratic in these nodes."""
    program = graph.program
    slopes = program.gradient(of, nodes)
    rows = [[program.gradient(slopes[a], nodes)[b] for b in nodes] for a in nodes]
    thirds = (program.gradient(entry, nodes)[node] for row in rows for entry in row for node in nodes)
    return None if any(third != program.zero for third in thirds) else rows


def is_diagonal(matrix: Sequence[Sequence[Real]]) -> bool:
    """Whether all entries beside the diagonal are 0."""
    return all(entry == 0 for i, row in enumerate(matrix) for j, entry in enumerate(row) if i != j)


def eigenvalues(matrix: Sequence[Sequence[Real]]) -> list[Real]:
    """The eigenvalues of a symmetric matrix in order of size, exact where they come out even."""
    if is_diagonal(matrix):
        return sorted((row[i] for i, row in enumerate(matrix)), key=MP.convert)
    if len(matrix) == 2:
        (a, b), (_, d) = matrix
        root = sqrt(power(sub(a, d), Fraction(2)) + 4 * power(b, Fraction(2)))
        return [div(sub(a + d, root), Fraction(2)), div(a + d + root, Fraction(2))]
    found = MP.eigsy(MP.matrix([[MP.convert(x) for x in row] for row in matrix]), eigvals_only=True)
    return sorted(found)


def verdict(rate: Real, values: Sequence[Real]) -> str:
    """What gradient descent with this rate does where the Hessian has these eigenvalues, in words that are judged."""
    products = [MP.convert(rate) * MP.convert(value) for value in values]
    if min(products) < -TINY or max(products) > 2 + TINY:
        return "diverges"
    if max(products) > 2 - TINY:
        return "oscillates without end"
    return "converges with oscillation" if max(products) > 1 + TINY else "converges"
