"""A file's own commands written out, so that its mathematics can be read; every place keeps its line.

Read are `\\newcommand` and its relatives, `\\DeclareMathOperator`, plain `\\def` and `\\let`, and the few commands of
the physics package that abbreviate mathematics. Nothing is run: a command is replaced by its text, up to a bound.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.check.foreign.parts import is_heading
from derive.check.tex import braced
from derive.errors import InputError

MOST_EXPANSIONS, LONGEST_TEXT = 20_000, 4_000_000

_DEFINING = re.compile(
    r"\\(?:(?P<new>(?:re)?newcommand|providecommand|DeclareRobustCommand|NewDocumentCommand)\*?"
    r"|(?P<operator>DeclareMathOperator)\*?|(?P<define>[gex]?def)|(?P<let>let))(?![A-Za-z])\s*"
)
_NAME = re.compile(r"\s*(?:\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+))")
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_DEFAULT = re.compile(r"\s*\[([^\[\]]*)\]")
_SLOTS = re.compile(r"((?:#\d)*)\s*(?=\{)")
_PROGRAM = re.compile(r"@|\\if|\\csname|\\expandafter|\\box|\\[hv]box")
"""What makes a command more than an abbreviation: it is left as it stands."""
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_TOKEN = re.compile(r"\s*(\\[A-Za-z]+|\\.|[^\\{}])")


@dataclass(frozen=True, slots=True)
class Macro:
    """A command: how many arguments it takes, the default of the first where that is optional, and its text."""

    count: int
    body: str
    default: str | None = None


PREDEFINED = {
    "dv": Macro(2, r"\frac{d #1}{d #2}"),
    "pdv": Macro(2, r"\frac{\partial #1}{\partial #2}"),
    "abs": Macro(1, r"\left|#1\right|"),
    "norm": Macro(1, r"\left\|#1\right\|"),
    "ensuremath": Macro(1, "#1"),
    "mleft": Macro(0, r"\left"),
    "mright": Macro(0, r"\right"),
    "vec": Macro(1, r"\bm{#1}"),
    "pmb": Macro(1, r"\bm{#1}"),
    "given": Macro(0, r"\mid "),
}
"""Commands of packages that stand for mathematics which the reader knows."""


@dataclass(slots=True)
class Expanded:
    """A text with its commands written out, and where each piece of it comes from.

    Attributes:
        text: the expanded text.
        starts: where its pieces begin; `sources` where these stand in the file; `whole` whether a piece was copied.
    """

    text: str = ""
    starts: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def source(self, offset: int) -> int:
        """The place in the file of a place in the expanded text."""
        k = max(bisect.bisect_right(self.starts, offset) - 1, 0)
        if not self.starts:
            return offset
        return self.sources[k] + (offset - self.starts[k] if self.whole[k] else 0)


def expanded(text: str) -> Expanded:
    """The text with its own commands written out and their definitions blanked.

    Raises:
        InputError: commands that need each other, or make too much text.
    """
    macros, body = _definitions(text)
    found = Expanded()
    pieces: list[str] = []
    length, budget = 0, [MOST_EXPANSIONS]

    def add(piece: str, source: int, copied: bool) -> None:
        nonlocal length
        if piece:
            found.starts.append(length)
            found.sources.append(source)
            found.whole.append(copied)
            pieces.append(piece)
            length += len(piece)

    start = 0
    for begin, end, replacement in _uses(body, macros, budget):
        add(body[start:begin], start, True)
        add(replacement, begin, False)
        start = end
    add(body[start:], start, True)
    found.text = "".join(pieces)
    return found


def _definitions(text: str) -> tuple[dict[str, Macro], str]:
    """The commands that the text defines, and the text with the definitions turned into spaces."""
    macros = dict(PREDEFINED)
    blanks: list[tuple[int, int]] = []
    at = 0
    while match := _DEFINING.search(text, at):
        name = _NAME.match(text, match.end())
        at = match.end()
        if name is None:
            continue
        read = _read_definition(text, match, name.end())
        if read is None:
            continue
        macro, at = read
        if not is_heading(name[1] or name[2]) and not _PROGRAM.search(macro.body):
            macros[name[1] or name[2]] = macro
        blanks.append((match.start(), at))
    for begin, end in blanks:
        text = text[:begin] + re.sub(r"[^\n]", " ", text[begin:end]) + text[end:]
    return macros, text


def _read_definition(text: str, match: re.Match[str], at: int) -> tuple[Macro, int] | None:
    """The command that is defined here and where its definition ends; None where it cannot be read."""
    if match["let"]:
        other = _NAME.match(text, at + (text[at : at + 1] == "="))
        return (Macro(0, f"\\{other[1] or other[2]} "), other.end()) if other else None
    count, default = 0, None
    if match["define"]:
        slots = _SLOTS.match(text, at)
        if slots is None:
            return None
        count, at = len(slots[1]) // 2, slots.end()
    elif match["new"] == "NewDocumentCommand":
        begin, end = braced(text, at)
        signature = text[begin:end].split()
        if any(kind != "m" for kind in "".join(signature)):
            return None
        count, at = len("".join(signature)), end + 1
    elif match["new"]:
        if number := _COUNT.match(text, at):
            count, at = int(number[1]), number.end()
        if optional := _DEFAULT.match(text, at):
            default, at = optional[1], optional.end()
    begin, end = braced(text, at)
    if begin == end and text[begin - 1 : begin] != "{":
        return None
    body = text[begin:end]
    return Macro(count, f"\\operatorname{{{body}}}" if match["operator"] else body, default), end + 1


def _uses(
    text: str, macros: dict[str, Macro], budget: list[int], within: tuple[str, ...] = ()
) -> Iterator[tuple[int, int, str]]:
    """Where commands are used, outermost ones alone, each with the text that it stands for.

    A command inside of its own replacement, `within`, is left as it is.
    """
    at = 0
    while match := _COMMAND.search(text, at):
        at = match.end()
        macro = macros.get(match[1]) if match[1] not in within else None
        if macro is None or text[max(match.start() - 1, 0) : match.start()] == "\\":
            continue
        budget[0] -= 1
        if budget[0] < 0:
            raise InputError(f"the command \\{match[1]} is written out without end")
        args, at = _arguments(text, at, macro)
        body = re.sub(r"#(\d)", lambda slot, args=args: _argument(args, int(slot[1])), macro.body)  # type: ignore[misc]
        yield match.start(), at, _rewritten(body, macros, budget, (*within, match[1]))


def _rewritten(body: str, macros: dict[str, Macro], budget: list[int], within: tuple[str, ...]) -> str:
    """A replacement with the commands in it written out as well, set apart from a letter that follows."""
    pieces, start, size = [], 0, 0
    for begin, end, replacement in _uses(body, macros, budget, within):
        pieces += [body[start:begin], replacement]
        start = end
        size += len(replacement)
        if size > LONGEST_TEXT:
            raise InputError("commands of this file make too much text")
    text = "".join([*pieces, body[start:]])
    return f"{text} " if re.search(r"\\[A-Za-z]+$", text) else text


def _arguments(text: str, at: int, macro: Macro) -> tuple[list[str], int]:
    args: list[str] = []
    for place in range(macro.count):
        if place == 0 and macro.default is not None:
            optional = _DEFAULT.match(text, at)
            args.append(optional[1] if optional else macro.default)
            at = optional.end() if optional else at
            continue
        begin, end = braced(text, at)
        if text[begin - 1 : begin] == "{" and begin > at:
            args.append(text[begin:end])
            at = end + 1
        elif token := _TOKEN.match(text, at):
            args.append(token[1])
            at = token.end()
        else:
            args.append("")
    return args, at


def _argument(args: list[str], number: int) -> str:
    return args[number - 1] if 0 < number <= len(args) else ""
