"""The LSTM cell: the cell line above, the gates below, the new state to the right."""

from __future__ import annotations

from derive.network.drawing.canvas import SIGN_RADIUS, Canvas, Said
from derive.network.drawing.cells import BOX_HEIGHT, BOX_WIDTH, C_BEFORE, H_BEFORE, C, H, X, at_step, gate, named, sized
from derive.network.drawing.facts import Facts
from derive.network.layers.lstm import LSTM
from derive.network.network import Node
from derive.record import Phrase, Picture

_LEFT, _RIGHT, _TOP, _LOW = 0.0, 8.3, 4.1, 0.0
_CELL, _STATE, _GATES = 3.5, 0.5, 1.45
_F, _I, _G, _O, _OUT = 1.7, 3.0, 4.3, 5.7, 7.0
_R = SIGN_RADIUS


def lstm_cell(facts: Facts, node: Node, caption: Phrase = ()) -> Picture:
    """c = f · c' + i · c~, h = o · tanh(c); a peephole shows the cell to the gates, a projection stands at the end."""
    assert isinstance(node.layer, LSTM)
    canvas = Canvas()
    canvas.frame((_LEFT, _LOW), (_RIGHT, _TOP), rounded=0.25, weight=0.8)
    _lines(canvas, node.layer)
    _gates(canvas)
    if node.layer.peephole:
        _peepholes(canvas)
    _signs(canvas)
    named(canvas, (_LEFT - 1.0, _CELL), C_BEFORE, "east")
    named(canvas, (_LEFT - 1.0, _STATE), H_BEFORE, "east")
    named(canvas, (_RIGHT + 1.0, _CELL), C)
    named(canvas, (_RIGHT + 1.0, _STATE), H)
    named(canvas, (0.8, _LOW - 0.9), X, "north")
    sized(canvas, facts, node, (1.1, _LOW - 0.55), "D")
    sized(canvas, facts, node, (_RIGHT + 1.0, _CELL - LINE), "H")
    sized(canvas, facts, node, (_RIGHT + 1.0, _STATE - LINE), "P" if node.layer.projection else "H")
    return canvas.picture(caption)


LINE = 0.4


def _lines(canvas: Canvas, layer: LSTM) -> None:
    """The cell line, the line of the state and the input, the way out."""
    canvas.arrow((_LEFT - 0.9, _CELL), (_F - _R, _CELL))
    canvas.arrow((_F + _R, _CELL), (_G - _R, _CELL))
    canvas.arrow((_G + _R, _CELL), (_RIGHT + 0.9, _CELL))
    canvas.line((_LEFT - 0.9, _STATE), (_O, _STATE), (_O, _GATES - BOX_HEIGHT / 2), weight=0.6, rounded=0.15)
    canvas.line((0.8, _LOW - 0.85), (0.8, _STATE), weight=0.6)
    canvas.fork((0.8, _STATE))
    for x in (_F, _I, _G):
        canvas.fork((x, _STATE))
    for x in (_F, _I, _G, _O):
        canvas.arrow((x, _STATE + (0.2 if x == _O else 0.0)), (x, _GATES - BOX_HEIGHT / 2))
    canvas.fork((_OUT, _CELL))
    canvas.arrow((_OUT, _CELL), (_OUT, 2.8 + BOX_HEIGHT / 2))
    canvas.arrow((_OUT, 2.8 - BOX_HEIGHT / 2), (_OUT, 2.0 + _R))
    canvas.arrow((_OUT, 2.0 - _R), (_OUT, _STATE), (_RIGHT + 0.9, _STATE))
    if layer.projection:
        canvas.box((7.7, _STATE), 0.6, BOX_HEIGHT, Said((at_step("V", "h"),)), shade="light")


def _gates(canvas: Canvas) -> None:
    """The four layers, and where their values go."""
    for x, words in ((_F, "σ"), (_I, "σ"), (_G, "tanh"), (_O, "σ"), (_OUT, "tanh")):
        gate(canvas, (x, 2.8 if x == _OUT else _GATES), words)
    top = _GATES + BOX_HEIGHT / 2
    canvas.arrow((_F, top), (_F, _CELL - _R))
    canvas.arrow((_I, top), (_I, 2.6), (_G - _R, 2.6))
    canvas.arrow((_G, top), (_G, 2.6 - _R))
    canvas.arrow((_G, 2.6 + _R), (_G, _CELL - _R))
    canvas.arrow((_O, top), (_O, 2.0), (_OUT - _R, 2.0))
    for x, letter in ((_F, "f"), (_I, "i")):
        named(canvas, (x + 0.1, top + 0.17), at_step(letter))
    named(canvas, ((_O + _OUT) / 2, 2.0), at_step("o"), "south")
    named(canvas, (_G + 0.1, top + 0.17), at_step("c", accent="tilde"))


def _signs(canvas: Canvas) -> None:
    canvas.sign((_F, _CELL), ".")
    canvas.sign((_G, 2.6), ".")
    canvas.sign((_G, _CELL), "+")
    canvas.sign((_OUT, 2.0), ".")


def _peepholes(canvas: Canvas) -> None:
    """Dashed: the old cell to f and i, the new one to o."""
    half, high = BOX_WIDTH / 2, 2.35
    canvas.fork((0.9, _CELL))
    canvas.arrow((0.9, _CELL), (0.9, _GATES), (_F - half, _GATES), dashed=True)
    canvas.fork((0.9, high))
    canvas.arrow((0.9, high), (2.3, high), (2.3, _GATES), (_I - half, _GATES), dashed=True)
    canvas.fork((5.0, _CELL))
    canvas.arrow((5.0, _CELL), (5.0, _GATES), (_O - half, _GATES), dashed=True)
