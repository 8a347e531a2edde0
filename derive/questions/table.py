"""The computation graph of an expression: drawn, with forward and backward tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.graph.backward import Backward
from derive.graph.graph import Graph, Quantity
from derive.graph.picture import picture
from derive.graph.point import forward_steps
from derive.graph.split import split
from derive.notation.form import Derivative, Form, symbols
from derive.notation.symbols import parse_symbol
from derive.questions.answers import answers_of
from derive.questions.base import Question
from derive.questions.fields import Expression, Names, Values
from derive.questions.finish import finished
from derive.questions.graph_question import listed, point_of
from derive.record import Conventions, Derivation, Given, Line, Mark, Phrase, Step


class GraphTable(Question):
    """The computation graph of an expression, drawn, with its forward and its backward pass as tables."""

    ask: ClassVar[str] = "graph.table"
    example: ClassVar[dict[str, Any]] = {"function": "x**4 - 32*x**2 + y**4 - 18*y**2", "at": {"x": 2, "y": 2}}

    function: Expression = Field(description="the expression that is taken apart")
    at: Values = Field(description="the value of each variable")
    wrt: Names = Field((), description="the variables whose gradients are asked for; all of them if not said")
    name: str = Field("f", description="what the function is called on the sheet")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random polynomial or composition at small whole numbers."""
        a, b, n = rng.randint(2, 9), rng.randint(2, 9), rng.choice([2, 3, 4])
        function = rng.choice(
            [
                f"x**4 - {a}*x**2 + y**{n}",
                f"(x + {a}*y)*(x - {b})",
                f"sigmoid({a}*x + y)",
                f"x*y + exp(x) - {b}*y",
                f"(x*y + {a})**2",
                f"log(x**2 + y**2 + {a})",
                f"max(x, y)*{a} + x*y",
            ]
        )
        x, y = rng.sample(range(-3, 4), 2)
        return {"function": function, "at": {"x": x, "y": y}}

    def solve(self, conventions: Conventions) -> Derivation:
        """The elementary nodes in two tables: values from the inputs on, gradients from the output back."""
        output = parse_symbol(self.name)
        if output in symbols(self.function):
            raise InputError(f"the name {self.name} occurs in the expression: give another name")
        *inner, (_, last) = split(self.function, _prefix(self.function)).items()
        graph = Graph(dict([*inner, (self.name, last)]))
        point = point_of(graph, self.at, conventions)
        variables = self.wrt or tuple(q.symbol for q in graph.inputs)
        backward = Backward(point, graph.scalar(output), [graph.scalar(v) for v in variables], by_name=True)
        steps = (
            _whole(graph.quantities[output], self.function),
            _table(
                "forward",
                forward_steps(point, graph.definitions),
                (("node",), ("operation",), ("numbers in",), ("value",)),
            ),
            _table(
                "backward", _shortened(backward.steps()), (("gradient",), ("chain rule",), ("numbers in",), ("value",))
            ),
        )
        targets: list[Form] = [output, *(Derivative(output, (v,)) for v in variables)]
        rows = [row for step in steps for row in step.substeps]
        answers = answers_of(rows, targets, graph, self.at, values=point.env)
        givens = [Given(q.symbol, q.form, shown=False) for q in graph.definitions]
        givens += [Given(output, self.function), *(Given(name, form, "value") for name, form in self.at.items())]
        prompt: Phrase = (
            "Draw the computation graph of ",
            output,
            ", compute ",
            output,
            " on it, and find ",
            *listed(targets[1:]),
            " by backpropagation.",
        )
        figure = picture(point, backward)
        return finished(
            Derivation(
                "Computation graph", prompt, tuple(givens), steps, tuple(answers), conventions, figures=(figure,)
            )
        )


def _prefix(form: Form) -> str:
    """A letter for the inner nodes that the expression does not use."""
    taken = {symbol.base for symbol in symbols(form)}
    return next(letter for letter in "vuqcg" if letter not in taken)


def _whole(output: Quantity, function: Form) -> Step:
    """The nodes make up the expression that was asked about."""
    line = Line("=", function, ("the nodes put together",))
    return Step("whole", output.symbol, (line,), "computation graph", level=3)


def _table(name: str, rows: Sequence[Step], heads: tuple[Phrase, ...]) -> Step:
    bare = [replace(row, marks=(), lines=_columns(row)) for row in rows]
    return Step(
        name, rule=f"{name} table", marks=(Mark(Fraction(1), "M"),), substeps=tuple(bare), layout="table", heads=heads
    )


def _columns(row: Step) -> tuple[Line, ...]:
    """Formula, numbers in, value; a row whose formula is its value has no numbers."""
    first, *others = (replace(line, reason=(), level=0) for line in row.lines)
    return (first, *others[-2:]) if len(others) > 1 else (first, *others)


def _shortened(steps: Sequence[Step]) -> list[Step]:
    """The symbolic line nearest to the numbers, then the numbers; a slope that is a number stands in both places."""
    short = []
    for step in steps:
        symbolic = [line for line in step.lines if symbols(line.form)]
        numbers = [line for line in step.lines if not symbols(line.form)]
        short.append(replace(step, lines=(*(symbolic or numbers)[-1:], *numbers)))
    return short
