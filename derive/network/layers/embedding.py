"""Embedding: the first layer of a network over words. Its input is a row of ids, a size of one axis."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from derive.network.layers.base import Framework, Layer, Letter, Rule, Size, Tensor, called, expect, out
from derive.notation.build import multiply
from derive.notation.form import Call
from derive.notation.symbols import parse_symbol

COUNT, WORDS, WIDTH, IDS = map(parse_symbol, ("N", "V", "D", "n"))


class Embedding(Layer):
    """A table with one row for each id: ids (n,) become vectors (n, D)."""

    kind: ClassVar[str] = "embedding"
    noun: ClassVar[str] = "embedding layer"
    example: ClassVar[str] = "embedding(input_dim=1000, output_dim=16)"
    takes: ClassVar[tuple[Size, ...]] = ((20,),)
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "last"

    input_dim: int = Field(ge=1, description="how many ids there are: the size of the vocabulary")
    output_dim: int = Field(ge=1, description="width of the vector of each id")

    def output(self, *sizes: Size) -> Size:
        """(n, D)."""
        expect(self, sizes[0], 1)
        return (sizes[0][0], self.output_dim)

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """The table."""
        name = "weight" if framework == "pytorch" else "embeddings"
        return (Tensor(name, (("ids", self.input_dim), ("out", self.output_dim))),)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """V ids, D values for each."""
        return (Letter(WORDS, self.input_dim, "ids"), Letter(WIDTH, self.output_dim, "width of a vector"))

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """One vector for each id."""
        return (Rule(out("L"), IDS, ("one vector for each id",)), Rule(out("C"), WIDTH, ("width of a vector",)))

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """V·D."""
        pair = (WORDS, WIDTH)
        return (Rule(COUNT, multiply(pair), ("one vector for each id",), Call("cells", pair)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Embedding(1000, 16)`."""
        return (called("layers.Embedding", self.input_dim, self.output_dim),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Embedding(1000, 16)`."""
        return (called("nn.Embedding", self.input_dim, self.output_dim),)
