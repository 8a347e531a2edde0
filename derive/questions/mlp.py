"""Questions about dense nets: the forward pass, the gradients as matrices, one step of an optimizer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.graph.array_backward import ArrayBackward
from derive.graph.array_point import ArrayPoint
from derive.graph.arrays import Array
from derive.graph.graph import matrix_form
from derive.notation.form import Derivative, Form, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.answers import answers_of
from derive.questions.fields import Names
from derive.questions.finish import finished
from derive.questions.formulas import array_formulas, gradient_formulas, nodes_of
from derive.questions.graph_question import listed
from derive.questions.mlp_draws import draw_net
from derive.questions.mlp_question import MlpQuestion, Setting, as_known
from derive.record import Answer, Conventions, Derivation, Phrase, Step

EXAMPLE: dict[str, Any] = {
    "layers": [
        {"W": [[0.1, 0.2], [0.3, -0.4]], "b": [0.5, 0.1], "activation": "sigmoid"},
        {"W": [[0.7, -0.8]], "b": 0.3, "activation": "sigmoid"},
    ],
    "input": [1, 2],
}


class MlpForward(MlpQuestion):
    """The forward pass of a dense net, layer by layer, with whole vectors and matrices."""

    ask: ClassVar[str] = "mlp.forward"
    example: ClassVar[dict[str, Any]] = EXAMPLE

    of: Names = Field((), description="the quantities that are asked for; the output, and the loss where there is one")
    known: Names = Field((), description="quantities that an earlier part has found already")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random net on random numbers, sometimes with a loss."""
        return draw_net(rng, loss=rng.random() < 0.4)

    def solve(self, conventions: Conventions) -> Derivation:
        """z and h of each layer: formula, matrices put in, one entry in full, the whole vector; then the loss."""
        setting = self.built()
        graph, point = setting.graph, setting.point(conventions, self.elements)
        asked = [graph.quantity(name) for name in self.of or setting.results]
        known = {graph.quantity(name).symbol for name in self.known}
        needed = graph.made_of(quantity.symbol for quantity in asked)
        steps: list[Step] = []
        for quantity in (q for q in graph.definitions if q.symbol in needed):
            worked = setting.forward(point, [quantity])
            steps += as_known(point, worked) if quantity.symbol in known else worked
        targets = [q.symbol for q in graph.definitions if q.symbol in needed and q.symbol not in known]
        formulas = array_formulas(graph, map(graph.quantity, targets))
        boxes = {quantity.symbol for quantity in asked}
        answers = self.answers(setting, point, steps, targets, formulas, boxes)
        prompt: Phrase = ("Compute ", *listed(point.written(q.symbol) for q in asked), ".")
        return self.derivation("Forward pass", prompt, setting, point, steps, answers)


class MlpBackward(MlpQuestion):
    """The gradients of a dense net by backpropagation with whole vectors and matrices: δ, then ∂L/∂W = δ hᵀ."""

    ask: ClassVar[str] = "mlp.backward"
    example: ClassVar[dict[str, Any]] = {**EXAMPLE, "target": 1, "loss": {"name": "sse", "half": True}}

    wrt: Names = Field((), description="by what the loss is differentiated, such as W__1, W_2_1__1, x; all weights")
    known: Literal["nothing", "forward"] = Field("nothing", description="what an earlier part has found already")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random net with a loss on random numbers, sometimes in letters, sometimes for some weights only."""
        return draw_net(rng, loss=True, letters=rng.random() < 0.15)

    def solve(self, conventions: Conventions) -> Derivation:
        """The forward pass, then the gradients from the output back."""
        setting = self.built(needs_loss=True)
        point = setting.point(conventions, self.elements)
        passes = Passes(self, setting, point)
        forward = as_known(point, passes.forward) if self.known != "nothing" else passes.forward
        answers = self.answers(setting, point, passes.steps, passes.targets, passes.formulas, set(passes.asked))
        prompt: Phrase = ("Derive ", *listed(map(point.written, passes.asked)), " by backpropagation.")
        return self.derivation("Backpropagation", prompt, setting, point, (*forward, *passes.backward), answers)
