"""How a window moves over an image: kernel, stride, dilation and padding along height and width."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from derive.errors import InputError

Pair = tuple[int, int]
"""One number for the height, one for the width."""
Sides = int | Pair
Margins = int | tuple[int | Pair, int | Pair]
"""Cells of padding: on every side, or for height and width each one number or (before, after)."""
Cell = tuple[int, int]


def out_size(size: int, kernel: int, stride: int, padding: int, after: int | None = None, dilation: int = 1) -> int:
    """⌊(n + p + p' - d(k - 1) - 1)/s⌋ + 1, where p cells stand before and p' after (as many if not said)."""
    after = padding if after is None else after
    room = size + padding + after - (dilation * (kernel - 1) + 1)
    if min(size, kernel, stride, dilation) < 1 or min(padding, after) < 0 or room < 0:
        dilated = f" and dilation {dilation}" if dilation > 1 else ""
        padded = f"{padding}" if padding == after else f"{padding} and {after}"
        raise InputError(
            f"a kernel of {kernel} with stride {stride}{dilated} does not fit a size of {size} with padding {padded}"
        )
    return room // stride + 1


@dataclass(frozen=True, slots=True)
class Slide:
    """A window of `kernel` cells, `dilation` apart, every `stride`; `before` and `after` are cells of padding."""

    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    before: Pair = (0, 0)
    after: Pair = (0, 0)

    def counts(self, height: int, width: int) -> Pair:
        """How many windows stand below each other, and side by side.

        Raises:
            InputError: the window is larger than the padded image, or a setting makes no sense.
        """
        down, across = (
            out_size(size, *each)
            for size, *each in zip(
                (height, width), self.kernel, self.stride, self.before, self.after, self.dilation, strict=True
            )
        )
        return down, across

    def cells(self, i: int, j: int) -> tuple[Cell, ...]:
        """The cells of the image under window (i, j), row by row; those of the padding lie outside of it."""
        (rows, columns), (across, down) = self.kernel, (self.dilation[1], self.dilation[0])
        top, left = self.stride[0] * i - self.before[0], self.stride[1] * j - self.before[1]
        return tuple((top + down * a, left + across * b) for a, b in product(range(rows), range(columns)))


def slide(kernel: Sides, stride: Sides = 1, padding: Margins = 0, dilation: Sides = 1) -> Slide:
    """A window from settings as they are typed."""
    ends = [side if isinstance(side, tuple) else (side, side) for side in _pair(padding)]
    (top, bottom), (left, right) = ends
    return Slide(_sides(kernel), _sides(stride), _sides(dilation), (top, left), (bottom, right))


def _pair(value: Margins) -> tuple[int | Pair, int | Pair]:
    return value if isinstance(value, tuple) else (value, value)


def _sides(value: Sides) -> Pair:
    return value if isinstance(value, tuple) else (value, value)
