"""A question about a loss, put together: one graph of the prediction and the loss on it, and the values at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

from derive.errors import InputError, UnknownName
from derive.graph.arithmetic import Real
from derive.graph.arrays import Array, Shape, shape_of
from derive.graph.graph import Graph, entry_names, matrix_form
from derive.graph.point import Point
from derive.notation.arrays import items
from derive.notation.form import Call, Form, Symbol
from derive.notation.names import spoken_of
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions import loss_checks as checks
from derive.questions.fields import numeric
from derive.questions.graph_question import point_of
from derive.questions.loss_penalty import Penalized, penalized
from derive.questions.loss_question import LossQuestion
from derive.record import Conventions, Given
from derive.training.loss_forms import Choice, LossForms, chosen, loss_forms
from derive.training.loss_writing import Writing, samples_of

OUTPUTS = 3
"""How many outputs a prediction in letters has where nobody says."""
MEANING = "meaning"
TARGETS = ("t", "d", "target")


@dataclass(frozen=True, slots=True)
class Posed:
    """What a question about a loss comes to.

    Attributes:
        graph: the graph of the prediction, then what lies between it and the loss, the loss, the penalty.
        target: the name of the target; None where it is given by classes.
        shape: of the prediction.
        at: the values of the inputs; empty where everything is in letters.
        given: the quantities that the question defines; the others are found by the solution.
    """

    asked: LossQuestion
    graph: Graph
    forms: LossForms
    prediction: Symbol
    target: Symbol | None
    shape: Shape
    at: Mapping[Symbol, Form]
    given: tuple[Symbol, ...] = ()
    penalty: Penalized | None = None

    def point(self, conventions: Conventions) -> Point:
        """The graph at the values, which are in the domain of the loss.

        Raises:
            InputError: a value outside of it, or an infinite loss.
        """
        at = {name: numeric(form) for name, form in self.at.items()}
        if at:
            self._check(at, conventions)
        return point_of(self.graph, self.at, conventions)

    def _check(self, at: Mapping[Symbol, Real | Array], conventions: Conventions) -> None:
        """Prediction and target first: out of their domain the loss need not have a value at all."""
        names = (self.prediction, *([self.target] if self.target else []))
        found = self.graph.values(at, conventions, [node for name in names for node in self._nodes(name)])
        choice = self.forms.choice
        predicted = [found[node] for node in self._nodes(self.prediction)]
        checks.check_prediction(choice.loss, choice.input.kind, predicted, self.shape)
        if self.target is not None:
            checks.check_target(choice.loss, [found[node] for node in self._nodes(self.target)], self.shape)
        of = self._nodes(self.asked.of)
        checks.check_finite(self.graph.values(at, conventions, of)[of[0]])

    def _nodes(self, name: Symbol) -> tuple[int, ...]:
        value = self.graph.quantity(name).value
        return items(value)

    @property
    def letters(self) -> list[str]:
        """Letters for the indices of sums."""
        return Writing({}, {}, self.shape, self.graph.quantities).letters

    def premises(self) -> tuple[Given, ...]:
        """What the question gives; and what the loss means, which the judge alone is told."""
        graph = self.graph
        quantities = [graph.quantity(name) for name in self.given]
        defined = [Given(graph.written(q.symbol), graph.written(q.form)) for q in quantities if q.form is not None]
        valued = [Given(graph.written(name), form, "value") for name, form in self.at.items()]
        strength = self.penalty.given() if self.penalty else ()
        meanings = dict(self.forms.meanings) | ({self.penalty.name: self.penalty.meaning} if self.penalty else {})
        hidden = [Given(Call(MEANING, (name,)), graph.written(form), shown=False) for name, form in meanings.items()]
        return (*defined, *self._letters(), *valued, *strength, *hidden)

    def _letters(self) -> Iterator[Given]:
        """The inputs that are letters, where no definition speaks of them: arrays entry by entry."""
        spoken = {name for symbol in self.given for name in spoken_of(self.graph.quantity(symbol).form or symbol)}
        for quantity in self.graph.inputs:
            value, name = quantity.value, quantity.symbol
            if name in self.at or name in spoken:
                continue
            if isinstance(value, Array):
                entries: list[Form] = [*entry_names(name, value.shape)]
                yield Given(self.graph.written(name), matrix_form(value.shape, entries))
            else:
                yield Given(name, None, "free")


def posed(asked: LossQuestion, conventions: Conventions) -> Posed:
    """The question's graph and values.

    Raises:
        InputError: givens that do not fit each other; the message says which.
    """
    settings = {symbol_name(name): form for name, form in asked.settings.items()}
    choice = chosen(asked.loss, asked.takes, asked.reduction, asked.half, settings)
    at = dict(asked.at)
    below = Graph(asked.graph, _shapes(at), tie=conventions.tie)
    prediction = _prediction(asked, choice, below, at)
    shape = _shape(asked, choice, prediction, below, at)
    checks.check_count(prod(shape))
    target, classes = _target(asked, choice, shape, below, at)
    taken = {*below.quantities, *at, prediction}
    if asked.of in taken:
        raise InputError(f"{symbol_name(asked.of)} is a quantity already: give the loss another name with of")
    inserted = () if at else tuple(settings)
    forms = loss_forms(choice, prediction, target or classes, shape, asked.of, taken, inserted)
    shapes = _shapes(at) if at else {symbol_name(name): shape for name in (prediction, target) if name and shape}
    if at:
        at |= {name: form for name, form in forms.constants.items() if name not in at}
    added = None
    if asked.penalty:
        inputs = {q.symbol: shape_of(q.value) for q in below.inputs}
        inputs |= {name: shape_of(numeric(form)) for name, form in asked.at.items()}
        added = penalized(asked.penalty, inputs, {*taken, *forms.definitions})
    definitions = {**asked.graph, **forms.graph, **(added.graph if added else {})}
    graph = Graph(definitions, shapes, tie=conventions.tie)
    for name in at:
        if graph.quantity(name).form is not None:
            raise InputError(f"{symbol_name(name)} is defined by the graph and cannot be given a value as well")
    given = tuple(map(parse_symbol, asked.graph))
    return Posed(asked, graph, forms, prediction, target, shape, at, given, added)


def _shapes(at: Mapping[Symbol, Form]) -> dict[str, Shape]:
    """The shapes of the values that are arrays."""
    return {symbol_name(name): shape for name, form in at.items() if (shape := shape_of(numeric(form)))}


def _prediction(asked: LossQuestion, choice: Choice, below: Graph, at: dict[Symbol, Form]) -> Symbol:
    """The name of the prediction; numbers get the letter of their kind."""
    letter = parse_symbol(choice.input.letter)
    given = asked.prediction
    if given is None or isinstance(given, Symbol):
        name = letter if given is None else given
        if (asked.graph or at) and name not in below.quantities and name not in at:
            raise UnknownName("quantity as prediction", symbol_name(name), map(symbol_name, {**below.quantities, **at}))
        return name
    if asked.graph:
        raise InputError("the prediction is given by numbers, so there is nothing for the graph to do")
    at[letter] = given
    return letter


def _shape(asked: LossQuestion, choice: Choice, prediction: Symbol, below: Graph, at: Mapping[Symbol, Form]) -> Shape:
    if prediction in at:
        return shape_of(numeric(at[prediction]))
    if prediction in below.quantities:
        return shape_of(below.quantities[prediction].value)
    many = asked.outputs or (OUTPUTS if choice.loss.per == "sample" else 1)
    return (many, 1) if many > 1 else ()


def _target(
    asked: LossQuestion, choice: Choice, shape: Shape, below: Graph, at: dict[Symbol, Form]
) -> tuple[Symbol | None, tuple[int, ...]]:
    """The name of the target, whose numbers go to the other values; or the number of the class of each sample."""
    given = asked.target
    if given is None or isinstance(given, Symbol):
        name = parse_symbol(TARGETS[0]) if given is None else given
        if name not in at:
            if at and name not in below.quantities:
                raise InputError("the target is missing" if given is None else f"{symbol_name(name)} has no value")
            return name, ()
        given = at.pop(name)
    else:
        name = next(n for n in map(parse_symbol, TARGETS) if n not in below.quantities and n not in at)
    value = numeric(given)
    values, found = items(value), shape_of(value)
    if choice.loss.per == "sample" and found != shape and found in _of_classes(shape):
        return None, checks.class_numbers(values, asked.classes_from)
    if not at:
        raise InputError("the target has numbers, so the prediction needs some too")
    if found != shape:
        raise InputError("the target has another shape than the prediction")
    checks.check_target(choice.loss, values, shape)
    if all(term.by == "class" for term in choice.loss.terms):
        return None, checks.one_hot_classes(choice.loss, values, shape)
    at[name] = given
    return name, ()


def _of_classes(shape: Shape) -> tuple[Shape, ...]:
    """The shapes of a list of one class number for each sample."""
    samples = samples_of(shape)
    return ((), (1, 1)) if samples == 1 else ((samples, 1),)
