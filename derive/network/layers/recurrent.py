"""Recurrent layers: a sequence goes in, its steps one after the other; out come all states or the last one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import Framework, Layer, Letter, Rule, Size, Tensor, Window, called, expect, out
from derive.notation.symbols import parse_symbol
from derive.notation.text import read

COUNT, INPUTS, UNITS, LENGTH = map(parse_symbol, ("N", "D", "H", "L"))
formula = lru_cache(maxsize=64)(read)
"""A formula of a layer as text; each is read once."""


class Sequential(Layer):
    """Base of the layers over sequences: (length, channels) becomes (length, width), or the last state alone."""

    takes: ClassVar[tuple[Size, ...]] = ((10, 4),)
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "last"

    @property
    def width(self) -> int:
        """How many values the output has at each step."""
        raise NotImplementedError

    @property
    def all_steps(self) -> bool:
        """Whether the states of all steps are handed on, not only the last."""
        raise NotImplementedError

    def handing_on(self) -> Self:
        """The same layer with the states of all steps as its output, for a recurrent layer behind it."""
        raise NotImplementedError

    def output(self, *sizes: Size) -> Size:
        """(L, width) with `return_sequences`, (width,) without."""
        expect(self, sizes[0], 2)
        return (sizes[0][0], self.width) if self.all_steps else (self.width,)

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """A state has seen all steps before it, the last one all of them."""
        return None


class Recurrent(Sequential):
    """Base of the recurrent layers: each gate has weights from the input, weights from the state before, and biases."""

    gates: ClassVar[int] = 1
    keras_biases: ClassVar[int] = 1

    units: int = Field(ge=1, description="how many units the state has")
    return_sequences: bool = Field(False, description="whether the states of all steps are the output, or the last one")
    biases: int | None = Field(
        None, ge=0, le=2, description="bias vectors of each gate; unset, as the framework has them (PyTorch: 2)"
    )

    def manner(self) -> tuple[str, ...]:
        """What it gives, and its biases where they are not as the framework has them."""
        states = "that gives all its states" if self.return_sequences else "that gives its last state"
        biases = {None: (), 0: ("without biases",), 1: ("with one bias a gate",), 2: ("with two biases a gate",)}
        return (states, *biases[self.biases])

    @property
    def width(self) -> int:
        """The state is the output."""
        return self.units

    @property
    def all_steps(self) -> bool:
        """As `return_sequences` says."""
        return self.return_sequences

    def handing_on(self) -> Self:
        """With `return_sequences`."""
        return self.model_copy(update={"return_sequences": True})

    def bias_count(self, framework: Framework) -> int:
        """How many bias vectors a gate has."""
        return self.biases if self.biases is not None else 2 if framework == "pytorch" else self.keras_biases

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """All gates in one array: (D, gates·H) in Keras, (gates·H, D) in PyTorch."""
        gates, count = (
            ("gate units" if self.gates > 1 else "units", self.gates * self.units),
            self.bias_count(framework),
        )
        ins, state = ("in", sizes[0][-1]), ("state", self.width)
        if framework == "pytorch":
            biases = tuple(Tensor(name, (gates,)) for name in ("bias_ih_l0", "bias_hh_l0")[:count])
            return (Tensor("weight_ih_l0", (gates, ins)), Tensor("weight_hh_l0", (gates, state)), *biases)
        shape = (gates,) if count == 1 else (("biases", count), gates)
        bias = (Tensor("bias", shape),) if count else ()
        return (Tensor("kernel", (ins, gates)), Tensor("recurrent_kernel", (state, gates)), *bias)

    def multiply_adds(self, *sizes: Size) -> int:
        """At each step, the products with the weights of all gates."""
        length, ins = sizes[0]
        return length * self.gates * self.units * (ins + self.width)

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """D values come in at each step, the state has H."""
        return (Letter(INPUTS, sizes[0][-1], "inputs at each step"), Letter(UNITS, self.units, "units of the state"))

    @property
    def letter(self) -> str:
        """The letter of the width of the output."""
        return "H"

    @property
    def width_reason(self) -> str:
        """Why the output is as wide as it is."""
        return "one value for each unit"

    def size_rules(self, *sizes: Size) -> tuple[Rule, ...]:
        """The length stays, or the last state is the output."""
        width = parse_symbol(self.letter)
        if not self.return_sequences:
            return (Rule(out("n"), width, (f"the last state, {self.width_reason}",)),)
        return (Rule(out("L"), LENGTH, ("all states",)), Rule(out("C"), width, (self.width_reason,)))

    def further(self) -> tuple[tuple[str, str, str], ...]:
        """What some gates have besides: its formula, the same as a plain sum, and what it is."""
        return ()

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """gates·(D·H + H·H + H), array by array; as meaning, unit by unit and gate by gate."""
        biases = self.bias_count(framework)
        weights = f"D*H + {self.letter}*H"
        each = weights + ("", " + H", " + 2*H")[biases]
        form = " + ".join([f"{self.gates}*({each})" if self.gates > 1 else each, *(part[0] for part in self.further())])
        unit = f"H*(D + {self.letter}" + (f" + {biases})" if biases else ")")
        by_unit = " + ".join([unit] * self.gates + [part[1] for part in self.further()])
        return (Rule(COUNT, formula(form), (self._why(framework),), formula(by_unit)),)

    def _why(self, framework: Framework) -> str:
        biases = ("no bias", "one bias", "two biases")[self.bias_count(framework)]
        stated = "" if self.biases is not None else f" as in {'PyTorch' if framework == 'pytorch' else 'Keras'}"
        gates = f"{self.gates} gates: " if self.gates > 1 else ""
        more = "".join(f"; {part[2]}" for part in self.further())
        return f"{gates}weights from the input and from the state, {biases}{stated}{more}"

    # source

    def keras_settings(self) -> dict[str, Any]:
        """The settings in Keras' words."""
        if self.biases not in (None, 0, self.keras_biases):
            raise InputError(f"{self.kind} with biases={self.biases} has no counterpart in Keras")
        return {
            "use_bias": False if self.biases == 0 else None,
            "return_sequences": True if self.return_sequences else None,
        }

    def torch_settings(self) -> dict[str, Any]:
        """The settings in PyTorch's words."""
        if self.biases == 1:
            raise InputError(f"{self.kind} with one bias has no counterpart in PyTorch, which has two")
        return {"bias": False if self.biases == 0 else None, "batch_first": True}

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.LSTM(3)`."""
        return (called(f"layers.{self.keras_name}", self.units, **self.keras_settings()),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.LSTM(4, 3, batch_first=True)`, which gives all states, and the last one besides."""
        return (called(f"nn.{self.torch_name}", sizes[0][-1], self.units, **self.torch_settings()),)

    def torch_call(self, module: str, *inputs: str) -> str:
        """All states, or the last of them."""
        return f"{module}({', '.join(inputs)})[0]" + ("" if self.all_steps else "[:, -1]")

    keras_name: ClassVar[str] = ""
    torch_name: ClassVar[str] = ""


class SimpleRNN(Recurrent):
    """The plain recurrent layer: h = tanh(W x + U h + b)."""

    kind: ClassVar[str] = "simple_rnn"
    noun: ClassVar[str] = "simple recurrent layer"
    example: ClassVar[str] = "simple_rnn(units=3)"
    keras_name: ClassVar[str] = "SimpleRNN"
    torch_name: ClassVar[str] = "RNN"

    activation: Literal["tanh", "relu"] = Field("tanh", description="the activation of the state")

    def keras_settings(self) -> dict[str, Any]:
        """With the activation."""
        return {**super().keras_settings(), "activation": "relu" if self.activation == "relu" else None}

    def torch_settings(self) -> dict[str, Any]:
        """With the nonlinearity."""
        return {**super().torch_settings(), "nonlinearity": "relu" if self.activation == "relu" else None}


class GRU(Recurrent):
    """Gated recurrent unit: update gate, reset gate, candidate; Keras has two biases too (`reset_after`)."""

    kind: ClassVar[str] = "gru"
    noun: ClassVar[str] = "GRU"
    example: ClassVar[str] = "gru(units=3)"
    gates: ClassVar[int] = 3
    keras_biases: ClassVar[int] = 2
    keras_name: ClassVar[str] = "GRU"
    torch_name: ClassVar[str] = "GRU"

    def keras_settings(self) -> dict[str, Any]:
        """One bias a gate is the older form, with the reset before the product."""
        if self.biases != 1:
            return super().keras_settings()
        return {"reset_after": False, "return_sequences": True if self.return_sequences else None}
