"""The drawing model of a computation graph: forward values above the arrows, gradients below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from derive.graph.adjoints import Path
from derive.graph.arithmetic import Real, mul
from derive.graph.backward import Backward
from derive.graph.graph import Graph, Quantity
from derive.graph.point import Point
from derive.notation.build import multiply
from derive.notation.form import Derivative, Form, Product
from derive.notation.length import size
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.record import Figure, FigureEdge, FigureNode, Line, Phrase, Step

LONGEST_LABEL = 9


def picture(point: Point, backward: Backward) -> Figure:
    """The graph below `backward.of` at the values of a point: a box for each quantity, an arrow to each consumer.

    The number below an arrow is what flows back along it; where a quantity feeds several, its gradient is their sum.
    """
    graph = point.graph
    below = set(graph.program.below((backward.of,)))
    quantities = [q for q in graph.quantities.values() if isinstance(q.value, int) and q.value in below]
    nodes = tuple(FigureNode(symbol_name(q.symbol), _label(q), _kind(q, backward.of)) for q in quantities)
    edges = tuple(_edge(point, backward, source, target) for target in quantities for source in _parents(graph, target))
    output = graph.labels[backward.of]
    caption: Phrase = ("Forward values above the arrows, gradients of ", output, " below.")
    return Figure(nodes, edges, caption)


def _label(quantity: Quantity) -> Phrase:
    if quantity.form is None or size(quantity.form) > LONGEST_LABEL:
        return (quantity.symbol,)
    return (quantity.symbol, " = ", quantity.form)


def _kind(quantity: Quantity, of: int) -> Literal["input", "operation", "output"]:
    return "input" if quantity.form is None else "output" if quantity.value == of else "operation"


def _parents(graph: Graph, target: Quantity) -> Iterable[Quantity]:
    assert isinstance(target.value, int)
    if target.form is None:
        return []
    inside = set(graph.program.below((target.value,), graph.labels)) - {target.value}
    return [q for q in graph.quantities.values() if isinstance(q.value, int) and q.value in inside]


def _edge(point: Point, backward: Backward, source: Quantity, target: Quantity) -> FigureEdge:
    assert isinstance(source.value, int)
    assert isinstance(target.value, int)
    ends = symbol_name(source.symbol), symbol_name(target.symbol)
    name = "_".join(ends)
    above = Step(f"{name}_value", source.symbol, (_shown(point, source.symbol),))
    path = _path(backward, source.value, target.value)
    if path is None:
        return FigureEdge(*ends, above)
    gradient = backward.derivative(source.value)
    if len(backward.adjoints[source.value].paths) == 1 and gradient in point.env:
        return FigureEdge(*ends, above, Step(f"{name}_gradient", gradient, (_shown(point, gradient),)))
    flow, formula = _flow(backward, path, _slope(point.graph, source, target))
    lines = (Line("=", formula), Line(*shown(_worth(point, backward, path, formula), point.conventions.rounding)))
    return FigureEdge(*ends, above, Step(f"{name}_gradient", flow, lines))


def _path(backward: Backward, source: int, target: int) -> Path | None:
    if source not in backward.adjoints:
        return None
    return next((path for path in backward.adjoints[source].paths if path.child == target), None)


def _flow(backward: Backward, path: Path, slope: Derivative) -> tuple[Form, Form]:
    """What flows back along an arrow: as a product of derivatives, and with the local one written out."""
    local = backward.graph.form(path.local, inside=path.local not in backward.graph.labels)
    if path.child == backward.of:
        return slope, local
    upstream = backward.derivative(path.child)
    return Product((upstream, slope)), multiply((upstream, local))


def _worth(point: Point, backward: Backward, path: Path, formula: Form) -> Real:
    """What a formula is worth: under carry-rounded with the numbers that were printed."""
    if point.carries_rounded:
        return point.worth(formula)
    return mul(backward.values[path.child], point.nodes[path.local])


def _slope(graph: Graph, source: Quantity, target: Quantity) -> Derivative:
    """∂target/∂source inside the definition of the target: its other operands are held."""
    others = tuple(q.symbol for q in _parents(graph, target) if q.symbol != source.symbol and q.form is not None)
    return Derivative(target.symbol, (source.symbol,), others)


def _shown(point: Point, name: Form) -> Line:
    """The value of a quantity as its working ended, if that is short."""
    line = point.end(name)
    if size(line.form) > LONGEST_LABEL:
        return Line(*shown(point.env[name], point.conventions.rounding))
    return Line(line.relation, line.form)
