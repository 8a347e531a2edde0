"""Drawings of networks: the picture, the shapes that stand in it, what earns the marks."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.drawing.boxes import INPUT_ALONE
from derive.network.drawing.facts import Facts
from derive.network.drawing.formulas import RESIDUAL_ENDS, cell_formulas, is_residual, residual_formulas
from derive.network.drawing.spelling import spelled, spelled_given, spelled_picture, spelled_step
from derive.network.drawing.styles import Style, cell_of, drawn, fitting_style
from derive.network.layers.recurrent import Recurrent
from derive.network.network import Network
from derive.network.working.shapes import answer, shape_form
from derive.network.working.sizing import all_sizes
from derive.network.working.written import Written
from derive.notation.form import Form, Text, symbols
from derive.questions.drawing_draws import draw_drawing
from derive.questions.network import Found, NetworkQuestion
from derive.questions.recurrent_fields import Renaming
from derive.record import Answer, Conventions, Derivation, Given, Mark, Phrase, Picture, Step, Words

OUTPUT = Text("output shape")
_WHAT: dict[Style, str] = {
    "volumes": "Draw the network as volumes, in the way of LeNet",
    "boxes": "Draw the network, with a box for each layer and an arrow for each input of one",
    "neurons": "Draw the network with its neurons",
    "cell": "Draw the cell of the layer, with its activations and signs, the input and the states",
    "unrolled": "Draw the network unrolled over the steps of its sequence",
}
_EARNS: dict[Style, str] = {
    "volumes": "A volume for each layer that changes the shape, in order, and what leads to it above.",
    "boxes": "A box for each layer, an arrow from each layer that it reads, a circle with its sign for a sum.",
    "neurons": "A column for each layer, and edges from every neuron to every neuron of the next.",
    "unrolled": "The same layer at each step, its state handed from step to step, an input at each.",
    "cell": "The activations and the signs in the cell, each with its arrows.",
}


class NetworkDrawing(NetworkQuestion):
    """A network drawn as volumes, boxes, neurons, a recurrent cell or unrolled, with its checked shapes."""

    ask: ClassVar[str] = "network.drawing"
    example: ClassVar[dict[str, Any]] = {
        "input": [32, 32, 1],
        "net": ["conv2d(filters=6, kernel=5, activation=tanh)", "avg_pool2d(kernel=2)",
                "conv2d(filters=16, kernel=5, activation=tanh)", "avg_pool2d(kernel=2)", "flatten()",
                "dense(units=120, activation=tanh)", "dense(units=84, activation=tanh)", "dense(units=10)"],
    }  # fmt: skip

    style: Style | None = Field(
        None, description="volumes, boxes, neurons, cell or unrolled; unset, what suits the network"
    )
    labels: bool = Field(True, description="whether shapes and kernels stand in the drawing")
    shapes: bool = Field(True, description="whether shapes do; false where they are asked for, and kernels may be read")
    names: Renaming = Field(
        {}, description="of a cell, or unrolled: what the sheet calls a quantity, as in {c: s}; whole names or letters"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network in a style that can show it."""
        return draw_drawing(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """The picture, then the shapes as a table, the equations of a cell, or the formula of a residual block."""
        network = self.network()
        style = self.style or fitting_style(network)
        written = Written(network, folds=style != "cell")
        residual = style == "boxes" and not self.labels and is_residual(network)
        facts = Facts(written, self.labels, self.shapes)
        picture = drawn(facts, style, ends=RESIDUAL_ENDS if residual else INPUT_ALONE)
        if self.names and style not in ("cell", "unrolled"):
            raise InputError("names are for a cell, or for a network that is unrolled")
        picture = spelled_picture(picture, self.names)
        if style == "cell":
            title, found = "Recurrent cell", self._cell(network)
        elif residual:
            givens, steps, target = residual_formulas(network)
            title, found = "Residual block", (givens, steps, _formula_answer("block", target, steps))
        else:
            title, found = "Drawing of a network", self._shapes(written, style)
        givens, steps, answers = found
        given = tuple(dict.fromkeys((*givens, *_premises(written, [picture]))))
        prompt = self._prompt(network, style, residual)
        done = self.sheet(title, prompt, network, (given, steps, answers), conventions, words=False)
        return replace(done, figures=(picture,))

    def _prompt(self, network: Network, style: Style, residual: bool) -> Phrase:
        start = "Draw the residual block, with a box for each layer" if residual else _WHAT[style]
        if style == "cell":
            return (f"{start}.",)
        if not (self.labels and self.shapes):
            return (f"{start}.",)
        return (f"{start}, and label it with the shapes. The input is ", shape_form(network.input, self.order), ".")

    def _cell(self, network: Network) -> Found:
        node = cell_of(network)
        assert isinstance(node.layer, Recurrent)
        found, last, target = cell_formulas(node, node.layer.bias_count(self.framework))
        givens = tuple(spelled_given(given, self.names) for given in found)
        steps = tuple(spelled_step(step, self.names) for step in last)
        return givens, steps, _formula_answer(steps[-1].name, spelled(target, self.names), steps)

    def _shapes(self, written: Written, style: Style) -> Found:
        network = written.network
        marks = [Mark(Fraction(1), "B", ("every layer, in order, with what leads to it",))]
        marks += [Mark(Fraction(1), "B", ("the shapes in the drawing",))] if self.labels and self.shapes else []
        told = Step("drawing", intro=(_EARNS[style],), marks=tuple(marks))
        rows, premises = all_sizes(written, network.nodes, {network.nodes[-1].name: "shape"}).table()
        return tuple(premises), (told, *rows), (answer("shape", network.output, OUTPUT, self.order),)


def _formula_answer(name: str, target: Form, steps: tuple[Step, ...]) -> tuple[Answer, ...]:
    return (Answer(name, "expression", steps[-1].lines[-1].form, steps[-1].lines[-1].form, target),)


def _premises(written: Written, pictures: Iterable[Picture]) -> tuple[Given, ...]:
    """The letters behind the words of pictures, with their values."""
    shapes = [shape for picture in pictures for shape in picture.shapes]
    facts = [shape.fact for shape in shapes if isinstance(shape, Words) and shape.fact is not None]
    names = [name for fact in facts if fact.target is not None for name in symbols(fact.target)]
    return tuple(written.stated(names))
