"""The ledger of a network in whole numbers: shape, parameters, receptive field, multiply-adds, memory by layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from derive.network.fields.field import fields
from derive.network.layers.base import Size
from derive.network.network import Network

FLOAT = 4
"""Bytes of a number in single precision."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a layer costs for one example.

    `field` is the receptive field along each axis of the input, None where it is no one window; `bytes` is the memory
    of the output in single precision.
    """

    name: str
    kind: str
    output: Size
    trainable: int
    fixed: int
    field: tuple[int, ...] | None
    multiply_adds: int

    @property
    def values(self) -> int:
        """How many numbers the layer puts out."""
        return prod(self.output)

    @property
    def bytes(self) -> int:
        """The memory of its output."""
        return FLOAT * self.values

    @property
    def parameters(self) -> int:
        """Trainable and other ones."""
        return self.trainable + self.fixed


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the columns."""

    trainable: int
    fixed: int
    multiply_adds: int
    bytes: int


def ledger(network: Network) -> tuple[Row, ...]:
    """A row for each layer, in order."""
    seen = fields(network)
    rows = []
    for node in network.nodes:
        takes = network.takes(node)
        trainable = fixed = 0
        for tensor in node.layer.tensors(network.framework, *takes):
            if tensor.trainable:
                trainable += tensor.count
            else:
                fixed += tensor.count
        field = seen.get(node.name)
        sizes = field.sizes if field is not None else None
        work = node.layer.multiply_adds(*takes)
        rows.append(Row(node.name, node.layer.kind, network.sizes[node.name], trainable, fixed, sizes, work))
    return tuple(rows)


def totals(rows: Iterable[Row]) -> Totals:
    """The sums over all layers."""
    rows = tuple(rows)
    return Totals(
        sum(row.trainable for row in rows),
        sum(row.fixed for row in rows),
        sum(row.multiply_adds for row in rows),
        sum(row.bytes for row in rows),
    )
