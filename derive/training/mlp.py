"""Dense nets as graphs of arrays: z = W h + b and h = φ(z), layer by layer, in the names and orientation of a course.

Vectors are columns (z = W h + b, a matrix of weights has a row for each unit), or rows (z = h W + b, a column for each
unit). Several examples stand beside each other as columns, or below each other as rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Shape, written
from derive.graph.graph import entry_names, matrix_form
from derive.graph.operations import ACTIVATIONS
from derive.notation.build import ZERO, add
from derive.notation.form import Call, Form, Matrix, Product, Symbol
from derive.training.mlp_names import Names

Orientation = Literal["columns", "rows"]
IDENTITY, SOFTMAX = "identity", "softmax"
KNOWN_ACTIVATIONS = (*ACTIVATIONS, IDENTITY, SOFTMAX)


@dataclass(frozen=True, slots=True)
class Layer:
    """A dense layer: `weights` and `bias` are numbers, or None for letters.

    Attributes:
        units: how many values it makes.
        has_bias: whether it has a bias at all.
        settings: of the activation, such as alpha.
    """

    units: int
    weights: Form | None = None
    bias: Form | None = None
    has_bias: bool = False
    activation: str = IDENTITY
    settings: tuple[tuple[str, Form], ...] = ()


class Net:
    """A dense net with an input: what its quantities are called, how they are defined, and their values.

    Args:
        layers: from the input on.
        inputs: how many values an example has.
        examples: how many of them.
        data: the input as it is printed, or None for letters.

    Attributes:
        definitions: z and h of each layer, in order.
        shapes: of the quantities without definition; () for a number.
        values: those of them that are numbers.
        parameters: all weights and biases, layer by layer.
        output: what the last layer makes.
        deltas: for each pre-activation the name of the gradient by it.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        inputs: int,
        names: Names,
        examples: int = 1,
        orientation: Orientation = "columns",
        data: Form | None = None,
    ) -> None:
        self.layers, self.inputs, self.examples = tuple(layers), inputs, examples
        self.orientation, self.names = orientation, names
        self.definitions: dict[Symbol, Form] = {}
        self.shapes: dict[Symbol, Shape] = {}
        self.values: dict[Symbol, Form] = {}
        self.deltas: dict[Symbol, Symbol] = {}
        self.input = self.output = names.of("x")
        self._add(self.input, self.vector(inputs, examples), data)
        for number, layer in enumerate(self.layers, 1):
            self._check(number, layer)
            self._add_layer(number, layer)

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """All weights and biases, layer by layer."""
        return tuple(name for name in self.shapes if name != self.input)

    @property
    def outputs(self) -> Shape:
        """The shape of the output."""
        return self.vector(self.layers[-1].units, self.examples)

    def vector(self, values: int, examples: int = 1) -> Shape:
        """The shape of so many values of each example; () for a single number."""
        if values == examples == 1:
            return ()
        return (values, examples) if self.orientation == "columns" else (examples, values)

    def letters(self, name: Symbol) -> Form:
        """An array of letters as a matrix of its entries."""
        return matrix_form(self.shapes[name], list(entry_names(name, self.shapes[name])))

    def _matrix(self, number: int) -> Shape:
        """The shape of the weights of a layer, as a matrix."""
        fan_in = self.layers[number - 2].units if number > 1 else self.inputs
        units = self.layers[number - 1].units
        return (units, fan_in) if self.orientation == "columns" else (fan_in, units)

    def _check(self, number: int, layer: Layer) -> None:
        if layer.activation not in KNOWN_ACTIVATIONS:
            raise UnknownName("activation", layer.activation, KNOWN_ACTIVATIONS)
        if layer.activation == SOFTMAX and (number < len(self.layers) or layer.units < 2):
            raise InputError(f"softmax in layer {number}: it is for two outputs or more of the last layer")
        wanted = self._matrix(number)
        if layer.weights is not None and (found := size_of(layer.weights)) != wanted:
            source = f"layer {number - 1}" if number > 1 else "the input"
            side = "row" if self.orientation == "columns" else "column"
            raise InputError(
                f"the weights of layer {number} are {written(found)} where {written(wanted)} is needed: "
                f"{source} has {wanted[1 if side == 'row' else 0]} value(s), and each {side} belongs to a unit"
            )
        if layer.bias is not None and (count := size_of(layer.bias)) not in {(layer.units, 1), (1, layer.units)}:
            raise InputError(f"the bias of layer {number} is {written(count)}, but the layer has {layer.units} unit(s)")

    def _add(self, name: Symbol, shape: Shape, value: Form | None) -> None:
        if name in self.shapes or name in self.definitions:
            raise InputError(f"two quantities of the net are called {name.base}: give other names")
        self.shapes[name] = shape
        if value is not None:
            self.values[name] = in_shape(value, shape)

    def _add_layer(self, number: int, layer: Layer) -> None:
        shape = self._matrix(number)
        weights = self.names.of("W", number, scalar=shape == (1, 1))
        self._add(weights, () if shape == (1, 1) else shape, layer.weights)
        product = Product((weights, self.output) if self.orientation == "columns" else (self.output, weights))
        terms: list[Form] = [product]
        if layer.has_bias:
            bias = self.names.of("b", number)
            self._add(bias, self.vector(layer.units), layer.bias)
            terms.append(bias)
        pre = self.names.of("z", number)
        self._define(pre, add(terms))
        self.deltas[pre] = self.names.of("delta", number)
        self.output = pre
        if layer.activation != IDENTITY:
            self.output = self.names.of("h", number)
            self._define(self.output, Call(layer.activation, (pre,), 0, (*layer.settings, *self._axis(layer))))

    def _axis(self, layer: Layer) -> tuple[tuple[str, Form], ...]:
        """Along which axis softmax is taken: of a vector as a whole, of examples in columns along each column."""
        return by_column() if layer.activation == SOFTMAX and self.has_columns else ()

    @property
    def has_columns(self) -> bool:
        """Whether several examples stand beside each other."""
        return self.orientation == "columns" and self.examples > 1

    def _define(self, name: Symbol, form: Form) -> None:
        if name in self.shapes or name in self.definitions:
            raise InputError(f"two quantities of the net are called {name.base}: give other names")
        self.definitions[name] = form


def by_column() -> tuple[tuple[str, Form], ...]:
    """The setting of softmax that takes each column by itself."""
    return (("axis", ZERO),)


def size_of(form: Form) -> Shape:
    """The rows and columns of given numbers; a number alone is 1x1."""
    return (len(form.rows), len(form.rows[0])) if isinstance(form, Matrix) else (1, 1)


def in_shape(form: Form, shape: Shape) -> Form:
    """Given numbers in the shape that they are printed in: a number alone, a row or a column."""
    entries = [entry for row in form.rows for entry in row] if isinstance(form, Matrix) else [form]
    return matrix_form(shape, entries) if shape else entries[0]
