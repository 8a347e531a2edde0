"""Reading letters with their decorations: `\\hat{m}_{1}`, `W_{\\text{out},1}`, `\\bm{h}^{(1)}`."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import InputError
from derive.notation.form import Symbol
from derive.notation.latex_cursor import Cursor
from derive.notation.latex_tokens import Token, plain_words
from derive.notation.symbols import GREEK

MAX_NAME = 200

LETTERS = {f"\\{name}": name for name in GREEK} | {
    r"\varepsilon": "epsilon", r"\vartheta": "theta", r"\varphi": "phi", r"\varrho": "rho", r"\varsigma": "sigma",
    r"\ell": "ell",
}  # fmt: skip
ACCENTED = {r"\hat": "hat", r"\widehat": "hat", r"\bar": "bar", r"\overline": "bar", r"\tilde": "tilde",
            r"\widetilde": "tilde", r"\dot": "dot"}  # fmt: skip
BOLD = frozenset(("bm", "boldsymbol", "mathbf"))
UPRIGHT = frozenset(("mathit", "mathrm", "mathcal", "mathsf"))
_INDEX_WORDS = UPRIGHT | {"text", "textrm", "textit", "operatorname"}
_BRACKETS = {"(": ")", "[": "]"}


def starts_symbol(token: Token) -> bool:
    """Whether a letter, plain or decorated, begins here."""
    return token.kind == "letter" or token.kind in BOLD | UPRIGHT or token.text in LETTERS or token.text in ACCENTED


def read_symbol(cursor: Cursor) -> Symbol:
    """A letter with accents, indices and a bracketed superscript; an exponent is left standing."""
    symbol = _letter(cursor)
    while True:
        if cursor.sign == "_" and not symbol.sub:
            cursor.take()
            symbol = replace(symbol, sub=_lower(cursor))
        elif not symbol.sup and (end := _superscript_end(cursor)):
            cursor.i += 3
            (sup,) = _pieces(cursor, end) or ("",)
            cursor.i = end + 2
            symbol = replace(symbol, sup=sup)
        else:
            return symbol


def inner_symbol(words: str, cursor: Cursor, token: Token) -> Symbol:
    """The symbol that makes up the whole content of a command such as \\bm{..}."""
    if words.isalpha():
        return Symbol(words)
    if len(words) > MAX_NAME:
        raise cursor.error(f"a name of {len(words)} characters; {MAX_NAME} are the limit", token)
    try:
        inner = Cursor(words)
        symbol = read_symbol(inner)
    except InputError as error:
        raise cursor.error(error.message, token) from None
    if inner.token.kind != "stop":
        raise cursor.error(f"'{words}' is not one symbol", token)
    return symbol


def _letter(cursor: Cursor) -> Symbol:
    token = cursor.take()
    if token.kind == "letter":
        return Symbol(token.text)
    if token.kind in BOLD:
        return replace(inner_symbol(token.text, cursor, token), bold=True)
    if token.kind in UPRIGHT:
        return inner_symbol(token.text, cursor, token)
    if token.text in LETTERS:
        return Symbol(LETTERS[token.text])
    if token.text in ACCENTED:
        braced = cursor.accept("{")
        symbol = read_symbol(cursor) if braced else _letter(cursor)
        if braced:
            cursor.expect("}")
        return replace(symbol, accent=ACCENTED[token.text])
    raise cursor.error(f"a letter expected, '{token.text}' found", token)


def _lower(cursor: Cursor) -> tuple[str, ...]:
    if cursor.sign != "{":
        return (_piece(cursor, cursor.single()),)
    end = cursor.close_of(cursor.i)
    cursor.take()
    pieces = _pieces(cursor, end)
    cursor.expect("}")
    return pieces


def _pieces(cursor: Cursor, end: int) -> tuple[str, ...]:
    """The indices up to a token: apart by commas or by standing side by side, `t-1` as one."""
    pieces: list[str] = []
    glue = False
    while cursor.i < end:
        token = cursor.take()
        if token.text in ("+", "-") and pieces and not glue:
            pieces[-1] += token.text
            glue = True
        elif token.text == "," and not glue:
            continue
        else:
            piece = _piece(cursor, token)
            pieces[-1:] = [pieces[-1] + piece] if glue else [*pieces[-1:], piece]
            glue = False
    if not pieces or glue:
        raise cursor.error("an index expected")
    return tuple(pieces)


def _piece(cursor: Cursor, token: Token) -> str:
    if token.kind in ("letter", "number"):
        return token.text
    if token.kind in _INDEX_WORDS and (words := plain_words(token.text).strip()).isalnum():
        return words
    if token.text in LETTERS:
        return LETTERS[token.text]
    raise cursor.error(f"'{token.text}' cannot stand in an index", token)


def _superscript_end(cursor: Cursor) -> int:
    """The index of the bracket that closes `^{(...)}` if that is a layer or a sample, not an exponent; else 0."""
    i = cursor.i
    if cursor.sign != "^" or cursor.sign_at(i + 1) != "{" or cursor.sign_at(i + 2) not in _BRACKETS:
        return 0
    end = cursor.close_of(i + 1) - 1
    if cursor.sign_at(end) != _BRACKETS[cursor.sign_at(i + 2)] or end <= i + 3:
        return 0
    inside = cursor.tokens[i + 3 : end]
    plain = all(t.kind in ("letter", "number") or t.kind in _INDEX_WORDS or t.text in LETTERS for t in inside[::2])
    return end if plain and all(t.text in ("+", "-") for t in inside[1::2]) and len(inside) % 2 else 0
