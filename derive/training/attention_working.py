"""The worked steps of attention: one entry of each kind in full, the softmax of one row, the other heads by result."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.graph.arrays import Array, shape_of
from derive.graph.point import Point, array_line, forward_steps, whole_first
from derive.notation.build import ONE, column, dimensions, number
from derive.notation.form import Form, Frac, Matrix, Product, Symbol, Transpose
from derive.notation.rounding import as_fraction
from derive.notation.symbols import symbol_name
from derive.record import Line, Mark, Phrase, Step
from derive.training.attention import HIDDEN, Attention, Kind, Part, entry
from derive.training.softmax_row import softmax_row

METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
REASONS: dict[Kind, Phrase] = {
    "masked": ("masked scores are ", HIDDEN),
    "weights": ("row by row",),
    "join": ("heads side by side",),
}
SUMS: Phrase = ("check: each row adds up to 1",)
NEARLY: Phrase = ("check: 1 but for the rounding",)
OTHER_ROWS: Phrase = ("the other rows in the same way",)


class Working:
    """Makes the steps of an attention at given values.

    Args:
        row: the query whose softmax is worked in full, counted from 1.
    """

    def __init__(self, attention: Attention, point: Point, row: int) -> None:
        self.attention, self.point, self.graph, self.row = attention, point, point.graph, row

    def steps(self) -> list[Step]:
        """All of them, in order."""
        return [step for part in self.attention.parts() for step in self._part(part)]

    def _part(self, part: Part) -> list[Step]:
        """The steps to one quantity: in full where its kind comes first, by its result after that."""
        quantity = self.graph.quantity(part.name)
        in_full = part.head == 1 and (part.kind != "projection" or part.name.base == "Q")
        if part.kind == "masked":
            return [self._defined(part)]
        if not isinstance(quantity.value, Array):
            return list(forward_steps(self.point, [quantity]))
        if part.kind == "weights":
            return self._weights(part) if in_full else [self._by_result(part), self._check(part, level=2)]
        if in_full and part.kind not in ("columns", "join"):
            formula, *others = forward_steps(self.point, [quantity])
            formula = replace(formula, lines=(replace(formula.lines[0], reason=self._reason(part)),))
            if part.kind != "scores" and others:  # one entry of a product is enough in an exam's key
                worked, whole = others
                return [*whole_first(formula, worked, whole, worked.marks)]
            return [formula, *others]
        return [self._by_result(part)]

    def _defined(self, part: Part) -> Step:
        line = Line("=", self.graph.written(part.printed or part.form), self._reason(part))
        return Step(symbol_name(part.name), self.graph.written(part.name), (line,), part.kind)

    def _by_result(self, part: Part) -> Step:
        step = self._defined(part)
        line = array_line(self.point, self.graph.quantity(part.name))
        return replace(step, lines=(*step.lines, line), marks=METHOD)

    def _reason(self, part: Part) -> Phrase:
        """What happens, or the sizes of the factors and of their product."""
        if part.kind in REASONS:
            return REASONS[part.kind]
        if part.kind == "columns":
            return ("the share of head ", number(part.head))
        form = part.form.top if isinstance(part.form, Frac) else part.form
        assert isinstance(form, Product)
        left, right = map(self._sides, form.factors)
        if not (left and right):
            return ()
        return (dimensions(left), " · ", dimensions(right), " → ", dimensions((left[0], right[1])))

    def _sides(self, factor: Form) -> tuple[int, ...]:
        if isinstance(factor, Transpose):
            return self._sides(factor.arg)[::-1]
        assert isinstance(factor, Symbol)
        return shape_of(self.graph.quantity(factor).value)

    # the softmax

    def _weights(self, part: Part) -> list[Step]:
        """Formula, one row, all rows, and what each row adds up to."""
        formula = self._defined(part)
        whole = array_line(self.point, self.graph.quantity(part.name))
        row = self._row(part, whole)
        last = replace(formula, lines=(replace(whole, reason=OTHER_ROWS),), rule="all rows", marks=ACCURACY)
        return [replace(formula, name=f"{formula.name}_formula"), *row, last, self._check(part)]

    def _row(self, part: Part, whole: Line) -> list[Step]:
        """The shares of one query; no step where it sees one key alone."""
        assert isinstance(whole.form, Matrix)
        shares = Matrix((whole.form.rows[self.row - 1],))
        shape = len(whole.form.rows), len(shares.rows[0])
        seen = self.attention.seen[self.row - 1] if self.attention.seen else (True,) * shape[1]
        if sum(seen) < 2:
            return []
        names = [entry(part.name, shape, self.row, j + 1) for j in range(shape[1])]
        scores = [replace(name, base="S") if sees else None for name, sees in zip(names, seen, strict=True)]
        words = f"softmax of row {self.row}" if all(seen) else f"softmax of row {self.row}; masked: 0"
        lines = softmax_row(self.point, scores, shares, (words,))
        return [Step(f"{symbol_name(part.name)}_row", Matrix((tuple(names),)), lines, "softmax", (), METHOD)]

    def _check(self, part: Part, level: int = 1) -> Step:
        """Each row of weights adds up to 1; rounded weights that are carried on do so nearly."""
        weights = self.graph.quantity(part.name).value
        assert isinstance(weights, Array)
        rows, columns = weights.shape
        sums = [self._sum(part.name, weights.shape, row) for row in range(1, rows + 1)]
        reason = SUMS if all(total == ONE for total in sums) else NEARLY
        target = Product((self.graph.written(part.name), column([ONE] * columns)))
        line = Line("=", sums[0] if rows == 1 else column(sums), reason)
        return Step(f"{symbol_name(part.name)}_check", target, (line,), "check", level=level)

    def _sum(self, name: Symbol, shape: tuple[int, ...], row: int) -> Form:
        if not self.point.carries_rounded:
            return ONE
        parts = [self.point.env[entry(name, shape, row, j + 1)] for j in range(shape[1])]
        return number(sum(map(as_fraction, parts), Fraction(0)))
