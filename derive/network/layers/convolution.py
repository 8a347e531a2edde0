"""Convolutional layers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Layer, Size
from derive.notation.build import ONE, TWO, number
from derive.notation.form import Fence, Form, Frac, Number, Product, Shape, Sum, Symbol, rebuild
from derive.notation.symbols import parse_symbol
from derive.notation.value import evaluate
from derive.notation.worksheet import Worksheet
from derive.record import Line, Mark, Phrase, Step

KERNEL, STRIDE, PADDING = map(parse_symbol, ("K", "S", "P"))
SHAPE = Symbol("shape", sub=("out",))


def window_count(side: Symbol) -> Form:
    """⌊(n + 2P - K)/S⌋ + 1: how many windows of size K fit along a side at stride S."""
    top = Sum((side, Product((TWO, PADDING)), KERNEL), (False, False, True))
    return Sum((Fence("floor", Frac(top, STRIDE)), ONE), (False, False))


def floor_lines(form: Form, sheet: Worksheet) -> list[Line]:
    """Numbers in, the fraction inside the floor where it is cut, the value: students err where the floor bites."""
    numbers = _substituted(form, sheet)
    inside = evaluate(_fence(numbers).arg, {})
    lines = [Line("=", numbers, ("numbers in",))]
    assert isinstance(inside, Fraction)
    if inside.denominator != 1:
        cut = rebuild(numbers, lambda part: Fence("floor", number(inside)) if isinstance(part, Fence) else part)
        lines.append(Line("=", cut, ("the floor cuts ", number(inside), " to ", number(inside.__floor__()))))
    else:
        cut = rebuild(numbers, lambda part: number(inside) if isinstance(part, Fence) else part)
        lines.append(Line("=", cut))
    lines.append(Line("=", number(evaluate(form, sheet.env))))
    return lines


def _substituted(form: Form, sheet: Worksheet) -> Form:
    return number(sheet.env[form]) if form in sheet.env else rebuild(form, lambda part: _substituted(part, sheet))


def _fence(form: Form) -> Fence:
    assert isinstance(form, Sum)
    assert isinstance(form.terms[0], Fence)
    return form.terms[0]


class Conv2D(Layer):
    """A two-dimensional convolution: `conv2d(filters=5, kernel=7, stride=3, padding=1)`."""

    kind: ClassVar[str] = "conv2d"
    example: ClassVar[dict[str, Any]] = {"filters": 5, "kernel": 7, "stride": 3, "padding": 1}

    filters: int = Field(ge=1, description="how many filters, which is the number of output channels")
    kernel: int = Field(ge=1, description="side of the square kernel, in pixels")
    stride: int = Field(1, ge=1, description="step of the kernel, in pixels")
    padding: int = Field(0, ge=0, description="zeros added on each side, in pixels")

    def output_shape(self, size: Size) -> Size:
        """(⌊(H + 2P - K)/S⌋ + 1, ⌊(W + 2P - K)/S⌋ + 1, filters)."""
        height, width, _ = size
        for side in (height, width):
            if side + 2 * self.padding < self.kernel:
                raise InputError(
                    f"a kernel of {self.kernel} is larger than the padded input of {side + 2 * self.padding}"
                )
        return (
            *tuple((side + 2 * self.padding - self.kernel) // self.stride + 1 for side in (height, width)),
            self.filters,
        )

    def shape_steps(self, size: Size, sheet: Worksheet) -> tuple[Step, ...]:
        """Height, width (in one line where it is the same), channels, shape."""
        self.output_shape(size)
        values = {"H": size[0], "W": size[1], "K": self.kernel, "S": self.stride, "P": self.padding, "F": self.filters}
        sheet.env |= {parse_symbol(name): Fraction(value) for name, value in values.items()}
        height, width = (self._side(name, sheet) for name in ("H", "W"))
        if size[0] == size[1]:
            same = Line("=", height.target or ONE, ("the same sizes as for the height",), at=True)
            width = Step(width.name, width.target, (same, width.lines[-1]), width.rule, (height.name,), level=1)
        channels = parse_symbol("C_out")
        depth = Step(
            "C_out",
            channels,
            (Line("=", parse_symbol("F"), ("one channel for each filter",)), Line("=", number(self.filters))),
            "output channels",
            (),
            (Mark(Fraction(1, 2), "B"),),
        )
        out = [step.target for step in (height, width, depth) if step.target is not None]
        result = Shape(tuple(number(n) for n in self.output_shape(size)))
        why: Phrase = ("height, width, channels",)
        lines = (Line("=", Shape(tuple(out)), why), Line("=", result))
        uses = (height.name, width.name, depth.name)
        return height, width, depth, Step("shape", SHAPE, lines, "output shape", uses, (Mark(Fraction(1, 2), "A"),))

    def _side(self, name: str, sheet: Worksheet) -> Step:
        target, form = parse_symbol(f"{name}_out"), window_count(parse_symbol(name))
        lines = (Line("=", form, ("size of a convolution",)), *floor_lines(form, sheet))
        assert isinstance(lines[-1].form, Number)
        sheet.env[target] = Fraction(lines[-1].form.text)
        return Step(f"{name}_out", target, lines, "convolution size", (), (Mark(Fraction(1), "M"),))
