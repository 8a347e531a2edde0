"""The drawing model of a computation graph: forward values above the arrows, gradients below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from derive.graph.arithmetic import mul
from derive.graph.backward import Backward
from derive.graph.graph import Graph, Quantity, evaluate
from derive.graph.point import Point
from derive.notation.algebra import size
from derive.notation.form import Derivative, Form, Product
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
    name = f"{symbol_name(source.symbol)}_{symbol_name(target.symbol)}"
    above = _number(point, f"{name}_value", source.symbol, point.nodes[source.value])
    local = _local(backward, source.value, target.value)
    if local is None:
        return FigureEdge(symbol_name(source.symbol), symbol_name(target.symbol), above)
    slope = _slope(point.graph, source, target)
    flow = slope if target.value == backward.of else Product((backward.derivative(target.value), slope))
    value = mul(backward.values[target.value], evaluate(
        point.graph.program, point.nodes, (local,), point.conventions, point.graph.labels)[local])  # fmt: skip
    below = _number(point, f"{name}_gradient", flow, value)
    return FigureEdge(symbol_name(source.symbol), symbol_name(target.symbol), above, below)


def _local(backward: Backward, source: int, target: int) -> int | None:
    if source not in backward.adjoints:
        return None
    return next((path.local for path in backward.adjoints[source].paths if path.child == target), None)


def _slope(graph: Graph, source: Quantity, target: Quantity) -> Derivative:
    """∂target/∂source inside the definition of the target: its other operands are held."""
    others = tuple(q.symbol for q in _parents(graph, target) if q.symbol != source.symbol and q.form is not None)
    return Derivative(target.symbol, (source.symbol,), others)


def _number(point: Point, name: str, target: Form, value: object) -> Step:
    relation, form = shown(value, point.conventions.rounding)
    return Step(name, target, (Line(relation, form),))
