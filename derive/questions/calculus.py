"""Questions about one expression: derivative, gradient, Jacobian, Hessian, critical points and their kind."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.curvature import critical_points, determinant, differentiate, kind_of_point
from derive.notation.build import number, subtract
from derive.notation.form import At, Call, Derivative, Form, Matrix, Product, Symbol, Text, Tuple, symbols
from derive.notation.polynomial import coefficients, factored
from derive.notation.rounding import Real, shown
from derive.notation.symbols import parse_symbol, symbol_name
from derive.notation.value import evaluate
from derive.notation.working import number_lines
from derive.questions.base import Question
from derive.questions.fields import Definitions, Expression, Names, Values, numeric
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of, listed, written_out
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Rounding, Step

Found = Literal["nothing", "gradient", "hessian"]
ONE_MARK = (Mark(Fraction(1), "M"),)
ANSWER_MARK = (Mark(Fraction(1), "A"),)
QUARTIC = "x**4 - 32*x**2 + y**4 - 18*y**2"


class CalculusQuestion(Question):
    """Base of questions about one expression."""

    function: Expression = Field(description="the expression that is differentiated")
    wrt: Names = Field((), description="the variables; all names of the expression, in order, if not said")
    name: str = Field("f", description="what the function is called on the sheet")
    at: Values = Field({}, description="a point: the value of each variable")

    @property
    def variables(self) -> tuple[Symbol, ...]:
        """The variables by which it is differentiated."""
        return self.wrt or tuple(symbols(self.function))

    @property
    def symbol(self) -> Symbol:
        """The name of the function."""
        return parse_symbol(self.name)

    def bindings(self) -> tuple[tuple[Form, Form], ...]:
        """The point as an evaluation bar shows it."""
        missing = [symbol_name(v) for v in symbols(self.function) if v not in self.at]
        if missing:
            raise InputError(f"the point has no value for {', '.join(missing)}")
        return tuple((v, self.at[v]) for v in symbols(self.function))

    def record(
        self, title: str, prompt: Phrase, steps: Sequence[Step], answers: Sequence[Answer], conventions: Conventions
    ) -> Derivation:
        """The record, with the definition of the function as its premise."""
        if not self.variables:
            raise InputError("the expression has no variable")
        if self.symbol in symbols(self.function):
            raise InputError(f"the name {self.name} occurs in the expression: give another name")
        givens = (Given(self.symbol, self.function),)
        return finished(Derivation(title, prompt, givens, tuple(steps), tuple(answers), conventions))

    def partial(self, of: Form, form: Form, variable: Symbol, target: Form | None = None) -> tuple[Step, Form]:
        """The step that finds ∂of/∂variable, and what it comes to."""
        target = target or Derivative(of, (variable,), total=len(self.variables) == 1)
        raw, course, rules = differentiate(form, variable)
        lines = [Line("=", raw, rules)]
        if course != raw:
            lines.append(Line("=", course, ("collect",)))
        return Step(_step_name(target), target, tuple(lines), "differentiation", (), ONE_MARK), course

    def at_point(self, target: Form, form: Form, rounding: Rounding, uses: tuple[str, ...]) -> Step:
        """The value of a derivative at the point."""
        bindings = self.bindings()
        values = {name: numeric(value) for name, value in bindings}
        lines = number_lines(form, evaluate(form, values), values, rounding) or (Line("=", form),)
        return Step(f"{_step_name(target)}_at", At(target, bindings), lines, "value at the point", uses, ANSWER_MARK)

    def answer(self, step: Step, name: str) -> Answer:
        """The answer that the last line of a step gives."""
        final = step.lines[-1].form
        exact = [line.form for line in step.lines if line.relation != "≈"]
        return Answer(name, kind_of(final), exact[-1] if exact else final, final, step.target)


def _step_name(target: Form) -> str:
    if isinstance(target, Derivative):
        return f"d{_step_name(target.of)}_d{'_d'.join(map(_step_name, target.wrt))}"
    return symbol_name(target) if isinstance(target, Symbol) else type(target).__name__.lower()


class CalculusGradient(CalculusQuestion):
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
        found: list[Step] = []
        for variable in self.variables:
            step, course = self.partial(self.symbol, self.function, variable)
            steps.append(step)
            if self.at:
                assert step.target is not None
                steps.append(self.at_point(step.target, course, conventions.rounding, (step.name,)))
            found.append(steps[-1])
        answers = [self.answer(step, symbol_name(v)) for step, v in zip(found, self.variables, strict=True)]
        targets = [step.target for step in found if step.target is not None]
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


class CalculusJacobian(CalculusQuestion):
    """The Jacobian of several expressions: one row for each output, one column for each variable."""

    ask: ClassVar[str] = "calculus.jacobian"
    example: ClassVar[dict[str, Any]] = {
        "functions": {"f1": "x**2*y", "f2": "5*x + sin(y)"}, "wrt": ["x", "y"], "at": {"x": 1, "y": 0},
    }  # fmt: skip

    function: Expression = Field(number(0), exclude=True, description="not used: give functions")
    functions: Definitions = Field(description="the outputs in order: name: expression")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Two or three random outputs of two variables."""
        count = rng.randint(2, 3)
        return {
            "functions": {f"f{i + 1}": draw_function(rng) for i in range(count)}, "wrt": ["x", "y"],
            **({"at": {"x": rng.randint(-2, 2), "y": rng.randint(-2, 2)}} if rng.random() < 0.5 else {}),
        }  # fmt: skip

    def solve(self, conventions: Conventions) -> Derivation:
        """Each entry, then the matrix, then its value at the point."""
        from derive.questions.fields import to_form

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
        exact = written_out(whole, dict(self.at)) or whole
        answers = [Answer("J", "matrix", exact, steps[-1].lines[-1].form, steps[-1].target)]
        prompt: Phrase = ("Find the Jacobian of ", *listed(outputs), " with respect to ", *listed(variables), ".")
        givens = tuple(Given(of, form) for of, form in outputs.items())
        return finished(Derivation("Jacobian", prompt, givens, tuple(steps), tuple(answers), conventions))


def matrix_at(name: Symbol, whole: Matrix, at: dict[Symbol, Form], rounding: Rounding, note: str = "") -> Step:
    """The value of a matrix of expressions at a point."""
    values = {symbol: numeric(form) for symbol, form in at.items()}
    entries = [[shown(evaluate(entry, values), rounding) for entry in row] for row in whole.rows]
    relation = "≈" if any(sign == "≈" for row in entries for sign, _ in row) else "="
    numbers = Matrix(tuple(tuple(form for _, form in row) for row in entries))
    line = Line(relation, numbers, ("numbers in",))  # type: ignore[arg-type]
    step_name = f"{symbol_name(name)}_at{note}"
    return Step(step_name, At(name, tuple(at.items())), (line,), "value at the point", (), ANSWER_MARK)


class CalculusHessian(CalculusQuestion):
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
        steps = [*(first if self.known == "nothing" else ()), *(second if self.known != "hessian" else ())]
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
        values = {v: numeric(form) for v, form in at.items()}
        bindings = tuple(at.items())
        steps = []
        slopes = {v: evaluate(form, values) for v, form in gradient.items()}
        for v, form in gradient.items():
            target = Derivative(self.symbol, (v,))
            *numbers, last = number_lines(form, slopes[v], values, rounding) or (Line("=", form),)
            lines = (*(replace(line, level=3) for line in numbers), last)
            step_name = f"{_step_name(target)}_at{count}"
            steps.append(Step(step_name, At(target, bindings), lines, "critical point", level=2))
        if any(slope != 0 for slope in slopes.values()):
            names = listed(v for v, slope in slopes.items() if slope != 0)
            words = "no critical point"
            reason: Phrase = ("the gradient is not zero in ", *names)
        else:
            steps.append(matrix_at(HESSIAN, whole, at, rounding, str(count)))
            matrix = [[evaluate(entry, values) for entry in row] for row in whole.rows]
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
        diagonal = all(matrix[i][j] == 0 for i in range(n) for j in range(n) if i != j)
        if diagonal:
            return [], eigenvalue_reason([matrix[i][i] for i in range(n)], rounding)
        if n > 2:
            return [], _minor_reason(matrix, rounding)
        (a, b), (_, d) = [[shown(x, rounding)[1] for x in row] for row in matrix]
        value = determinant(matrix)
        relation, final = shown(value, rounding)
        target = Call("det", (At(HESSIAN, bindings),))
        first = subtract(Product((a, d)), Product((b, b)))
        lines = (Line("=", first, ("product of the diagonal minus the other",)), Line(relation, final))
        step = Step(f"det_{count}", target, lines, "determinant", (), ONE_MARK)
        if value < 0:
            return [step], ("the determinant is negative: eigenvalues of both signs",)
        if value == 0:
            return [step], ("the determinant is 0: one eigenvalue is 0 and the test says nothing",)
        side = "positive" if matrix[0][0] > 0 else "negative"
        return [step], (f"the determinant is positive, the first entry {side}: both eigenvalues {side}",)


HESSIAN = Symbol("H", bold=True)


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

    classify: list[list[Expression]] = Field([], exclude=True, description="not used: all critical points are classified")
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
        answers = [Answer("points", "points", value, value, target)]
        if self.kinds:
            more, verdicts = self.classified(points, gradient, whole, conventions.rounding)
            answers += verdicts
            rows = tuple(replace(step, marks=()) for step in more if step.name.startswith("kind"))
            steps += [*(second if self.known != "hessian" else ()), *(s for s in more if s.name.startswith("det"))]
            heads: tuple[Phrase, ...] = (("point",), ("kind",), ("reason",))
            steps.append(
                Step("kinds", rule="second derivative test", marks=ANSWER_MARK, substeps=rows, layout="table", heads=heads)
            )
        prompt: Phrase = ("Find all critical points of ", self.symbol, " and say of which kind they are." if self.kinds else ".")
        return self.record("Critical points", prompt, steps, answers, conventions)


def _with_factors(step: Step, variable: Symbol, slope: Form) -> Step:
    poly = coefficients(slope, variable) if set(symbols(slope)) <= {variable} else None
    if poly is None or len(poly) < 2:
        return step
    form = factored(poly, variable)
    return step if form == slope else replace(step, lines=(*step.lines, Line("=", form, ("factor",))))


def _shifted(name: str, by: int) -> str:
    return name if by == 0 else f"({name} - {by})" if by > 0 else f"({name} + {-by})"


def draw_function(rng: random.Random, names: tuple[str, ...] = ("x", "y")) -> str:
    """A random expression of the size that exams have."""
    x = names[0]
    y = names[-1]
    a, b, n = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 4)
    shapes = [
        f"{x}**{n} - {a}*{x}**2 + {b}*{y}**3", f"{a}*{x}**2*{y} + {b}*{y}", f"log(1 + exp({a}*{x} + {y}))",
        f"sigmoid({a}*{x} - {y})", f"exp(-{x}**2) + {a}*{y}", f"({a}*{x} + {b})**{n} - {y}", f"tanh({x}*{y})",
        f"{x}/({y}**2 + {a})", f"sin({a}*{x})*{y}", f"sqrt({x}**2 + {y}**2 + {a})",
    ]  # fmt: skip
    return rng.choice(shapes)


