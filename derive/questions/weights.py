"""The shapes of a layer's weight tensors, with the names of their axes, in the order of either framework."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Framework, Tensor
from derive.network.network import Network, Node, read_network
from derive.network.working.counts import COUNT, rules_of, tensor_form
from derive.network.working.shapes import shape_form
from derive.network.working.single import input_steps
from derive.network.working.tables import meaning_of, table, whole
from derive.notation.build import add
from derive.notation.form import Call, Form, Shape, Symbol, Text
from derive.questions.network import NetworkQuestion, known_layers
from derive.questions.network_draws import draw_network, inner_size
from derive.record import Answer, Conventions, Derivation, Given, Line, Phrase, Step

NAMES: dict[Framework, str] = {"keras": "Keras", "pytorch": "PyTorch"}
OUTER = ("out", "units", "gate units", "multiplier")
INNER = ("in", "state")


@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor as a framework stores it; `both` where the other one stores it so too."""

    tensor: Tensor
    framework: Framework
    both: bool = False

    @property
    def label(self) -> str:
        """What the row is called."""
        return self.tensor.name if self.both else f"{self.tensor.name}, {NAMES[self.framework]}"

    @property
    def axes(self) -> str:
        """The names of the axes, in order."""
        return " × ".join(name for name, _ in self.tensor.axes)

    @property
    def form(self) -> Form:
        """The shape as it is printed."""
        sizes = tuple(whole(size) for _, size in self.tensor.axes)
        return sizes[0] if len(sizes) == 1 else Shape(sizes)


class NetworkWeightShape(NetworkQuestion):
    """The shapes of a layer's weight tensors, axis by axis, as Keras and as PyTorch order them."""

    ask: ClassVar[str] = "network.weight_shape"
    example: ClassVar[dict[str, Any]] = {
        "input": [32, 32, 3],
        "net": ["conv2d(filters=4, kernel=5)"],
        "framework": "pytorch",
    }

    of: str | None = Field(None, description="the layer whose weights are asked for; the last one that has some")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A layer with weights of a random network."""
        while True:
            given = draw_network(rng)
            network = read_network(given["net"], inner_size(given), given.get("framework", "keras"))
            names = [node.name for node in network.nodes if network.tensors(node)]
            if names:
                return {**given, "of": rng.choice(names)} if rng.random() < 0.7 else given

    def solve(self, conventions: Conventions) -> Derivation:
        """The size of the layer's input as far as it matters, then each tensor in both orders."""
        network = self.network()
        node = self._asked(network)
        steps, givens = input_steps(network, node, node.layer.count_rules(self.framework, *network.takes(node)))
        entries = _entries(network, node, self.framework)
        asked = [each for each in entries if each.framework == self.framework and len(each.tensor.axes) > 1]
        asked = asked or [each for each in entries if each.framework == self.framework]
        names = {each.label: "shape" if len(asked) == 1 else each.tensor.name for each in asked}
        rows = [(each.label, _cells(each, place, names)) for place, each in enumerate(entries, 1)]
        steps.append(table("shapes of the tensors", [("tensor",), ("axes",), ("shape",)], rows))
        givens += [_meaning(node, each, place) for place, each in enumerate(entries, 1)]
        steps += self._check(network, node)
        answers = tuple(_answer(each, names[each.label]) for each in asked)
        found = (tuple(dict.fromkeys(givens)), tuple(steps), answers)
        return self.sheet("Shapes of weights", self._prompt(network, node), network, found, conventions)

    def _asked(self, network: Network) -> Node:
        """The layer of that name, or the last one that holds weights."""
        if self.of is not None:
            node = network.node(known_layers(network, (self.of,))[0])
            if not network.tensors(node):
                raise InputError(f"{node.name} holds no weights").at(path="of")
            return node
        found = [node for node in network.nodes if network.tensors(node)]
        if not found:
            raise InputError("no layer of the network holds weights").at(path="net")
        return found[-1]

    def _check(self, network: Network, node: Node) -> list[Step]:
        """All entries of the trainable tensors are as many as the formula of the layer says."""
        rules = rules_of(node.layer.count_rules(self.framework, *network.takes(node)))
        if not rules:
            return []
        formula = Line("=", add([rule.form for rule in rules]), rules[0].reason)
        entries = Line("=", tensor_form(network, node), ("check: the entries of the tensors",))
        return [Step("N", COUNT, (formula, entries), "number of entries")]

    def _prompt(self, network: Network, node: Node) -> Phrase:
        name = node.name if len(network.nodes) > 1 else node.layer.words
        one = len(network.tensors(node)) == 1
        what = "shape of the weight tensor" if one else "shapes of the weight tensors"
        start = f"Find the {what} of {name}, as {NAMES[self.framework]} stores {'it' if one else 'them'},"
        return (f"{start} for an input of ", shape_form(network.input, self.order), ".")


def _entries(network: Network, node: Node, framework: Framework) -> list[Entry]:
    """The tensors of the asked framework, each followed by that of the other where it is stored otherwise."""
    other: Framework = "keras" if framework == "pytorch" else "pytorch"
    own, others = (node.layer.tensors(each, *network.takes(node)) for each in (framework, other))
    if len(own) != len(others) or any(not _same_entries(a, b) for a, b in zip(own, others, strict=True)):
        return [*(Entry(each, framework) for each in own), *(Entry(each, other) for each in others)]
    found: list[Entry] = []
    for mine, theirs in zip(own, others, strict=True):
        both = mine.axes == theirs.axes
        found += [Entry(mine, framework, both), *([] if both else [Entry(theirs, other)])]
    return found


def _same_entries(one: Tensor, other: Tensor) -> bool:
    return one.count == other.count


def _cells(entry: Entry, place: int, answers: dict[str, str]) -> list[Step]:
    """The names of the axes, and the shape; in a box where it is asked for."""
    words = Step("axes", intro=(entry.axes,))
    name = answers.get(entry.label, "")
    return [words, Step(name or entry.label, _name(place), (Line("=", entry.form, boxed=bool(name)),))]


def _name(place: int) -> Symbol:
    """What the shape of a tensor is called; the name is not printed."""
    return Symbol("shape", sub=("tensor", str(place)))


def _answer(entry: Entry, name: str) -> Answer:
    label = f"{'' if name == 'shape' else f'{name}, '}{entry.axes}"
    return Answer(name, "shape" if len(entry.tensor.axes) > 1 else "integer", entry.form, entry.form, Text(label))


def _roles(tensor: Tensor) -> tuple[list[int], list[int], list[int]]:
    """The sizes of a kernel's axes: out, in, and along the sides."""
    outer = [size for name, size in tensor.axes if name in OUTER]
    inner = [size for name, size in tensor.axes if name in INNER]
    return outer, inner, [size for name, size in tensor.axes if name.startswith("kernel ")]


def _is_kernel(tensor: Tensor) -> bool:
    outer, inner, sides = _roles(tensor)
    return len(outer) == len(inner) == 1 and 2 + len(sides) == len(tensor.axes)


def _meaning(node: Node, entry: Entry, place: int) -> Given:
    """The order of a kernel's axes by the custom of the framework; a transposed layer turns in and out round.

    Of other tensors the entries alone are held against the layer's formula.
    """
    if not _is_kernel(entry.tensor):
        return meaning_of(_name(place), entry.form)
    (outer,), (inner,), sides = _roles(entry.tensor)
    pair = [inner, outer] if node.layer.kind.endswith("_transpose") else [outer, inner]
    form = Call(f"{entry.framework}_kernel", tuple(map(whole, [*pair, *sides])))
    return meaning_of(_name(place), form)
