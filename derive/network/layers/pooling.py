"""Pooling: a window reduced to one value, channel by channel."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from derive.network.layers.base import Rule, Size, called, out
from derive.network.layers.sliding import Sides, Sliding
from derive.notation.symbols import parse_symbol


class Pooling(Sliding):
    """Base of the poolings: the stride is the size of the window unless said."""

    size_reason: ClassVar[str] = "size of a pooling"
    word: ClassVar[str] = "Max"

    kernel: Sides = Field(2, description="size of the window along each side, in cells")
    ceil: bool = Field(False, description="whether a last window may stick out of the input")

    @model_validator(mode="before")
    @classmethod
    def _stride_of_window(cls, given: Any) -> Any:
        if isinstance(given, dict) and "stride" not in given:
            return {**given, "stride": given.get("kernel", 2)}
        return given

    @property
    def ceils(self) -> bool:
        """Whether the last window may stick out of the input."""
        return self.ceil

    def output(self, *sizes: Size) -> Size:
        """The sides that the windows give, the same channels."""
        return (*self.slid(sizes[0]), sizes[0][-1])

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then the channels."""
        return (*self.side_rules(*sizes), Rule(out("C"), parse_symbol("C"), ("each channel is pooled by itself",)))

    def keras(self, *sizes: Size) -> str:
        """`layers.MaxPooling2D(...)`."""
        name = "Average" if self.word == "Avg" else self.word
        return called(
            f"layers.{name}Pooling{self.rank}D",
            self.kernel,
            strides=self.stride if self.stride != self.kernel else None,
            padding="same" if self.padding == "same" else None,
        )

    def torch(self, *sizes: Size) -> str:
        """`nn.MaxPool2d(...)`."""
        return called(
            f"nn.{self.word}Pool{self.rank}d",
            self.kernel,
            stride=self.stride if self.stride != self.kernel else None,
            padding=self.padding if self.padding not in (0, "valid") else None,
            dilation=self.dilation if self.dilation != 1 else None,
            ceil_mode=True if self.ceil else None,
        )


class MaxPool2D(Pooling):
    """The largest value of each window."""

    kind: ClassVar[str] = "max_pool2d"
    example: ClassVar[str] = "max_pool2d(kernel=2)"


class AvgPool2D(Pooling):
    """The mean of each window."""

    kind: ClassVar[str] = "avg_pool2d"
    word: ClassVar[str] = "Avg"
    example: ClassVar[str] = "avg_pool2d(kernel=2)"
