"""What drawings of networks are made of: arrows, boxes, circles with a sign, words with the facts behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.notation.form import Form
from derive.notation.widths import EM_CM, phrase_width
from derive.record import Ellipse, Patch, Phrase, Picture, Shade, Spot, Step, Stroke, Words

LINE_CM = 0.38
"""The distance of two lines of words."""
_MAIN_SIZE = 11
_WIDER = {9: 1.03, 8: 1.07}
"""Small letters of TeX's fonts are wider than large ones made smaller."""
SIGN_RADIUS = 0.2


@dataclass(frozen=True, slots=True)
class Said:
    """A line of words: plain text, and behind it the number or shape of a fact."""

    text: Phrase
    fact: Step | None = None

    @property
    def phrase(self) -> Phrase:
        """All that is printed."""
        return Words((0.0, 0.0), self.text, fact=self.fact).phrase


def words_width(said: Said, size: int = 9) -> float:
    """The width of a line of words in centimetres."""
    return phrase_width(said.phrase) * EM_CM * size / _MAIN_SIZE * _WIDER.get(size, 1.0)


@dataclass
class Canvas:
    """The shapes so far, in the order in which they are drawn."""

    shapes: list[Stroke | Patch | Ellipse | Words] = field(default_factory=list)

    def picture(self, caption: Phrase = ()) -> Picture:
        """The finished drawing."""
        return Picture(tuple(self.shapes), caption)

    def line(self, *points: Spot, weight: float = 0.5, faint: bool = False, rounded: float = 0.0) -> None:
        """A line without a tip."""
        self.shapes.append(Stroke(points, weight=weight, faint=faint, rounded=rounded))

    def arrow(self, *points: Spot, dashed: bool = False, rounded: float = 0.15, weight: float = 0.6) -> None:
        """An arrow over some corners."""
        self.shapes.append(Stroke(points, True, "dashed" if dashed else "solid", weight, rounded=rounded))

    def fork(self, at: Spot) -> None:
        """A dot where a line goes two ways."""
        self.shapes.append(Ellipse(at, 0.05, 0.05, "black", 0.0))

    def patch(self, points: Iterable[Spot], shade: Shade = "light", weight: float = 0.5) -> None:
        """A filled polygon."""
        self.shapes.append(Patch(tuple(points), shade, weight))

    def frame(self, low: Spot, high: Spot, shade: Shade = "none", rounded: float = 0.0, weight: float = 0.5) -> None:
        """An upright rectangle from its lower left to its upper right corner."""
        (x, y), (right, up) = low, high
        self.shapes.append(Patch(((x, y), (right, y), (right, up), (x, up)), shade, weight, rounded))

    def box(self, at: Spot, width: float, height: float, *lines: Said, shade: Shade = "white", size: int = 9) -> None:
        """A rounded box with lines of words in its middle."""
        x, y = at
        self.frame((x - width / 2, y - height / 2), (x + width / 2, y + height / 2), shade, 0.08)
        top = y + LINE_CM * (len(lines) - 1) / 2
        for place, said in enumerate(lines):
            self.say((x, top - place * LINE_CM), said, size=size if place == 0 else min(size, 8))

    def sign(self, at: Spot, sign: str) -> None:
        """A circle with + or · in it, drawn rather than set, so that it sits in the middle."""
        x, y = at
        self.shapes.append(Ellipse(at, SIGN_RADIUS, SIGN_RADIUS, "white", 0.6))
        if sign == "+":
            arm = SIGN_RADIUS * 0.6
            self.line((x - arm, y), (x + arm, y), weight=0.7)
            self.line((x, y - arm), (x, y + arm), weight=0.7)
        else:
            self.shapes.append(Ellipse(at, 0.05, 0.05, "black", 0.0))

    def circle(self, at: Spot, radius: float, *words: Form | str, shade: Shade = "white", size: int = 9) -> None:
        """A circle, with words in it."""
        self.shapes.append(Ellipse(at, radius, radius, shade, 0.6))
        if words:
            self.say(at, Said(words), size=size)

    def dots(self, at: Spot, apart: float = 0.18, upright: bool = True) -> None:
        """Three dots for what is left out."""
        for step in (-apart, 0.0, apart):
            spot = (at[0], at[1] + step) if upright else (at[0] + step, at[1])
            self.shapes.append(Ellipse(spot, 0.035, 0.035, "black", 0.0))

    def say(self, at: Spot, said: Said, anchor: str = "centre", size: int = 9) -> None:
        """A line of words."""
        self.shapes.append(Words(at, said.text, anchor, size, fact=said.fact))  # type: ignore[arg-type]

    def column(self, at: Spot, lines: Iterable[Said], size: int = 9, up: bool = False) -> None:
        """Lines of words below a point, or above it."""
        found = list(lines)
        for place, said in enumerate(reversed(found) if up else found):
            shift = (place + 0.5) * LINE_CM
            self.say((at[0], at[1] + (shift if up else -shift)), said, size=size)
