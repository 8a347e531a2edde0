"""What a layer says about itself."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from derive.notation.worksheet import Worksheet
from derive.record import Step

Size = tuple[int, ...]
"""Height, width, channels."""


class Layer(BaseModel):
    """Base of all layers: the fields are the settings, named after Keras.

    A subclass that sets `kind` in any module of `derive.network.layers` is a layer: the reader of networks, the
    catalogue and the tests pick it up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str] = ""
    example: ClassVar[dict[str, Any]] = {}

    def output_shape(self, size: Size) -> Size:
        """The shape of the output for an input of a shape.

        Raises:
            InputError: the layer does not fit the input.
        """
        raise NotImplementedError

    def shape_steps(self, size: Size, sheet: Worksheet) -> tuple[Step, ...]:
        """How the shape of the output is found: formula, numbers, value; the last step is the shape."""
        raise NotImplementedError
