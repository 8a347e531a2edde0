"""Curves over whole numbers, such as a loss against the step, as a picture that can be read in black and white.

A chart is a model without a language: axes, ticks with their numbers, curves that differ in dashes and markers, a
legend beside them. What leaves the range of the vertical axis is cut off at the frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10

from derive.errors import InputError
from derive.notation.build import TEN, number
from derive.notation.form import Form, Power
from derive.notation.widths import EM_CM, phrase_width
from derive.record import Dash, Ellipse, Patch, Phrase, Picture, Spot, Step, Stroke, Words

WIDTH, HEIGHT = 9.0, 5.6
"""The frame, in centimetres."""
DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", "dashdotted")
MOST_CURVES = 8
_MOST_MARKERS = 9
_TICK, _GAP, _LEGEND, _SAMPLE, _LINE = 0.09, 0.14, 0.35, 0.9, 0.52
_MANY_TIMES, _MOST_CLIMBED, _MOST_DECADES = 3.0, 6, 16
_LARGEST_START = 1e290
"""Beyond it the range of an axis would be no float."""
_SIZE, _MAIN_SIZE = 8, 11

Shape = Stroke | Patch | Ellipse | Words


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at 0, 1, 2, ...; `label` stands in the legend, behind it what the step `fact` finds, if there is one."""

    values: tuple[float, ...]
    label: Phrase
    fact: Step | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high` over `length` centimetres."""

    low: float
    high: float
    length: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where a value stands, also outside of the frame; nothing above 0 is far below a logarithmic axis."""
        if self.log:
            value = max(value, 10.0 ** (log10(self.low) - 300 * log10(self.high / self.low))) if value > 0 else 0.0
            part = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low)) if value else -1.0
        else:
            part = (value - self.low) / (self.high - self.low)
        return part * self.length

    def ticks(self) -> list[tuple[float, Form]]:
        """Round values inside the axis, and how they are written."""
        if self.log:
            low, high = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
            powers = range(low, high + 1, max(1, ceil((high - low) / 6)))
            return [(10.0**k, _power(k)) for k in powers]
        step = _round_step((self.high - self.low) / 5)
        places = range(ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9) + 1)
        return [(float(k * step), number(k * step)) for k in places]


def _power(exponent: int) -> Form:
    return number(10**exponent) if exponent in (0, 1) else Power(TEN, number(exponent))


def _round_step(rough: float) -> Fraction:
    """1, 2 or 5 times a power of ten, at least as large."""
    power = Fraction(10) ** floor(log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))


def suits_log(curves: Sequence[Curve]) -> bool:
    """Whether a logarithmic axis shows more: all values are positive and spread far, and none climbs out of sight."""
    values = [value for curve in curves for value in curve.values]
    climbs = max(values) > _MANY_TIMES * max(curve.values[0] for curve in curves)
    return min(values) > 0 and not climbs and max(values) > 1000 * min(values)


def vertical(curves: Sequence[Curve], log: bool) -> Scale:
    """The axis for all curves; one that climbs to many times where curves begin leaves it."""
    values = [value for curve in curves for value in curve.values]
    start = max(abs(curve.values[0]) for curve in curves) or 1.0
    if start > _LARGEST_START:
        raise InputError("the loss at the start is too large to be drawn")
    most = start * 10.0**_MOST_CLIMBED if log else _MANY_TIMES * start
    high = min(max(values), most)
    if log:
        low = max(min(value for value in values if value > 0), high / 10.0**_MOST_DECADES)
        top = max(ceil(log10(high) - 1e-9), floor(log10(low) + 1e-9) + 1)
        return Scale(10.0 ** floor(log10(low) + 1e-9), 10.0**top, HEIGHT, log=True)
    low = max(min(values), -most)
    low = 0.0 if 0 <= low < high / 2 else low
    step = float(_round_step((high - low or 1.0) / 5))
    bottom = floor(low / step + 1e-9)
    return Scale(bottom * step, max(ceil(high / step - 1e-9), bottom + 1) * step, HEIGHT)


def leaves(curve: Curve, scale: Scale) -> int | None:
    """The first step at which a curve stands outside of the frame; below a logarithmic one it has arrived."""
    slack = (scale.high - scale.low) * 1e-9
    lowest = float("-inf") if scale.log else scale.low - slack
    outside = (k for k, value in enumerate(curve.values) if not lowest <= value <= scale.high + slack)
    return next(outside, None)


def plot(curves: Sequence[Curve], across: Phrase, up: Phrase, log: bool | None = None, caption: Phrase = ()) -> Picture:
    """The curves over 0, 1, 2, ... with axes, ticks and a legend.

    Args:
        across, up: what the axes show.
        log: whether the vertical axis is logarithmic; what suits the values where not said.
    """
    scale = vertical(curves, suits_log(curves) if log is None else log)
    steps = Scale(0, max(1, *(len(curve.values) - 1 for curve in curves)), WIDTH)
    shapes = [*_axes(steps, scale, across, up)]
    for place, curve in enumerate(curves):
        shapes += _drawn(place, curve, steps, scale)
    shapes += [shape for place, curve in enumerate(curves) for shape in _legend(place, curve)]
    return Picture(tuple(shapes), caption)


def _axes(steps: Scale, scale: Scale, across: Phrase, up: Phrase) -> Iterator[Shape]:
    for value, form in scale.ticks():
        y = scale.at(value)
        yield Stroke(((0.0, y), (WIDTH, y)), weight=0.3, faint=True)
        yield Stroke(((-_TICK, y), (0.0, y)), weight=0.4)
        yield Words((-_GAP, y), (form,), "east", _SIZE)
    for value, form in steps.ticks():
        if value == int(value):
            x = steps.at(value)
            yield Stroke(((x, -_TICK), (x, 0.0)), weight=0.4)
            yield Words((x, -_GAP), (form,), "north", _SIZE)
    yield Stroke(((0.0, HEIGHT), (0.0, 0.0), (WIDTH, 0.0)), weight=0.6)
    yield Words((WIDTH / 2, -_GAP - _LINE), across, "north", _SIZE)
    widest = max(_width(form) for _, form in scale.ticks())
    yield Words((-2 * _GAP - widest, HEIGHT / 2), up, "east", _SIZE, turned=90)


def _width(form: Form) -> float:
    return phrase_width((form,)) * EM_CM * _SIZE / _MAIN_SIZE


def _drawn(place: int, curve: Curve, steps: Scale, scale: Scale) -> Iterator[Shape]:
    points = [(steps.at(k), scale.at(value)) for k, value in enumerate(curve.values)]
    for piece in inside(points, scale.length):
        if len(piece) > 1:
            yield Stroke(piece, dash=DASHES[place % len(DASHES)], weight=0.8)
    apart = max(1, ceil(len(points) / _MOST_MARKERS))
    for k in range(place % apart, len(points), apart):
        if 0 <= points[k][1] <= scale.length:
            yield _marker(place, points[k])


def inside(points: Sequence[Spot], height: float) -> list[tuple[Spot, ...]]:
    """The parts of a line through points that lie between 0 and the height."""
    pieces: list[list[Spot]] = []
    for a, b in pairwise(points):
        cut = _cut(a, b, height)
        if cut is None:
            continue
        if pieces and pieces[-1][-1] == cut[0]:
            pieces[-1].append(cut[1])
        else:
            pieces.append(list(cut))
    return [tuple(piece) for piece in pieces]


def _cut(a: Spot, b: Spot, height: float) -> tuple[Spot, Spot] | None:
    """The part of a segment between 0 and the height; None where it lies outside."""
    if max(a[1], b[1]) < 0 or min(a[1], b[1]) > height:
        return None

    def at(y: float) -> Spot:
        return a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y

    ends = [at(0.0) if p[1] < 0 else at(height) if p[1] > height else p for p in (a, b)]
    return ends[0], ends[1]


def _marker(place: int, at: Spot, size: float = 0.075) -> Shape:
    """A mark of its own for each curve: disk, square, triangle, rhombus, then the same ones hollow."""
    shade, weight = ("black", 0.4) if place % 8 < 4 else ("white", 0.6)
    x, y = at
    if place % 4 == 0:
        return Ellipse(at, size, size, shade, weight)  # type: ignore[arg-type]
    corners = {
        1: ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        2: ((-1.2, -0.8), (1.2, -0.8), (0, 1.3)),
        3: ((-1.3, 0), (0, -1.3), (1.3, 0), (0, 1.3)),
    }[place % 4]
    return Patch(tuple((x + size * dx, y + size * dy) for dx, dy in corners), shade, weight)  # type: ignore[arg-type]


def _legend(place: int, curve: Curve) -> Iterator[Shape]:
    left, y = WIDTH + _LEGEND, HEIGHT - _LINE * (place + 0.5)
    yield Stroke(((left, y), (left + _SAMPLE, y)), dash=DASHES[place % len(DASHES)], weight=0.8)
    yield _marker(place, (left + _SAMPLE / 2, y))
    yield Words((left + _SAMPLE + _GAP, y), curve.label, "west", _SIZE, fact=curve.fact)
