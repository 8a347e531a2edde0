"""Text that is ready for its target language, and the escapes that make plain text so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_CONTROL = frozenset({"Cc", "Cs", "Co", "Cn", "Cf"})
_SPACES = re.compile(r"[ \t\r\n\v\f\u0085\u2028\u2029]+")


class Raw(str):
    """Source text of some target language: the one kind of string that a template prints as it is."""

    __slots__ = ()


_TEX_MATH = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ζ": r"\zeta", "η": r"\eta",
    "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "µ": r"\mu", "ν": r"\nu", "ξ": r"\xi",
    "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "ς": r"\varsigma", "τ": r"\tau", "υ": r"\upsilon", "φ": r"\varphi",
    "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda",
    "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "∂": r"\partial",
    "∇": r"\nabla", "∞": r"\infty", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "√": r"\surd", "±": r"\pm",
    "∓": r"\mp", "×": r"\times", "÷": r"\div", "·": r"\cdot", "⋅": r"\cdot", "⊙": r"\odot", "⊕": r"\oplus",
    "⊗": r"\otimes", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∝": r"\propto",
    "≪": r"\ll", "≫": r"\gg", "∈": r"\in", "∉": r"\notin", "⊂": r"\subset", "⊆": r"\subseteq", "∪": r"\cup",
    "∩": r"\cap", "∅": r"\emptyset", "∀": r"\forall", "∃": r"\exists", "¬": r"\neg", "∧": r"\wedge", "∨": r"\vee",
    "→": r"\rightarrow", "←": r"\leftarrow", "↔": r"\leftrightarrow", "↦": r"\mapsto", "⇒": r"\Rightarrow",
    "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow", "⊤": r"\top", "ᵀ": r"{}^\top",
    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "⟨": r"\langle", "⟩": r"\rangle",
    "−": "-", "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "‖": r"\Vert", "∥": r"\parallel",
    "ŷ": r"\hat{y}", "′": r"{}'", "″": r"{}''", "°": r"{}^\circ", "²": "{}^2", "³": "{}^3", "¹": "{}^1",
}  # fmt: skip
_TEX_TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "\u00a0": "~", "\u00ad": r"\-",
    "\u2009": r"\,", "\u202f": r"\,", "\u2013": r"\textendash{}", "\u2014": r"\textemdash{}", "\u2010": "-",
    "\u2011": "-", "\u2018": r"\textquoteleft{}", "\u2019": r"\textquoteright{}", "\u201c": r"\textquotedblleft{}",
    "\u201d": r"\textquotedblright{}", "\u201e": r"\quotedblbase{}", "\u2026": r"\dots{}", "\u2022": r"\textbullet{}",
    "\u20ac": r"\texteuro{}", "\u00a7": r"\S{}", "\u00a3": r"\pounds{}", "\u00a9": r"\textcopyright{}",
    "«": r"\guillemetleft{}", "»": r"\guillemetright{}", "¡": r"\textexclamdown{}", "¿": r"\textquestiondown{}",
    "[": "{[}", "]": "{]}",
}  # fmt: skip
_TEX = _TEX_TEXT | {char: rf"\ensuremath{{{command}}}" for char, command in _TEX_MATH.items()}
# The letters of Latin-1 and Latin Extended-A that the T1 fonts have.
_T1_LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽžİĲĳŒœ"
)
_LIGATURE = re.compile(r"(?<=[-',!?])(?=[-'`,])")


_PRIME = re.compile(r"(?<=[α-ωΑ-Ω])'|(?<=[A-Za-z])'(?=\(| ?=|$)")
_MINUS = re.compile(r"(?:(?<=[\d)\]²³′α-ωΑ-Ω])|(?<=\b[A-Za-z])) - ")


def _mathematical(text: str) -> str:
    """Plain text with the strokes and the minus signs of mathematics in it: tanh' = 1 - tanh²."""
    return _MINUS.sub(" − ", _PRIME.sub("′", text))


def _unprintable(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _tex_char(char: str) -> str:
    if char in _TEX:
        return _TEX[char]
    if (char.isascii() and char.isprintable()) or char in _T1_LETTERS:
        return char
    if unicodedata.category(char) in _CONTROL:
        return _unprintable(char) if unicodedata.category(char) != "Cf" else ""
    simpler = unicodedata.normalize("NFKD", char)
    plain = "".join(c for c in simpler if not unicodedata.combining(c))
    return "".join(map(_tex_char, plain)) if plain and plain != char else _unprintable(char)


def tex_text(text: str) -> str:
    """Plain text as LaTeX source that prints those characters; what the fonts lack becomes its nearest or [U+...]."""
    pieces = _LIGATURE.split(_mathematical(unicodedata.normalize("NFC", _SPACES.sub(" ", text))))
    return "{}".join("".join(map(_tex_char, piece)) for piece in pieces)


def code_text(line: str) -> str:
    """A line of code with its spaces; what cannot be seen or turns the direction of writing becomes [U+...]."""
    return "".join(_unprintable(char) if unicodedata.category(char) in _CONTROL else char for char in line)


_TEX_CODE = {" ": "~", "'": r"\textquotesingle{}", "-": "-{}", ",": ",{}", "?": "?{}", "!": "!{}"}
"""Signs that a line of words would treat otherwise: spaces that vanish, quotes that bend, pairs that join."""


def tex_code(line: str) -> str:
    """A line of code as LaTeX source for a typewriter font, sign by sign."""
    return "".join(_TEX_CODE.get(char) or _tex_char(char) for char in code_text(line))


def _shown(text: str) -> str:
    """Text on one line, without the characters that steer a terminal or break a string literal."""
    return "".join(_unprintable(c) if unicodedata.category(c) in {"Cc", "Cs"} else c for c in _SPACES.sub(" ", text))


_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def tex_letters(source: str) -> str:
    """LaTeX source with each letter that pdfTeX has no font for replaced, and nothing else touched."""
    return source if source.isascii() else _NON_ASCII.sub(lambda match: _tex_char(match[0]), source)


_UNSAFE_IN_COMMENT = re.compile(r"[^A-Za-z0-9_.:()+ -]+")


def comment_text(text: str) -> str:
    """A text that cannot end a comment."""
    return _UNSAFE_IN_COMMENT.sub("-", text)


_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


_TYPST_RANGES = ((0x0, 0x530), (0x1D00, 0x2440), (0x2500, 0x2600), (0x27C0, 0x2B00), (0x1D400, 0x1D800))
"""What the fonts inside the Typst wheel can show, roughly: Latin, Greek, Cyrillic, punctuation, mathematics."""


def _typst_char(char: str) -> str:
    return char if any(low <= ord(char) < high for low, high in _TYPST_RANGES) else _unprintable(char)


def typst_string(text: str) -> str:
    """Plain text as a Typst string literal; a character that the fonts lack becomes [U+...]."""
    shown = _APOSTROPHE.sub("\u2019", "".join(map(_typst_char, _mathematical(_shown(text)))))
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_code(line: str) -> str:
    """A line of code as a Typst string literal, sign by sign."""
    shown = "".join(map(_typst_char, code_text(line)))
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_text(text: str) -> str:
    """Plain text as Typst markup: a string literal, in which no character has a meaning; `;` ends the expression."""
    return f"#{typst_string(text)};" if text else ""


ESCAPES: dict[str, Callable[[str], str]] = {"tex": tex_text, "typ": typst_text, "txt": _shown}
"""How plain text is made harmless, by target language."""
