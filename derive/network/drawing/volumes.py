"""Volumes as LeCun drew LeNet: feature maps as sheets behind one another, windows with their lines, vectors as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2

from derive.network.drawing.canvas import LINE_CM, Canvas, Said, words_width
from derive.network.drawing.facts import Facts, Stage, stages
from derive.network.layers.base import Size
from derive.network.layers.sliding import Sliding
from derive.record import Phrase, Picture, Spot

TALLEST, LEAST = 2.1, 0.32
"""The largest side of a sheet in centimetres, and the smallest that can be seen."""
_GROWTH = 0.4
"""Sides grow with this power of the size: 256 and 5 are both readable then."""
_SHEET, _BAR, _DEPTH = 0.1, 0.24, 0.45
_GAP, _APART, _ROOM, _ROW_GAP = 0.7, 0.3, 17.8, 0.5
"""Of distances; a row may be a little wider than the page, which makes the picture a little smaller."""
_SMALL = 8


@dataclass(frozen=True, slots=True)
class Body:
    """A volume before it is placed: sides of its front, how many sheets, how far a block goes back."""

    width: float
    height: float
    sheets: int = 1
    depth: float = 0.0

    @property
    def back(self) -> float:
        """How far the last sheet stands left of the first and above it."""
        return (self.sheets - 1) * _SHEET + self.depth

    @property
    def whole(self) -> Spot:
        """Width and height with all sheets."""
        return self.width + self.back, self.height + self.back


def body(size: Size, largest: int) -> Body:
    """The volume of a size; the largest side of the network is as tall as any may be."""

    def side(cells: int) -> float:
        return max(LEAST, TALLEST * (cells / largest) ** _GROWTH)

    if len(size) == 1:
        return Body(_BAR, min(2.9, 0.4 + 0.2 * log2(size[0] + 1)))
    tall = side(size[-3] if len(size) > 2 else size[0])
    sheets = _sheets(size[-1], tall)
    if len(size) == 2:
        return Body(_BAR * 0.8, tall, sheets)
    if len(size) == 3:
        return Body(side(size[1]), tall, sheets)
    return Body(side(size[2]), tall, 1, side(size[0]) * _DEPTH)


def _sheets(channels: int, tall: float) -> int:
    """All of up to six channels, more by their logarithm; a stack is no deeper than it is tall."""
    found = channels if channels <= 6 else round(3 + 1.1 * log2(channels))
    return min(found, max(3, 1 + int(tall / _SHEET)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A volume in its place: the left end of it, the height of its middle."""

    stage: Stage
    size: Size
    body: Body
    over: float
    """Half the width of the words above the gap before it."""
    under: float
    """Half the width of the words below it."""
    left: float = 0.0
    middle: float = 0.0

    @property
    def centre(self) -> float:
        """The middle of its width."""
        return self.left + self.body.whole[0] / 2

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.left + self.body.whole[0]

    @property
    def front(self) -> Spot:
        """The lower left corner of the first sheet."""
        return self.left + self.body.back, self.middle - self.body.whole[1] / 2


def volumes(facts: Facts, caption: Phrase = ()) -> Picture:
    """A chain of layers in rows, each as wide as the page allows."""
    canvas = Canvas()
    low = 0.0
    rows = _balanced(facts)
    for place, row in enumerate(rows):
        above = max(len(each.stage.operation) for each in row) * LINE_CM + 0.12
        tall = max(each.body.whole[1] for each in row)
        middle = low - above - tall / 2 - (_ROW_GAP if place else 0.0)
        _draw_row(canvas, facts, [replace(each, middle=middle) for each in row], tall, place > 0, place + 1 < len(rows))
        low = middle - tall / 2 - 0.12 - LINE_CM * max(len(_below(facts, each.stage)) for each in row)
    return canvas.picture(caption)


def _below(facts: Facts, stage: Stage) -> tuple[Said, ...]:
    return (Said((stage.name,)), *facts.size(stage.shape_of))


def _widest(lines: Sequence[Said], size: int) -> float:
    return max((words_width(said, size) for said in lines), default=0.0)


def _balanced(facts: Facts) -> list[list[Placed]]:
    """As few rows as there is need of, of about the same width."""
    sizes = [facts.network.sizes[stage.shape_of] for stage in stages(facts)]
    largest = max((side for size in sizes for side in size[:-1]), default=1)
    loose = [_loose(facts, stage, size, largest) for stage, size in zip(stages(facts), sizes, strict=True)]
    rows, room = _rows(loose, _ROOM), _ROOM
    while len(rows) > 1 and len(narrower := _rows(loose, room - 0.5)) == len(rows):
        rows, room = narrower, room - 0.5
    return rows


def _loose(facts: Facts, stage: Stage, size: Size, largest: int) -> Placed:
    """A volume that has no place yet, with the room that its words need."""
    over, under = _widest(stage.operation, _SMALL) / 2, _widest(_below(facts, stage), 9) / 2
    return Placed(stage, size, body(size, largest), over, under)


def _rows(loose: Sequence[Placed], room: float) -> list[list[Placed]]:
    """From left to right as near as the words allow; a new row where there is no room."""
    rows: list[list[Placed]] = [[]]
    gap = 0.0  # the middle of the words before this volume
    for each in loose:
        placed = replace(each, left=_left(rows[-1], gap, each))
        if rows[-1] and max(placed.right, placed.centre + placed.under) > room:
            rows.append([])
            placed = replace(each, left=_left([], 0.0, each))
        gap = (_end(rows[-1]) + placed.left) / 2
        rows[-1].append(placed)
    return rows


def _end(row: Sequence[Placed]) -> float:
    return row[-1].right if row else 0.0


def _left(row: Sequence[Placed], gap: float, each: Placed) -> float:
    """The first place where neither the volume, nor the words above the gap, nor those below touch the ones before."""
    if not row:
        return _GAP if each.stage.node else 0.0
    last = row[-1]
    above = 2 * (gap + last.over + each.over + _APART) - last.right if last.over else 0.0
    below = last.centre + last.under + _APART + each.under - each.body.whole[0] / 2
    return max(last.right + _GAP, above, below)


def _draw_row(canvas: Canvas, facts: Facts, row: list[Placed], tall: float, comes: bool, goes: bool) -> None:
    """The volumes, then what leads from one to the next, so that windows lie on the sheets."""
    for each in row:
        _draw(canvas, each)
        canvas.column((each.centre, each.middle - tall / 2 - 0.12), _below(facts, each.stage))
    if comes:
        canvas.arrow((0.0, row[0].middle), (row[0].left - 0.08, row[0].middle))
        _above(canvas, row[0], 0.0, tall)
    for before, after in pairwise(row):
        _leads(canvas, before, after)
        _above(canvas, after, before.right, tall)
    if goes:
        canvas.arrow((row[-1].right + 0.08, row[-1].middle), (row[-1].right + _GAP - 0.1, row[-1].middle))


def _above(canvas: Canvas, after: Placed, begin: float, tall: float) -> None:
    canvas.column(((begin + after.left) / 2, after.middle + tall / 2 + 0.12), after.stage.operation, _SMALL, up=True)


def _draw(canvas: Canvas, each: Placed) -> None:
    """Sheets from the last to the first; a block shows its front, its top and its side."""
    x, y = each.front
    width, height, depth = each.body.width, each.body.height, each.body.depth
    if depth:
        canvas.patch([(x, y + height), (x - depth, y + height + depth), (x - depth + width, y + height + depth),
                      (x + width, y + height)], "mid")  # fmt: skip
        canvas.patch([(x, y), (x - depth, y + depth), (x - depth, y + height + depth), (x, y + height)], "light")
    for sheet in reversed(range(each.body.sheets)):
        shift = sheet * _SHEET
        canvas.frame((x - shift, y + shift), (x - shift + width, y + shift + height), "white" if depth else "light")


def _leads(canvas: Canvas, before: Placed, after: Placed) -> None:
    """The lines of a window, all to all between vectors, an arrow else."""
    layer = after.stage.node.layer if after.stage.node else None
    if isinstance(layer, Sliding) and len(before.size) in (3, 4) and not before.body.depth:
        _window(canvas, before, after, layer)
    elif len(before.size) == len(after.size) == 1:
        (x, y), (u, v) = before.front, after.front
        for begin in (y, y + before.body.height):
            for end in (v, v + after.body.height):
                canvas.line((x + before.body.width, begin), (u, end), weight=0.4, faint=True)
    else:
        canvas.arrow((before.right + 0.08, before.middle), (after.left - 0.08, after.middle))


def _window(canvas: Canvas, before: Placed, after: Placed, layer: Sliding) -> None:
    """A window on the first sheet, and the cell of the next one that it leads to."""
    kernel = [window.extent for window in layer.windows(before.size)]
    (x, y), (u, v) = before.front, after.front
    shape, other = before.body, after.body
    tall, wide = (
        min(0.8 * side, max(0.16, side * cells / count))
        for side, cells, count in zip((shape.height, shape.width), kernel, before.size, strict=False)
    )
    right, top = x + shape.width * 0.5 + wide / 2, y + shape.height * 0.55 + tall / 2
    right, top = min(right, x + shape.width * 0.95), min(top, y + shape.height * 0.95)
    cell = 0.12
    spot = (u + (other.width - cell) * 0.5, v + (other.height - cell) * 0.55)
    canvas.frame((right - wide, top - tall), (right, top), "mid")
    canvas.frame(spot, (spot[0] + cell, spot[1] + cell), "dark", weight=0.4)
    middle = (spot[0], spot[1] + cell / 2)
    canvas.line((right, top), middle, weight=0.4)
    canvas.line((right, top - tall), middle, weight=0.4)
