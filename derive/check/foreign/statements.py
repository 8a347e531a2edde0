"""Formulas cut into chains of relations: `a = b ≈ c`, over rows and columns of a display, without words and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from derive.check.foreign.formulas import Formula
from derive.check.foreign.parts import Part
from derive.check.foreign.spelling import with_whole_numbers
from derive.check.foreign.wording import Cue
from derive.check.tex import Cut, braced, cut, unwrapped, without

Sign = Literal["=", "≈", "←"]

SIGNS: dict[str, Sign] = {
    "=": "=", ":=": "=", r"\coloneqq": "=", r"\triangleq": "=", r"\equiv": "=", r"\approx": "≈", "≈": "≈",
    r"\simeq": "≈", r"\doteq": "≈", r"\leftarrow": "←", r"\gets": "←",
}  # fmt: skip
_ENDS = frozenset((
    r"\Rightarrow", r"\Longrightarrow", r"\implies", r"\iff", r"\Leftrightarrow", r"\Longleftrightarrow", r"\therefore",
    r"\because", r"\quad", r"\qquad", r"\hspace", ";",
))  # fmt: skip
_OTHER = frozenset((
    "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\leqslant", r"\geqslant", r"\ne", r"\neq", r"\in", r"\sim",
    r"\propto", r"\to", r"\rightarrow", r"\mapsto", r"\ll", r"\gg", r"\subset",
))  # fmt: skip
_ROWS = frozenset((r"\\",))
_INNER = re.compile(
    r"^\s*\\begin\{((?:aligned|split|alignedat|gathered|array|align|gather|equation|eqnarray)\*?)\}(.*)\\end\{\1\}"
    r"\s*[.,;]?\s*$",
    re.DOTALL,
)
_OVER = re.compile(r"\\(?:overset|stackrel|underset)(?![A-Za-z])")
_STYLES = re.compile(r"\\(?:displaystyle|textstyle|nonumber|notag|allowbreak|noindent|hfill|centering)(?![A-Za-z])")
_WORDS = re.compile(r"\\(?:text|textrm|textit|textbf|mbox)(?![A-Za-z])\s*\{")
_CALLED = re.compile(r"\s*'*\s*(?:\\left\s*|\\bigl?\s*)?\(")
_NAMES = re.compile(r"[\s_^{}A-Za-z0-9]*(?:=|\\approx)")
_BEGINS = re.compile(r"(?:^|[,;])\s*$")
_DROPPED = (
    "tag", "label", "intertext", "shortintertext", "hspace", "vspace", "color", "textcolor", "phantom", "vphantom",
    "hphantom", "ref", "why", "mk", "unit",
)  # fmt: skip
_KEPT = ("boxed", "fbox", "underline", "mathbin", "mathrel", "cancel", "bcancel", "xcancel", "ensuremath",
         "answer", "fit")  # fmt: skip
_INEQUALITY = re.compile(r"[<>]|\\(?:[lg]eq?|[lg]eqslant)(?![A-Za-z])")
_SPACING = re.compile(r"^\s*\*?\s*(?:\[[^\]]*\])?")
_GOES_ON = re.compile(r"[\s&]*(?:\\q?quad|\\[,;:!]|\{\})?[\s&]*(?:[+\-−]|\\cdot|\\times)")
_STOPS = " \n\t.,;~"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation: its LaTeX, and where it stands."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Chain:
    """`sides[0] signs[0] sides[1] signs[1] ...`; `goes_on` says that it has no side before its first sign.

    `cue` is what the words before its formula make of it; `is_conditional` says that an inequality stands beside it,
    as in a formula that has several cases.
    """

    sides: tuple[Side, ...]
    signs: tuple[Sign, ...]
    part: Part
    cue: Cue = ""
    goes_on: bool = False
    is_conditional: bool = False


def chains(formulas: Iterator[Formula]) -> Iterator[Chain]:
    """The chains of relations of all formulas; one that begins with a relation sign goes on with the one before it."""
    before: Chain | None = None
    for formula in formulas:
        for chain in _joined(_of_formula(formula)):
            if chain.goes_on and before is not None and not formula.apart:
                before = _with(before, chain)
                continue
            if before is not None:
                yield before
            before = chain
    if before is not None:
        yield before


def _with(chain: Chain, more: Chain) -> Chain:
    return replace(chain, sides=chain.sides + more.sides[1:], signs=chain.signs + more.signs)


def _joined(found: Iterator[Chain]) -> Iterator[Chain]:
    """The chains of one formula, rows that go on joined to the row before."""
    before: Chain | None = None
    for chain in found:
        if before is not None and chain.goes_on and not before.is_conditional:
            before = _with(before, chain)
            continue
        if before is not None:
            yield before
        before = chain
    if before is not None:
        yield before


def _of_formula(formula: Formula) -> Iterator[Chain]:
    for row in _rows(Cut(formula.text, formula.offset)):
        pieces = list(_statements(_cleaned(row), formula.environment))
        is_conditional = any(_INEQUALITY.search(piece.text) for piece in pieces[1:])
        for piece in pieces:
            chain = _chain(piece, formula)
            if chain is not None:
                yield replace(chain, is_conditional=is_conditional)


def _rows(body: Cut) -> Iterator[Cut]:
    """The rows of a display, those of an inner `aligned` included; a row that goes on with a term is joined."""
    if inner := _INNER.match(body.text):
        yield from _rows(Cut(inner[2], body.offset + inner.start(2)))
        return
    waiting: Cut | None = None
    for row in cut(body.text, _ROWS):
        text = _SPACING.sub(lambda m: " " * len(m[0]), row.text) if row.by else row.text
        piece = Cut(text, body.offset + row.offset)
        if waiting is not None and (_GOES_ON.match(text) or _open_brackets(waiting.text)):
            gap = " " * max(piece.offset - waiting.offset - len(waiting.text), 1)
            waiting = Cut(waiting.text + gap + _without_space(text), waiting.offset)
            continue
        if waiting is not None:
            yield waiting
        waiting = piece
    if waiting is not None:
        yield waiting


def _without_space(row: str) -> str:
    """A row that goes on with the one before: without the wide space and the columns at its beginning."""
    text = re.sub(r"^[\s&]*\\q?quad(?![A-Za-z])", lambda m: " " * len(m[0]), row)
    return text.replace("&", " ")


def _open_brackets(text: str) -> bool:
    """Whether a row ends inside of brackets."""
    return text.count("(") > text.count(")")


def _cleaned(row: Cut) -> Cut:
    """The row without what only says how it looks; every place stays."""
    text = _STYLES.sub(lambda m: " " * len(m[0]), row.text)
    text = without(text, *_DROPPED)
    text = unwrapped(text, *_KEPT)
    return Cut(with_whole_numbers(_without_marks(text)), row.offset)


def _without_marks(text: str) -> str:
    """`\\overset{!}{=}` as the sign alone."""
    while match := _OVER.search(text):
        first, last = braced(text, match.end())
        begin, end = braced(text, last + 1)
        text = text[: match.start()] + " " * (begin - match.start()) + text[begin:end] + " " + text[end + 1 :]
        if begin <= first:
            return text
    return text


def _statements(row: Cut, environment: str) -> Iterator[Cut]:
    """The parts of a row that are statements of their own: columns, what arrows and wide spaces part, a list."""
    cells = cut(row.text, frozenset("&"))
    if environment == "eqnarray":
        columns = [Cut("  ".join(cell.text for cell in cells), 0)]
    else:
        columns = [
            Cut(" ".join(cell.text for cell in cells[k : k + 2]), cells[k].offset) for k in range(0, len(cells), 2)
        ]
    for column in columns:
        for part in cut(column.text, _ENDS, brackets=True):
            for words in _between_words(part):
                offset = row.offset + column.offset + part.offset + words.offset
                yield from _listed(Cut(words.text, offset))


def _between_words(part: Cut) -> Iterator[Cut]:
    """The formulas between words; words may be a name, `\\text{loss} = 3`, or a function, `\\text{ReLU}(x)`."""
    text, start = part.text, 0
    while match := _WORDS.search(text, start):
        end = _end_of(text, match.end() - 1)
        label = _as_name(text, match, end)
        if label:
            text = text[: match.start()] + label + text[end + 1 :]
            start = match.start() + len(label)
            continue
        yield Cut(text[: match.start()], 0)
        text = " " * (end + 1) + text[end + 1 :]
        start = end + 1
    yield Cut(text, 0)


def _as_name(text: str, match: re.Match[str], end: int) -> str:
    """What words in a formula are written as, where they are a part of it; nothing where they stand beside it."""
    name = re.sub(r"[^A-Za-z]", "", text[match.end() : end])
    if name and _CALLED.match(text, end + 1):
        return f"\\operatorname{{{name}}}"
    if _depth(text[: match.start()]):
        return text[match.start() : end + 1]
    leads = _BEGINS.search(text[: match.start()]) and _NAMES.match(text, end + 1)
    return f"\\mathrm{{{name}}}" if leads and name else ""


def _end_of(text: str, brace: int) -> int:
    return braced(text, brace)[1]


def _depth(text: str) -> int:
    """How many braces and environments are open at the end of a text."""
    plain = re.sub(r"\\.", "", text)
    return plain.count("{") - plain.count("}") + text.count(r"\begin") - text.count(r"\end")


def _listed(part: Cut) -> Iterator[Cut]:
    """`x = 2, y = 3` as two statements; `i = 1, \\dots, n` says nothing."""
    pieces = cut(part.text, frozenset(",;"), brackets=True)
    if any(re.search(r"\\[lc]?dots", piece.text) for piece in pieces[1:]):
        return
    for piece in pieces:
        yield Cut(piece.text, part.offset + piece.offset)


def _chain(part: Cut, formula: Formula) -> Chain | None:
    """The relations of one statement; None where it has none that is an equality."""
    pieces = cut(part.text, frozenset(SIGNS) | _OTHER, brackets=True)
    sides: list[Side] = []
    signs: list[Sign] = []
    for piece in pieces:
        if piece.by in _OTHER:
            if signs:
                break
            return None
        text = piece.text.strip(_STOPS)
        if piece.by:
            signs.append(SIGNS[piece.by])
        place = part.offset + piece.offset + len(piece.text) - len(piece.text.lstrip(_STOPS))
        sides.append(Side(text, place))
    if signs and not sides[-1].text:
        sides, signs = sides[:-1], signs[:-1]
    if not signs:
        return None
    return Chain(tuple(sides), tuple(signs), formula.part, formula.cue, not sides[0].text)
