"""What all questions about one expression share: its variables, its point, the steps of differentiation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pydantic import Field

from derive.errors import InputError
from derive.graph.curvature import differentiate
from derive.notation.form import At, Derivative, Form, Matrix, Symbol, symbols
from derive.notation.rounding import Real, shown
from derive.notation.symbols import parse_symbol, symbol_name
from derive.notation.value import evaluate
from derive.notation.working import number_lines
from derive.questions.answers import written_out
from derive.questions.base import Question
from derive.questions.fields import Expression, Names, Values, numeric
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Rounding, Step

ONE_MARK = (Mark(Fraction(1), "M"),)
ANSWER_MARK = (Mark(Fraction(1), "A"),)
QUARTIC = "x**4 - 32*x**2 + y**4 - 18*y**2"


class ExpressionQuestion(Question):
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
        return Step(step_name(target), target, tuple(lines), "differentiation", (), ONE_MARK), course

    def at_point(self, target: Form, form: Form, rounding: Rounding, uses: tuple[str, ...]) -> Step:
        """The value of a derivative at the point."""
        bindings = self.bindings()
        values = {name: numeric(value) for name, value in bindings}
        lines = number_lines(form, evaluate(form, values), values, rounding, forms=dict(bindings))
        lines = lines or (Line("=", form),)
        return Step(f"{step_name(target)}_at", At(target, bindings), lines, "value at the point", uses, ANSWER_MARK)

    def answer(self, step: Step, name: str, form: Form) -> Answer:
        """The answer that the last line of a step gives; `form` is the quantity at any point."""
        final = step.lines[-1].form
        exact = [line.form for line in step.lines if line.relation != "≈"]
        found = exact[-1] if exact else written_out(form, dict(self.bindings())) or final
        return Answer(name, kind_of(final), found, final, step.target)


def step_name(target: Form) -> str:
    """The name of the step that finds a quantity: df_dx for ∂f/∂x."""
    if isinstance(target, Derivative):
        return f"d{step_name(target.of)}_d{'_d'.join(map(step_name, target.wrt))}"
    return symbol_name(target) if isinstance(target, Symbol) else type(target).__name__.lower()


def matrix_at(name: Symbol, whole: Matrix, at: dict[Symbol, Form], rounding: Rounding, note: str = "") -> Step:
    """The value of a matrix of expressions at a point."""
    values: dict[Form, Real] = {symbol: numeric(form) for symbol, form in at.items()}
    entries = [[shown(evaluate(entry, values), rounding) for entry in row] for row in whole.rows]
    relation = "≈" if any(sign == "≈" for row in entries for sign, _ in row) else "="
    numbers = Matrix(tuple(tuple(form for _, form in row) for row in entries))
    line = Line(relation, numbers, ("numbers in",))  # type: ignore[arg-type]
    name_of_step = f"{symbol_name(name)}_at{note}"
    return Step(name_of_step, At(name, tuple(at.items())), (line,), "value at the point", (), ANSWER_MARK)
