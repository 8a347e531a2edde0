"""The operations on arrays: one entry each, with law and, where matrices say it, the gradients of the operands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.graph.arrays import (
    Value,
    avg_pool2d,
    concat,
    conv2d,
    dot,
    extreme,
    flatten,
    flip,
    matmul,
    max_pool2d,
    mean,
    over_vectors,
    summed,
    transpose,
)


@dataclass(frozen=True, slots=True)
class ArrayOperation:
    """An operation on arrays: `expand` makes the nodes; `settings` are the names of whole-number settings.

    `adjoint` says for each operand what it gets of the gradient G of the result: a formula in G, the operands A and B,
    the result y and n, the number of entries of A; `total(u)` adds u up over each vector that the operation takes
    whole, and a number stands for itself in every entry. It is empty where no formula of matrices says it.
    """

    name: str
    expand: Callable[..., Value]
    law: str
    adjoint: tuple[str, ...]
    settings: tuple[str, ...] = ()
    example: tuple[str, ...] = ()


POOLING = ("k", "s", "p", "inside")
SOFTMAX = ("odot(y, G) - odot(y, total(odot(y, G)))",)

ARRAY_TABLE: tuple[ArrayOperation, ...] = (
    ArrayOperation("matmul", matmul, "(AB)_ij = sum_k A_ik B_kj", ("G @ B.T", "A.T @ G"), (), ("2x3", "3x2")),
    ArrayOperation("transpose", transpose, "(A^T)_ij = A_ji", ("G.T",), (), ("2x3",)),
    ArrayOperation("sum", summed, "the sum of all entries", ("G",), (), ("2x3",)),
    ArrayOperation("mean", mean, "the mean of all entries", ("G/n",), (), ("2x3",)),
    ArrayOperation("dot", dot, "sum_i a_i b_i", ("odot(G, B)", "odot(G, A)"), (), ("3x1", "3x1")),
    ArrayOperation("flatten", flatten, "entries row by row", (), (), ("2x3",)),
    ArrayOperation("concat", concat, "one below the other", (), ("axis",), ("2x3", "1x3")),
    ArrayOperation("softmax", over_vectors("softmax"), "exp(x_i)/sum_j exp(x_j)", SOFTMAX, ("axis",), ("3x1",)),
    ArrayOperation("log_softmax", over_vectors("log_softmax"), "x_i - log(sum_j exp(x_j))",
                   ("G - odot(softmax(A), total(G))",), ("axis",), ("3x1",)),
    ArrayOperation("max", extreme("max"), "the largest entry", (), (), ("3x1",)),
    ArrayOperation("min", extreme("min"), "the smallest entry", (), (), ("3x1",)),
    ArrayOperation("conv2d", conv2d, "sum_cab W_cab X_c(i+a)(j+b)", (), ("stride", "padding", "dilation"),
                   ("2x4x4", "2x3x3")),
    ArrayOperation("flip", flip, "turned by 180 degrees", (), (), ("2x3",)),
    ArrayOperation("max_pool2d", max_pool2d, "max of each window", (), POOLING, ("4x4",)),
    ArrayOperation("avg_pool2d", avg_pool2d, "mean of each window", (), POOLING, ("4x4",)),
)  # fmt: skip
ARRAY_OPERATIONS: dict[str, ArrayOperation] = {entry.name: entry for entry in ARRAY_TABLE}
