"""A recurrent layer read in both directions: two copies of it, their states side by side or added."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator

from derive.errors import InputError
from derive.network.kinds import read_layer
from derive.network.layers.base import Framework, Letter, Rule, Size, Tensor, called
from derive.network.layers.recurrent import Recurrent, Sequential
from derive.notation.build import TWO, add, multiply
from derive.notation.symbols import parse_symbol


class Bidirectional(Sequential):
    """A recurrent layer forwards, and a copy of it backwards with weights of its own."""

    kind: ClassVar[str] = "bidirectional"
    example: ClassVar[str] = "bidirectional(lstm(units=3))"

    layer: Recurrent = Field(description="the recurrent layer, as in bidirectional(lstm(units=3))")
    merge: Literal["concat", "sum"] = Field("concat", description="states of both directions side by side, or added")

    @field_validator("layer", mode="before")
    @classmethod
    def _layer(cls, given: Any) -> Any:
        layer = read_layer(given)
        if not isinstance(layer, Recurrent):
            raise InputError(f"bidirectional takes a recurrent layer, not {layer.kind}")
        return layer

    @property
    def title(self) -> str:
        """With the layer inside."""
        return f"bidirectional {self.layer.title}"

    def manner(self) -> tuple[str, ...]:
        """As the layer inside, and how both directions are put together."""
        merge = "with both states added" if self.merge == "sum" else "with both states side by side"
        return (*self.layer.manner(), merge)

    @property
    def width(self) -> int:
        """Both states."""
        return self.layer.width * (2 if self.merge == "concat" else 1)

    @property
    def all_steps(self) -> bool:
        """As the layer inside."""
        return self.layer.return_sequences

    def handing_on(self) -> Self:
        """The layer inside hands on all its states."""
        return self.model_copy(update={"layer": self.layer.handing_on()})

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """Those of the layer, twice."""
        names = ("{}", "{}_reverse") if framework == "pytorch" else ("forward {}", "backward {}")
        inner = self.layer.tensors(framework, *sizes)
        return tuple(Tensor(name.format(each.name), each.axes, each.trainable) for name in names for each in inner)

    def multiply_adds(self, *sizes: Size) -> int:
        """Those of the layer, twice."""
        return 2 * self.layer.multiply_adds(*sizes)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """Those of the layer."""
        return self.layer.letters(*sizes)

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """Twice the width, where both states stand side by side."""
        if self.merge == "sum":
            return self.layer.size_rules(*sizes)
        *length, width = self.layer.size_rules(*sizes)
        side = parse_symbol(self.layer.letter)
        reason = ("both directions side by side",)
        return (*length, Rule(width.target, multiply([TWO, side]), reason, add([side, side])))

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """2·(...): both directions."""
        (rule,) = self.layer.count_rules(framework, *sizes)
        assert rule.meaning is not None
        reason = ("both directions; ", *rule.reason)
        return (Rule(rule.target, multiply([TWO, rule.form]), reason, add([rule.meaning, rule.meaning])),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Bidirectional(layers.LSTM(3))`."""
        (inner,) = self.layer.keras(*sizes)
        return (called("layers.Bidirectional", inner, merge_mode="sum" if self.merge == "sum" else None),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.LSTM(4, 3, batch_first=True, bidirectional=True)`."""
        settings = {**self.layer.torch_settings(), "bidirectional": True}
        return (called(f"nn.{self.layer.torch_name}", sizes[0][-1], self.layer.units, **settings),)

    def torch_call(self, module: str, *inputs: str) -> str:
        """PyTorch gives both directions side by side; that backwards ends at the first step."""
        states, width = f"{module}({', '.join(inputs)})[0]", self.layer.width
        if self.all_steps:
            return states if self.merge == "concat" else f"{states}.unflatten(-1, (2, {width})).sum(-2)"
        both = f"(lambda h: (h[:, -1, :{width}], h[:, 0, {width}:]))({states})"
        return f"torch.cat({both}, dim=-1)" if self.merge == "concat" else f"sum({both})"
