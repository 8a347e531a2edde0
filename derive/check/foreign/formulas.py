"""The mathematics of a LaTeX file, found by pylatexenc's walker: displays, inline formulas, and the problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from derive.errors import InputError

DISPLAYS = frozenset((
    "equation", "align", "gather", "multline", "eqnarray", "flalign", "alignat", "displaymath", "math", "dmath",
    "IEEEeqnarray",
))  # fmt: skip
VERBATIM = frozenset(("verbatim", "lstlisting", "minted", "comment", "tikzpicture", "Verbatim", "filecontents"))
HEADINGS = frozenset((
    "chapter", "section", "subsection", "subsubsection", "paragraph", "problem", "exercise", "question", "task",
))  # fmt: skip
_BOLD = frozenset(("textbf", "textsc", "emph", "textit", "underline"))
_TITLE = re.compile(r"\s*(?:Problem|Exercise|Question|Task|Aufgabe|Assignment)\b", re.IGNORECASE)
_WITH_ARGUMENT = re.compile(r"\s*\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it stands: its LaTeX, where that begins, the problem that it belongs to.

    `environment` is the display's, empty for a formula in a line of text; `apart` says that words stand between it and
    the formula before.
    """

    text: str
    offset: int
    problem: int
    where: str = ""
    environment: str = ""
    apart: bool = True


def formulas(text: str) -> Iterator[Formula]:
    """All formulas of a LaTeX text in printed order.

    Raises:
        InputError: the text is nested too deeply to be read.
    """
    from pylatexenc.latexwalker import LatexWalker  # not at the top: `derive --help` needs no LaTeX reader

    begin = max(text.find(r"\begin{document}"), 0)
    try:
        nodes, _, _ = LatexWalker(text, tolerant_parsing=True).get_latex_nodes(pos=begin)
        yield from _Finder(text).walk(nodes)
    except RecursionError:
        raise InputError("this LaTeX is nested too deeply") from None


class _Finder:
    """The state of one walk: the problem that it is in, and whether words came since the last formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problem = 0
        self.where = ""
        self.apart = True

    def walk(self, nodes: list[Any] | None) -> Iterator[Formula]:
        """The formulas in a list of nodes and in what these hold."""
        for node in nodes or ():
            if node is not None:
                yield from self._visit(node, type(node).__name__)

    def _visit(self, node: Any, kind: str) -> Iterator[Formula]:
        if kind == "LatexMathNode":
            open_, close = node.delimiters
            inner = self.text[node.pos + len(open_) : node.pos + node.len - len(close)]
            yield self._formula(inner, node.pos + len(open_), "display" if node.displaytype == "display" else "")
        elif kind == "LatexEnvironmentNode":
            yield from self._environment(node)
        elif kind == "LatexMacroNode":
            self._heading(node)
            self.apart = self.apart or node.macroname in ("item", "par", "intertext")
            yield from self.walk(node.nodeargd.argnlist if node.nodeargd else None)
        elif kind == "LatexGroupNode":
            yield from self.walk(node.nodelist)
        elif kind == "LatexCharsNode" and node.chars.strip(" \n\t~"):
            self.apart = True

    def _environment(self, node: Any) -> Iterator[Formula]:
        name = node.environmentname
        plain = name.rstrip("*")
        if plain in VERBATIM:
            return
        if plain not in DISPLAYS:
            if plain in HEADINGS:
                self._begin(name)
            yield from self.walk(node.nodelist)
            return
        begin = node.pos + len(f"\\begin{{{name}}}")
        if plain in ("alignat", "IEEEeqnarray") and (argument := _WITH_ARGUMENT.match(self.text, begin)):
            begin = argument.end()
        end = node.pos + node.len - len(f"\\end{{{name}}}")
        yield self._formula(self.text[begin:end], begin, plain)

    def _formula(self, text: str, offset: int, environment: str) -> Formula:
        found = Formula(text, offset, self.problem, self.where, environment, self.apart)
        self.apart = False
        return found

    def _heading(self, node: Any) -> None:
        name = node.macroname
        inside = self.text[node.pos : node.pos + node.len]
        if name in HEADINGS or (name in _BOLD and _TITLE.match(inside.partition("{")[2])):
            self._begin(inside)

    def _begin(self, heading: str) -> None:
        self.problem += 1
        words = heading.partition("{")[2].rpartition("}")[0] or heading
        self.where = " ".join(words.split())[:60]
        self.apart = True
