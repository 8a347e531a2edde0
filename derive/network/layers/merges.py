"""Merges: layers that read from two others or more, `add(conv1, conv2)`."""

from __future__ import annotations

from typing import ClassVar

from derive.errors import InputError
from derive.network.layers.base import AXES, AXIS_NAMES, Layer, Letter, Rule, Size, called, out
from derive.notation.build import add
from derive.notation.form import Symbol
from derive.notation.symbols import parse_symbol


class Merge(Layer):
    """Base of the merges."""

    merges: ClassVar[bool] = True
    takes: ClassVar[tuple[Size, ...]] = ((8, 8, 16), (8, 8, 16))


class ValueByValue(Merge):
    """Base of the merges that work value by value: all inputs have one shape."""

    sign: ClassVar[str] = "+"
    keras_name: ClassVar[str] = ""

    def output(self, *sizes: Size) -> Size:
        """The shape of all inputs."""
        for size in sizes[1:]:
            if size != sizes[0]:
                raise InputError(f"{self.kind} needs inputs of one shape, but gets {_said(sizes[0])} and {_said(size)}")
        return sizes[0]

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Add()`."""
        return (called(f"layers.{self.keras_name}"),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """No module: tensors are added as they are."""
        return ()

    def torch_call(self, module: str, *inputs: str) -> str:
        """`a + b`."""
        return f" {self.sign} ".join(inputs)


class Add(ValueByValue):
    """Adds its inputs value by value."""

    kind: ClassVar[str] = "add"
    example: ClassVar[str] = "add(conv1, conv2)"
    keras_name: ClassVar[str] = "Add"


class Multiply(ValueByValue):
    """Multiplies its inputs value by value, as a gate does."""

    kind: ClassVar[str] = "multiply"
    example: ClassVar[str] = "multiply(conv1, conv2)"
    sign: ClassVar[str] = "*"
    keras_name: ClassVar[str] = "Multiply"


class Concat(Merge):
    """Puts its inputs one behind the other along the channels."""

    kind: ClassVar[str] = "concat"
    example: ClassVar[str] = "concat(conv1, conv2)"
    takes: ClassVar[tuple[Size, ...]] = ((8, 8, 16), (8, 8, 4))

    def output(self, *sizes: Size) -> Size:
        """The same sides, the channels of all."""
        for size in sizes[1:]:
            if size[:-1] != sizes[0][:-1]:
                raise InputError(
                    f"concat needs inputs of one height and width, but gets {_said(sizes[0])} and {_said(size)}"
                    if len(size) == len(sizes[0]) == 3
                    else f"concat needs inputs that differ in their channels alone, but gets "
                    f"{_said(sizes[0])} and {_said(size)}"
                )
        return (*sizes[0][:-1], sum(size[-1] for size in sizes))

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """C_1, C_2, ...: the channels of each input."""
        name = AXES[len(sizes[0])][-1]
        return tuple(
            Letter(symbol, size[-1], f"{AXIS_NAMES[name]} of input {position}")
            for position, (symbol, size) in enumerate(zip(_channels(sizes), sizes, strict=True), 1)
        )

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """C_1 + C_2 + ...; the sides stay."""
        name = AXES[len(sizes[0])][-1]
        why = (f"the {AXIS_NAMES[name]} of all inputs",)
        sides = [Rule(out(side), parse_symbol(side), ("the sides stay",)) for side in AXES[len(sizes[0])][:-1]]
        return (*sides, Rule(out(name), add(_channels(sizes)), why))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Concatenate()`."""
        return ("layers.Concatenate()",)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """No module: `torch.cat`."""
        return ()

    def torch_call(self, module: str, *inputs: str) -> str:
        """Along axis 1, where PyTorch has the channels."""
        return f"torch.cat([{', '.join(inputs)}], dim=1)"


def _channels(sizes: tuple[Size, ...]) -> list[Symbol]:
    name = AXES[len(sizes[0])][-1]
    return [parse_symbol(f"{name}_{position}") for position in range(1, len(sizes) + 1)]


def _said(size: Size) -> str:
    return "×".join(map(str, size)) if len(size) > 1 else f"{size[0]} values"
