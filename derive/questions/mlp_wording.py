"""What a question about a dense net says of its conventions, and what its solution says of kinks and saturation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.graph.array_point import ArrayPoint
from derive.graph.arrays import shape_of
from derive.notation.build import ZERO, number
from derive.notation.form import Call, Form, Relation, Symbol
from derive.notation.rounding import as_fraction
from derive.questions.graph_question import listed
from derive.record import Phrase

if TYPE_CHECKING:
    from derive.questions.mlp_question import Setting

SHAPE_OF_GRADIENTS: Phrase = ("a gradient has the shape of its variable",)
SATURATED = Fraction(1, 1000)
"""A slope below this is named as saturation."""


def told(setting: Setting, with_net: bool, with_loss: bool) -> Phrase:
    """How vectors stand, where examples and biases are, and how the loss is read."""
    return (*(_of_net(setting) if with_net else ()), *(_of_loss(setting) if with_loss else ()))


def _of_net(setting: Setting) -> Phrase:
    net = setting.net
    if not any(net.shapes.values()):
        return ()
    vectors = "columns" if net.orientation == "columns" else "rows"
    words: list[str | Form] = [f" Vectors are {vectors}"]
    if net.examples > 1:
        words += [f"; the {net.examples} examples are the {vectors} of ", _bold(net.input)]
    without = [number for number, layer in enumerate(net.layers, 1) if not layer.has_bias]
    if len(without) == len(net.layers):
        words.append("; there are no biases")
    elif without:
        words.append(f"; layer {' and '.join(map(str, without))} has no bias")
    return (*words, ".")


def _of_loss(setting: Setting) -> Phrase:
    if setting.loss is None:
        return ()
    forms = setting.loss.forms
    reading = f", {forms.reading}" if forms.reading else ""
    return (" ", setting.of, f" is the {forms.choice.words}{reading}.")


def _bold(name: Symbol) -> Symbol:
    return Symbol(name.base, name.accent, name.sub, name.sup, True)


def corners(setting: Setting, point: ArrayPoint) -> tuple[Phrase, ...]:
    """A sentence for units at the kink of a ReLU, for units that are off, and for saturated ones."""
    if point.symbolic:
        return ()
    found: list[Phrase] = []
    for quantity in setting.graph.definitions:
        form = quantity.form
        if isinstance(form, Call) and form.args and isinstance(pre := form.args[0], Symbol):
            names = point.entries.get(pre, [pre])
            if form.function in ("relu", "leaky_relu"):
                found += _at_kinks(point, form, names)
            if form.function == "relu":
                found += _off(point, names)
            if form.function in ("sigmoid", "tanh") and shape_of(quantity.value) == point.formulas.shape(pre):
                found += _saturated(point, form, names, point.entries.get(quantity.symbol, [quantity.symbol]))
    return tuple(found)


def _at_kinks(point: ArrayPoint, form: Call, names: Iterable[Form]) -> Iterator[Phrase]:
    zero = [name for name in names if point.env[name] == 0]
    if zero:
        slope = number(point.conventions.relu_at_zero) if form.function == "relu" else dict(form.params)["alpha"]
        convention = Relation("=", Call(form.function, (ZERO,), 1, form.params), slope)
        yield (*listed(zero), f" {_is_or_are(zero)} exactly 0, at the kink: the convention ", convention, " decides")


def _off(point: ArrayPoint, names: Iterable[Form]) -> Iterator[Phrase]:
    off = [name for name in names if point.env[name] < 0]
    if off:
        slope = Relation("=", Call("relu", (), 1), ZERO)
        yield (*listed(off), f" {_is_or_are(off)} negative: ", slope, " there, nothing is handed back")


def _saturated(point: ArrayPoint, form: Call, names: Iterable[Form], outputs: Iterable[Form]) -> Iterator[Phrase]:
    slow = [
        name
        for name, output in zip(names, outputs, strict=True)
        if _slope(form.function, as_fraction(point.env[output])) < SATURATED
    ]
    if slow:
        yield (Call(form.function), " is saturated at ", *listed(slow), ": a slope below ", number(SATURATED))


def _slope(function: str, output: Fraction) -> Fraction:
    """σ' = σ(1 - σ), tanh' = 1 - tanh²."""
    return output * (1 - output) if function == "sigmoid" else 1 - output**2


def _is_or_are(names: list[Form]) -> str:
    return "is" if len(names) == 1 else "are"
