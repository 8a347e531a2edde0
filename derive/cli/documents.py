"""`derive build`: from an exam file to its documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from derive.errors import UnknownName, WrongMathematics
from derive.exam.model import load_exam

FORMATS = ("pdf", "tex", "typ", "txt", "json")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be built, and how."""

    kinds: list[str]
    formats: list[str]
    detail: int = 2
    engine: str = "auto"
    templates: Path | None = None
    force: bool = False


def build_exam(path: Path, out: Path, wanted: Wanted, progress: Callable[[str], None]) -> list[Path]:
    """Write the documents of an exam file; nothing is written where anything in it is wrong.

    Raises:
        InputError: the file, a kind or a format is wrong.
        WrongMathematics: a part is not verified, and `force` is not given.
    """
    for format in wanted.formats:
        if format not in FORMATS:
            raise UnknownName("format", format, FORMATS)
    exam = load_exam(path)

    from derive.exam.solve import solve_and_judge

    solved = solve_and_judge(exam, progress)
    if solved.warning and not wanted.force:
        raise WrongMathematics(f"{path}: {solved.warning}")
    progress("documents")

    from derive.render.build import build
    from derive.render.files import write_all

    paths = build(
        solved.sheet,
        out,
        wanted.kinds,
        [format for format in wanted.formats if format != "json"],
        wanted.detail,
        wanted.engine,
        stem=path.stem,
        warning=solved.warning,
        templates=wanted.templates,
    )
    if "json" in wanted.formats:
        from derive.exam.export import exam_record

        text = json.dumps(exam_record(solved), indent=2, ensure_ascii=False)
        paths += write_all({out / f"{path.stem}.json": f"{text}\n".encode()})
    return paths
