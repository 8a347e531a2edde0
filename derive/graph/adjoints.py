"""Which named quantities lie between inputs and an output, and by which paths each of them gets there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from derive.graph.graph import Graph


class Path(NamedTuple):
    """One way from a quantity to the output: through `child`, with the node of ∂child/∂quantity."""

    child: int
    local: int


class Adjoint(NamedTuple):
    """A named quantity on a path to the output, and all its paths."""

    node: int
    paths: tuple[Path, ...]


def adjoints(graph: Graph, of: int, wrt: Collection[int]) -> dict[int, Adjoint]:
    """The paths of every named quantity between `wrt` and `of`, from the output back to the inputs.

    The output itself stands first, without a path.
    """
    program, labels = graph.program, graph.labels
    order = program.below((of,))
    active = set(wrt)
    for node in order:
        if not active.isdisjoint(program.args[node]):
            active.add(node)
    paths: dict[int, list[Path]] = {node: [] for node in order if node in active and (node in labels or node == of)}
    for child in reversed(list(paths)):
        inside = program.below((child,), labels)
        leaves = [node for node in inside if node in paths and node != child]
        for leaf, local in program.gradient(child, leaves, labels, inside, program.met(child, labels)).items():
            if local != program.zero:
                paths[leaf].append(Path(child, local))
    return {node: Adjoint(node, tuple(reversed(paths[node]))) for node in reversed(list(paths))}
