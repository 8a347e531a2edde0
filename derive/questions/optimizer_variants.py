"""Several runs that are compared: with several rates, several optimizers or several sizes of batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from derive.errors import InputError
from derive.graph.graph import Graph
from derive.notation.build import number
from derive.notation.form import Call, Form, Relation, Symbol, Tuple
from derive.questions.fields import Expression, Values
from derive.questions.optimizer_course import Course
from derive.questions.optimizer_examples import Examples, whole_name
from derive.questions.optimizer_rules import Bindings, general_update, rules_of
from derive.record import Conventions, Given, Line, Phrase, Step
from derive.training.iterates import ANY_RUN, Iterates
from derive.training.optimizers import optimizer
from derive.training.rule import ETA
from derive.training.runs import Run

if TYPE_CHECKING:
    from derive.questions.optimizer_curves import OptimizerCurves
    from derive.questions.optimizer_run import DescentQuestion

_SIZE = Symbol("s")


class Choice(BaseModel):
    """An optimizer among others, with its own rate, settings and options."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)

    optimizer: str = Field(description="its name")
    form: str = Field("", description="which rule of that name")
    rate: Expression | None = Field(None, description="its learning rate; that of the question if not said")
    settings: Values = Field({}, description="its other constants")
    epsilon_in_root: bool | None = Field(None, description="whether ε stands under its root")
    bias_correction: bool | None = Field(None, description="whether its moments are bias corrected")


def _named(value: Any) -> Any:
    return {"optimizer": value} if isinstance(value, str) else value


Choices = list[
    Annotated[Choice, BeforeValidator(_named), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]})]
]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the runs.

    Attributes:
        label: what the legend says, before the value of `fact` if there is one.
    """

    number: int
    asked: DescentQuestion
    course: Course
    run: Run
    label: Phrase
    fact: Step | None = None

    @property
    def rate(self) -> Form:
        """Its learning rate."""
        return self.asked.constants(self.course.rule)[ETA]

    @property
    def examples(self) -> Examples:
        """The examples that it sees."""
        return self.course.examples


class Family:
    """All runs of a question, and the premises about them.

    Runs that differ in numbers share their premises: r counts them. Those with rules of their own have their own, which
    only the judge is told: a sheet with the formulas of several optimizers in it would hide the question.
    """

    def __init__(self, asked: OptimizerCurves, conventions: Conventions) -> None:
        self.asked, self.conventions = asked, conventions
        self.shares = not asked.optimizers
        self.variants = [self._variant(k, *made) for k, made in enumerate(_made(asked), 1)]
        first = self.variants[0]
        self.graph: Graph = first.course.at(1).built(conventions)
        self.data = bool(first.examples.data) and any(v.examples.batches for v in self.variants)
        if Symbol(ANY_RUN) in self.graph.quantities:
            raise InputError(f"the graph calls something {ANY_RUN}, which counts the runs here: rename it")

    def _variant(self, k: int, asked: DescentQuestion, batch: int | None, label: Phrase) -> Variant:
        course = Course(asked, self.conventions, Examples(asked, batch))
        fact = None
        if self.asked.rates:
            rate = asked.constants(course.rule)[ETA]
            letter = Symbol("eta", sup=str(k))
            fact, label = Step(f"legend {k}", letter, (Line("=", rate),)), (letter, " = ")
        return Variant(k, asked, course, course.run(), label, fact)

    def names(self, run: str) -> Iterates:
        """What the quantities of a run are called."""
        asked = self.asked
        data = asked.data if self.data else ()
        return Iterates(self.graph, [asked.of, *asked.wrt, *data], asked.steps, run)

    @property
    def runs(self) -> list[tuple[str, Variant]]:
        """The runs whose premises differ: each by itself, or the first one for all."""
        return [(ANY_RUN, self.variants[0])] if self.shares else [(str(v.number), v) for v in self.variants]

    # premises

    def premises(self) -> Iterator[Given]:
        """The graph and its values, the rules of all runs, where they start, their constants."""
        first = self.variants[0]
        in_batches = set(first.examples.data) if self.data else set()
        givens = [g for g in first.course.at(1).premises(self.graph) if g.target not in in_batches]
        for run, variant in self.runs:
            rules = self._of_run(variant, self.names(run))
            givens += (replace(given, shown=self.shares) for given in rules)
        givens += [given for variant in self.variants for given in self._values(variant)]
        givens += self._data() if self.data else []
        once = dict.fromkeys(givens)
        yield from (given for given in once if given.kind != "value")
        yield from (given for given in once if given.kind == "value")

    def _of_run(self, variant: Variant, names: Iterates) -> Iterator[Given]:
        asked, rule = variant.asked, variant.course.rule
        own: dict[Symbol, Form] = {letter: self._constant(letter, names) for letter in asked.constants(rule)}
        updates = {name: general_update(asked, rule, name, names, own) for name in asked.wrt}
        for name, update in updates.items():
            yield Given(names.of(update.written_owner, 0), self.graph.written(name))
            for state in rule.entry.state:
                yield Given(names.at(update.name(f"{state}_new"), 0), asked.start_of(state, name), "value")
        yield from rules_of(self.graph, asked.of, updates, names, self._in_step(names), self._whole())

    def _constant(self, letter: Symbol, names: Iterates) -> Symbol:
        """What a run calls a constant: by its number where runs differ in it."""
        return names.own(letter) if self.asked.optimizers or (self.asked.rates and letter == ETA) else letter

    def _values(self, variant: Variant) -> Iterator[Given]:
        names = self.names(str(variant.number))
        for letter, form in variant.asked.constants(variant.course.rule).items():
            yield Given(self._constant(letter, names), form, "value")

    def _in_step(self, names: Iterates) -> Bindings:
        data = [replace(name, bold=True) for name in self.asked.data] if self.data else []
        return tuple((name, names.of(name)) for name in data)

    def _whole(self) -> Bindings:
        return tuple((replace(name, bold=True), whole_name(name)) for name in self.asked.data) if self.data else ()

    def _data(self) -> Iterator[Given]:
        """All examples, in which order each run sees them, and how many at a time."""
        asked, order = self.asked, self.variants[0].examples.order_name(self.graph)
        for name, matrix in self.variants[0].examples.data.items():
            yield Given(whole_name(name), matrix, "value")
            yield Given(replace(name, bold=True), whole_name(name), shown=False)
        for variant in self.variants:
            names = self.names(str(variant.number) if asked.batches else "")
            seen = variant.examples.order
            yield Given(names.own(order), Tuple(tuple(map(number, seen))), "value")
            if asked.batches:
                yield Given(names.own(_SIZE), number(variant.examples.size), "value")
        for run, _ in self.runs:
            names = self.names(run)
            tagged = names if asked.batches else self.names("")
            size: Form = names.own(_SIZE) if asked.batches else number(self.variants[0].examples.size)
            for name in asked.data:
                call = Call("batch", (whole_name(name), tagged.own(order), Symbol(names.letter)), 0, (("size", size),))
                yield Given(names.of(replace(name, bold=True)), call)


def _made(asked: OptimizerCurves) -> Iterator[tuple[DescentQuestion, int | None, Phrase]]:
    """The question of each run, its batch, and what the legend calls it."""
    given = [name for name in ("rates", "optimizers", "batches") if getattr(asked, name)]
    if len(given) != 1:
        raise InputError("give what is compared: either rates, or optimizers, or batches")
    for rate in asked.rates:
        yield asked.model_copy(update={"rate": rate}), asked.batch, (Symbol("eta"), " = ")
    for choice in asked.optimizers:
        own = choice.rate if choice.rate is not None else asked.rate
        yield asked.model_copy(update={**dict(choice), "rate": own}), asked.batch, _called(choice)
    for batch in asked.batches:
        size = None if batch == "all" else int(batch)
        words = "all examples" if size is None else "one example" if size == 1 else f"{size} examples"
        yield asked, size, (words,)


def _called(choice: Choice) -> Phrase:
    """An optimizer by its name, with what was said of it."""
    said = [choice.form.replace("_", " ")] if choice.form else []
    phrase: list[str | Form] = [", ".join([optimizer(choice.optimizer, choice.form).called, *said])]
    for letter, form in {**({ETA: choice.rate} if choice.rate is not None else {}), **choice.settings}.items():
        phrase += [", ", Relation("=", letter, form)]
    return tuple(phrase)
