"""The formulas behind a drawing: those of a cell, gate by gate, and that of a residual block."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.network.drawing.cells import C_BEFORE, H_BEFORE, C, H, X, at_step
from derive.network.layers.lstm import LSTM
from derive.network.layers.merges import Add
from derive.network.layers.recurrent import GRU, Recurrent
from derive.network.network import INPUT, Network, Node
from derive.notation.build import ONE, add, multiply, subtract
from derive.notation.form import Call, Form, Hadamard, Symbol
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.notation.words import joined
from derive.record import Given, Line, Mark, Phrase, Step

Found = tuple[tuple[Given, ...], tuple[Step, ...], Symbol]
"""Premises, steps, and what the last step finds."""
_POINT = Fraction(1)


def cell_formulas(node: Node, biases: int) -> Found:
    """A cell is given by its formulas; drawn, its last one with what leads to it put in."""
    layer = node.layer
    assert isinstance(layer, Recurrent)
    if isinstance(layer, LSTM):
        formulas, told, inner = _lstm(layer, biases), _lstm_told(layer), C
    elif isinstance(layer, GRU):
        formulas, told, inner = _gru(biases), _gru_told(biases), at_step("h", accent="tilde")
    else:
        inner = at_step("a")
        act = str(getattr(layer, "activation", "tanh"))
        formulas = {inner: _weighted("", biases), H: Call(act, (inner,))}
        told = [
            (
                "The input by ",
                Symbol("W"),
                " and the old state by ",
                Symbol("U"),
                " meet in the node +.",
            )
        ]
    givens = tuple(Given(name, form) for name, form in formulas.items())
    steps = [Step(f"drawn {place}", intro=words, marks=(Mark(_POINT, "B"),)) for place, words in enumerate(told, 1)]
    whole = substituted(formulas[H], lambda part: formulas[inner] if part == inner else None)
    lines = (Line("=", formulas[H], ("the way to the output",)), Line("=", whole, (inner, " put in")))
    return givens, (*steps, Step(symbol_name(H), H, lines, "output of the cell", marks=(Mark(_POINT, "A"),))), H


def _weighted(gate: str, biases: int, peephole: Form | None = None) -> Form:
    """W x + U h' + b, with the peephole where the gate has one."""
    index = (gate,) if gate else ()
    terms: list[Form] = [multiply([Symbol("W", sub=index), X]), multiply([Symbol("U", sub=index), H_BEFORE])]
    if peephole is not None:
        terms.append(Hadamard((Symbol("p", sub=index), peephole)))
    return add([*terms, *([Symbol("b", sub=index)] if biases else [])])


def _sigmoid(gate: str, biases: int, peephole: Form | None = None) -> Form:
    return Call("sigmoid", (_weighted(gate, biases, peephole),))


def _lstm(layer: LSTM, biases: int) -> dict[Symbol, Form]:
    forget, put, out, new = at_step("f"), at_step("i"), at_step("o"), at_step("c", accent="tilde")
    old, now = (C_BEFORE, C) if layer.peephole else (None, None)
    result: Form = Hadamard((out, Call("tanh", (C,))))
    return {
        forget: _sigmoid("f", biases, old),
        put: _sigmoid("i", biases, old),
        new: Call("tanh", (_weighted("c", biases),)),
        C: add([Hadamard((forget, C_BEFORE)), Hadamard((put, new))]),
        out: _sigmoid("o", biases, now),
        H: multiply([Symbol("V", sub=("h",)), result]) if layer.projection else result,
    }


def _lstm_told(layer: LSTM) -> list[Phrase]:
    forget, put, out, new = at_step("f"), at_step("i"), at_step("o"), at_step("c", accent="tilde")
    fed: Phrase = (" with tanh, each fed by ", X, " and ", H_BEFORE, ".")
    gates: Phrase = ("Three gates ", forget, ", ", put, ", ", out, " with σ and the candidate ", new, *fed)
    cell: Phrase = ("The cell line goes through: ⊙ with ", forget, ", then + with ", put, " ⊙ ", new, ".")
    seen: Phrase = ("Dashed: ", C_BEFORE, " is seen by ", forget, " and ", put, ", ", C, " by ", out, ".")
    return [gates, cell, *([seen] if layer.peephole else [])]


def _gru(biases: int) -> dict[Symbol, Form]:
    reset, keep, new = at_step("r"), at_step("z"), at_step("h", accent="tilde")
    weight, back, bias = (Symbol(letter, sub=("h",)) for letter in "WUb")
    if biases == 2:
        first, second = (Symbol("b", sub=("h", index)) for index in "12")
        inner = add([multiply([weight, X]), first, Hadamard((reset, add([multiply([back, H_BEFORE]), second])))])
    else:
        terms = [multiply([weight, X]), multiply([back, Hadamard((reset, H_BEFORE))])]
        inner = add([*terms, *([bias] if biases else [])])
    return {
        reset: _sigmoid("r", biases),
        keep: _sigmoid("z", biases),
        new: Call("tanh", (inner,)),
        H: add([Hadamard((keep, H_BEFORE)), Hadamard((subtract(ONE, keep), new))]),
    }


def _gru_told(biases: int) -> list[Phrase]:
    reset, keep, new = at_step("r"), at_step("z"), at_step("h", accent="tilde")
    gates: Phrase = ("Two gates ", reset, ", ", keep, " with σ, fed by ", X, " and ", H_BEFORE, ".")
    where: Phrase = (Symbol("U", sub=("h",)), H_BEFORE) if biases == 2 else (H_BEFORE,)
    candidate: Phrase = ("The candidate ", new, " with tanh is fed by ", X, " and by ", reset, " ⊙ ", *where, ".")
    return [
        gates,
        candidate,
        ("The old state by ⊙ with ", keep, " and the candidate by ⊙ with 1 - ", keep, " meet in +."),
    ]


# residual block

_X, _OUT = Symbol("x"), Symbol("H")
RESIDUAL_ENDS: tuple[Phrase, Phrase] = (_X,), (_OUT,)
"""What stands at the input and behind the output of a residual block."""


def is_residual(network: Network) -> bool:
    """Whether a network is one residual block: a path from the input, added to the input or to a shortcut of it."""
    sums = [node for node in network.nodes if isinstance(node.layer, Add)]
    others = [node for node in network.nodes if node not in sums]
    alone = len(sums) == 1 and len(sums[0].sources) == 2 and all(len(node.sources) == 1 for node in others)
    return alone and len(network.nodes) <= 8 and sum(INPUT in node.sources for node in network.nodes) == 2


def residual_formulas(network: Network) -> Found:
    """H = x + F(x), with F written out; the judge knows it layer by layer."""
    x, target = _X, _OUT
    names = _functions(network)
    wires: dict[str, Form] = {INPUT: x}
    whole: dict[str, Form] = {INPUT: x}
    givens = [Given(x, kind="free", shown=False)]
    for place, node in enumerate(network.nodes, 1):
        sources = sorted(node.sources, key=lambda name: name != INPUT)  # as one writes it, x + F(x)
        wires[node.name] = Symbol("v", sub=(str(place),))
        wired = _applied(node, names, [wires[name] for name in sources])
        givens.append(Given(wires[node.name], wired, shown=False))
        whole[node.name] = _applied(node, names, [whole[name] for name in sources])
    last = network.nodes[-1].name
    plus = next(node for node in network.nodes if isinstance(node.layer, Add))
    inner, skip = (_back(network, name) for name in plus.sources)
    givens += [Given(Call("meaning", (target,)), wires[last], shown=False)]
    short = whole[last]
    for letter, name in zip("FS", plus.sources, strict=True):
        if name != INPUT:
            path = Call(letter, (x,))
            givens.append(Given(path, whole[name]))
            short = substituted(short, {whole[name]: path}.get)
    lines = (Line("=", short, ("both paths are added",)), Line("=", whole[last]))
    steps = (
        Step("skip", intro=_skip_words(inner, skip), marks=(Mark(_POINT, "B", ("the arrow of the skip",)),)),
        Step("plus", intro=_plus_words(inner), marks=(Mark(_POINT, "B", ("the node +",)),)),
        Step("block", target, lines, "residual block"),
    )
    return tuple(givens), steps, target


def _back(network: Network, name: str) -> list[str]:
    """The layers from the input to one, in order."""
    found: list[str] = []
    while name != INPUT:
        found.insert(0, name)
        name = network.node(name).sources[0]
    return [each.rsplit(".", 1)[-1] if each.rsplit(".", 1)[-1][0].isalpha() else each for each in found]


def _functions(network: Network) -> dict[str, str]:
    """The layers as functions: by their own names where these are short words with a number, else F_1, F_2."""
    found: dict[str, str] = {}
    for node in network.nodes:
        own = node.name.rsplit(".", 1)[-1]
        usable = own.isalnum() and own[0].isalpha() and own not in found.values() and own not in ("x", "H", "v")
        found[node.name] = own if usable else f"F{len(found) + 1}"
    return found


def _applied(node: Node, names: dict[str, str], args: Iterable[Form]) -> Form:
    if isinstance(node.layer, Add):
        return add(args)
    known = node.layer.kind in ("relu", "sigmoid", "tanh")
    return Call(node.layer.kind if known else names[node.name], tuple(args))


def _skip_words(inner: list[str], skip: list[str]) -> Phrase:
    if skip:
        return (f"The shortcut leads from the input through {joined(skip)} to the node +, past {joined(inner)}.",)
    return (f"The skip arrow leads from the input to the node +, past {joined(inner)}.",)


def _plus_words(inner: list[str]) -> Phrase:
    return (f"The node + stands behind {inner[-1]}, the last layer of the block.",)
