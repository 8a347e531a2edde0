"""Second derivatives of a program: one reverse sweep over each entry of the gradient, as far as that entry reaches."""

from __future__ import annotations

from collections.abc import Sequence

from derive.graph.program import Program


def hessian(program: Program, of: int, wrt: Sequence[int]) -> dict[tuple[int, int], int]:
    """∂²of/∂wrt[i]∂wrt[j] for i ≤ j, where it is not zero by structure: positions (i, j) -> node.

    The sweep of row i stays among the nodes that ∂of/∂wrt[i] is computed from and looks at its own inputs only, so a
    function whose terms share few inputs costs as much as it has entries.

    >>> from derive.graph.operations import locals_of
    >>> p = Program(locals_of)
    >>> x, y, z = (p.input(name) for name in "xyz")
    >>> entries = hessian(p, p.add(p.mul(x, y), p.node("exp", z)), [x, y, z])
    >>> {at: p.ops[node] for at, node in entries.items()}
    {(0, 1): ('constant', Fraction(1, 1)), (2, 2): 'exp'}
    """
    position = {node: i for i, node in enumerate(wrt)}
    gradient = program.gradient(of, wrt)
    entries: dict[tuple[int, int], int] = {}
    for i, node in enumerate(wrt):
        slope = gradient[node]
        reached = [other for other in program.below((slope,)) if position.get(other, -1) >= i]
        row = program.gradient(slope, reached)
        found = sorted((position[other], second) for other, second in row.items() if second != program.zero)
        entries.update({(i, j): second for j, second in found})
    return entries
