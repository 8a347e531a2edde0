"""Layers that enlarge the sides of an input and learn nothing."""

from __future__ import annotations

from math import prod
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from derive.errors import InputError
from derive.network.layers.base import AXES, Letter, Rule, Size, Window, called, expect, out
from derive.network.layers.sides import Sides, Spatial
from derive.notation.build import multiply
from derive.notation.form import Call
from derive.notation.symbols import parse_symbol

CHANNELS = parse_symbol("C")
KEPT = Rule(out("C"), CHANNELS, ("the channels stay",))


class Upsampling(Spatial):
    """Base of the layers that enlarge the sides: each cell repeated, or values between neighbours in a line.

    For the receptive field the input is stretched by the factor: an output in a line reads two neighbours of it.
    """

    noun: ClassVar[str] = "upsampling layer"
    linear: ClassVar[str] = "bilinear"

    factor: Sides = Field(2, description="how many times longer each side becomes")
    mode: Literal["nearest", "linear", "bilinear", "trilinear"] = Field("nearest", description="how values are found")

    @model_validator(mode="after")
    def _fits_its_sides(self) -> Self:
        if self.mode not in ("nearest", self.linear):
            raise ValueError(f"mode is nearest or {self.linear}, not {self.mode}")
        return self

    def output(self, *sizes: Size) -> Size:
        """(H·U, W·U, C)."""
        expect(self, sizes[0], self.rank + 1)
        return (*(side * self.side("factor", axis) for axis, side in enumerate(sizes[0][:-1])), sizes[0][-1])

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """A box as long as the factor over the stretched input; a triangle of twice that, centred, for a line."""
        factors = [self.side("factor", axis) for axis in range(self.rank)]
        if self.mode == "nearest":
            return tuple(Window(u, padding=u - 1, upscale=u) for u in factors)
        return tuple(Window(2 * u - u % 2, padding=(3 * u - 2) // 2, upscale=u) for u in factors)

    def multiply_adds(self, *sizes: Size) -> int:
        """A weight for each neighbour of a value in a line: two along each side."""
        return 0 if self.mode == "nearest" else prod(self.output(*sizes)) * 2**self.rank

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """U, the factor."""
        return tuple(dict.fromkeys(self.side_letters("U", "factor", "factor")))

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """Each side times its factor."""
        rules = []
        for axis, name in enumerate(AXES[self.rank + 1][:-1]):
            side, factor = parse_symbol(name), self.letter("U", "factor", axis)
            meaning = Call("spread", (side, factor, factor))
            rules.append(Rule(out(name), multiply([side, factor]), ("U cells for each cell",), meaning))
        return (*rules, KEPT)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.UpSampling2D(...)`."""
        if self.mode != "nearest" and self.rank != 2:
            raise InputError(f"Keras has no {self.kind} but the nearest")
        way = None if self.mode == "nearest" else self.mode
        return (called(f"layers.UpSampling{self.rank}D", self.factor, interpolation=way),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Upsample(...)`."""
        return (called("nn.Upsample", scale_factor=self.factor, mode=None if self.mode == "nearest" else self.mode),)


class Upsample1D(Upsampling):
    """A sequence made longer by a whole factor."""

    kind: ClassVar[str] = "upsample1d"
    rank: ClassVar[int] = 1
    linear: ClassVar[str] = "linear"
    example: ClassVar[str] = "upsample1d(factor=3)"
    takes: ClassVar[tuple[Size, ...]] = ((20, 8),)


class Upsample2D(Upsampling):
    """An image made larger by a whole factor."""

    kind: ClassVar[str] = "upsample2d"
    example: ClassVar[str] = "upsample2d(factor=2, mode=bilinear)"
    takes: ClassVar[tuple[Size, ...]] = ((13, 14, 8),)


class Upsample3D(Upsampling):
    """A volume made larger by a whole factor."""

    kind: ClassVar[str] = "upsample3d"
    rank: ClassVar[int] = 3
    linear: ClassVar[str] = "trilinear"
    example: ClassVar[str] = "upsample3d(factor=(1, 2, 2))"
    takes: ClassVar[tuple[Size, ...]] = ((4, 6, 6, 2),)
