"""The record that everything passes: a derivation, its steps, their lines and the answers.

The engines make it, the judge, the printers and the exports read it, and none of them computes for another. Nothing
here knows how a line looks in LaTeX, or how a derivative is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from derive.notation.form import Form

Relation = Literal["=", "≈", ":=", "assume"]
Phrase = tuple[str | Form, ...]
"""Words with mathematics between them; strings are plain text that every printer escapes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed relation of a step.

    `relation` is "=" (exact), "≈" (rounded), ":=" (a definition) or "assume" (then `form` is a Relation, and the lines
    after it hold under it). `reason` names the rule and its operands. A line whose `level` is above the asked detail is
    left out. `boxed` marks the answer of a part. `at` says that the line holds at the given values only, although it
    still contains names (a line without names is one of values anyway).
    """

    relation: Relation
    form: Form
    reason: Phrase = ()
    level: int = 0
    boxed: bool = False
    at: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Points that a step earns: kind "M" for method, "A" for accuracy, "B" independent of both; `note` for graders."""

    points: Fraction
    kind: Literal["M", "A", "B"] = "M"
    note: Phrase = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is found, and its successive forms; the last line is its value.

    `name` is what later steps list in `uses`. `intro` is a sentence printed before the lines. `layout` "table" prints
    the substeps as the rows of a table under `heads`; their lines are its columns. A step without target and lines is
    a remark. `level` is the smallest detail at which the step is shown: 0 answer, 1 exam key, 2 teaching, 3 every rule.
    """

    name: str
    target: Form | None = None
    lines: tuple[Line, ...] = ()
    rule: str = ""
    uses: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    level: int = 1
    intro: Phrase = ()
    substeps: tuple[Step, ...] = ()
    layout: Literal["lines", "table"] = "lines"
    heads: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A premise. With a form it defines or sets its target (`z := w x + b`, `w := -2`, `∂R/∂x := r`).

    Without one the target is a free quantity. `kind` tells a node of the graph ("definition") from a number or a
    matrix of numbers ("value") and from an abstract function or a free symbol ("free"). `note` is printed behind it.
    One that is not `shown` is a premise of the judge only: the prompt says it in other words.
    """

    target: Form
    form: Form | None = None
    kind: Literal["definition", "value", "free"] = "definition"
    note: Phrase = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for: `form` is its exact written form, `shown` the one that is printed (rounded where it is).

    `kind` is number, integer, shape, matrix, expression, points, verdict or text. `tolerance` is relative; None takes
    half a unit of the last printed digit. `label` is the quantity, where it has a name in mathematics. A result on the
    way that was not asked for is not `boxed`.
    """

    name: str
    kind: Literal["number", "integer", "shape", "matrix", "expression", "points", "verdict", "text"]
    form: Form
    shown: Form | None = None
    label: Form | None = None
    unit: str = ""
    tolerance: Fraction | None = None
    boxed: bool = True


@dataclass(frozen=True, slots=True)
class FigureNode:
    """A box of a figure; `name` is its identity in the edges."""

    name: str
    label: Phrase
    kind: Literal["input", "operation", "output"] = "operation"


@dataclass(frozen=True, slots=True)
class FigureEdge:
    """An arrow; `above` and `below` are steps whose last line is printed there, so that the judge checks them."""

    source: str
    target: str
    above: Step | None = None
    below: Step | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing model of a directed graph, without coordinates: `derive.render.figures` lays it out."""

    nodes: tuple[FigureNode, ...]
    edges: tuple[FigureEdge, ...]
    caption: Phrase = ()


@dataclass(frozen=True, slots=True)
class Rounding:
    """How numbers are shown. "exact" rounds nothing; "carry-full" carries full precision and shows `digits` significant
    digits (more where a line needs them to be true as printed); "carry-rounded" goes on with the digits shown.
    """

    mode: Literal["exact", "carry-full", "carry-rounded"] = "carry-full"
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a sheet states before its solutions. `used` lists the phrases that apply to it, in print order."""

    rounding: Rounding = Rounding()
    relu_at_zero: Fraction = Fraction(0)
    tie: Literal["padding", "first", "last"] = "padding"
    used: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """A question's whole solution. `prompt` asks it, `givens` are its premises, `answers` what it arrives at.

    `points` is what the part is worth: the marks of the steps add up to it. `str()` is a readable plain-text solution.
    """

    title: str
    prompt: Phrase = ()
    givens: tuple[Given, ...] = ()
    steps: tuple[Step, ...] = ()
    answers: tuple[Answer, ...] = ()
    conventions: Conventions = Conventions()
    figures: tuple[Figure, ...] = ()
    points: Fraction | None = None
    remarks: tuple[Phrase, ...] = field(default=())

    def all_steps(self) -> Iterator[Step]:
        """Every step and substep in printed order."""
        stack = list(reversed(self.steps))
        while stack:
            step = stack.pop()
            yield step
            stack.extend(reversed(step.substeps))

    def with_steps(self, steps: tuple[Step, ...]) -> Derivation:
        """The same derivation with other steps."""
        return replace(self, steps=steps)
