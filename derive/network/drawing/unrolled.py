"""Recurrent layers unrolled over the steps of their sequence: a column for each step, a row for each layer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from derive.errors import InputError
from derive.network.drawing.canvas import Canvas, Said, words_width
from derive.network.drawing.facts import Facts, activation_word, kind_words
from derive.network.layers.bidirectional import Bidirectional
from derive.network.layers.lstm import LSTM
from derive.network.layers.recurrent import Sequential
from derive.network.network import Node
from derive.notation.form import Symbol
from derive.record import Phrase, Picture, Shade

STEPS = 5
"""So many steps are drawn; of more the first three, dots and the last."""
_COLUMN, _ROW, _HEIGHT, _OUT, _ASIDE = 2.2, 1.25, 0.6, 0.7, 0.45
_BACK, _JOIN = 0.95, 1.85
"""How far the backward direction and what joins both stand above the forward one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A layer at all its steps: what stands in its boxes, its states ("" for none), how tall it is."""

    node: Node
    words: str
    states: tuple[str, ...] = ()
    both: bool = False
    ends: bool = False
    """Whether its last state alone goes on."""

    @property
    def half(self) -> float:
        """Half the width of its boxes."""
        return max(0.5, words_width(Said((self.words,))) / 2 + 0.15)

    @property
    def tall(self) -> float:
        """The height of its boxes, and of what joins two directions."""
        return _JOIN if self.both else 0.0


def rows(facts: Facts) -> list[Row]:
    """The layers from below to above.

    Raises:
        InputError: there is no sequence, no recurrent layer, or a layer that mixes the steps in another way.
    """
    if len(facts.network.input) != 2:
        raise InputError("only layers over a sequence can be drawn unrolled, and the input is none")
    found = [_row(facts, node) for node in facts.network.nodes]
    if not any(row.states for row in found):
        raise InputError("no layer is recurrent, so that nothing can be drawn unrolled")
    length = facts.network.input[0]
    for row in found:
        size = facts.network.sizes[row.node.name]
        if len(size) > 1 and size[0] != length:
            raise InputError(f"{row.node.name} changes the length of the sequence, which cannot be drawn unrolled")
        if row.node.layer.kind in ("flatten", "reshape"):
            raise InputError(f"{row.node.name} mixes all steps, which cannot be drawn unrolled")
    return found


def _row(facts: Facts, node: Node) -> Row:
    layer = node.layer
    if isinstance(layer, Bidirectional):
        if not layer.all_steps:
            raise InputError(f"{node.name} can be drawn unrolled only with return_sequences=True")
        return Row(node, kind_words(layer.layer), _states(layer.layer), True)
    if isinstance(layer, Sequential):
        return Row(node, kind_words(layer), _states(layer), ends=not layer.all_steps)
    activation = getattr(layer, "activation", "linear")
    behind = "" if activation == "linear" else f", {activation_word(activation)}"
    return Row(node, kind_words(layer) + behind)


def _states(layer: Sequential) -> tuple[str, ...]:
    return ("h", "c") if isinstance(layer, LSTM) else ("h",)


def unrolled(facts: Facts, caption: Phrase = ()) -> Picture:
    """Inputs below, the states from step to step, outputs above."""
    return _Unrolled(facts).drawn(caption)


class _Unrolled:
    """The columns and rows of an unrolled network, and what is drawn of them."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.canvas = facts, Canvas()
        self.rows = rows(facts)
        self.steps = _columns(facts.network.input[0])
        self.many = sum(bool(row.states) for row in self.rows) > 1
        self.pitch = max([_COLUMN, *(self._needed(row) for row in self.rows)])

    def _needed(self, row: Row) -> float:
        """How far apart two boxes of a layer must stand for what is between them."""
        if row.both:
            return 2 * row.half + 1.0
        named = words_width(_state(row, "10", "2" if self.many else ""), 8) + 0.25 if row.states else 0.3
        return 2 * row.half + max(0.8 if row.states else 0.3, named)

    def drawn(self, caption: Phrase) -> Picture:
        """Row by row from below."""
        level = 0.0
        live = [place for place, step in enumerate(self.steps) if step]
        for place in live:
            self._input(place)
        number = 0
        for position, row in enumerate(self.rows):
            number += bool(row.states)
            self._layer(row, level, live, str(number) if self.many else "")
            if row.ends:
                live = live[-1:]
            above = self.rows[position + 1] if position + 1 < len(self.rows) else None
            for place in live:
                self._up(place, level + row.tall + _HEIGHT / 2, above)
            self._beside(row, level)
            level += row.tall + _ROW
        letter = "h" if self.rows[-1].states else "y"
        for place in live:
            step = str(self.steps[place]) if len(live) > 1 or letter == "h" else ""
            sup = str(number) if self.many and letter == "h" else ""
            name = Symbol(letter, sub=(step,) if step else (), sup=sup)
            self.canvas.say((place * self.pitch, level - _ROW + _HEIGHT / 2 + _OUT), Said((name,)), "south")
        return self.canvas.picture(caption)

    def _input(self, place: int) -> None:
        x, low = place * self.pitch, -_HEIGHT / 2
        name = Symbol("x", sub=(str(self.steps[place]),))
        self.canvas.say((x, low - _OUT), Said((name,)), "north")
        self._into(self.rows[0], x, low - _OUT, low)

    def _into(self, row: Row, x: float, begin: float, low: float) -> None:
        """The arrow into a layer from below, or into both its directions."""
        if not row.both:
            self.canvas.arrow((x, begin), (x, low))
            return
        fork = (x, begin + 0.25)
        self.canvas.line((x, begin), fork, weight=0.6)
        self.canvas.fork(fork)
        self.canvas.arrow(fork, (x - _ASIDE, fork[1]), (x - _ASIDE, low))
        self.canvas.arrow(fork, (x + _ASIDE, fork[1]), (x + _ASIDE, low + _BACK))

    def _up(self, place: int, begin: float, above: Row | None) -> None:
        x = place * self.pitch
        if above is None:
            self.canvas.arrow((x, begin), (x, begin + _OUT))
        else:
            self._into(above, x, begin, begin + _ROW - _HEIGHT)

    def _layer(self, row: Row, level: float, live: list[int], number: str) -> None:
        """The boxes of a layer, and the arrows between them where it has a state."""
        if row.both:
            self._both(row, level, live)
            return
        if row.states:
            self._chain(row, [(place * self.pitch, level) for place in range(len(self.steps))], number)
        for place in live:
            self._box((place * self.pitch, level), row)
        if not row.states and len(live) > 1:
            self._gap(level)

    def _box(self, at: tuple[float, float], row: Row) -> None:
        shade: Shade = "light" if row.states else "white"
        self.canvas.box(at, 2 * row.half, _HEIGHT, Said((row.words,)), shade=shade)

    def _both(self, row: Row, level: float, live: list[int]) -> None:
        """Forward to the left, backward to the right and higher, both joined above."""
        forward = [(place * self.pitch - _ASIDE, level) for place in range(len(self.steps))]
        backward = [(place * self.pitch + _ASIDE, level + _BACK) for place in range(len(self.steps))]
        self._chain(row, forward)
        self._chain(row, backward[::-1])
        join = "concat" if getattr(row.node.layer, "merge", "") == "concat" else "sum"
        for place in live:
            x = place * self.pitch
            for spot in (forward[place], backward[place]):
                self.canvas.arrow((spot[0], spot[1] + _HEIGHT / 2), (spot[0], level + _JOIN - _HEIGHT / 2))
                self._box(spot, row)
            self.canvas.box((x, level + _JOIN), 2 * (_ASIDE + 0.3), _HEIGHT, Said((join,)))
        if 0 in self.steps:
            self._gap(level + _JOIN)

    def _gap(self, level: float) -> None:
        if 0 in self.steps:
            self.canvas.dots((self.steps.index(0) * self.pitch, level), upright=False)

    def _chain(self, row: Row, spots: list[tuple[float, float]], number: str = "") -> None:
        """The state from step to step; named where there is one direction alone."""
        way = 1 if spots[0] <= spots[-1] else -1
        start = spots[0][0] - way * (row.half + _OUT)
        self.canvas.arrow((start, spots[0][1]), (spots[0][0] - way * row.half, spots[0][1]))
        dots = self.steps.index(0) if 0 in self.steps else -1
        if way < 0 and dots >= 0:
            dots = len(spots) - 1 - dots
        names = [0, *self.steps]
        if not row.both:
            self.canvas.say((start - 0.05, spots[0][1]), _state(row, "0", number), "east", 8)
        for place, (here, there) in enumerate(pairwise(spots)):
            begin = here[0] + way * (0.35 if place == dots else row.half)
            end = there[0] - way * (0.35 if place + 1 == dots else row.half)
            self.canvas.arrow((begin, here[1]), (end, there[1]))
            if not row.both:
                step = str(names[place + 1]) if place != dots else f"{names[-1] - 1}"
                self.canvas.say(((begin + end) / 2, here[1] + 0.08), _state(row, step, number), "south", 8)
        if dots >= 0:
            self.canvas.dots(spots[dots], upright=False)

    def _beside(self, row: Row, level: float) -> None:
        """The name of a layer and the shape behind it, right of its row."""
        x = (len(self.steps) - 1) * self.pitch + row.half + 0.35 + (_ASIDE + _OUT if row.both else 0.0)
        lines = (Said((row.node.name,)), *self.facts.size(row.node.name))
        for place, said in enumerate(lines):
            self.canvas.say((x, level + row.tall / 2 + 0.18 * (len(lines) - 1) - 0.36 * place), said, "west", 8)


def _columns(length: int) -> list[int]:
    """The steps that are drawn; 0 stands for dots."""
    return list(range(1, length + 1)) if length <= STEPS else [1, 2, 3, 0, length]


def _state(row: Row, step: str, number: str) -> Said:
    """h_1, or h_1, c_1."""
    names: list[Symbol | str] = []
    for letter in row.states:
        names += [", "] if names else []
        names.append(Symbol(letter, sub=(step,), sup=number))
    return Said(tuple(names))
