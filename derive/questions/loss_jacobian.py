"""The Jacobian of a vector between a prediction and its loss, in full, and the chain rule through it."""

from __future__ import annotations

from collections.abc import Iterator

from derive.graph.arrays import Array
from derive.graph.graph import Graph, Quantity
from derive.graph.jacobian import jacobian, short_jacobian
from derive.graph.point import Point
from derive.notation.form import Call, Derivative, Form, Matrix, Product, Symbol, Transpose
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.notation.working import NUMBERS_IN
from derive.record import Line, Relation, Step

EVERY_RULE = 3


def jacobian_steps(point: Point, array: Symbol) -> Iterator[Step]:
    """The Jacobian of what is made of an array: its formula, its entries, its numbers."""
    graph = point.graph
    made = _vector_of(graph, array)
    if made is None:
        return
    target = Derivative(graph.written(made.symbol), (graph.written(array),))
    short, entries = short_jacobian(graph, made), jacobian(graph, made, graph.quantity(array))
    assert short is not None
    lines = [Line("=", short, ("outputs by rows, inputs by columns",)), Line("=", entries)]
    if not point.symbolic:
        cells = [[shown(point.worth(form), point.conventions.rounding) for form in row] for row in entries.rows]
        relation: Relation = "≈" if any(sign == "≈" for row in cells for sign, _ in row) else "="
        numbers = Matrix(tuple(tuple(form for _, form in row) for row in cells))
        lines.append(Line(relation, numbers, NUMBERS_IN))
    name = f"d{symbol_name(made.symbol)}_d{symbol_name(array)}"
    yield Step(name, target, tuple(lines), "Jacobian", level=EVERY_RULE)


def by_jacobian(graph: Graph, array: Symbol, of: Form) -> Iterator[Line]:
    """The chain rule through a vector: its transposed Jacobian times the gradient by it."""
    made = _vector_of(graph, array)
    if made is not None:
        vector = graph.written(made.symbol)
        slopes = Transpose(Derivative(vector, (graph.written(array),)))
        yield Line("=", Product((slopes, Derivative(of, (vector,)))), ("chain rule through ", vector), EVERY_RULE)


def _vector_of(graph: Graph, array: Symbol) -> Quantity | None:
    """The vector that is made of an array by an operation whose Jacobian has a short formula."""
    for quantity in graph.definitions:
        is_vector = isinstance(quantity.value, Array) and quantity.value.shape[1:] == (1,)
        if is_vector and isinstance(quantity.form, Call) and quantity.form.args == (array,):
            return quantity if short_jacobian(graph, quantity) is not None else None
    return None
