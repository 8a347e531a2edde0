"""`derive solve`: one question from the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from derive.errors import InputError, Place, UnknownName, WrongMathematics
from derive.exam.yaml_file import DataPath, YamlFile, parse_yaml, read_yaml
from derive.questions.base import Question
from derive.questions.catalogue import question, question_type
from derive.record import Conventions, Derivation, Rounding

FORMATS = ("text", "tex", "json", "pdf")


class ShellGivens:
    """Givens from a file and from `name=value` arguments, which win; it knows where each was written."""

    def __init__(self, arguments: list[str], path: Path | None) -> None:
        self.file = read_yaml(path) if path else YamlFile("", {})
        if not isinstance(self.file.data, dict):
            raise InputError("the givens are a mapping of names to values", self.file.place(()))
        self.named: dict[str, YamlFile] = {}
        for argument in arguments:
            name, equals, value = argument.partition("=")
            if not equals or not name:
                raise InputError(f"'{argument}' is not of the form name=value")
            if name in self.named:
                raise InputError(f"the given '{name}' stands twice on the command line")
            self.named[name] = parse_yaml(value, f"given {name}")

    @property
    def values(self) -> dict[str, Any]:
        """The givens by name."""
        return {**self.file.data, **{name: each.data for name, each in self.named.items()}}

    def place(self, path: DataPath, key: bool = False, inside: int | None = None) -> Place:
        """Where a given was written."""
        name = str(path[0]) if path else ""
        if name not in self.named:
            return self.file.place(path, key, inside) if self.file.name else Place("the command line")
        if key and len(path) == 1:
            return Place("the command line")
        inner = path[1:]
        return self.named[name].place(inner, key and bool(inner), inside)


def solve_question(
    ask: str,
    arguments: list[str],
    path: Path | None,
    format: str,
    out: Path | None,
    detail: int,
    rounding: tuple[Any, int],
    engine: str,
    force: bool,
) -> tuple[str, bool | None]:
    """What is printed (the solution in the format asked for, or the path it was written to) and whether it is verified.

    Raises:
        InputError: the type, a given or the format is wrong.
        WrongMathematics: the solution is not verified, and neither `force` nor json is asked for.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    if format == "pdf" and out is None:
        raise InputError("a PDF needs a file to go to: -o FILE.pdf")
    question_type(ask)
    givens = ShellGivens(arguments, path)
    asked = question(ask, givens.values, givens.place)
    text, verified = _solved(asked, format, out, detail, Conventions(Rounding(*rounding)), engine, force)
    if out is None:
        return text, verified
    if format != "pdf":
        from derive.render.files import write_whole

        write_whole(out, text + "\n")
    return str(out), verified


def _solved(
    asked: Question, format: str, out: Path | None, detail: int, conventions: Conventions, engine: str, force: bool
) -> tuple[str, bool | None]:
    from derive.check.judge import judge

    derivation = asked.solve(conventions)
    verdict = judge(derivation)
    if format == "json":
        from derive.exam.export import derivation_record

        return json.dumps(derivation_record(derivation, verdict), indent=2, ensure_ascii=False), verdict.verified
    warning = "" if verdict.verified else "Not verified: " + "; ".join(map(str, verdict.faults or verdict.undecided))
    if warning and not force:
        raise WrongMathematics(warning)
    return _rendered(derivation, format, out, detail, engine, warning), verdict.verified


def _rendered(derivation: Derivation, format: str, out: Path | None, detail: int, engine: str, warning: str) -> str:
    from derive.render import documents

    if format == "text":
        text = documents.text(derivation, detail)
        return f"{warning}\n\n{text}" if warning else text
    sheet = documents.single(derivation)
    if format == "tex":
        return documents.render(sheet, "solution", "tex", detail, warning=warning)
    raise NotImplementedError(format)
