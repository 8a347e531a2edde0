"""Activations: they work on each value by itself."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from derive.network.layers.base import Layer, Size, called

Activation = Literal["linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "softplus", "silu"]
_MODULES = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "leaky_relu": "LeakyReLU", "elu": "ELU",
            "gelu": "GELU", "softplus": "Softplus", "silu": "SiLU", "linear": "Identity"}  # fmt: skip
_SAID = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}
LEAKY = "layers.LeakyReLU(negative_slope=0.01)"
"""Keras takes another slope by the word alone."""


class _Elementwise(Layer):
    """Base of the activations: the shape stays, nothing is learnt."""

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Activation('relu')`."""
        return (LEAKY,) if self.kind == "leaky_relu" else (called("layers.Activation", repr(self.kind)),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """The module of that name."""
        return (module(self.kind),)


def module(name: str, axis: int = 1) -> str:
    """An activation as a PyTorch module; the axis is that of the channels, over which a softmax is taken."""
    return f"nn.Softmax(dim={axis})" if name == "softmax" else f"nn.{_MODULES[name]}()"


def modules_behind(name: str, axis: int = 1) -> tuple[str, ...]:
    """The PyTorch module of the activation behind a layer; none for a linear one."""
    return () if name == "linear" else (module(name, axis),)


def keras_word(name: str) -> str | None:
    """The setting `activation` of a Keras layer, None where it is left out."""
    return None if name in ("linear", "leaky_relu") else name


def keras_behind(name: str) -> tuple[str, ...]:
    """The Keras layer of an activation that the setting cannot say."""
    return (LEAKY,) if name == "leaky_relu" else ()


def _made(name: str) -> type[Layer]:
    fields: dict[str, Any] = {"kind": name, "noun": f"{_SAID.get(name, name)} activation", "example": f"{name}()"}
    typed = dict.fromkeys(fields, ClassVar[str])
    fields |= {"__module__": __name__, "__doc__": f"The activation {name}.", "__annotations__": typed}
    return type(name, (_Elementwise,), fields)


ACTIVATIONS = tuple(_made(name) for name in Activation.__args__)  # type: ignore[attr-defined]
