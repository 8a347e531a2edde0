"""Convolution and pooling of images: arrays (H, W), or channels of them (C, H, W)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.notation import arrays
from derive.notation.arrays import Array, Value, items, padded_windows, stack, window_counts
from derive.notation.reals import Undefined
from derive.notation.use import Meaning, Use, largest

ZERO = Fraction(0)
MAX_WINDOWS = 100_000


def _channels(image: Value) -> list[Array]:
    if isinstance(image, Array) and len(image.shape) == 2:
        return [image]
    if isinstance(image, Array) and len(image.shape) == 3:
        return image.parts()
    raise Undefined("an image has height and width, or channels of them")


def conv2d(use: Use, args: list[Value]) -> Value:
    """The cross-correlation of an image (C, H, W) with one kernel (C, h, w) or several (out, C, h, w).

    A vector of one number a channel, or a number for one channel, is a kernel of 1 x 1.
    """
    image, kernel = _channels(args[0]), args[1]
    if not isinstance(kernel, Array) or len(kernel.shape) == 1:
        weights = items(kernel)
        kernel = Array((len(weights), 1, 1), tuple(weights))
    if len(kernel.shape) == 4:
        return stack([_correlated(use, image, filter_) for filter_ in kernel.parts()])
    return _correlated(use, image, kernel)


def _correlated(use: Use, image: list[Array], kernel: Array) -> Array:
    reals, filters = use.reals, _channels(kernel)
    if len(filters) != len(image):
        raise Undefined(f"a kernel of {len(filters)} channels on an image of {len(image)}")
    stride, padding = use.whole(1, "stride", "s"), use.whole(0, "padding", "p")
    size = filters[0].shape
    sums: list[Any] = []
    for channel, weights in zip(image, filters, strict=True):
        windows = padded_windows(channel, size, stride, padding, ZERO)
        parts = [arrays.inner_product(reals, window, weights.items) for window in windows]
        sums = list(map(reals.plus, sums, parts)) if sums else parts
    return Array(window_counts(image[0], size, stride, padding), tuple(sums))


def windows(use: Use, args: list[Value]) -> Value:
    """windows(side, kernel, stride, padding = 0): how many windows fit on a side, counted one after the other."""
    if not 3 <= len(args) <= 4 or any(isinstance(arg, Array) for arg in args):
        raise Undefined("windows are counted on a side, with a kernel, a stride and a padding")
    reals, (side, kernel, stride, *padding) = use.reals, args
    room = reals.minus(reals.plus(side, reals.times(Fraction(2), padding[0] if padding else ZERO)), kernel)
    if room < 0 or stride <= 0:
        raise Undefined("a kernel that is larger than its image")

    def counted() -> int:
        count, begin = 0, ZERO
        while not reals.less(room, begin):
            count, begin = count + 1, reals.plus(begin, stride)
            if count > MAX_WINDOWS:
                raise Undefined("too many windows")
        return count

    return Fraction(use.branches.choose(counted))


def pool(reduced: Callable[[Use, list[Any]], Any]) -> Meaning:
    """A window's entries reduced to one, channel by channel; padding counts as zeros."""

    def meaning(use: Use, args: list[Value]) -> Value:
        k = use.whole(2, "k", "kernel", "size")
        stride, padding = use.whole(k, "s", "stride"), use.whole(0, "p", "padding")
        pooled = []
        for channel in _channels(args[0]):
            windows = padded_windows(channel, (k, k), stride, padding, None)
            counts = window_counts(channel, (k, k), stride, padding)
            pooled.append(Array(counts, tuple(reduced(use, window) for window in windows)))
        return pooled[0] if len(args[0].shape) == 2 else stack(pooled)

    return meaning


def window_max(use: Use, window: list[Any]) -> Any:
    """The largest entry of a window, where None stands for padding."""
    entries = [ZERO if entry is None else entry for entry in window]
    return entries[use.branches.choose(lambda: largest(use, entries, [entry is None for entry in window]))]


def window_mean(use: Use, window: list[Any]) -> Any:
    """The mean of a window, where None stands for padding."""
    return use.reals.over(reduce(use.reals.plus, (entry or ZERO for entry in window)), Fraction(len(window)))
