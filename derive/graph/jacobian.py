"""The Jacobian of a vector by the vector that it is made of: outputs by rows, inputs by columns."""

from __future__ import annotations

from derive.graph.arrays import Array
from derive.graph.graph import Graph, Quantity
from derive.notation.form import Call, Form, Matrix, Symbol
from derive.notation.text import read
from derive.notation.value import substituted

SHORT = {"softmax": "diag(y) - y*transpose(y)"}
"""Formulas for operations whose Jacobian has a short one, in the vector y that they make."""


def jacobian(graph: Graph, of: Quantity, by: Quantity) -> Matrix:
    """∂of_i/∂by_j for all i and j, in the names of the graph."""
    assert isinstance(of.value, Array)
    assert isinstance(by.value, Array)
    stops = {node for node in graph.labels if node not in of.value.items}
    rows = [graph.program.gradient(node, by.value.items, stops) for node in of.value.items]
    return Matrix(tuple(tuple(graph.form(row[node], inside=False) for node in by.value.items) for row in rows))


def short_jacobian(graph: Graph, of: Quantity) -> Form | None:
    """The Jacobian of a vector as one formula of vectors, where its operation has one."""
    text = SHORT.get(of.form.function) if isinstance(of.form, Call) else None
    if text is None:
        return None
    return substituted(read(text), lambda part: graph.written(of.symbol) if part == Symbol("y") else None)
