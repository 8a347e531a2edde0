"""Words in sentences: lists, and what a user wrote where it is quoted."""

from __future__ import annotations

from collections.abc import Sequence

MOST_SIGNS = 60


def joined(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def excerpt(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_SIGNS else line[: MOST_SIGNS - 3] + "..."
