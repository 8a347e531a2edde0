"""Reading the smallest things of LaTeX mathematics: numbers, symbols, words, brackets, calls of functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from derive.notation.connectives import CONNECTIVES, NOT
from derive.notation.form import Call, Fence, Form, Neg, Number, Power, Relation, Symbol, Text, Tuple
from derive.notation.functions import FUNCTIONS
from derive.notation.latex_commands import COMMANDS, read_indicator
from derive.notation.latex_cursor import Cursor
from derive.notation.latex_symbols import LETTERS, inner_symbol, read_symbol, starts_symbol
from derive.notation.latex_tokens import Token, plain_words, tokens
from derive.notation.symbols import symbol_name

if TYPE_CHECKING:
    from derive.notation.latex_reader import Reader

BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}
_FENCES = {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil"), r"\lvert": (r"\rvert", "abs"),
           r"\lVert": (r"\rVert", "norm"), r"\|": (r"\|", "norm")}  # fmt: skip
_BY_LATEX = {spelling: f.name for f in FUNCTIONS.values() for spelling in (f.latex, *f.aliases)}
_WORD = re.compile(r"\\(?:operatorname\{([A-Za-z]+)\}|([A-Za-z]+))")
_BY_WORD = {(m[1] or m[2]).lower(): name for latex, name in _BY_LATEX.items() if (m := _WORD.fullmatch(latex))} | {
    name: name for name in FUNCTIONS
}
_JOINING = {each.latex: name for name, each in CONNECTIVES.items() if name != NOT} | {
    r"\wedge": "land", r"\vee": "lor", r"\implies": "implies", r"\rightarrow": "implies", r"\to": "implies",
    r"\leftrightarrow": "xnor", r"\Leftrightarrow": "xnor", r"\iff": "xnor",
}  # fmt: skip
_UPRIGHT_NAMES = frozenset(("operatorname", "mathrm"))
_WORDS = frozenset(("text", "textrm", "mbox"))


def joining(token: Token) -> str:
    """The connective of logic that a token is, standing between two forms; else nothing."""
    spelling = rf"\mathbin{{{token.text}}}" if token.kind == "mathbin" else token.text
    return _JOINING.get(spelling, "") if token.kind in ("command", "sign", "mathbin") else ""


def starts_factor(reader: Reader) -> bool:
    """Whether the next token begins another factor of a product."""
    token = reader.token
    if joining(token):
        return False
    if token.kind not in ("sign", "command"):
        return token.kind not in ("stop", "end")
    if token.text == "|":
        return not reader.bars and reader.sign_at(reader.i + 1) != "_"
    known = token.text in ATOMS and token.text != r"\|"
    return known or starts_symbol(token) or bool(_function_name(token))


def read_atom(reader: Reader) -> Form:
    """One number, symbol, call, bracket or command, without an exponent."""
    token = reader.token
    if token.kind == "number":
        reader.take()
        return read_indicator(reader) if token.text == "1" and reader.sign == "[" else Number(token.text)
    if token.kind in ("sign", "command") and token.text in ATOMS:
        return ATOMS[token.text](reader)
    if token.kind in COMMANDS and (token.kind != "mathbf" or token.text == "1"):
        return COMMANDS[token.kind](reader)
    if token.kind in _UPRIGHT_NAMES | _WORDS and (form := _word(reader, token)):
        return form
    if (name := _function_name(token)) and not _is_letter(reader, token):
        reader.take()
        return read_call(reader, name)
    if name := _decorated_name(reader):
        return read_call(reader, name)
    if starts_symbol(token):
        return _symbol(reader)
    if token.kind == "stop":
        raise reader.error("something is missing at the end")
    raise reader.error(f"'{token.text}' is not known here")


def _function_name(token: Token) -> str:
    """The known function that a command names, by its usual spelling or as somebody's macro (`\\softmax`)."""
    if token.kind != "command":
        return ""
    own = "" if starts_symbol(token) or joining(token) else _BY_WORD.get(token.text[1:].lower(), "")
    return _BY_LATEX.get(token.text) or own


@lru_cache(maxsize=None)
def _decorated() -> dict[tuple[tuple[str, str], ...], str]:
    """The functions that are written as a letter with an index, by their tokens."""
    found = {latex: name for latex, name in _BY_LATEX.items() if not _WORD.fullmatch(latex)}
    return {tuple((t.kind, t.text) for t in tokens(latex)[:-1]): name for latex, name in found.items()}


def _decorated_name(cursor: Cursor) -> str:
    """The function written as a letter with an index that begins here, stepping over it; else nothing."""
    for spelling, name in _decorated().items():
        end = cursor.i + len(spelling)
        if spelling == tuple((t.kind, t.text) for t in cursor.tokens[cursor.i : end]):
            cursor.i = end
            return name
    return ""


# words and letters


def _is_letter(cursor: Cursor, token: Token) -> bool:
    """Whether a function's command (σ) is meant as a letter: no bracket, stroke or settings follow."""
    i = cursor.i + 1
    return token.text in LETTERS and not (cursor.sign_at(i) in ("(", "'") or _has_settings(cursor, i))


def _word(reader: Reader, token: Token) -> Form | None:
    """A word as a function's name, or as words; None where it is a letter in upright type."""
    called = reader.sign_at(reader.i + 1) == "("
    bare = _BY_LATEX.get(token.text, "")
    name = bare or _BY_WORD.get(token.text.replace(r"\_", "_").lower(), "")
    if token.kind in _WORDS and not (name and called):
        reader.take()
        return Text(plain_words(token.text))
    if not name and (token.kind == "operatorname" or (called and len(token.text) > 1)):
        name = _block(reader, inner_symbol(token.text, reader, token))
    if not name:
        return None
    reader.take()
    return Call(name, (), 0, _settings(reader)) if bare and not called else read_call(reader, name)


def _symbol(reader: Reader) -> Form:
    symbol = read_symbol(reader)
    called = symbol in reader.functions and (reader.sign == "(" or _has_settings(reader, reader.i))
    return read_call(reader, _block(reader, symbol)) if called or _at_stroke(reader) else symbol


def read_operand(reader: Reader) -> Form:
    """What a derivative in front works on: here f(x) is always a call."""
    if reader.token.kind == "letter" and reader.sign_at(reader.i + 1) == "(":
        return read_call(reader, _block(reader, read_symbol(reader)))
    return reader.factor()


def _block(reader: Reader, symbol: Symbol) -> str:
    """The name of an abstract block, as its author wrote it where that is known."""
    return reader.functions.get(symbol) or symbol_name(symbol)


# calls


def read_call(reader: Reader, name: str) -> Form:
    """What follows a function's name: settings, strokes, an exponent, arguments."""
    params = _settings(reader)
    primes = _strokes(reader)
    known = FUNCTIONS.get(name)
    exponent = _exponent(reader) if known and reader.sign == "^" else None
    args: tuple[Form, ...] = ()
    if reader.sign == "(" or (known and reader.sign in BRACKETS):
        args = reader.items(BRACKETS[reader.take().text])
    elif known and known.style != "bracket" and not primes and starts_factor(reader):
        args = (_bare_argument(reader),)
    call = Call(name, args, primes, params)
    return Power(call, exponent) if exponent else call


def _has_settings(cursor: Cursor, i: int) -> bool:
    """Whether an index of the kind `_{k=2}` begins at the token with index i."""
    if cursor.sign_at(i) != "_" or cursor.sign_at(i + 1) != "{":
        return False
    return any(cursor.sign_at(j) == "=" for j in range(i + 1, cursor.close_of(i + 1)))


def _settings(reader: Reader) -> tuple[tuple[str, Form], ...]:
    if not _has_settings(reader, reader.i):
        return ()
    token = reader.token
    found = []
    for setting in reader.listed():
        if not isinstance(setting, Relation) or not isinstance(setting.left, Symbol):
            raise reader.error("settings such as k=2 expected", token)
        found.append((symbol_name(setting.left), setting.right))
    return tuple(found)


def _at_stroke(cursor: Cursor) -> bool:
    signs = [cursor.sign_at(cursor.i + k) for k in range(3)]
    return signs[0] == "'" or signs == ["^", "{", "'"]


def _strokes(cursor: Cursor) -> int:
    """The number of strokes, which may stand as an exponent: f'' or f^{\\prime\\prime}."""
    braced = _at_stroke(cursor) and cursor.sign == "^"
    if braced:
        cursor.i += 2
    count = 0
    while cursor.accept("'"):
        count += 1
    if braced:
        cursor.expect("}")
    return count


def _exponent(reader: Reader) -> Form:
    """The exponent between a function's name and its argument."""
    token = reader.take()
    exponent = reader.argument()
    if isinstance(exponent, Neg):
        raise reader.error("an inverse function and a power look alike: use brackets", token)
    return exponent


def _bare_argument(reader: Reader) -> Form:
    """The argument of a function without brackets: numbers and letters side by side, or one other factor."""
    plain = [reader.factor()]
    while isinstance(plain[-1], (Number, Symbol, Power)) and _starts_plain(reader):
        plain.append(reader.factor())
    return reader.joined(plain)


def _starts_plain(reader: Reader) -> bool:
    token = reader.token
    function = _function_name(token) and not _is_letter(reader, token)
    return token.kind == "number" or (starts_symbol(token) and not function)


# brackets


def _group(reader: Reader) -> Form:
    items = reader.items(BRACKETS[reader.take().text])
    return items[0] if len(items) == 1 else Tuple(items)


def _braces(reader: Reader) -> Form:
    """Braces: round a name that is called, or without meaning."""
    end = reader.close_of(reader.i)
    start = reader.i = reader.i + 1
    if starts_symbol(reader.token) and (reader.sign_at(end + 1) in ("(", "'") or _has_settings(reader, end + 1)):
        name = _decorated_name(reader) or _block(reader, read_symbol(reader))
        if reader.i == end:
            reader.take()
            return read_call(reader, name)
        reader.i = start
    form = reader.relation()
    reader.expect("}")
    return form


def _fence(reader: Reader) -> Form:
    close, kind = _FENCES[reader.take().text]
    form = reader.relation()
    reader.expect(close)
    return Fence(kind, form)  # type: ignore[arg-type]


def _negated(reader: Reader) -> Form:
    reader.take()
    return Call(NOT, (reader.atom(),))


def _absolute(reader: Reader) -> Form:
    """An absolute value between plain bars, where a bar after an operand closes."""
    reader.take()
    reader.bars += 1
    form = reader.relation()
    reader.expect("|")
    reader.bars -= 1
    return Fence("abs", form)


def _evaluated(reader: Reader) -> Form:
    """A form with an evaluation bar, `\\left. .. \\right|_{..}`."""
    reader.take()
    form = reader.relation()
    reader.expect(r"\rvert")
    return reader.bound(form)


ATOMS: dict[str, Callable[[Reader], Form]] = {
    **COMMANDS,
    **dict.fromkeys(BRACKETS, _group),
    **dict.fromkeys(_FENCES, _fence),
    "{": _braces,
    "|": _absolute,
    **dict.fromkeys((r"\lnot", r"\neg"), _negated),
    "left.": _evaluated,
}
"""The reader of each sign and command that begins an atom."""
