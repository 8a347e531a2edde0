"""What a penalty adds to the value of a loss and to its gradients: J = L + λ R.

The strength λ may be a number or a letter; then a value is written as 0.2033 + 1.74 λ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.graph import matrix_form
from derive.graph.lifting import lifted
from derive.graph.point import THE_SAME_WAY, Point, forward_steps
from derive.notation.algebra import tidy
from derive.notation.build import ONE, ZERO, add, multiply
from derive.notation.form import Derivative, Form, Neg, Product, Symbol
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.notation.working import NUMBERS_IN
from derive.questions.answers import answer_name, many_digits
from derive.questions.fields import numeric
from derive.questions.formulas import nodes_of
from derive.questions.graph_question import kind_of
from derive.questions.loss_penalty import Penalized
from derive.questions.loss_posed import Posed
from derive.questions.loss_slopes import ACCURACY, METHOD
from derive.questions.loss_working import is_below
from derive.record import Answer, Line, Phrase, Step

SUM_RULE = 2
"""The level of detail of the line that adds the derivatives before they are written out."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A step, and the answer that it finds."""

    step: Step
    answer: Answer


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a gradient by weights: its node, and the slope of the penalty there."""

    node: int
    label: Symbol
    slope: Form


class PenaltySteps:
    """The steps that a penalty adds.

    Args:
        answers: the gradients of the loss alone, which are written out where there are no numbers.
    """

    def __init__(self, posed: Posed, point: Point, answers: Iterable[Answer] = ()) -> None:
        self.found = {answer.label: answer.form for answer in answers}
        assert posed.penalty is not None
        self.posed, self.point, self.graph = posed, point, posed.graph
        self.penalty: Penalized = posed.penalty
        if self.penalty.value is not None and not point.symbolic:
            point.env[self.penalty.strength] = numeric(self.penalty.value)

    # Value

    def value(self) -> tuple[Step, Worked]:
        """The penalty, and the sum of loss and penalty."""
        penalty, loss = self.penalty, self.posed.asked.of
        (own,) = forward_steps(self.point, [self.graph.quantity(penalty.name)])
        own = replace(own, lines=(replace(own.lines[0], reason=("biases left out",)), *own.lines[1:]))
        form = penalty.sum(loss)
        lines = [Line("=", form, ("loss and penalty",))]
        return own, self._ended(penalty.total, [*lines, *self._numbers(penalty.total, form, loss, penalty.name)], form)

    # Gradients

    def gradients(self, names: Sequence[Symbol]) -> Iterator[Worked]:
        """The gradients of the sum by some quantities, each from that of the loss."""
        for name in names:
            yield self._array(name) if isinstance(self._quantity(name), Array) else self._scalar(name)

    def formulas(self) -> tuple[Step, ...]:
        """What the penalty and the sum are, as formulas."""
        penalty, graph = self.penalty, self.graph
        own = Step(symbol_name(penalty.name), penalty.name, (Line("=", graph.written(penalty.form)),), "definition")
        total = (Line("=", penalty.sum(self.posed.asked.of), ("loss and penalty",)),)
        return own, Step(symbol_name(penalty.total), penalty.total, total, "definition", (), METHOD)

    def _quantity(self, name: Symbol) -> int | Array:
        quantity = self.graph.quantities.get(name)
        return self.graph.scalar(name) if quantity is None else quantity.value

    def _shares(self, name: Symbol) -> list[Share]:
        nodes = nodes_of(self.graph, name)
        slopes = self.graph.program.gradient(self.graph.scalar(self.penalty.name), nodes)
        labels = [self.graph.labels[node] for node in nodes]
        return [
            Share(node, label, tidy(self.graph.form(slopes[node])))
            for node, label in zip(nodes, labels, strict=True)
            if isinstance(label, Symbol)
        ]

    def _scalar(self, name: Symbol) -> Worked:
        (share,) = self._shares(name)
        target, own = (Derivative(of, (name,)) for of in (self.penalty.total, self.posed.asked.of))
        lines = [self._sum_rule(name)] if is_below(self.posed, name) and share.slope != ZERO else []
        form = self._sum(share)
        lines.append(Line("=", form, self._reason(share)))
        if self.point.symbolic and own in self.found:
            form = substituted(form, lambda part: self.found[own] if part == own else None)
            lines.append(Line("=", form))
        return self._ended(target, [*lines, *self._numbers(target, form, own, share.slope)], form)

    def _array(self, name: Symbol) -> Worked:
        """The gradient by an array: one formula of whole arrays, then all numbers."""
        shares, array = self._shares(name), self._quantity(name)
        assert isinstance(array, Array)
        target = Derivative(self.penalty.total, (self.graph.written(name),))
        forms = [self._sum(share) for share in shares]
        places = [share.label.sub[len(name.sub) :] for share in shares]
        lines = [self._sum_rule(name)] if is_below(self.posed, name) and shares[0].slope != ZERO else []
        whole = lifted(forms, places, [Symbol(name.base, name.accent, name.sub, name.sup, True)])
        lines += [Line("=", whole, self._reason(shares[0]))] if whole is not None else []
        if self.point.symbolic:
            form = whole if whole is not None else matrix_form(array.shape, forms)
            lines = lines if whole is not None else [*lines, Line("=", form)]
            step = Step(self._name(target), target, tuple(lines), "sum rule", (), ACCURACY)
            return Worked(step, Answer(answer_name(target), kind_of(form), form, form, target))
        ends = [self._numbers(self._by(share), form, self._own(share), share.slope)[-1]
                for share, form in zip(shares, forms, strict=True)]  # fmt: skip
        relation = "≈" if any(line.relation == "≈" for line in ends) else "="
        numbers = matrix_form(array.shape, [line.form for line in ends])
        lines.append(Line(relation, numbers, NUMBERS_IN if whole is not None else THE_SAME_WAY))  # type: ignore[arg-type]
        step = Step(self._name(target), target, tuple(lines), "sum rule", (), ACCURACY)
        exact = matrix_form(array.shape, [self._exact(self._own(share), share.slope) for share in shares])
        return Worked(step, Answer(answer_name(target), "matrix", exact, numbers, target))

    def _by(self, share: Share) -> Derivative:
        return Derivative(self.penalty.total, (share.label,))

    def _own(self, share: Share) -> Derivative:
        return Derivative(self.posed.asked.of, (share.label,))

    def _sum_rule(self, name: Symbol) -> Line:
        written = self.graph.written(name)
        slopes = [Derivative(of, (written,)) for of in (self.posed.asked.of, self.penalty.name)]
        return Line("=", add([slopes[0], Product((self.penalty.strength, slopes[1]))]), ("sum rule",), SUM_RULE)

    def _sum(self, share: Share) -> Form:
        """∂L/∂w + 2λw."""
        parts: list[Form] = [self._own(share)] if is_below(self.posed, share.label) else []
        parts += [tidy(Product((self.penalty.strength, share.slope)))] if share.slope != ZERO else []
        return add(parts)

    def _reason(self, share: Share) -> Phrase:
        """The slope of the penalty."""
        if share.slope == ZERO:
            return ("no penalty on it",)
        return (Derivative(self.penalty.name, (share.label,)), " = ", share.slope)

    # Numbers

    def _numbers(self, target: Form, form: Form, of: Form, slope: Form) -> list[Line]:
        """The lines behind a formula: numbers in and value, or a value and a multiple of the strength."""
        point, strength = self.point, self.penalty.strength
        if point.symbolic:
            return []
        if strength in point.env:
            return list(point.numbers(target, form, point.worth(form))) or [point.end(target)]
        first = point.end(of) if of in point.env else Line("=", ZERO)
        second = Line(*shown(point.worth(slope), point.conventions.rounding))
        relation = "≈" if "≈" in (first.relation, second.relation) else "="
        return [Line(relation, _affine(first.form, second.form, strength), NUMBERS_IN)]  # type: ignore[arg-type]

    def _exact(self, of: Form, slope: Form) -> Form:
        own: Real = self.point.env.get(of, Fraction(0))
        share = self.point.worth(slope)
        if self.penalty.strength in self.point.env:
            return many_digits(own + self.point.env[self.penalty.strength] * share)
        return _affine(many_digits(own), many_digits(share), self.penalty.strength)

    def _ended(self, target: Form, lines: Sequence[Line], form: Form) -> Worked:
        """The step, and its answer where there are numbers."""
        step = Step(self._name(target), target, tuple(lines), "loss and penalty", (), ACCURACY)
        if self.point.symbolic:
            return Worked(step, Answer(answer_name(target), kind_of(form), form, form, target))
        is_value = isinstance(target, Symbol)
        own: Form = self.posed.asked.of if is_value else Derivative(self.posed.asked.of, target.wrt)  # type: ignore[attr-defined]
        slope: Form = self.penalty.name if is_value else self._shares(target.wrt[0])[0].slope  # type: ignore[attr-defined]
        shown_form = lines[-1].form
        return Worked(
            step, Answer(answer_name(target), kind_of(shown_form), self._exact(own, slope), shown_form, target)
        )

    def _name(self, target: Form) -> str:
        if isinstance(target, Derivative):
            return f"d{symbol_name(self.penalty.total)}_d{answer_name(target)}"
        return answer_name(target)


def _affine(first: Form, slope: Form, strength: Symbol) -> Form:
    """first + slope·strength, without a factor 1 or a term 0."""
    if slope == ZERO:
        return first
    minus = isinstance(slope, Neg)
    size = slope.arg if isinstance(slope, Neg) else slope
    share = strength if size == ONE else multiply([size, strength])
    share = Neg(share) if minus else share
    return share if first == ZERO else add([first, share])
