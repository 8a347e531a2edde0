"""Dense networks as columns of neurons: every edge of a small one; dots for what a large one leaves out."""

from __future__ import annotations

from itertools import pairwise

from derive.network.drawing.canvas import Canvas, Said, words_width
from derive.network.drawing.facts import Facts, Stage, stages
from derive.notation.form import Symbol
from derive.record import Phrase, Picture, Spot

FEW = 8
"""The largest column of which every neuron is drawn."""
_RADIUS, _PITCH, _ACROSS = 0.23, 0.62, 1.9
_HEAD, _FOOT = 3, 2
"""How many neurons of a large column are drawn above the dots and below."""
_SMALL = 8


def neurons(facts: Facts, caption: Phrase = ()) -> Picture:
    """Columns from left to right, activations above, names and sizes below."""
    canvas = Canvas()
    found = stages(facts)
    counts = [facts.network.sizes[stage.shape_of][0] for stage in found]
    columns: list[tuple[Spot, ...]] = []
    x = 0.0
    for place, (stage, count) in enumerate(zip(found, counts, strict=True)):
        if place:
            x += max(_ACROSS, _room(facts, found[place - 1], stage))
        columns.append(tuple((x, y) for y in _heights(count)))
    tall = max(ys[0][1] for ys in columns) + _RADIUS
    drawn = list(zip(columns, counts, strict=True))
    for (before, many), (after, more) in pairwise(drawn):
        _edges(canvas, before, after, whole=max(many, more) <= FEW)
    for place, ((column, count), stage) in enumerate(zip(drawn, found, strict=True)):
        letter = "x" if place == 0 else "y" if place == len(found) - 1 else ""
        _column(canvas, column, count, letter)
        canvas.column((column[0][0], -tall - 0.15), (Said((stage.name,)), *facts.size(stage.shape_of)))
        canvas.column((column[0][0], tall + 0.12), _above(stage), _SMALL, up=True)
    return canvas.picture(caption)


def _above(stage: Stage) -> tuple[Said, ...]:
    """What works on the neurons' values: activations, dropout; that they are dense is seen."""
    return tuple(said for said in stage.operation if said.text != ("dense",))


def _room(facts: Facts, before: Stage, after: Stage) -> float:
    """So far two columns stand apart that their words do not touch."""
    halves = []
    for stage in (before, after):
        below = [words_width(said) for said in (Said((stage.name,)), *facts.size(stage.shape_of))]
        halves.append(max([*below, *(words_width(said, _SMALL) for said in _above(stage))]) / 2)
    return sum(halves) + 0.2


def _heights(count: int) -> list[float]:
    """The heights of a column's neurons round 0, with a gap for the dots."""
    if count <= FEW:
        return [_PITCH * ((count - 1) / 2 - place) for place in range(count)]
    slots = _HEAD + _FOOT + 1
    return [_PITCH * ((slots - 1) / 2 - place) for place in range(slots) if place != _HEAD]


def _edges(canvas: Canvas, before: tuple[Spot, ...], after: tuple[Spot, ...], whole: bool) -> None:
    """All edges, or the outermost ones, which say all to all."""
    if whole:
        for x, y in before:
            for u, v in after:
                canvas.line((x, y), (u, v), weight=0.3)
        return
    for x, y in (before[0], before[-1]):
        for u, v in (after[0], after[-1]):
            canvas.line((x, y), (u, v), weight=0.4, faint=True)


def _column(canvas: Canvas, column: tuple[Spot, ...], count: int, letter: str) -> None:
    """The neurons, numbered from above; the last one by its number."""
    dotted = count > len(column)
    if dotted:
        middle = (column[0][0], (column[_HEAD - 1][1] + column[_HEAD][1]) / 2)
        canvas.dots(middle)
    for place, spot in enumerate(column):
        index = place + 1 if not dotted or place < _HEAD else count - len(column) + place + 1
        words = (Symbol(letter, sub=(str(index),)),) if letter and index < 100 else ()
        canvas.circle(spot, _RADIUS, *words, shade="white" if letter else "light", size=8 if index < 10 else 7)
