"""A text that is nearly Python: brackets that were never closed, commas that are missing, one after the other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import InputError

_AT_MOST = 5
_STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|#[^\n]*")
_CLOSES = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Mended:
    """The program, None where it could not be mended, and what was wrong with it: line and sentence."""

    tree: ast.Module | None
    said: tuple[tuple[int | None, str], ...] = ()


def mended(text: str) -> Mended:
    """A program, with what is missing put in as far as that helps."""
    said: list[tuple[int | None, str]] = []
    for _ in range(_AT_MOST):
        try:
            return Mended(ast.parse(text), tuple(said))
        except SyntaxError as error:
            if "too many nested" in error.msg or "too complex" in error.msg:
                raise InputError("the listing is nested too deeply") from None
            said.append((error.lineno, _sentence(error)))
            better = max(_candidates(text, error), key=_reach, default=text)
            if _reach(better) <= (error.lineno or 0):
                return Mended(None, tuple(said))
            text = better
    return Mended(None, tuple(said))


def _sentence(error: SyntaxError) -> str:
    """What Python says, in the words of a sheet."""
    message = error.msg.split(".")[0]
    if found := re.search(r"'(.)' was never closed", message):
        return f"the bracket '{found.group(1)}' is never closed"
    if found := re.search(r"unmatched '(.)'", message):
        return f"the bracket '{found.group(1)}' was never opened"
    if found := re.search(r"'(.)' does not match opening parenthesis '(.)'", message):
        return f"the bracket '{found.group(1)}' does not close '{found.group(2)}'"
    if "forgot a comma" in error.msg:
        return "a comma is missing"
    return f"this is no Python: {message}"


def _reach(text: str) -> int:
    """The line to which a text parses; beyond the last one where it does to the end."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    return text.count("\n") + 10


def _candidates(text: str, error: SyntaxError) -> Iterator[str]:
    """The text with something put in or left out on the line of the error, or at the end."""
    lines = text.split("\n")
    at = min((error.lineno or 1), len(lines)) - 1
    line, place = lines[at], max((error.offset or 1) - 1, 0)

    def changed(new: str, where: int = at) -> str:
        return "\n".join([*lines[:where], new, *lines[where + 1 :]])

    if "unmatched" in error.msg:
        yield changed(line[:place] + line[place + 1 :])
        return
    if found := re.search(r"'.' does not match opening parenthesis '(.)'", error.msg):
        yield changed(line[:place] + _CLOSES[found.group(1)] + line[place:])
        yield changed(line[:place] + line[place + 1 :])
        return
    for where in (at, at - 1):
        if where >= 0:
            closers = _open_brackets(lines[where])
            bare = _without_comment(lines[where])
            if closers:
                yield changed(bare.rstrip().rstrip(",") + closers, where)
                yield changed(bare.rstrip().rstrip(",") + closers + ",", where)
            yield changed(bare.rstrip() + ",", where)
    closers = _open_brackets(text)
    if closers:
        yield f"{text.rstrip().rstrip(',')}\n{closers}\n"


def _open_brackets(text: str) -> str:
    """What would close the brackets that a text opens."""
    stack: list[str] = []
    for sign in _STRING.sub("", text):
        if sign in _CLOSES:
            stack.append(_CLOSES[sign])
        elif stack and sign == stack[-1]:
            stack.pop()
    return "".join(reversed(stack))


def _without_comment(line: str) -> str:
    bare = _STRING.sub(lambda match: "" if match[0].startswith("#") else match[0], line)
    return bare.rstrip()
