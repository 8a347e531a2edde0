"""Reading what TeX wrote into its log, run with -file-line-error and max_print_line=1000."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ERROR = re.compile(r"^(?:\S*?\.tex|[^\s:]+):(\d+): (.*)$")
_BARE = re.compile(r"^! (.*)$")
_CONTEXT = re.compile(r"^l\.(\d+) ?(.*)$")
_OVERFULL = re.compile(r"^Overfull \\([hv])box \(([\d.]+)pt too (?:wide|high)\).*?(?:lines? (\d+))?(?:--\d+)?$")
_UNDEFINED = re.compile(r"^(?:LaTeX|Package \S+) Warning: .*undefined.*$")
_RERUN = re.compile(r"Rerun to get|rerun LaTeX")
_CONSEQUENCES = ("==> Fatal error", "Emergency stop")
_ANCHOR = re.compile(r"^\s*(?:%|//) @ (.+?)\s*$")


@dataclass(frozen=True, slots=True)
class TexError:
    """An error: the line of the source (0 where TeX names none), what TeX said, and the text it had read there."""

    line: int
    message: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Overfull:
    """A box that sticks out: by how many points, and the line of the source."""

    points: float
    line: int


@dataclass(frozen=True, slots=True)
class TexLog:
    """What matters of a log."""

    errors: tuple[TexError, ...]
    overfull: tuple[Overfull, ...]
    undefined: tuple[str, ...]
    rerun: bool


def read_log(log: str) -> TexLog:
    """The errors, overfull boxes and undefined references of a log."""
    errors: list[TexError] = []
    overfull: list[Overfull] = []
    undefined: list[str] = []
    for line in log.splitlines():
        if found := _ERROR.match(line):
            errors.append(TexError(int(found[1]), found[2]))
        elif found := _BARE.match(line):
            errors.append(TexError(0, found[1]))
        elif errors and not errors[-1].context and (found := _CONTEXT.match(line)):
            errors[-1] = TexError(errors[-1].line or int(found[1]), errors[-1].message, found[2].strip())
        elif found := _OVERFULL.match(line):
            overfull.append(Overfull(float(found[2]), int(found[3] or 0)))
        elif _UNDEFINED.match(line):
            undefined.append(line)
    real = [error for error in errors if not any(word in error.message for word in _CONSEQUENCES)]
    return TexLog(tuple(real or errors), tuple(overfull), tuple(undefined), bool(_RERUN.search(log)))


def question_at(source: str, line: int) -> str:
    """The question and step that a line of a document belongs to, from the last anchor comment above it."""
    for text in reversed(source.splitlines()[:line]):
        if found := _ANCHOR.match(text):
            return found[1]
    return ""
