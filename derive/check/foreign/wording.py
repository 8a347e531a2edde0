"""How words bring in a formula: as given ("Let ..."), as what follows ("so ..."), or as found earlier ("from (a)")."""

from __future__ import annotations

import re
from typing import Literal

Cue = Literal["", "given", "sought", "with", "derived", "carried"]
"""Fresh; demanded ("we set"); said beside ("for x = 2"), which may be fresh; following; said earlier."""

_PARTS = r"(?:part|question|problem|item|exercise|task|teil|aufgabe)s?"
_LABEL = r"\(?(?:[a-z]|[ivx]{1,4}|\d+(?:\.\d+)*[a-z]?)\)?(?!\w)"
_FROM = re.compile(
    rf"(?<!\w)(?:from|of|in|by|using|aus)[\s~]+(?:{_PARTS}[\s~]*{_LABEL}|\([a-z]+\)|above)", re.IGNORECASE
)
_CUES: tuple[tuple[Cue, re.Pattern[str]], ...] = tuple(
    (cue, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE))  # type: ignore[misc]
    for cue, words in (
        ("given", "let|given|suppose|assume|assuming|consider|now|instead|choose|otherwise|else|if|sei|seien|gegeben"),
        (
            "sought",
            r"set|setting|solve|solving|requires?|required|needs?|needed|want|must|should|demand|condition|until|setze|soll|muss",
        ),
        ("with", "with|for|where|when|take|taking|using|at|mit|für|wobei"),
        (
            "derived",
            r"so|thus|hence|therefore|then|gives?|giving|yields?|get|gets|obtain|obtained|follows|becomes?|is|equals|i\.e|"
            r"means|implies|results?|find|also|dann|ist|daher|somit|folgt|ergibt",
        ),
        ("carried", r"previously|recall|(?:as|found|computed|obtained|seen) (?:above|before|earlier)"),
    )
)
_LENGTH = re.compile(r"=?\s*-?\d*\.?\d+\s*(?:pt|mm|cm|em|ex|in)")
"""What a command of the file may leave in front of its words: TeX ends a length where the unit ends."""
_END = re.compile(r"[.?!](?=\s|$)|\n\s*\n")
_ABBREVIATED = re.compile(r"(?<!\w)(i\.e|e\.g|resp|cf|eq|z\.B)\.(?=\s|$)", re.IGNORECASE)


class Sentence:
    """What the sentence that is being read says of its formulas."""

    def __init__(self) -> None:
        self.cue: Cue = ""
        self._since = 0

    def say(self, words: str) -> None:
        """Words between two formulas, or before the first."""
        words = _LENGTH.sub(" ", words)
        ends = [match.end() for match in _END.finditer(_ABBREVIATED.sub(r"\1 ", words))]
        if ends:
            self.cue, words = "", words[ends[-1] :]
        elif ":" in words and self._since:
            self.cue = ""  # for x = 2: z = 5
        found = [(match.start(), cue) for cue, pattern in _CUES for match in pattern.finditer(words)]
        found += [(match.start(), "carried") for match in _FROM.finditer(words)]
        if found:
            self.cue, self._since = max(found)[1], 0

    def pause(self) -> None:
        """An item or a paragraph begins: what is listed behind "Given:" stays given."""
        self.cue = self.cue if self.cue == "given" else ""

    def formula(self) -> Cue:
        """A formula comes: what the words make of it."""
        self._since += 1
        return self.cue


def is_carried_by(words: str) -> bool:
    """Whether the words behind a formula say that it was found earlier, as in "with h = 0.6 from (a)"."""
    end = _END.search(words)
    match = _FROM.match(words[: end.start() if end else None].lstrip(" \n~,"))
    return match is not None
