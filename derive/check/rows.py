"""Printed rows as relations: an align* of `target &= form`, or a step table whose cells follow its first one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.check.tex import argument, cut, quoted, unwrapped, without
from derive.record import Relation

RELATIONS: dict[str, Relation] = {"=": "=", r"\approx": "≈", "≈": "≈", ":=": ":="}
_SIGNS = frozenset(RELATIONS)
_ROW, _CELL, _MATH = frozenset((r"\\",)), frozenset("&"), frozenset("$")
_VERDICT = re.compile(r":?\s*(?P<words>[A-Za-z][A-Za-z0-9 -]*)")
_LINKS: dict[str, Relation] = {**RELATIONS, ":": "="}
_SPACES = (r"\displaystyle", r"\qquad", r"\quad")
_RULES = (r"\toprule", r"\midrule", r"\bottomrule", r"\hline", r"\nonumber", r"\notag")


@dataclass(frozen=True, slots=True)
class RowStep:
    """A row of a table over steps: the letter that counts them, and its number."""

    letter: str
    number: int


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed relation: LaTeX on its right side, and on its left where a new quantity begins.

    In a table over steps the target is the head of the column, and `step` says which step the row is about.
    """

    offset: int
    target: str
    relation: Relation
    form: str
    boxed: bool = False
    step: RowStep | None = None


def display_rows(body: str, offset: int) -> Iterator[Printed]:
    """The relations of a display; a row that begins with neither target nor relation goes on with the one before."""
    waiting: Printed | None = None
    for row in cut(body, _ROW):
        text = without(row.text, "why", "mk", "tag", "label", "intertext")
        text = _without_spacing(text) if row.by else text
        place = offset + row.offset + len(text) - len(text.lstrip())
        assumption = argument(text, "assume")
        if assumption is not None:
            found = [Printed(place, "", "assume", assumption)]
        else:
            found = list(chain("".join(cell.text for cell in cut(text, _CELL)), place))
            if waiting is not None and len(found) == 1 and not found[0].target and found[0].relation == ":=":
                waiting = Printed(waiting.offset, waiting.target, waiting.relation, f"{waiting.form} {found[0].form}")
                continue
        if waiting is not None:
            yield _finished(waiting)
        yield from map(_finished, found[:-1])
        waiting = found[-1] if found else None
    if waiting is not None:
        yield _finished(waiting)


def _without_spacing(text: str) -> str:
    """The row with the optional height of the line break before it blanked out."""
    return re.sub(r"^\s*\[[^\]]*\]", lambda match: " " * len(match.group()), text)


def chain(text: str, place: int) -> Iterator[Printed]:
    """`a = b ≈ c` as relations; a text without any is given back under `:=`, to be joined to what came before."""
    first, *others = cut(text, _SIGNS, brackets=True)
    if not others and first.text.strip():
        yield Printed(place, "", ":=", first.text)
    target = first.text.strip()
    for part in others:
        yield Printed(place, target, RELATIONS[part.by], part.text)
        target = ""


def stated(text: str, offset: int) -> Iterator[Printed]:
    """Equalities inside a text, `$target = form$` or `$target$ = $form$`, and words behind a quantity."""
    maths = quoted(without(text, "quiet"))
    waiting: tuple[str, Relation] | None = None
    for math, after in zip(maths[1::2], maths[2::2], strict=False):
        found, place = list(chain(math.text, offset + math.offset)), offset + math.offset
        link, lone = after.text.strip(" \n{}"), not any(row.target for row in found)
        if waiting and lone:
            yield _finished(Printed(place, *waiting, math.text))
        waiting = None
        if not lone:
            yield from map(_finished, found)
        elif link in _LINKS:
            waiting = math.text, _LINKS[link]
        elif verdict := _VERDICT.match(link):
            yield _finished(Printed(place, math.text, "=", rf"\text{{{verdict['words'].strip()}}}"))


def _finished(row: Printed) -> Printed:
    """The row without the commands that only say how it looks."""
    boxed = r"\answer" in row.form or r"\boxed" in row.form
    form = unwrapped(without(row.form, "unit", "label"), "answer", "boxed", "fit")
    if r"\begin{aligned}" in form:
        form = _blanked(form, r"\begin{aligned}", r"\end{aligned}")
        form = " ".join(cell.text for part in cut(form, _ROW) for cell in cut(part.text, _CELL))
    form = _blanked(form, *_SPACES)
    return Printed(row.offset, _blanked(row.target, *_SPACES).strip(), row.relation, form.strip(), boxed, row.step)


def _blanked(text: str, *signs: str) -> str:
    for sign in signs:
        text = text.replace(sign, " " * len(sign))
    return text


def table_rows(body: str, offset: int) -> Iterator[Printed]:
    """The rows of a step table: a quantity, then its successive forms; cells without mathematics say nothing.

    Where words stand for the quantity, each cell is a chain of its own. In a table over steps, whose first head is a
    letter, a row begins with the number of its step, and a cell is what the head of its column is there.
    """
    heads: list[str] = []
    for row in cut(body, _ROW):
        text = _blanked(_without_spacing(row.text) if row.by else row.text, *_RULES)
        cells = [without(cell.text, "quiet") for cell in cut(text, _CELL)]
        maths = [[part.text for part in cut(cell, _MATH)[1::2]] for cell in cells]
        if not heads:
            heads = [found[0].strip() if found else "" for found in maths]
            if len(heads[0]) == 1:
                continue
        place = offset + row.offset
        if len(cells) >= 2 and len(heads[0]) == 1 and cells[0].strip().isdigit():
            step = RowStep(heads[0], int(cells[0]))
            yield from _at_step(step, heads, cells, maths, place)
        elif len(cells) >= 2 and not maths[0]:
            yield from _own_cells(cells, maths, place)
        elif len(cells) >= 2:
            yield from _successive(maths, place + len(text) - len(text.lstrip()))


def _successive(maths: list[list[str]], place: int) -> Iterator[Printed]:
    """A quantity in the first cell, its forms in the others."""
    target = maths[0][0]
    for form in (cell[0].strip() for cell in maths[1:] if cell):
        relation: Relation = "≈" if form.startswith(r"\approx") else "="
        yield _finished(Printed(place, target, relation, form.removeprefix(r"\approx")))
        target = ""


def _at_step(
    step: RowStep, heads: list[str], cells: list[str], maths: list[list[str]], offset: int
) -> Iterator[Printed]:
    place = offset
    for head, cell, formulas in zip(heads, cells, maths, strict=False):
        if head and formulas:
            yield replace(_finished(Printed(place + len(cell) - len(cell.lstrip()), head, "=", formulas[0])), step=step)
        place += len(cell) + 1


def _own_cells(cells: list[str], maths: list[list[str]], offset: int) -> Iterator[Printed]:
    """The chains `a = b` of a row; a lone form in a cell says nothing."""
    place = offset
    for cell, formulas in zip(cells, maths, strict=True):
        for formula in formulas:
            found = list(chain(formula, place + len(cell) - len(cell.lstrip())))
            yield from map(_finished, found if found and found[0].target else ())
        place += len(cell) + 1
