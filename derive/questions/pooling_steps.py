"""One kind of pooling of an image: its definition, its values, one window in full, where maxima are tied."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from derive.graph.arrays import Array, indices
from derive.graph.graph import Graph, matrix_form
from derive.graph.windows import Slide
from derive.notation.build import ONE, number
from derive.notation.form import Call, Form, Frac, Matrix, Symbol
from derive.notation.rounding import shown
from derive.notation.symbols import element, symbol_name
from derive.questions.convolution_filter import ACCURACY, METHOD, THE_SAME_WAY
from derive.questions.convolution_grid import (
    Channels,
    Grid,
    added,
    flat,
    grid_form,
    pair_form,
    params_of,
    place_text,
    under,
    value_of,
)
from derive.questions.fields import numeric
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Line, Phrase, Relation, Step

IMAGE = Symbol("X", bold=True)
Kind = Literal["max", "average"]
Index = tuple[int, ...]


@dataclass(frozen=True)
class Pooling:
    """One kind of pooling of an image under a window."""

    kind: Kind
    image: Channels
    window: Slide
    leaves_out: bool
    name: Symbol

    def definition(self) -> Form:
        """maxpool(X) or avgpool(X) with its settings."""
        params = dict(params_of(self.window, "s", "p"))
        stride = params.pop("s", ONE)
        inside = (("inside", ONE),) if self.leaves_out and "p" in params else ()
        function = "max_pool2d" if self.kind == "max" else "avg_pool2d"
        sides = (("k", pair_form(*self.window.kernel)), ("s", stride))
        return Call(function, (IMAGE,), 0, (*sides, *params.items(), *inside))

    @cached_property
    def values(self) -> dict[Index, Fraction]:
        """Every output by its index (from 0; the channel first where there are several), from the graph engine."""
        image = numeric(grid_form(self.image))
        assert isinstance(image, Array)
        graph = Graph({"Y": self.definition()}, {symbol_name(IMAGE): image.shape})
        result = graph.quantity("Y").value
        assert isinstance(result, Array)
        nodes = graph.values({IMAGE: image}, Conventions(), result.items)
        return {place: nodes[node] for place, node in zip(indices(result.shape), result.items, strict=True)}

    @property
    def shape(self) -> Index:
        """The shape of the result."""
        return tuple(at + 1 for at in max(self.values))

    def seen(self, place: Index) -> Grid:
        """What lies under the window; without the padding where that counts as nothing."""
        channel, at = (self.image[place[0]] if len(place) == 3 else self.image[0]), (place[-2], place[-1])
        if not self.leaves_out:
            return under((channel,), self.window, at)[0]
        cells = [(i, j) for i, j in self.window.cells(*at) if 0 <= i < len(channel) and 0 <= j < len(channel[0])]
        rows = dict.fromkeys(i for i, _ in cells)
        return tuple(tuple(channel[i][j] for k, j in cells if k == i) for i in rows)

    def _entry(self, place: Index) -> Symbol:
        return element(Symbol(self.name.base), *(at + 1 for at in place))

    def worked(self, place: Index, conventions: Conventions) -> Step:
        """One window: its entries, their maximum or their mean."""
        seen = self.seen(place)
        entries = flat((seen,))
        relation, final = shown(self.values[place], conventions.rounding)
        target = self._entry(place)
        where = place_text((self.image[0],), self.window, (place[-2], place[-1]))
        lines = [Line("=", Call(self.kind.replace("average", "mean"), (Matrix(seen),)), (f"window on {where}",))]
        if self.kind == "average" and len(entries) > 1:
            spread = Frac(added(entries), number(len(entries)))
            lines.append(Line("=", spread, ("sum over the number of cells",)))
        tie = ("a tie: it stands more than once",) if self._is_tied(place) else ()
        lines.append(Line(relation, final, tie))
        return Step(symbol_name(target), target, tuple(lines), "one window in full", (), METHOD)

    def _is_tied(self, place: Index) -> bool:
        entries = [value_of(entry) for entry in flat((self.seen(place),))]
        return self.kind == "max" and entries.count(max(entries)) > 1

    def telling(self) -> Index:
        """The window that shows most: with the most cells of the image, and not 0."""
        return max(self.values, key=lambda place: (self._inside(place), self.values[place] != 0))

    def _inside(self, place: Index) -> int:
        height, width = len(self.image[0]), len(self.image[0][0])
        return sum(0 <= i < height and 0 <= j < width for i, j in self.window.cells(place[-2], place[-1]))

    def whole(self, conventions: Conventions) -> Step:
        """All windows."""
        printed = [shown(value, conventions.rounding) for value in self.values.values()]
        relation: Relation = "≈" if any(sign == "≈" for sign, _ in printed) else "="
        line = Line(relation, matrix_form(self.shape, [form for _, form in printed]), THE_SAME_WAY)
        return Step(symbol_name(self.name), self.name, (line,), "whole result", (), ACCURACY)

    def answer(self, step: Step) -> Answer:
        """The whole result with every digit, and as it is printed."""
        exact = matrix_form(self.shape, list(map(number, self.values.values())))
        return Answer(symbol_name(self.name), "matrix", exact, step.lines[-1].form, self.name)

    def ties(self) -> tuple[Phrase, ...]:
        """Where a maximum stands more than once."""
        tied = [
            element(Symbol(self.name.base), *(at + 1 for at in place)) for place in self.values if self._is_tied(place)
        ]
        if not tied or len(tied) == len(self.values):
            return (
                (("in every window the maximum stands more than once (a tie): the value is the same",),) if tied else ()
            )
        return (("ties, where the maximum stands more than once in the window: ", *listed(tied)),)
