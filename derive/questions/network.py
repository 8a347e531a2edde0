"""Questions about architectures: the shape behind a layer."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Framework
from derive.network.network import Network, read_network
from derive.network.shapes import answer, premises, shape_form, shape_steps
from derive.notation.worksheet import Worksheet
from derive.questions.base import Question
from derive.questions.fields import Positive
from derive.questions.finish import finished
from derive.record import Conventions, Derivation, Phrase

LayerGiven = str | dict[str, Any]
"""A layer as text, as a mapping of its kind to settings, or with a name of its own."""


class NetworkQuestion(Question):
    """Base of the questions about a network: its input, its layers, how it is written down."""

    input: tuple[Positive, ...] = Field(
        min_length=1, max_length=4, description="shape of the input: height, width, channels unless order says CHW"
    )
    net: list[LayerGiven] = Field(
        min_length=1,
        description="the layers, as in conv2d(filters=5, kernel=7); {conv1: conv2d(...)} names one",
    )
    order: Literal["HWC", "CHW"] = Field("HWC", description="whether channels stand last or first in a shape")
    framework: Framework = Field("keras", description="whose order of axes and whose biases: keras or pytorch")

    def network(self) -> Network:
        """The network that is asked about.

        Raises:
            InputError: a layer is unknown, wrong, or does not fit what comes before it.
        """
        return read_network(self.net, self.input, self.framework, self.order)


class NetworkOutputShape(NetworkQuestion):
    """The shape of a layer's output: formula, numbers, value."""

    ask: ClassVar[str] = "network.output_shape"
    example: ClassVar[dict[str, Any]] = {
        "input": [26, 26, 26],
        "net": ["conv2d(filters=5, kernel=7, stride=3, padding=1)"],
    }

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
        network = self.network()
        if len(network.nodes) != 1:
            raise InputError(f"one layer is asked for here, not {len(network.nodes)}")
        layer = network.nodes[0].layer
        steps = shape_steps(layer, network.input, Worksheet(conventions), order=self.order)
        target = steps[-1].target
        assert target is not None
        answers = (answer("shape", network.output, target, self.order),)
        size = shape_form(network.input, self.order)
        prompt: Phrase = ("Find the shape of the output for an input of ", size, ".")
        givens = premises(layer, network.input)
        return finished(Derivation("Output size", prompt, givens, tuple(steps), answers, conventions))
