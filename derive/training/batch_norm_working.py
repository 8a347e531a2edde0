"""The worked steps of a gradient back through a batch normalization: one entry in full, then all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.curvature import vanishes
from derive.graph.graph import entries_of, evaluate
from derive.graph.point import ALL_ENTRIES, THE_SAME_WAY, Point
from derive.notation.build import ZERO, number
from derive.notation.form import BigSum, Derivative, Form, Matrix, Product, Symbol
from derive.notation.symbols import symbol_name
from derive.record import Line, Mark, Step
from derive.training.batch_norm import BETA, GAMMA, MEAN, VARIANCE, Normalization, ones
from derive.training.batch_norm_backward import INDEX, LOSS, Feature, Formula, slope

METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
Named = tuple[Symbol, Formula]
"""An entry, and the formula of the gradient by it."""


class Backward:
    """Makes the steps from the gradient of the output on.

    Args:
        point: where the graph has its values, with the gradients of all outputs among what is known.
        of: the node of the loss.
    """

    def __init__(self, point: Point, normalization: Normalization, of: int) -> None:
        self.point, self.graph, self.normalization = point, point.graph, normalization
        self.features = [Feature(normalization, j + 1) for j in range(normalization.features)]
        self.values = self._values(of)

    @property
    def names(self) -> tuple[Symbol, ...]:
        """By what the loss is differentiated, in the order of the backward pass."""
        hat, x = self.normalization.named("x", "hat"), self.normalization.named("x")
        return GAMMA, BETA, hat, VARIANCE, MEAN, x

    def _values(self, of: int) -> dict[Form, Real]:
        """Every gradient, by the sweep of the graph."""
        nodes = {
            slope(entry): self.graph.scalar(entry)
            for name in self.names
            for entry in entries_of(self.graph.quantity(name))
        }
        found = self.graph.program.gradient(of, tuple(nodes.values()))
        worth = evaluate(
            self.graph.program, self.point.nodes, found.values(), self.point.conventions, self.graph.labels
        )
        values = {name: worth[found[node]] for name, node in nodes.items()}
        return {name: Fraction(0) if vanishes(value) else value for name, value in values.items()}

    def steps(self) -> list[Step]:
        """γ and β, then x̂, the variance and the mean, then x, into which three paths lead."""
        hat, x = self.normalization.named("x", "hat"), self.normalization.named("x")
        return [
            *self._steps(GAMMA, self._by_feature(Feature.gamma)),
            *self._steps(BETA, self._by_feature(Feature.beta)),
            *self._steps(hat, self._by_entry(Feature.normalized)),
            *self._steps(VARIANCE, self._by_feature(Feature.variance)),
            *self._steps(MEAN, self._by_feature(Feature.mean)),
            *self._steps(x, self._by_entry(Feature.input)),
            *self._check(x),
        ]

    def _by_feature(self, formula: Callable[[Feature], Formula]) -> Iterator[Formula]:
        return map(formula, self.features)

    def _by_entry(self, formula: Callable[[Feature, int], Formula]) -> Iterator[Formula]:
        rows = range(1, self.normalization.examples + 1)
        return (formula(feature, row) for row in rows for feature in self.features)

    def _steps(self, name: Symbol, formulas: Iterator[Formula]) -> Iterator[Step]:
        """The gradient by a quantity: one entry in full, then, where there are several, all of them."""
        named = list(zip(entries_of(self.graph.quantity(name)), formulas, strict=True))
        telling = next((pair for pair in named if self.values[slope(pair[0])] != 0), named[0])
        first = self._in_full(*telling)
        yield first
        value = self.graph.quantity(name).value
        if not isinstance(value, Array):
            return
        entries = [(slope(entry), formula.spread, self._value(entry, formula)) for entry, formula in named]
        line = Line(*self.point.array(entries, value.shape), THE_SAME_WAY)
        if self.point.carries_rounded:  # a gradient is what its formula makes of the printed numbers
            yield from (self._short(*pair) for pair in named if pair != telling)
        target = Derivative(LOSS, (self.graph.written(name),))
        yield Step(f"dL_d{symbol_name(name)}", target, (line,), ALL_ENTRIES, (first.name,), ACCURACY)

    def _value(self, entry: Symbol, formula: Formula) -> Real:
        return self.point.worth(formula.spread) if self.point.carries_rounded else self.values[slope(entry)]

    def _in_full(self, entry: Symbol, formula: Formula) -> Step:
        lines = tuple(Line("=", form, reason) for form, reason in formula.lines)
        value = self._value(entry, formula)
        numbers = self.point.numbers(slope(entry), formula.spread, value)
        if value == 0 and any(line.relation == "≈" for line in numbers):  # rounded numbers do not cancel exactly
            numbers = (Line("=", ZERO, ("the paths cancel",)),)
        return Step(f"dL_d{symbol_name(entry)}", slope(entry), (*lines, *numbers), "sum over paths", (), METHOD)

    def _short(self, entry: Symbol, formula: Formula) -> Step:
        """An entry that is worked like the first one: its formula and its value."""
        lines = (Line("=", formula.lines[-1][0]), self.point.end(slope(entry)))
        return Step(f"dL_d{symbol_name(entry)}", slope(entry), lines, "in the same way")

    def _check(self, x: Symbol) -> Iterator[Step]:
        """A batch that is shifted as a whole is normalized to the same: the gradients of a feature add up to 0."""
        if self.point.carries_rounded:
            return
        reason = ("check: a shift of all examples changes nothing",)
        if self.normalization.single:
            term = slope(self.features[0].x("i"))
            target: Form = BigSum(term, INDEX, number(1), number(self.normalization.examples))
            form: Form = ZERO
        else:
            target = Product((ones(self.normalization.examples), Derivative(LOSS, (self.graph.written(x),))))
            form = Matrix(((ZERO,) * self.normalization.features,))
        yield Step("check", target, (Line("=", form, reason),), "check", level=2)
