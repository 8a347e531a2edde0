"""`derive build`: from an exam file to its documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from derive.errors import UnknownName, WrongMathematics
from derive.exam.model import load_exam

FORMATS = ("pdf", "tex", "typ", "txt", "json")


def build_exam(
    path: Path,
    out: Path,
    kinds: list[str],
    formats: list[str],
    detail: int,
    engine: str,
    force: bool,
    progress: Callable[[str], None],
) -> list[Path]:
    """Write the documents of an exam file; nothing is written where anything in it is wrong.

    Raises:
        InputError: the file, a kind or a format is wrong.
        WrongMathematics: a part is not verified, and `force` is not given.
    """
    for format in formats:
        if format not in FORMATS:
            raise UnknownName("format", format, FORMATS)
    exam = load_exam(path)

    from derive.exam.solve import solve_and_judge

    solved = solve_and_judge(exam, progress)
    if solved.warning and not force:
        raise WrongMathematics(f"{path}: {solved.warning}")
    from derive.render.build import build

    progress("documents")
    rendered = [format for format in formats if format != "json"]
    paths = build(solved.sheet, out, kinds, rendered, detail, engine, stem=path.stem, warning=solved.warning)
    if "json" in formats:
        from derive.exam.export import exam_record
        from derive.render.files import write_whole

        text = json.dumps(exam_record(solved), indent=2, ensure_ascii=False)
        paths.append(write_whole(out / f"{path.stem}.json", text + "\n"))
    return paths
