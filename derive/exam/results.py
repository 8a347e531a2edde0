"""What earlier parts found, by name: `{from: a, answer: w}` in a given, `{{ a.w }}` in prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from derive.errors import InputError, UnknownName
from derive.exam.yaml_file import DataPath
from derive.notation.form import Form, Number, Shape
from derive.record import Answer, Conventions

KEYS = frozenset({"from", "answer"})
_PART = re.compile(r"((?P<problem>[0-9]{1,4})\.)?(?P<name>[^.]+)")


class NotSolved(InputError):
    """A result of a part that has a mistake of its own, which is what the user is told."""


class Results:
    """The answers of the parts that were solved, by problem number and by letter or name of the part."""

    def __init__(self, conventions: Conventions) -> None:
        self._rounded = conventions.rounding.mode == "carry-rounded"
        self._answers: dict[int, dict[str, Mapping[str, Answer]]] = {}
        self._failed: set[tuple[int, str]] = set()

    def fail(self, problem: int, names: Iterable[str]) -> None:
        """Keep in mind that a part could not be solved."""
        self._failed.update((problem, name) for name in names)

    def add(self, problem: int, names: Iterable[str], answers: tuple[Answer, ...]) -> None:
        """Keep the answers of a part under all of its names."""
        by_name = {answer.name: answer for answer in answers}
        self._answers.setdefault(problem, {}).update(dict.fromkeys(names, by_name))

    def answers(self, part: str, here: int) -> Mapping[str, Answer]:
        """The answers of a part: `a` of the same problem, `2.a` of problem 2."""
        match = _PART.fullmatch(part)
        problem = int(match["problem"] or here) if match else here
        name = match["name"] if match else ""
        if (problem, name) in self._failed:
            raise NotSolved(f"part {part} could not be solved")
        known = self._answers.get(problem, {})
        if name not in known:
            raise UnknownName("earlier part", part, self._part_names(here))
        return known[name]

    def _part_names(self, here: int) -> list[str]:
        known = [(problem, name) for problem, parts in self._answers.items() for name in parts]
        return [name if problem == here else f"{problem}.{name}" for problem, name in known]

    def quoted(self, quote: str, here: int) -> Form:
        """The printed form of `part.answer`; of `part` alone where it has one answer."""
        part, _, name = quote.rpartition(".")
        if not part or part.isdecimal():
            part, name = quote, ""
        answer = self._answer(part, name or None, here)
        return answer.shown or answer.form

    def _answer(self, part: str, name: str | None, here: int) -> Answer:
        known = self.answers(part, here)
        if name is None and len(known) == 1:
            return next(iter(known.values()))
        if name is None:
            raise InputError(f"part {part} has several answers: say which of {', '.join(known)}")
        if name not in known:
            raise UnknownName(f"answer of part {part}", name, known)
        return known[name]

    def value(self, reference: Mapping[str, Any], here: int) -> Any:
        """What a reference puts in: the form of one answer, or all answers by name where it names none."""
        part, name = reference["from"], reference.get("answer")
        if name is not None:
            return self._given(self._answer(str(part), str(name), here))
        return {each: self._given(answer) for each, answer in self.answers(str(part), here).items()}

    def _given(self, answer: Answer) -> Any:
        """The exact form; the printed one where the sheet goes on with the digits shown; a size as its numbers."""
        form = answer.shown if self._rounded and answer.shown is not None else answer.form
        if isinstance(form, Shape):
            return [int(dim.text) if isinstance(dim, Number) else dim for dim in form.dims]
        return form

    def resolve(self, value: Any, here: int) -> Any:
        """Data with every reference in it replaced by what it refers to."""
        if is_reference(value):
            return self.value(value, here)
        if isinstance(value, dict):
            return {key: self.resolve(item, here) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item, here) for item in value]
        return value


def is_reference(value: Any) -> bool:
    """Whether a given is `{from: ...}`; `from` is no name in mathematics, so nothing else looks like it."""
    return isinstance(value, dict) and "from" in value and value.keys() <= KEYS


def references(value: Any, path: DataPath = ()) -> Iterator[tuple[DataPath, Mapping[str, Any]]]:
    """Every reference in some data, with its path."""
    if is_reference(value):
        yield path, value
    elif isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from references(item, (*path, key))
