"""The size of what a window leaves of an image, in one line: formula, numbers, value for rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.graph.windows import Slide
from derive.notation.build import ONE, TWO, ZERO, dimensions, number
from derive.notation.form import Call, Fence, Form, Frac, Product, Shape, Sum, Symbol
from derive.notation.symbols import symbol_name
from derive.record import Given, Line, Mark, Phrase, Step


def size_step(output: Symbol, size: tuple[int, int], window: Slide) -> tuple[Step, Given]:
    """The size of the result in one line, and what it means: windows counted."""
    target = Symbol("shape", sub=(output.base,))
    counts = window.counts(*size)
    sides = tuple(_side(axis, size[axis], window) for axis in (0, 1))
    reason: Phrase = (_formula(window), " for rows and columns")
    lines = (Line("=", Shape(sides), reason), Line("=", dimensions(counts)))
    meaning = Shape(tuple(_meant(axis, size[axis], window) for axis in (0, 1)))
    given = Given(Call("meaning", (target,)), meaning, shown=False)
    return Step(symbol_name(target), target, lines, "size", (), (Mark(Fraction(1), "M"),)), given


def _formula(window: Slide) -> Form:
    n, k, p, s, d = (Symbol(letter) for letter in "nkpsd")
    parts: list[tuple[Form, bool]] = [(n, False), (Product((TWO, p)), False)]
    if window.before != window.after:
        parts = [(n, False), (Symbol("p", sub=("1",)), False), (Symbol("p", sub=("2",)), False)]
    if window.dilation == (1, 1):
        parts.append((k, True))
    else:
        parts += [(Product((d, Sum((k, ONE), (False, True)))), True), (ONE, True)]
    return _floored(parts, s)


def _side(axis: int, size: int, window: Slide) -> Form:
    before, after = window.before[axis], window.after[axis]
    parts: list[tuple[Form, bool]] = [(number(size), False), (Product((TWO, number(before))), False)]
    if window.before != window.after:
        parts = [(number(size), False), (number(before), False), (number(after), False)]
    kernel = number(window.kernel[axis])
    if window.dilation == (1, 1):
        parts.append((kernel, True))
    else:
        spread = Product((number(window.dilation[axis]), Sum((kernel, ONE), (False, True))))
        parts += [(spread, True), (ONE, True)]
    return _floored(parts, number(window.stride[axis]))


def _floored(parts: Sequence[tuple[Form, bool]], stride: Form) -> Form:
    top = Sum(tuple(term for term, _ in parts), tuple(minus for _, minus in parts))
    return Sum((Fence("floor", Frac(top, stride)), ONE), (False, False))


def _meant(axis: int, size: int, window: Slide) -> Form:
    """How many windows fit, counted by the judge."""
    padded = size + window.before[axis] + window.after[axis]
    extent = 1 + sum(window.dilation[axis] for _ in range(window.kernel[axis] - 1))
    return Call("windows", (number(padded), number(extent), number(window.stride[axis]), ZERO))
