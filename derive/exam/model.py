"""The exam file: what may stand in it, and its loading. A mistake is answered with file, line, found and known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from derive.errors import InputError
from derive.exam.draw import refuse_draws
from derive.exam.facts import KEYS
from derive.exam.yaml_file import DataPath, YamlFile, parse_yaml, read_yaml
from derive.questions.faults import raise_all, translate
from derive.record import Conventions, Rounding


def exact(value: Any) -> Any:
    """A number as it is typed, exactly: 0.5, "1/2" and 3 become fractions."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Fraction)):
        raise ValueError("expected a number")
    try:
        return Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)
    except (ValueError, ZeroDivisionError, InvalidOperation):
        raise ValueError("expected a number such as 2, 0.5 or 1/2") from None


def _points(value: Any) -> Fraction:
    points: Fraction = exact(value)
    if not 0 <= points <= 10_000:
        raise ValueError("expected points between 0 and 10000")
    if points.denominator > 100:
        raise ValueError("expected points in halves, quarters, tenths or the like")
    return points


_NUMBER = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?(/\d+)?$"}]}
Points = Annotated[Fraction, BeforeValidator(_points), WithJsonSchema(_NUMBER)]
Number = Annotated[Fraction, BeforeValidator(exact), WithJsonSchema(_NUMBER)]
Givens = dict[str, Any]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class RoundingRule(_Section):
    """How numbers are shown."""

    mode: Literal["exact", "carry-full", "carry-rounded"] = Field(
        "carry-full",
        description="exact: nothing is rounded; carry-full: full precision is carried and rounded numbers are shown; "
        "carry-rounded: the working goes on with the digits shown",
    )
    digits: int = Field(4, ge=1, le=30, description="significant digits that are shown")


class ConventionRules(_Section):
    """What the sheet takes for granted and states on its first page."""

    rounding: RoundingRule = RoundingRule()
    relu_at_zero: Number = Field(Fraction(0), description="the slope of ReLU at 0")
    log: Literal["natural"] = Field("natural", description="the base of log")
    pool_padding: Literal["zero"] = Field("zero", description="what pads the edge of a pooling layer")
    tie: Literal["padding", "first", "last"] = Field("padding", description="who wins a tie under a maximum")

    def record(self) -> Conventions:
        """The conventions as the engines take them."""
        return Conventions(Rounding(self.rounding.mode, self.rounding.digits), self.relu_at_zero, self.tie)


class RubricLine(_Section):
    """Points, and what earns them."""

    points: Points
    reason: str = Field(alias="for", description="what earns the points; mathematics between backquotes")


class PartRules(_Section):
    """A part of a problem: a question to derive (`ask`), or one in words with its answer (`text`)."""

    ask: str | None = Field(None, description="the question type; `derive questions` lists them")
    text: str | None = Field(None, description="the question in words; beside `ask` it replaces the generated wording")
    name: str | None = Field(
        None, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="what later parts call this one, beside its letter"
    )
    points: Points | None = Field(None, description="what the part is worth")
    given: Givens = Field({}, description="the question's givens; they come before those that the problem shares")
    listing: bool = Field(True, description="whether the listing of a network is printed; false where the text says it")
    detail: int | None = Field(None, ge=0, le=3, description="0 answer, 1 exam key, 2 teaching, 3 every rule")
    space: Number | None = Field(None, description="room for an answer on the exam, in centimetres")
    solution: str | None = Field(None, description="a remark printed after the solution")
    answer: str | None = Field(None, description="the answer in words; mathematics between backquotes")
    rubric: list[RubricLine] = Field([], description="what earns the points of an answer in words")
    accept: list[str] = Field([], description="other answers that are right, for the marking guide")
    credit: list[str] = Field([], description="rules of partial credit, for the marking guide")

    @model_validator(mode="after")
    def _asks(self) -> PartRules:
        if self.ask is None and self.text is None:
            raise ValueError("expected a part with 'ask' or 'text'")
        if self.ask is None and not self.given.keys() <= KEYS:
            known = ", ".join(sorted(KEYS))
            raise ValueError(f"expected no 'given' beside 'text' but for a network ({known}): name a type with 'ask'")
        if self.ask is not None and (self.answer is not None or self.rubric):
            raise ValueError(f"expected no 'answer' or 'rubric' beside 'ask': {self.ask} derives them")
        return self


class FigureRules(_Section):
    """A figure that a problem shows: what a question type draws from its givens."""

    ask: str = Field(description="a question type that draws, such as network.drawing")
    given: Givens = Field({}, description="its givens; they come before those that the problem shares")


class ProblemRules(_Section):
    """A problem: prose, a figure, givens that its parts share, and the parts."""

    title: str
    text: str = Field("", description="prose before the parts; mathematics between backquotes")
    points: Points | None = Field(None, description="a check: the parts must add up to it")
    given: Givens = Field({}, description="givens that the parts share, each part taking those that its question has")
    figure: FigureRules | None = Field(None, description="a figure under the prose, drawn and checked like a part")
    parts: list[PartRules] = Field(min_length=1, max_length=26)


class ExamRules(_Section):
    """An exam: its header, its conventions and its problems."""

    title: str
    course: str | None = None
    date: str | None = None
    time: str | None = Field(None, description="the time allowed, such as 90 minutes")
    instructions: str | list[str] = Field([], description="rules printed on the first page")
    points: Points | None = Field(None, description="a check: the problems must add up to it")
    conventions: ConventionRules = ConventionRules()
    problems: list[ProblemRules] = Field(min_length=1)


@dataclass(frozen=True)
class Exam:
    """An exam file that was read: its rules, and where everything stands in it."""

    rules: ExamRules
    source: YamlFile

    def error(self, message: str, *path: str | int) -> InputError:
        """A mistake at a path of the file."""
        return InputError(message, self.source.place(path))


def load_exam(path: Path | str) -> Exam:
    """The exam of a file.

    Raises:
        InputError: the file cannot be read, or does not say an exam; all its mistakes are named.
    """
    return exam_of(read_yaml(Path(path)))


def read_exam(text: str, name: str = "exam") -> Exam:
    """The exam that a YAML text says; `name` is what its errors call the text."""
    return exam_of(parse_yaml(text, name))


def exam_of(source: YamlFile) -> Exam:
    """The exam that plain data says."""
    if not isinstance(source.data, dict):
        raise InputError("an exam is a mapping with title and problems", source.place(()))
    try:
        exam = Exam(ExamRules.model_validate(source.data), source)
    except ValidationError as error:
        raise_all(translate(error, ExamRules, source.data, source.place))
        raise
    raise_all([*refuse_draws(source), *_name_clashes(exam)])
    return exam


def label_of(index: int) -> str:
    """The letter of a part: a, b, c ..."""
    return "abcdefghijklmnopqrstuvwxyz"[index]


def _name_clashes(exam: Exam) -> list[InputError]:
    found: list[InputError] = []
    for number, problem in enumerate(exam.rules.problems):
        taken = {label_of(index): index for index in range(len(problem.parts))}
        for index, part in enumerate(problem.parts):
            path: DataPath = ("problems", number, "parts", index, "name")
            if part.name is not None and taken.setdefault(part.name, index) != index:
                other = label_of(taken[part.name])
                found.append(exam.error(f"the name '{part.name}' belongs to part {other} already", *path))
    return found
