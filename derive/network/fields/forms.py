"""The formulas of receptive fields as they are written: what one layer does to size, jump and start along one axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.network.fields.field import Reach
from derive.network.layers.base import Letter, Rule, Window
from derive.notation.build import ONE, add, multiply, subtract
from derive.notation.form import Form, Frac, Sum, Symbol


@dataclass(frozen=True, slots=True)
class Row:
    """What a layer does to the field: its settings, and the quantities that it gives."""

    index: int
    name: str
    size: Rule | None = None
    jump: Rule | None = None
    start: Rule | None = None
    settings: tuple[Letter, ...] = ()

    @property
    def quantities(self) -> Iterator[Rule]:
        """Size, jump and start, as far as they change."""
        yield from (each for each in (self.size, self.jump, self.start) if each is not None)

    def setting(self, letter: str) -> Letter | None:
        """The setting of a letter."""
        return next((each for each in self.settings if each.symbol.base == letter), None)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a map: its number, the forms of size, jump and start, and the layers of the widest way to it.

    `wide` is the size before the borders of the input cut it; None where only counting tells, as `path` is then.
    """

    map: int
    size: Form
    jump: Form
    start: Form
    wide: int | None
    reach: Reach
    path: tuple[Row, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a window: kernel, stride, padding, dilation, upscaling, under the number of its layer."""

    kernel: Letter
    stride: Letter
    padding: Letter
    dilation: Letter
    upscale: Letter

    @classmethod
    def of(cls, window: Window, name: str, index: int, mark: str) -> Letters:
        """Those of a window of the layer `name`."""
        values = (window.kernel, window.stride, window.padding, window.dilation, window.upscale)
        words = ("kernel", "stride", "padding", "dilation", "upscaling")
        return cls(
            *(
                Letter(numbered(letter, index, mark), value, f"{word} of {name}")
                for letter, value, word in zip("KSPdU", values, words, strict=True)
            )
        )

    def all(self) -> tuple[Letter, ...]:
        """All of them, in the order of the rows that the judge reads: K, S, P, d, U."""
        return (self.kernel, self.stride, self.padding, self.dilation, self.upscale)


def numbered(letter: str, index: int, mark: str) -> Symbol:
    """K⁽³⁾ of layer 3, with the letter of the axis as an index where the axes differ."""
    return Symbol(letter, sub=(mark,) if mark else (), sup=str(index))


def size_form(state: State, kernel: Letter, dilation: Letter | None = None) -> Form:
    """r + (K - 1)·d·j; of the first layer its window."""
    steps: list[Form] = [subtract(kernel.symbol, ONE)]
    steps += [dilation.symbol] if dilation is not None and dilation.value != 1 else []
    if state.size == ONE and state.jump == ONE:
        return kernel.symbol if len(steps) == 1 else add([multiply(steps), ONE])
    steps.append(state.jump)
    return Sum((state.size, multiply(steps)), (False, False))


def jump_form(state: State, stride: Letter, upscale: Letter) -> Form:
    """j·S, or j·S/U behind a stretch."""
    factors = [] if state.jump == ONE else [state.jump]
    factors += [stride.symbol] if stride.value != 1 or upscale.value == 1 else []
    return Frac(multiply(factors), upscale.symbol) if upscale.value != 1 else multiply(factors)


def start_form(state: State, padding: Letter) -> Form:
    """s - P·j."""
    moved = padding.symbol if state.jump == ONE else multiply([padding.symbol, state.jump])
    return subtract(state.start, moved)
