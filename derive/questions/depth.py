"""How deep and how wide a network is: its layers with weights, its hidden layers, the widest of them."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.normalization import Normalization
from derive.network.network import Network, Node
from derive.network.working.shapes import shape_form
from derive.network.working.tables import cell, meaning_of, table, whole
from derive.network.working.written import Written
from derive.notation.build import ONE, ZERO, add, subtract
from derive.notation.form import Call, Form, Indicator, Relation, Symbol
from derive.notation.words import joined
from derive.questions.network import NetworkQuestion
from derive.questions.network_draws import draw_network
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Step

DEPTH, HIDDEN, WIDTH = Symbol("depth"), Symbol("hidden"), Symbol("width")


class NetworkDepthWidth(NetworkQuestion):
    """How deep and how wide a network is: layers with weights, hidden layers, the widest of these."""

    ask: ClassVar[str] = "network.depth_width"
    example: ClassVar[dict[str, Any]] = {
        "input": [30],
        "net": ["dense(units=64)", "dropout(rate=0.4)", "dense(units=32)", "dense(units=1)"],
    }

    output: bool = Field(
        True, description="whether the last layer with weights is the output layer, which is not hidden"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network with a layer that has weights."""
        given = draw_network(rng)
        given["net"] = [*given["net"], "flatten()", "dense(units=12)"]
        return {**given, "output": False} if rng.random() < 0.2 else given

    def solve(self, conventions: Conventions) -> Derivation:
        """A row for each layer with weights, then the three numbers."""
        network = self.network()
        nodes = [node for node in network.nodes if has_weights(network, node)]
        if not nodes:
            raise InputError("no layer of the network has weights").at(path="net")
        written = Written(network, folds=True)
        widths = {_width_name(written, node): network.sizes[node.name][-1] for node in nodes}
        rows = [(node.name, [cell(name, Line("=", whole(value)))])
                for node, (name, value) in zip(nodes, widths.items(), strict=True)]  # fmt: skip
        steps = [table("layers with weights", [("layer",), ("neurons or filters",)], rows, _others(network, nodes))]
        steps += _numbers(list(widths), list(widths.values()), nodes, self.output)
        prompt: Phrase = ("How deep and how wide is the network for an input of ",
                          shape_form(network.input, self.order), "?")  # fmt: skip
        hidden = len(nodes) - self.output
        answers = [_answer(DEPTH, len(nodes), "layer with weights", "layers with weights")]
        answers.append(_answer(HIDDEN, hidden, "hidden layer", "hidden layers"))
        if hidden:
            answers.append(_answer(WIDTH, max(list(widths.values())[:hidden]), "neuron", "neurons or filters"))
        givens = tuple(dict.fromkeys(_premises(written, nodes, list(widths), self.output)))
        found = (givens, tuple(steps), tuple(answers))
        return self.sheet("Depth and width", prompt, network, found, conventions, words=False)


def has_weights(network: Network, node: Node) -> bool:
    """Whether a layer has a matrix of trainable weights; a scale and a shift are none."""
    trained = [tensor for tensor in network.tensors(node) if tensor.trainable and len(tensor.axes) > 1]
    return bool(trained) and not isinstance(node.layer, Normalization)


def _width_name(written: Written, node: Node) -> Symbol:
    return Symbol("width", sup=str(written.number[node.name]))


def _others(network: Network, nodes: list[Node]) -> Phrase:
    """Which layers do not count."""
    others = tuple(node.name for node in network.nodes if node not in nodes)
    if not others:
        return ()
    verb = "has no weight matrix and does" if len(others) == 1 else "have no weight matrix and do"
    return (f"{joined(others)} {verb} not count.",)


def _numbers(names: list[Symbol], widths: list[int], nodes: list[Node], output: bool) -> list[Step]:
    """Depth, hidden layers, width."""
    mark = (Mark(Fraction(1), "B"),)
    steps = [Step("depth", DEPTH, (Line("=", whole(len(nodes)), ("one for each row",)),), "depth", marks=mark)]
    hidden = len(nodes) - output
    lines = [Line("=", subtract(DEPTH, ONE), (f"without the output layer {nodes[-1].name}",))] if output else []
    lines += [Line("=", subtract(whole(len(nodes)), ONE))] if output else []
    why: Phrase = () if output else ("all of them",)
    steps.append(Step("hidden", HIDDEN, (*lines, Line("=", whole(hidden), why)), "hidden layers", marks=mark))
    if hidden:
        numbers = [whole(value) for value in dict.fromkeys(widths[:hidden])]
        value = Line("=", whole(max(widths[:hidden])), ("the widest hidden layer",))
        largest = [Line("=", Call("max", tuple(numbers)), value.reason)] if len(numbers) > 1 else []
        shown = (*largest, value if not largest else Line("=", value.form))
        steps.append(Step("width", WIDTH, shown, "width", marks=mark))
    return steps


def _premises(written: Written, nodes: list[Node], names: list[Symbol], output: bool) -> list[Given]:
    """A width is the last axis behind its layer; depth counts the layers whose width is not 0."""
    given: list[Given] = []
    for node, name in zip(nodes, names, strict=True):
        axis = written.axes[node.name][-1]
        given += [*written.stated([axis]), meaning_of(name, axis)]
    given.append(meaning_of(DEPTH, add([Indicator(Relation(">", name, ZERO)) for name in names])))
    hidden = names[:-1] if output else names
    if hidden:
        largest: Form = Call("max", tuple(hidden)) if len(hidden) > 1 else hidden[0]
        given.append(meaning_of(WIDTH, largest))
    return given


def _answer(label: Symbol, value: int, one: str, many: str) -> Answer:
    return Answer(label.base, "integer", whole(value), whole(value), label, one if value == 1 else many)
