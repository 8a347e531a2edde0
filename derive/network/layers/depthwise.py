"""Depthwise convolutions: each channel by itself; and separable ones, which mix the channels behind."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.activation import Activation, keras_behind, keras_word, modules_behind
from derive.network.layers.base import Framework, Letter, Rule, Size, Tensor, called, out
from derive.network.layers.convolution import CHANNELS, COUNT, FILTERS, kernel_axes, kernel_letters
from derive.network.layers.sides import setting
from derive.network.layers.sliding import Sliding
from derive.notation.build import ONE, add, multiply
from derive.notation.form import Call
from derive.notation.symbols import parse_symbol

MULTIPLIER = parse_symbol("M")
DEPTHWISE, POINTWISE = parse_symbol("N_depthwise"), parse_symbol("N_pointwise")


class ByChannel(Sliding):
    """Base of the convolutions that give each channel filters of its own."""

    depth_multiplier: int = Field(1, ge=1, description="how many filters each channel has")
    bias: bool = Field(True, description="whether there are biases")
    activation: Activation = Field("linear", description="the activation behind it")

    def depthwise_weight(self, framework: Framework, channels: int, name: str) -> Tensor:
        """(out, 1, sides) in PyTorch, (sides, channels, multiplier) in Keras."""
        sides = kernel_axes(self)
        if framework == "pytorch":
            return Tensor(name, (("out", channels * self.depth_multiplier), ("in", 1), *sides))
        return Tensor(name, (*sides, ("in", channels), ("multiplier", self.depth_multiplier)))

    def depthwise_work(self, size: Size) -> int:
        """One scalar product over the kernel for each value behind the depthwise part."""
        return prod(self.slid(size)) * size[-1] * self.depth_multiplier * prod(self.sides_of("kernel"))

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """Those of the window, and M filters for each channel."""
        return (*super().letters(*sizes), Letter(MULTIPLIER, self.depth_multiplier, "filters for each channel"))

    def keras_line(self, name: str, *first: int, size: Size) -> tuple[str, ...]:
        """The layer in Keras with what pads in front."""
        self.refuse_in_keras()
        if len(set(self.sides_of("stride"))) > 1:
            raise InputError(f"Keras has no {self.kind} with strides that differ")
        front, padding = self.keras_padding(size)
        line = called(
            f"layers.{name}{self.rank}D",
            *first,
            self.kernel,
            strides=setting(self.sides_of("stride"), 1),
            padding=padding,
            depth_multiplier=setting((self.depth_multiplier,), 1),
            dilation_rate=setting(self.sides_of("dilation"), 1),
            use_bias=None if self.bias else False,
            activation=keras_word(self.activation),
        )
        return (*front, line, *keras_behind(self.activation))

    def torch_depthwise(self, size: Size, bias: bool) -> tuple[str, ...]:
        """A convolution with a group for each channel."""
        front, padding = self.torch_padding(size)
        line = called(
            f"nn.Conv{self.rank}d",
            size[-1],
            size[-1] * self.depth_multiplier,
            self.kernel,
            stride=setting(self.sides_of("stride"), 1),
            padding=padding,
            dilation=setting(self.sides_of("dilation"), 1),
            groups=setting((size[-1],), 1),
            bias=None if bias else False,
        )
        return (*front, line)


class Depthwise(ByChannel):
    """Base of the depthwise convolutions."""

    noun: ClassVar[str] = "depthwise convolution"

    def output(self, *sizes: Size) -> Size:
        """(⌊(H + 2P - K)/S⌋ + 1, ..., channels times filters for each)."""
        return (*self.slid(sizes[0]), sizes[0][-1] * self.depth_multiplier)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """One kernel and one bias for each output channel."""
        outs = ("out", sizes[0][-1] * self.depth_multiplier)
        bias = (Tensor("bias", (outs,)),) if self.bias else ()
        return (self.depthwise_weight(framework, sizes[0][-1], "weight"), *bias)

    def multiply_adds(self, *sizes: Size) -> int:
        """One scalar product over the kernel for each output value."""
        return self.depthwise_work(sizes[0])

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then C·M channels."""
        pair = (CHANNELS, MULTIPLIER)
        channels = Rule(out("C"), multiply(pair), ("M filters for each channel",), Call("cells", pair))
        return (*self.side_rules(*sizes), channels)

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """(K·K + 1)·C·M: a filter sees one channel."""
        kernel = multiply(kernel_letters(self))
        why = "weights of a filter on one channel" + (", its bias" if self.bias else "") + ", times the filters"
        form = multiply([add([kernel, ONE]) if self.bias else kernel, CHANNELS, MULTIPLIER])
        held = [multiply([CHANNELS, MULTIPLIER, kernel]), *([multiply([CHANNELS, MULTIPLIER])] if self.bias else [])]
        return (Rule(COUNT, form, (why,), add(held)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.DepthwiseConv2D(...)`."""
        return self.keras_line("DepthwiseConv", size=sizes[0])

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Conv2d(...)` with as many groups as channels."""
        return (*self.torch_depthwise(sizes[0], self.bias), *modules_behind(self.activation))


class Separable(ByChannel):
    """Base of the separable convolutions: a depthwise one without bias, then one of kernel 1, as in Keras."""

    noun: ClassVar[str] = "separable convolution"

    filters: int = Field(ge=1, description="how many filters of kernel 1, which is the number of output channels")

    def output(self, *sizes: Size) -> Size:
        """(⌊(H + 2P - K)/S⌋ + 1, ..., filters)."""
        return (*self.slid(sizes[0]), self.filters)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """The depthwise and the pointwise kernel, and one bias for each filter."""
        ins, outs = ("in", sizes[0][-1] * self.depth_multiplier), ("out", self.filters)
        ones = tuple((name, 1) for name, _ in kernel_axes(self))
        pointwise = (outs, ins, *ones) if framework == "pytorch" else (*ones, ins, outs)
        bias = (Tensor("bias", (outs,)),) if self.bias else ()
        depthwise = self.depthwise_weight(framework, sizes[0][-1], "depthwise weight")
        return (depthwise, Tensor("pointwise weight", pointwise), *bias)

    def multiply_adds(self, *sizes: Size) -> int:
        """The depthwise part, then a scalar product over the channels for each output value."""
        return self.depthwise_work(sizes[0]) + prod(self.output(*sizes)) * sizes[0][-1] * self.depth_multiplier

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """Those of the depthwise part, and F filters."""
        return (*super().letters(*sizes), Letter(FILTERS, self.filters, "filters"))

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides, then the channels."""
        return (*self.side_rules(*sizes), Rule(out("C"), FILTERS, ("one channel for each filter",)))

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """K·K·C·M in the depthwise part, (C·M + 1)·F in the pointwise one."""
        kernel, between = multiply(kernel_letters(self)), multiply([CHANNELS, MULTIPLIER])
        depthwise = Rule(
            DEPTHWISE,
            multiply([kernel, between]),
            ("depthwise part: a filter sees one channel",),
            Call("cells", (CHANNELS, MULTIPLIER, *kernel_letters(self))),
        )
        why = "pointwise part: a weight for each channel" + (", a bias" if self.bias else "") + ", times the filters"
        form = multiply([add([between, ONE]) if self.bias else between, FILTERS])
        held = [multiply([FILTERS, between]), *([FILTERS] if self.bias else [])]
        return (depthwise, Rule(POINTWISE, form, (why,), add(held)))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.SeparableConv2D(...)`."""
        return self.keras_line("SeparableConv", self.filters, size=sizes[0])

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """Two convolutions: one with as many groups as channels, one of kernel 1."""
        bias = None if self.bias else False
        point = called(f"nn.Conv{self.rank}d", sizes[0][-1] * self.depth_multiplier, self.filters, 1, bias=bias)
        return (*self.torch_depthwise(sizes[0], False), point, *modules_behind(self.activation))


class DepthwiseConv1D(Depthwise):
    """A depthwise convolution along a sequence: each channel has filters of its own."""

    kind: ClassVar[str] = "depthwise_conv1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "depthwise_conv1d(kernel=3, depth_multiplier=2)"
    takes: ClassVar[tuple[Size, ...]] = ((100, 4),)


class DepthwiseConv2D(Depthwise):
    """A depthwise convolution over an image: each channel has filters of its own."""

    kind: ClassVar[str] = "depthwise_conv2d"
    example: ClassVar[str] = "depthwise_conv2d(kernel=3, padding=same)"
    takes: ClassVar[tuple[Size, ...]] = ((26, 26, 16),)


class SeparableConv1D(Separable):
    """A separable convolution along a sequence: depthwise, then pointwise."""

    kind: ClassVar[str] = "separable_conv1d"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "separable_conv1d(filters=8, kernel=5)"
    takes: ClassVar[tuple[Size, ...]] = ((100, 4),)


class SeparableConv2D(Separable):
    """A separable convolution over an image: depthwise, then pointwise."""

    kind: ClassVar[str] = "separable_conv2d"
    example: ClassVar[str] = "separable_conv2d(filters=32, kernel=3, stride=2, padding=same)"
    takes: ClassVar[tuple[Size, ...]] = ((26, 26, 16),)
