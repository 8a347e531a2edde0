"""Questions about dense nets: the forward pass, the gradients as matrices, one step of an optimizer."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.array_point import forward
from derive.notation.symbols import symbol_name
from derive.questions.fields import Expression, Names, Positive, Values
from derive.questions.graph_question import listed
from derive.questions.mlp_draws import draw_forward, draw_gradient, draw_update
from derive.questions.mlp_question import MlpQuestion, Setting, answers, as_known
from derive.questions.mlp_wording import told
from derive.questions.mlp_work import Gradients, Updates
from derive.questions.optimizer import OptimizerStep
from derive.questions.optimizer_question import States
from derive.record import Conventions, Derivation, Phrase, Step

HIDDEN: dict[str, Any] = {"W": [[0.1, 0.2], [0.3, -0.4]], "b": [0.5, 0.1], "activation": "sigmoid"}
OUTPUT: dict[str, Any] = {"W": [[0.7, -0.8]], "b": 0.3, "activation": "sigmoid"}
NET: dict[str, Any] = {"layers": [HIDDEN, OUTPUT], "input": [1, 2]}
TRAINED: dict[str, Any] = {**NET, "target": 1, "loss": {"name": "sse", "half": True}}


class MlpForward(MlpQuestion):
    """The forward pass of a dense net, layer by layer, with whole vectors and matrices."""

    ask: ClassVar[str] = "mlp.forward"
    example: ClassVar[dict[str, Any]] = NET

    of: Names = Field((), description="the quantities that are asked for; the output, and the loss where there is one")
    known: Names = Field((), description="quantities that an earlier part has found already")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random net on random numbers, sometimes with a loss."""
        return draw_forward(rng)

    def asked_for(self, results: int) -> int:
        """The results, and the layers."""
        return results + self.pass_through

    def solve(self, conventions: Conventions) -> Derivation:
        """z and h of each layer: formula, matrices put in, the whole vector, one entry in full; then the loss."""
        setting = self.built()
        graph, point = setting.graph, setting.point(conventions, self.elements)
        asked = [graph.quantity(name) for name in self.of or tuple(setting.results)]
        boxes = {quantity.symbol for quantity in asked}
        if given := [symbol_name(q.symbol) for q in asked if q.form is None]:
            raise InputError(f"{given[0]} is given: there is nothing to compute").at(path="of")
        known = {graph.quantity(name).symbol for name in self.known}
        needed = graph.made_of(quantity.symbol for quantity in asked)
        steps: list[Step] = []
        for quantity in (q for q in graph.definitions if q.symbol in needed):
            worked = forward(point, quantity)
            steps += as_known(point, worked) if quantity.symbol in known else worked
        wanted = [point.written(quantity.symbol) for quantity in asked]
        found = {step.target for step in steps}
        others = [point.written(q.symbol) for q in graph.definitions if q.symbol in found and q not in asked]
        prompt: Phrase = ("Compute ", *listed(wanted), ".")
        results = answers(point, steps, wanted, *others)
        said = told(setting, with_net=not known, with_loss=setting.of in boxes)
        return self.derivation("Forward pass", prompt, setting, point, steps, results, said)


class MlpBackward(MlpQuestion):
    """The gradients of a dense net by backpropagation with whole vectors and matrices: δ, then ∂L/∂W = δ hᵀ."""

    ask: ClassVar[str] = "mlp.backward"
    example: ClassVar[dict[str, Any]] = TRAINED

    wrt: Names = Field((), description="by what the loss is differentiated, such as W__1, W_2_1__1, x; all weights")
    known: Literal["nothing", "forward"] = Field("nothing", description="what an earlier part has found already")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random net with a loss, sometimes in letters, sometimes for some weights only."""
        return draw_gradient(rng)

    def asked_for(self, results: int) -> int:
        """The results, the layers, and the loss."""
        return results + self.pass_through + 1

    def solve(self, conventions: Conventions) -> Derivation:
        """The forward pass, then the gradients from the output back."""
        setting = self.built(needs_loss=True)
        point = setting.point(conventions, self.elements)
        work = Gradients(setting, point, self.wrt)
        before = as_known(point, work.forward) if self.known != "nothing" else work.forward
        prompt: Phrase = ("Derive ", *listed(work.asked), " by backpropagation.")
        steps = (*before, *work.backward)
        results = answers(point, work.backward, work.asked, *work.deltas)
        said = told(setting, with_net=self.known == "nothing", with_loss=True)
        return self.derivation("Backpropagation", prompt, setting, point, steps, results, said, gradients=True)


class MlpUpdate(MlpQuestion):
    """One step of gradient descent, or of another optimizer, on weights of a dense net."""

    ask: ClassVar[str] = "mlp.update"
    example: ClassVar[dict[str, Any]] = {**TRAINED, "rate": 0.5}

    wrt: Names = Field((), description="the weights that change, such as W__1, or single ones, W_2_1__1; all of them")
    known: Literal["nothing", "forward", "gradient"] = Field(
        "nothing", description="what an earlier part has found already"
    )
    optimizer: str = Field("gradient_descent", description="gradient_descent, sgd, momentum, adam and the like")
    form: str = Field("", description="which rule of that name, as in optimizer.step")
    rate: Expression | None = Field(None, description="the learning rate")
    settings: Values = Field({}, description="other constants of the optimizer; defaults as published")
    epsilon_in_root: bool | None = Field(None, description="whether ε stands under the root; as published if not said")
    bias_correction: bool | None = Field(
        None, description="whether moments are bias corrected; as published if not said"
    )
    state: States = Field({}, description="what the step before left: for each state a value, or values by parameter")
    step: Positive = Field(1, description="the number of the step, counted from 1")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random net with a loss and an optimizer."""
        return draw_update(rng)

    def asked_for(self, results: int) -> int:
        """The results, the layers forward and backward, and the loss."""
        return results + 2 * self.pass_through + 1

    def solve(self, conventions: Conventions) -> Derivation:
        """The gradients, then the rule of the optimizer for each parameter."""
        setting = self.built(needs_loss=True)
        point = setting.point(conventions, self.elements)
        gradients = Gradients(setting, point, self.wrt)
        work = Updates(self._rules(setting, gradients), gradients)
        before = gradients.forward if self.known == "nothing" else as_known(point, gradients.forward)
        after = gradients.backward if self.known != "gradient" else as_known(point, gradients.backward)
        words = work.rule.entry.called
        prompt: Phrase = (
            f"Do one step of {words} on " if self.step == 1 else f"Do step {self.step} of {words} on ",
            *listed(map(point.written, gradients.names)),
            ".",
            *work.says,
        )
        steps = (*before, *after, *work.steps)
        results = answers(point, work.steps, work.asked, *work.others)
        new = self.known != "gradient"
        said = told(setting, with_net=self.known == "nothing", with_loss=new)
        return self.derivation("Update", prompt, setting, point, steps, results, said, new, work.premises)

    def _rules(self, setting: Setting, gradients: Gradients) -> OptimizerStep:
        """The optimizer on the parameters that change, as a question of its own would have it."""
        kept = ("optimizer", "form", "rate", "settings", "epsilon_in_root", "bias_correction", "state", "step")
        at = setting.values | gradients.single_values
        return OptimizerStep(wrt=gradients.names, at=at, **{name: getattr(self, name) for name in kept})
