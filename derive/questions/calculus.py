"""Questions about expressions: derivative, gradient, Jacobian."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from pydantic import Field

from derive.notation.build import number
from derive.notation.form import Derivative, Form, Matrix, Symbol, symbols
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.answers import written_out
from derive.questions.draws import draw_function
from derive.questions.expression import ANSWER_MARK, QUARTIC, ExpressionQuestion, matrix_at
from derive.questions.fields import Definitions, Expression, to_form
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Derivation, Given, Line, Phrase, Step


class CalculusGradient(ExpressionQuestion):
    """All partial derivatives of an expression, and their values at a point."""

    ask: ClassVar[str] = "calculus.gradient"
    example: ClassVar[dict[str, Any]] = {"function": QUARTIC, "at": {"x": 2, "y": 2}}

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random expression in two variables, half of the time with a point."""
        point = {"at": {"x": rng.randint(-3, 3), "y": rng.randint(-3, 3)}} if rng.random() < 0.5 else {}
        return {"function": draw_function(rng), **point}

    def solve(self, conventions: Conventions) -> Derivation:
        """One step for each variable, then the values."""
        steps: list[Step] = []
        answers: list[Answer] = []
        for variable in self.variables:
            step, course = self.partial(self.symbol, self.function, variable)
            steps.append(step)
            if self.at:
                assert step.target is not None
                steps.append(self.at_point(step.target, course, conventions.rounding, (step.name,)))
            answers.append(self.answer(steps[-1], symbol_name(variable), course))
        targets = [answer.label for answer in answers if answer.label is not None]
        return self.record("Gradient", ("Find ", *listed(targets), "."), steps, answers, conventions)


class CalculusDerivative(CalculusGradient):
    """The derivative of an expression in one variable, and its value at a point."""

    ask: ClassVar[str] = "calculus.derivative"
    example: ClassVar[dict[str, Any]] = {"function": "log(1 + exp(x**2))", "wrt": "x", "at": {"x": 1}}

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random expression in one variable."""
        point = {"at": {"x": rng.choice([-2, -1, 1, 2, 3])}} if rng.random() < 0.5 else {}
        return {"function": draw_function(rng, ("x",)), "wrt": "x", **point}


class CalculusJacobian(ExpressionQuestion):
    """The Jacobian of several expressions: one row for each output, one column for each variable."""

    ask: ClassVar[str] = "calculus.jacobian"
    example: ClassVar[dict[str, Any]] = {
        "functions": {"f1": "x**2*y", "f2": "5*x + sin(y)"},
        "wrt": ["x", "y"],
        "at": {"x": 1, "y": 0},
    }

    function: Expression = Field(number(0), exclude=True, description="not used: give functions")
    functions: Definitions = Field(description="the outputs in order: name: expression")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Two or three random outputs of two variables."""
        count = rng.randint(2, 3)
        return {
            "functions": {f"f{i + 1}": draw_function(rng) for i in range(count)},
            "wrt": ["x", "y"],
            **({"at": {"x": rng.randint(-2, 2), "y": rng.randint(-2, 2)}} if rng.random() < 0.5 else {}),
        }

    def solve(self, conventions: Conventions) -> Derivation:
        """Each entry, then the matrix, then its value at the point."""
        outputs = {parse_symbol(name): to_form(form) for name, form in self.functions.items()}
        variables = self.wrt or tuple(dict.fromkeys(v for form in outputs.values() for v in symbols(form)))
        steps: list[Step] = []
        rows: list[list[Form]] = []
        entries: list[list[Form]] = []
        for of, form in outputs.items():
            found = [self.partial(of, form, v, Derivative(of, (v,))) for v in variables]
            steps += [step for step, _ in found]
            rows.append([step.target for step, _ in found if step.target is not None])
            entries.append([course for _, course in found])
        name = Symbol("J", bold=True)
        whole = Matrix(tuple(map(tuple, entries)))
        lines = (Line("=", Matrix(tuple(map(tuple, rows))), ("outputs by rows",)), Line("=", whole))
        uses = tuple(step.name for step in steps)
        steps.append(Step("J", name, lines, "Jacobian", uses, ANSWER_MARK))
        if self.at:
            steps.append(matrix_at(name, whole, self.at, conventions.rounding))
        point: dict[Form, Form] = {symbol: form for symbol, form in self.at.items()}  # noqa: C416
        exact = written_out(whole, point) or whole
        answers = [Answer("J", "matrix", exact, steps[-1].lines[-1].form, steps[-1].target)]
        prompt: Phrase = ("Find the Jacobian of ", *listed(outputs), " with respect to ", *listed(variables), ".")
        givens = tuple(Given(of, form) for of, form in outputs.items())
        return finished(Derivation("Jacobian", prompt, givens, tuple(steps), tuple(answers), conventions))
