"""Blocks: several layers under one name, which become nodes of the network, `block1.1`, `block1.add`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.builder import Builder
from derive.network.kinds import Block, kind_of, layers, named, read_layer
from derive.network.layers.activation import Activation
from derive.network.layers.attention import MultiHeadAttention
from derive.network.layers.base import Layer, Size
from derive.network.layers.dense import Dense
from derive.network.layers.merges import Add
from derive.network.layers.normalization import Dropout, LayerNorm
from derive.network.layers.recurrent import Sequential


class Residual(Block):
    """Layers whose output is added to their input: y = F(x) + x, or F(x) + shortcut(x) where the shapes differ."""

    kind: ClassVar[str] = "residual"
    stem: ClassVar[str] = "block"
    example: ClassVar[str] = "residual(conv2d(filters=8, kernel=3, padding=same), shortcut=conv2d(filters=8, kernel=1))"

    shortcut: Any = Field(None, description="layer or list of layers on the other path; without it, the input itself")
    activation: Activation = Field("linear", description="the activation behind the sum")

    def build(self, builder: Builder, name: str, source: str) -> str:
        """name.1, name.2, ..., name.shortcut, name.add."""
        if not self.layers:
            raise InputError(f"residual has no layers inside, as in {self.example}")
        inner = builder.chain(self.layers, name, source)
        other = source
        if isinstance(self.shortcut, tuple):
            other = builder.chain(self.shortcut, f"{name}.shortcut", source)
        elif self.shortcut is not None:
            other = builder.put(self.shortcut, f"{name}.shortcut", source)
        result = builder.merge(Add(), f"{name}.add", (inner, other))
        if self.activation == "linear":
            return result
        return builder.put(self.activation, f"{name}.{self.activation}", result)


class Stack(Block):
    """The same layers several times, each time with weights of their own."""

    kind: ClassVar[str] = "stack"
    example: ClassVar[str] = "stack(lstm(units=5), times=3)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 4),)

    times: int = Field(ge=1, le=1000, description="how many times the layers stand one after the other")

    def build(self, builder: Builder, name: str, source: str) -> str:
        """name.1, name.2, ...; a recurrent layer with another one behind hands on its states of all steps."""
        if not self.layers:
            raise InputError(f"stack has no layers inside, as in {self.example}")
        given = [_recurrent(layer) for layer in self.layers]
        handing = [layer.handing_on() if isinstance(layer, Sequential) else layer for layer in given]
        return builder.chain([*handing * (self.times - 1), *given], name, source)


def _recurrent(given: Any) -> Any:
    """A recurrent layer in place of its text; other layers as they were given."""
    return read_layer(given) if issubclass(kind_of(named(given)[1].name), Sequential) else given


class TransformerEncoder(Block):
    """An encoder block: self-attention and a dense layer at each place, both with a residual and a normalization."""

    kind: ClassVar[str] = "transformer_encoder"
    stem: ClassVar[str] = "encoder"
    example: ClassVar[str] = "transformer_encoder(heads=4, feed_forward=128)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 32),)

    heads: int = Field(ge=1, description="how many heads the attention has")
    feed_forward: int = Field(ge=1, description="neurons of the inner dense layer")
    key_dim: int | None = Field(None, ge=1, description="size of a head; unset, the width divided by the heads")
    activation: Activation = Field("relu", description="the activation of the inner dense layer")
    dropout: float = Field(0, ge=0, lt=1, description="share that is dropped behind each part; 0: no such layers")
    bias: bool = Field(True, description="whether attention and dense layers have biases")
    norm_first: bool = Field(
        False, description="whether the normalizations stand before the parts, not behind the sums"
    )

    def build(self, builder: Builder, name: str, source: str) -> str:
        """name.attention, name.add1, name.norm1, name.dense1, name.relu, name.dense2, name.add2, name.norm2."""
        width = builder.size(source)[-1]
        attention = MultiHeadAttention(heads=self.heads, key_dim=self.key_dim, bias=self.bias)
        middle = self._part(builder, name, 1, source, [("attention", attention)])
        dense: list[tuple[str, Layer]] = [
            ("dense1", Dense(units=self.feed_forward, bias=self.bias)),
            (self.activation, layers()[self.activation]()),
            ("dense2", Dense(units=width, bias=self.bias)),
        ]
        return self._part(builder, name, 2, middle, dense)

    def _part(self, builder: Builder, name: str, position: int, source: str, inner: Sequence[tuple[str, Layer]]) -> str:
        """Layers with a residual round them; the normalization stands in front of them or behind the sum."""
        norm = (f"norm{position}", LayerNorm())
        dropped = [(f"dropout{position}", Dropout(rate=self.dropout))] if self.dropout else []
        reached = source
        for label, layer in [*([norm] if self.norm_first else []), *inner, *dropped]:
            reached = builder.put(layer, f"{name}.{label}", reached)
        result = builder.merge(Add(), f"{name}.add{position}", (source, reached))
        return result if self.norm_first else builder.put(norm[1], f"{name}.{norm[0]}", result)
