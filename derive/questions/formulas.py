"""Quantities that stand on arrays, over the names of their graph: the steps about an array show one entry only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.graph.arrays import Array
from derive.graph.graph import Graph, Quantity, evaluate, matrix_form
from derive.graph.point import Point
from derive.notation.form import Derivative, Form, Matrix, Symbol, Tuple, children
from derive.notation.length import is_longer
from derive.questions.answers import LONGEST_EXACT, many_digits


def gradient_formulas(point: Point, of: Symbol, wrt: Iterable[Symbol]) -> dict[Form, Form]:
    """The gradients in a graph with arrays: a form, or the matrix of the forms of all entries."""
    graph = point.graph
    formulas: dict[Form, Form] = {}
    if graph.arrays:
        for name in wrt:
            forms = _slopes(point, graph.scalar(of), nodes_of(graph, name))
            array = graph.quantities[name].value if name in graph.quantities else None
            target = Derivative(graph.written(of), (graph.written(name),))
            formulas[target] = matrix_form(array.shape, forms) if isinstance(array, Array) else forms[0]
    return formulas


def _slopes(point: Point, of: int, nodes: tuple[int, ...]) -> list[Form]:
    """The gradients by some nodes as formulas; as numbers with many digits where those are too long."""
    graph = point.graph
    slopes = graph.program.gradient(of, nodes)
    forms = [graph.form(slopes[node]) for node in nodes]
    if not any(is_longer(form, LONGEST_EXACT) for form in forms):
        return forms
    found = evaluate(graph.program, point.nodes, slopes.values(), point.conventions, graph.labels)
    return [many_digits(found[slopes[node]]) for node in nodes]


def array_formulas(graph: Graph, quantities: Iterable[Quantity]) -> dict[Form, Form]:
    """The arrays among some quantities, as matrices of the formulas of their entries."""
    return {
        graph.written(q.symbol): matrix_form(q.value.shape, [graph.form(node) for node in q.value.items])
        for q in quantities
        if isinstance(q.value, Array)
    }


def nodes_of(graph: Graph, name: Symbol) -> tuple[int, ...]:
    """The nodes of a quantity: of a scalar, or of an entry, its own."""
    quantity = graph.quantities.get(name)
    if quantity is not None and isinstance(quantity.value, Array):
        return quantity.value.items
    return (graph.scalar(name),)


def entries_of(form: Form) -> Iterator[Form]:
    """The entries of a matrix, or of a tuple of matrices, row by row."""
    if isinstance(form, (Matrix, Tuple)):
        for part in children(form):
            yield from entries_of(part)
    else:
        yield form
