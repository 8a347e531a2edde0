"""What a drawing says of a network: each number in it is a step whose line the judge checks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.network.drawing.canvas import Said
from derive.network.layers.base import Layer
from derive.network.layers.dense import Dense, Flatten
from derive.network.layers.sides import Spatial
from derive.network.layers.sliding import Sliding
from derive.network.network import INPUT, Network, Node
from derive.network.working.shapes import shape_form
from derive.network.working.sizing import axes_form
from derive.network.working.written import Written
from derive.notation.build import number
from derive.notation.form import Form, Shape, Symbol, symbols
from derive.record import Given, Line, Step

_WORDS = {
    "relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU", "lstm": "LSTM",
    "gru": "GRU", "simple_rnn": "RNN", "multi_head_attention": "attention",
}  # fmt: skip
_LONG = 10
"""A kernel stands below what a layer is called where that is longer."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The words of a network; without `labels` no numbers stand in them, without `shapes` none behind the layers."""

    written: Written
    labels: bool = True
    shapes: bool = True

    @property
    def network(self) -> Network:
        """The network that is drawn."""
        return self.written.network

    def size(self, name: str) -> tuple[Said, ...]:
        """The shape behind a layer."""
        if not (self.labels and self.shapes):
            return ()
        form = shape_form(self.network.sizes[name], self.network.order)
        return (Said((), Step(f"drawn shape of {name}", axes_form(self.written, name), (Line("=", form),))),)

    def letter(self, node: Node, symbol: Symbol, value: int) -> tuple[Said, ...]:
        """A letter of a layer with its value, "D = 4"."""
        if not self.labels:
            return ()
        name = self.written.rename(node, symbol)
        fact = Step(f"drawn {symbol.base} of {node.name}", name, (Line("=", _whole(value)),))
        return (Said((name, " = "), fact),)

    def operation(self, node: Node) -> tuple[Said, ...]:
        """What a layer does, line by line: conv 5 × 5, stride 2, ReLU."""
        layer = node.layer
        lines = [Said((kind_words(layer),))]
        if self.labels and isinstance(layer, Sliding):
            lines[:1] = self._window(node, layer)
        activation = getattr(layer, "activation", "linear")
        if activation != "linear":
            lines.append(Said((activation_word(activation),)))
        return tuple(lines)

    def _window(self, node: Node, layer: Sliding) -> list[Said]:
        """The kernel, and the stride where it is not what one would think."""
        words, sides = kind_words(layer), self._sides(node, layer, "K", "kernel")
        lines = [Said((f"{words} ",), sides)] if len(words) <= _LONG else [Said((words,)), Said((), sides)]
        usual = layer.sides_of("kernel") if "pool" in layer.kind else (1,) * layer.rank
        if layer.sides_of("stride") != usual:
            lines.append(Said(("stride ",), self._sides(node, layer, "S", "stride", short=True)))
        return lines

    def _sides(self, node: Node, layer: Sliding, letter: str, setting: str, short: bool = False) -> Step:
        names = [self.written.rename(node, layer.letter(letter, setting, axis)) for axis in range(layer.rank)]
        sides = layer.sides_of(setting)
        if len(sides) == 1 or (short and len(set(sides)) == 1):
            target: Form = names[0]
            value: Form = _whole(sides[0])
        else:
            target, value = Shape(tuple(names)), Shape(tuple(map(_whole, sides)))
        return Step(f"drawn {setting} of {node.name}", target, (Line("=", value),))

    def premises(self, said: list[Said]) -> tuple[Given, ...]:
        """The letters that words mention, with their values."""
        used = [name for each in said if each.fact and each.fact.target for name in symbols(each.fact.target)]
        return tuple(self.written.stated(used))


def activation_word(name: str) -> str:
    """An activation as one writes it: ReLU, tanh."""
    return _WORDS.get(name, name.replace("_", " "))


def kind_words(layer: Layer) -> str:
    """A layer in words: conv, max pool, batch norm, ReLU."""
    kind = layer.kind
    if kind in _WORDS:
        return _WORDS[kind]
    for rank in ("1d", "2d", "3d"):
        kind = kind.replace(rank, "")
    words = kind.replace("_", " ").replace("conv transpose", "transposed conv")
    return " ".join(words.split())


def is_quiet(network: Network, node: Node) -> bool:
    """Whether a layer works value by value, so that it needs no volume of its own."""
    takes = network.takes(node)
    if len(takes) > 1 or isinstance(node.layer, (Dense, Flatten, Spatial)):
        return False
    return node.layer.windows(*takes) == () and node.layer.output(*takes) == takes[0]


@dataclass(frozen=True, slots=True)
class Stage:
    """A volume or a column of a drawing: what leads to it, its name, and the layer that it stands behind."""

    name: str
    """Of the layer, without those that work value by value behind it."""
    shape_of: str
    node: Node | None
    operation: tuple[Said, ...]


def stages(facts: Facts) -> list[Stage]:
    """The volumes of a chain: the input, then one for each layer; what works value by value joins the one before."""
    found = [Stage(INPUT, INPUT, None, ())]
    for node in facts.network.nodes:
        words = facts.operation(node)
        last = found[-1]
        if is_quiet(facts.network, node) and len(found) > 1 and len(last.operation) < 4:
            found[-1] = Stage(last.name, node.name, last.node, (*last.operation, *words))
        else:
            found.append(Stage(node.name, node.name, node, words))
    return found


def is_chain(network: Network) -> bool:
    """Whether each layer reads from the one before it, and from no other."""
    before = INPUT
    for node in network.nodes:
        if node.sources != (before,):
            return False
        before = node.name
    return True


def _whole(value: int) -> Form:
    return number(Fraction(value))
