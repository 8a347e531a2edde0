"""The perceptron rule, example by example, with exact numbers (Rosenblatt 1958; Minsky and Papert 1969).

A unit gives 1 where its net sum w·x + b reaches a threshold, else 0 (or -1). After each example the weights grow by
rate·(target - output)·x; Rosenblatt's rule for targets ±1 has rate·target·x where the output is wrong. The examples
come in the same order in every epoch, so an epoch that begins with weights that began an earlier one repeats it for
ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.training.alternative import Vector, dot

Rule = Literal["error", "target"]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Perceptron:
    """A unit that learns.

    Attributes:
        rate: the learning rate.
        threshold: what the net sum is compared with.
        bias: whether a bias is trained with the weights; it is then the last entry of every state.
        strict: whether the net sum must exceed the threshold.
        signs: whether outputs and targets are ±1, else 0 and 1.
        rule: "error" for rate·(target - output)·x, "target" for rate·target·x where the output is wrong.
    """

    rate: Fraction
    threshold: Fraction = ZERO
    bias: bool = False
    strict: bool = False
    signs: bool = False
    rule: Rule = "error"

    def inputs(self, point: Vector) -> Vector:
        """What the trained numbers are multiplied with: the point, and 1 for the bias."""
        return (*point, ONE) if self.bias else point

    def output(self, net: Fraction) -> Fraction:
        """What the unit gives for a net sum."""
        fires = net > self.threshold or (net == self.threshold and not self.strict)
        return Fraction(fires) if not self.signs else Fraction(1 if fires else -1)

    def growth(self, target: Fraction, output: Fraction) -> Fraction:
        """By what multiple of the inputs the weights grow."""
        if self.rule == "error":
            return self.rate * (target - output)
        return self.rate * target if target != output else ZERO


@dataclass(frozen=True, slots=True)
class Update:
    """One example: its number, its net sum and output, and the state that it leaves."""

    example: int
    net: Fraction
    output: Fraction
    error: Fraction
    state: Vector


Epoch = tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """All epochs up to the end of training.

    Attributes:
        start: the weights at the beginning, and the bias where one is trained.
        converged: whether the last epoch made no error.
        returns_to: the epoch after which the weights were already what they are after the last one; None where they
            never were.
    """

    start: Vector
    epochs: tuple[Epoch, ...]
    converged: bool
    returns_to: int | None

    def state(self, epoch: int) -> Vector:
        """The weights after an epoch, at the start after none."""
        return self.epochs[epoch - 1][-1].state if epoch else self.start

    @property
    def final(self) -> Vector:
        """The weights at the end."""
        return self.state(len(self.epochs))

    @property
    def always_wrong(self) -> tuple[int, ...]:
        """The examples that every epoch of the cycle gets wrong."""
        if self.returns_to is None:
            return ()
        cycle = self.epochs[self.returns_to :]
        return tuple(update.example for update in cycle[0] if all(epoch[update.example].error for epoch in cycle))


def train(unit: Perceptron, points: Sequence[Vector], targets: Sequence[Fraction], start: Vector, limit: int) -> Run:
    """Epochs until one makes no error, until weights come back, or `limit` of them."""
    seen = {start: 0}
    epochs: list[Epoch] = []
    state, converged, returns_to = start, False, None
    while len(epochs) < limit and not converged and returns_to is None:
        epochs.append(tuple(_epoch(unit, points, targets, state)))
        state = epochs[-1][-1].state
        converged = not any(update.error for update in epochs[-1])
        returns_to = None if converged else seen.get(state)
        seen.setdefault(state, len(epochs))
    return Run(start, tuple(epochs), converged, returns_to)


def _epoch(unit: Perceptron, points: Sequence[Vector], targets: Sequence[Fraction], state: Vector) -> Iterator[Update]:
    for example, (point, target) in enumerate(zip(points, targets, strict=True)):
        inputs = unit.inputs(point)
        net = dot(state, inputs)
        output = unit.output(net)
        growth = unit.growth(target, output)
        state = tuple(w + growth * x for w, x in zip(state, inputs, strict=True))
        yield Update(example, net, output, target - output, state)
