"""Code that was written is read back, by tables of its own: shapes and parameters of each layer must be the same."""

from __future__ import annotations

from derive.errors import WrongMathematics
from derive.network.code.reading import read_listing
from derive.network.code.source import Source
from derive.network.network import Network


def check_back(network: Network, code: Source) -> None:
    """Read the source of a network back; a module with a `forward` of its own is not read.

    Raises:
        WrongMathematics: the code is another network.
    """
    if "\nclass Net(" in code.text:
        return
    keras = code.text.startswith("import keras")
    found = read_listing(code.text, None if keras else network.input)
    if found.network is None:
        raise WrongMathematics(f"the code cannot be read back: {'; '.join(map(str, found.faults))}")
    for node in network.nodes:
        first, last = code.lines.get(node.name, (1, 0))
        inside = [each for each in found.network.nodes if first <= found.lines[each.name] <= last]
        if first > last or (not inside and any(fault.line == first for fault in found.faults)):
            continue
        counts = [sum(tensor.count for tensor in found.network.tensors(each)) for each in inside]
        right = sum(tensor.count for tensor in network.tensors(node))
        sizes = [found.network.sizes[each.name] for each in inside]
        if sizes[-1:] != [network.sizes[node.name]] or sum(counts) != right:
            raise WrongMathematics(f"the code of {node.name} reads back as another layer")
