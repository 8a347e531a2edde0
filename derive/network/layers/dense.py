"""Fully connected layers, and the way to them: flatten."""

from __future__ import annotations

from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from derive.network.layers.activation import Activation, keras_behind, keras_word, modules_behind
from derive.network.layers.base import AXES, Framework, Layer, Letter, Rule, Size, Tensor, Window, called, out
from derive.notation.build import ONE, add, multiply
from derive.notation.form import Call
from derive.notation.symbols import parse_symbol

UNITS, COUNT = parse_symbol("m"), parse_symbol("N")


class Dense(Layer):
    """A fully connected layer on the last axis of its input."""

    kind: ClassVar[str] = "dense"
    noun: ClassVar[str] = "fully connected layer"
    example: ClassVar[str] = "dense(units=10)"
    takes: ClassVar[tuple[Size, ...]] = ((128,),)

    torch_channels: ClassVar[Literal["first", "last", "any"]] = "last"

    units: int = Field(ge=1, description="how many neurons")
    bias: bool = Field(True, description="whether each neuron has a bias")
    activation: Activation = Field("linear", description="the activation behind it")

    def output(self, *sizes: Size) -> Size:
        """(..., units)."""
        return (*sizes[0][:-1], self.units)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """(out, in) in PyTorch, where y = W x; (in, out) in Keras, where y = x W."""
        ins, outs = ("in", sizes[0][-1]), ("out", self.units)
        weight = Tensor("weight", (outs, ins) if framework == "pytorch" else (ins, outs))
        return (weight, Tensor("bias", (outs,))) if self.bias else (weight,)

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """The whole of a vector; of a sequence or an image its own place."""
        return None if len(sizes[0]) == 1 else ()

    def multiply_adds(self, *sizes: Size) -> int:
        """One scalar product for each neuron."""
        return prod(sizes[0]) * self.units

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """m neurons."""
        return (Letter(UNITS, self.units, "neurons"),)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """One output for each neuron."""
        return (Rule(out(AXES[len(sizes[0])][-1]), UNITS, ("one value for each neuron",)),)

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """(n + 1)·m: the weights of each neuron and its bias."""
        ins = parse_symbol(AXES[len(sizes[0])][-1])
        why = "weights of a neuron" + (", its bias" if self.bias else "") + ", times the neurons"
        held = [multiply([UNITS, ins]), *([UNITS] if self.bias else [])]
        return (Rule(COUNT, multiply([add([ins, ONE]) if self.bias else ins, UNITS]), (why,), add(held)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Dense(...)`."""
        settings = {"activation": keras_word(self.activation), "use_bias": None if self.bias else False}
        return (called("layers.Dense", self.units, **settings), *keras_behind(self.activation))

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Linear(...)`, then its activation."""
        line = called("nn.Linear", sizes[0][-1], self.units, bias=None if self.bias else False)
        return (line, *modules_behind(self.activation, 1 if len(sizes[0]) == 1 else -1))


class Flatten(Layer):
    """All values of the input in one vector."""

    kind: ClassVar[str] = "flatten"
    noun: ClassVar[str] = "flatten layer"
    example: ClassVar[str] = "flatten()"

    def output(self, *sizes: Size) -> Size:
        """(H·W·C,)."""
        return (prod(sizes[0]),)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The product of all sides."""
        sides = tuple(parse_symbol(letter) for letter in AXES[len(sizes[0])])
        return (Rule(out("n"), multiply(sides), ("all values in one row",), Call("cells", sides)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Flatten()`."""
        return ("layers.Flatten()",)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Flatten()`."""
        return ("nn.Flatten()",)
