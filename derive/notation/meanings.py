"""What each known function is worth: one table, name -> function on values.

Functions of one number apply to arrays element by element. Those with kinks ask `use.branches` which piece to take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from derive.notation import arrays
from derive.notation.arrays import Array, Value, each, items, like, pairwise, stack
from derive.notation.eigenvalues import EIGENVALUE_MEANINGS
from derive.notation.images import (
    cells,
    conv2d,
    flip,
    pool,
    spread,
    starts,
    window_max,
    window_mean,
    windows,
    windows_over,
)
from derive.notation.matrices import MATRIX_MEANINGS
from derive.notation.reach import FIELD_MEANINGS
from derive.notation.reals import HALF, Undefined
from derive.notation.truth import TRUTH_MEANINGS
from derive.notation.use import Meaning, Use, largest

ZERO, ONE = Fraction(0), Fraction(1)
LEAKY_SLOPE = Fraction(1, 100)


def _of_one(scalar: Callable[[Use, Any], Any]) -> Meaning:
    """A function of one number, applied to each element."""

    def meaning(use: Use, args: list[Value]) -> Value:
        if len(args) != 1:
            raise Undefined(f"a function of one argument with {len(args)}")
        return each(lambda x: scalar(use, x), args[0])

    return meaning


def _library(name: str, at_zero: int) -> Meaning:
    return _of_one(lambda use, x: use.reals.from_zero(name, at_zero)(x))


def _periodic(name: str) -> Meaning:
    return _of_one(lambda use, x: use.reals.periodic(name)(x))


def relu(use: Use, x: Any) -> Any:
    """max(0, x), whose slope at 0 is a convention."""
    side = use.piece(x)
    return x if side > 0 else ZERO if side < 0 else use.reals.times(use.branches.kinks.relu_at_zero, x)


def _leaky_relu(use: Use, args: list[Value]) -> Value:
    slope = args[1] if len(args) > 1 else use.params.get("alpha", LEAKY_SLOPE)
    return each(lambda x: x if use.piece(x) > 0 else use.reals.times(slope, x), args[0])


def _elu(use: Use, args: list[Value]) -> Value:
    reals, scale = use.reals, args[1] if len(args) > 1 else use.params.get("alpha", ONE)
    return each(lambda x: x if use.piece(x) > 0 else reals.times(scale, reals.minus(reals.exp(x), ONE)), args[0])


def _softplus(use: Use, x: Any) -> Any:
    return use.reals.log(use.reals.plus(ONE, use.reals.exp(x)))


def _gelu(use: Use, x: Any) -> Any:
    """x Φ(x), with the exact distribution function of the normal law."""
    return use.reals.times(use.reals.real(x), _normal_cdf(use, x)) if x else ZERO


def _softmax(use: Use, args: list[Value]) -> Value:
    """Of a vector, or of each row of a matrix; along axis 0 of each column."""
    reals = use.reals
    if use.whole(1, "axis") == 0:
        return arrays.transpose(_softmax(Use(reals, use.branches), [arrays.transpose(args[0])]))

    def of_vector(xs: Sequence[Any]) -> list[Any]:
        powers = [reals.exp(x) for x in xs]
        total = reduce(reals.plus, powers)
        return [reals.over(power, total) for power in powers]

    return _over_vectors(of_vector, args[0])


def _over_vectors(change: Callable[[Sequence[Any]], list[Any]], value: Value) -> Value:
    """change of a vector as a whole, of a matrix row by row."""
    entries = items(value)
    rows = len(entries) if not isinstance(value, Array) or max(value.shape) == len(entries) else value.shape[-1]
    return like(value, [y for k in range(0, len(entries), rows) for y in change(entries[k : k + rows])])


def _log_softmax(use: Use, args: list[Value]) -> Value:
    return each(use.reals.log, _softmax(use, args))


def _extreme(sign: int) -> Meaning:
    """The largest entry of one array, or of several arguments element by element."""

    def meaning(use: Use, args: list[Value]) -> Value:
        if len(args) == 1:
            entries = items(args[0])
            return entries[use.branches.choose(lambda: largest(use, entries, [False] * len(entries), sign))]
        shaped = next((arg for arg in args if isinstance(arg, Array)), ZERO)
        columns = [items(pairwise(lambda _, x: x, shaped, arg)) for arg in args]
        literal = list(use.literal) or [False] * len(args)
        best = [
            entry[use.branches.choose(lambda entry=entry: largest(use, entry, literal, sign))]  # type: ignore[misc]
            for entry in zip(*columns, strict=True)
        ]
        return like(shaped, best)

    return meaning


def _argmax(use: Use, args: list[Value]) -> Value:
    """The number of the largest entry, counted from 1."""
    entries = items(args[0]) if len(args) == 1 else args
    return Fraction(1 + use.branches.choose(lambda: largest(use, entries, [False] * len(entries))))


def _sum(use: Use, args: list[Value]) -> Value:
    return reduce(use.reals.plus, [x for arg in args for x in items(arg)])


def _mean(use: Use, args: list[Value]) -> Value:
    return use.reals.over(_sum(use, args), Fraction(sum(len(items(arg)) for arg in args)))


def _dot(use: Use, args: list[Value]) -> Value:
    a, b = map(items, args)
    if len(a) != len(b):
        raise Undefined("a scalar product of vectors of different lengths")
    return arrays.inner_product(use.reals, a, b)


def _infinity(use: Use, args: list[Value]) -> Value:
    """Larger than every number."""
    return use.reals.context.inf


def _concat(use: Use, args: list[Value]) -> Value:
    """Vectors and channels one after the other, along the first axis; matrices side by side along the second."""
    if use.whole(0, "axis") == 1:
        beside = [arrays.transpose(arg) for arg in args]
        return arrays.transpose(_concat(Use(use.reals, use.branches), beside))
    parts = [part for arg in args for part in (arg.parts() if isinstance(arg, Array) else [arg])]
    return stack(parts)


def _flatten(use: Use, args: list[Value]) -> Value:
    return Array((len(items(args[0])), 1), items(args[0]))


def _reshape(use: Use, args: list[Value]) -> Value:
    shape = tuple(use.reals.whole(size) or 0 for arg in args[1:] for size in items(arg))
    if prod(shape) != len(items(args[0])):
        raise Undefined("an array cannot be reshaped to another number of entries")
    return Array(shape, items(args[0]))


def _normal_cdf(use: Use, x: Any) -> Any:
    """The distribution function of the standard normal law, by erfc, which keeps its digits far below 0."""
    reals = use.reals
    return reals.times(HALF, reals.context.erfc(-reals.real(x) / reals.context.sqrt(2))) if x else HALF


def _normal_pdf(use: Use, x: Any) -> Any:
    """The density of the standard normal law."""
    real, context = use.reals.real(x), use.reals.context
    return context.exp(-real * real / 2) / context.sqrt(2 * context.pi)


MEANINGS: dict[str, Meaning] = {
    "exp": _of_one(lambda use, x: use.reals.exp(x)),
    "log": _of_one(lambda use, x: use.reals.log(x)),
    "sigmoid": _of_one(lambda use, x: use.reals.sigmoid(x)),
    "sin": _periodic("sin"),
    "cos": _periodic("cos"),
    "tan": _periodic("tan"),
    "sinh": _library("sinh", 0),
    "cosh": _library("cosh", 1),
    "tanh": _library("tanh", 0),
    "erf": _library("erf", 0),
    "relu": _of_one(relu),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "softplus": _of_one(_softplus),
    "gelu": _of_one(_gelu),
    "normal_cdf": _of_one(_normal_cdf),
    "normal_pdf": _of_one(_normal_pdf),
    "sign": _of_one(lambda use, x: Fraction(use.piece(x))),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "max": _extreme(1),
    "min": _extreme(-1),
    "argmax": _argmax,
    "sum": _sum,
    "mean": _mean,
    "dot": _dot,
    "concat": _concat,
    "infinity": _infinity,
    "flatten": _flatten,
    "reshape": _reshape,
    "conv2d": conv2d,
    "flip": flip,
    "max_pool2d": pool(window_max),
    "avg_pool2d": pool(window_mean),
    "windows": windows,
    "windows_over": windows_over,
    "starts": starts,
    "spread": spread,
    "cells": cells,
    **FIELD_MEANINGS,
    **TRUTH_MEANINGS,
    **EIGENVALUE_MEANINGS,
    **MATRIX_MEANINGS,
}
