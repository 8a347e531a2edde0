"""A place in a list of LaTeX tokens: looking ahead, stepping on, refusing what is not expected."""

from __future__ import annotations

from derive.errors import InputError
from derive.notation.latex_tokens import Token, error_at, tokens


class Cursor:
    """The tokens of a text and the index of the next one."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.i = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.i]

    @property
    def sign(self) -> str:
        """The next token's text if it is a sign or a command, else nothing."""
        token = self.tokens[self.i]
        return token.text if token.kind in ("sign", "command") else ""

    def sign_at(self, i: int) -> str:
        """The same for the token with index i."""
        token = self.tokens[min(i, len(self.tokens) - 1)]
        return token.text if token.kind in ("sign", "command") else ""

    def take(self) -> Token:
        """The next token, stepping over it."""
        token = self.tokens[self.i]
        if token.kind != "stop":
            self.i += 1
        return token

    def accept(self, sign: str) -> bool:
        """Step over a sign if it is the next token."""
        found = self.sign == sign
        self.i += found
        return found

    def expect(self, sign: str) -> None:
        """Step over a sign that must be the next token."""
        if not self.accept(sign):
            raise self.error(f"'{sign}' expected, '{self.token.text}' found")

    def error(self, message: str, token: Token | None = None) -> InputError:
        """An error to raise, placed at a token, the next one unless given."""
        return error_at(self.source, (token or self.token).pos, message)

    def close_of(self, i: int) -> int:
        """The index of the brace that closes the one with index i."""
        depth = 0
        for j in range(i, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.sign_at(j), 0)
            if depth == 0:
                return j
        raise self.error("this brace is not closed", self.tokens[i])

    def single(self) -> Token:
        """The one token that TeX takes as an argument without braces: of a number just its first digit."""
        token = self.token
        if token.kind == "number" and len(token.text) > 1:
            rest = Token("number", token.text[1:], token.pos + 1)
            self.tokens[self.i : self.i + 1] = [Token("number", token.text[0], token.pos), rest]
        return self.take()
