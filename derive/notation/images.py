"""Convolution and pooling of images: arrays (H, W), or channels of them (C, H, W)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.notation import arrays
from derive.notation.arrays import Array, Value, items, stack
from derive.notation.frames import Frame, frame, sides
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
    rows, columns = filters[0].shape
    under = frame(use, (rows, columns), sides(use, (1, 1), "stride", "s"))
    sums: list[Any] = []
    for channel, weights in zip(image, filters, strict=True):
        parts = [arrays.inner_product(reals, window, weights.items) for window in under.windows(channel, ZERO)]
        sums = list(map(reals.plus, sums, parts)) if sums else parts
    return Array(_counts(under, image[0]), tuple(sums))


def _counts(under: Frame, image: Array) -> tuple[int, int]:
    """How often a window fits in height and in width."""
    down, across = under.starts(image)
    return len(down), len(across)


def flip(use: Use, args: list[Value]) -> Value:
    """A kernel turned by 180 degrees: its rows from below, each from the right; channel by channel."""
    (kernel,) = args
    if isinstance(kernel, Array) and len(kernel.shape) > 2:
        return stack([flip(use, [part]) for part in kernel.parts()])
    if not isinstance(kernel, Array) or len(kernel.shape) != 2:
        raise Undefined("a kernel that is turned has rows and columns")
    return stack([Array(row.shape, row.items[::-1]) for row in reversed(kernel.parts())])


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


def starts(use: Use, args: list[Value]) -> Value:
    """starts(side, stride): how many windows begin inside a side, one at every stride, counted one after the other."""
    side, stride = _lengths(args, 2)
    return Fraction(use.branches.choose(lambda: _steps_below(use, side, stride)))


def windows_over(use: Use, args: list[Value]) -> Value:
    """windows_over(side, kernel, stride): how many windows until one reaches the end of the side or sticks out."""
    side, kernel, stride = _lengths(args, 3)
    room = use.reals.minus(side, kernel)
    if room < 0:
        raise Undefined("a kernel that is larger than its image")
    return Fraction(1 + use.branches.choose(lambda: _steps_below(use, room, stride)))


def spread(use: Use, args: list[Value]) -> Value:
    """spread(side, kernel, stride): cells from first to last under copies of a kernel, one copy for each cell."""
    side, kernel, stride = _lengths(args, 3)
    if side < 1:
        raise Undefined("no cell that a kernel could be copied for")
    reals = use.reals
    return reals.plus(kernel, repeated(use, stride, reals.minus(side, Fraction(1))))


def cells(use: Use, args: list[Value]) -> Value:
    """cells(a, b, ...): the cells of an array with these sides, one row after the other."""
    *outer, total = _lengths(args, len(args))
    for side in reversed(outer):
        total = repeated(use, total, side)
    return total


def repeated(use: Use, amount: Any, times: Any) -> Any:
    """amount, added again and again; what is left of a broken number of times is taken in proportion."""
    total, left = ZERO, times
    for _ in range(MAX_WINDOWS):
        if left < 1:
            return use.reals.plus(total, use.reals.times(amount, left)) if left else total
        total, left = use.reals.plus(total, amount), use.reals.minus(left, Fraction(1))
    raise Undefined("too many cells")


def _steps_below(use: Use, end: Any, step: Any) -> int:
    """How many of 0, step, 2 step, ... lie below the end."""
    count, begin = 0, ZERO
    while use.reals.less(begin, end):
        count, begin = count + 1, use.reals.plus(begin, step)
        if count > MAX_WINDOWS:
            raise Undefined("too many windows")
    return count


def _lengths(args: list[Value], number: int) -> list[Any]:
    if len(args) != number or any(isinstance(arg, Array) for arg in args):
        raise Undefined(f"sizes are counted with {number} numbers")
    if any(arg <= 0 for arg in args):
        raise Undefined("a size that is not positive")
    return list(args)


def pool(reduced: Callable[[Use, list[Any]], Any]) -> Meaning:
    """A window's entries reduced to one, channel by channel; padding counts as zeros, or not at all with `inside`."""

    def meaning(use: Use, args: list[Value]) -> Value:
        size = sides(use, (2, 2), "k", "kernel", "size")
        under, left_out = frame(use, size, sides(use, size, "s", "stride")), bool(use.whole(0, "inside"))
        pooled = []
        for channel in _channels(args[0]):
            windows = ([x for x in w if x is not None or not left_out] for w in under.windows(channel, None))
            pooled.append(Array(_counts(under, channel), tuple(reduced(use, window) for window in windows)))
        return pooled[0] if len(args[0].shape) == 2 else stack(pooled)

    return meaning


def window_max(use: Use, window: list[Any]) -> Any:
    """The largest entry of a window, where None stands for padding."""
    if not window:
        raise Undefined("the largest entry of an empty window")
    entries = [ZERO if entry is None else entry for entry in window]
    return entries[use.branches.choose(lambda: largest(use, entries, [entry is None for entry in window]))]


def window_mean(use: Use, window: list[Any]) -> Any:
    """The mean of a window, where None stands for padding."""
    if not window:
        raise Undefined("the mean of an empty window")
    return use.reals.over(reduce(use.reals.plus, (entry or ZERO for entry in window)), Fraction(len(window)))
