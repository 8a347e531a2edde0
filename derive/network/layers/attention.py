"""Multi-head self-attention: every place of a sequence looks at every other."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Framework, Layer, Letter, Rule, Size, Tensor, Window, called, expect
from derive.notation.symbols import parse_symbol
from derive.notation.text import read

COUNT, WIDTH, HEADS, KEY = map(parse_symbol, ("N", "D", "h", "k"))
formula = lru_cache(maxsize=16)(read)
"""A formula of the layer as text; each is read once."""


class MultiHeadAttention(Layer):
    """Self-attention of several heads: queries, keys and values of each place, and a projection of the results."""

    kind: ClassVar[str] = "multi_head_attention"
    stem: ClassVar[str] = "attention"
    noun: ClassVar[str] = "multi-head attention layer"
    example: ClassVar[str] = "multi_head_attention(heads=4)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 32),)
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "last"

    heads: int = Field(ge=1, description="how many heads")
    key_dim: int | None = Field(None, ge=1, description="size of a head; unset, the width divided by the heads")
    bias: bool = Field(True, description="whether the four projections have biases")

    def head(self, size: Size) -> int:
        """The size of one head."""
        expect(self, size, 2)
        if self.key_dim is not None:
            return self.key_dim
        if size[-1] % self.heads:
            raise InputError(f"a width of {size[-1]} cannot be split into {self.heads} heads")
        return size[-1] // self.heads

    def output(self, *sizes: Size) -> Size:
        """The shape stays: the last projection leads back to the width of the input."""
        self.head(sizes[0])
        return sizes[0]

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """Queries, keys, values, output: in PyTorch the first three in one array, in Keras the heads apart."""
        outer, head = sizes[0][-1], self.head(sizes[0])
        if framework == "pytorch":
            inner = self.heads * head
            three, ins, all_heads, outs = (
                ("queries, keys, values", 3 * inner),
                ("in", outer),
                ("heads", inner),
                ("out", outer),
            )
            pairs = [("in_proj_weight", (three, ins)), ("in_proj_bias", (three,)),
                     ("out_proj.weight", (outs, all_heads)), ("out_proj.bias", (outs,))]  # fmt: skip
        else:
            heads = (("heads", self.heads), ("key", head))
            pairs = []
            for name in ("query", "key", "value"):
                pairs += [(f"{name} kernel", (("in", outer), *heads)), (f"{name} bias", heads)]
            pairs += [("output kernel", (*heads, ("out", outer))), ("output bias", (("out", outer),))]
        return tuple(Tensor(name, axes) for name, axes in pairs if self.bias or "bias" not in name)

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """Every place sees all of them."""
        return None

    def multiply_adds(self, *sizes: Size) -> int:
        """Four projections of each place; for each pair of places a score, and its share of the result."""
        length, outer = sizes[0]
        inner = self.heads * self.head(sizes[0])
        return 4 * length * outer * inner + 2 * length * length * inner

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """D the width, h heads, k the size of a head where it was said."""
        own = () if self.key_dim is None else (Letter(KEY, self.key_dim, "size of a head"),)
        return (Letter(WIDTH, sizes[0][-1], "width"), Letter(HEADS, self.heads, "heads"), *own)

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """4·(D·D + D), or with the size of a head 3·(D·h·k + h·k) + h·k·D + D; as meaning, head by head."""
        biases = ", each with a bias" if self.bias else ""
        why = f"queries, keys, values, output{biases}"
        if self.key_dim is None:
            form = "4*(D*D + D)" if self.bias else "4*D*D"
            meaning = "h*(3*D*(D/h) + (D/h)*D" + (" + 3*(D/h)) + D" if self.bias else ")")
        else:
            form = "3*(D*h*k + h*k) + h*k*D + D" if self.bias else "4*D*h*k"
            meaning = "h*(D*k + D*k + D*k + k*D" + (" + k + k + k) + D" if self.bias else ")")
        return (Rule(COUNT, formula(form), (why,), formula(meaning)),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.MultiHeadAttention(4, 8)`."""
        use_bias = None if self.bias else False
        return (called("layers.MultiHeadAttention", self.heads, self.head(sizes[0]), use_bias=use_bias),)

    def keras_call(self, module: str, *inputs: str) -> str:
        """The queries, and once more for keys and values."""
        return f"{module}({inputs[0]}, {inputs[0]})"

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.MultiheadAttention(32, 4, batch_first=True)`."""
        if self.heads * self.head(sizes[0]) != sizes[0][-1]:
            raise InputError("PyTorch's attention has heads that together are as wide as the input")
        bias = None if self.bias else False
        return (called("nn.MultiheadAttention", sizes[0][-1], self.heads, bias=bias, batch_first=True),)

    def torch_call(self, module: str, *inputs: str) -> str:
        """Queries, keys and values are the same; the result stands before the weights of attention."""
        return f"{module}({', '.join(inputs * 3)})[0]"
