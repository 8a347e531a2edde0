"""Layers that put zeros at the ends of the sides of an input, or cut cells off there."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import AXES, Letter, Rule, Size, Window, expect, out
from derive.network.layers.sides import Margins, Pair, Spatial, both_ends, keras_ends, torch_ends
from derive.network.layers.upsampling import KEPT
from derive.notation.form import Form, Sum
from derive.notation.symbols import parse_symbol


class _AtEnds(Spatial):
    """Base of what adds or cuts cells at the ends of the sides."""

    setting: ClassVar[str]
    letter_name: ClassVar[str]
    sign: ClassVar[int]
    keras_name: ClassVar[str]

    def _all_ends(self) -> tuple[Pair, ...]:
        return tuple(self.ends(self.setting, axis) for axis in range(self.rank))

    def output(self, *sizes: Size) -> Size:
        """Each side with what is added, or without what is cut."""
        expect(self, sizes[0], self.rank + 1)
        sides = [side + self.sign * sum(ends) for side, ends in zip(sizes[0], self._all_ends(), strict=False)]
        for side, ends, left in zip(sizes[0], self._all_ends(), sides, strict=False):
            if left < 1:
                raise InputError(f"a crop of {ends[0]} and {ends[1]} leaves nothing of a side of {side}")
        return (*sides, sizes[0][-1])

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """Its own place, moved by what is added or cut before it."""
        return tuple(Window(1, padding=self.sign * before) for before, _ in self._all_ends())

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """What is added or cut."""
        return tuple(dict.fromkeys(self.margin_letters(self.letter_name, self.setting, self.setting)))

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """H + 2P or H - 2P."""
        rules = []
        for axis, name in enumerate(AXES[self.rank + 1][:-1]):
            side, ends = parse_symbol(name), self.end_letters(self.letter_name, self.setting, axis)
            both = both_ends(ends)
            parts = both.terms if isinstance(both, Sum) else (both,)
            one_by_one = ends * (3 - len(ends))
            why = (f"{self.setting} at both ends",)
            rules.append(Rule(out(name), self._with(side, parts), why, self._with(side, one_by_one)))
        return (*rules, KEPT)

    def _with(self, side: Form, parts: tuple[Form, ...]) -> Form:
        """The side, and each part added to it or taken off."""
        return Sum((side, *parts), (False, *(self.sign < 0 for _ in parts)))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.ZeroPadding2D(...)`, `layers.Cropping2D(...)`."""
        return keras_ends(self.keras_name, self._all_ends()) or ("layers.Identity()",)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.ZeroPad2d(...)`, with negative numbers where it cuts."""
        ends = [(self.sign * before, self.sign * after) for before, after in self._all_ends()]
        return torch_ends(ends) or ("nn.Identity()",)


class ZeroPadding(_AtEnds):
    """Base of the layers that put zeros at the ends of the sides."""

    noun: ClassVar[str] = "zero padding layer"
    setting: ClassVar[str] = "padding"
    letter_name: ClassVar[str] = "P"
    sign: ClassVar[int] = 1
    keras_name: ClassVar[str] = "ZeroPadding"

    padding: Margins = Field(1, description="zeros on each side; or a number or pair for each axis")


class Cropping(_AtEnds):
    """Base of the layers that cut cells off the ends of the sides."""

    noun: ClassVar[str] = "cropping layer"
    setting: ClassVar[str] = "cropping"
    letter_name: ClassVar[str] = "Q"
    sign: ClassVar[int] = -1
    keras_name: ClassVar[str] = "Cropping"

    cropping: Margins = Field(1, description="cells cut off each side; or a number or pair for each axis")


class Padding1D(ZeroPadding):
    """Zeros at the ends of a sequence."""

    kind: ClassVar[str] = "padding1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "padding1d(padding=(2, 0))"
    takes: ClassVar[tuple[Size, ...]] = ((20, 8),)


class Padding2D(ZeroPadding):
    """Zeros round an image."""

    kind: ClassVar[str] = "padding2d"
    example: ClassVar[str] = "padding2d(padding=2)"


class Padding3D(ZeroPadding):
    """Zeros round a volume."""

    kind: ClassVar[str] = "padding3d"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "padding3d(padding=(0, 1, 1))"
    takes: ClassVar[tuple[Size, ...]] = ((4, 6, 6, 2),)


class Crop1D(Cropping):
    """A sequence without its ends."""

    kind: ClassVar[str] = "crop1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "crop1d(cropping=(1, 2))"
    takes: ClassVar[tuple[Size, ...]] = ((20, 8),)


class Crop2D(Cropping):
    """An image without its rim."""

    kind: ClassVar[str] = "crop2d"
    example: ClassVar[str] = "crop2d(cropping=((1, 2), (3, 4)))"


class Crop3D(Cropping):
    """A volume without its rim."""

    kind: ClassVar[str] = "crop3d"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "crop3d(cropping=1)"
    takes: ClassVar[tuple[Size, ...]] = ((4, 6, 6, 2),)
