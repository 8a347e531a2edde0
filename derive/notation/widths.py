"""How wide a form is when it is printed, in em of the text size: an estimate that errs on the wide side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.notation import form as f
from derive.notation.connectives import connective, is_chain
from derive.notation.form import Form, children, walk
from derive.notation.symbols import GREEK

EM_CM = 0.385
"""One em of the 11 pt text in centimetres."""

_DIGIT, _BRACKETS, _BINARY, _COMMA, _SMALL = 0.5, 0.8, 1.25, 0.5, 0.72
_WORDS = {
    "sigmoid": 0.6, "relu": 2.3, "exp": 0.45, "infinity": 1.0, "infimum": 1.2, "supremum": 1.5,
    "eigmax": 2.0, "eigmin": 2.0, "max_pool2d": 4.0, "avg_pool2d": 4.0,
}  # fmt: skip
_Widths = dict[int, float]


def _number(node: f.Number, w: _Widths) -> float:
    whole = node.text.split(".")[0]
    return _DIGIT * len(node.text) - 0.22 * ("." in node.text) + 0.17 * ((len(whole) - 1) // 3)


def _symbol(node: f.Symbol, w: _Widths) -> float:
    base = 0.62 if len(node.base) == 1 or not node.base.isascii() or node.base in _GREEK else 0.52 * len(node.base)
    below = sum(0.4 * (1 if piece in _GREEK else len(piece)) for piece in node.sub) + 0.2 * max(0, len(node.sub) - 1)
    above = 0.4 * (len(node.sup) + 1.4) if node.sup else 0.0
    return base + max(below, above)


def _bracketed(node: Form, w: _Widths) -> float:
    needs = isinstance(node, f.Sum | f.Neg | f.BigSum)
    return w[id(node)] + (_BRACKETS if needs else 0.0)


def _product(node: f.Product, w: _Widths) -> float:
    dots = sum(isinstance(right, f.Number | f.Neg | f.Power | f.Product) for right in node.factors[1:])
    return sum(_bracketed(factor, w) for factor in node.factors) + 0.17 * len(node.factors) + 0.6 * dots


def _logic(sign: str, node: f.Call, w: _Widths) -> float:
    """A sign in front of its only form, or between forms, of which those that hold others in a row are bracketed."""
    joined = [w[id(arg)] + (_BRACKETS if is_chain(arg) else 0.0) for arg in node.args]
    return sum(joined) + (0.8 if len(joined) == 1 else (0.8 + 0.45 * len(sign)) * (len(joined) - 1))


def _call(node: f.Call, w: _Widths) -> float:
    if logic := connective(node):
        return _logic(logic.plain, node, w)
    inside = sum(w[id(arg)] for arg in node.args) + _COMMA * max(0, len(node.args) - 1)
    if node.function == "exp":
        return 0.45 + _SMALL * inside
    name = _WORDS.get(node.function, 0.6 if len(node.function) == 1 else 0.5 * len(node.function))
    index = sum(_SMALL * (0.5 * len(key) + 1.1 + w[id(value)]) for key, value in node.params)
    return name + 0.25 * node.primes + index + (inside + _BRACKETS if node.args else 0.0)


def _matrix(node: f.Matrix, w: _Widths) -> float:
    columns = zip(*node.rows, strict=False)
    return sum(max(w[id(entry)] for entry in column) + 0.95 for column in columns) + 0.9


def _cases(node: f.Cases, w: _Widths) -> float:
    values = max(w[id(value)] for value, _ in node.branches)
    return values + max(w[id(test)] if test else 4.0 for _, test in node.branches) + 2.5


def _derivative(node: f.Derivative, w: _Widths) -> float:
    held = sum(_SMALL * w[id(name)] for name in node.held) + (_BRACKETS if node.held else 0.0)
    bottom = sum(w[id(name)] + 0.65 for name in node.wrt)
    if isinstance(node.of, f.Symbol):
        return max(w[id(node.of)] + 0.65, bottom) + 0.25 + held
    return bottom + 0.25 + w[id(node.of)] + _BRACKETS + held


def _at(node: f.At, w: _Widths) -> float:
    index = sum(w[id(name)] + w[id(value)] + 1.2 for name, value in node.bindings)
    return w[id(node.form)] + 0.4 + _SMALL * index


def _listed(gap: float, extra: float) -> Callable[[Any, _Widths], float]:
    """Everything inside side by side, `gap` between neighbours and `extra` in all."""

    def width(node: Form, w: _Widths) -> float:
        inside = [w[id(child)] for child in children(node)]
        return sum(inside) + gap * max(0, len(inside) - 1) + extra

    return width


_GREEK = frozenset(GREEK)
_RULES: dict[type, Callable[[Any, _Widths], float]] = {
    f.Number: _number,
    f.Symbol: _symbol,
    f.Neg: lambda n, w: 0.8 + _bracketed(n.arg, w),
    f.Sum: lambda n, w: sum(_bracketed(t, w) for t in n.terms) + _BINARY * (len(n.terms) - 1),
    f.Product: _product,
    f.Hadamard: _listed(_BINARY, 0.0),
    f.Frac: lambda n, w: max(w[id(n.top)], w[id(n.bottom)]) + 0.25,
    f.Power: lambda n, w: _bracketed(n.base, w) + _SMALL * w[id(n.exponent)] + 0.1,
    f.Root: lambda n, w: w[id(n.arg)] + 0.9,
    f.Call: _call,
    f.Fence: _listed(0.0, 0.9),
    f.Relation: _listed(1.35, 0.0),
    f.Indicator: _listed(0.0, 1.1),
    f.Matrix: _matrix,
    f.Tuple: _listed(_COMMA, _BRACKETS),
    f.Cases: _cases,
    f.Derivative: _derivative,
    f.At: _at,
    f.Transpose: lambda n, w: _bracketed(n.arg, w) + 0.6,
    f.BigSum: lambda n, w: w[id(n.body)] + 1.7,
    f.Shape: _listed(_BINARY, 0.0),
    f.Underbrace: lambda n, w: max(w[id(n.arg)], 0.36 * len(n.label)),
    f.Text: lambda n, w: 0.5 * len(n.text),
}


def width(form: Form) -> float:
    """The estimated width of a form in em; every node is met once, without recursion."""
    widths: _Widths = {}
    for node in reversed(list(walk(form))):
        widths[id(node)] = _RULES.get(type(node), _listed(0.3, 1.0))(node, widths)
    return widths[id(form)]


def inline_width(form: Form) -> float:
    """The estimated width of a form in a sentence or a cell, where a derivative of a name has a slash for its bar."""
    return width(form) + sum(_slashed(node) for node in walk(form) if isinstance(node, f.Derivative))


def _slashed(node: f.Derivative) -> float:
    """How much wider a derivative is on one line; a product sets a dot beside it there."""
    if not isinstance(node.of, f.Symbol):
        return 0.0
    brackets = _BRACKETS if len(set(node.wrt)) > 1 else 0.0
    return min(width(node.of), sum(map(width, node.wrt))) + 1.45 + brackets


def text_width(text: str) -> float:
    """The estimated width of plain text in em."""
    return 0.47 * len(text)


def phrase_width(phrase: tuple[str | Form, ...]) -> float:
    """The estimated width of a phrase in em."""
    return sum(text_width(piece) if isinstance(piece, str) else width(piece) for piece in phrase)


def is_large(form: Form) -> bool:
    """Whether a form is taller than a line of text can bear: it holds a matrix of several rows, or cases."""
    return any(isinstance(node, f.Cases) or (isinstance(node, f.Matrix) and len(node.rows) > 1) for node in walk(form))


def is_tall(form: Form) -> bool:
    """Whether a form needs more height than a line of text, derivatives of names left out: they stand on one line."""
    return any(isinstance(node, f.Frac | f.Matrix | f.Cases | f.BigSum | f.Underbrace) for node in walk(form))
