"""Questions about optimizers: one step, worked out by hand."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.graph.arrays import shape_of
from derive.graph.recall import recalled
from derive.notation.form import Form, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.fields import Positive, Values, numeric
from derive.questions.finish import finished
from derive.questions.graph import LOGISTIC, LOGISTIC_AT
from derive.questions.graph_question import listed, tie_remarks
from derive.questions.optimizer_draws import draw_step
from derive.questions.optimizer_question import OptimizerQuestion, sentence
from derive.questions.optimizer_work import OneStep
from derive.record import Conventions, Derivation, Phrase


class OptimizerStep(OptimizerQuestion):
    """One step of an optimizer on the parameters of a graph, or on given gradients."""

    ask: ClassVar[str] = "optimizer.step"
    example: ClassVar[dict[str, Any]] = {
        "optimizer": "adam",
        "rate": 0.1,
        "settings": {"beta_2": 0.99},
        "graph": LOGISTIC,
        "of": "L",
        "wrt": ["w", "b"],
        "at": LOGISTIC_AT,
    }

    gradients: Values = Field({}, description="the gradient of each parameter, where no graph is given")
    step: Positive = Field(1, description="the number of the step, counted from 1")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Random gradients, or the gradients of a random graph, for a random optimizer."""
        return draw_step(rng)

    @property
    def number(self) -> int:
        """The number of the step that is worked out."""
        return self.step

    def given_gradients(self, names: Mapping[Symbol, Form]) -> dict[Symbol, Form]:
        """The gradients that the question gives, by their letters."""
        found: dict[Symbol, Form] = {}
        for name, letter in names.items() if self.gradients else ():
            assert isinstance(letter, Symbol)
            if name not in self.gradients:
                raise InputError(f"the gradient of {symbol_name(name)} is not given")
            shapes = [shape_of(numeric(form)) for form in (self.gradients[name], self.parameter(name))]
            if shapes[0] != shapes[1]:
                raise InputError(f"the gradient of {symbol_name(name)} does not have the shape of the parameter")
            found[letter] = self.gradients[name]
        self.check_parameters(self.gradients)
        return found

    def solve(self, conventions: Conventions) -> Derivation:
        """The gradients where a graph is given, then the rule line by line for each parameter."""
        if bool(self.graph) == bool(self.gradients):
            raise InputError("give either a graph or the gradients")
        ahead = self.rule().looks_ahead and bool(self.graph)
        work = OneStep(self, conventions, _old if ahead else lambda name: name, _new)
        shown = recalled(work.point, work.working) if self.known == "gradient" else work.working
        prompt: Phrase = (f"Do step {self.step} of {work.rule.entry.called} on ", *listed(work.written), ".")
        remarks = tie_remarks(work.point) if self.known != "gradient" else ()
        done = Derivation(
            "Optimizer step",
            (*prompt, *sentence(self.asks(work.rule))),
            tuple(work.premises()),
            (*shown, *work.steps),
            tuple(work.answers()),
            conventions,
            remarks=(*remarks, *self.told(work.rule)),
        )
        return finished(done)


def _new(name: Symbol) -> Symbol:
    return Symbol(name.base, name.accent, (*name.sub, "new"), name.sup)


def _old(name: Symbol) -> Symbol:
    return Symbol(name.base, name.accent, (*name.sub, "old"), name.sup)
