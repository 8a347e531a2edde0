"""A network as Keras or PyTorch source that runs as it stands: imports, model, and the lines that train it on request.

Chains become `Sequential`; what branches becomes Keras' functional API or a module with a `forward` of its own. What a
layer is called in a framework it says itself (`keras`, `torch`); this module only puts the lines together.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.errors import InputError
from derive.network.layers.base import Framework, Size
from derive.network.network import INPUT, Network, Node

LONGEST = 79
RESERVED = {"keras", "layers", "model", "inputs", "torch", "nn", "self", "super", "Net", "forward", "train"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of source, and the layer that it makes."""

    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Source text; `lines` are the first and the last line of each layer, by its name, from 1."""

    text: str
    lines: Mapping[str, tuple[int, int]]


def source(network: Network, framework: Framework, training: Iterable[str] = ()) -> Source:
    """The source of a network, and below it the lines that train it.

    Raises:
        InputError: a layer has no counterpart in the framework, or its name cannot be one in Python.
    """
    return _joined([*(_keras if framework == "keras" else _torch)(network), *map(Row, training)])


def is_chain(network: Network) -> bool:
    """Whether each layer reads from the one before it alone."""
    names = (INPUT, *(node.name for node in network.nodes))
    return all(node.sources == (before,) for node, before in zip(network.nodes, names, strict=False))


def identifier(name: str) -> str:
    """The name of a layer as one in Python.

    Raises:
        InputError: it can be none, or means something else there.
    """
    found = name.replace(".", "_")
    if not _IDENTIFIER.fullmatch(found) or keyword.iskeyword(found) or found in RESERVED:
        raise InputError(f"the layer cannot be called '{name}' in Python; give it another name")
    return found


def _named(network: Network) -> dict[str, str]:
    """The variable of each layer, and `inputs`."""
    names = {INPUT: "inputs"}
    for node in network.nodes:
        name = identifier(node.name)
        if name in names.values():
            raise InputError(f"two layers are called '{name}' in Python; give one another name")
        names[node.name] = name
    return names


def _joined(rows: Iterable[Row]) -> Source:
    texts: list[str] = []
    lines: dict[str, tuple[int, int]] = {}
    for row in rows:
        pieces = folded(row.text)
        if row.node:
            first = lines.get(row.node, (len(texts) + 1, 0))[0]
            lines[row.node] = (first, len(texts) + len(pieces))
        texts += pieces
    return Source("\n".join(texts) + "\n", lines)


def folded(line: str) -> list[str]:
    """A line in as many as it takes, broken behind the commas of its outermost brackets that have any."""
    places = _commas(line) if len(line) > LONGEST else []
    hang = " " * (len(line) - len(line.lstrip()) + 4)
    done, begin = [""], 0
    for end in (*places, len(line)):
        piece = line[begin:end]
        if len(done[-1] + piece.rstrip()) > LONGEST and done[-1].strip():
            done[-1] = done[-1].rstrip()
            done.append(hang)
            piece = piece.lstrip()
        done[-1] += piece
        begin = end
    return done


def _commas(line: str) -> list[int]:
    """The places behind the commas that stand in the fewest brackets, but in one at least."""
    found: dict[int, list[int]] = {}
    depth = 0
    for place, sign in enumerate(line):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth > 0:
            found.setdefault(depth, []).append(place + 1)
    return found[min(found)] if found else []


# Keras


def _keras(network: Network) -> Iterator[Row]:
    yield from map(Row, ("import keras", "from keras import layers", ""))
    if len(network.input) > 1:
        yield Row(f"# input: (batch, {', '.join(map(str, network.input))}), channels last")
    shape = repr(network.input)
    if is_chain(network) and not any(hasattr(node.layer, "keras_call") for node in network.nodes):
        yield from (Row("model = keras.Sequential(["), Row(f"    layers.Input({shape}),"))
        for node in network.nodes:
            yield from (Row(f"    {call},", node.name) for call in node.layer.keras(*network.takes(node)))
        yield Row("])")
        return
    names = _named(network)
    yield Row(f"inputs = layers.Input({shape})")
    for node in network.nodes:
        yield from (Row(text, node.name) for text in _applied(network, node, names))
    yield Row(f"model = keras.Model(inputs, {names[network.nodes[-1].name]})")


def _applied(network: Network, node: Node, names: Mapping[str, str]) -> Iterator[str]:
    """A layer called on what it reads from; the layers behind it are called on its own result."""
    sources = [names[source] for source in node.sources]
    given = sources[0] if len(sources) == 1 and not node.layer.merges else f"[{', '.join(sources)}]"
    name, called = names[node.name], getattr(node.layer, "keras_call", None)
    for layer in node.layer.keras(*network.takes(node)):
        yield f"{name} = {called(layer, *sources) if called else f'{layer}({given})'}"
        given = name


# PyTorch


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer's modules, and where its values have their channels: "first" or "last"."""

    modules: tuple[str, ...]
    channels: str


def _torch(network: Network) -> Iterator[Row]:
    placed = _placed(network)
    start = placed[INPUT].channels
    chain = is_chain(network) and not any(_needs_forward(network, placed, node) for node in network.nodes)
    yield from map(Row, ("import torch", "from torch import nn", *([""] if chain else ["", ""])))
    if len(network.input) > 1:
        sides = network.input if start == "last" else (network.input[-1], *network.input[:-1])
        yield Row(f"# input: (batch, {', '.join(map(str, sides))}), channels {start}")
    if chain:
        yield Row("model = nn.Sequential(")
        for node in network.nodes:
            yield from (Row(f"    {module},", node.name) for module in placed[node.name].modules)
        yield Row(")")
        return
    yield from _module(network, placed)


def _needs_forward(network: Network, placed: Mapping[str, Placed], node: Node) -> bool:
    """Whether a layer is more than modules one behind the other."""
    turned = any(_turned(network, placed, node, source) for source in node.sources)
    return turned or hasattr(node.layer, "torch_call")


def _first_layout(network: Network) -> str:
    """Where the channels of the input stand: as the first layers that care want it, and first for images."""
    readers = {INPUT}
    for node in network.nodes:
        if readers.isdisjoint(node.sources):
            continue
        if node.layer.torch_channels != "any":
            return node.layer.torch_channels
        if len(network.sizes[node.name]) == len(network.input):
            readers.add(node.name)
    return "first"


def _placed(network: Network) -> dict[str, Placed]:
    """The modules of each layer, and how its values lie."""
    placed = {INPUT: Placed((), _first_layout(network))}
    for node in network.nodes:
        wanted: str = node.layer.torch_channels
        channels = placed[node.sources[0]].channels if wanted == "any" else wanted
        placed[node.name] = Placed(node.layer.torch(*network.takes(node)), channels)
    return placed


def _turned(network: Network, placed: Mapping[str, Placed], node: Node, source: str) -> str:
    """What turns the values of a source as a layer wants them; empty where they lie so."""
    if placed[source].channels == placed[node.name].channels or len(network.sizes[source]) < 2:
        return ""
    return ".movedim(1, -1)" if placed[node.name].channels == "last" else ".movedim(-1, 1)"


def _module(network: Network, placed: Mapping[str, Placed]) -> Iterator[Row]:
    names = _named(network)
    yield from map(Row, ("class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"))
    calls: list[Row] = []
    for node in network.nodes:
        here, name = placed[node.name], names[node.name]
        given = [names[source] + _turned(network, placed, node, source) for source in node.sources]
        modules = _along(here, network.sizes[node.name])
        if modules:
            shown = modules[0] if len(modules) == 1 else f"nn.Sequential({', '.join(modules)})"
            yield Row(f"        self.{name} = {shown}", node.name)
        call = getattr(node.layer, "torch_call", None)
        if call is not None:
            (done,) = _along(Placed((call(f"self.{name}", *given),), here.channels), network.sizes[node.name])
        else:
            done = f"self.{name}({', '.join(given)})" if modules else given[0]
        calls.append(Row(f"        {name} = {done}", "" if modules else node.name))
    yield from (Row(""), Row("    def forward(self, inputs):"), *calls)
    yield from map(Row, (f"        return {names[network.nodes[-1].name]}", "", "", "model = Net()"))


def _along(placed: Placed, size: Size) -> tuple[str, ...]:
    """The modules of a layer; what works along the channels does so where they stand."""
    if placed.channels == "first" or len(size) < 2:
        return placed.modules
    return tuple(module.replace("dim=1)", "dim=-1)") for module in placed.modules)
