"""Source code on paper: each line as it stands, cut where it is too long, escaped sign by sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.record import Listing, Mark
from derive.render.raw import code_text

COLUMNS = 79
"""How many signs of code a line of paper takes."""
WHOLE = 24
"""A listing of so many lines is not broken over pages."""
_HANG = 4


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A printed line: its number ("" where the line above goes on), the code, the marks at the margin."""

    number: str
    code: str
    marks: tuple[Mark, ...] = ()


def code_lines(listing: Listing, marks: Iterable[Mark] = ()) -> Iterator[CodeLine]:
    """The lines of a listing as they are printed; marks that belong to no line stand at the last."""
    texts = [code_text(line) for line in listing.text.expandtabs(4).split("\n")]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    earned: dict[int, list[Mark]] = {}
    for mark in marks:
        earned.setdefault(min(mark.line or len(texts), len(texts)), []).append(mark)
    for number, text in enumerate(texts, 1):
        first, *others = cut(text)
        shown = str(number) if listing.numbered else ""
        yield CodeLine(shown, first, tuple(earned.get(number, ())))
        yield from (CodeLine("", other) for other in others)


def cut(line: str, columns: int = COLUMNS) -> list[str]:
    """A line in pieces of so many signs at most, cut behind a space or a comma where there is one."""
    indent = len(line) - len(line.lstrip(" "))
    hang = " " * min(indent + _HANG, columns // 2)
    pieces: list[str] = []
    while len(line) > columns:
        start = len(line) - len(line.lstrip(" "))
        place = max(line.rfind(sign, start + 1, columns) for sign in " ,") + 1
        place = place if place > start + 1 else columns
        pieces.append(line[:place].rstrip(" "))
        line = hang + line[place:].lstrip(" ")
    return [*pieces, line]
