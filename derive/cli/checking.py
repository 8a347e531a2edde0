"""`derive check`: the equalities of a LaTeX file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from derive.check.foreign.latex_file import check_latex
from derive.check.report import Remark, Report
from derive.errors import InputError, Place, UnknownName

FORMATS = ("text", "json")


def check_file(path: Path, format: str, undecided: bool) -> tuple[str, bool]:
    """What is said about a file, and whether no equality in it fails.

    Raises:
        InputError: the file cannot be read.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "this is no text in UTF-8"
        raise InputError(f"cannot be read: {reason}", Place(str(path))) from None
    report = check_latex(text)
    if format == "json":
        return json.dumps(_record(report), indent=2, ensure_ascii=False), not report.failed
    return "\n".join(_lines(path, report, undecided)), not report.failed


def _lines(path: Path, report: Report, undecided: bool) -> Iterable[str]:
    yield from (f"{path}:{_said(remark)}" for remark in report.failed)
    if undecided:
        yield from (f"{path}:{_said(remark)} (not decided)" for remark in report.undecided)
    counts = [f"{report.lines} equalities", f"{report.held} hold", f"{len(report.failed)} fail"]
    more = f"{len(report.undecided)} not decided"
    yield f"{path}: {', '.join([*counts, more])}" + (
        " (--undecided lists them)" if report.undecided and not undecided else ""
    )


def _said(remark: Remark) -> str:
    return f"{remark.line}: " + (f"({remark.where}) " if remark.where else "") + remark.message


def _record(report: Report) -> dict[str, Any]:
    def remarks(found: tuple[Remark, ...]) -> list[dict[str, Any]]:
        return [{"line": each.line, "where": each.where, "message": each.message} for each in found]

    return {
        "equalities": report.lines,
        "holds": report.held,
        "fails": remarks(report.failed),
        "undecided": remarks(report.undecided),
    }
