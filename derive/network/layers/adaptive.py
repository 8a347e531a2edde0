"""Poolings that are told their output: adaptive ones by its size, global ones by one value for each channel."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import AXES, DIMENSIONS, Layer, Letter, Rule, Size, Window, called, expect, out
from derive.network.layers.sides import Sides, Spatial, shortest
from derive.notation.symbols import parse_symbol

CHANNELS = parse_symbol("C")


class Adaptive(Spatial):
    """Base of the adaptive poolings: output i of n reads the cells from ⌊i·H/n⌋ to before ⌈(i + 1)·H/n⌉."""

    word: ClassVar[str] = "Avg"

    output_size: Sides = Field(description="the sides of the output")

    def output(self, *sizes: Size) -> Size:
        """The sides that are asked for, the same channels."""
        expect(self, sizes[0], self.rank + 1)
        return (*(self.side("output_size", axis) for axis in range(self.rank)), sizes[0][-1])

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """The window along each side, where all outputs have the same.

        Raises:
            InputError: the windows differ in size or in step, so that no number holds for all outputs.
        """
        return tuple(_window(side, number) for side, number in zip(sizes[0], self.output(*sizes)[:-1], strict=False))

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """T, the side that is asked for."""
        return tuple(dict.fromkeys(self.side_letters("T", "output_size", "size asked for")))

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The sides as asked for, then the channels."""
        names = AXES[self.rank + 1]
        asked = [self.letter("T", "output_size", axis) for axis in range(self.rank)]
        sides = [Rule(out(name), side, ("the size asked for",)) for name, side in zip(names, asked, strict=False)]
        return (*sides, Rule(out("C"), CHANNELS, ("each channel is pooled by itself",)))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """The pooling with the same windows, `layers.AveragePooling2D(...)`."""
        windows = self.windows(*sizes)
        kernel, stride = shortest([w.kernel for w in windows]), shortest([w.stride for w in windows])
        return (called(f"layers.{_KERAS[self.word]}Pooling{self.rank}D", kernel, strides=_unless(stride, kernel)),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.AdaptiveAvgPool2d(...)`."""
        return (called(f"nn.Adaptive{self.word}Pool{self.rank}d", self.output_size),)


_KERAS = {"Avg": "Average", "Max": "Max"}


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def _window(side: int, number: int) -> Window:
    starts = [i * side // number for i in range(number)]
    kernels = {-(-(i + 1) * side // number) - start for i, start in enumerate(starts)}
    steps = {after - before for before, after in pairwise(starts)}
    if len(kernels) > 1 or len(steps) > 1 or 0 in steps:
        raise InputError(f"the windows of an adaptive pooling from {side} cells to {number} are not all alike")
    return Window(kernels.pop(), steps.pop() if steps else side)


class Global(Layer):
    """Base of the global poolings: each channel becomes one value."""

    rank: ClassVar[int] = 2
    word: ClassVar[str] = "Avg"
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "first"

    keepdims: bool = Field(False, description="whether sides of length 1 are kept")

    def output(self, *sizes: Size) -> Size:
        """(C,), or (1, 1, C)."""
        expect(self, sizes[0], self.rank + 1)
        return (*(1,) * (self.rank if self.keepdims else 0), sizes[0][-1])

    def windows(self, *sizes: Size) -> tuple[Window, ...]:
        """The whole of each side."""
        return tuple(Window(side, side) for side in sizes[0][:-1])

    @property
    def title(self) -> str:
        """With the number of sides."""
        return f"{DIMENSIONS[self.rank]} {self.noun}"

    def manner(self) -> tuple[str, ...]:
        """Whether the sides are kept."""
        return ("that keeps its sides",) if self.keepdims else ()

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """One value for each channel."""
        return (Rule(out("C" if self.keepdims else "n"), CHANNELS, ("one value for each channel",)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.GlobalAveragePooling2D()`."""
        name = f"layers.Global{_KERAS[self.word]}Pooling{self.rank}D"
        return (called(name, keepdims=True if self.keepdims else None),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.AdaptiveAvgPool2d(1)`, and what drops its sides."""
        line = called(f"nn.Adaptive{self.word}Pool{self.rank}d", 1)
        return (line,) if self.keepdims else (line, "nn.Flatten()")


_OF = {1: "a sequence", 2: "an image", 3: "a volume"}
_TAKES: dict[int, tuple[Size, ...]] = {1: ((100, 64),), 2: ((26, 28, 16),), 3: ((10, 12, 12, 8),)}
_VALUE = {"Avg": "mean", "Max": "largest value"}


def _made(base: type[Layer], word: str, rank: int) -> type[Layer]:
    """The class of one of the poolings."""
    kind = f"{base.__name__.lower()}_{word.lower()}_pool{rank}d"
    fields: dict[str, Any] = {"kind": kind, "word": word, "rank": rank, "takes": _TAKES[rank]}
    fields["noun"] = f"{base.__name__.lower()} {'average' if word == 'Avg' else 'max'} pooling layer"
    fields["example"] = f"{kind}(output_size=2)" if base is Adaptive else f"{kind}()"
    parts = "as many windows as asked for, over" if base is Adaptive else "each channel of"
    text = f"The {_VALUE[word]} of {parts} {_OF[rank]}."
    typed = dict.fromkeys(fields, ClassVar)
    made = {**fields, "__module__": __name__, "__doc__": text, "__annotations__": typed}
    return type(f"{base.__name__}{word}Pool{rank}D", (base,), made)


_ALL = [(base, word, rank) for base in (Adaptive, Global) for word in ("Avg", "Max") for rank in (1, 2, 3)]
POOLINGS = tuple(_made(*each) for each in _ALL)
