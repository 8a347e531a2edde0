"""The corners of a loss, named on the sheet: kinks at which a slope is a convention, pieces that meet."""

from __future__ import annotations

from collections.abc import Iterator

from derive.graph.arithmetic import Real, equal, largest
from derive.graph.graph import winner
from derive.graph.point import Point
from derive.notation.build import ZERO
from derive.notation.form import Fence, Form, Relation
from derive.questions.loss_posed import Posed
from derive.record import Phrase


def kinks(posed: Posed, point: Point) -> tuple[Phrase, ...]:
    """A sentence for every kink of the loss on which the values lie: what is taken as its slope there."""
    if point.symbolic:
        return ()
    program = posed.graph.program
    within = set(program.below([posed.graph.scalar(posed.asked.of)], posed.graph.labels))
    said = (phrase for node in sorted(within) for phrase in _at(point, node))
    return tuple(dict.fromkeys(said))


def _at(point: Point, node: int) -> Iterator[Phrase]:
    graph, program = point.graph, point.graph.program
    op, args = program.ops[node], program.args[node]
    values = [point.nodes.get(arg, program.constants.get(arg)) for arg in args]
    if any(value is None for value in values):
        return
    forms = [graph.form(arg, inside=arg not in graph.labels) for arg in args]
    if op == "abs" and values[0] == 0:
        yield (Relation("=", forms[0], ZERO), ": the slope of ", Fence("abs", forms[0]), " is taken as 0 there")
    elif op == "max" and sum(equal(value, largest(values)) for value in values) > 1:
        yield _tie(point, node, forms, values)
    elif not isinstance(op, str) and op[0] == "where" and equal(values[0], values[1]):
        holds = "first" if op[1] in ("≤", "≥", "=") else "second"
        yield (Relation("=", forms[0], forms[1]), f" lies on the border of two cases; the {holds} one holds there")


def _tie(point: Point, node: int, forms: list[Form], values: list[Real]) -> Phrase:
    """Which of the largest entries of a maximum takes the gradient."""
    program = point.graph.program
    best = winner(program, program.args[node], values, point.conventions)
    tied = [form for form, value in zip(forms, values, strict=True) if equal(value, largest(values))]
    where: Phrase = (Relation("=", tied[-1], tied[0]), ": the maximum has a kink there, and ")
    if program.args[node][best] in program.constants:
        return (*where, "its slope is taken as 0")
    return (*where, forms[best], " takes the gradient")
