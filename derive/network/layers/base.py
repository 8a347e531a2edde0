"""What a layer says about itself: shapes, weights, window, work, formulas and code, all in one class.

Inside the program a size is always channels-last, (height, width, channels), whatever a sheet prints. What is
computed (`output`, `tensors`, `multiply_adds`) is plain whole numbers; what is written (`letters`, `size_rules`,
`count_rules`) is forms over letters. The two do not call each other, so the judge compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from derive.errors import InputError
from derive.notation.form import Form, Symbol
from derive.notation.symbols import parse_symbol
from derive.record import Phrase

Size = tuple[int, ...]
"""Spatial sides, then channels: (26, 26, 3) an image, (100, 1) a sequence, (128,) a vector."""
Framework = Literal["keras", "pytorch"]
AXES: dict[int, tuple[str, ...]] = {1: ("n",), 2: ("L", "C"), 3: ("H", "W", "C"), 4: ("D", "H", "W", "C")}
"""The letters of the axes of a size, by their number."""
DIMENSIONS = {1: "one-dimensional", 2: "two-dimensional", 3: "three-dimensional"}
AXIS_NAMES = {"n": "features", "L": "length", "C": "channels", "H": "height", "W": "width", "D": "depth"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers that a layer holds: named axes with their sizes, in the order of the framework that was asked for."""

    name: str
    axes: tuple[tuple[str, int], ...]
    trainable: bool = True

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return prod(size for _, size in self.axes)


@dataclass(frozen=True, slots=True)
class Window:
    """What one output sees along one axis: `kernel` cells, `dilation` apart, every `stride`, after `padding` cells.

    Output o reads the cells c = o·stride - padding + k·dilation for k = 0 .. kernel - 1. Where `upscale` is more than 1
    the axis was stretched first: cell i of the input stands at c = i·upscale and the cells between are empty, so a step
    on the output is stride/upscale of one on the input. A negative padding is a crop.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    upscale: int = 1

    @property
    def extent(self) -> int:
        """From the first cell of the kernel to the last, on the stretched axis."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def seen(self) -> int:
        """From the first input cell that an output sees to the last: the extent, or on a stretched axis the longest."""
        if self.upscale == 1:
            return self.extent
        longest = 0
        for first in range(self.upscale):
            cells = [first + k * self.dilation for k in range(self.kernel)]
            real = [cell // self.upscale for cell in cells if cell % self.upscale == 0]
            longest = max(longest, real[-1] - real[0] + 1 if real else 0)
        return longest


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a formula with its value, and what it stands for."""

    symbol: Symbol
    value: int
    note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A formula: what it finds, over the letters of the layer, and why; `meaning` is the same by another definition.

    The meaning is for the judge alone: it must not be a rewriting of the form.
    """

    target: Symbol
    form: Form
    reason: Phrase = ()
    meaning: Form | None = None
    trainable: bool = True


class Layer(BaseModel):
    """Base of all layers: the fields are the settings, named after Keras.

    A subclass that sets `kind` in any module of `derive.network.layers` is a layer: the reader of networks, the
    catalogue and the tests pick it up. `example` is the layer as text, `takes` the sizes that the example is given.
    What a subclass leaves out is as for a layer that works on each value by itself: no weights, the shape unchanged.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, strict=True)

    kind: ClassVar[str] = ""
    example: ClassVar[str] = ""
    takes: ClassVar[tuple[Size, ...]] = ((26, 26, 3),)
    noun: ClassVar[str] = "layer"
    """What such layers are called in a sentence, without an article."""
    merges: ClassVar[bool] = False
    """Whether it takes two inputs or more."""
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "any"
    """Where its PyTorch module wants the channels: before the sides (convolutions) or behind them (nn.Linear)."""

    @property
    def title(self) -> str:
        """What the layer is called in a sentence, without an article."""
        return self.noun

    @property
    def words(self) -> str:
        """The layer in a sentence, with the settings that no letter of a formula shows."""
        article = "an" if self.title[0] in "aeAE" or self.title.startswith("LSTM") else "a"
        clauses = [said for said in self.manner() if said.startswith("that ")]
        others = " and ".join(said for said in self.manner() if said not in clauses)
        return " ".join(filter(None, [article, self.title, others, *clauses]))

    def manner(self) -> tuple[str, ...]:
        """Settings in words: those that its shape or its parameters depend on and that have no letter."""
        return () if getattr(self, "bias", True) else ("without biases",)

    def output(self, *sizes: Size) -> Size:
        """The size of the output for the sizes of the inputs.

        Raises:
            InputError: the layer does not fit its input.
        """
        return sizes[0]

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """The weights and other numbers that the layer holds, axes in the framework's order."""
        return ()

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """What one output sees along each spatial axis; none at all: its own place; None: the whole input."""
        return ()

    def multiply_adds(self, *sizes: Size) -> int:
        """Multiplications that are followed by an addition, in one forward pass; biases and comparisons not counted."""
        return 0

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """The settings under their letters, for the formulas; those of the input's axes come from `axes`."""
        return ()

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The formula of each axis of the output (`H_out`, ...); none where the shape stays."""
        return ()

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """The formula of the number of parameters, one for each group that a course counts by itself."""
        return ()

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """The layer in Keras, one line for each layer there: `layers.ZeroPadding2D(1)`, `layers.Conv2D(6, 5)`."""
        raise InputError(f"{self.kind} has no counterpart in Keras")

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """The layer in PyTorch, one line for each module: `nn.Linear(3, 10)`, `nn.ReLU()`."""
        raise InputError(f"{self.kind} has no counterpart in PyTorch")


def axes(size: Size) -> tuple[Letter, ...]:
    """The letters of a size: H, W and C of an image."""
    return tuple(
        Letter(parse_symbol(name), side, AXIS_NAMES[name]) for name, side in zip(AXES[len(size)], size, strict=True)
    )


def out(axis: str) -> Symbol:
    """The name of an axis of the output."""
    return parse_symbol(f"{axis}_out")


def expect(layer: Layer, size: Size, rank: int) -> None:
    """Refuse an input with another number of axes."""
    if len(size) != rank:
        raise InputError(
            f"{layer.kind} takes {_said(rank)}, but its input is {_said(len(size))} of shape {'×'.join(map(str, size))}"
        )


def _said(rank: int) -> str:
    return {1: "a vector", 2: "a sequence", 3: "an image", 4: "a volume"}.get(rank, f"an array of {rank} axes")


def called(name: str, *args: Any, **settings: Any) -> str:
    """A call as source text; settings that are None are left out."""
    parts = [str(arg) for arg in args] + [f"{key}={value!r}" for key, value in settings.items() if value is not None]
    return f"{name}({', '.join(parts)})"
