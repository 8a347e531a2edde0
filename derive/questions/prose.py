"""Prose as people type it: plain words, mathematics between backquotes, and `{{ a.w }}` for a value found earlier.

    The neuron `z = w*x + b` has the slope {{ a.w }} there.

Backslashes mean nothing, save that one before a backquote or a brace makes it a plain character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from derive.errors import InputError, Place
from derive.notation.form import Form
from derive.notation.text import read
from derive.questions.faults import reading
from derive.record import Phrase

Quote = Callable[[str], Form]
"""Gives the form that a quoted name such as `a.w` stands for."""

_PIECES = re.compile(
    r"\\(?P<plain>[`{])"
    r"|`(?P<code>[^`]*)`"
    r"|\{\{(?P<quote>[^{}]*)\}\}"
    r"|(?P<open>`|\{\{)"
)
_CALLED = re.compile(r"\b([A-Z]\w*)(?=\()")
_EQUALS = re.compile(r"(?<![=<>!])=(?!=)")


def read_prose(text: str, quote: Quote | None = None) -> Phrase:
    """The words and forms of a text.

    Args:
        text: what the user typed; line breaks count as spaces.
        quote: finds quoted values; without it none can be quoted.

    Raises:
        InputError: a backquote or a brace has no partner, or the mathematics cannot be read.
    """
    pieces: list[str | Form] = []
    last = 0
    for match in _PIECES.finditer(text):
        pieces += [text[last : match.start()], _piece(match, quote)]
        last = match.end()
    pieces.append(text[last:])
    return _joined(pieces)


def _piece(match: re.Match[str], quote: Quote | None) -> str | Form:
    if match["plain"]:
        return match["plain"]
    if match["code"] is not None:
        return _code(match["code"], match.start("code"))
    if match["open"]:
        raise InputError(f"'{match['open']}' has no partner; write \\{match['open'][0]} for the character itself")
    if quote is None:
        raise InputError("values can be quoted in an exam file only")
    return quote(match["quote"].strip())


def _code(text: str, start: int) -> Form:
    try:
        return read_mathematics(text)
    except InputError as error:
        column = error.place.column if error.place else None
        error.place = Place(column=start + (column or 1))
        raise


def read_mathematics(text: str) -> Form:
    """An expression or one equation; a capital letter that is called is an abstract block, as in `y = x + F(x)`."""
    return read(_EQUALS.sub("==", text), functions=_CALLED.findall(text))


def _joined(pieces: list[str | Form]) -> Phrase:
    """The pieces with neighbouring words put together, every run of white space one space, the ends trimmed."""
    phrase: list[str | Form] = []
    for piece in pieces:
        if isinstance(piece, str) and phrase and isinstance(phrase[-1], str):
            phrase[-1] += piece
        else:
            phrase.append(piece)
    spaced = [re.sub(r"\s+", " ", piece) if isinstance(piece, str) else piece for piece in phrase]
    if spaced and isinstance(spaced[0], str):
        spaced[0] = spaced[0].lstrip()
    if spaced and isinstance(spaced[-1], str):
        spaced[-1] = spaced[-1].rstrip()
    return tuple(piece for piece in spaced if piece != "")


def words(phrase: Phrase) -> str:
    """A phrase as plain text."""
    from derive.notation import plain  # the printer is only needed where mathematics stands in the words

    return "".join(piece if isinstance(piece, str) else plain.write(piece) for piece in phrase)


def _phrase(value: Any) -> Any:
    if isinstance(value, str):
        return read_prose(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (str(value),)
    return value


Prose = Annotated[
    tuple[str | Form, ...],
    BeforeValidator(reading(_phrase)),
    WithJsonSchema({"type": ["string", "number"], "kind": "prose"}),
]
"""The type of a given that is prose."""
