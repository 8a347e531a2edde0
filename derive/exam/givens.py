"""The givens of a part: the problem's shared ones under its own, checked against what the question type knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError, InputError, Place, UnknownName
from derive.exam.facts import KEYS, QUOTED
from derive.exam.model import Exam, PartRules, label_of
from derive.exam.results import references
from derive.exam.yaml_file import DataPath
from derive.questions.base import Question
from derive.questions.catalogue import question_type
from derive.questions.faults import settled
from derive.questions.text import TextQuestion


def part_path(number: int, index: int) -> DataPath:
    """The path of a part in the file; `number` counts problems from 1."""
    return ("problems", number - 1, "parts", index)


def kind_of(part: PartRules) -> type[Question]:
    """The question type of a part; one without `ask` is a question in words."""
    return TextQuestion if part.ask is None else question_type(part.ask)


def keys_of(kind: type[Question]) -> tuple[str, ...]:
    """The names of a type's givens, as they stand in a file."""
    return tuple(field.alias or name for name, field in kind.model_fields.items())


class PartGivens:
    """The givens of one part, before references are resolved; `place` finds each where it was written."""

    def __init__(self, exam: Exam, number: int, index: int) -> None:
        self.exam, self.number, self.index = exam, number, index
        problem = exam.rules.problems[number - 1]
        self.part = problem.parts[index]
        self.kind = kind_of(self.part)
        known = keys_of(self.kind)
        self.shared = {} if self.part.ask is None else {k: v for k, v in problem.given.items() if k in known}
        if "net" in known and "net" not in problem.given:
            self.shared.pop("of", None)  # the problem's own `of` is a quantity of its graph, not a layer
        self.values: dict[str, Any] = {**self.shared, **self._own()}

    def _own(self) -> dict[str, Any]:
        if self.part.ask is not None:
            return self.part.given
        rules = self.part.model_dump(by_alias=True, include={"text", "answer", "rubric"}, exclude_none=True)
        return {key: value for key, value in rules.items() if value}

    def path(self, path: DataPath = ()) -> DataPath:
        """Where a given stands in the file: at the part, or at the problem where it is shared."""
        here = part_path(self.number, self.index)
        if self.part.ask is None:
            return (*here, *path)
        if path and path[0] in self.shared and path[0] not in self.part.given:
            return (*here[:2], "given", *path)
        return (*here, "given", *path) if path else here

    def place(self, path: DataPath = (), key: bool = False, inside: int | None = None) -> Place:
        """The place of a given in the file."""
        return self.exam.source.place(self.path(path), key, inside)

    def references(self) -> list[tuple[DataPath, Mapping[str, Any]]]:
        """Where an earlier part's result is put in, and which."""
        return list(references(self.values))


def quotes_network(part: PartRules) -> bool:
    """Whether the prose of a part quotes facts of a network."""
    rubric = (line.reason for line in part.rubric)
    return any(
        QUOTED.search(text or "")
        for text in (part.text, part.answer, part.solution, *rubric, *part.accept, *part.credit)
    )


def check_givens(exam: Exam) -> Iterator[DeriveError]:
    """What can be said against the givens before anything is solved: unknown types, and shared givens nobody uses."""
    for number, problem in enumerate(exam.rules.problems, start=1):
        known: set[str] = set(KEYS if QUOTED.search(problem.text) else ())
        for index, part in enumerate(problem.parts):
            try:
                known.update(keys_of(kind_of(part)) if part.ask else ())
                known.update(KEYS if quotes_network(part) else ())
            except UnknownName as error:
                yield settled(error, exam.source.place, (*part_path(number, index), "ask"))
        for name in problem.given.keys() - known:
            path = ("problems", number - 1, "given", name)
            yield UnknownName("given, as no part of the problem has", name, known, exam.source.place(path, key=True))


def worth(part: PartRules) -> Fraction:
    """The points of a part: those it states, or those that its rubric adds up to."""
    earned = sum((line.points for line in part.rubric), Fraction(0))
    return earned if part.points is None else part.points


def check_points(exam: Exam) -> Iterator[InputError]:
    """Stated points that disagree with the sum of what they hold, and parts without points."""
    total = Fraction(0)
    for number, problem in enumerate(exam.rules.problems, start=1):
        sums = Fraction(0)
        for index, part in enumerate(problem.parts):
            path = part_path(number, index)
            if part.points is None and not part.rubric:
                yield exam.error(f"'points' is missing in part {label_of(index)} of problem {number}", *path)
            elif part.rubric and worth(part) != (earned := sum(line.points for line in part.rubric)):
                yield exam.error(f"the part is worth {part.points} points, its rubric {earned}", *path, "points")
            sums += worth(part)
        total += sums
        if problem.points is not None and problem.points != sums:
            path = ("problems", number - 1, "points")
            yield exam.error(f"the problem states {problem.points} points, its parts add up to {sums}", *path)
    if exam.rules.points is not None and exam.rules.points != total:
        yield exam.error(f"the exam states {exam.rules.points} points, its problems add up to {total}", "points")
