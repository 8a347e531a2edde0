"""The file of a key: for each part what somebody claims, and if wanted their lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from derive.errors import InputError, UnknownName
from derive.exam.model import ConventionRules, Exam, Givens, exam_of, label_of, load_exam
from derive.exam.yaml_file import DataPath, YamlFile, read_yaml
from derive.questions.faults import raise_all, translate

T = TypeVar("T")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimRules(_Section):
    """What is claimed of one part: a part of the exam, or a question that stands here itself."""

    part: str = Field(description="problem and part of the exam, 2.b or 2.name; else a name for this question")
    ask: str | None = Field(None, description="the question type, where there is no exam")
    given: Givens = Field({}, description="the question's givens")
    claims: Any = Field(description="the claimed answer, or a mapping from names of answers to claims")
    lines: str | None = Field(None, description="the working as LaTeX")


class KeyRules(_Section):
    """A key: whose it is, the exam that it answers, and the claims."""

    title: str
    exam: str | None = Field(None, description="the exam file, beside the key")
    conventions: ConventionRules = ConventionRules()
    parts: list[ClaimRules] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_questions(self) -> KeyRules:
        for claim in self.parts:
            if claim.ask is None and self.exam is None:
                raise ValueError(f"expected an 'exam' beside the title, or an 'ask' for part {claim.part}")
        return self


@dataclass(frozen=True)
class Key:
    """A key that was read: its rules, the exam with all its questions, and where in that exam each claim belongs."""

    rules: KeyRules
    source: YamlFile
    exam: Exam
    places: tuple[tuple[int, str], ...]


def load_key(path: Path | str) -> Key:
    """The key of a file.

    Raises:
        InputError: the file, or the exam that it names, cannot be read; a part is not known.
    """
    source = _titled(read_yaml(Path(path)))
    if not isinstance(source.data, dict):
        raise InputError("a key is a mapping with title and parts", source.place(()))
    try:
        rules = KeyRules.model_validate(source.data)
    except ValidationError as error:
        raise_all(translate(error, KeyRules, source.data, source.place))
        raise
    exam = load_exam(Path(path).parent / rules.exam) if rules.exam else None
    whole, places = _joined(rules, source, exam)
    return Key(rules, source, whole, places)


def _titled(source: YamlFile) -> YamlFile:
    """The file, in which a part goes by the name that the key has for it."""
    parts = source.data.get("parts") if isinstance(source.data, dict) else None
    named = enumerate(parts) if isinstance(parts, list) else ()
    titles: dict[DataPath, str] = {
        ("parts", index): f"part {part['part']}" for index, part in named if isinstance(part, dict) and "part" in part
    }
    return replace(source, titles=titles)


def _joined(rules: KeyRules, source: YamlFile, exam: Exam | None) -> tuple[Exam, tuple[tuple[int, str], ...]]:
    """One exam with all questions: that of the file, or one of the questions that stand in the key."""
    own = [claim for claim in rules.parts if claim.ask is not None]
    if exam is not None and own:
        raise InputError(f"part {own[0].part} asks a question of its own beside the exam", source.place(("parts",)))
    if exam is not None:
        known = _names(exam)
        return exam, tuple(_place(known, claim, index, source) for index, claim in enumerate(rules.parts))
    problems = [
        {"title": claim.part, "parts": [{"ask": claim.ask, "points": 1, "given": claim.given}]} for claim in rules.parts
    ]
    data = {"title": rules.title, "conventions": source.data.get("conventions", {}), "problems": problems}
    whole = exam_of(_moved(source, data))
    return whole, tuple((number, "a") for number in range(1, len(problems) + 1))


def _moved(source: YamlFile, data: Any) -> YamlFile:
    """The questions of a key as an exam, where they stand in the key."""

    def there(path: DataPath) -> DataPath:
        if len(path) > 1 and path[0] == "parts":
            return ("problems", path[1], "parts", 0, *path[2:])
        return path

    def all_there(found: dict[DataPath, T]) -> dict[DataPath, T]:
        return {there(path): each for path, each in found.items()}

    spots = all_there(source.keys), all_there(source.values), all_there(source.texts)
    return YamlFile(source.name, data, *spots, all_there(source.titles))


def _names(exam: Exam) -> dict[str, tuple[int, str]]:
    """Every part of an exam by problem and letter, and by problem and name."""
    found: dict[str, tuple[int, str]] = {}
    for number, problem in enumerate(exam.rules.problems, 1):
        for index, part in enumerate(problem.parts):
            place = (number, label_of(index))
            found |= {f"{number}.{name}": place for name in (label_of(index), part.name) if name}
    return found


def _place(known: dict[str, tuple[int, str]], claim: ClaimRules, index: int, source: YamlFile) -> tuple[int, str]:
    if claim.part not in known:
        raise UnknownName("part of the exam", claim.part, known, source.place(("parts", index, "part")))
    return known[claim.part]
