"""Windows that slide over the sides of an input: what convolutions and poolings have in common."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from derive.errors import InputError
from derive.network.layers.base import AXES, Layer, Letter, Rule, Size, Window, expect, out
from derive.notation.build import ONE, TWO, ZERO, add, multiply, subtract
from derive.notation.form import Call, Fence, Form, Frac, Product, Sum, Symbol
from derive.notation.symbols import parse_symbol

Sides = Annotated[int, Field(ge=1)] | tuple[Annotated[int, Field(ge=1)], ...]
"""One number for every spatial axis, or one for each."""
Margin = Annotated[int, Field(ge=0)]
Padding = Margin | tuple[Margin | tuple[Margin, Margin], ...] | Literal["valid", "same"]
"""Cells of padding: on every side, for each axis, for each axis (before, after), or by TensorFlow's rules."""


def window_count(side: int, window: Window, after: int, ceil: bool = False) -> int:
    """How many windows fit along a side that is padded before and after; with `ceil` a last one may stick out."""
    room = side + window.padding + after - window.extent
    count = -(-room // window.stride) + 1 if ceil else room // window.stride + 1
    if ceil and (count - 1) * window.stride >= side + window.padding:
        count -= 1  # a window must start inside the input or its left padding, as in PyTorch
    return count


class Sliding(Layer):
    """Base of the layers that slide a window: kernel, stride, padding and dilation along `rank` spatial axes."""

    rank: ClassVar[int] = 2
    ceil_mode: ClassVar[bool] = False

    kernel: Sides = Field(description="size of the kernel along each side, in cells")
    stride: Sides = Field(1, description="step of the kernel, in cells")
    padding: Padding = Field(0, description="zeros on each side; or valid, same, a number or pair for each axis")
    dilation: Sides = Field(1, description="distance between neighbouring cells of the kernel")

    @field_validator("kernel", "stride", "padding", "dilation")
    @classmethod
    def _for_each_axis(cls, value: Any) -> Any:
        if isinstance(value, tuple) and len(value) != cls.rank:
            raise ValueError(f"{len(value)} numbers for {cls.rank} sides")
        return value

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """The window along each spatial axis."""
        expect(self, sizes[0], self.rank + 1)
        return tuple(
            Window(
                self._side("kernel", i),
                self._side("stride", i),
                self.margins(i, sizes[0])[0],
                self._side("dilation", i),
            )
            for i in range(self.rank)
        )

    def _side(self, setting: str, axis: int) -> int:
        value = getattr(self, setting)
        return int(value[axis]) if isinstance(value, tuple) else int(value)

    def margins(self, axis: int, size: Size) -> tuple[int, int]:
        """Padding before and after; `same` adds what makes ⌈side/stride⌉ windows fit, the odd cell after."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            side, stride = size[axis], self._side("stride", axis)
            extent = self._side("dilation", axis) * (self._side("kernel", axis) - 1) + 1
            missing = max((-(-side // stride) - 1) * stride + extent - side, 0)
            return missing // 2, missing - missing // 2
        given: Any = self.padding[axis] if isinstance(self.padding, tuple) else self.padding
        return given if isinstance(given, tuple) else (given, given)

    def slid(self, size: Size) -> Size:
        """The spatial sides of the output."""
        sides = []
        for axis, window in enumerate(self.windows(size)):
            before, after = self.margins(axis, size)
            padded = size[axis] + before + after
            if padded < window.extent:
                what = f"a kernel of {window.extent}" + (" (dilated)" if window.dilation > 1 else "")
                raise InputError(f"{what} is larger than the padded input of {padded}")
            sides.append(window_count(size[axis], window, after, self.ceils))
        return tuple(sides)

    @property
    def ceils(self) -> bool:
        """Whether the last window may stick out of the input."""
        return self.ceil_mode

    # formulas

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """K, S, P and d; with the axis as an index where the sides differ."""
        found = []
        for axis in range(self.rank):
            before, after = self.margins(axis, sizes[0])
            found.append(Letter(self._letter("K", "kernel", axis), self._side("kernel", axis), "kernel"))
            found.append(Letter(self._letter("S", "stride", axis), self._side("stride", axis), "stride"))
            if self.padding not in ("same", "valid"):
                names = self._padding_letters(axis)
                notes = ("padding",) if len(names) == 1 else ("padding before", "padding after")
                found += [Letter(n, v, note) for n, v, note in zip(names, (before, after), notes, strict=False)]
            if self.dilation != 1:
                found.append(Letter(self._letter("d", "dilation", axis), self._side("dilation", axis), "dilation"))
        return tuple(dict.fromkeys(found))

    def _letter(self, letter: str, setting: str, axis: int) -> Symbol:
        value = getattr(self, setting)
        split = isinstance(value, tuple) and len(set(value)) > 1
        return parse_symbol(f"{letter}_{AXES[self.rank + 1][axis]}" if split else letter)

    def _padding_letters(self, axis: int) -> tuple[Symbol, ...]:
        """One letter where both ends get the same, two where they differ."""
        stem = self._letter("P", "padding", axis)
        value = self.padding[axis] if isinstance(self.padding, tuple) else self.padding
        if isinstance(value, tuple) and value[0] != value[1]:
            return tuple(Symbol(stem.base, sub=(*stem.sub, end)) for end in ("before", "after"))
        return (stem,)

    def side_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The formula of each spatial side: ⌊(H + 2P - K)/S⌋ + 1, or ⌈H/S⌉ for `same`."""
        rules = []
        for axis, letter in enumerate(AXES[self.rank + 1][:-1]):
            side, stride = parse_symbol(letter), self._letter("S", "stride", axis)
            if self.padding == "same":
                form: Form = Fence("ceil", Frac(side, stride))
                meaning = Call("windows", (side, ONE, stride))
                rules.append(Rule(out(letter), form, ("padding `same`: one window at every stride",), meaning))
                continue
            rules.append(Rule(out(letter), self._counted(side, axis), (self.size_reason,), self._meant(side, axis)))
        return tuple(rules)

    size_reason: ClassVar[str] = "size of a convolution"

    def _padded(self, side: Form, axis: int) -> Form:
        if self.padding == "valid":
            return side
        names = self._padding_letters(axis)
        return Sum((side, Product((TWO, names[0]))), (False, False)) if len(names) == 1 else add([side, *names])

    def _counted(self, side: Form, axis: int) -> Form:
        kernel, stride = self._letter("K", "kernel", axis), self._letter("S", "stride", axis)
        padded = self._padded(side, axis)
        if self.dilation == 1:
            top = subtract_flat(padded, kernel)
        else:
            dilation = self._letter("d", "dilation", axis)
            top = subtract_flat(subtract_flat(padded, multiply([dilation, subtract(kernel, ONE)])), ONE)
        return Sum((Fence("ceil" if self.ceils else "floor", Frac(top, stride)), ONE), (False, False))

    def _meant(self, side: Form, axis: int) -> Form | None:
        """How many windows fit, counted one after the other."""
        if self.ceils:
            return None
        kernel, stride = self._letter("K", "kernel", axis), self._letter("S", "stride", axis)
        extent: Form = kernel
        if self.dilation != 1:
            extent = add(
                [kernel, multiply([subtract(self._letter("d", "dilation", axis), ONE), subtract(kernel, ONE)])]
            )
        return Call("windows", (self._padded(side, axis), extent, stride, ZERO))


def subtract_flat(left: Form, right: Form) -> Form:
    """left - right as one sum."""
    if isinstance(left, Sum):
        return Sum((*left.terms, right), (*left.minus, True))
    return subtract(left, right)
