"""What lies under a window at each of its places on an image: settings as they are printed, entries, padding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from derive.notation.arrays import Array, Value, items
from derive.notation.reals import Undefined
from derive.notation.use import Use

Two = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """A window over an image: along height and width its kernel, its step, the gap of its cells, the padding."""

    kernel: Two
    step: Two
    gap: Two
    before: Two
    after: Two

    def starts(self, image: Array) -> tuple[range, range]:
        """The first row, and the first column, that the kernel covers at each of its places; negative in the padding.

        Raises:
            Undefined: the kernel fits nowhere.
        """
        down, across = (self._along(axis, size) for axis, size in enumerate(image.shape))
        if not down or not across:
            raise Undefined("a kernel that is larger than its image")
        return down, across

    def _along(self, axis: int, size: int) -> range:
        if min(self.step[axis], self.gap[axis]) < 1 or min(self.before[axis], self.after[axis]) < 0:
            raise Undefined("a window that does not move, or a negative padding")
        reach = self.gap[axis] * (self.kernel[axis] - 1)
        return range(-self.before[axis], size + self.after[axis] - reach, self.step[axis])

    def windows(self, image: Array, outside: Any) -> Iterator[list[Any]]:
        """The entries under the kernel at each place, row by row; `outside` stands where there is no image."""
        height, width = image.shape
        down, across = self.starts(image)
        for top in down:
            for left in across:
                rows = [top + self.gap[0] * a for a in range(self.kernel[0])]
                columns = [left + self.gap[1] * b for b in range(self.kernel[1])]
                yield [
                    image.items[i * width + j] if 0 <= i < height and 0 <= j < width else outside
                    for i in rows
                    for j in columns
                ]


def frame(use: Use, kernel: Two, step: Two) -> Frame:
    """The window that `padding` and `dilation` describe; each may be one number or one for each side."""
    margins = _setting(use, ("padding", "p"), 0)
    if isinstance(margins, tuple) or (isinstance(margins, Array) and margins.shape == (2, 2)):
        top, left = (_two(use, side) for side in (margins if isinstance(margins, tuple) else margins.parts()))
        (before, after) = zip(top, left, strict=True)
    else:
        before = after = _two(use, margins)
    return Frame(kernel, step, sides(use, (1, 1), "dilation"), before, after)


def sides(use: Use, default: Two, *names: str) -> Two:
    """A setting as one number for the height and one for the width."""
    return _two(use, _setting(use, names, default))


def _setting(use: Use, names: tuple[str, ...], default: Any) -> Value:
    return next((use.params[name] for name in names if name in use.params), default)


def _two(use: Use, value: Value) -> Two:
    numbers = [_whole(use, x) for x in (value if isinstance(value, tuple) else items(value))]
    if not 1 <= len(numbers) <= 2:
        raise Undefined("a setting with more than two numbers")
    return numbers[0], numbers[-1]


def _whole(use: Use, value: Any) -> int:
    whole = value if isinstance(value, int) else use.reals.whole(value)
    if whole is None:
        raise Undefined("a setting that is not a whole number")
    return whole
