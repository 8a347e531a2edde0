"""From a solved exam to the source text of its documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from derive.errors import UnknownName
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.notation.form import Text
from derive.questions.stated import rounding_phrases
from derive.questions.text import TextQuestion
from derive.record import Conventions, Derivation, Given, Listing, Phrase, Step
from derive.render.blocks import asked
from derive.render.latex_printer import LatexPrinter
from derive.render.printer import Printer, amount, points_text, worth_text
from derive.render.raw import Raw, comment_text
from derive.render.rubric import rubric_rows
from derive.render.templates import TemplateEnvironment, environment, fill, kinds
from derive.render.text_printer import TextPrinter
from derive.render.typst_printer import TypstPrinter

PRINTERS: dict[str, type[Printer]] = {printer.suffix: printer for printer in (LatexPrinter, TypstPrinter, TextPrinter)}
"""The source formats, by suffix."""

EXAM = "exam"
"""The document that asks."""
_RULED_CM = Fraction(4, 5)
_START_CM, _POINT_CM, _SKETCH_CM = Fraction(5, 2), Fraction(3, 2), 6
"""The space for an answer: to begin with, for each point, and for a drawing."""


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
    printer, env = language(format, templates)
    sheet = _posed(sheet) if kind == EXAM else sheet
    shown = any(problem.figures for problem in sheet.problems)
    drawn = shown or any(part.derivation.figures for problem in sheet.problems for part in problem.parts)
    values = {"sheet": sheet, "detail": detail, "warning": warning, "has_figures": drawn,
              "has_problem_figures": shown}  # fmt: skip
    return str(fill(env, kind, format, kinds(printer.folder, format, templates), values))


def _posed(sheet: Sheet) -> Sheet:
    """The sheet as a student gets it: without the names that only the lines of the solution need."""

    def asked_with(givens: tuple[Given, ...]) -> tuple[Given, ...]:
        return tuple(given for given in givens if not given.for_working)

    problems = []
    for problem in sheet.problems:
        parts = tuple(replace(part, givens=asked_with(part.givens)) for part in problem.parts)
        problems.append(replace(problem, parts=parts, givens=asked_with(problem.givens)))
    return replace(sheet, problems=tuple(problems))


def ruled_lines(part: SolvedPart) -> int:
    """How many ruled lines the exam leaves for an answer."""
    space = part.space if part.space is not None else _START_CM + _POINT_CM * part.points
    return max(1, round(space / _RULED_CM))


def heading(part: SolvedPart) -> Phrase:
    """What a part is about, for graders: what it derives, or a question in words as it is asked."""
    return part.derivation.prompt if part.ask == TextQuestion.ask else (part.derivation.title or part.ask,)


def answer_in_words(part: SolvedPart) -> Phrase:
    """The answer to a question in words, where no row of its marks table says it."""
    steps = part.derivation.steps if part.ask == TextQuestion.ask else ()
    return next((step.intro for step in steps if any(mark.note for mark in step.marks)), ())


def code_answers(derivation: Derivation) -> tuple[Listing, ...]:
    """The answers of a part that are source code."""
    forms = [answer.form for answer in asked(derivation) if answer.kind == "code"]
    return tuple(Listing(form.text) for form in forms if isinstance(form, Text))


def for_students(conventions: Conventions) -> tuple[Phrase, ...]:
    """The conventions that a student needs: to how many digits to round, but not how the solution prints numbers."""
    rounding = conventions.rounding
    if rounding.mode != "carry-full":
        return conventions.used
    printing = rounding_phrases(rounding)
    needed = tuple(phrase for phrase in conventions.used if phrase not in printing)
    if needed == conventions.used:
        return needed
    return (*needed, (f"rounded results have {rounding.digits} significant digits",))


def single(derivation: Derivation) -> Sheet:
    """A sheet with one derivation on it."""
    points = derivation.points or Fraction(0)
    givens = tuple(given for given in derivation.givens if given.shown)
    part = SolvedPart("", "", points, _without_weights(derivation), givens)
    problem = SolvedProblem(1, "", points, (part,))
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
def language(format: str, templates: Path | None) -> tuple[Printer, TemplateEnvironment]:
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
        "listing": printer.listing,
        "code_answers": code_answers,
        "heading": heading,
        "answer_in_words": answer_in_words,
        "literal": printer.literal,
        "where_comment": lambda where: Raw(comment_text(where)),
        "asked": asked,
        "answer_line": printer.answer_line,
        "rubric": rubric_rows,
        "points": points_text,
        "amount": amount,
        "worth": worth_text,
        "ruled_lines": ruled_lines,
        "sketch": lambda part: _SKETCH_CM if part.derivation.figures else 0,
        "for_students": for_students,
        "title_hex": lambda title: Raw(("\ufeff" + title).encode("utf-16-be", "replace").hex().upper()),
    }
