"""Questions about curvature: the Hessian, critical points and their kind."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.curvature import critical_points, determinant, kind_of_point
from derive.notation.build import subtract
from derive.notation.form import At, Call, Derivative, Form, Matrix, Product, Symbol, Text, Tuple, symbols
from derive.notation.polynomial import coefficients, factored
from derive.notation.rounding import Real, shown
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.notation.working import number_lines
from derive.questions.expression import ANSWER_MARK, ONE_MARK, QUARTIC, ExpressionQuestion, matrix_at, step_name
from derive.questions.fields import Expression, numeric
from derive.questions.graph_question import listed
from derive.record import Answer, AnswerKind, Conventions, Derivation, Line, Phrase, Rounding, Step

Found = Literal["nothing", "gradient", "hessian"]


class CalculusHessian(ExpressionQuestion):
    """The Hessian of an expression, and what it says of given points."""

    ask: ClassVar[str] = "calculus.hessian"
    example: ClassVar[dict[str, Any]] = {"function": QUARTIC, "classify": [[0, 0], [4, 3]]}

    classify: list[list[Expression]] = Field([], description="points to classify, each a list of values")
    known: Found = Field("nothing", description="what an earlier part has found already: nothing, gradient or hessian")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A polynomial with a known critical point that is classified."""
        a, b = rng.randint(-3, 3), rng.randint(-3, 3)
        c, d, e = (rng.choice([-3, -2, -1, 1, 2, 3]) for _ in range(3))
        k = rng.choice([2, 4])
        x, y = _shifted("x", a), _shifted("y", b)
        return {"function": f"{c}*{x}**{k} + {d}*{y}**2 + {e}*{x}*{y}", "classify": [[a, b]]}

    def solve(self, conventions: Conventions) -> Derivation:
        """Gradient, second derivatives, the matrix, then each point."""
        first, second, gradient, whole = self.second_derivatives()
        if self.known == "hessian":  # the points need its name
            *names, last = second[-1].lines
            second = [replace(second[-1], lines=(*names, replace(last, reason=("as above",))), marks=())]
        steps = [*(first if self.known == "nothing" else ()), *second]
        answers = [Answer("H", "matrix", whole, whole, HESSIAN)] if self.known != "hessian" else []
        classified, verdicts = self.classified(self.classify, gradient, whole, conventions.rounding)
        points = listed(Tuple(tuple(p)) if len(p) > 1 else p[0] for p in self.classify)
        prompt: Phrase = ("Find the Hessian of ", self.symbol, ".") if self.known != "hessian" else ()
        if self.classify:
            prompt = (*prompt, " Classify " if prompt else "Classify ", *points, ".")
        return self.record("Hessian", prompt, [*steps, *classified], [*answers, *verdicts], conventions)

    def second_derivatives(self) -> tuple[list[Step], list[Step], dict[Symbol, Form], Matrix]:
        """The steps to the gradient, those on to the Hessian, and both."""
        variables = self.variables
        first: list[Step] = []
        gradient: dict[Symbol, Form] = {}
        for v in variables:
            step, gradient[v] = self.partial(self.symbol, self.function, v, Derivative(self.symbol, (v,)))
            first.append(step)
        steps: list[Step] = []
        second: dict[frozenset[Symbol], Form] = {}
        for i, v in enumerate(variables):
            for w in variables[i:]:
                target = Derivative(self.symbol, (v, w))
                step, second[frozenset((v, w))] = self.partial(self.symbol, gradient[v], w, target)
                steps.append(replace(step, uses=(first[i].name,) if self.known == "nothing" else ()))
        rows = tuple(tuple(second[frozenset((v, w))] for w in variables) for v in variables)
        names = tuple(tuple(Derivative(self.symbol, _sorted(variables, v, w)) for w in variables) for v in variables)
        whole = Matrix(rows)
        lines = (Line("=", Matrix(names)), Line("=", whole))
        steps.append(Step("H", HESSIAN, lines, "Hessian", (), ONE_MARK))
        return first, steps, gradient, whole

    def classified(
        self, points: Sequence[Sequence[Form]], gradient: dict[Symbol, Form], whole: Matrix, rounding: Rounding
    ) -> tuple[list[Step], list[Answer]]:
        """For each point the value of the gradient and of the Hessian, and the verdict with its reason."""
        steps: list[Step] = []
        answers: list[Answer] = []
        for count, point in enumerate(points, start=1):
            if len(point) != len(self.variables):
                raise InputError(f"a point needs {len(self.variables)} values, not {len(point)}")
            at = dict(zip(self.variables, point, strict=True))
            found = self._point(count, at, gradient, whole, rounding)
            steps += found
            shown_form = found[-1].lines[-1].form
            answers.append(Answer(f"point {count}", "verdict", shown_form, shown_form, found[-1].target))
        return steps, answers

    def _point(
        self, count: int, at: dict[Symbol, Form], gradient: dict[Symbol, Form], whole: Matrix, rounding: Rounding
    ) -> list[Step]:
        values: dict[Form, Real] = {v: numeric(form) for v, form in at.items()}
        bindings = tuple(at.items())
        steps = []
        slopes = {v: snapped(evaluate(form, values)) for v, form in gradient.items()}
        for v, form in gradient.items():
            target = Derivative(self.symbol, (v,))
            exact = all(isinstance(value, Fraction) for value in values.values())
            *numbers, last = (exact and number_lines(form, slopes[v], values, rounding)) or _value(slopes[v], rounding)
            lines = (*(replace(line, level=3) for line in numbers), last)
            name = f"{step_name(target)}_at{count}"
            steps.append(Step(name, At(target, bindings), lines, "critical point", level=2))
        if any(slope != 0 for slope in slopes.values()):
            names = listed(v for v, slope in slopes.items() if slope != 0)
            words = "no critical point"
            reason: Phrase = ("the gradient is not zero in ", *names)
        else:
            steps.append(matrix_at(HESSIAN, whole, at, rounding, str(count)))
            matrix = [[snapped(evaluate(entry, values)) for entry in row] for row in whole.rows]
            more, reason = self._reason(matrix, bindings, count, rounding)
            steps += more
            words = kind_of_point(matrix)
        kind = At(Call("kind", (self.symbol,)), bindings)
        line = Line("=", Text(words), reason)
        return [*steps, Step(f"kind_{count}", kind, (line,), "second derivative test", (), ANSWER_MARK)]

    def _reason(
        self, matrix: list[list[Real]], bindings: tuple[tuple[Form, Form], ...], count: int, rounding: Rounding
    ) -> tuple[list[Step], Phrase]:
        """The determinant where the reason needs it, and the reason for a verdict."""
        n = len(matrix)
        if rounding.mode == "exact" and any(shown(x, rounding)[0] == "≈" for row in matrix for x in row):
            return [], ("signs of the eigenvalues",)
        diagonal = all(matrix[i][j] == 0 for i in range(n) for j in range(n) if i != j)
        if diagonal:
            return [], eigenvalue_reason([matrix[i][i] for i in range(n)], rounding)
        if n > 2:
            return [], _minor_reason(matrix, rounding)
        value = snapped(determinant(matrix))
        target = Call("det", (At(HESSIAN, bindings),))
        a, b, d = (Symbol(letter) for letter in "abd")
        entries: dict[Form, Real] = {a: matrix[0][0], b: matrix[0][1], d: matrix[1][1]}
        formula = subtract(Product((a, d)), Product((b, b)))
        lines = number_lines(formula, value, entries, rounding, ("product of the diagonal minus the other",))
        step = Step(f"det_{count}", target, lines, "determinant", (), ONE_MARK)
        if value < 0:
            return [step], ("the determinant is negative: eigenvalues of both signs",)
        if value == 0:
            return [step], ("the determinant is 0: one eigenvalue is 0 and the test says nothing",)
        side = "positive" if matrix[0][0] > 0 else "negative"
        return [step], (f"the determinant is positive, the first entry {side}: both eigenvalues {side}",)


SMALLEST = Fraction(1, 10**35)
HESSIAN = Symbol("H", bold=True)


def snapped(value: Real) -> Real:
    """A value that is 0 but for the last of its 50 digits, as 0: at irrational points nothing comes out even."""
    return value if isinstance(value, Fraction) or abs(value) > float(SMALLEST) else Fraction(0)


def _value(value: Real, rounding: Rounding) -> tuple[Line, ...]:
    relation, form = shown(value, rounding)
    return (Line(relation, form),)


def _sorted(variables: Sequence[Symbol], v: Symbol, w: Symbol) -> tuple[Form, ...]:
    return (v, w) if variables.index(v) <= variables.index(w) else (w, v)


def eigenvalue_reason(entries: Sequence[Real], rounding: Rounding) -> Phrase:
    """Why a diagonal Hessian decides, or does not."""
    numbers = listed(shown(x, rounding)[1] for x in entries)
    head = ("eigenvalues ", *numbers, ": ") if len(entries) > 1 else ("second derivative ", *numbers, ": ")
    if any(x > 0 for x in entries) and any(x < 0 for x in entries):
        return (*head, "both signs")
    if any(x == 0 for x in entries):
        return (*head, "a zero, so the test says nothing")
    every = "" if len(entries) == 1 else "both " if len(entries) == 2 else "all "
    return (*head, every + ("positive" if entries[0] > 0 else "negative"))


def _minor_reason(matrix: list[list[Real]], rounding: Rounding) -> Phrase:
    leading = [determinant([row[:k] for row in matrix[:k]]) for k in range(1, len(matrix) + 1)]
    return ("leading minors ", *listed(shown(x, rounding)[1] for x in leading))


class CalculusCriticalPoints(CalculusHessian):
    """All points where the gradient is zero, each with its kind."""

    ask: ClassVar[str] = "calculus.critical_points"
    example: ClassVar[dict[str, Any]] = {"function": QUARTIC}

    classify: list[list[Expression]] = Field(
        [], exclude=True, description="not used: all critical points are classified"
    )
    kinds: bool = Field(True, description="whether each point is classified as well")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A separable polynomial with whole critical points."""
        a, b, c = rng.randint(1, 4), rng.randint(1, 4), rng.randint(-4, 4)
        first = f"x**4 - {2 * a * a}*x**2" if rng.random() < 0.5 else f"x**3 - {3 * a * a}*x"
        return {"function": f"{first} + {b}*y**2 - {2 * b * c}*y"}

    def solve(self, conventions: Conventions) -> Derivation:
        """The gradient in factors, its zeros, and their kinds."""
        first, second, gradient, whole = self.second_derivatives()
        if self.known != "nothing":
            first = [replace(step, lines=(replace(step.lines[-1], reason=("as above",)),)) for step in first]
        steps = [_with_factors(step, v, gradient[v]) for step, v in zip(first, self.variables, strict=True)]
        points = critical_points(gradient)
        if not points:
            raise InputError("the expression has no critical point")
        named = () if self.variables == tuple(symbols(self.function)) else self.variables
        target = Call("critical_points", (self.symbol,), 0, tuple((symbol_name(v), v) for v in named))
        listed_points = [Tuple(p) if len(p) > 1 else p[0] for p in points]
        value = Tuple(tuple(listed_points)) if len(points) > 1 else listed_points[0]
        line = Line("=", value, ("every component zero",))
        uses = tuple(step.name for step in steps)
        steps.append(Step("points", target, (line,), "critical points", uses, ANSWER_MARK))
        kind: AnswerKind = "points" if len(points) > 1 else "point" if len(points[0]) > 1 else "number"
        answers = [Answer("points", kind, value, value, target)]
        if self.kinds:
            more, verdicts = self.classified(points, gradient, whole, conventions.rounding)
            answers += verdicts
            rows = tuple(replace(step, marks=()) for step in more if step.name.startswith("kind"))
            steps += [*(second if self.known != "hessian" else ()), *(s for s in more if s.name.startswith("det"))]
            heads: tuple[Phrase, ...] = (("point",), ("kind",), ("reason",))
            steps.append(
                Step(
                    "kinds",
                    rule="second derivative test",
                    marks=ANSWER_MARK,
                    substeps=rows,
                    layout="table",
                    heads=heads,
                )
            )
        prompt: Phrase = (
            "Find all critical points of ",
            self.symbol,
            " and say of which kind they are." if self.kinds else ".",
        )
        return self.record("Critical points", prompt, steps, answers, conventions)


def _with_factors(step: Step, variable: Symbol, slope: Form) -> Step:
    poly = coefficients(slope, variable) if set(symbols(slope)) <= {variable} else None
    if poly is None or len(poly) < 2:
        return step
    form = factored(poly, variable)
    return step if form == slope else replace(step, lines=(*step.lines, Line("=", form, ("factor",))))


def _shifted(name: str, by: int) -> str:
    return name if by == 0 else f"({name} - {by})" if by > 0 else f"({name} + {-by})"
