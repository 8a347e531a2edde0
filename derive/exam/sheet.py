"""A solved exam: what the documents print. Made by `derive.exam`, read by `derive.render`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.record import Conventions, Derivation, Figure, Given, Phrase, Picture


@dataclass(frozen=True, slots=True)
class SolvedPart:
    """A part with its solution. `givens` are those to print at the part (the problem prints the shared ones).

    `space` is the height in centimetres left for an answer on the exam document; None leaves it to the points.
    `accepted` are other right answers, `credit` the rules of partial credit: both are for graders.
    """

    label: str
    ask: str
    points: Fraction
    derivation: Derivation
    givens: tuple[Given, ...] = ()
    space: Fraction | None = None
    accepted: tuple[Phrase, ...] = ()
    credit: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class SolvedProblem:
    """A problem: its number, what its parts share, and the parts."""

    number: int
    title: str
    points: Fraction
    parts: tuple[SolvedPart, ...]
    intro: Phrase = ()
    givens: tuple[Given, ...] = ()
    figures: tuple[Figure | Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole solved exam. `facts` are header lines such as date, time allowed and seed, as (label, text)."""

    title: str
    points: Fraction
    problems: tuple[SolvedProblem, ...]
    conventions: Conventions = Conventions()
    facts: tuple[tuple[str, str], ...] = ()
    instructions: tuple[Phrase, ...] = ()


def parts_of(sheet: Sheet) -> Iterator[tuple[SolvedProblem, SolvedPart]]:
    """Every part of a sheet with its problem, in printed order."""
    for problem in sheet.problems:
        for part in problem.parts:
            yield problem, part
