"""Questions about a computation graph: forward pass, gradients, one step of gradient descent."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Array
from derive.graph.backward import Backward
from derive.graph.crosscheck import difference_check
from derive.graph.graph import Graph, entry_names, matrix_form
from derive.graph.point import Entry, Point, forward_steps
from derive.graph.recall import recalled
from derive.notation.arrays import items
from derive.notation.build import subtract
from derive.notation.form import Derivative, Form, Product, Symbol
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.answers import answers_of
from derive.questions.draws import draw_graph
from derive.questions.fields import Expression, Name, Names, numeric
from derive.questions.formulas import array_formulas, entries_of, gradient_formulas, nodes_of
from derive.questions.graph_question import GraphQuestion, Known, listed, tie_remarks
from derive.record import ACCURACY, Conventions, Derivation, Given, Line, Mark, Phrase, Step

LOGISTIC: dict[str, Any] = {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"}
LOGISTIC_AT: dict[str, Any] = {"w": -2, "x": 3.5, "b": -2, "t": 0.5}


ASKED = (Mark(Fraction(2), "A"),)
"""A value that is asked for weighs more than one on the way."""


class GraphForward(GraphQuestion):
    """The value of every named quantity, from the inputs on."""

    ask: ClassVar[str] = "graph.forward"
    example: ClassVar[dict[str, Any]] = {"graph": LOGISTIC, "at": LOGISTIC_AT, "of": ["z", "p", "L"]}

    of: Names = Field((), description="the quantities that are asked for; all of them if not said")
    known: Names = Field((), description="quantities that an earlier part has found already")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random graph at random values."""
        return {key: value for key, value in draw_graph(rng).items() if key in ("graph", "at")}

    def asked_for(self, results: int) -> int:
        """The results, as long as they are not few among the quantities that are needed for them."""
        return max(results, (len(self.graph) + 2) // 3)

    def solve(self, conventions: Conventions) -> Derivation:
        """One step for each quantity that is needed: formula, numbers in, value."""
        graph = self.built(conventions)
        point = self.point(graph, conventions)
        wanted = [graph.quantity(name) for name in self.of] or list(graph.definitions)
        needed = quantities_below(graph, [q.symbol for q in wanted])
        known = {graph.quantity(name).symbol for name in self.known}
        steps: list[Step] = []
        for quantity in (q for q in graph.definitions if q.symbol in needed):
            worked = forward_steps(point, [quantity])
            steps += recalled(point, worked) if quantity.symbol in known else worked
        targets = [graph.written(q.symbol) for q in wanted]
        steps = [replace(step, marks=ASKED) if step.marks and step.target in targets else step for step in steps]
        answers = answers_of(steps, targets, graph, self.at, array_formulas(graph, wanted), point.env)
        prompt: Phrase = ("Compute ", *listed(targets), ".")
        return self.derivation("Forward pass", prompt, graph, steps, answers, conventions)


def quantities_below(graph: Graph, wanted: Iterable[Symbol]) -> set[Symbol]:
    """The quantities that the wanted ones are computed from, themselves among them."""
    nodes: list[int] = []
    for name in wanted:
        value = graph.quantity(name).value
        nodes += items(value)
    below = set(graph.program.below(nodes))
    return {q.symbol for q in graph.quantities.values() if not below.isdisjoint(items(q.value))}


class GraphGradient(GraphQuestion):
    """The gradient of a quantity by backpropagation: chain rule between named quantities, paths added up."""

    ask: ClassVar[str] = "graph.gradient"
    example: ClassVar[dict[str, Any]] = {"graph": LOGISTIC, "of": "L", "wrt": ["w", "b"], "at": LOGISTIC_AT}

    of: Name = Field(description="the scalar quantity that is differentiated")
    wrt: Names = Field(min_length=1, description="the quantities by which it is differentiated")
    known: Known = Field("nothing", description="what an earlier part has found already: nothing or forward")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random graph; one of scalars is sometimes without values."""
        drawn = draw_graph(rng)
        if rng.random() < 0.3 and not any(isinstance(value, list) for value in drawn["at"].values()):
            del drawn["at"]
        return drawn

    def solve(self, conventions: Conventions) -> Derivation:
        """The forward pass where values are given, then the backward pass."""
        graph = self.built(conventions)
        point = self.point(graph, conventions)
        forward, backward, targets = self.passes(graph, point)
        steps = (*forward, *backward)
        answers = answers_of(steps, targets, graph, self.at, gradient_formulas(point, self.of, self.wrt), point.env)
        steps = (*steps, *self._checks(point))
        prompt: Phrase = ("Derive ", *listed(targets), " by backpropagation.")
        return self.derivation("Gradient", prompt, graph, steps, answers, conventions, tie_remarks(point))

    def _checks(self, point: Point) -> list[Step]:
        """A central difference for each gradient by a scalar input, where the values carry full precision."""
        if point.symbolic or point.carries_rounded:
            return []
        at = {name: numeric(form) for name, form in self.at.items()}
        scalars = [name for name in self.wrt if isinstance(at.get(name), Fraction)]
        slopes = {name: point.env[Derivative(self.of, (name,))] for name in scalars}
        steps = [difference_check(point, at, self.of, name, slope) for name, slope in slopes.items()]
        return [step for step in steps if step is not None]

    def passes(self, graph: Graph, point: Point) -> tuple[tuple[Step, ...], tuple[Step, ...], list[Form]]:
        """The steps of both passes, and the gradients that were asked for."""
        of = graph.scalar(self.of)
        nodes = [node for name in self.wrt for node in nodes_of(graph, name)]
        needed = quantities_below(graph, [self.of])
        definitions = [q for q in graph.definitions if q.symbol in needed and q.symbol != self.of]
        forward = () if point.symbolic else forward_steps(point, definitions)
        backward = Backward(point, of, nodes)
        missing = [node for node in nodes if node not in backward.adjoints]
        if missing:
            names = listed_names(graph.labels[node] for node in missing)
            raise InputError(f"{symbol_name(self.of)} does not depend on {names}")
        steps = backward.steps()
        targets: list[Form] = [Derivative(graph.written(self.of), (graph.written(name),)) for name in self.wrt]
        return (forward if self.known == "nothing" else recalled(point, forward)), steps, targets


def listed_names(labels: Iterable[Form]) -> str:
    """Names as an error message lists them."""
    return ", ".join(symbol_name(label) for label in labels if isinstance(label, Symbol))


class GraphUpdate(GraphGradient):
    """One step of gradient descent on the quantities of a graph."""

    ask: ClassVar[str] = "graph.update"
    example: ClassVar[dict[str, Any]] = {
        "graph": LOGISTIC,
        "of": "L",
        "wrt": ["w", "b"],
        "at": LOGISTIC_AT,
        "rate": 0.1,
    }

    rate: Expression = Field(description="the learning rate")
    known: Known = Field("nothing", description="what an earlier part has found already: nothing, forward or gradient")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random graph at random values with a random rate."""
        return {**draw_graph(rng), "rate": rng.choice([1, 0.5, 0.1, 0.01])}

    def solve(self, conventions: Conventions) -> Derivation:
        """The gradient, then w_new = w - η ∂L/∂w for each quantity."""
        graph = self.built(conventions)
        point = self.point(graph, conventions)
        if point.symbolic:
            raise InputError("an update needs values: at is missing")
        rate = parse_symbol("eta")
        if rate in graph.quantities:
            raise UnknownName("free name for the learning rate, as eta is taken by the graph", "eta", [])
        forward, backward, gradients = self.passes(graph, point)
        working = (*forward, *backward)
        shown = recalled(point, working) if self.known == "gradient" else working
        value = numeric(self.rate)
        point.env[rate] = value
        updates = [
            self._update(graph, point, name, gradient) for name, gradient in zip(self.wrt, gradients, strict=True)
        ]
        targets = [step.target for step in updates if step.target is not None]
        known, formulas = {**self.at, rate: self.rate}, self._formulas(graph, point)
        found = answers_of((*working, *updates), targets, graph, known, formulas, point.env)
        answers = [replace(answer, name=symbol_name(name)) for name, answer in zip(self.wrt, found, strict=True)]
        prompt: Phrase = ("Do one step of gradient descent on ", *listed(map(graph.written, self.wrt)), ".")
        return self.derivation(
            "Gradient descent",
            prompt,
            graph,
            (*shown, *updates),
            answers,
            conventions,
            tie_remarks(point) if self.known != "gradient" else (),
            (Given(rate, self.rate, "value"),),
        )

    def _formulas(self, graph: Graph, point: Point) -> dict[Form, Form]:
        """The gradients that stand on arrays, and the arrays after the step."""
        formulas = gradient_formulas(point, self.of, self.wrt)
        for name in self.wrt:
            array = graph.quantity(name).value
            if isinstance(array, Array):
                slopes = entries_of(formulas[Derivative(graph.written(self.of), (graph.written(name),))])
                moved = [
                    subtract(graph.labels[node], Product((parse_symbol("eta"), slope)))
                    for node, slope in zip(array.items, slopes, strict=True)
                ]
                formulas[_new(name)] = matrix_form(array.shape, moved)
        return formulas

    def _update(self, graph: Graph, point: Point, name: Symbol, gradient: Form) -> Step:
        old = graph.written(name)
        assert isinstance(old, Symbol)
        new = _new(old)
        form = subtract(old, Product((parse_symbol("eta"), gradient)))
        value = graph.quantity(name).value
        if isinstance(value, Array):
            return self._array_update(graph, point, name, new, form)
        number = point.value(form)
        lines = (Line("=", form, ("gradient descent",)), *point.numbers(new, form, number))
        return Step(symbol_name(new), new, lines, "gradient descent", (), ACCURACY)

    def _array_update(self, graph: Graph, point: Point, name: Symbol, new: Symbol, form: Form) -> Step:
        array = graph.quantity(name).value
        assert isinstance(array, Array)
        entries: list[Entry] = []
        for node, name_after in zip(array.items, entry_names(new, array.shape), strict=True):
            slope = Derivative(self.of, (graph.labels[node],))
            moved = subtract(graph.labels[node], Product((parse_symbol("eta"), slope)))
            entries.append((name_after, moved, point.worth(moved)))
        lines = (Line("=", form, ("gradient descent",)), Line(*point.array(entries, array.shape)))
        return Step(symbol_name(new), new, lines, "gradient descent", (), ACCURACY)


def _new(name: Symbol) -> Symbol:
    """The parameter after the step."""
    return Symbol(name.base, name.accent, (*name.sub, "new"), name.sup, name.bold)
