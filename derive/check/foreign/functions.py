"""How a file uses its letters: `f(x)` is a call of f, `w(x + 1)` a product; `z^L = ...` is a layer, no power."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from derive.check.foreign.statements import Chain, Side
from derive.check.tex import cut
from derive.notation.latex_symbols import LETTERS

_LETTER = re.compile(
    r"(?<![A-Za-z\\])(?P<name>[A-Za-z]|\\(?:phi|varphi|psi|Phi|Psi|ell)|\\math(?:cal|rm|bf|it)\{[A-Z]\})(?![A-Za-z])"
    r"(?P<index>_(?:\{\s*\w+\s*\}|\w))?(?P<stroke>'*)\s*(?P<open>(?:\\left\s*|\\bigl?\s*)?\()?"
)
_DECORATED = re.compile(
    r"(?:(?<![A-Za-z\\])(?P<letter>[A-Za-z])|\\(?P<greek>[A-Za-z]+)|\\math(?:rm|cal|it)\{(?P<styled>[A-Za-z]+)\})"
    r"(?P<index>_(?:\{\s*\w+\s*\}|\w))?\s*(?:\\left\s*|\\bigl?\s*)?\("
)
"""Any letter in front of a bracket; what is called with several arguments, `\\mathcal{L}(w, b)`, is a function."""
_ARGUMENT = r"(?:[A-Za-z]|\\[a-z]+|-?\d+(?:\.\d+)?)(?:_\{?\w+\}?)?"
_ARGUMENTS = re.compile(rf"\s*{_ARGUMENT}(?:\s*[,;]\s*{_ARGUMENT})*\s*(?:\\right\s*|\\bigr?\s*)?\)")


def functions_by_problem(chains: Iterable[Chain]) -> dict[int, frozenset[str]]:
    """The names of functions in each problem: those always called in the file, and those that are sure.

    A letter that is sure to be a function stays one in later problems, until it is said to be something else.
    """
    found = list(chains)
    always, before = function_names(found) - _Uses(found).sure, frozenset[str]()
    functions: dict[int, frozenset[str]] = {}
    for number, problem in groupby(found, key=lambda chain: chain.part.problem):
        own = list(problem)
        before = _Uses(own).sure | (before - {name for chain in own if (name := _bare(chain.sides[0].text))})
        functions[number] = before | always
    return functions


def function_names(chains: Iterable[Chain]) -> frozenset[str]:
    """The names, as `parse_symbol` reads them, that are defined as functions, primed, or always called with names."""
    uses = _Uses(chains)
    return uses.sure | {name for name, count in uses.seen.items() if uses.called[name] == count}


class _Uses:
    """How often letters are seen and called, and which are sure to be functions."""

    def __init__(self, chains: Iterable[Chain]) -> None:
        self.seen: Counter[str] = Counter()
        self.called: Counter[str] = Counter()
        sure: set[str] = set()
        for chain in chains:
            if match := _LETTER.match(chain.sides[0].text):
                whole = _ARGUMENTS.match(chain.sides[0].text, match.end())
                if match["open"] and whole and not chain.sides[0].text[whole.end() :].strip():
                    sure.add(_name(match))
            for side in chain.sides:
                for match in _LETTER.finditer(side.text):
                    name = _name(match)
                    self.seen[name] += 1
                    self.called[name] += bool(match["open"] and _ARGUMENTS.match(side.text, match.end()))
                    if match["stroke"]:
                        sure.add(name)
                sure |= _with_several_arguments(side.text)
        self.sure = frozenset(sure)


def _with_several_arguments(text: str) -> set[str]:
    """The letters in front of brackets that hold several things."""
    found = set()
    for match in _DECORATED.finditer(text):
        inner = cut(text[match.end() :], frozenset(")"))[0].text
        is_command = match["greek"] is not None and f"\\{match['greek']}" not in LETTERS
        if not is_command and inner.count("(") == 0 and len(cut(inner, frozenset(",;"), brackets=True)) > 1:
            letter = match["letter"] or match["greek"] or match["styled"]
            index = re.sub(r"[{}\s_]", "", match["index"] or "")
            found.add(letter.removeprefix("var") + (f"_{index}" if index else ""))
    return found


def _bare(text: str) -> str:
    """The letter that a side consists of."""
    match = _LETTER.fullmatch(text.strip())
    return _name(match) if match and not match["open"] else ""


def _name(match: re.Match[str]) -> str:
    index = re.sub(r"[{}\s_]", "", match["index"] or "")
    letter = re.sub(r"\\math\w+|\\(?:var)?|[{}]", "", match["name"])
    return letter + (f"_{index}" if index else "")


_LAYER = re.compile(r"\^(?:\{\s*(?P<braced>[lL](?:\s*[+-]\s*\d)?)\s*\}|(?P<bare>[lL])(?![A-Za-z]))")
_OF_LAYER = re.compile(rf"\s*(?:[A-Za-z]|\\[A-Za-z]+)(?:_\w)?{_LAYER.pattern}\s*")


def with_layers(chains: Iterable[Chain]) -> list[Chain]:
    """The chains with l and L above a letter as the number of its layer, where the file defines such letters."""
    found = list(chains)
    if not any(_OF_LAYER.fullmatch(chain.sides[0].text) for chain in found):
        return found
    return [replace(chain, sides=tuple(map(_layered, chain.sides))) for chain in found]


def _layered(side: Side) -> Side:
    text = _LAYER.sub(lambda match: "^{(" + "".join((match["braced"] or match["bare"]).split()) + ")}", side.text)
    return Side(text, side.offset)
