"""Activations: they work on each value by itself."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from derive.network.layers.base import Layer, Size, called

Activation = Literal["linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "softplus", "silu"]
_MODULES = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "leaky_relu": "LeakyReLU", "elu": "ELU",
            "gelu": "GELU", "softplus": "Softplus", "silu": "SiLU", "linear": "Identity"}  # fmt: skip


class _Elementwise(Layer):
    """Base of the activations: the shape stays, nothing is learnt."""

    def keras(self, *sizes: Size) -> str:
        """`layers.Activation("relu")`."""
        return called("layers.Activation", repr(self.kind))

    def torch(self, *sizes: Size) -> str:
        """The module of that name."""
        return module(self.kind)


def module(name: str) -> str:
    """An activation as a PyTorch module."""
    return "nn.Softmax(dim=1)" if name == "softmax" else f"nn.{_MODULES[name]}()"


def _made(name: str) -> type[Layer]:
    fields: dict[str, Any] = {
        "kind": name, "example": f"{name}()", "__module__": __name__, "__doc__": f"The activation {name}.",
        "__annotations__": {"kind": ClassVar[str], "example": ClassVar[str]},
    }  # fmt: skip
    return type(name, (_Elementwise,), fields)


ACTIVATIONS = tuple(_made(name) for name in Activation.__args__)  # type: ignore[attr-defined]
