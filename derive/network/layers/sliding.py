"""Windows that slide over the sides of an input: what convolutions and poolings have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.network.layers.base import AXES, Letter, Rule, Size, Window, expect, out
from derive.network.layers.sides import Padding, Pair, Sides, Spatial, both_ends, keras_ends, shortest, torch_ends
from derive.notation.build import ONE, ZERO, add, multiply, subtract
from derive.notation.form import Call, Fence, Form, Frac, Sum
from derive.notation.symbols import parse_symbol


def window_count(side: int, window: Window, after: int, ceil: bool = False) -> int:
    """How many windows fit along a side that is padded before and after; with `ceil` a last one may stick out."""
    room = side + window.padding + after - window.extent
    count = -(-room // window.stride) + 1 if ceil else room // window.stride + 1
    return count - 1 if ceil and starts_outside(side, window, count) else count


def starts_outside(side: int, window: Window, count: int) -> bool:
    """Whether the last window would start behind the input and its left padding; PyTorch leaves it out then."""
    return (count - 1) * window.stride >= side + window.padding


class Sliding(Spatial):
    """Base of the layers that slide a window: kernel, stride, padding and dilation along `rank` spatial axes."""

    size_reason: ClassVar[str] = "size of a convolution"

    kernel: Sides = Field(description="size of the kernel along each side, in cells")
    stride: Sides = Field(1, description="step of the kernel, in cells")
    padding: Padding = Field(
        0,
        description="zeros on each side; or valid, same, a number or pair for each axis",
        json_schema_extra=convention("valid", "same"),
    )
    dilation: Sides = Field(1, description="distance between neighbouring cells of the kernel")

    @property
    def ceils(self) -> bool:
        """Whether the last window may stick out of the input."""
        return False

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """The window along each spatial axis."""
        expect(self, sizes[0], self.rank + 1)
        return tuple(
            Window(self.side("kernel", i), self.side("stride", i), before, self.side("dilation", i))
            for i, (before, _) in enumerate(self.margins(sizes[0]))
        )

    def margins(self, size: Size) -> tuple[Pair, ...]:
        """Padding before and after each side; `same` adds what makes ⌈side/stride⌉ windows fit, the odd cell after."""
        if self.padding == "valid":
            return ((0, 0),) * self.rank
        if self.padding != "same":
            return tuple(self.ends("padding", axis) for axis in range(self.rank))
        found = []
        for axis in range(self.rank):
            stride = self.side("stride", axis)
            extent = Window(self.side("kernel", axis), dilation=self.side("dilation", axis)).extent
            missing = max((-(-size[axis] // stride) - 1) * stride + extent - size[axis], 0)
            found.append((missing // 2, missing - missing // 2))
        return tuple(found)

    def slid(self, size: Size) -> Size:
        """The spatial sides of the output."""
        sides = []
        for side, window, (before, after) in zip(size, self.windows(size), self.margins(size), strict=False):
            padded = side + before + after
            if padded < window.extent:
                what = f"a kernel of {window.extent}" + (" (dilated)" if window.dilation > 1 else "")
                raise InputError(f"{what} is larger than the padded input of {padded}")
            sides.append(window_count(side, window, after, self.ceils))
        return tuple(sides)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """K, S, P and d; with the axis as an index where the sides differ."""
        padding = [] if isinstance(self.padding, str) else self.margin_letters("P", "padding", "padding")
        found = [
            *self.side_letters("K", "kernel", "kernel"),
            *self.side_letters("S", "stride", "stride"),
            *padding,
            *self.side_letters("d", "dilation", "dilation"),
        ]
        return tuple(dict.fromkeys(found))

    def side_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The formula of each spatial side: ⌊(H + 2P - K)/S⌋ + 1, or ⌈H/S⌉ for `same`."""
        return tuple(
            self._side_rule(axis, sizes[0][axis], window) for axis, window in enumerate(self.windows(sizes[0]))
        )

    def _side_rule(self, axis: int, length: int, window: Window) -> Rule:
        name = AXES[self.rank + 1][axis]
        side, stride = parse_symbol(name), self.letter("S", "stride", axis)
        if self.padding == "same":
            why = "padding `same`: one window at every stride"
            return Rule(out(name), Fence("ceil", Frac(side, stride)), (why,), Call("starts", (side, stride)))
        padded = self._padded(side, axis)
        if not self.ceils:
            meaning = Call("windows", (padded, self.extent_form(axis), stride, ZERO))
            return Rule(out(name), self._counted(padded, axis), (self.size_reason,), meaning)
        if starts_outside(length, window, -(-(length + 2 * window.padding - window.extent) // window.stride) + 1):
            begins = side if self.padding == "valid" else add([side, self.letter("P", "padding", axis)])
            why = "the last window must start inside the input or its left padding"
            return Rule(out(name), Fence("ceil", Frac(begins, stride)), (why,), Call("starts", (begins, stride)))
        meaning = Call("windows_over", (padded, self.extent_form(axis), stride))
        why = f"{self.size_reason}, a last window may stick out"
        return Rule(out(name), self._counted(padded, axis), (why,), meaning)

    def _padded(self, side: Form, axis: int) -> Form:
        if self.padding == "valid":
            return side
        return add([side, both_ends(self.end_letters("P", "padding", axis))])

    def _counted(self, padded: Form, axis: int) -> Form:
        kernel, stride = self.letter("K", "kernel", axis), self.letter("S", "stride", axis)
        if self.dilation == 1:
            top = subtract_flat(padded, kernel)
        else:
            dilation = self.letter("d", "dilation", axis)
            top = subtract_flat(subtract_flat(padded, multiply([dilation, subtract(kernel, ONE)])), ONE)
        return Sum((Fence("ceil" if self.ceils else "floor", Frac(top, stride)), ONE), (False, False))

    def extent_form(self, axis: int) -> Form:
        """The cells from the first to the last of a kernel: itself, and the gaps that dilation opens."""
        kernel = self.letter("K", "kernel", axis)
        if self.dilation == 1:
            return kernel
        gap = subtract(self.letter("d", "dilation", axis), ONE)
        return add([kernel, multiply([gap, subtract(kernel, ONE)])])

    # source text

    def sides_of(self, setting: str) -> tuple[int, ...]:
        """A setting axis by axis."""
        return tuple(self.side(setting, axis) for axis in range(self.rank))

    def refuse_in_keras(self) -> None:
        """Keras has no convolution that is strided and dilated at once."""
        if max(self.sides_of("stride")) > 1 and max(self.sides_of("dilation")) > 1:
            raise InputError(f"Keras has no {self.kind} with a stride and a dilation both")

    def keras_padding(self, size: Size) -> tuple[tuple[str, ...], str | None]:
        """The layer that pads in front, and the setting: Keras knows only valid and same."""
        if self.padding == "same":
            return (), "same"
        return keras_ends("ZeroPadding", self.margins(size)), None

    def torch_padding(self, size: Size) -> tuple[tuple[str, ...], int | tuple[int, ...] | str | None]:
        """The module that pads in front, and the setting: PyTorch pads both ends alike, and knows no strided same."""
        margins = self.margins(size)
        if self.padding == "same" and self.stride == 1:
            return (), "same"
        if any(before != after for before, after in margins):
            return torch_ends(margins), None
        return (), given_to_both(margins)


def given_to_both(margins: Sequence[Pair]) -> int | tuple[int, ...] | None:
    """The padding of both ends, None where there is none."""
    short: int | tuple[int, ...] = shortest([before for before, _ in margins])
    return None if short == 0 else short


def subtract_flat(left: Form, right: Form) -> Form:
    """left - right as one sum."""
    if isinstance(left, Sum):
        return Sum((*left.terms, right), (*left.minus, True))
    return subtract(left, right)
