"""The largest stable rate of gradient descent on a quadratic loss: Hessian, largest eigenvalue, bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.graph.arithmetic import Real
from derive.graph.graph import Graph, evaluate
from derive.graph.point import Point
from derive.notation.algebra import is_longer, tidy
from derive.notation.build import ONE, TWO, add, neg, number, subtract
from derive.notation.form import Call, Derivative, Form, Frac, Matrix, Power, Product, Relation, Root, Symbol
from derive.notation.rounding import shown
from derive.notation.symbols import element, parse_symbol, symbol_name
from derive.record import Given, Line, Mark, Phrase, Step
from derive.training.stability import MOST_COORDINATES, eigenvalues, hessian, is_diagonal

H = Symbol("H", bold=True)
LAMBDA, LARGEST, SMALLEST, BOUND = (parse_symbol(name) for name in ("lam", "lam_max", "lam_min", "eta_max"))
LONGEST = 60
"""Nodes of a derivative that is written out; of a longer one only the value is shown."""
_ONE = (Mark(Fraction(1), "M"),)
_RESULT = (Mark(Fraction(2), "A"),)
_SECOND: Phrase = ("second derivative",)


@dataclass(frozen=True, slots=True)
class Stability:
    """What the curvature of a quadratic loss says about rates.

    Attributes:
        variables: the coordinates, as the graph calls them.
        values: the eigenvalues of the Hessian in order of size.
        steps: Hessian, eigenvalues, bound.
        rounds: whether printed digits of them go on, so that the bound is not quite what it means.
    """

    of: Symbol
    variables: tuple[Form, ...]
    values: tuple[Real, ...]
    steps: tuple[Step, ...] = ()
    rounds: bool = False

    @property
    def factors(self) -> tuple[Symbol, ...]:
        """The eigenvalues behind the factors 1 - ηλ that are shown: the outer ones."""
        return (LAMBDA,) if len(self.values) == 1 else (LARGEST, SMALLEST)

    @property
    def is_bounded(self) -> bool:
        """Whether there is a largest stable rate."""
        return bool(self.values[0] >= 0 and self.values[-1] > 0)

    def premises(self) -> Iterator[Given]:
        """What the bound must be worth, said by the derivatives alone."""
        names = [[_second(self.of, a, b) for b in self.variables] for a in self.variables]
        whole: Form = Matrix(tuple(map(tuple, names))) if len(names) > 1 else names[0][0]
        if self.is_bounded and not self.rounds:
            yield Given(Call("meaning", (BOUND,)), Frac(TWO, Call("eigmax", (whole,))), shown=False)

    def claim(self, rate: Symbol) -> Form:
        """The claim what descent with a rate does."""
        return Call("descent", (self.of, *self.variables, rate))


def stability(point: Point, of: Symbol, nodes: Sequence[int]) -> Stability | None:
    """The bound on rates where the loss is quadratic in few coordinates; None where it is not."""
    graph = point.graph
    names = {H, LAMBDA, LARGEST, SMALLEST, BOUND}
    second = hessian(graph, graph.scalar(of), nodes) if len(nodes) <= MOST_COORDINATES else None
    if second is None or not names.isdisjoint(graph.quantities):
        return None
    variables = tuple(graph.labels[node] for node in nodes)
    entries = {}
    steps: list[Step] = []
    for i, a in enumerate(variables):
        for j, b in enumerate(variables[i:], i):
            target = _second(of, a, b)
            steps.append(_derivative(point, target, second[i][j]))
            entries[i, j] = entries[j, i] = target
    matrix = [[point.env[entries[i, j]] for j in range(len(nodes))] for i in range(len(nodes))]
    values = tuple(eigenvalues(matrix))
    steps += [_single(point, entries[0, 0])] if len(nodes) == 1 else _several(point, entries, matrix, values)
    found = Stability(of, variables, values, rounds=point.carries_rounded)
    if found.is_bounded:
        steps.append(_bound(point, found.factors[0]))
    return replace(found, steps=tuple(steps))


def _second(of: Symbol, a: Form, b: Form) -> Derivative:
    return Derivative(of, (a, b))


def _derivative(point: Point, target: Derivative, node: int) -> Step:
    graph: Graph = point.graph
    known = evaluate(graph.program, point.nodes, [node], point.conventions, graph.labels)
    form = tidy(graph.form(node))
    name = "d2_" + "_".join(symbol_name(each) for each in target.wrt if isinstance(each, Symbol))
    numbers = point.numbers(target, form, known[node])
    lines = (Line("=", form, _SECOND), *numbers)
    if is_longer(form, LONGEST):
        lines = (Line(numbers[-1].relation, numbers[-1].form, ("second derivative, summed over all examples",)),)
    return Step(name, target, lines, "Hessian", (), _ONE)


def _single(point: Point, second: Form) -> Step:
    return point.step(symbol_name(LAMBDA), LAMBDA, second, ("the one eigenvalue",), (), _ONE, "eigenvalue")


def _several(
    point: Point, entries: dict[tuple[int, int], Derivative], matrix: list[list[Real]], values: tuple[Real, ...]
) -> list[Step]:
    """The Hessian as a matrix, its largest and its smallest eigenvalue."""
    n = len(matrix)
    names = Matrix(tuple(tuple(entries[i, j] for j in range(n)) for i in range(n)))
    pairs = [(element(H, i + 1, j + 1), entries[i, j], matrix[i][j]) for i in range(n) for j in range(n)]
    relation, whole = point.array(pairs, (n, n))
    steps = [Step("H", H, (Line("=", names), Line(relation, whole)), "Hessian", (), _ONE)]
    for symbol, sign, value in ((LARGEST, 1, values[-1]), (SMALLEST, -1, values[0])):
        first = Line("=", Call("eigmax" if sign > 0 else "eigmin", (H,)))
        form, reason = _formula(matrix, sign)
        if form is None:
            lines: tuple[Line, ...] = (Line(*shown(value, point.conventions.rounding)),)
            point.carry(symbol, value, lines)
        else:
            lines = (Line("=", form, reason), *point.numbers(symbol, form, value))
        steps.append(Step(symbol_name(symbol), symbol, (first, *lines), "eigenvalue", (), _ONE))
    return steps


def _formula(matrix: list[list[Real]], sign: int) -> tuple[Form | None, Phrase]:
    """How an outer eigenvalue comes out of the entries of H; None for a matrix that is too large for a formula."""
    if is_diagonal(matrix):
        diagonal = tuple(element(H, k + 1, k + 1) for k in range(len(matrix)))
        return Call("max" if sign > 0 else "min", diagonal), ("H is diagonal",)
    if len(matrix) > 2:
        return None, ()
    a, b, d = element(H, 1, 1), element(H, 1, 2), element(H, 2, 2)
    root = Root(add([Power(subtract(a, d), TWO), Product((number(4), Power(b, TWO)))]))
    top = add([a, d, root if sign > 0 else neg(root)])
    return Frac(top, TWO), ("roots of the characteristic polynomial",)


def _bound(point: Point, largest: Symbol) -> Step:
    factor = subtract(ONE, Product((parse_symbol("eta"), largest)))
    reason: Phrase = ("stable while ", Relation(">", factor, neg(ONE)))
    return point.step(symbol_name(BOUND), BOUND, Frac(TWO, largest), reason, (), _RESULT, "bound")
