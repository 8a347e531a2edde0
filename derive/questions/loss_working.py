"""The steps to the value of a loss and to its gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.backward import Backward
from derive.graph.crosscheck import difference_check
from derive.graph.graph import Quantity
from derive.graph.point import Point, forward_steps
from derive.notation.build import ONE, add, number
from derive.notation.form import BigSum, Derivative, Form, Frac, Product, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.fields import numeric
from derive.questions.folding import folded
from derive.questions.formulas import gradient_formulas, nodes_of
from derive.questions.graph import listed_names, quantities_below
from derive.questions.loss_posed import Posed
from derive.questions.loss_slopes import ACCURACY, METHOD, EntryGradients
from derive.record import Conventions, Line, Mark, Phrase, Step

VALUE_MARKS = (Mark(Fraction(1), "M", ("the formula, or the numbers put into it",)), Mark(Fraction(2), "A"))
MOST_TERMS = 6
"""More terms than that are a table."""
SHOWN_TERMS = 4
"""So many of them, since all are found alike and the line that adds them up shows the value of each."""


def below_loss(posed: Posed, point: Point) -> tuple[Step, ...]:
    """The quantities that the loss is taken of: worked out, or as formulas where there are no numbers.

    In letters the definitions that the question gives need no step.
    """
    wanted = quantities_below(posed.graph, [posed.asked.of])
    inner = [q for q in posed.graph.definitions if q.symbol in wanted and q.symbol != posed.asked.of]
    if not point.symbolic:
        return forward_steps(point, inner)
    return tuple(formula_step(posed, q) for q in inner if q.symbol not in posed.given)


def is_below(posed: Posed, name: Symbol) -> bool:
    """Whether the loss without a penalty depends on a quantity, or on the array that it is an entry of."""
    nodes = posed.graph.program.below([posed.graph.scalar(posed.asked.of)])
    return not set(nodes).isdisjoint(nodes_of(posed.graph, name))


def formula_step(posed: Posed, quantity: Quantity, reason: Phrase = ()) -> Step:
    """What a quantity is, as a formula."""
    assert quantity.form is not None
    line = Line("=", posed.graph.written(quantity.form), reason)
    return Step(symbol_name(quantity.symbol), posed.graph.written(quantity.symbol), (line,), "definition", (), METHOD)


def loss_formula(posed: Posed) -> Step:
    """The definition of the loss, with how it is read."""
    reading = (posed.forms.reading,) if posed.forms.reading else ()
    return formula_step(posed, posed.graph.quantity(posed.asked.of), reading)


def loss_value(posed: Posed, point: Point) -> tuple[Step, ...]:
    """Formula, numbers in, value of the loss; many terms stand in a table before they are added up."""
    step = loss_formula(posed)
    node = posed.graph.scalar(posed.asked.of)
    if len(posed.forms.terms) > MOST_TERMS:
        return (step, _table(posed, point), _added(posed, point, node))
    spread = posed.graph.form(node)
    numbers = point.numbers(posed.asked.of, spread, point.value(spread, node))
    return (Step(step.name, step.target, (*step.lines, *numbers), "value", (), VALUE_MARKS),)


def _term_name(loss: Symbol, index: Sequence[str]) -> Symbol:
    return Symbol(loss.base, loss.accent, (*loss.sub, *index), loss.sup)


def _table(posed: Posed, point: Point) -> Step:
    """The loss of every entry, or sample: formula, numbers in, value."""
    loss, rows = posed.asked.of, []
    for index, form in posed.forms.terms.items():
        name = _term_name(loss, index)
        lines = (Line("=", form), *(Line(x.relation, x.form) for x in point.numbers(name, form, point.worth(form))))
        rows.append(Step(symbol_name(name), name, (lines[0], *lines[-2:]) if len(lines) > 2 else lines, "definition"))
    what: Phrase = ("sample",) if posed.forms.choice.loss.per == "sample" else ("entry",)
    heads = (what, ("formula",), ("numbers in",), ("value",))
    return Step(
        f"{symbol_name(loss)}_terms",
        rule="terms",
        marks=METHOD,
        substeps=folded(rows, SHOWN_TERMS),
        layout="table",
        heads=heads,
    )


def _added(posed: Posed, point: Point, node: int) -> Step:
    """The terms of the table added up."""
    loss, terms = posed.asked.of, posed.forms.terms
    sides = [max(int(index[k]) for index in terms) for k in range(len(next(iter(terms))))]
    letters = posed.letters[: len(sides)]
    body: Form = _term_name(loss, letters)
    for letter, side in reversed(list(zip(letters, sides, strict=True))):
        body = BigSum(body, Symbol(letter), ONE, number(side))
    divisor, spread = number(posed.forms.divisor), add(_term_name(loss, index) for index in terms)
    form = body if divisor == ONE else Product((Frac(ONE, divisor), body))
    numbers = spread if divisor == ONE else Frac(spread, divisor)
    values = point.numbers(loss, numbers, point.value(numbers, node))
    name = symbol_name(loss)
    lines = (Line("=", form, ("the terms added up",)), *values)
    return Step(f"{name}_value", loss, lines, "sum", (), ACCURACY)


def loss_gradients(
    posed: Posed, point: Point, names: Sequence[Symbol], conventions: Conventions
) -> tuple[tuple[Step, ...], Mapping[Form, Form]]:
    """The gradients of the loss by some quantities, backwards from it; and the exact formulas of those by arrays."""
    graph, of = posed.graph, posed.asked.of
    if list(names) == [posed.prediction] and isinstance(graph.quantity(posed.prediction).value, Array):
        entries = EntryGradients(posed, point, conventions)
        return entries.steps(), entries.exact()
    nodes = [node for name in names for node in nodes_of(graph, name)]
    backward = Backward(point, graph.scalar(of), nodes)
    missing = [node for node in nodes if node not in backward.adjoints]
    if missing:
        raise InputError(f"the loss does not depend on {listed_names(graph.labels[node] for node in missing)}")
    formulas = {} if point.symbolic else gradient_formulas(point, of, names)
    return backward.steps(), formulas


def checks(posed: Posed, point: Point, names: Sequence[Symbol]) -> Iterator[Step]:
    """A central difference for each gradient by an input that is a number."""
    if point.symbolic or point.carries_rounded:
        return
    at = {name: numeric(form) for name, form in posed.at.items()}
    for name in names:
        slope = point.env.get(Derivative(posed.asked.of, (name,)))
        if isinstance(at.get(name), Fraction) and slope is not None:
            step = difference_check(point, at, posed.asked.of, name, slope)
            yield from (step,) if step is not None else ()


def gradient_target(posed: Posed, of: Symbol, name: Symbol) -> Derivative:
    """∂of/∂name as it is written."""
    return Derivative(posed.graph.written(of), (posed.graph.written(name),))
