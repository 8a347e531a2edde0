"""How a file uses its letters: `f(x)` is a call of f, `w(x + 1)` a product; `z^L = ...` is a layer, no power."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from derive.check.foreign.statements import Chain, Side

_LETTER = re.compile(
    r"(?<![A-Za-z\\])(?P<name>[A-Za-z]|\\(?:phi|varphi|psi|Phi|Psi|ell))(?![A-Za-z])"
    r"(?P<index>_(?:\{\s*\w+\s*\}|\w))?(?P<stroke>'*)\s*(?P<open>(?:\\left\s*|\\bigl?\s*)?\()?"
)
_ARGUMENT = r"(?:[A-Za-z]|\\[a-z]+|-?\d+(?:\.\d+)?)(?:_\{?\w+\}?)?"
_ARGUMENTS = re.compile(rf"\s*{_ARGUMENT}(?:\s*[,;]\s*{_ARGUMENT})*\s*(?:\\right\s*|\\bigr?\s*)?\)")


def function_names(chains: Iterable[Chain]) -> frozenset[str]:
    """The names, as `parse_symbol` reads them, that are defined as functions, primed, or always called with names."""
    called: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    sure: set[str] = set()
    for chain in chains:
        if match := _LETTER.match(chain.sides[0].text):
            whole = _ARGUMENTS.match(chain.sides[0].text, match.end())
            if match["open"] and whole and not chain.sides[0].text[whole.end() :].strip():
                sure.add(_name(match))
        for side in chain.sides:
            for match in _LETTER.finditer(side.text):
                name = _name(match)
                seen[name] += 1
                called[name] += bool(match["open"] and _ARGUMENTS.match(side.text, match.end()))
                if match["stroke"]:
                    sure.add(name)
    return frozenset(sure | {name for name, count in seen.items() if called[name] == count})


def _name(match: re.Match[str]) -> str:
    index = re.sub(r"[{}\s_]", "", match["index"] or "")
    return match["name"].lstrip("\\").replace("var", "") + (f"_{index}" if index else "")


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
