"""The cell of the plain recurrent layer: a weighted sum of the input and the old state, and its activation."""

from __future__ import annotations

from derive.network.drawing.canvas import SIGN_RADIUS, Canvas, Said
from derive.network.drawing.cells import BOX_HEIGHT, BOX_WIDTH, H_BEFORE, H, X, gate, named, sized
from derive.network.drawing.facts import Facts, activation_word
from derive.network.layers.recurrent import SimpleRNN
from derive.network.network import Node
from derive.notation.form import Symbol
from derive.record import Phrase, Picture

_RIGHT, _LOW, _TOP = 5.2, -1.75, 1.35
_WEIGHT, _SUM, _ACT, _OUT = 0.95, 2.3, 3.65, 0.9
_HALF, _RAD = 0.31, SIGN_RADIUS


def rnn_cell(facts: Facts, node: Node, caption: Phrase = ()) -> Picture:
    """h = tanh(W x + U h' + b)."""
    layer = node.layer
    assert isinstance(layer, SimpleRNN)
    canvas = Canvas()
    canvas.frame((0.0, _LOW), (_RIGHT, _TOP), rounded=0.25, weight=0.8)
    canvas.arrow((-_OUT, 0.0), (_WEIGHT - _HALF, 0.0))
    canvas.arrow((_WEIGHT + _HALF, 0.0), (_SUM - _RAD, 0.0))
    canvas.arrow((_SUM + _RAD, 0.0), (_ACT - BOX_WIDTH / 2, 0.0))
    canvas.arrow((_ACT + BOX_WIDTH / 2, 0.0), (_RIGHT + _OUT, 0.0))
    canvas.arrow((_SUM, _LOW - _OUT), (_SUM, -1.0 - BOX_HEIGHT / 2))
    canvas.arrow((_SUM, -1.0 + BOX_HEIGHT / 2), (_SUM, -_RAD))
    canvas.box((_WEIGHT, 0.0), 2 * _HALF, BOX_HEIGHT, Said((Symbol("U"),)), shade="light")
    canvas.box((_SUM, -1.0), 2 * _HALF, BOX_HEIGHT, Said((Symbol("W"),)), shade="light")
    if layer.bias_count(facts.network.framework):
        canvas.arrow((_SUM, 0.85), (_SUM, _RAD))
        named(canvas, (_SUM, 0.85), Symbol("b"), "south")
    canvas.sign((_SUM, 0.0), "+")
    gate(canvas, (_ACT, 0.0), activation_word(layer.activation))
    named(canvas, (-_OUT - 0.1, 0.0), H_BEFORE, "east")
    named(canvas, (_RIGHT + _OUT + 0.1, 0.0), H)
    named(canvas, (_SUM, _LOW - _OUT), X, "north")
    sized(canvas, facts, node, (_SUM + 0.3, _LOW - _OUT * 0.6), "D")
    sized(canvas, facts, node, (_RIGHT + _OUT + 0.1, -0.4), "H")
    return canvas.picture(caption)
