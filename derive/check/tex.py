"""A LaTeX document as a reader of mathematics sees it: commands, environments, rows, cells and relations, with places.

Nothing is expanded and nothing is run. Places are offsets into the text; comments are blanked out so that they stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

SECTIONS = {"problem": 3, "partq": 3, "answerline": 3, "premises": 1, "intro": 1, "conventions": 1}
"""Commands that matter, with the number of their arguments."""
DISPLAYS = ("align*", "align", "equation*", "equation", "gather*", "gather", "multline*", "multline")
TABLES = {"steptable": 2}
"""Tables of steps, with the number of their arguments."""
GUIDES = {"marktable": 0, "tabular": 1, "tabularx": 2, "longtable": 1}
"""Tables that state results in some of their cells."""
PREMISES = "givens"

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
_HEAD = re.compile(
    r"\\(?P<command>" + "|".join(SECTIONS) + r")(?![A-Za-z])"
    r"|\\begin\{(?P<env>" + "|".join(map(re.escape, (*DISPLAYS, *TABLES, *GUIDES, PREMISES))) + r")\}"
    r"|(?P<open>(?<!\\)\\\[)"
)
_MARK = re.compile(r"\\(?:begin|end)\{|\\[A-Za-z]+|\\.|[A-Za-z]+|:=|.", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OPEN, _CLOSE = frozenset("{(["), frozenset("})]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the document: a section command with its arguments and their places, or an environment's body."""

    kind: str
    offset: int
    args: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a text and where it begins; `by` is what it was cut off with."""

    text: str
    offset: int
    by: str = ""


def without_comments(text: str) -> str:
    """The text with every comment turned into spaces."""
    return _COMMENT.sub(lambda match: match.group(1) + " " * len(match.group(2)), text)


def anchors(text: str) -> list[tuple[int, str]]:
    """The comments that say where a line comes from (`% @ problem 1 part a`), with their places."""
    return [(match.start(), match.group(1).strip()) for match in re.finditer(r"^% @ (.*)$", text, re.MULTILINE)]


def pieces(text: str) -> Iterator[Piece]:
    """The sections, displays and tables of a text without comments, in order; definitions of macros are skipped."""
    start = text.find(r"\begin{document}")
    i = max(start, 0)
    while match := _HEAD.search(text, i):
        i = match.end()
        if match["command"]:
            places = []
            for _ in range(SECTIONS[match["command"]]):
                begin, end = braced(text, i)
                places.append((begin, end))
                i = end + 1 if end > begin or text[end : end + 1] == "}" else end
            args = tuple(text[begin:end] for begin, end in places)
            yield Piece(match["command"], places[-1][0], args, tuple(begin for begin, _ in places))
        elif match["env"]:
            name = match["env"]
            for _ in range({**TABLES, **GUIDES}.get(name, 0)):
                i = braced(text, i)[1] + 1
            end = text.find(f"\\end{{{name}}}", i)
            end = len(text) if end < 0 else end
            yield Piece(name, i, body=text[i:end])
            i = end
        else:
            end = text.find(r"\]", i)
            end = len(text) if end < 0 else end
            yield Piece("align*", i, body=text[i:end])
            i = end


def braced(text: str, i: int) -> tuple[int, int]:
    """The inside of the next braces: where it begins and where it ends."""
    while i < len(text) and text[i].isspace():
        i += 1
    if i >= len(text) or text[i] != "{":
        return i, i
    depth = 0
    for match in _BRACE.finditer(text, i):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return i + 1, match.start()
    return i + 1, len(text)


def cut(text: str, separators: frozenset[str], brackets: bool = False) -> list[Cut]:
    """The text cut at separators that stand outside of braces and environments, and of brackets if asked for.

    A bracket may close what an earlier row opened.
    """
    parts, begin, by, depth, environments, inside = [], 0, "", 0, 0, 0
    for match in _MARK.finditer(text):
        sign = match.group()
        if sign.startswith((r"\begin", r"\end")):
            environments += 1 if sign.startswith(r"\begin") else -1
            depth += 1  # the brace of the name
        elif sign in ("{", "}"):
            depth += 1 if sign in _OPEN else -1
        elif brackets and (sign in _OPEN or sign in _CLOSE):
            inside = inside + 1 if sign in _OPEN else max(0, inside - 1)
        elif sign in separators and depth <= 0 and inside == 0 and environments == 0:
            parts.append(Cut(text[begin : match.start()], begin, by))
            begin, by = match.end(), sign
    return [*parts, Cut(text[begin:], begin, by)]


def without(text: str, *commands: str) -> str:
    """The text with these commands and their argument blanked out."""
    for command in commands:
        while match := re.search(rf"\\{command}(?![A-Za-z])\*?", text):
            end = braced(text, match.end())[1] + 1
            text = text[: match.start()] + " " * (min(end, len(text)) - match.start()) + text[end:]
    return text


def argument(text: str, command: str) -> str | None:
    """The argument of the first such command, or None where it does not occur."""
    match = re.search(rf"\\{command}(?![A-Za-z])", text)
    if match is None:
        return None
    begin, end = braced(text, match.end())
    return text[begin:end]


def unwrapped(text: str, *commands: str) -> str:
    """The text with these commands replaced by their last argument (optional ones in brackets are blanked out)."""
    for command in commands:
        while match := re.search(rf"\\{command}(?![A-Za-z])(?:\[[^\]]*\])?", text):
            begin, end = braced(text, match.end())
            text = text[: match.start()] + " " * (begin - match.start()) + text[begin:end] + " " + text[end + 1 :]
    return text


def inline(text: str) -> list[Cut]:
    """The mathematics between dollar signs."""
    parts = cut(text, frozenset("$"))
    return parts[1::2] if len(parts) % 2 else []


def quoted(text: str) -> list[Cut]:
    """Words and mathematics in turn, words first, whatever braces stand around them."""
    bounds = [-1, *(match.end() - 1 for match in re.finditer(r"(?<!\\)(?:\\\\)*\$", text)), len(text)]
    return [Cut(text[i + 1 : j], i + 1) for i, j in pairwise(bounds)]
