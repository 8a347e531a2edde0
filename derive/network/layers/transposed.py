"""Transposed convolutions: every cell of the input spreads a copy of the kernel over the output."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.activation import keras_behind, keras_word, modules_behind
from derive.network.layers.base import AXES, Framework, Letter, Rule, Size, Tensor, Window, called, expect, out
from derive.network.layers.convolution import Convolution, kernel_axes
from derive.network.layers.sides import Margin, Padding, Pair, keras_ends, setting, shortest, torch_ends
from derive.network.layers.sliding import given_to_both
from derive.notation.build import ONE, TWO, add, multiply, neg, subtract
from derive.notation.form import Call, Form, Symbol
from derive.notation.symbols import parse_symbol


class Transposed(Convolution):
    """Base of the transposed convolutions.

    `padding` cuts cells off both ends, `output_padding` adds some behind, as in PyTorch. The words follow Keras: `same`
    gives S cells for each cell of the input, `valid` cuts nothing and leaves S cells for each where S > K. For the
    receptive field the input is stretched by the stride, then the kernel slides over it one by one.
    """

    noun: ClassVar[str] = "transposed convolution"

    padding: Padding = Field(0, description="cells cut off each side; or valid, same, a number or pair for each axis")
    output_padding: Margin | tuple[Margin, ...] | None = Field(None, description="cells added behind each side")

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """A window with a stride of 1 on the stretched input."""
        expect(self, sizes[0], self.rank + 1)
        return tuple(
            Window(
                kernel=self.side("kernel", axis),
                padding=self._extent(axis) - 1 - before,
                dilation=self.side("dilation", axis),
                upscale=self.side("stride", axis),
            )
            for axis, (before, _) in enumerate(self.crops())
        )

    def _extent(self, axis: int) -> int:
        return Window(self.side("kernel", axis), dilation=self.side("dilation", axis)).extent

    def crops(self) -> tuple[Pair, ...]:
        """What is cut off before and after each side; `same` cuts the odd cell behind."""
        if self.padding == "valid":
            return ((0, 0),) * self.rank
        if self.padding != "same":
            return tuple(self.ends("padding", axis) for axis in range(self.rank))
        if self.output_padding is not None:
            return tuple((self._extent(axis) // 2,) * 2 for axis in range(self.rank))
        surplus = [max(self._extent(axis) - self.side("stride", axis), 0) for axis in range(self.rank)]
        return tuple((cells // 2, cells - cells // 2) for cells in surplus)

    def added(self) -> tuple[int, ...]:
        """What is added behind each side."""
        if self.output_padding is not None:
            return self.sides_of("output_padding")
        return self.gaps() if isinstance(self.padding, str) else (0,) * self.rank

    def gaps(self) -> tuple[int, ...]:
        """What each copy of the kernel lacks to reach the next; Keras adds it behind unless told otherwise."""
        return tuple(max(self.side("stride", axis) - self._extent(axis), 0) for axis in range(self.rank))

    def slid(self, size: Size) -> Size:
        """The spatial sides of the output."""
        sides = []
        for length, window, crop, added in zip(size, self.windows(size), self.crops(), self.added(), strict=False):
            largest = max(window.upscale, window.dilation)
            if added >= largest:
                raise InputError(f"an output padding of {added} is not less than the stride or the dilation: {largest}")
            side = (length - 1) * window.upscale + window.extent - sum(crop) + added
            if side < 1:
                raise InputError(f"a padding of {max(crop)} cuts away the whole output of the transposed convolution")
            sides.append(side)
        return tuple(sides)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """Kernel and bias: (in, out, sides) in PyTorch, (sides, out, in) in Keras."""
        ins, outs = ("in", sizes[0][-1]), ("out", self.filters // self.groups)
        sides = kernel_axes(self)
        kernel = (ins, outs, *sides) if framework == "pytorch" else (*sides, outs, ins)
        return (Tensor("weight", kernel), *self.biases())

    def multiply_adds(self, *sizes: Size) -> int:
        """Each input value is multiplied with the weights that spread it; what is cut off later is counted too."""
        return prod(sizes[0]) * prod(self.sides_of("kernel")) * (self.filters // self.groups)

    # formulas

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """K, S, P, d, F, g, and A where cells are added behind."""
        found = list(super().letters(*sizes))
        if self.output_padding is not None:
            found += self.side_letters("A", "output_padding", "output padding")
            if self.padding == "same":
                halves = enumerate(self.crops())
                found += [Letter(self._cut(axis)[0], before, "padding") for axis, (before, _) in halves]
        return tuple(dict.fromkeys(found))

    def _cut(self, axis: int) -> tuple[Symbol, ...]:
        """The letters of what is cut off."""
        if self.padding == "same":
            return (parse_symbol("P" if len(set(self.crops())) == 1 else f"P_{AXES[self.rank + 1][axis]}"),)
        return () if self.padding == "valid" else self.end_letters("P", "padding", axis)

    def side_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The formula of each spatial side: (H - 1)·S + K - 2P, and A behind; H·S for `same`."""
        rules = []
        for axis in range(self.rank):
            name = AXES[self.rank + 1][axis]
            side, stride = parse_symbol(name), self.letter("S", "stride", axis)
            if self.output_padding is None and (self.padding == "same" or self.added()[axis]):
                same = "same padding" if self.padding == "same" else "stride larger than the kernel"
                why = f"{same}: S cells for each cell of the input"
                rules.append(Rule(out(name), multiply([side, stride]), (why,), Call("spread", (side, stride, stride))))
                continue
            behind = [] if self.output_padding is None else [self.letter("A", "output_padding", axis)]
            cut, twice = self._cut(axis), [neg(name) for name in self._cut(axis)]
            once = [neg(multiply([TWO, cut[0]]))] if len(cut) == 1 else twice
            form = add([multiply([subtract(side, ONE), stride]), *self._reach(axis), *once, *behind])
            covered = Call("spread", (side, self.extent_form(axis), stride))
            meaning = add([covered, *behind, *(twice * 2 if len(cut) == 1 else twice)])
            rules.append(Rule(out(name), form, ("size of a transposed convolution",), meaning))
        return tuple(rules)

    def _reach(self, axis: int) -> list[Form]:
        """What one copy of the kernel covers."""
        kernel = self.letter("K", "kernel", axis)
        if self.dilation == 1:
            return [kernel]
        return [multiply([self.letter("d", "dilation", axis), subtract(kernel, ONE)]), ONE]

    # source text

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Conv2DTranspose(...)`, with a layer behind that crops for paddings other than valid and same."""
        self.refuse_in_keras()
        if self.groups > 1:
            raise InputError(f"Keras has no {self.kind} with groups")
        line = called(
            f"layers.Conv{self.rank}DTranspose",
            self.filters,
            self.kernel,
            strides=setting(self.sides_of("stride"), 1),
            padding="same" if self.padding == "same" else None,
            output_padding=self._keras_added(),
            dilation_rate=setting(self.sides_of("dilation"), 1),
            use_bias=None if self.bias else False,
            activation=keras_word(self.activation),
        )
        cropped = () if self.padding == "same" else keras_ends("Cropping", self.crops())
        return (line, *keras_behind(self.activation), *cropped)

    def _keras_added(self) -> int | tuple[int, ...] | None:
        """The setting `output_padding`, None where Keras adds the same by itself."""
        added = self.added()
        if self.output_padding is None if self.padding == "same" else added == self.gaps():
            return None
        if any(cells >= stride for cells, stride in zip(added, self.sides_of("stride"), strict=True)):
            raise InputError(f"Keras wants the output padding of a {self.kind} to be less than its stride")
        short: int | tuple[int, ...] = shortest(added)
        return short

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.ConvTranspose2d(...)`, with a module behind where the ends are cut differently, and its activation."""
        crops = self.crops()
        alike = all(before == after for before, after in crops)
        line = called(
            f"nn.ConvTranspose{self.rank}d",
            sizes[0][-1],
            self.filters,
            self.kernel,
            stride=setting(self.sides_of("stride"), 1),
            padding=given_to_both(crops) if alike else None,
            output_padding=setting(self.added(), 0),
            groups=setting((self.groups,), 1),
            bias=None if self.bias else False,
            dilation=setting(self.sides_of("dilation"), 1),
        )
        cropped = () if alike else torch_ends([(-before, -after) for before, after in crops])
        return (line, *cropped, *modules_behind(self.activation))


class Conv1DTranspose(Transposed):
    """A transposed convolution along a sequence."""

    kind: ClassVar[str] = "conv1d_transpose"
    rank: ClassVar[int] = 1
    example: ClassVar[str] = "conv1d_transpose(filters=8, kernel=4, stride=2, padding=1)"
    takes: ClassVar[tuple[Size, ...]] = ((25, 16),)


class Conv2DTranspose(Transposed):
    """A transposed convolution over an image."""

    kind: ClassVar[str] = "conv2d_transpose"
    example: ClassVar[str] = "conv2d_transpose(filters=8, kernel=3, stride=2, padding=1, output_padding=1)"
    takes: ClassVar[tuple[Size, ...]] = ((7, 7, 16),)


class Conv3DTranspose(Transposed):
    """A transposed convolution over a volume."""

    kind: ClassVar[str] = "conv3d_transpose"
    rank: ClassVar[int] = 3
    example: ClassVar[str] = "conv3d_transpose(filters=4, kernel=2, stride=2)"
    takes: ClassVar[tuple[Size, ...]] = ((5, 6, 6, 8),)
