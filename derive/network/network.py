"""A network: named layers in order, each with the layers it reads from; sizes flow through it when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from derive.errors import InputError, UnknownName
from derive.network.builder import INPUT, Builder, Node
from derive.network.kinds import blocks, layers, made, read_layer
from derive.network.layers.base import Framework, Size, Tensor

__all__ = ["INPUT", "Network", "Node", "Order", "blocks", "layers", "made", "read_layer", "read_network"]

Order = Literal["HWC", "CHW"]


@dataclass(frozen=True)
class Network:
    """Layers in order, with the size of the input.

    Raises:
        InputError: a layer does not fit what it reads from; the message names it.
    """

    nodes: tuple[Node, ...]
    input: Size
    framework: Framework = "keras"
    order: Order = "HWC"
    sizes: Mapping[str, Size] = field(default_factory=dict)
    """The size behind each layer, and that of the input; those that are known already need not be found again."""

    def __post_init__(self) -> None:
        sizes = {**self.sizes, INPUT: self.input}
        found: dict[tuple[int, tuple[Size, ...]], Size] = {}  # a layer that stands in many places is asked once
        for node in self.nodes:
            if node.name in sizes:
                continue
            takes = tuple([sizes[source] for source in node.sources])
            key = id(node.layer), takes
            if key not in found:
                try:
                    found[key] = node.layer.output(*takes)
                except InputError as error:
                    raise error.at(path=node.name) if len(self.nodes) > 1 else error from None
            sizes[node.name] = found[key]
        object.__setattr__(self, "sizes", sizes)

    @property
    def output(self) -> Size:
        """The size behind the last layer."""
        return self.sizes[self.nodes[-1].name] if self.nodes else self.input

    @cached_property
    def _named(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    def node(self, name: str) -> Node:
        """The layer of a name; UnknownName where there is none."""
        if name not in self._named:
            raise UnknownName("layer of the network", name, self._named)
        return self._named[name]

    def takes(self, node: Node) -> tuple[Size, ...]:
        """The sizes that a layer reads."""
        return tuple(self.sizes[source] for source in node.sources)

    def tensors(self, node: Node) -> tuple[Tensor, ...]:
        """The numbers that a layer holds."""
        return node.layer.tensors(self.framework, *self.takes(node))

    def parameters(self, trainable: bool | None = True) -> int:
        """How many parameters there are in all: the trainable ones, the others, or (None) both."""
        held = (tensor for node in self.nodes for tensor in self.tensors(node))
        return sum(tensor.count for tensor in held if trainable in (None, tensor.trainable))


def read_network(
    given: Sequence[Any], size: Iterable[int], framework: Framework = "keras", order: Order = "HWC"
) -> Network:
    """A network from a list of layers and the size of its input.

    Args:
        given: layers as text, as mappings of a kind to its settings, or named: `{conv1: conv2d(...)}`. A layer reads
            from the one before it; the names of others stand in it without a sign, as in `add(conv1, conv2)`.
        size: of the input, channels last unless the order is CHW.
    """
    inner = tuple(size)
    if min(inner, default=0) < 1:
        raise InputError(f"an input of shape {'×'.join(map(str, inner))}: its sides are whole numbers from 1")
    if order == "CHW":
        inner = (*inner[1:], inner[0])
    builder = Builder(inner)
    for position, item in enumerate(given):
        try:
            builder.read(item)
        except InputError as error:
            raise error.at(path=f"layer {position + 1}") if len(given) > 1 else error from None
    return Network(tuple(builder.nodes), inner, framework, order, builder.sizes)
