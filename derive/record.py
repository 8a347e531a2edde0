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
AnswerKind = Literal["number", "integer", "shape", "matrix", "expression", "point", "points", "verdict", "text", "code"]
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
    """Points that a step earns: kind "M" for method, "A" for accuracy, "B" independent of both; `note` for graders.

    `line` is the line of the step's listing (from 1) beside which it is printed.
    """

    points: Fraction
    kind: Literal["M", "A", "B"] = "M"
    note: Phrase = ()
    line: int | None = None


METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
"""The marks of a step that is on the way, and of one that finds what was asked for, as long as an exam says no more."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Source code, printed letter by letter as it stands; it is never run.

    `language` may be "python", which the judge holds code to, or "text", such as a listing with faults.
    """

    text: str
    language: Literal["python", "text"] = "python"
    caption: Phrase = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What is found, and its successive forms; the last line is its value.

    `name` is what later steps list in `uses`. `intro` is a sentence printed before the lines. `layout` "table" prints
    the substeps as the rows of a table under `heads`; their lines are its columns. `listing` is code that is printed
    behind the intro. A step without target and lines is a remark. `level` is the smallest detail at which the step is
    shown: 0 answer, 1 exam key, 2 teaching, 3 every rule.

    A substep of a table with layout "row" is a row of cells that stand for themselves: its intro is the first cell,
    each of its substeps one more, with lines as a chain `a = b = c` (its target is not printed), words, or nothing.
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
    layout: Literal["lines", "table", "row"] = "lines"
    heads: tuple[Phrase, ...] = ()
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A premise. With a form it defines or sets its target (`z := w x + b`, `w := -2`, `∂R/∂x := r`).

    Without one the target is a free quantity. `kind` tells a node of the graph ("definition") from a number or a
    matrix of numbers ("value"), from an abstract function or a free symbol ("free") and from what is sought
    ("unknown"). `note` is printed behind it. One that is not `shown` is a premise of the
    judge only: the prompt says it in other words. One `for_working` is no part of the question: it says what a name
    means in the lines of the solution.
    """

    target: Form
    form: Form | None = None
    kind: Literal["definition", "value", "free", "unknown"] = "definition"
    note: Phrase = ()
    shown: bool = True
    for_working: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for: `form` is its exact written form, `shown` the one that is printed (rounded where it is).

    `kind` is number, integer, shape, matrix, expression, points, verdict, text, or code (whose form is a text of many
    lines). `tolerance` is relative; None takes half a unit of the last printed digit. `label` is the quantity, where it
    has a name in mathematics, or words. A result on the way that was not asked for is not `boxed`.
    """

    name: str
    kind: AnswerKind
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


Spot = tuple[float, float]
"""A place in a picture: centimetres from its origin, y upwards."""
Shade = Literal["none", "white", "light", "mid", "dark", "black"]
Dash = Literal["solid", "dashed", "dotted", "dashdotted"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, `weight` points thick; `tip` ends it in an arrow, `faint` draws it in grey.

    `curved` leads a smooth curve through the points, `rounded` is the radius of its corners in centimetres.
    """

    points: tuple[Spot, ...]
    tip: bool = False
    dash: Dash = "solid"
    weight: float = 0.5
    curved: bool = False
    rounded: float = 0.0
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A polygon, filled where it has a shade; with a weight of 0 it has no outline."""

    points: tuple[Spot, ...]
    shade: Shade = "none"
    weight: float = 0.5
    rounded: float = 0.0
    dash: Dash = "solid"


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A circle or an ellipse by its middle and its two radii."""

    at: Spot
    across: float
    up: float
    shade: Shade = "none"
    weight: float = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a picture; `anchor` is the side of them that lies at the point, `size` in points, `turned` in degrees.

    Of a `fact`, a step that the judge checks, the form of the last line stands behind the text.
    """

    at: Spot
    text: Phrase
    anchor: Literal["centre", "west", "east", "north", "south"] = "centre"
    size: int = 9
    turned: int = 0
    fact: Step | None = None

    @property
    def phrase(self) -> Phrase:
        """All that is printed."""
        if self.fact is None:
            return self.text
        line = self.fact.lines[-1]
        return (*self.text, *(("≈ ",) if line.relation == "≈" else ()), line.form)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing by coordinates: what stands later is drawn over what stands earlier."""

    shapes: tuple[Stroke | Patch | Ellipse | Words, ...]
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

    `points` is what the part is worth: the marks of the steps add up to it. `listings` is the code that the prompt asks
    about. `str()` is a readable plain-text solution.
    """

    title: str
    prompt: Phrase = ()
    givens: tuple[Given, ...] = ()
    steps: tuple[Step, ...] = ()
    answers: tuple[Answer, ...] = ()
    conventions: Conventions = Conventions()
    figures: tuple[Figure | Picture, ...] = ()
    points: Fraction | None = None
    remarks: tuple[Phrase, ...] = field(default=())
    listings: tuple[Listing, ...] = ()

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
