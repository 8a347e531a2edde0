"""Multiply-adds as they are written down: every entry of a weight matrix is used once at each place."""

from __future__ import annotations

from derive.network.layers.attention import MultiHeadAttention
from derive.network.layers.normalization import Normalization
from derive.network.layers.recurrent import Sequential
from derive.network.layers.upsampling import Upsampling
from derive.network.network import Node
from derive.network.working.tables import whole
from derive.network.working.written import Written
from derive.notation.build import ZERO, add, multiply
from derive.notation.form import Form


def work_form(written: Written, node: Node) -> Form:
    """Places times entries; the scores of an attention and the means of an upsampling come to that."""
    network = written.network
    takes, size = network.takes(node), network.sizes[node.name]
    if isinstance(node.layer, Upsampling) and node.layer.mode != "nearest":
        return multiply([*map(whole, size), *[whole(2)] * (len(size) - 1)])
    inside = isinstance(node.layer, Sequential) or node.layer.kind.endswith("_transpose")
    places = (takes[0] if inside or isinstance(node.layer, MultiHeadAttention) else size)[:-1]
    entries = _entries(written, node)
    if not entries:
        return ZERO
    terms = [multiply([*map(whole, places), add(entries)])]
    if isinstance(node.layer, MultiHeadAttention):
        terms += [
            multiply([whole(2), *map(whole, places * 2), whole(node.layer.heads), whole(node.layer.head(takes[0]))])
        ]
    return add(terms)


def _entries(written: Written, node: Node) -> list[Form]:
    """The entries of all weights but biases; looking up a row of a table, scaling and shifting are no such work."""
    if isinstance(node.layer, Normalization) or node.layer.kind == "embedding":
        return []
    tensors = node.layer.tensors(written.network.framework, *written.network.takes(node))
    used = [tensor for tensor in tensors if "bias" not in tensor.name]
    return [multiply([whole(size) for _, size in tensor.axes]) for tensor in used]
