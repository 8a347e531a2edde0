"""The mathematics of a LaTeX file, found by pylatexenc's walker: displays and inline formulas, each with its part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from derive.check.foreign.parts import Outline, Part, is_heading, is_labelled, is_title
from derive.check.foreign.wording import Cue, Sentence, is_carried_by
from derive.check.tex import braced
from derive.errors import InputError

DISPLAYS = frozenset((
    "equation", "align", "gather", "multline", "eqnarray", "flalign", "alignat", "displaymath", "math", "dmath",
    "IEEEeqnarray",
))  # fmt: skip
VERBATIM = frozenset(("verbatim", "lstlisting", "minted", "comment", "tikzpicture", "Verbatim", "filecontents"))
_LISTS = frozenset(("enumerate", "itemize", "description", "compactenum", "tasks"))
_BOLD = frozenset(("textbf", "textsc", "emph", "textit", "underline"))
_BREAKS = frozenset(("par", "noindent", "\\", "newline", "bigskip", "medskip", "smallskip", "newpage"))
_PARAGRAPH = re.compile(r"\n\s*\n")
_TITLE = re.compile(r"\s*\*?\s*(?:\[[^\]]*\]\s*)?(?=\{)")
_INTERTEXT = re.compile(r"\\(?:short)?intertext\s*(?=\{)")
_BLANK = " \n\t~"
_WITH_ARGUMENT = re.compile(r"\s*\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it stands: its LaTeX, where that begins, and the part that it belongs to.

    `environment` is the display's, empty for a formula in a line of text; `words` stand between it and the formula
    before, and `cue` is what they make of it.
    """

    text: str
    offset: int
    part: Part
    environment: str = ""
    words: str = ""
    cue: Cue = ""

    @property
    def apart(self) -> bool:
        """Whether words stand between it and the formula before."""
        return bool(self.words.strip(_BLANK))


def formulas(text: str) -> Iterator[Formula]:
    """All formulas of a LaTeX text in printed order.

    Raises:
        InputError: the text is nested too deeply to be read.
    """
    begin = max(text.find(r"\begin{document}"), 0)
    finder = _Finder(text)
    try:
        for formula, words in finder.with_words_behind(finder.nodes_of(text, begin)):
            yield replace(formula, cue="carried") if is_carried_by(words) else formula
    except RecursionError:
        raise InputError("this LaTeX is nested too deeply") from None


class _Finder:
    """The state of one walk: the part that it is in, and the words since the last formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.outline = Outline()
        self.sentence = Sentence()
        self.words = ""
        self._begins = True
        self._base = 0

    @staticmethod
    def nodes_of(text: str, begin: int = 0) -> list[Any]:
        """What pylatexenc sees in a text."""
        from pylatexenc.latexwalker import LatexWalker  # not at the top: `derive --help` needs no LaTeX reader

        return list(LatexWalker(text, tolerant_parsing=True).get_latex_nodes(pos=begin)[0])

    def with_words_behind(self, nodes: list[Any]) -> Iterator[tuple[Formula, str]]:
        """The formulas in a list of nodes, each with the words that follow."""
        waiting: Formula | None = None
        for formula in self._walk(nodes):
            if waiting is not None:
                yield waiting, formula.words
            waiting = formula
        if waiting is not None:
            yield waiting, self.words

    def _walk(self, nodes: list[Any] | None) -> Iterator[Formula]:
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
            self._macro(node)
            yield from self._walk(node.nodeargd.argnlist if node.nodeargd else None)
        elif kind == "LatexGroupNode":
            yield from self._walk(node.nodelist)
        elif kind == "LatexCharsNode":
            self._prose(node.chars)

    def _environment(self, node: Any) -> Iterator[Formula]:
        name = node.environmentname
        plain = name.rstrip("*")
        if plain in VERBATIM:
            return
        if plain not in DISPLAYS:
            if is_heading(name):
                self._begin(name, "")
            if plain in _LISTS:
                self.outline.begin_list()
            yield from self._walk(node.nodelist)
            if plain in _LISTS:
                self.outline.end_list()
            return
        begin = node.pos + len(f"\\begin{{{name}}}")
        if plain in ("alignat", "IEEEeqnarray") and (argument := _WITH_ARGUMENT.match(self.text, begin)):
            begin = argument.end()
        end = node.pos + node.len - len(f"\\end{{{name}}}")
        yield from self._display(begin, end, plain)

    def _display(self, begin: int, end: int, environment: str) -> Iterator[Formula]:
        """A display, cut where words stand between its rows."""
        while words := _INTERTEXT.search(self.text, begin, end):
            first, last = braced(self.text, words.end())
            yield self._formula(self.text[begin : words.start()], begin, environment)
            yield from self._inside(first, last)
            begin = last + 1
        yield self._formula(self.text[begin:end], begin, environment)

    def _inside(self, begin: int, end: int) -> Iterator[Formula]:
        """The formulas in a piece of text that the walk took for mathematics."""
        whole, base = self.text, self._base
        self.text, self._base = whole[begin:end], base + begin
        self.words += " / "
        yield from self._walk(self.nodes_of(self.text))
        self.text, self._base = whole, base

    def _formula(self, text: str, offset: int, environment: str) -> Formula:
        found = Formula(text, self._base + offset, self.outline.part, environment, self.words, self.sentence.formula())
        self.words, self._begins = "", False
        return found

    def _macro(self, node: Any) -> None:
        name = node.macroname
        if is_heading(name):
            self._begin(name, self._title(node))
        elif name in _BOLD and is_title(title := self._title(node)):
            self.outline.label(title)
            self._say(". ")
        elif name == "item":
            self.outline.item()
        elif name in _BREAKS:
            self._begins = True
        if name in ("item", "par"):
            self.words += " / "
            self.sentence.pause()

    def _title(self, node: Any) -> str:
        """What the braces behind a command hold."""
        at = node.pos + len(node.macroname) + 1
        found = _TITLE.match(self.text, at)
        begin, end = braced(self.text, found.end()) if found else (at, at)
        return self.text[begin:end]

    def _begin(self, name: str, title: str) -> None:
        self.outline.heading(name, title)
        self._say(". ")

    def _prose(self, chars: str) -> None:
        first, *others = _PARAGRAPH.split(chars)
        self._paragraph(first)
        for paragraph in others:
            self.sentence.pause()
            self._begins = True
            self._paragraph(paragraph)

    def _paragraph(self, words: str) -> None:
        if self._begins and is_labelled(words):
            self.outline.label(words)
        self._begins = self._begins and not words.strip(_BLANK)
        self._say(words)

    def _say(self, words: str) -> None:
        self.words += words
        self.sentence.say(words)
