"""The parts of a file, in each of which a letter may mean something else: headings, questions and items of lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANKS = {"chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4}
_PROBLEM, _PART, _ITEM = 5, 6, 100
_NAMED = re.compile(
    r"(?P<sub>(?:sub)*)(?:(?P<part>part|teil)|problem|exercise|question|task|aufgabe|assignment)[a-z]{0,2}\*?",
    re.IGNORECASE,
)
"""Commands and environments of classes and of the file itself: the exam class, `\\partq`, `subproblem`."""
_PROBLEM_TITLE = re.compile(
    r"\s*(?:(?:Problem|Exercise|Question|Task|Aufgabe|Assignment)\b|Q?\d+(?:\.\d+)*\s*[.):])", re.IGNORECASE
)
_LABEL = r"\(?(?:[a-z]|[ivx]{1,4}|\d+\s*\(?[a-z]|\d+\.[a-z])\)|\(\d\)"
_PART_TITLE = re.compile(rf"\s*(?:(?:Sub)?(?:Part|Teil)\b|{_LABEL}|[a-z]\.(?:\s|$))", re.IGNORECASE)
_ANSWER_TITLE = re.compile(r"\s*(?:\\[a-z]+\s*\{?)?\s*(?:Solution|Answer|Lösung)\b", re.IGNORECASE)
_LABELLED = re.compile(rf"\s*(?:{_LABEL}|\d{{1,2}}[.)])\s")


@dataclass(frozen=True, slots=True)
class Part:
    """Where a formula stands: the numbers of the parts that are open there, its problem, and the heading above it."""

    path: tuple[int, ...] = ()
    problem: int = 0
    where: str = ""

    def encloses(self, other: Part) -> bool:
        """Whether the other is this part, or lies within it."""
        return other.path[: len(self.path)] == self.path


def is_heading(name: str) -> bool:
    """Whether a command or an environment begins a part of a file."""
    return name.rstrip("*") in _RANKS or _NAMED.fullmatch(name) is not None


def is_title(text: str) -> bool:
    """Whether words in bold print are the heading of a problem or of a part."""
    return bool(_PROBLEM_TITLE.match(text) or _PART_TITLE.match(text))


def is_labelled(paragraph: str) -> bool:
    """Whether a paragraph begins with the label of a part, as in `(a) Find ...`."""
    return _LABELLED.match(paragraph) is not None


class Outline:
    """The parts that are open at a place of a file. A part ends where one begins that is as high, or higher."""

    def __init__(self) -> None:
        self.part = Part()
        self._ranks: list[float] = []
        self._lists = 0
        self._count = 0

    def heading(self, name: str, title: str) -> None:
        """A heading begins a part; one with the label of a part, or above an answer, stays in its problem."""
        within = _PART_TITLE.match(title) or _ANSWER_TITLE.match(title)
        self._begin(_rank(name, title), " ".join(title.split())[:60] or name, not within and not _is_part(name))

    def label(self, title: str) -> None:
        """Words in bold print, or at the beginning of a paragraph, that are the heading of a problem or a part."""
        is_problem = _PROBLEM_TITLE.match(title) is not None
        if is_problem:
            self._begin(_PROBLEM, " ".join(title.split())[:60], True)
        else:
            self._begin(_ITEM + self._lists + 0.5 if self._lists else _PART, self.part.where, False)

    def item(self) -> None:
        """An item of the innermost list."""
        self._begin(_ITEM + self._lists, self.part.where, False)

    def begin_list(self) -> None:
        """A list begins, with its first item or before it."""
        self._lists += 1

    def end_list(self) -> None:
        """A list and its items end."""
        self._close(_ITEM + self._lists)
        self._lists -= 1

    def _begin(self, rank: float, where: str, is_problem: bool) -> None:
        self._close(rank)
        self._count += 1
        self._ranks.append(rank)
        self.part = Part((*self.part.path, self._count), self.part.problem + is_problem, where)

    def _close(self, rank: float) -> None:
        keep = next((k for k, other in enumerate(self._ranks) if other >= rank), len(self._ranks))
        del self._ranks[keep:]
        self.part = Part(self.part.path[:keep], self.part.problem, self.part.where)


def _rank(name: str, title: str) -> float:
    plain = name.rstrip("*")
    if plain in _RANKS:
        return _RANKS[plain]
    named = _NAMED.fullmatch(name)
    level = len(named["sub"]) // 3 if named else 0
    return (_PART if (named and named["part"]) or level or _PART_TITLE.match(title) else _PROBLEM) + level / 10


def _is_part(name: str) -> bool:
    named = _NAMED.fullmatch(name)
    return named is not None and bool(named["part"] or named["sub"])
