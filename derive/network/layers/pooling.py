"""Pooling: a window reduced to one value, channel by channel."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from derive.conventions import convention
from derive.errors import InputError
from derive.network.layers.base import Letter, Rule, Size, called, out
from derive.network.layers.sides import Padding, Sides, torch_ends
from derive.network.layers.sliding import Sliding, given_to_both
from derive.notation.symbols import parse_symbol


class Pooling(Sliding):
    """Base of the poolings: the stride is the size of the window unless said.

    Padding that has a number for both ends is PyTorch's own setting; where Keras pads, or PyTorch pads the ends
    differently, a layer in front does it with zeros.
    """

    size_reason: ClassVar[str] = "size of a pooling"
    word: ClassVar[str] = "Max"

    kernel: Sides = Field(2, description="size of the window along each side, in cells")
    padding: Padding = Field(
        "valid",
        description="cells on each side; or valid, same, a number or pair for each axis",
        json_schema_extra=convention("valid", "same"),
    )
    ceil: bool = Field(
        False,
        description="whether a last window may stick out of the input",
        json_schema_extra=convention(),
    )

    @model_validator(mode="before")
    @classmethod
    def _stride_of_window(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("stride") is None:
            return {**given, "stride": given.get("kernel", 2)}
        return given

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.word == "Avg" and self.dilation != 1:
            raise ValueError("the window of an average pooling has no dilation")
        ends = [] if isinstance(self.padding, str) else [self.ends("padding", axis) for axis in range(self.rank)]
        if self.ceil and any(before != after for before, after in ends):
            raise ValueError("ceil needs the same padding at both ends")
        return self

    @property
    def ceils(self) -> bool:
        """Whether the last window may stick out of the input."""
        return self.ceil

    def output(self, *sizes: Size) -> Size:
        """The sides that the windows give, the same channels."""
        sides = self.slid(sizes[0])
        for window, ends in zip(self.windows(sizes[0]), self.margins(sizes[0]), strict=True):
            if self.padding != "same" and max(ends) > window.kernel // 2:
                raise InputError(
                    f"a padding of {max(ends)} is more than half of a window of {window.kernel}, "
                    "which PyTorch refuses: such a window would see nothing but padding"
                )
        return (*sides, sizes[0][-1])

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """K, S, P and d of the window."""
        return tuple(
            Letter(letter.symbol, letter.value, "window" if letter.note == "kernel" else letter.note)
            for letter in super().letters(*sizes)
        )

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then the channels."""
        return (*self.side_rules(*sizes), Rule(out("C"), parse_symbol("C"), ("each channel is pooled by itself",)))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.MaxPooling2D(...)`, with a layer in front for paddings other than valid and same."""
        if self.dilation != 1:
            raise InputError(f"{self.kind} has no dilation in Keras")
        if self.ceil and self.output(*sizes) != self.model_copy(update={"ceil": False}).output(*sizes):
            raise InputError(f"{self.kind} has no windows in Keras that stick out of the input")
        front, padding = self.keras_padding(sizes[0])
        name = "Average" if self.word == "Avg" else self.word
        line = called(
            f"layers.{name}Pooling{self.rank}D",
            self.kernel,
            strides=self.stride if self.stride != self.kernel else None,
            padding=padding,
        )
        return (*front, line)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.MaxPool2d(...)`, with a module in front where the ends are padded differently."""
        front, padding, ceil = self._torch_padding(sizes[0])
        line = called(
            f"nn.{self.word}Pool{self.rank}d",
            self.kernel,
            stride=self.stride if self.stride != self.kernel else None,
            padding=padding,
            dilation=self.dilation if self.dilation != 1 else None,
            ceil_mode=True if ceil else None,
            count_include_pad=False if self.padding == "same" and self.word == "Avg" else None,
        )
        return (*front, line)

    def _torch_padding(self, size: Size) -> tuple[tuple[str, ...], Any, bool]:
        """What pads in front, the setting, and whether windows stick out: with that `same` gets its odd cell.

        The padding of `same` is never looked at: it loses against every value, and a mean leaves it out.
        """
        margins = self.margins(size)
        odd = [axis for axis, (before, after) in enumerate(margins) if before != after]
        if self.padding != "same":
            return (torch_ends(margins), None, False) if odd else ((), given_to_both(margins), self.ceil)
        if self.dilation == 1 and all(self.side("stride", axis) > 1 for axis in odd):
            return (), given_to_both(margins), bool(odd)
        if self.word == "Avg":
            raise InputError(f"{self.kind}: padding same, an even window and a stride of 1 have no module in PyTorch")
        return torch_ends(margins, "float('-inf')"), None, False


class _Mean(Pooling):
    """Base of the poolings that take the mean."""

    word: ClassVar[str] = "Avg"


class MaxPool1D(Pooling):
    """The largest value of each window of a sequence."""

    kind: ClassVar[str] = "max_pool1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "max_pool1d(kernel=2)"
    takes: ClassVar[tuple[Size, ...]] = ((100, 64),)


class MaxPool2D(Pooling):
    """The largest value of each window of an image."""

    kind: ClassVar[str] = "max_pool2d"
    example: ClassVar[str] = "max_pool2d(kernel=2)"


class MaxPool3D(Pooling):
    """The largest value of each window of a volume."""

    kind: ClassVar[str] = "max_pool3d"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "max_pool3d(kernel=2)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 12, 12, 8),)


class AvgPool1D(_Mean):
    """The mean of each window of a sequence."""

    kind: ClassVar[str] = "avg_pool1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "avg_pool1d(kernel=4, stride=2, padding=1)"
    takes: ClassVar[tuple[Size, ...]] = ((100, 64),)


class AvgPool2D(_Mean):
    """The mean of each window of an image."""

    kind: ClassVar[str] = "avg_pool2d"
    example: ClassVar[str] = "avg_pool2d(kernel=2)"


class AvgPool3D(_Mean):
    """The mean of each window of a volume."""

    kind: ClassVar[str] = "avg_pool3d"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "avg_pool3d(kernel=3, stride=2, ceil=True)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 12, 12, 8),)
