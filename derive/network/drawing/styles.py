"""Which style a network is drawn in: what its layers ask for, or what the question says."""

from __future__ import annotations

from typing import Literal

from derive.errors import InputError
from derive.network.drawing.boxes import INPUT_ALONE, Ends, boxes
from derive.network.drawing.facts import Facts, is_chain, is_quiet
from derive.network.drawing.gru_cell import gru_cell
from derive.network.drawing.lstm_cell import lstm_cell
from derive.network.drawing.neurons import neurons
from derive.network.drawing.rnn_cell import rnn_cell
from derive.network.drawing.unrolled import unrolled
from derive.network.drawing.volumes import volumes
from derive.network.layers.bidirectional import Bidirectional
from derive.network.layers.lstm import LSTM
from derive.network.layers.recurrent import GRU, Recurrent, Sequential, SimpleRNN
from derive.network.network import Network, Node
from derive.record import Phrase, Picture

Style = Literal["volumes", "boxes", "neurons", "cell", "unrolled"]


def fitting_style(network: Network) -> Style:
    """The style that a network asks for."""
    if not is_chain(network):
        return "boxes"
    layers = [node.layer for node in network.nodes]
    if len(layers) == 1 and isinstance(layers[0], Recurrent):
        return "cell"
    if any(isinstance(layer, Sequential) for layer in layers):
        return "unrolled" if _unrolls(network) else "boxes"
    if all(len(size) == 1 for size in network.sizes.values()):
        return "neurons"
    return "boxes" if all(is_quiet(network, node) for node in network.nodes) else "volumes"


def _unrolls(network: Network) -> bool:
    """Whether nothing but recurrent layers mixes the steps."""
    length = network.input[0]
    ended = False
    for node in network.nodes:
        size = network.sizes[node.name]
        if isinstance(node.layer, Sequential):
            ended = ended or not node.layer.all_steps
            if isinstance(node.layer, Bidirectional) and not node.layer.all_steps:
                return False
        elif not ended and (len(size) != 2 or size[0] != length or node.layer.windows(*network.takes(node)) != ()):
            return False
    return True


def drawn(facts: Facts, style: Style, caption: Phrase = (), ends: Ends = INPUT_ALONE) -> Picture:
    """The picture of a network in a style.

    Raises:
        InputError: the style cannot show the network.
    """
    network = facts.network
    if style in ("volumes", "neurons") and not is_chain(network):
        raise InputError(f"{style} show layers that stand one behind the other: use style boxes for branches")
    if style == "volumes":
        return volumes(facts, caption)
    if style == "neurons":
        if any(len(size) > 1 for size in network.sizes.values()):
            raise InputError("neurons show vectors alone: use style volumes for images and sequences")
        return neurons(facts, caption)
    if style == "unrolled":
        return unrolled(facts, caption)
    return boxes(facts, caption, ends) if style == "boxes" else _cell(facts, cell_of(network), caption)


def cell_of(network: Network) -> Node:
    """The recurrent layer whose cell is drawn.

    Raises:
        InputError: there is none, or there are several.
    """
    found = [node for node in network.nodes if isinstance(node.layer, Recurrent)]
    if len(found) != 1:
        raise InputError(f"a cell is drawn of one recurrent layer, and the network has {len(found) or 'none'}")
    return found[0]


def _cell(facts: Facts, node: Node, caption: Phrase) -> Picture:
    if isinstance(node.layer, LSTM):
        return lstm_cell(facts, node, caption)
    if isinstance(node.layer, GRU):
        return gru_cell(facts, node, caption)
    assert isinstance(node.layer, SimpleRNN)
    return rnn_cell(facts, node, caption)
