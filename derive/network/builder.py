"""A network in the making: what a user wrote, layer after layer, becomes named nodes that read from one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import InputError, UnknownName
from derive.network.kinds import Block, kind_of, made, named, parts
from derive.network.layers.base import Layer, Size
from derive.network.listing import Called

INPUT = "input"
"""The name under which layers read from the input of the network."""
MAX_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """A layer of a network: its name, and the names of what it reads from."""

    name: str
    layer: Layer
    sources: tuple[str, ...]


class Builder:
    """The nodes so far, the names that may be read from, and the sizes as far as a block asked for them."""

    def __init__(self, size: Size) -> None:
        self.nodes: list[Node] = []
        self.sizes: dict[str, Size] = {INPUT: size}
        self._giver = {INPUT: INPUT}
        """Each known name with the node that gives its values: a block goes by the name of its last node too."""
        self._layers: dict[int, tuple[Called, Layer]] = {}
        """Layers by the identity of the call that they were made of, which is kept so that it stays one."""
        self._last = INPUT
        self._counts: Counter[str] = Counter()

    def read(self, given: Any) -> None:
        """Put in one entry of a network, which reads from the one before unless it names others."""
        name, called = named(given)
        if not name:
            name = self.free_name(called.name)
        self._last = self._enter(called, name, self._last)

    def chain(self, given: Sequence[Any], name: str, source: str) -> str:
        """Put in layers one after the other, as name.1, name.2, ...; the name of the last one."""
        for position, item in enumerate(given, 1):
            own, inner = ("", item) if isinstance(item, Layer) else named(item)
            source = self.put(inner, f"{name}.{own or position}", source)
        return source

    def put(self, given: Any, name: str, source: str) -> str:
        """Put in one layer or block under a name, reading from a layer; the name of the one that gives the result."""
        if isinstance(given, Layer):
            return self._add(given, name, (source,))
        return self._enter(named(given)[1], name, source)

    def merge(self, layer: Layer, name: str, sources: tuple[str, ...]) -> str:
        """Put in a layer that reads from several."""
        return self._add(layer, name, sources)

    def size(self, name: str) -> Size:
        """The size behind a layer."""
        for node in self.nodes[len(self.sizes) - 1 :]:
            try:
                self.sizes[node.name] = node.layer.output(*(self.sizes[source] for source in node.sources))
            except InputError as error:
                raise error.at(path=node.name) from None
        return self.sizes[name]

    def _enter(self, called: Called, name: str, source: str) -> str:
        kind = kind_of(called.name)
        if issubclass(kind, Block):
            return self._block(kind, called, name, source)
        inputs, settings = parts(kind, called)
        sources = tuple(self._source(kind, called.name, each) for each in inputs) or (source,)
        if kind.merges and len(sources) < 2:
            raise InputError(f"{called.name} needs the names of two layers or more, as in {kind.example}")
        if not kind.merges and len(sources) > 1:
            raise InputError(f"the settings of {called.name} need names, as in {kind.example}")
        return self._add(self._made(kind, called, settings), name, sources)

    def _made(self, kind: type[Layer], called: Called, settings: Mapping[str, Any]) -> Layer:
        """The layer of a call; one that stands in many places is made once."""
        if id(called) not in self._layers:
            self._layers[id(called)] = called, made(kind, settings)
        return self._layers[id(called)][1]

    def _block(self, kind: type[Block], called: Called, name: str, source: str) -> str:
        inner = called.args
        if inner and isinstance(inner[0], str) and inner[0] in self._giver:
            source, inner = self._giver[inner[0]], inner[1:]
        settings = {**called.settings, "layers": inner} if inner else called.settings
        self._check_free(name)
        before = len(self.nodes)
        result = made(kind, settings).build(self, name, source)
        if len(self.nodes) == before:
            raise InputError(f"{called.name} has no layers inside, as in {kind.example}")
        self._giver[name] = result
        return result

    def _source(self, kind: type[Layer], called: str, name: str) -> str:
        if name not in self._giver:
            if kind.merges:
                raise UnknownName(f"input of {called}", name, self._giver)
            what = f"{called} reads from the layers that are named without a sign: "
            raise UnknownName(f"layer ({what}settings need names, as in {kind.example})", name, self._giver)
        return self._giver[name]

    def _add(self, layer: Layer, name: str, sources: tuple[str, ...]) -> str:
        if len(self.nodes) >= MAX_NODES:
            raise InputError(f"a network of more than {MAX_NODES} layers")
        self._check_free(name)
        self.nodes.append(Node(name, layer, sources))
        self._giver[name] = name
        return name

    def _check_free(self, name: str) -> None:
        if name in self._giver:
            raise InputError(f"two layers are called {name}")

    def free_name(self, kind: str) -> str:
        """conv1, conv2, ...: the kind without its dimension, counted."""
        stem = getattr(kind_of(kind), "stem", "")
        if not stem:
            stem = kind.removesuffix("1d").removesuffix("2d").removesuffix("3d").rstrip("_")
        while True:
            self._counts[stem] += 1
            name = f"{stem}{self._counts[stem]}"
            if name not in self._giver:
                return name
