"""Questions about optimizers: one step, worked out by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError, UnknownName
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.graph.recall import recalled
from derive.notation.build import ZERO
from derive.notation.form import Form, Symbol
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.answers import answers_of
from derive.questions.draws import decimal, draw_logistic
from derive.questions.fields import Definitions, Expression, Name, Positive, Values, numeric, to_form
from derive.questions.formulas import gradient_formulas
from derive.questions.graph import LOGISTIC, LOGISTIC_AT, GraphGradient
from derive.questions.graph_question import Known, listed, tie_remarks
from derive.record import Conventions, Derivation, Given, Mark, Phrase, Step
from derive.training.optimizers import Optimizer, Update, optimizer


class OptimizerStep(GraphGradient):
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

    graph: Definitions = Field({}, description="the graph whose gradients are used; or give gradients")
    of: Name = Field(parse_symbol("L"), description="the loss, a quantity of the graph")
    known: Known = Field("nothing", description="what an earlier part has found already: nothing, forward or gradient")
    optimizer: str = Field(description="gradient_descent or adam")
    rate: Expression = Field(description="the learning rate")
    settings: Values = Field({}, description="other constants of the optimizer, such as beta_1; defaults as published")
    gradients: Values = Field({}, description="the gradient of each parameter, where no graph is given")
    step: Positive = Field(1, description="the number of the step, counted from 1")
    state: dict[str, Values] = Field(
        {}, description="what the step before left: for each state (m, v) a value by parameter"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Random gradients, or a random logistic neuron."""
        drawn: dict[str, Any] = {
            "optimizer": rng.choice(["gradient_descent", "adam"]),
            "rate": rng.choice([0.1, 0.01, 0.5]),
        }
        if rng.random() < 0.5:
            return drawn | draw_logistic(rng)
        names = rng.sample(["w", "b", "w_1", "w_2"], rng.randint(1, 2))
        drawn |= {
            "wrt": names,
            "at": {name: decimal(rng) for name in names},
            "gradients": {name: decimal(rng, -2, 2, 0.02) for name in names},
        }
        if drawn["optimizer"] == "adam" and rng.random() < 0.5:
            drawn["step"] = rng.randint(2, 5)
            drawn["state"] = {s: {name: abs(decimal(rng, -1, 1, 0.05)) for name in names} for s in ("m", "v")}
        return drawn

    def solve(self, conventions: Conventions) -> Derivation:
        """The gradients where a graph is given, then the rule line by line for each parameter."""
        entry = self._entry()
        graph = self.built(conventions)
        sheet = self.point(graph, conventions)
        working, gradients = self._gradients(graph, sheet)
        updates = [Update(entry, name, g, self.step) for name, g in zip(self.wrt, gradients, strict=True)]
        states = {update.before(state): self._state(state, update) for update in updates for state in entry.state}
        extra = self._constants(entry) | states
        sheet.env |= {name: numeric(form) for name, form in extra.items()}
        steps = [step for update in updates for step in self._rule(update, sheet)]
        targets: list[Form] = [update.name(quantity) for update in updates for quantity, _, _ in entry.rule]
        known: dict[Symbol, Form] = {**self.at, **extra, **self._given_gradients()}
        asked = {update.name(entry.rule[-1][0]) for update in updates}
        answers = [
            replace(answer, boxed=answer.label in asked)
            for answer in answers_of(
                (*working, *steps), targets, graph, known, gradient_formulas(sheet, self.of, self.wrt), sheet.env
            )
        ]
        shown = recalled(sheet, working) if self.known == "gradient" else working
        words = entry.name.replace("_", " ") if entry.name != "adam" else "Adam"
        prompt: Phrase = (f"Do step {self.step} of {words} on ", *listed(self.wrt), ".")
        values = (self._given_gradients() | extra).items()
        return self.derivation(
            "Optimizer step",
            prompt,
            graph,
            (*shown, *steps),
            answers,
            conventions,
            tie_remarks(sheet) if self.known != "gradient" else (),
            [Given(name, form, "value") for name, form in values],
        )

    def _entry(self) -> Optimizer:
        entry = optimizer(self.optimizer)
        for name in self.settings:
            if symbol_name(name) not in entry.settings:
                raise UnknownName(f"setting of {entry.name}", symbol_name(name), entry.settings)
        for state in self.state:
            if state not in entry.state:
                raise UnknownName(f"state of {entry.name}", state, entry.state)
        if self.step > 1 and entry.state and not self.state:
            raise InputError(f"step {self.step} needs the state that the step before left")
        if bool(self.graph) == bool(self.gradients):
            raise InputError("give either a graph or the gradients")
        return entry

    def _given_gradients(self) -> dict[Symbol, Form]:
        return {Symbol("g", sub=(name.base, *name.sub)): form for name, form in self.gradients.items()}

    def _gradients(self, graph: Graph, point: Point) -> tuple[tuple[Step, ...], list[Form]]:
        """The steps to the gradients, and how each is written."""
        for name in self.wrt:
            if name not in self.at:
                raise InputError(f"the parameter {symbol_name(name)} has no value: at has none")
        if self.graph:
            forward, backward, targets = self.passes(graph, point)
            return (*forward, *backward), targets
        given = self._given_gradients()
        missing = [symbol_name(name) for name in self.wrt if name not in self.gradients]
        if missing:
            raise InputError(f"the gradient of {', '.join(missing)} is not given")
        point.env |= {name: numeric(form) for name, form in (self.at | given).items()}
        return (), list(given)

    def _constants(self, entry: Optimizer) -> dict[Symbol, Form]:
        constants: dict[Symbol, Form] = {parse_symbol("eta"): self.rate}
        constants |= {parse_symbol(name): to_form(text) for name, text in entry.settings.items()} | self.settings
        return constants

    def _state(self, state: str, update: Update) -> Form:
        return self.state.get(state, {}).get(update.parameter, ZERO)

    def _rule(self, update: Update, sheet: Point) -> list[Step]:
        last = update.name(update.entry.rule[-1][0])
        return [
            sheet.step(
                symbol_name(target),
                target,
                form,
                reason,
                (),
                (Mark(Fraction(2), "A") if target == last else Mark(Fraction(1), "M"),),
                "optimizer",
            )
            for target, form, reason in update.lines()
        ]
