"""Questions about architectures."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.errors import InputError
from derive.network.layers.base import Layer
from derive.network.layers.convolution import SHAPE
from derive.network.network import read_layer
from derive.notation.build import number
from derive.notation.form import Call, Shape
from derive.notation.symbols import parse_symbol
from derive.notation.worksheet import Worksheet
from derive.questions.base import Question
from derive.questions.fields import Positive
from derive.questions.finish import finished
from derive.record import Answer, Conventions, Derivation, Given, Phrase

LayerText = Annotated[Layer, BeforeValidator(read_layer), WithJsonSchema({"type": ["string", "object"]})]
SETTINGS: dict[str, str] = {
    "H": "height",
    "W": "width",
    "C": "channels",
    "K": "kernel",
    "S": "stride",
    "P": "padding",
    "F": "filters",
}


class NetworkOutputShape(Question):
    """The shape of a layer's output: formula, numbers, value."""

    ask: ClassVar[str] = "network.output_shape"
    example: ClassVar[dict[str, Any]] = {
        "input": [26, 26, 26],
        "net": ["conv2d(filters=5, kernel=7, stride=3, padding=1)"],
    }

    input: tuple[Positive, Positive, Positive] = Field(description="shape of the input: height, width, channels")
    net: list[LayerText] = Field(min_length=1, description="the layers, as in conv2d(filters=5, kernel=7, stride=3)")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random convolution that fits its input."""
        kernel, padding = rng.choice([1, 2, 3, 5, 7]), rng.randint(0, 3)
        height = rng.randint(kernel, 64)
        width = height if rng.random() < 0.6 else rng.randint(kernel, 64)
        layer = f"conv2d(filters={rng.randint(1, 64)}, kernel={kernel}, stride={rng.randint(1, 4)}, padding={padding})"
        return {"input": [height, width, rng.choice([1, 3, 16])], "net": [layer]}

    def solve(self, conventions: Conventions) -> Derivation:
        """Height, width, channels, shape of the output."""
        if len(self.net) != 1:
            raise InputError(f"one layer is asked for here, not {len(self.net)}")
        layer = self.net[0]
        steps = layer.shape_steps(self.input, Worksheet(conventions))
        shape = steps[-1].lines[-1].form
        answers = (Answer("shape", "shape", shape, shape, SHAPE),)
        return finished(Derivation("Output size", self._prompt(), self._premises(layer), steps, answers, conventions))

    def _premises(self, layer: Layer) -> tuple[Given, ...]:
        values = dict(zip("HWC", self.input, strict=True))
        short = {word: letter for letter, word in SETTINGS.items()}
        values |= {short[name]: value for name, value in layer if name in short}
        stated = [
            Given(parse_symbol(letter), number(Fraction(value)), "value", (SETTINGS[letter],))
            for letter, value in values.items()
        ]
        return (*stated, *(_meaning(side) for side in "HW"))

    def _prompt(self) -> Phrase:
        size = Shape(tuple(number(side) for side in self.input))
        return ("Find the shape of the output for an input of ", size, ".")


def _meaning(side: str) -> Given:
    """What the size of an output means, whatever its formula says: how many windows fit along the side."""
    windows = Call("windows", tuple(map(parse_symbol, (side, "K", "S", "P"))))
    return Given(Call("meaning", (parse_symbol(f"{side}_out"),)), windows, shown=False)
