"""LaTeX mathematics as a flat list of tokens, by pylatexenc's walker: spacing gone, delimiters and numbers whole."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from derive.errors import InputError, Place

MAX_LENGTH = 50_000

_IGNORED = frozenset((
    " ", "\n", ",", ";", ":", "!", ">", "quad", "qquad", "thinspace", "medspace", "displaystyle", "textstyle",
    "scriptstyle", "limits", "nolimits", "big", "Big", "bigg", "Bigg", "hfill", "strut", "mathstrut", "notag",
    "nonumber", "allowbreak",
))  # fmt: skip
_OPENING = frozenset(("left", "bigl", "Bigl", "biggl", "Biggl"))
_CLOSING = frozenset(("right", "bigr", "Bigr", "biggr", "Biggr"))
_WORDS = frozenset((
    "text", "textrm", "textit", "textbf", "mbox", "operatorname", "mathrm", "mathit", "mathsf", "mathcal", "mathbb",
    "mathbbm", "mathds", "mathbf", "boldsymbol", "bm", "mathbin",
))  # fmt: skip
_LEFT = {".": "left.", "|": r"\lvert", r"\|": r"\lVert", r"\vert": r"\lvert", r"\Vert": r"\lVert"}
_RIGHT = {".": "right.", "|": r"\rvert", r"\|": r"\rVert", r"\vert": r"\rvert", r"\Vert": r"\rVert"}
_SAME = {r"\vert": "|", r"\mid": "|", r"\lbrack": "[", r"\rbrack": "]", r"\ast": "*", r"\prime": "'", r"\lt": "<",
         r"\gt": ">", r"\Vert": r"\|"}  # fmt: skip
_NUMBER = re.compile(r"(?:\d{1,3}(?:\\,\d{3})+(?!\d)|\d+)?(?:\.\d+)?")
_NEW_ROW = re.compile(r"\\\\\s*\*?(?:\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm)\s*\])?")
_PLAIN_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)


class Token(NamedTuple):
    """A piece of LaTeX.

    `kind` is "number", "letter", "sign", "command" (its text has the backslash), "begin" and "end" (of the environment
    that the text names), "stop", or the name of a command that takes words, such as "operatorname" (the text is what
    stands between its braces).
    """

    kind: str
    text: str
    pos: int


def error_at(source: str, pos: int, message: str) -> InputError:
    """An error that names the line and the column of a position."""
    line = source.count("\n", 0, pos) + 1
    return InputError(message, Place(line=line, column=pos - source.rfind("\n", 0, pos)))


def tokens(source: str) -> list[Token]:
    """All tokens of LaTeX mathematics, and a last one of kind "stop".

    Raises:
        InputError: the text is too long, or no LaTeX.
    """
    if len(source) > MAX_LENGTH:
        raise InputError(f"LaTeX of {len(source)} characters; {MAX_LENGTH} are the limit")
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: str) -> None:
        from pylatexenc.latexwalker import LatexWalker  # not at the top: `derive --help` needs no LaTeX reader

        self.source = source
        self.pos = 0
        self.found: list[Token] = []
        self.walker = LatexWalker(source, tolerant_parsing=False)
        self.mode = self.walker.make_parsing_state(in_math_mode=True)

    def run(self) -> list[Token]:
        from pylatexenc.latexwalker import LatexWalkerEndOfStream, LatexWalkerParseError

        while True:
            try:
                token = self.walker.get_token(self.pos, parsing_state=self.mode)
            except LatexWalkerEndOfStream:
                break
            except LatexWalkerParseError as error:
                raise error_at(self.source, error.pos or self.pos, f"this is no LaTeX: {error.msg}") from None
            self.pos = token.pos + token.len
            self._take(token)
        self.found.append(Token("stop", "the end", len(self.source)))
        return self.found

    def _take(self, token: Any) -> None:
        if token.tok == "macro":
            self._macro(token.arg, token.pos)
        elif token.tok in ("begin_environment", "end_environment"):
            self.found.append(Token(token.tok.removesuffix("_environment"), token.arg, token.pos))
        elif token.tok != "comment":
            self._characters(self.source[token.pos : self.pos], token.pos)

    def _characters(self, text: str, pos: int) -> None:
        match = _NUMBER.match(self.source, pos)
        if match and match[0]:
            digits = match[0].replace(r"\,", "")
            self.found.append(Token("number", f"0{digits}" if digits[0] == "." else digits, pos))
            self.pos = match.end()
            return
        for shift, char in enumerate(text):
            if not char.isspace() and char != "~":
                self.found.append(Token("letter" if char.isalpha() else "sign", char, pos + shift))

    def _macro(self, name: str, pos: int) -> None:
        if name == "\\":
            match = _NEW_ROW.match(self.source, pos)
            self.pos = match.end() if match else self.pos
            self.found.append(Token("command", r"\\", pos))
        elif name in _WORDS:
            self.found.append(Token(name, self._words(), pos))
        elif name in _OPENING or name in _CLOSING:
            table = _LEFT if name in _OPENING else _RIGHT
            self._delimiter(table, pos)
        elif name not in _IGNORED:
            text = _SAME.get(f"\\{name}", f"\\{name}")
            self.found.append(Token("command" if text[0] == "\\" else "sign", text, pos))

    def _delimiter(self, table: dict[str, str], pos: int) -> None:
        match = re.compile(r"\s*(\\[A-Za-z]+|\\.|.)").match(self.source, self.pos)
        if match is None:
            raise error_at(self.source, pos, "a delimiter is missing")
        self.pos = match.end()
        text = table.get(match[1], _SAME.get(match[1], match[1]))
        self.found.append(Token("command" if text[0] == "\\" else "sign", text, pos))

    def _words(self) -> str:
        """What stands between the braces behind a command, or the one character there."""
        match = re.compile(r"\*?\s*(\{|\\[A-Za-z]+|[^{}\\\s])").match(self.source, self.pos)
        if match is None:
            raise error_at(self.source, self.pos, "braces with words are missing")
        self.pos = match.end()
        if match[1] != "{":
            return match[1]
        start, depth = self.pos, 1
        for brace in _PLAIN_BRACES.finditer(self.source, start):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if depth == 0:
                self.pos = brace.end()
                return self.source[start : brace.start()]
        raise error_at(self.source, start - 1, "this brace is not closed")


_ESCAPED = re.compile(r"\\text(backslash|asciicircum|asciitilde)\s*(?:\{\})?|\\([{}$&#%_ ])|\{\}|~")
_NAMED = {"backslash": "\\", "asciicircum": "^", "asciitilde": "~"}


def plain_words(latex: str) -> str:
    """The words that LaTeX prints in text mode, for the escapes that `derive.notation.latex` writes."""
    return _ESCAPED.sub(lambda m: _NAMED[m[1]] if m[1] else m[2] or (" " if m[0] == "~" else ""), latex)
