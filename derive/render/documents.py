"""From a solved exam to the source text of its documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from derive.errors import UnknownName
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.record import Derivation, Step
from derive.render.latex_printer import LatexPrinter
from derive.render.printer import Printer, amount, points_text, worth_text
from derive.render.raw import Raw, comment_text
from derive.render.rubric import rubric_rows
from derive.render.templates import TemplateEnvironment, environment, fill, kinds
from derive.render.text_printer import TextPrinter
from derive.render.typst_printer import TypstPrinter

PRINTERS: dict[str, type[Printer]] = {printer.suffix: printer for printer in (LatexPrinter, TypstPrinter, TextPrinter)}
"""The source formats, by suffix."""

_RULED_CM = Fraction(4, 5)


def document_kinds(format: str = "tex", templates: Path | None = None) -> list[str]:
    """The kinds of document that have a template: answers, exam, rubric, solution, and the user's own."""
    return kinds(_printer(format).folder, format, templates)


def render(
    sheet: Sheet, kind: str, format: str, detail: int = 2, *, warning: str = "", templates: Path | None = None
) -> str:
    """The source of one document.

    Args:
        sheet: the solved exam.
        kind: exam, solution, rubric, answers, or the name of a template in `templates`.
        format: tex, typ or txt.
        detail: 0 answers, 1 exam key, 2 teaching, 3 every rule.
        warning: printed visibly at the top, where a document is made although it was not verified.
        templates: a folder whose latex/, typst/ and text/ are searched first.

    Raises:
        UnknownName: no such kind or format.
        RenderError: a template has a mistake.
    """
    printer, env = _language(format, templates)
    drawn = any(part.derivation.figures for problem in sheet.problems for part in problem.parts)
    values = {"sheet": sheet, "detail": detail, "warning": warning, "has_figures": drawn}
    return str(fill(env, kind, format, kinds(printer.folder, format, templates), values))


def single(derivation: Derivation) -> Sheet:
    """A sheet with one derivation on it."""
    marked = sum((mark.points for step in derivation.all_steps() for mark in step.marks), Fraction(0))
    points = derivation.points if derivation.points is not None else marked
    part = SolvedPart("a", "", points, derivation, derivation.givens)
    problem = SolvedProblem(1, derivation.title, points, (part,))
    return Sheet(derivation.title, points, (problem,), derivation.conventions)


def fragment(derivation: Derivation, format: str = "tex", detail: int = 2) -> str:
    """The steps of one derivation without a document around them, in the macros of the base template."""
    return str(_printer(format).solution(_without_weights(derivation), detail))


def text(derivation: Derivation, detail: int = 2) -> str:
    """A derivation as readable plain text."""
    return str(_printer("txt").solution(_without_weights(derivation), detail))


def _without_weights(derivation: Derivation) -> Derivation:
    """Marks are only weights as long as the derivation was given no points: they are not printed then."""
    if derivation.points is not None:
        return derivation
    return derivation.with_steps(tuple(_unmarked(step) for step in derivation.steps))


def _unmarked(step: Step) -> Step:
    return replace(step, marks=(), substeps=tuple(map(_unmarked, step.substeps)))


def _printer(format: str) -> Printer:
    if format not in PRINTERS:
        raise UnknownName("document format", format, PRINTERS)
    return PRINTERS[format]()


@lru_cache(maxsize=16)
def _language(format: str, templates: Path | None) -> tuple[Printer, TemplateEnvironment]:
    """The printer of a format and its environment; Jinja notices by itself when a template file changes."""
    printer = _printer(format)
    env = environment(printer.folder, templates, printer.printed)
    env.globals.update(_functions(printer))
    return printer, env


def _functions(printer: Printer) -> dict[str, Callable[..., object]]:
    """What templates may call."""
    return {
        "solution": printer.solution,
        "givens": printer.givens,
        "figure": printer.figure,
        "literal": printer.literal,
        "where_comment": lambda where: Raw(comment_text(where)),
        "answer_line": printer.answer_line,
        "rubric": rubric_rows,
        "points": points_text,
        "amount": amount,
        "worth": worth_text,
        "ruled_lines": lambda space: max(1, round(space / _RULED_CM)),
        "title_hex": lambda title: Raw(("\ufeff" + title).encode("utf-16-be", "replace").hex().upper()),
    }
