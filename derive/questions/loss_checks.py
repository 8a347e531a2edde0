"""What a loss refuses, each with one sentence: predictions and targets out of their domain, an infinite loss."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.errors import InputError
from derive.graph.arithmetic import Real
from derive.graph.arrays import Shape
from derive.notation import plain
from derive.notation.rounding import shown
from derive.record import Rounding
from derive.training.loss_writing import outputs_of, samples_of
from derive.training.losses import Kind, Loss

ROUGHLY = Fraction(1, 100)
"""Probabilities that were rounded add up to 1 but for that."""
MOST_ENTRIES = 64

Values = Sequence[Real]


def check_count(count: int) -> None:
    """A loss of very many entries is nothing to be worked out by hand."""
    if count > MOST_ENTRIES:
        raise InputError(f"a prediction of {count} entries; {MOST_ENTRIES} are the limit")


def check_prediction(entry: Loss, kind: Kind, values: Values, shape: Shape) -> None:
    """Probabilities lie from 0 to 1, those of one sample add up to 1; log-probabilities are not positive."""
    if kind == "log_probabilities":
        for value in values:
            if value > 0:
                raise InputError(f"the log-probability {_said(value)} is above 0")
    if kind != "probabilities":
        return
    for value in values:
        if not 0 <= value <= 1:
            raise InputError(f"the probability {_said(value)} does not lie from 0 to 1")
    for row in _rows(values, shape) if entry.per == "sample" else ():
        if abs(sum(row) - 1) > ROUGHLY:
            raise InputError(f"the probabilities of one sample add up to {_said(sum(row))}, not to 1")


def check_target(entry: Loss, values: Values, shape: Shape) -> None:
    """A target is what the loss takes: a probability, a sign, a distribution over the outputs of each sample."""
    for value in values:
        if entry.target in ("probability", "distribution") and not 0 <= value <= 1:
            raise InputError(f"the target {_said(value)} does not lie from 0 to 1")
        if entry.target == "binary" and value not in (0, 1):
            raise InputError(f"the target {_said(value)} is neither 0 nor 1")
        if entry.target == "sign" and abs(value) != 1:
            raise InputError(f"the target {_said(value)} is neither 1 nor -1")
    for row in _rows(values, shape) if entry.target == "distribution" else ():
        if sum(row) != 1:
            raise InputError(f"the target of one sample adds up to {_said(sum(row))}, not to 1")


def one_hot_classes(entry: Loss, values: Values, shape: Shape) -> tuple[int, ...]:
    """The right classes, from 1, of targets that are one-hot."""
    classes = []
    for row in _rows(values, shape):
        if sorted(row) != [0] * (len(row) - 1) + [1]:
            raise InputError(f"the target of {entry.name} is the number of a class, or one-hot: a 1 among zeros")
        classes.append(1 + list(row).index(1))
    return tuple(classes)


def class_numbers(values: Values, first: int) -> tuple[int, ...]:
    """Numbers of classes, counted from `first`, as numbers from 1."""
    for value in values:
        if not isinstance(value, Fraction) or value.denominator != 1:
            raise InputError(f"the number of a class is a whole number, not {_said(value)}")
    return tuple(int(value) + 1 - first for value in values)


def check_finite(value: Real) -> None:
    """A loss is infinite where a probability that the target has a share in is 0."""
    if not isinstance(value, Fraction) and not abs(value) < float("inf"):
        raise InputError("the loss is infinite: it takes log 0 with a factor that is not 0")


def _rows(values: Values, shape: Shape) -> list[Values]:
    width = outputs_of(shape)
    return [values[row * width : (row + 1) * width] for row in range(samples_of(shape))]


def _said(value: Real) -> str:
    return plain.write(shown(value, Rounding())[1])
