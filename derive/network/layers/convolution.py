"""Convolutions along one, two or three axes."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.activation import Activation, keras_behind, keras_word, modules_behind
from derive.network.layers.base import AXES, AXIS_NAMES, Framework, Letter, Rule, Size, Tensor, called, out
from derive.network.layers.sides import setting
from derive.network.layers.sliding import Sliding
from derive.notation.build import ONE, add, multiply
from derive.notation.form import Form, Frac
from derive.notation.symbols import parse_symbol

FILTERS, CHANNELS, GROUPS = map(parse_symbol, ("F", "C", "g"))
COUNT = parse_symbol("N")


class Convolution(Sliding):
    """Base of the convolutions: filters, groups, bias and an activation behind."""

    noun: ClassVar[str] = "convolution"

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
        ins, outs = ("in", sizes[0][-1] // self.groups), ("out", self.filters)
        sides = kernel_axes(self)
        kernel = (outs, ins, *sides) if framework == "pytorch" else (*sides, ins, outs)
        return (Tensor("weight", kernel), *self.biases())

    def biases(self) -> tuple[Tensor, ...]:
        """One number for each filter, if there are biases at all."""
        return (Tensor("bias", (("out", self.filters),)),) if self.bias else ()

    def multiply_adds(self, *sizes: Size) -> int:
        """Each output value is one scalar product."""
        return prod(self.output(*sizes)) * prod(self.sides_of("kernel")) * (sizes[0][-1] // self.groups)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """Those of the window, F filters, g groups."""
        own = (Letter(FILTERS, self.filters, "filters"), Letter(GROUPS, self.groups, "groups"))
        return (*super().letters(*sizes), *own)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then the channels."""
        return (*self.side_rules(*sizes), Rule(out("C"), FILTERS, ("one channel for each filter",)))

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """(K·K·C + 1)·F: the weights of each filter and its bias."""
        kernel = kernel_letters(self)
        depth: Form = CHANNELS if self.groups == 1 else Frac(CHANNELS, GROUPS)
        one = multiply([*kernel, depth])
        why = "weights of a filter" + (", its bias" if self.bias else "") + ", times the filters"
        form = multiply([add([one, ONE]) if self.bias else one, FILTERS])
        held = [multiply([FILTERS, depth, *kernel]), *([FILTERS] if self.bias else [])]
        return (Rule(COUNT, form, (why,), add(held)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Conv2D(...)`, with a layer in front for paddings other than valid and same."""
        self.refuse_in_keras()
        front, padding = self.keras_padding(sizes[0])
        line = called(
            f"layers.Conv{self.rank}D",
            self.filters,
            self.kernel,
            strides=setting(self.sides_of("stride"), 1),
            padding=padding,
            dilation_rate=setting(self.sides_of("dilation"), 1),
            groups=setting((self.groups,), 1),
            use_bias=None if self.bias else False,
            activation=keras_word(self.activation),
        )
        return (*front, line, *keras_behind(self.activation))

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Conv2d(...)`, with a module in front where the ends are padded differently, and its activation."""
        front, padding = self.torch_padding(sizes[0])
        line = called(
            f"nn.Conv{self.rank}d",
            sizes[0][-1],
            self.filters,
            self.kernel,
            stride=setting(self.sides_of("stride"), 1),
            padding=padding,
            dilation=setting(self.sides_of("dilation"), 1),
            groups=setting((self.groups,), 1),
            bias=None if self.bias else False,
        )
        return (*front, line, *modules_behind(self.activation))


def kernel_axes(layer: Sliding) -> tuple[tuple[str, int], ...]:
    """The sides of a kernel with their names."""
    names = [f"kernel {AXIS_NAMES[letter]}" for letter in AXES[layer.rank + 1][:-1]]
    return tuple(zip(names, layer.sides_of("kernel"), strict=True))


def kernel_letters(layer: Sliding) -> list[Form]:
    """The letters of the sides of a kernel: K and K, or K_H and K_W."""
    return [layer.letter("K", "kernel", axis) for axis in range(layer.rank)]


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
