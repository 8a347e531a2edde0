"""What the cells of recurrent layers have in common: letters of the step, activations in boxes, arrows in and out."""

from __future__ import annotations

from derive.network.drawing.canvas import Canvas, Said
from derive.network.drawing.facts import Facts
from derive.network.layers.base import Letter
from derive.network.network import Node
from derive.notation.form import Form, Symbol
from derive.record import Spot


def at_step(letter: str, step: str = "t", accent: str = "") -> Symbol:
    """A quantity at a step: h_t, c_{t-1}."""
    return Symbol(letter, accent, (step,))


X, H, H_BEFORE, C, C_BEFORE = at_step("x"), at_step("h"), at_step("h", "t-1"), at_step("c"), at_step("c", "t-1")
BOX_WIDTH, BOX_HEIGHT = 0.9, 0.54


def gate(canvas: Canvas, at: Spot, *words: Form | str) -> None:
    """A layer inside a cell: its activation in a box."""
    canvas.box(at, BOX_WIDTH, BOX_HEIGHT, Said(words), shade="light")


def named(canvas: Canvas, at: Spot, name: Form, anchor: str = "west", size: int = 9) -> None:
    """A quantity beside its arrow."""
    canvas.say(at, Said((name,)), anchor, size)


def sized(canvas: Canvas, facts: Facts, node: Node, at: Spot, letter: str, anchor: str = "west") -> None:
    """A size of the layer beside the quantity that has it, "D = 4"."""
    for found in _letters(facts, node):
        if found.symbol.base == letter:
            for said in facts.letter(node, found.symbol, found.value):
                canvas.say(at, said, anchor, 8)


def _letters(facts: Facts, node: Node) -> tuple[Letter, ...]:
    return node.layer.letters(*facts.network.takes(node))
