"""`derive build`: from exam files to their documents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.errors import InputError, UnknownName, WrongMathematics
from derive.exam.model import Exam, load_exam

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


def build_exams(paths: Sequence[Path], out: Path, wanted: Wanted, progress: Callable[[str], None]) -> Iterator[Path]:
    """Write the documents of exam files, one exam after the other.

    Nothing is written where any of the files is wrong, and nothing of an exam in which anything is wrong.

    Raises:
        InputError: a file, a kind or a format is wrong, or two files would make documents of one name.
        WrongMathematics: a part is not verified, and `force` is not given.
    """
    for format in wanted.formats:
        if format not in FORMATS:
            raise UnknownName("format", format, FORMATS)
    stem, count = Counter(path.stem for path in paths).most_common(1)[0]
    if count > 1:
        raise InputError(f"{count} of the exams would make documents called {stem}: build them into different folders")
    exams = [load_exam(path) for path in paths]
    for path, exam in zip(paths, exams, strict=True):
        yield from _built(path, exam, out, wanted, progress)


def _built(path: Path, exam: Exam, out: Path, wanted: Wanted, progress: Callable[[str], None]) -> list[Path]:
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
