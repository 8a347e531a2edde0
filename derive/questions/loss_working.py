"""The steps to the value of a loss and to its gradients, and those that a penalty adds."""

from __future__ import annotations

from collections.abc import Iterable

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.backward import Backward
from derive.graph.graph import Quantity
from derive.graph.point import Point, forward_steps
from derive.notation.form import Derivative, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.formulas import nodes_of
from derive.questions.graph import listed_names, quantities_below
from derive.questions.loss_posed import Posed
from derive.questions.loss_slopes import ACCURACY, METHOD, EntryGradients
from derive.record import Conventions, Line, Phrase, Step


def below_loss(posed: Posed, point: Point) -> tuple[Step, ...]:
    """The quantities that the loss is taken of: worked out, or as formulas where there are no numbers.

    In letters the definitions that the question gives need no step.
    """
    wanted = quantities_below(posed.graph, [posed.asked.of])
    inner = [q for q in posed.graph.definitions if q.symbol in wanted and q.symbol != posed.asked.of]
    if not point.symbolic:
        return forward_steps(point, inner)
    return tuple(formula_step(posed, q) for q in inner if q.symbol not in posed.given)


def formula_step(posed: Posed, quantity: Quantity, reason: Phrase = ()) -> Step:
    """What a quantity is, as a formula."""
    assert quantity.form is not None
    line = Line("=", posed.graph.written(quantity.form), reason)
    return Step(symbol_name(quantity.symbol), posed.graph.written(quantity.symbol), (line,), "definition", (), METHOD)


def loss_formula(posed: Posed) -> Step:
    """The definition of the loss, with how it is read."""
    reading = (posed.forms.reading,) if posed.forms.reading else ()
    return formula_step(posed, posed.graph.quantity(posed.asked.of), reading)


def loss_value(posed: Posed, point: Point) -> Step:
    """Formula, numbers in, value of the loss."""
    quantity, step = posed.graph.quantity(posed.asked.of), loss_formula(posed)
    assert isinstance(quantity.value, int)
    spread = posed.graph.form(quantity.value)
    numbers = point.numbers(quantity.symbol, spread, point.value(spread, quantity.value))
    return Step(step.name, step.target, (*step.lines, *numbers), "formula, numbers, value", (), (*METHOD, *ACCURACY))


def loss_gradients(posed: Posed, point: Point, wrt: Iterable[Symbol], conventions: Conventions) -> tuple[Step, ...]:
    """The gradients of the loss by some quantities, backwards from it."""
    names = list(wrt)
    graph, of = posed.graph, posed.graph.scalar(posed.asked.of)
    if names == [posed.prediction] and isinstance(graph.quantity(posed.prediction).value, Array):
        return EntryGradients(posed, point, conventions).steps()
    nodes = [node for name in names for node in nodes_of(graph, name)]
    backward = Backward(point, of, nodes)
    missing = [node for node in nodes if node not in backward.adjoints]
    if missing:
        raise InputError(f"the loss does not depend on {listed_names(graph.labels[node] for node in missing)}")
    return backward.steps()


def gradient_target(posed: Posed, of: Symbol, name: Symbol) -> Derivative:
    """∂of/∂name as it is written."""
    return Derivative(posed.graph.written(of), (posed.graph.written(name),))
