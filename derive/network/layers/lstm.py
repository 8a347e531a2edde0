"""LSTM, with peepholes or a projection where they are asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Framework, Letter, Size, Tensor
from derive.network.layers.recurrent import INPUTS, UNITS, Recurrent
from derive.notation.symbols import parse_symbol

PROJECTED = parse_symbol("P")


class LSTM(Recurrent):
    """Long short-term memory: input gate, forget gate, output gate, candidate; as wide as the cell, all of them.

    With a projection the state that goes out and round is narrower than the cell: h = V (o * tanh(c)).
    """

    kind: ClassVar[str] = "lstm"
    noun: ClassVar[str] = "LSTM"
    example: ClassVar[str] = "lstm(units=3)"
    gates: ClassVar[int] = 4
    keras_name: ClassVar[str] = "LSTM"
    torch_name: ClassVar[str] = "LSTM"

    peephole: bool = Field(False, description="whether the three gates see the cell, each unit its own")
    projection: int | None = Field(None, ge=1, description="width of the output, if it is projected from the cell")

    def manner(self) -> tuple[str, ...]:
        """With peepholes and projection."""
        peepholes = ("with peepholes",) if self.peephole else ()
        return (*super().manner(), *peepholes, *(("with a projection",) if self.projection else ()))

    @property
    def width(self) -> int:
        """That of the projection, or of the cell."""
        return self.projection or self.units

    @property
    def letter(self) -> str:
        """P for a projection."""
        return "P" if self.projection else "H"

    @property
    def width_reason(self) -> str:
        """A projection has a width of its own."""
        return "width of the projection" if self.projection else super().width_reason

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """Besides the gates: three peephole vectors, the projection."""
        cell, outs = ("units", self.units), ("state", self.width)
        peepholes = tuple(Tensor(f"peephole_{gate}", (cell,)) for gate in ("i", "f", "o")) if self.peephole else ()
        shape = (outs, cell) if framework == "pytorch" else (cell, outs)
        name = "weight_hr_l0" if framework == "pytorch" else "projection_kernel"
        projection = (Tensor(name, shape),) if self.projection else ()
        return (*super().tensors(framework, *sizes), *peepholes, *projection)

    def multiply_adds(self, *sizes: Size) -> int:
        """With the peepholes and the projection."""
        further = (3 * self.units if self.peephole else 0) + (self.units * self.width if self.projection else 0)
        return super().multiply_adds(*sizes) + sizes[0][0] * further

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """H is the cell; P the projection."""
        cell = Letter(UNITS, self.units, "units of the cell" if self.projection else "units of the state")
        projected = (Letter(PROJECTED, self.width, "width of the projected state"),) if self.projection else ()
        return (Letter(INPUTS, sizes[0][-1], "inputs at each step"), cell, *projected)

    def further(self) -> tuple[tuple[str, str, str], ...]:
        """3·H peepholes; H·P weights of the projection."""
        peepholes = (("3*H", "H + H + H", "three gates see the cell"),) if self.peephole else ()
        projection = (("H*P", "P*H", "the projection"),) if self.projection else ()
        return (*peepholes, *projection)

    def keras_settings(self) -> dict[str, Any]:
        """Keras has neither peepholes nor projections."""
        if self.peephole or self.projection:
            raise InputError("lstm with a peephole or a projection has no counterpart in Keras")
        return super().keras_settings()

    def torch_settings(self) -> dict[str, Any]:
        """PyTorch has projections that are narrower than the cell."""
        if self.peephole:
            raise InputError("lstm with a peephole has no counterpart in PyTorch")
        if self.projection and self.projection >= self.units:
            raise InputError("PyTorch projects only to fewer values than the cell has")
        return {**super().torch_settings(), "proj_size": self.projection}
