"""The same values in another arrangement."""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from derive.errors import InputError
from derive.network.layers.base import AXES, Layer, Rule, Size, called, out
from derive.notation.build import multiply, number
from derive.notation.form import Call, Form, Frac
from derive.notation.symbols import parse_symbol

OPEN = -1
"""The side that follows from the others."""


class Reshape(Layer):
    """The same values in another shape, channels last; one side may be left open as -1."""

    kind: ClassVar[str] = "reshape"
    noun: ClassVar[str] = "reshape layer"
    example: ClassVar[str] = "reshape(shape=(7, 7, -1))"
    takes: ClassVar[tuple[Size, ...]] = ((3136,),)

    shape: tuple[Annotated[int, Field(ge=OPEN)], ...] = Field(
        min_length=1, max_length=4, description="the new sides, channels last; one of them may be -1"
    )

    @field_validator("shape", mode="before")
    @classmethod
    def _one_side(cls, value: object) -> object:
        return (value,) if isinstance(value, int) else value

    @field_validator("shape")
    @classmethod
    def _one_open(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if 0 in value or value.count(OPEN) > 1:
            raise ValueError("the sides are whole numbers from 1, and one of them may be -1")
        return value

    def _asked(self) -> str:
        """The shape as it was asked for, with a sign for the open side."""
        return "×".join("?" if side == OPEN else str(side) for side in self.shape)

    def manner(self) -> tuple[str, ...]:
        """To which shape."""
        return (f"to {self._asked()}",)

    def output(self, *sizes: Size) -> Size:
        """The sides as given, the open one so that all values find their place."""
        count, known = prod(sizes[0]), prod(side for side in self.shape if side != OPEN)
        if count % known or (OPEN not in self.shape and count != known):
            raise InputError(f"{count} values cannot be arranged as {self._asked()}")
        return tuple(count // known if side == OPEN else side for side in self.shape)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The open side, or the last one: all values, divided by the other sides."""
        names = AXES[len(self.shape)]
        open_ = self.shape.index(OPEN) if OPEN in self.shape else len(self.shape) - 1
        letters = tuple(parse_symbol(letter) for letter in AXES[len(sizes[0])])
        others = [number(side) for axis, side in enumerate(self.shape) if axis != open_]
        values: Form = multiply(letters)
        if not others:
            return (Rule(out(names[0]), values, ("all values in one row",), Call("cells", letters)),)
        form = Frac(values, multiply(others))
        meaning = multiply([Call("cells", letters), *(Frac(number(1), side) for side in others)])
        return (Rule(out(names[open_]), form, ("the number of values stays",), meaning),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Reshape((7, 7, -1))`."""
        return (called("layers.Reshape", self.shape),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Flatten()` where it is no vector, then `nn.Unflatten(1, ...)` with the channels first."""
        flat = ("nn.Flatten()",) if len(sizes[0]) > 1 else ()
        result = self.output(*sizes)
        if len(result) == 1:
            return flat or ("nn.Identity()",)
        return (*flat, called("nn.Unflatten", 1, (result[-1], *result[:-1])))
