"""Settings that have one number for every side of a sequence, an image or a volume, or one for each side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from derive.network.layers.base import AXES, DIMENSIONS, Layer, Letter, called
from derive.notation.build import TWO, add, multiply
from derive.notation.form import Form, Symbol
from derive.notation.symbols import parse_symbol

Sides = Annotated[int, Field(ge=1)] | tuple[Annotated[int, Field(ge=1)], ...]
"""One number for every spatial axis, or one for each."""
Margin = Annotated[int, Field(ge=0)]
Margins = Margin | tuple[Margin | tuple[Margin, Margin], ...]
"""Cells at the ends: on every side, for each axis, or for each axis (before, after)."""
Padding = Margins | Literal["valid", "same"]
"""Cells of padding by number, or by TensorFlow's rules."""
Pair = tuple[int, int]


class Spatial(Layer):
    """Base of the layers that work along `rank` sides; a setting is kept as the shortest way to write it."""

    rank: ClassVar[int] = 2
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "first"
    at_ends: ClassVar[tuple[str, ...]] = ("padding", "cropping")
    """The settings that may differ before and after a side."""

    @field_validator("*")
    @classmethod
    def _for_each_side(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, tuple):
            return value
        if cls.rank == 1 and info.field_name in cls.at_ends and len(value) == 2:
            value = (value,)  # one side alone: the numbers are its ends
        if len(value) != cls.rank:
            raise ValueError(f"{len(value)} numbers for {cls.rank} side{'s' if cls.rank > 1 else ''}")
        return shortest([end[0] if isinstance(end, tuple) and end[0] == end[1] else end for end in value])

    @property
    def title(self) -> str:
        """With the number of sides: "two-dimensional convolution"."""
        return f"{DIMENSIONS[self.rank]} {self.noun}"

    def side(self, setting: str, axis: int) -> int:
        """The number that a setting has for an axis."""
        value = getattr(self, setting)
        return int(value[axis]) if isinstance(value, tuple) else int(value)

    def ends(self, setting: str, axis: int) -> Pair:
        """The numbers that a setting has before and after an axis."""
        value: Any = getattr(self, setting)
        given = value[axis] if isinstance(value, tuple) else value
        return given if isinstance(given, tuple) else (given, given)

    def letter(self, letter: str, setting: str, axis: int) -> Symbol:
        """The letter of a setting, with the axis as an index where the sides differ."""
        split = self.rank > 1 and isinstance(getattr(self, setting), tuple)
        return parse_symbol(f"{letter}_{AXES[self.rank + 1][axis]}" if split else letter)

    def end_letters(self, letter: str, setting: str, axis: int) -> tuple[Symbol, ...]:
        """One letter where both ends get the same, two where they differ."""
        stem = self.letter(letter, setting, axis)
        before, after = self.ends(setting, axis)
        if before == after:
            return (stem,)
        return tuple(Symbol(stem.base, sub=(*stem.sub, end)) for end in ("before", "after"))

    def side_letters(self, letter: str, setting: str, note: str) -> list[Letter]:
        """The letters of a setting with their values, axis by axis."""
        return [Letter(self.letter(letter, setting, i), self.side(setting, i), note) for i in range(self.rank)]

    def margin_letters(self, letter: str, setting: str, note: str) -> list[Letter]:
        """The letters of what is added or cut at the ends, with their values."""
        found = []
        for axis in range(self.rank):
            names, values = self.end_letters(letter, setting, axis), self.ends(setting, axis)
            notes = (note,) if len(names) == 1 else (f"{note} before", f"{note} after")
            found += [Letter(*each) for each in zip(names, values, notes, strict=False)]
        return found


def both_ends(names: Sequence[Symbol]) -> Form:
    """What both ends make together: 2·P, or P_before + P_after."""
    return multiply([TWO, names[0]]) if len(names) == 1 else add(names)


def shortest(values: Sequence[Any]) -> Any:
    """One value where all are the same number, else the tuple of them."""
    same = all(value == values[0] for value in values) and not isinstance(values[0], tuple)
    return values[0] if same else tuple(values)


def keras_ends(name: str, ends: Sequence[Pair]) -> tuple[str, ...]:
    """A Keras layer that adds or cuts cells at the ends, such as `layers.ZeroPadding2D`; none where there are none."""
    if not any(map(any, ends)):
        return ()
    if len(ends) == 1:
        return (called(f"layers.{name}1D", ends[0][0] if ends[0][0] == ends[0][1] else ends[0]),)
    equal = all(before == after for before, after in ends)
    return (called(f"layers.{name}{len(ends)}D", shortest([before for before, _ in ends]) if equal else tuple(ends)),)


def torch_ends(ends: Sequence[Pair], fill: str | None = None) -> tuple[str, ...]:
    """The PyTorch module that pads, the last side first; negative numbers cut. `fill` is the value if not zero."""
    if not any(map(any, ends)):
        return ()
    flat = [end for pair in reversed(ends) for end in pair]
    if fill is not None:
        return (called(f"nn.ConstantPad{len(ends)}d", shortest(flat), fill),)
    return (called(f"nn.ZeroPad{len(ends)}d", shortest(flat)),)


def setting(values: Sequence[int], default: int) -> Any:
    """The numbers of a setting as source text wants them; None where they are the default."""
    short = shortest(values)
    return None if short == default else short
