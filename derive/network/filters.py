"""The algebra of kernels: sums, turns and mirrors, moments, outer products. A kernel is rows of fractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

Row = tuple[Fraction, ...]
Kernel = tuple[Row, ...]
ZERO, ONE = Fraction(0), Fraction(1)


def total(kernel: Kernel) -> Fraction:
    """The sum of all entries."""
    return sum((x for row in kernel for x in row), ZERO)


def scaled(kernel: Kernel, by: Fraction) -> Kernel:
    """Every entry times a number."""
    return tuple(tuple(by * x for x in row) for row in kernel)


def minus(a: Kernel, b: Kernel) -> Kernel:
    """Entry by entry."""
    return tuple(tuple(x - y for x, y in zip(r, s, strict=True)) for r, s in zip(a, b, strict=True))


def transposed(kernel: Kernel) -> Kernel:
    """Rows and columns exchanged."""
    return tuple(zip(*kernel, strict=True))


def mirrored(kernel: Kernel) -> Kernel:
    """Left and right exchanged."""
    return tuple(row[::-1] for row in kernel)


def turned(kernel: Kernel) -> Kernel:
    """Turned by 180 degrees."""
    return mirrored(kernel[::-1])


def centre(kernel: Kernel) -> tuple[int, int] | None:
    """The place of the centre; None where a side is even."""
    rows, columns = len(kernel), len(kernel[0])
    return (rows // 2, columns // 2) if rows % 2 and columns % 2 else None


def impulse(kernel: Kernel) -> Kernel:
    """The identity of the same size: 1 at the centre."""
    at = centre(kernel)
    return tuple(tuple(Fraction((i, j) == at) for j in range(len(row))) for i, row in enumerate(kernel))


def places(kernel: Kernel) -> Iterator[tuple[int, int, Fraction]]:
    """Row, column and entry of each entry that is not 0."""
    return ((i, j, x) for i, row in enumerate(kernel) for j, x in enumerate(row) if x)


def outer(kernel: Kernel) -> tuple[Row, Row] | None:
    """u and v with kernel = u vᵀ, whole numbers without a common divisor in v; None where the rank is not 1."""
    first = next((row for row in kernel if any(row)), None)
    if first is None:
        return None
    v = scaled((first,), 1 / content(first))[0]
    lead = next(k for k, x in enumerate(v) if x)
    u = tuple(row[lead] / v[lead] for row in kernel)
    fits = all(x == a * b for row, a in zip(kernel, u, strict=True) for x, b in zip(row, v, strict=True))
    return (u, v) if fits else None


def content(row: Sequence[Fraction]) -> Fraction:
    """The largest number of which every entry is a whole multiple."""
    return Fraction(gcd(*(x.numerator for x in row)), lcm(*(x.denominator for x in row)))


def entries(kernel: Kernel) -> Row:
    """All entries, row by row."""
    return tuple(x for row in kernel for x in row)


def moment(kernel: Kernel, axis: int, power: int = 1) -> Fraction:
    """The response to a ramp (or its power) along the rows (axis 0) or along the columns: Σ entry · offset^power."""
    middle = Fraction((len(kernel), len(kernel[0]))[axis] - 1, 2)
    return sum((x * ((i, j)[axis] - middle) ** power for i, j, x in places(kernel)), ZERO)
