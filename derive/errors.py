"""The errors that a user can meet: each carries one sentence that says where, what was found and what is known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a line and a column (both from 1), and the path of keys that leads to it."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        spot = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ", ".join(part for part in (spot, self.path) if part)


class DeriveError(Exception):
    """Base of all errors that are raised on purpose; `exit_status` is what the command answers with."""

    exit_status = 2

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place and str(self.place) else self.message

    def at(self, **where: object) -> DeriveError:
        """The same error with more known about its place; what was known before is kept."""
        known = self.place or Place()
        news = {key: value for key, value in where.items() if getattr(known, key) is None and value is not None}
        self.place = replace(known, **news)  # type: ignore[arg-type]
        return self


class InputError(DeriveError):
    """The input is wrong: it cannot be read, or what it asks for cannot be."""


class UnknownName(InputError):
    """A name that nobody defined; the message lists the known ones and the nearest of them."""

    def __init__(self, kind: str, name: str, known: Iterable[str], place: Place | None = None) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        listed = ", ".join(names) if names else "none"
        super().__init__(f"unknown {kind} '{name}'{hint or '.'} Known: {listed}", place)


class WrongMathematics(DeriveError):
    """A derivation, or a claim, that does not hold."""

    exit_status = 1


class RenderError(DeriveError):
    """A document could not be made: a template's mistake, a limit that was reached, or what TeX or Typst said."""

    exit_status = 1
