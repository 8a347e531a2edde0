"""Names as users type them, and the symbols they stand for: `m_hat_1`, `W__2`, `alpha`, `x12`."""

from __future__ import annotations

import re
from functools import lru_cache

from derive.errors import InputError
from derive.notation.form import Symbol

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
ABBREVIATED = {"lam": "lambda", "eps": "epsilon"}  # `lambda` is a Python keyword, so the text reader offers `lam`
ACCENTS = ("hat", "bar", "tilde", "dot")

_PIECE = re.compile(r"[A-Za-z]+|[0-9]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*(__[A-Za-z0-9]+)?")


def _base(text: str) -> tuple[str, str]:
    """The letter and its accent: `yhat` is y with a hat, `what` w with a hat, `loss` a word."""
    text = ABBREVIATED.get(text, text)
    for accent in ACCENTS:
        letter = text.removesuffix(accent)
        if letter != text and (len(letter) == 1 or letter in GREEK):
            return letter, accent
    return text, ""


@lru_cache(maxsize=None)
def parse_symbol(name: str) -> Symbol:
    """The symbol that a name stands for.

    Digits at the end of the letter and everything after `_` are indices, `hat`, `bar`, `tilde` and `dot` accents, and
    what follows `__` is the layer, printed as a bracketed superscript.

    Raises:
        InputError: the text is no name.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"'{name}' is no name: letters and digits, indices after _, a layer after __")
    stem, _, sup = name.partition("__")
    first, *rest = stem.split("_")
    letters, *digits = _PIECE.findall(first)
    base, accent = _base(letters)
    sub = ["".join(digits)] if digits else []
    for piece in rest:
        if piece in ACCENTS and not accent:
            accent = piece
        else:
            sub.append(ABBREVIATED.get(piece, piece))
    return Symbol(base, accent, tuple(sub), sup)


def symbol_name(symbol: Symbol) -> str:
    """The canonical name: `parse_symbol(symbol_name(s)) == s`."""
    head = f"{symbol.base}_{symbol.accent}" if symbol.accent else symbol.base
    stem = "_".join((head, *symbol.sub))
    return f"{stem}__{symbol.sup}" if symbol.sup else stem


def element(symbol: Symbol, *indices: int) -> Symbol:
    """The entry of a vector, matrix or image, counted from 1: plain, with its indices after those it has."""
    return Symbol(symbol.base, symbol.accent, (*symbol.sub, *map(str, indices)), symbol.sup)
