"""One filter on an image: its definition, its values, one output with every product, the whole result."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.graph.arrays import Array
from derive.graph.graph import Graph, matrix_form
from derive.graph.windows import Slide
from derive.notation.build import add, number
from derive.notation.form import Call, Form, Hadamard, Matrix, Symbol
from derive.notation.rounding import shown
from derive.notation.symbols import element, symbol_name
from derive.questions.convolution_grid import (
    Channels,
    Params,
    flat,
    grid_form,
    place_text,
    product_sum,
    under,
    with_bias,
)
from derive.questions.fields import numeric
from derive.record import Conventions, Given, Line, Mark, Phrase, Relation, Step

IMAGE, RESULT = Symbol("X", bold=True), Symbol("Z", bold=True)
METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)
THE_SAME_WAY: Phrase = ("the other entries in the same way",)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its weights as given, its bias, whether it is turned, and its number where there are several."""

    weights: Channels
    bias: Form | None
    flip: bool
    index: str = ""

    @property
    def laid(self) -> Channels:
        """The weights as they lie on the image."""
        return tuple(tuple(row[::-1] for row in grid[::-1]) for grid in self.weights) if self.flip else self.weights

    def named(self, letter: str) -> Symbol:
        """W, K or Z of this filter."""
        return Symbol(letter, sup=self.index, bold=True)

    @property
    def bias_name(self) -> Symbol:
        """b, with the number of the filter."""
        return Symbol("b", sub=(self.index,) if self.index else ())

    def definition(self, params: Params) -> Form:
        """conv(X, W) + b, with the kernel turned where it is a true convolution."""
        kernel: Form = self.named("W")
        laid = Call("flip", (kernel,)) if self.flip else kernel
        return with_bias(Call("conv2d", (IMAGE, laid), 0, params), None if self.bias is None else self.bias_name)

    def premises(self, params: Params) -> list[Given]:
        """The definition of the result, the weights, the bias."""
        found = [
            Given(self.named("Z"), self.definition(params)),
            Given(self.named("W"), grid_form(self.weights), "value"),
        ]
        return found if self.bias is None else [*found, Given(self.bias_name, self.bias, "value")]

    def values(self, image: Channels, params: Params) -> dict[Place, Fraction]:
        """Every output by its place (from 0), from the graph engine."""
        at: dict[Symbol, Any] = {g.target: numeric(g.form) for g in self.premises(params)[1:] if g.form is not None}  # type: ignore[misc]
        at[IMAGE] = numeric(grid_form(image))
        shapes = {symbol_name(name): value.shape for name, value in at.items() if isinstance(value, Array)}
        name = symbol_name(self.named("Z"))
        graph = Graph({name: self.definition(params)}, shapes)
        result = graph.quantity(name).value
        assert isinstance(result, Array)
        nodes = graph.values(at, Conventions(), result.items)
        columns = result.shape[1]
        return {divmod(k, columns): nodes[node] for k, node in enumerate(result.items)}


def turned_step(each: Filter) -> Step:
    """The kernel turned by 180 degrees."""
    kernel, turned = each.named("W"), each.named("K")
    lines = (Line("=", Call("flip", (kernel,)), ("turned by 180°",)), Line("=", grid_form(each.laid)))
    return Step(symbol_name(turned), turned, lines, "turned kernel", (), METHOD)


def worked_step(
    image: Channels, each: Filter, window: Slide, place: Place, value: Fraction, conventions: Conventions
) -> Step:
    """One output: the window beside the kernel, every product, the value."""
    seen, weights = under(image, window, place), each.laid
    target = element(Symbol("Z", sup=each.index), place[0] + 1, place[1] + 1)
    bias = each.bias
    lines: list[Line] = []
    if len(weights[0]) * len(weights[0][0]) > 1:
        pairs = [Call("sum", (Hadamard((Matrix(w), Matrix(x))),)) for w, x in zip(weights, seen, strict=True)]
        lines.append(Line("=", with_bias(add(pairs), bias), (f"kernel on {place_text(image, window, place)}",)))
    cells = zip(flat(weights), flat(seen), strict=True)
    lines.append(Line("=", with_bias(product_sum(list(cells)), bias), ("every product",)))
    relation, final = shown(value, conventions.rounding)
    lines.append(Line(relation, final))
    return Step(symbol_name(target), target, tuple(lines), "one output in full", (), METHOD)


def whole_step(target: Symbol, values: dict[Place, Fraction], conventions: Conventions) -> Step:
    """The whole result: the entries that were not worked follow in the same way."""
    printed = {place: shown(value, conventions.rounding) for place, value in values.items()}
    relation: Relation = "≈" if any(sign == "≈" for sign, _ in printed.values()) else "="
    line = Line(relation, matrix_of({place: form for place, (_, form) in printed.items()}), THE_SAME_WAY)
    return Step(symbol_name(target), target, (line,), "whole result", (), ACCURACY)


def exact_matrix(values: dict[Place, Fraction]) -> Form:
    """The result with every digit."""
    return matrix_of({place: number(value) for place, value in values.items()})


def matrix_of(entries: dict[Place, Form]) -> Form:
    """Entries by their places as a matrix."""
    rows, columns = max(entries)
    return matrix_form((rows + 1, columns + 1), list(entries.values()))
