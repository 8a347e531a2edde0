"""What a sheet states about its networks: the order of axes, what a listing leaves out, how biases are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from derive.network.layers.base import Layer
from derive.network.network import Network
from derive.network.working.shapes import axis_words
from derive.record import Phrase

NAMES = {2: "a sequence", 3: "an image", 4: "a volume"}
"""What a shape of so many axes is the shape of."""
FRAMEWORKS = {"keras": "Keras", "pytorch": "PyTorch"}


def _has(*settings: str, without: str = "") -> Callable[[Layer], bool]:
    return lambda layer: all(hasattr(layer, name) for name in settings) and not hasattr(layer, without)


LEFT_OUT: tuple[tuple[Callable[[Layer], bool], str], ...] = (
    (_has("stride", "bias"), "unless said, a convolution has stride 1, no padding and biases"),
    (
        _has("stride", without="bias"),
        "unless said, a pooling has the stride of its window and no padding",
    ),
    (_has("units", "bias"), "unless said, a fully connected layer has biases"),
)
"""What a layer is taken to have where nothing is said."""


def rules_of(network: Network, listed: bool) -> tuple[Phrase, ...]:
    """What the sheet states of a network; what is left out matters where it is `listed` in code."""
    said = (*_orders(network), *(_left_out(network) if listed else ()), *_biases(network))
    return tuple((phrase,) for phrase in dict.fromkeys(said))


def _orders(network: Network) -> Iterator[str]:
    """How the axes of its shapes stand."""
    for rank, name in NAMES.items():
        if any(len(size) == rank for size in network.sizes.values()):
            yield f"the shape of {name} is {axis_words(rank, network.order).replace(', ', ' × ')}"


def _left_out(network: Network) -> Iterator[str]:
    return (phrase for holds, phrase in LEFT_OUT if any(holds(node.layer) for node in network.nodes))


def _biases(network: Network) -> Iterator[str]:
    """How many biases a gate has, in which frameworks differ."""
    for node in network.nodes:
        layer: Any = getattr(node.layer, "layer", node.layer)  # the one inside a bidirectional layer
        if getattr(layer, "biases", 0) is None:
            count = "two bias vectors" if layer.bias_count(network.framework) == 2 else "one bias vector"
            gates = " for each gate" if layer.gates > 1 else ""
            yield f"each {layer.title} has {count}{gates}, as in {FRAMEWORKS[network.framework]}"
