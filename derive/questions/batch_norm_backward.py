"""The gradient back through a batch normalization, from a given gradient of the output or from a loss on top."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.backward import Backward as Backpropagation
from derive.graph.graph import entry_names
from derive.graph.point import Point
from derive.graph.recall import recalled
from derive.notation.arrays import items
from derive.notation.form import Call, Derivative, Form, Hadamard, Matrix, Symbol, symbols
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.questions.answers import answers_of
from derive.questions.batch_norm import BIASED, BatchNormQuestion, draw_batch, normalized
from derive.questions.draws import decimal
from derive.questions.fields import Expression, Numbers, Values
from derive.questions.finish import finished
from derive.questions.formulas import gradient_formulas
from derive.questions.graph_question import listed
from derive.record import Conventions, Derivation, Given, Phrase, Step
from derive.training.attention import shape_of
from derive.training.batch_norm import BETA, GAMMA, MEAN, VARIANCE, Normalization
from derive.training.batch_norm_backward import LOSS, slope
from derive.training.batch_norm_working import Backward

UPSTREAM = Symbol("G")
"""The given gradient of the output, as an array of the engine's graph; it is printed as ∂L/∂y."""


class BatchNormBackward(BatchNormQuestion):
    """The gradient back through a batch normalization: by γ, β, the variance, the mean and x, as sums over paths."""

    ask: ClassVar[str] = "batchnorm.backward"
    example: ClassVar[dict[str, Any]] = {
        "x": [1, 2, 3, 6],
        "gamma": 2,
        "beta": 1,
        "epsilon": 0.5,
        "upstream": [0.5, -1, 0, 2],
    }

    upstream: Numbers | None = Field(None, description="the gradient of the loss by the output y, in the shape of x")
    loss: Expression | None = Field(
        None, description="or the loss itself, an expression over y, such as sum((y-t)**2)/2"
    )
    at: Values = Field({}, description="the values of the other names in the loss")
    known: Literal["nothing", "forward"] = Field(
        "nothing", description="what an earlier part has found already: nothing or forward"
    )

    def asked_for(self, results: int) -> int:
        """The results, and the forward pass where no earlier part has found it."""
        return super().asked_for(results) + (self.known == "nothing")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random batch, with a gradient from above or a squared error on top."""
        drawn = draw_batch(rng)
        rows = drawn["x"]

        def like_batch() -> list[Any]:
            return [
                [decimal(rng, -2, 2) for _ in row] if isinstance(row, list) else decimal(rng, -2, 2) for row in rows
            ]

        if rng.random() < 0.7:
            return drawn | {"upstream": like_batch()}
        loss = rng.choice(["sum((y - t)**2)/2", "mean((y - t)**2)", "sum(odot(y, t))"])
        return drawn | {"loss": loss, "at": {"t": like_batch()}}

    def solve(self, conventions: Conventions) -> Derivation:
        """The forward pass, the gradient by the output, then back along all paths."""
        batch = self.batch()
        self.check_variance(batch)
        normalization = Normalization(*shape_of(batch))
        known, loss = self._known_values(normalization), self._loss(normalization)
        point = self.at_values(normalization, known, conventions, {symbol_name(LOSS): loss})
        graph, output = point.graph, normalization.output
        forward = [
            step for step in normalized(point, normalization) if self.loss is not None or not _is_of(step, output)
        ]
        top = self._top(point, output)
        working = Backward(point, normalization, graph.scalar(LOSS))
        backward = [*top, *working.steps()]
        asked = [GAMMA, BETA, normalization.named("x")]
        wanted = [normalization.named("x", "hat"), VARIANCE, MEAN, *asked]
        formulas = gradient_formulas(point, LOSS, wanted)
        targets: list[Form] = [Derivative(LOSS, (graph.written(name),)) for name in wanted]
        boxed = [Derivative(LOSS, (name,)) for name in asked]
        found = answers_of((*forward, *backward), targets, graph, known, formulas)
        answers = tuple(replace(answer, boxed=answer.label in boxed) for answer in found)
        shown = forward if self.known == "nothing" else recalled(point, forward)
        prompt: Phrase = (
            "Derive ",
            *listed(targets[3:]),
            " by backpropagation, through ",
            *listed(targets[:3]),
            ".",
        )
        givens = tuple(self._givens(point, known, loss))
        title = "Gradient through a batch normalization"
        done = Derivation(title, prompt, givens, (*shown, *backward), answers, conventions)
        return finished(done, BIASED)

    def _known_values(self, normalization: Normalization) -> dict[Symbol, Form]:
        """The batch, and what the loss is made of.

        Raises:
            InputError: neither a gradient nor a loss, or one of another shape than the batch.
        """
        if (self.upstream is None) == (self.loss is None):
            raise InputError("give either upstream, the gradient by the output, or the loss itself")
        known = self.given(normalization)
        if self.upstream is None:
            if taken := [symbol_name(name) for name in self.at if name in known]:
                raise InputError(f"{', '.join(taken)} is a name of the batch normalization: call it otherwise")
            return {**known, **self.at}
        if self.at:
            raise InputError("at gives values to names of a loss, but there is none")
        shape = shape_of(self.batch())
        if not isinstance(self.upstream, Matrix) or shape_of(self.upstream) != shape:
            raise InputError(f"upstream must have the shape of the batch, {shape[0]} x {shape[1]}")
        return {**known, UPSTREAM: self.upstream}

    def _loss(self, normalization: Normalization) -> Form:
        """The loss; where only its gradient is given, what has just that gradient."""
        output = normalization.output
        if self.loss is None:
            return Call("sum", (Hadamard((UPSTREAM, output)),))
        typed = Symbol("y")
        if not {typed, output} & set(symbols(self.loss)):
            raise InputError("the loss does not depend on y, the output of the normalization")
        return substituted(self.loss, lambda part: output if part == typed else None)

    def _top(self, point: Point, output: Symbol) -> tuple[Step, ...]:
        """The gradient by the output: given, or derived from the loss."""
        array = point.graph.quantity(output).value
        assert isinstance(array, Array)
        if self.loss is not None:
            return Backpropagation(point, point.graph.scalar(LOSS), array.items).steps()
        upstream = point.graph.quantity(UPSTREAM).value
        for name, node in zip(entry_names(output, array.shape), items(upstream), strict=True):
            point.env[slope(name)] = point.nodes[node]
        return ()

    def _givens(self, point: Point, known: Mapping[Symbol, Form], loss: Form) -> list[Given]:
        """The definitions, the values, and the gradient by the output or the loss."""
        graph = point.graph
        givens = [
            Given(graph.written(q.symbol), graph.written(q.form))
            for q in graph.definitions
            if q.form is not None and (q.symbol != LOSS or self.loss is not None)
        ]
        givens += [Given(graph.written(name), form, "value") for name, form in known.items() if name != UPSTREAM]
        if self.upstream is not None:
            output = next(q.symbol for q in graph.definitions if q.symbol.base.lower() == "y")
            givens.append(Given(Derivative(LOSS, (graph.written(output),)), self.upstream, "value"))
        return givens


def _is_of(step: Step, name: Symbol) -> bool:
    """Whether a step is about a quantity or an entry of it."""
    return isinstance(step.target, Symbol) and (step.target.base, step.target.accent) == (name.base, name.accent)
