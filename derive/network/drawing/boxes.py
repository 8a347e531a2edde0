"""Layers as boxes from top to bottom, branches beside the longest path, sums as circles, long columns broken."""

from __future__ import annotations

from collections.abc import Sequence

from derive.network.drawing.canvas import LINE_CM, SIGN_RADIUS, Canvas, Said, words_width
from derive.network.drawing.facts import Facts, kind_words
from derive.network.drawing.plan import Edge, places, plan
from derive.network.layers.merges import Add, Multiply
from derive.network.network import INPUT
from derive.record import Phrase, Picture, Shade, Spot

_GAP, _LANE_GAP, _COLUMN_GAP, _PAGE = 0.5, 0.55, 1.2, 16.0
_LONGEST = (12.0, 15.0, 20.0)
"""How long a column may be: the shorter the better, as long as all of them fit beside each other."""
_LEAST_WIDTH = 1.6

Ends = tuple[Phrase, Phrase]
"""What stands in the box of the input, and behind the output."""
INPUT_ALONE: Ends = (("input",), ())


class _Boxes:
    """The places of the boxes, and what is drawn of them."""

    def __init__(self, facts: Facts, ends: Ends) -> None:
        self.facts, self.network, self.ends = facts, facts.network, ends
        self.places = {place.name: place for place in places(self.network)}
        self.plan = plan(tuple(self.places.values()))
        self.words = {name: self._lines(name) for name in self.plan.rows}
        self.rows = [0.0] * (1 + max(self.plan.rows.values()))
        for name, row in self.plan.rows.items():
            self.rows[row] = max(self.rows[row], 2 * self.half(name))
        for longest in _LONGEST:
            self.columns = self._broken(longest)
            self.widths = [self._widths(first, last) for first, last in self.columns]
            if self._left(len(self.columns)) - _COLUMN_GAP <= _PAGE:
                break

    def _lines(self, name: str) -> tuple[Said, ...]:
        """Name and operation in one line, its activation and its stride in the next, then the shape."""
        if name == INPUT:
            return (Said(self.ends[0]), *self.facts.size(name))
        if self._signed(name):
            return ()
        node, *behind = self.places[name].nodes
        first, *others = self.facts.operation(node)
        quiet = [kind_words(each.layer) for each in behind]
        others += [Said((", ".join(quiet),))] if quiet else []
        word = "".join(piece for piece in first.text if isinstance(piece, str)).strip()
        own = self._own(node.name)
        stem = own.rsplit(".", 1)[-1].rstrip("0123456789").replace("_", " ").lower()
        if not self.facts.labels and stem != word.lower():
            head = Said((own,))
        elif stem == word.lower():
            head = Said((f"{own} " if first.fact else own,), first.fact)
        else:
            head = Said((f"{own}: ", *first.text), first.fact)
        return (head, *others, *self.facts.size(name))

    def _own(self, name: str) -> str:
        """The name of a layer, without that of a block that holds the whole network."""
        blocks = {node.name.split(".")[0] for node in self.network.nodes}
        return name.split(".", 1)[1] if len(blocks) == 1 and "." in name else name

    def _signed(self, name: str) -> str:
        """The sign of a sum or a product."""
        layer = self.places[name].nodes[0].layer if name in self.places else None
        return "+" if isinstance(layer, Add) else "." if isinstance(layer, Multiply) else ""

    def _widths(self, first: int, last: int) -> list[float]:
        """The width of each lane in some rows; an empty lane still has room for a line."""
        widths = [0.3] * self.plan.width
        for name, lane in self.plan.lanes.items():
            if first <= self.plan.rows[name] < last and not self._signed(name):
                lines = [words_width(said, 9 if place == 0 else 8) for place, said in enumerate(self.words[name])]
                widths[lane] = max(widths[lane], _LEAST_WIDTH, max(lines) + 0.4)
        used = [lane for edge, lane in self.plan.skips.items() if first <= self.plan.rows[edge[0]] < last]
        used += [lane for name, lane in self.plan.lanes.items() if first <= self.plan.rows[name] < last]
        return widths[: max(used, default=0) + 1]

    def _broken(self, longest: float) -> list[tuple[int, int]]:
        """The rows of each column, broken where the main path alone goes on."""
        count = len(self.rows)
        spans = [(self.plan.rows[a], self.plan.rows[b]) for a, b in self._edges()]
        cuts = [row for row in range(1, count) if self._is_cut(row, spans)]
        columns, first = [], 0
        while self._length(first, count) > longest:
            fitting = [row for row in cuts if row > first + 1 and self._length(first, row) <= longest]
            if not fitting:
                break
            columns.append((first, fitting[-1]))
            first = fitting[-1]
        return [*columns, (first, count)]

    def _length(self, first: int, last: int) -> float:
        """From the top of one row to the next row's behind another."""
        return sum(self.rows[first:last]) + (last - first) * _GAP

    @staticmethod
    def _is_cut(row: int, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether one arrow alone leads into a row from above, and none past it."""
        return [b - a for a, b in spans if a < row <= b] == [1]

    def _edges(self) -> list[Edge]:
        return [(source, place.name) for place in self.places.values() for source in place.sources]

    # places

    def _column_of(self, row: int) -> int:
        return next(place for place, (first, last) in enumerate(self.columns) if first <= row < last)

    def _left(self, column: int) -> float:
        """Where a column begins."""
        return sum(sum(widths) + (len(widths) - 1) * _LANE_GAP + _COLUMN_GAP for widths in self.widths[:column])

    def at(self, row: int, lane: int) -> Spot:
        """The middle of a place."""
        column = self._column_of(row)
        own = self.widths[column]
        x = self._left(column) + sum(own[:lane]) + lane * _LANE_GAP + own[lane] / 2
        return x, -self._length(self.columns[column][0], row) - self.rows[row] / 2

    def spot(self, name: str) -> Spot:
        """The middle of a layer's box."""
        return self.at(self.plan.rows[name], self.plan.lanes[name])

    def half(self, name: str) -> float:
        """Half the height of what stands for a layer."""
        return SIGN_RADIUS if self._signed(name) else self._tall(name) / 2

    def _tall(self, name: str) -> float:
        return LINE_CM * len(self.words[name]) + 0.22

    def _half_width(self, name: str) -> float:
        return SIGN_RADIUS if self._signed(name) else self._width(name) / 2

    def _width(self, name: str) -> float:
        return self.widths[self._column_of(self.plan.rows[name])][self.plan.lanes[name]]

    # drawing

    def draw(self, canvas: Canvas) -> None:
        """Arrows, then boxes over them."""
        for edge in self._edges():
            self._arrow(canvas, edge)
        for name in self.plan.rows:
            if sign := self._signed(name):
                canvas.sign(self.spot(name), sign)
            else:
                shade: Shade = "light" if name == INPUT else "white"
                canvas.box(self.spot(name), self._width(name), self._tall(name), *self.words[name], shade=shade)

    def _arrow(self, canvas: Canvas, edge: Edge) -> None:
        before, after = edge
        (x, y), (u, v) = self.spot(before), self.spot(after)
        fork = (x, y - self.half(before) - _GAP * 0.3)
        if edge in self.plan.skips:
            lane = self.at(self.plan.rows[before], self.plan.skips[edge])[0]
            canvas.fork(fork)
            canvas.arrow((x, y - self.half(before)), fork, (lane, fork[1]), (lane, v), (u + self._half_width(after), v))
        elif self._column_of(self.plan.rows[before]) != self._column_of(self.plan.rows[after]):
            self._over(canvas, (x, y - self.half(before)), (u, v + self.half(after)), self._main_width(after))
        elif self.plan.lanes[before] == self.plan.lanes[after]:
            canvas.arrow((x, y - self.half(before)), (u, v + self.half(after)))
        elif self.plan.lanes[after] > self.plan.lanes[before]:
            canvas.fork(fork)
            canvas.arrow((x, y - self.half(before)), fork, (u, fork[1]), (u, v + self.half(after)))
        else:
            canvas.arrow((x, y - self.half(before)), (x, v), (u + self._half_width(after), v))

    def _main_width(self, name: str) -> float:
        """The width of the first lane of a layer's column."""
        return self.widths[self._column_of(self.plan.rows[name])][0]

    @staticmethod
    def _over(canvas: Canvas, begin: Spot, end: Spot, width: float) -> None:
        """From the foot of one column to the head of the next, between the two."""
        between = end[0] - width / 2 - _COLUMN_GAP / 2
        low, high = begin[1] - _GAP * 0.5, end[1] + _GAP * 0.5
        canvas.arrow(begin, (begin[0], low), (between, low), (between, high), (end[0], high), end)


def boxes(facts: Facts, caption: Phrase = (), ends: Ends = INPUT_ALONE) -> Picture:
    """Any network without circles in it."""
    canvas = Canvas()
    drawn = _Boxes(facts, ends)
    drawn.draw(canvas)
    last = facts.network.nodes[-1].name
    x, y = drawn.spot(last)
    low = y - drawn.half(last)
    canvas.arrow((x, low), (x, low - _GAP))
    if ends[1]:
        canvas.say((x, low - _GAP - 0.02), Said(ends[1]), "north")
    return canvas.picture(caption)
