"""The geometry of a picture that both languages share: its frame, the room of its words, its paths.

Lengths are centimetres, y grows upwards. The languages only draw what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians, sin

from derive.notation.widths import EM_CM, phrase_width
from derive.record import Ellipse, Patch, Picture, Spot, Stroke, Words
from derive.render.figures import TEXT_CM
from derive.render.geometry import Rect, along

PAGE_CM = 23.0
"""The largest height of a picture; what is larger is made smaller."""
LINE_EM = 1.15
"""The height of a line of words in em."""
_MAIN_SIZE, _POINT_CM, _MARGIN = 11, 0.0353, 0.03
_SIDES = {"centre": (0.5, 0.5), "west": (0.0, 0.5), "east": (1.0, 0.5), "north": (0.5, 1.0), "south": (0.5, 0.0)}
_TENSION = 1 / 6

Segment = tuple[Spot, ...]
"""The points of a piece of a path behind its start: one for a straight line, three for a cubic curve."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that a picture covers, and by how much it is made smaller."""

    left: float
    low: float
    width: float
    height: float
    scale: float

    def x(self, x: float) -> float:
        """The distance from the left."""
        return x - self.left

    def up(self, y: float) -> float:
        """The distance from below."""
        return y - self.low

    def down(self, y: float) -> float:
        """The distance from above."""
        return self.low + self.height - y


def frame(picture: Picture) -> Frame:
    """The smallest rectangle round everything."""
    rects = [room(shape) for shape in picture.shapes] or [Rect(0.0, 0.0, 0.0, 0.0)]
    left = min(rect.x - rect.width / 2 for rect in rects) - _MARGIN
    low = min(rect.y - rect.height / 2 for rect in rects) - _MARGIN
    width = max(rect.x + rect.width / 2 for rect in rects) + _MARGIN - left
    height = max(rect.y + rect.height / 2 for rect in rects) + _MARGIN - low
    return Frame(left, low, width, height, min(1.0, TEXT_CM / width, PAGE_CM / height))


def room(shape: Stroke | Patch | Ellipse | Words) -> Rect:
    """The rectangle that a shape takes."""
    if isinstance(shape, Ellipse):
        return Rect(*shape.at, 2 * shape.across, 2 * shape.up)
    if isinstance(shape, Words):
        return _words_room(shape)
    points = [point for segment in path(shape) for point in segment] if isinstance(shape, Stroke) else []
    xs, ys = zip(*(*shape.points, *points), strict=True)
    return Rect((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs), max(ys) - min(ys))


def _words_room(words: Words) -> Rect:
    """Words are turned first, then set by their anchor."""
    width = phrase_width(words.phrase) * EM_CM * words.size / _MAIN_SIZE
    height = LINE_EM * words.size * _POINT_CM
    angle = radians(words.turned)
    across = abs(width * cos(angle)) + abs(height * sin(angle))
    tall = abs(width * sin(angle)) + abs(height * cos(angle))
    right, up = share(words)
    return Rect(words.at[0] + across * (0.5 - right), words.at[1] + tall * (0.5 - up), across, tall)


def share(words: Words) -> tuple[float, float]:
    """Which part of the words' width lies left of their point, and which part of their height below it."""
    return _SIDES[words.anchor]


@lru_cache(maxsize=4096)
def path(shape: Stroke | Patch) -> tuple[Segment, ...]:
    """The pieces of a line, or of the outline of a polygon, behind its first point (see `start`)."""
    closed = isinstance(shape, Patch)
    if isinstance(shape, Stroke) and shape.curved and len(shape.points) > 2:
        return _smooth(shape.points)
    points = (*shape.points, shape.points[0]) if closed else shape.points
    if not shape.rounded:
        return tuple((point,) for point in points[1:])
    turns = (*points[:-1], points[0], points[1]) if closed else points
    pieces: list[Segment] = []
    for before, corner, after in zip(turns, turns[1:], turns[2:], strict=False):
        pieces += _corner(before, corner, after, shape.rounded)
    return tuple(pieces) if closed else (*pieces, (points[-1],))


def start(shape: Stroke | Patch) -> Spot:
    """Where the path of a shape begins: a rounded polygon ends its outline there too."""
    if isinstance(shape, Patch) and shape.rounded:
        return path(shape)[-1][-1]
    return shape.points[0]


def _corner(before: Spot, corner: Spot, after: Spot, radius: float) -> list[Segment]:
    """The line up to a corner, and the round of it; no round is longer than half a side."""
    there, back = (hypot(p[0] - corner[0], p[1] - corner[1]) or 1.0 for p in (before, after))
    cut = min(radius, there / 2, back / 2)
    begin, end = along(corner, before, cut / there), along(corner, after, cut / back)
    return [(begin,), (along(begin, corner, 0.55), along(end, corner, 0.55), end)]


def _smooth(points: tuple[Spot, ...]) -> tuple[Segment, ...]:
    """A curve through points, at each in the direction from its left to its right neighbour (Catmull and Rom)."""
    ends = (points[0], *points, points[-1])
    return tuple(_arc(*ends[place : place + 4]) for place in range(len(points) - 1))


def _arc(before: Spot, a: Spot, b: Spot, after: Spot) -> Segment:
    first = (a[0] + (b[0] - before[0]) * _TENSION, a[1] + (b[1] - before[1]) * _TENSION)
    second = (b[0] - (after[0] - a[0]) * _TENSION, b[1] - (after[1] - a[1]) * _TENSION)
    return first, second, b


def reading_order(picture: Picture) -> list[list[Words]]:
    """The words by lines from above, each line from left to right."""
    rows: list[list[Words]] = []
    words = [shape for shape in picture.shapes if isinstance(shape, Words)]
    for each in sorted(words, key=lambda word: -_words_room(word).y):
        near = rows and abs(_words_room(rows[-1][0]).y - _words_room(each).y) < _words_room(each).height / 2
        if near:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [sorted(row, key=lambda word: _words_room(word).x) for row in rows]
