"""The GRU cell: the state goes through above, the gates r and z and the candidate stand below."""

from __future__ import annotations

from derive.network.drawing.canvas import SIGN_RADIUS, Canvas, Said
from derive.network.drawing.cells import BOX_HEIGHT, H_BEFORE, H, X, at_step, gate, named, sized
from derive.network.drawing.facts import Facts
from derive.network.layers.recurrent import GRU
from derive.network.network import Node
from derive.notation.form import Symbol
from derive.record import Phrase, Picture

_LEFT, _RIGHT, _TOP, _LOW = 0.0, 7.4, 4.5, 0.0
_STATE, _GATES, _RESET, _MIX = 3.9, 1.6, 2.5, 3.15
_R, _Z, _N = 2.1, 3.7, 6.0
_HIDDEN, _INPUT = 0.85, 0.4
_RAD = SIGN_RADIUS
_SIDE = 0.2
LINE = 0.4


def gru_cell(facts: Facts, node: Node, caption: Phrase = ()) -> Picture:
    """h = z · h' + (1 - z) · h~; the reset gate works on h', or with two biases on U h' + b."""
    assert isinstance(node.layer, GRU)
    canvas = Canvas()
    canvas.frame((_LEFT, _LOW), (_RIGHT, _TOP), rounded=0.25, weight=0.8)
    _lines(canvas)
    if node.layer.bias_count(facts.network.framework) == 2:
        canvas.box((1.3, _RESET), 0.62, BOX_HEIGHT * 0.85, Said((Symbol("U", sub=("h",)),)), shade="light", size=8)
    _gates(canvas)
    named(canvas, (_LEFT - 0.8, _STATE), H_BEFORE, "east")
    named(canvas, (_RIGHT + 0.8, _STATE), H)
    named(canvas, (1.0, _LOW - 0.75), X, "north")
    sized(canvas, facts, node, (1.3, _LOW - 0.45), "D")
    sized(canvas, facts, node, (_RIGHT + 0.8, _STATE - LINE), "H")
    return canvas.picture(caption)


def _lines(canvas: Canvas) -> None:
    """The state above, the old state and the input to the gates."""
    canvas.arrow((_LEFT - 0.7, _STATE), (_Z - _RAD, _STATE))
    canvas.arrow((_Z + _RAD, _STATE), (_N - _RAD, _STATE))
    canvas.arrow((_N + _RAD, _STATE), (_RIGHT + 0.7, _STATE))
    canvas.fork((0.5, _STATE))
    low = _GATES - BOX_HEIGHT / 2
    canvas.arrow((0.5, _STATE), (0.5, _HIDDEN), (_Z - _SIDE, _HIDDEN), (_Z - _SIDE, low))
    canvas.fork((_R - _SIDE, _HIDDEN))
    canvas.arrow((_R - _SIDE, _HIDDEN), (_R - _SIDE, low))
    canvas.fork((0.5, _RESET))
    canvas.arrow((0.5, _RESET), (_R - _RAD, _RESET))
    canvas.arrow((1.0, _LOW - 0.7), (1.0, _INPUT), (_N + _SIDE, _INPUT), (_N + _SIDE, low))
    for x in (_R, _Z):
        canvas.fork((x + _SIDE, _INPUT))
        canvas.arrow((x + _SIDE, _INPUT), (x + _SIDE, low))


def _gates(canvas: Canvas) -> None:
    """The three layers, and where their values go."""
    low, top, between = _GATES - BOX_HEIGHT / 2, _GATES + BOX_HEIGHT / 2, 4.9
    canvas.arrow((_R, top), (_R, _RESET - _RAD))
    canvas.arrow((_R + _RAD, _RESET), (between, _RESET), (between, 0.95), (_N - _SIDE, 0.95), (_N - _SIDE, low))
    canvas.arrow((_Z, top), (_Z, _STATE - _RAD))
    canvas.fork((_Z, _MIX))
    canvas.arrow((_Z, _MIX), (_N - _RAD, _MIX))
    canvas.arrow((_N, top), (_N, _MIX - _RAD))
    canvas.arrow((_N, _MIX + _RAD), (_N, _STATE - _RAD))
    for x, words in ((_R, "σ"), (_Z, "σ"), (_N, "tanh")):
        gate(canvas, (x, _GATES), words)
    canvas.box((between, _MIX), 0.62, BOX_HEIGHT * 0.85, Said(("1 −",)), size=8)
    for spot, sign in (((_R, _RESET), "."), ((_Z, _STATE), "."), ((_N, _MIX), "."), ((_N, _STATE), "+")):
        canvas.sign(spot, sign)
    named(canvas, (_R + 0.1, top + 0.17), at_step("r"))
    named(canvas, (_Z + 0.1, top + 0.17), at_step("z"))
    named(canvas, (_N + 0.1, top + 0.17), at_step("h", accent="tilde"))
