"""`derive solve`: one question from the shell."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.errors import InputError, Place, UnknownName, WrongMathematics
from derive.exam.yaml_file import DataPath, YamlFile, parse_yaml, read_yaml
from derive.questions.catalogue import question, question_type, solved
from derive.record import Conventions, Derivation

if TYPE_CHECKING:
    from derive.check.verdict import Verdict

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the solution is wanted, and where."""

    format: str = "text"
    out: Path | None = None
    detail: int = 2
    conventions: Conventions = Conventions()
    engine: str = "auto"
    force: bool = False


def solve_question(ask: str, arguments: list[str], path: Path | None, wanted: Wanted) -> tuple[str, bool | None]:
    """What is printed (the solution in the format asked for, or the path it was written to), and whether it holds.

    Raises:
        InputError: the type, a given or the format is wrong.
        WrongMathematics: the solution is not verified, and neither `force` nor json is asked for.
    """
    if wanted.format not in FORMATS:
        raise UnknownName("format", wanted.format, FORMATS)
    if wanted.format == "pdf" and wanted.out is None:
        wanted = replace(wanted, out=Path(f"{ask.replace('.', '-')}.pdf"))
    question_type(ask)
    givens = ShellGivens(arguments, path)
    asked = question(ask, givens.values, givens.place)
    derivation = solved(asked, givens.values, wanted.conventions, givens.place)

    from derive.check.judge import judge

    verdict = judge(derivation)
    content = _json(derivation, verdict) if wanted.format == "json" else _document(derivation, verdict, wanted)
    if wanted.out is None:
        return content.decode(), verdict.verified

    from derive.render.files import write_all

    end = b"" if wanted.format == "pdf" else b"\n"
    write_all({wanted.out: content + end})
    return str(wanted.out), verdict.verified


def _json(derivation: Derivation, verdict: Verdict) -> bytes:
    from derive.exam.export import derivation_record

    return json.dumps(derivation_record(derivation, verdict), indent=2, ensure_ascii=False).encode()


def _document(derivation: Derivation, verdict: Verdict, wanted: Wanted) -> bytes:
    warning = "" if verdict.verified else "Not verified: " + "; ".join(map(str, verdict.faults or verdict.undecided))
    if warning and not wanted.force:
        raise WrongMathematics(warning)

    from derive.render import documents

    if wanted.format == "text":
        text = documents.text(derivation, wanted.detail)
        return (f"{warning}\n\n{text}" if warning else text).encode()
    sheet = documents.single(derivation)
    if wanted.format == "tex":
        return documents.render(sheet, "solution", "tex", wanted.detail, warning=warning).encode()

    from derive.render.engines import choose
    from derive.render.pdf import compile

    engine = choose(wanted.engine)
    source = documents.render(sheet, "solution", engine.language, wanted.detail, warning=warning)
    return compile(source, engine.name)
