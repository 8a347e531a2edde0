"""A kernel as something that answers patches: images of its own size, such as a step, a pixel, a ramp or noise."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from itertools import product
from random import Random
from typing import Any

from derive.notation.arrays import Array

Patch = Callable[[int, int], Any]
"""The pixel at a row and a column, from 0."""
NOISES = 3


class Lens:
    """A kernel as something that answers patches; `share` of the centre pixel is answered besides."""

    def __init__(self, kernel: Array, factor: Fraction = Fraction(1), share: Fraction = Fraction(0)) -> None:
        self.rows, self.columns = kernel.shape
        self.kernel, self.factor, self.share = kernel, factor, share
        self.has_centre = bool(self.rows % 2 and self.columns % 2)
        self.middle = (self.rows // 2, self.columns // 2)

    def answer(self, patch: Patch) -> Fraction:
        """The sum of entry times pixel."""
        cells = product(range(self.rows), range(self.columns))
        seen = ((w, patch(i, j)) for w, (i, j) in zip(self.kernel.items, cells, strict=True))
        weighed = sum((w * x for w, x in seen if x and w), Fraction(0))
        return self.factor * weighed + self.share * patch(*self.middle)

    @cached_property
    def pixels(self) -> dict[tuple[int, int], Fraction]:
        """The answer to each single bright pixel."""
        cells = product(range(self.rows), range(self.columns))
        return {at: self.answer(lambda i, j, at=at: int((i, j) == at)) for at in cells}  # type: ignore[misc]

    @cached_property
    def flat(self) -> Fraction:
        """The answer to a constant patch."""
        return self.answer(lambda i, j: 1)

    def times(self, factor: Fraction, share: Fraction = Fraction(0)) -> Lens:
        """This kernel scaled, with a share of the centre pixel added."""
        return Lens(self.kernel, self.factor * factor, self.share * factor + share)

    @cached_property
    def noises(self) -> list[Patch]:
        """Random patches, the same every time."""
        found: list[Patch] = []
        for seed in range(NOISES):
            rng = Random(f"noise {seed}")
            table = {(i, j): rng.randint(-99, 99) for i in range(self.rows) for j in range(self.columns)}
            found.append(lambda i, j, table=table: table[i, j])  # type: ignore[misc]
        return found

    def same(self, change: Callable[[Patch], Patch], sign: int = 1) -> bool:
        """Whether noise that is changed gets the same answer, or its negative."""
        return all(self.answer(change(patch)) == sign * self.answer(patch) for patch in self.noises)

    def half_turn(self, patch: Patch) -> Patch:
        """The patch turned by 180 degrees."""
        return lambda i, j: patch(self.rows - 1 - i, self.columns - 1 - j)

    def mirror(self, patch: Patch) -> Patch:
        """Left and right exchanged."""
        return lambda i, j: patch(i, self.columns - 1 - j)


def across(patch: Patch) -> Patch:
    """Rows and columns exchanged."""
    return lambda i, j: patch(j, i)


def standing(lens: Lens) -> Lens:
    """The kernel with rows and columns exchanged, which sees what stands what it saw lying."""
    rows = [lens.kernel.items[k :: lens.columns] for k in range(lens.columns)]
    return Lens(Array((lens.columns, lens.rows), tuple(x for row in rows for x in row)), lens.factor)
