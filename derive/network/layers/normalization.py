"""Normalizations, and dropout: what stands between the layers with weights. The shape stays.

Multiplications by a scale are not counted as work: at test time they fold into the weights beside them.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.layers.base import AXES, AXIS_NAMES, Framework, Layer, Letter, Rule, Size, Tensor, Window, called
from derive.notation.build import TWO, add, multiply
from derive.notation.form import Form, Symbol
from derive.notation.symbols import parse_symbol
from derive.record import Phrase

COUNT, FIXED, GROUPS = map(parse_symbol, ("N", "N_fixed", "G"))


class Normalization(Layer):
    """Base of the normalizations: a scale gamma and a shift beta for each channel."""

    center: bool = Field(True, description="whether a shift beta is learnt")
    scale: bool = Field(True, description="whether a scale gamma is learnt")

    def manner(self) -> tuple[str, ...]:
        """What is not learnt."""
        return (*(() if self.scale else ("without a scale",)), *(() if self.center else ("without a shift",)))

    @property
    def learnt(self) -> tuple[str, ...]:
        """What is learnt for each channel."""
        return (*(("gamma",) if self.scale else ()), *(("beta",) if self.center else ()))

    def scaled(self, size: Size) -> Size:
        """The axes that have a scale of their own."""
        return size[-1:]

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """gamma and beta, `weight` and `bias` in PyTorch."""
        names = {"gamma": "weight", "beta": "bias"} if framework == "pytorch" else {}
        shape = self.scaled(sizes[0])
        letters = AXES[len(sizes[0])][-len(shape) :]
        axes = tuple((AXIS_NAMES[name], side) for name, side in zip(letters, shape, strict=True))
        return tuple(Tensor(names.get(name, name), axes) for name in self.learnt)

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """2·C: a scale and a shift for each channel."""
        if not self.learnt:
            return ()
        letters = AXES[len(sizes[0])][-len(self.scaled(sizes[0])) :]
        one = multiply([parse_symbol(name) for name in letters])
        what = " and ".join({"gamma": "scale γ", "beta": "shift β"}[name] for name in self.learnt)
        place = "channel" if len(letters) == 1 else "value"
        return (_rule(COUNT, one, len(self.learnt), (f"{what} of each {place}",)),)

    def affine(self) -> bool | None:
        """PyTorch's switch: both or none; None where both are learnt, as without being said."""
        if self.scale != self.center:
            raise InputError(f"{self.kind} with only {self.learnt[0]} has no counterpart in PyTorch")
        return None if self.scale else False

    def keras_switches(self) -> dict[str, bool | None]:
        """The settings that are not as Keras has them."""
        return {"center": None if self.center else False, "scale": None if self.scale else False}


def _rule(target: Symbol, one: Form, times: int, reason: Phrase, trainable: bool = True) -> Rule:
    """One or two numbers for each of some: the product, and as meaning the sum."""
    form = multiply([TWO, one]) if times == 2 else one
    return Rule(target, form, reason, add([one] * times), trainable)


class BatchNorm(Normalization):
    """Batch normalization: gamma and beta are trainable, the running mean and variance are not."""

    kind: ClassVar[str] = "batch_norm"
    noun: ClassVar[str] = "batch normalization layer"
    example: ClassVar[str] = "batch_norm()"
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "first"

    def tensors(self, framework: Framework, *sizes: Size) -> tuple[Tensor, ...]:
        """gamma and beta, then the moving mean and variance of each channel."""
        names = ("running_mean", "running_var") if framework == "pytorch" else ("moving_mean", "moving_variance")
        fixed = (Tensor(name, ((AXIS_NAMES[AXES[len(sizes[0])][-1]], sizes[0][-1]),), False) for name in names)
        return (*super().tensors(framework, *sizes), *fixed)

    def count_rules(self, framework: Framework, *sizes: Size) -> tuple[Rule, ...]:
        """2·C trainable ones, and 2·C that are not."""
        channels = parse_symbol(AXES[len(sizes[0])][-1])
        why = ("running mean and variance of each channel",)
        return (*super().count_rules(framework, *sizes), _rule(FIXED, channels, 2, why, trainable=False))

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.BatchNormalization()`."""
        return (called("layers.BatchNormalization", **self.keras_switches()),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.BatchNorm2d(...)`; the number counts the sides of the input."""
        rank = max(len(sizes[0]) - 1, 1)
        return (called(f"nn.BatchNorm{rank}d", sizes[0][-1], affine=self.affine()),)


class LayerNorm(Normalization):
    """Layer normalization: over the last axis, or over the whole input of one example."""

    kind: ClassVar[str] = "layer_norm"
    noun: ClassVar[str] = "layer normalization layer"
    example: ClassVar[str] = "layer_norm()"
    takes: ClassVar[tuple[Size, ...]] = ((10, 64),)
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "last"

    over: Literal["last", "all"] = Field("last", description="what has one mean: each place (last) or all of it (all)")

    def manner(self) -> tuple[str, ...]:
        """Over what."""
        return (*(("over the whole input",) if self.over == "all" else ()), *super().manner())

    def scaled(self, size: Size) -> Size:
        """The axes that are normalized have a scale and a shift for each value."""
        return size if self.over == "all" else size[-1:]

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """The mean is over one place, or over everything."""
        return None if self.over == "all" or len(sizes[0]) == 1 else ()

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.LayerNormalization()`."""
        axis = tuple(range(1, len(sizes[0]) + 1)) if self.over == "all" and len(sizes[0]) > 1 else None
        return (called("layers.LayerNormalization", axis=axis, **self.keras_switches()),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.LayerNorm(...)` over the last axis, or over the list of axes."""
        shape = self.scaled(sizes[0])
        text = str(shape[0]) if len(shape) == 1 else str(list(shape))
        return (called("nn.LayerNorm", text, elementwise_affine=self.affine()),)


class GroupNorm(Normalization):
    """Group normalization: the channels of each group have one mean and one variance."""

    kind: ClassVar[str] = "group_norm"
    noun: ClassVar[str] = "group normalization layer"
    example: ClassVar[str] = "group_norm(groups=8)"
    takes: ClassVar[tuple[Size, ...]] = ((10, 10, 32),)
    torch_channels: ClassVar[Literal["first", "last", "any"]] = "first"

    groups: int = Field(ge=1, description="into how many groups the channels are split")

    def output(self, *sizes: Size) -> Size:
        """The shape stays; the groups must fit the channels."""
        if sizes[0][-1] % self.groups:
            raise InputError(f"{sizes[0][-1]} channels cannot be split into {self.groups} groups")
        return sizes[0]

    def windows(self, *sizes: Size) -> tuple[Window, ...] | None:
        """A mean is over all places."""
        return None

    def letters(self, *sizes: Size) -> tuple[Letter, ...]:
        """G groups; no count depends on it."""
        return (Letter(GROUPS, self.groups, "groups"),)

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.GroupNormalization(8)`."""
        return (called("layers.GroupNormalization", self.groups, **self.keras_switches()),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.GroupNorm(8, 32)`."""
        return (called("nn.GroupNorm", self.groups, sizes[0][-1], affine=self.affine()),)


class Dropout(Layer):
    """Sets a share of the values to zero in training; nothing is learnt."""

    kind: ClassVar[str] = "dropout"
    noun: ClassVar[str] = "dropout layer"
    example: ClassVar[str] = "dropout(rate=0.5)"

    rate: float = Field(0.5, ge=0, lt=1, description="share of the values that are set to zero")

    def keras(self, *sizes: Size) -> tuple[str, ...]:
        """`layers.Dropout(0.5)`."""
        return (called("layers.Dropout", self.rate),)

    def torch(self, *sizes: Size) -> tuple[str, ...]:
        """`nn.Dropout(0.5)`."""
        return (called("nn.Dropout", self.rate),)
