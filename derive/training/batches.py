"""Which examples each step of a run sees: an order drawn from a seed, cut into batches."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Shuffle = Literal["no", "once", "each"]


@dataclass(frozen=True, slots=True)
class Batches:
    """Batches of `size` examples out of `count`.

    Attributes:
        order: the examples, counted from 1, in the order in which they are seen: of one epoch, which is repeated, or
            of all epochs one after the other. The last batch of an epoch may be smaller.
    """

    count: int
    size: int
    order: tuple[int, ...]

    @property
    def an_epoch(self) -> int:
        """The number of steps of an epoch."""
        return -(-self.count // self.size)

    def examples(self, step: int) -> tuple[int, ...]:
        """The examples of a step, counted from 1."""
        epoch, batch = divmod(step - 1, self.an_epoch)
        start = epoch * self.count % len(self.order)
        return self.order[start : start + self.count][batch * self.size : (batch + 1) * self.size]


def batches(count: int, size: int, steps: int, shuffle: Shuffle, seed: int) -> Batches:
    """The batches of so many steps: in the order of the data, in one drawn order, or in a new one for each epoch."""
    epochs = -(-steps // -(-count // size)) if shuffle == "each" else 1
    rng = random.Random(seed)
    order: list[int] = []
    for _ in range(epochs):
        order += _shuffled(range(1, count + 1), rng) if shuffle != "no" else range(1, count + 1)
    return Batches(count, size, tuple(order))


def _shuffled(examples: Sequence[int], rng: random.Random) -> list[int]:
    mixed = list(examples)
    rng.shuffle(mixed)
    return mixed
