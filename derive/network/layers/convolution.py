"""Convolutions along one, two or three axes."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.activation import Activation
from derive.network.layers.base import AXES, AXIS_NAMES, Framework, Letter, Rule, Size, Tensor, called, out
from derive.network.layers.sliding import Sliding
from derive.notation.build import ONE, add, multiply
from derive.notation.form import Form, Frac
from derive.notation.symbols import parse_symbol

FILTERS, CHANNELS, GROUPS = map(parse_symbol, ("F", "C", "g"))
COUNT = parse_symbol("N")


class Convolution(Sliding):
    """Base of the convolutions: filters, groups, bias and an activation behind."""

    filters: int = Field(ge=1, description="how many filters, which is the number of output channels")
    groups: int = Field(1, ge=1, description="into how many groups the channels are split")
    bias: bool = Field(True, description="whether each filter has a bias")
    activation: Activation = Field("linear", description="the activation behind it")

    def output(self, *sizes: Size) -> Size:
        """(⌊(H + 2P - K)/S⌋ + 1, ..., filters)."""
        sides = self.slid(sizes[0])
        channels = sizes[0][-1]
        for what, number in (("input channels", channels), ("filters", self.filters)):
            if number % self.groups:
                raise InputError(f"{number} {what} cannot be split into {self.groups} groups")
        return (*sides, self.filters)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """Kernel and bias: (out, in, sides) in PyTorch, (sides, in, out) in Keras."""
        names = [f"kernel {AXIS_NAMES[letter]}" for letter in AXES[self.rank + 1][:-1]]
        sides = tuple(zip(names, (window.kernel for window in self.windows(*sizes)), strict=True))
        ins, outs = ("in", sizes[0][-1] // self.groups), ("out", self.filters)
        kernel = (outs, ins, *sides) if framework == "pytorch" else (*sides, ins, outs)
        bias = (Tensor("bias", (outs,)),) if self.bias else ()
        return (Tensor("weight", kernel), *bias)

    def multiply_adds(self, *sizes: Size) -> int:
        """Each output value is one scalar product."""
        kernel = prod(window.kernel for window in self.windows(*sizes))
        return prod(self.output(*sizes)) * kernel * (sizes[0][-1] // self.groups)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """Those of the window, F filters, and g groups where there are several."""
        groups = (Letter(GROUPS, self.groups, "groups"),) if self.groups > 1 else ()
        return (*super().letters(*sizes), Letter(FILTERS, self.filters, "filters"), *groups)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then the channels."""
        return (*self.side_rules(*sizes), Rule(out("C"), FILTERS, ("one channel for each filter",)))

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """(K·K·C + 1)·F: the weights of each filter and its bias."""
        kernel = [self._letter("K", "kernel", axis) for axis in range(self.rank)]
        depth: Form = CHANNELS if self.groups == 1 else Frac(CHANNELS, GROUPS)
        one = multiply([*kernel, depth])
        why = "weights of a filter" + (", its bias" if self.bias else "") + ", times the filters"
        form = multiply([add([one, ONE]) if self.bias else one, FILTERS])
        return (Rule(COUNT, form, (why,)),)

    def keras(self, *sizes: Size) -> str:
        """`layers.Conv2D(...)`; other paddings than valid and same need a layer of their own in front."""
        return called(
            f"layers.Conv{self.rank}D",
            self.filters,
            self.kernel,
            strides=self.stride if self.stride != 1 else None,
            padding="same" if self.padding == "same" else None,
            dilation_rate=self.dilation if self.dilation != 1 else None,
            groups=self.groups if self.groups > 1 else None,
            use_bias=None if self.bias else False,
            activation=None if self.activation == "linear" else self.activation,
        )

    def torch(self, *sizes: Size) -> str:
        """`nn.Conv2d(...)`; the activation is a module of its own."""
        return called(
            f"nn.Conv{self.rank}d",
            sizes[0][-1],
            self.filters,
            self.kernel,
            stride=self.stride if self.stride != 1 else None,
            padding=self.padding if self.padding not in (0, "valid") else None,
            dilation=self.dilation if self.dilation != 1 else None,
            groups=self.groups if self.groups > 1 else None,
            bias=None if self.bias else False,
        )


class Conv1D(Convolution):
    """A convolution along a sequence."""

    kind: ClassVar[str] = "conv1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "conv1d(filters=64, kernel=3)"
    takes: ClassVar[tuple[Size, ...]] = ((100, 1),)


class Conv2D(Convolution):
    """A convolution over an image."""

    kind: ClassVar[str] = "conv2d"
    rank: ClassVar[int] = 2
    example: ClassVar[str] = "conv2d(filters=5, kernel=7, stride=3, padding=1)"


class Conv3D(Convolution):
    """A convolution over a volume."""

    kind: ClassVar[str] = "conv3d"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "conv3d(filters=8, kernel=3, padding=same)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 12, 12, 2),)
