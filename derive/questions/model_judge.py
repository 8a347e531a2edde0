"""Questions that judge a model: can this output unit reach this target, and is this rate stable?"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.build import column
from derive.notation.form import Form, Matrix, Symbol, Text
from derive.notation.symbols import symbol_name
from derive.questions.answers import answers_of
from derive.questions.base import Question
from derive.questions.draws import decimal
from derive.questions.fields import Expression, Numbers, numeric
from derive.questions.finish import finished
from derive.questions.formulas import array_formulas
from derive.questions.graph_question import kind_of
from derive.record import Answer, Conventions, Derivation, Given, Phrase, Step
from derive.training.linear_unit import ERROR, LIMIT, RATE, SAMPLES, SQUARES, B, LinearUnit, W, X, updated
from derive.training.linear_working import TEACHING, Stability
from derive.training.reach import LOSS, TARGET, LossName, Targets
from derive.training.units import UNITS, A

MOST_EXAMPLES, MOST_INPUTS = 8, 4
ANY: Phrase = (
    "a pre-activation ",
    A,
    " can be any number",
)


class ModelJudge(Question):
    """Whether an output unit can reach a target, with which smallest loss, and whether a rate is stable."""

    ask: ClassVar[str] = "model.judge"
    example: ClassVar[dict[str, Any]] = {
        "unit": "sigmoid",
        "target": 2.5,
        "loss": "half_sse",
        "x": [0.65, 0.75],
        "w": [0.3, 0.5],
        "b": 1.75,
        "rate": 2,
    }

    unit: str = Field("linear", description=f"the output unit: {', '.join(UNITS)} or softmax")
    target: Numbers = Field(description="the target: a number, a list with one for each example, or a softmax's target")
    loss: LossName = Field(
        "sse", description="sse, half_sse (with 1/2), mse, bce (sigmoid only) or cross_entropy (softmax only)"
    )
    x: Numbers | None = Field(None, description="the input of a linear unit: a list; of several examples one row each")
    w: Numbers | None = Field(None, description="its weights")
    b: Expression | None = Field(None, description="its bias")
    rate: Expression | None = Field(None, description="the rate of gradient descent that is judged for a linear unit")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A unit with a target inside or outside its values; a rate on either side of the limit."""
        return _drawn(rng)

    def asked_for(self, results: int) -> int:
        """The results; for a rate also the errors before and after the step."""
        return results + (self.rate is not None)

    def solve(self, conventions: Conventions) -> Derivation:
        """The ends of the unit's values, the smallest loss, then the error after one step and the largest rate."""
        targets = self._targets()
        steps = targets.steps(conventions.rounding)
        answers = [_claimed(step) for step in steps if step.name.split("_")[0] in ("reach", "lowest", "fitting")]
        given: dict[Symbol, Form] = {TARGET: self.target}
        premises = list(targets.premises())
        if self.rate is not None:
            given |= self._linear(len(targets.values))
            unit = LinearUnit(len(targets.values), self.loss, not isinstance(given[W], Matrix))  # type: ignore[arg-type]
            stability = Stability(unit, _point(unit, given, conventions))
            more = stability.steps()
            if self.unit == "linear":  # which reaches every target: the rate alone is in question
                steps = [replace(step, level=TEACHING) for step in steps]
                answers = [replace(answer, boxed=False) for answer in answers]
                steps += [Step("rate", intro=("The rate:",), level=TEACHING), *more]
            else:
                steps += [replace(more[0], intro=("The rate, for a linear unit:",)), *more[1:]]
            premises += stability.meanings()
            answers += _answers(stability, more, given)
        premises += [Given(replace(name, bold=isinstance(form, Matrix)), form, "value") for name, form in given.items()]
        prompt = self._prompt(targets)
        done = Derivation("Judgement of a model", prompt, tuple(premises), tuple(steps), tuple(answers), conventions)
        return finished(done, ANY)

    def _targets(self) -> Targets:
        if self.unit not in UNITS and self.unit != "softmax":
            raise UnknownName("output unit", self.unit, [*UNITS, "softmax"])
        if self.loss == "bce" and self.unit != "sigmoid":
            raise InputError("binary cross-entropy takes the logarithm of an output from 0 to 1: the unit is a sigmoid")
        if (self.loss == "cross_entropy") != (self.unit == "softmax") and self.loss not in ("sse", "half_sse"):
            raise InputError("cross-entropy goes with softmax, and softmax with cross-entropy, sse or half_sse")
        values = _numbers(self.target, "target")
        if self.unit == "softmax" and len(values) < 2:
            raise InputError("a softmax has a target of two entries at least")
        if self.loss == "cross_entropy" and (sum(values) != 1 or min(values) < 0):
            raise InputError("cross-entropy needs a target that is a distribution: probabilities that add up to 1")
        if len(values) > MOST_EXAMPLES:
            raise InputError(f"{len(values)} targets are too many to be judged by hand: at most {MOST_EXAMPLES}")
        return Targets(self.unit, self.loss, tuple(values))

    def _linear(self, targets: int) -> dict[Symbol, Form]:
        """What is given to the linear unit.

        Raises:
            InputError: something is missing, or sizes that do not fit.
        """
        if self.loss not in ("sse", "half_sse", "mse") or self.unit == "softmax":
            raise InputError("a rate is judged for a linear unit with a squared error: sse, half_sse or mse")
        if missing := [name for name in ("x", "w", "b") if getattr(self, name) is None]:
            raise InputError(f"a rate is judged for a linear unit: {', '.join(missing)} must be given")
        x, w, b, rate = (form for form in (self.x, self.w, self.b, self.rate) if form is not None)
        if not _numbers(rate, "rate")[0] > 0:
            raise InputError("the rate must be positive")
        return _linear_values(x, w, b, rate, targets)

    def _prompt(self, targets: Targets) -> Phrase:
        unit = UNITS[self.unit].words if self.unit in UNITS else self.unit
        target: Phrase = (replace(TARGET, bold=not targets.single),)
        rate: Phrase = (" Is the rate ", RATE, " stable for a linear unit, and which is the largest stable one?")
        if self.rate is not None and self.unit == "linear":
            return ("A linear output has the target" + ("" if targets.single else "s") + " ", *target, ".", *rate)
        what = f"Can a {unit} output reach the target" + ("s " if not targets.single and unit != "softmax" else " ")
        loss: Phrase = (", and what is the smallest loss ", LOSS, "?")
        other = () if self.unit == "linear" else (" If it cannot, which of the usual units can?",)
        return (what, *target, *loss, *other, *(rate if self.rate is not None else ()))


def _linear_values(x: Form, w: Form, b: Form, rate: Form, targets: int) -> dict[Symbol, Form]:
    """The values of a linear unit by name: numbers for one input of one example, a column for one, rows for several."""
    rows = x.rows if isinstance(x, Matrix) else ((x,),)
    if len(rows[0]) == 1 and targets == 1:
        rows = (tuple(entry for row in rows for entry in row),)
    weights = _entries(w)
    _check_sizes(len(rows), len(rows[0]), targets, len(weights))
    found: dict[Symbol, Form] = {B: b, RATE: rate}
    if len(rows) == len(weights) == 1:
        return {X: rows[0][0], W: weights[0], **found}
    inputs: dict[Symbol, Form] = {X: column(rows[0])} if len(rows) == 1 else {SAMPLES: Matrix(rows)}
    return {**inputs, W: column(weights), **found}


def _numbers(form: Form, what: str) -> list[Fraction]:
    """The numbers of a given, row by row."""
    found = [numeric(entry) for entry in _entries(form)]
    if any(not isinstance(value, Fraction) for value in found):
        raise InputError(f"{what} must be made of whole numbers, decimals and fractions")
    return found  # type: ignore[return-value]


def _entries(form: Form) -> list[Form]:
    return [entry for row in form.rows for entry in row] if isinstance(form, Matrix) else [form]


def _check_sizes(examples: int, inputs: int, targets: int, weights: int) -> None:
    if examples != targets:
        raise InputError(f"{examples} example(s) in x, but {targets} target(s)")
    if inputs != weights:
        raise InputError(f"{inputs} input(s) in x, but {weights} weight(s) in w")
    if examples > MOST_EXAMPLES or inputs > MOST_INPUTS:
        raise InputError(f"at most {MOST_EXAMPLES} examples of {MOST_INPUTS} inputs can be judged by hand")


def _point(unit: LinearUnit, given: Mapping[Symbol, Form], conventions: Conventions) -> Point:
    values = {name: numeric(form) for name, form in given.items()}
    shapes = {symbol_name(name): value.shape for name, value in values.items() if isinstance(value, Array)}
    graph = Graph({symbol_name(name): form for name, form in unit.definitions().items()}, shapes)
    point = Point(graph, values, conventions)
    for name, form in given.items():
        point.exact[name] = form
    return point


def _claimed(step: Step) -> Answer:
    """The answer of a step that claims something: its words, or its number."""
    assert step.target is not None
    form, shown = step.lines[-1].form, step.lines[-1].form
    if isinstance(form, Text):
        return Answer(step.name, "verdict", form, shown, step.target)
    exact = next(line.form for line in reversed(step.lines) if line.relation == "=")
    return Answer(step.name, kind_of(shown), exact, shown, step.target)


def _answers(stability: Stability, steps: list[Step], given: Mapping[Symbol, Form]) -> list[Answer]:
    """The errors before and after the step, the largest stable rate, and the verdict."""
    graph = stability.graph
    side = [graph.quantity(name) for name in (ERROR, SQUARES, updated(ERROR), updated(SQUARES))]
    targets: list[Form] = [*(graph.written(quantity.symbol) for quantity in side), LIMIT]
    found = answers_of(steps, targets, graph, given, array_formulas(graph, side))
    return [*(replace(answer, boxed=answer.label == LIMIT) for answer in found), _claimed(steps[-1])]


def _drawn(rng: random.Random) -> dict[str, Any]:
    """A unit with targets inside, at the ends or outside of its values; in half of the cases a rate as well."""
    if rng.random() < 0.15:
        shares: list[float] = rng.choice([[1, 0, 0], [0.5, 0.25, 0.25], [2.5, 0], [0.9, 0.9, -1], [0, 1]])
        inside = sum(shares) == 1 and min(shares) >= 0
        return {"unit": "softmax", "target": shares, "loss": rng.choice(["cross_entropy", "sse"]) if inside else "sse"}
    unit, examples = rng.choice([*UNITS, "sigmoid", "tanh"]), rng.choice([1, 1, 2, 3])
    targets = [rng.choice([0, 1, -1, 0.5, 2.5, -3, decimal(rng, -2, 2, 0.1)]) for _ in range(examples)]
    drawn: dict[str, Any] = {"unit": unit, "target": targets[0] if examples == 1 else targets}
    if unit == "sigmoid" and rng.random() < 0.3:
        return drawn | {"loss": "bce"}
    drawn["loss"] = rng.choice(["sse", "half_sse", "mse"])
    if rng.random() < 0.5:
        return drawn
    inputs = rng.randint(1, 2)
    rows = [[decimal(rng, -2, 2, 0.25) for _ in range(inputs)] for _ in range(examples)]
    return drawn | {
        "x": rows[0] if examples == 1 else rows,
        "w": [decimal(rng, -1, 1, 0.1) for _ in range(inputs)],
        "b": decimal(rng, -2, 2, 0.25),
        "rate": rng.choice([0.01, 0.1, 0.25, 0.5, 1, 2]),
    }
