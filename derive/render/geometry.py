"""Points, rectangles and how much they cover of each other; centimetres, y grows upwards."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Rect) -> float:
        """The area that two rectangles share."""
        across = min(self.x + self.width / 2, other.x + other.width / 2) - max(
            self.x - self.width / 2, other.x - other.width / 2
        )
        up = min(self.y + self.height / 2, other.y + other.height / 2) - max(
            self.y - self.height / 2, other.y - other.height / 2
        )
        return max(0.0, across) * max(0.0, up)

    def crossed(self, start: Point, end: Point) -> float:
        """The length of a straight line inside the rectangle."""
        first, last = 0.0, 1.0
        for middle, size, a, b in ((self.x, self.width, start[0], end[0]), (self.y, self.height, start[1], end[1])):
            low, high = middle - size / 2, middle + size / 2
            if a == b:
                if not low < a < high:
                    return 0.0
                continue
            enter, leave = sorted(((low - a) / (b - a), (high - a) / (b - a)))
            first, last = max(first, enter), min(last, leave)
        return max(0.0, last - first) * hypot(end[0] - start[0], end[1] - start[1])


def along(start: Point, end: Point, part: float) -> Point:
    """The point after a part of the way."""
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def normal(start: Point, end: Point) -> Point:
    """The unit vector square to a line that goes from left to right, pointing up."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (start[1] - end[1]) / length, (end[0] - start[0]) / length
