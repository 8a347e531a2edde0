"""A cell run over a sequence: the graph of its steps, their values, and the premises as the sheet prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Array, Shape, shape_of, written
from derive.graph.graph import Graph, Quantity
from derive.graph.point import Point
from derive.notation.build import ZERO, column
from derive.notation.form import Form, Symbol, rebuild, symbols
from derive.notation.indexed import at_step, name_at_step
from derive.notation.symbols import symbol_name
from derive.questions.fields import numeric
from derive.questions.graph_question import point_of
from derive.questions.recurrent_fields import Start
from derive.record import Conventions, Given
from derive.training.cells import Cell
from derive.training.shapes import shape_of_form
from derive.training.unrolled import INPUT, Settings, Unrolled


@dataclass(frozen=True, slots=True)
class Material:
    """What a cell runs on: inputs step by step, start states, weights shared by all steps, weights of each step."""

    inputs: tuple[Form, ...]
    start: Start | None
    weights: Mapping[Symbol, Form]
    per_step: Mapping[Symbol, tuple[Form, ...]]


class Run:
    """A cell at its first steps.

    Attributes:
        unrolled: the cell with its names and formulas.
        steps: how many steps there are.
        values: every given quantity by its name on the sheet: weights, inputs, start states.
        shapes: of these and of all quantities.
        graph: the graph of all steps; `extend` adds to it.

    Raises:
        InputError: what the material has does not fit the cell, or does not fit together.
    """

    def __init__(self, cell: Cell, settings: Settings, material: Material, steps: int) -> None:
        self.steps = steps
        self.unrolled = Unrolled(
            cell,
            settings,
            {name: _shape(form) for name, form in material.weights.items()},
            {name: _same_shape(name, forms, len(material.inputs)) for name, forms in material.per_step.items()},
        )
        self.material = material
        self.start = self._start()
        self.values = {**self._weights(), **self._inputs(), **self.start}
        self.shapes = self._all_shapes()
        self.graph = self._built({})

    # givens

    def _weights(self) -> dict[Symbol, Form]:
        """Shared weights as they are, the others with their step."""
        found = dict(self.material.weights)
        for name, forms in self.material.per_step.items():
            for step, form in enumerate(forms[: self.steps], 1):
                found[Symbol(name.base, name.accent, (*name.sub, str(step)), name.sup)] = form
        return found

    def _inputs(self) -> dict[Symbol, Form]:
        return {self.unrolled.at(INPUT, step): form for step, form in enumerate(self.material.inputs[: self.steps], 1)}

    def _start(self) -> dict[Symbol, Form]:
        """The states before the first step: as given, else zero."""
        given = self.material.start
        states = dict(zip(self.unrolled.states, self.unrolled.cell.states, strict=True))
        by_name = given if isinstance(given, dict) else {} if given is None else {self.unrolled.states[0]: given}
        for name in by_name:
            if name not in states:
                kind = f"state of the {self.unrolled.cell.name}"
                raise UnknownName(kind, symbol_name(name), map(symbol_name, states))
        start: dict[Symbol, Form] = {}
        for shown, state in states.items():
            width = self.unrolled.widths[state]
            zero = ZERO if width == 1 else column([ZERO] * width)
            start[self.before(state)] = by_name.get(shown, zero)
        return start

    def before(self, state: str) -> Symbol:
        """A state before the first step: h_0."""
        return self.unrolled.at(f"{state}_old", 1)

    def _all_shapes(self) -> dict[Symbol, Shape]:
        """The shapes of all quantities: they fit, and a state keeps the shape it started with."""
        shapes = {name: _shape(form) for name, form in self.values.items()}
        for step in range(1, self.steps + 1):
            for name, form in self.unrolled.formulas().items():
                shapes[name_at_step(name, step)] = shape_of_form(at_step(form, step), shapes)
            for state in self.unrolled.cell.states:
                first, now = self.before(state), self.unrolled.at(state, step)
                if shapes[first] != shapes[now]:
                    raise InputError(
                        f"{symbol_name(first)} is {written(shapes[first])}, {symbol_name(now)} comes out as "
                        f"{written(shapes[now])}: the weights do not fit the state"
                    )
        return shapes

    def shapes_at_any_step(self) -> dict[Symbol, Shape]:
        """The shapes of the quantities of a step t, those before it, and the weights."""
        rules = self.unrolled.formulas()
        names = {**dict.fromkeys(rules), **{name: None for form in rules.values() for name in symbols(form)}}
        return {name: self.shapes[name_at_step(name, 1)] for name in names}

    # values

    def _built(self, definitions: Mapping[str, Form]) -> Graph:
        shapes = {symbol_name(name): shape for name, form in self.values.items() if (shape := _shape(form))}
        return Graph({**self.unrolled.definitions(self.steps), **definitions}, shapes)

    def extend(self, definitions: Mapping[str, Form]) -> None:
        """More definitions behind those of the cell; what they need is among the values."""
        self.graph = self._built(definitions)

    def give(self, name: Symbol, form: Form, like: Symbol) -> None:
        """One thing more that is given, of the shape of another."""
        if _shape(form) != self.shapes[like]:
            sizes = (
                f"{symbol_name(name)} is {written(_shape(form))}, {symbol_name(like)} is {written(self.shapes[like])}"
            )
            raise InputError(f"{sizes}: they must be of one shape")
        self.values[name] = form

    def point(self, conventions: Conventions) -> Point:
        """The graph at the given values."""
        return point_of(self.graph, self.values, conventions)

    def quantities(self, step: int) -> list[Quantity]:
        """The quantities of a step, in the order of computation."""
        return [self.graph.quantities[name_at_step(name, step)] for name in self.unrolled.formulas()]

    # premises

    def at(self, name: Symbol, step: int) -> Symbol:
        """A name of step t at a step."""
        return name_at_step(name, step)

    def written(self, form: Form) -> Form:
        """A form over names at certain steps, those of arrays in bold."""
        return self.graph.written(form)

    def premises(self, shown: bool = True, further: Mapping[Symbol, Form] | None = None) -> tuple[Given, ...]:
        """The formulas of a step t, and what is given; `shown` says whether the sheet states the formulas."""
        rules = {**self.unrolled.formulas(), **(further or {})}.items()
        formulas = [Given(self.at_any_step(name), self.at_any_step(form), shown=shown) for name, form in rules]
        return (*formulas, *(Given(self.graph.written(name), form, "value") for name, form in self.values.items()))

    def at_any_step(self, form: Form) -> Form:
        """A formula of step t with the names of arrays in bold."""
        if not isinstance(form, Symbol):
            return rebuild(form, self.at_any_step)
        quantity = self.graph.quantities.get(name_at_step(form, 1))
        bold = quantity is not None and isinstance(quantity.value, Array)
        return Symbol(form.base, form.accent, form.sub, form.sup, bold)


def _shape(form: Form) -> Shape:
    return shape_of(numeric(form))


def _same_shape(name: Symbol, forms: tuple[Form, ...], steps: int) -> Shape:
    """The shape of a weight that is given step by step."""
    if len(forms) != steps:
        raise InputError(f"{symbol_name(name)} has {len(forms)} values for {steps} steps").at(path=symbol_name(name))
    shapes = {_shape(form) for form in forms}
    if len(shapes) > 1:
        raise InputError(f"the values of {symbol_name(name)} differ in shape").at(path=symbol_name(name))
    return shapes.pop()
