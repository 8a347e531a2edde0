"""Many draws of a question type, each solved, judged and read back from its own LaTeX."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.exam.marks import with_points
from derive.exam.model import Exam
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem, parts_of
from derive.exam.solve import solve_and_judge
from derive.notation.form import Text
from derive.questions.base import Question
from derive.questions.catalogue import question, question_type
from derive.record import Answer, Conventions, Derivation

if TYPE_CHECKING:
    from derive.check.report import Report

DETAIL = 3  # every line is printed, so that every line is read back
KEY = 1
"""The detail of an exam's key, at which a solution has a length that it must not exceed."""
POINTS = Fraction(5)
WHOLE = 20
"""For so many draws of a type the other documents are made and read back as well."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one draw: the lines and characters of its solution, or what is wrong with it."""

    name: str
    lines: int = 0
    characters: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of all draws."""

    trials: tuple[Trial, ...]

    @property
    def failures(self) -> tuple[Trial, ...]:
        """The draws that went wrong."""
        return tuple(trial for trial in self.trials if trial.fault)

    def __str__(self) -> str:
        good = [trial for trial in self.trials if not trial.fault]
        counts = f"{len(self.trials)} solved, {len(self.failures)} failed"
        if not good:
            return counts
        lines, characters = (sorted(getattr(trial, what) for trial in good) for what in ("lines", "characters"))
        return (
            f"{counts}; lines {lines[0]} to {lines[-1]} (median {lines[len(lines) // 2]}), "
            f"characters {characters[0]} to {characters[-1]} (median {characters[len(characters) // 2]})"
        )


def stress_type(
    ask: str,
    count: int,
    seed: int,
    progress: Callable[[str], None] = lambda name: None,
    conventions: Conventions | None = None,
) -> Summary:
    """`count` draws of a question type, from `seed` on: seed, seed + 1, ..."""
    question_type(ask)
    return Summary(tuple(_trials(ask, range(seed, seed + count), progress, conventions or Conventions())))


def _trials(ask: str, seeds: range, progress: Callable[[str], None], conventions: Conventions) -> Iterator[Trial]:
    for seed in seeds:
        name = f"seed {seed}"
        progress(name)
        yield _tried(name, partial(_bounded_sheet, ask, seed, conventions), whole=seed < seeds.start + WHOLE)


def drawn_question(ask: str, seed: int) -> Question:
    """A question, drawn from the type's name and the seed alone."""
    return question(ask, question_type(ask).draw(random.Random(f"{ask}/{seed}")))


def excess(asked: Question, derivation: Derivation) -> str:
    """By how much a solution is longer than its type allows at the detail of an exam's key; empty where it is not.

    Where rounded numbers are carried on every one of them must be seen, which no bound can hold.
    """
    from derive.render.length import printed_lines

    if derivation.conventions.rounding.mode == "carry-rounded":
        return ""
    results = sum(answer.boxed for answer in derivation.answers)
    lines, most = printed_lines(derivation, KEY), asked.lines * max(asked.asked_for(results), 1)
    return f"{lines} lines at detail {KEY}; {most} are the most for what is asked" if lines > most else ""


def _bounded_sheet(ask: str, seed: int, conventions: Conventions) -> Sheet:
    """The drawn sheet.

    Raises:
        DeriveError: its solution is longer than its type allows.
    """
    sheet = drawn_sheet(ask, seed, conventions)
    ((_, part),) = parts_of(sheet)
    if too_long := excess(drawn_question(ask, seed), part.derivation):
        raise DeriveError(too_long)
    return sheet


def drawn_sheet(ask: str, seed: int, conventions: Conventions | None = None) -> Sheet:
    """A sheet with the one question that is drawn from the type's name and the seed alone."""
    derivation = drawn_question(ask, seed).solve(conventions or Conventions())
    derivation = with_points(derivation, POINTS)
    shown = tuple(given for given in derivation.givens if given.shown)
    part = SolvedPart("a", ask, POINTS, derivation, shown)
    problem = SolvedProblem(1, derivation.title or ask, POINTS, (part,))
    return Sheet(f"{ask}, seed {seed}", POINTS, (problem,), derivation.conventions)


def stress_exam(exam: Exam, progress: Callable[[str], None] = lambda name: None) -> Summary:
    """The exam once: it has no draws."""
    return Summary((_tried(exam.rules.title, lambda: solve_and_judge(exam, progress).sheet),))


def _tried(name: str, make: Callable[[], Sheet], whole: bool = True) -> Trial:
    try:
        sheet = make()
        fault = _fault(sheet)
        text = _printed(sheet, "solution")
        fault = fault or _untrue(sheet, text, whole)
    except DeriveError as error:
        return Trial(name, fault=str(error))
    except Exception as error:  # a crash on a draw is what this looks for
        return Trial(name, fault=f"{type(error).__name__}: {error}")
    lines = sum(_lines(part.derivation) for _, part in parts_of(sheet))
    return Trial(name, lines, len(text), fault)


def _lines(derivation: Derivation) -> int:
    return sum(len(step.lines) for step in derivation.all_steps())


def _fault(sheet: Sheet) -> str:
    from derive.check.judge import judge

    for _, part in parts_of(sheet):
        verdict = judge(part.derivation)
        if verdict.verified is not True:
            faults = "; ".join(map(str, verdict.faults or verdict.undecided)) or "not decided"
            return f"part {part.label}: {faults}"
    return ""


def _printed(sheet: Sheet, kind: str) -> str:
    from derive.render.documents import render

    return render(sheet, kind, "tex", DETAIL)


def _untrue(sheet: Sheet, solution: str, whole: bool) -> str:
    """What does not hold when the printed documents are read back; empty where all does."""
    from derive.check.document import read_back

    fault = _said("solution", read_back(solution))
    if fault or not whole:
        return fault
    reports = {kind: read_back(_printed(sheet, kind), beside=solution) for kind in ("answers", "rubric", "exam")}
    expected = sum(_has_equality(answer) for _, part in parts_of(sheet) for answer in part.derivation.answers)
    if reports["answers"].lines < expected:
        return f"read back, answers: {reports['answers'].lines} of {expected} answers are found"
    return next(filter(None, (_said(kind, report) for kind, report in reports.items())), "")


def _has_equality(answer: Answer) -> bool:
    named = answer.label is not None and not isinstance(answer.label, Text)
    return answer.boxed and answer.kind != "text" and named


def _said(kind: str, report: Report) -> str:
    bad = [*report.failed, *report.undecided]
    return f"read back, {kind}: {bad[0]}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else "") if bad else ""
