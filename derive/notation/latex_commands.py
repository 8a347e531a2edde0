"""The commands and environments that the LaTeX reader knows: one entry in COMMANDS adds one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.notation.form import (
    BigSum,
    Cases,
    Derivative,
    Form,
    Frac,
    Indicator,
    Matrix,
    Number,
    Power,
    Relation,
    Root,
    Symbol,
    Underbrace,
)
from derive.notation.latex_tokens import plain_words

if TYPE_CHECKING:
    from derive.notation.latex_reader import Reader

_MATRICES = frozenset(("pmatrix", "bmatrix", "matrix", "smallmatrix", "array"))
_CONDITION_BRACKETS = {"[": "]", "(": ")", r"\{": r"\}"}
_CASES = frozenset(("cases", "dcases"))


def _fraction(reader: Reader) -> Form:
    reader.take()
    if _is_differential(reader, reader.i):
        return _derivative(reader)
    top = reader.argument()
    return Frac(top, reader.argument())


# derivatives


def _d_kind(reader: Reader, i: int) -> str:
    """Which d the token with index i is: that of a partial derivative, an upright one, or the plain letter."""
    token = reader.tokens[min(i, len(reader.tokens) - 1)]
    if token.text == r"\partial":
        return "partial"
    if token.text == "d" and token.kind in ("mathrm", "text", "operatorname"):
        return "upright"
    return "letter" if (token.kind, token.text) == ("letter", "d") else ""


def _is_differential(reader: Reader, i: int) -> bool:
    """Whether a fraction's braces, which begin at i, hold a derivative."""
    if reader.sign_at(i) != "{":
        return False
    j = reader.close_of(i)
    if reader.sign_at(j + 1) != "{":
        return False
    top, bottom = _d_kind(reader, i + 1), _d_kind(reader, j + 2)
    if top != "letter" or bottom != "letter":
        return bool(top and bottom)
    return reader.sign_at(i + 2) not in ("_", "'") and reader.sign_at(j + 3) not in ("_", "'", "}", "^")


def _derivative(reader: Reader) -> Form:
    token = reader.token
    reader.expect("{")
    total = _d_kind(reader, reader.i) != "partial"
    reader.take()
    count = _order(reader)
    of = None if reader.sign == "}" else reader.relation()
    reader.expect("}")
    reader.expect("{")
    wrt: list[Form] = []
    while not reader.accept("}"):
        wrt += _differential(reader)
    if len(wrt) != count:
        raise reader.error(f"a derivative of order {count} by {len(wrt)} quantities", token)
    return Derivative(reader.operand() if of is None else of, tuple(wrt), (), total)


def _order(reader: Reader) -> int:
    if not reader.accept("^"):
        return 1
    token = reader.token
    order = reader.argument()
    if not isinstance(order, Number) or not order.text.isdigit():
        raise reader.error("the order of a derivative must be a whole number", token)
    return int(order.text)


def _differential(reader: Reader) -> list[Form]:
    """∂x or ∂x²: x, as often as it says."""
    if not _d_kind(reader, reader.i):
        raise reader.error(f"a differential expected, '{reader.token.text}' found")
    reader.take()
    form = reader.atom()
    return [form] * _order(reader)


def _inline_derivative(reader: Reader) -> Form:
    """∂L/∂w on one line."""
    token = reader.take()
    count = _order(reader)
    of = reader.atom()
    reader.expect("/")
    wrt: list[Form] = []
    if reader.accept("("):
        while not reader.accept(")"):
            wrt += _differential(reader)
    else:
        wrt = _differential(reader)
    if len(wrt) != count:
        raise reader.error(f"a derivative of order {count} by {len(wrt)} quantities", token)
    return Derivative(of, tuple(wrt))


# roots, sums, labels


def _root(reader: Reader) -> Form:
    reader.take()
    if not reader.accept("["):
        return Root(reader.argument())
    (degree,) = reader.items("]")
    arg = reader.argument()
    if isinstance(degree, Number) and degree.text.isdigit():
        return Root(arg, int(degree.text))
    return Power(arg, Frac(Number("1"), degree))


def _big_sum(reader: Reader) -> Form:
    token = reader.take()
    bounds: dict[str, Form] = {}
    while reader.sign in ("_", "^") and reader.sign not in bounds:
        sign = reader.take().text
        bounds[sign] = reader.argument()
    span = bounds.get("_")
    if not isinstance(span, Relation) or not isinstance(span.left, Symbol) or "^" not in bounds:
        raise reader.error("a sum needs an index and both bounds, as in \\sum_{i=1}^{n}", token)
    body, _ = reader.product()
    return BigSum(body, span.left, span.right, bounds["^"])


def _underbrace(reader: Reader) -> Form:
    reader.take()
    arg = reader.argument()
    if not reader.accept("_"):
        return arg
    braced = reader.accept("{")
    label = reader.take()
    if label.kind not in ("text", "textrm", "mathrm"):
        raise reader.error("the label of a brace must be \\text{..}", label)
    if braced:
        reader.expect("}")
    return Underbrace(arg, plain_words(label.text))


def _transparent(reader: Reader) -> Form:
    reader.take()
    return reader.argument()


def read_indicator(reader: Reader) -> Form:
    """The condition of an indicator, whose 1 has been read: in brackets or as an index."""
    token = reader.token
    close = _CONDITION_BRACKETS.get(reader.sign)
    if close:
        reader.take()
    items = reader.items(close) if close else reader.listed()
    if len(items) != 1 or not isinstance(items[0], Relation):
        raise reader.error("a condition expected", token)
    return Indicator(items[0])


def _ones(reader: Reader) -> Form:
    token = reader.take()
    if token.text != "1":
        raise reader.error(f"the set '{token.text}' cannot be read here", token)
    return read_indicator(reader)


# environments


def _environment(reader: Reader) -> Form:
    token = reader.take()
    if token.text in _CASES:
        return _cases(reader)
    if token.text not in _MATRICES:
        raise reader.error(f"the environment '{token.text}' cannot be read here", token)
    if token.text == "array" and reader.sign == "{":
        reader.i = reader.close_of(reader.i) + 1
    rows: list[tuple[Form, ...]] = []
    while reader.token.kind != "end":
        row = [reader.relation()]
        while reader.accept("&"):
            row.append(reader.relation())
        rows.append(tuple(row))
        if not reader.accept(r"\\"):
            break
    if not rows or len({len(row) for row in rows}) != 1:
        raise reader.error("the rows of a matrix differ in length", token)
    _close(reader)
    return Matrix(tuple(rows))


def _close(reader: Reader) -> None:
    if reader.token.kind != "end":
        raise reader.error(f"'{reader.token.text}' cannot be read here")
    reader.take()


def _cases(reader: Reader) -> Form:
    branches: list[tuple[Form, Relation | None]] = []
    while reader.token.kind != "end":
        value = reader.relation()
        reader.accept(",")
        reader.expect("&")
        branches.append((value, _condition(reader)))
        if not reader.accept(r"\\"):
            break
    _close(reader)
    return Cases(tuple(branches))


def _condition(reader: Reader) -> Relation | None:
    token = reader.token
    if token.kind in ("text", "textrm", "mbox"):
        reader.take()
        if token.text.strip(" ,.") in ("otherwise", "else"):
            reader.accept(".")
            return None
    condition = reader.relation()
    if not isinstance(condition, Relation):
        raise reader.error("a condition expected", token)
    return condition


COMMANDS: dict[str, Callable[[Reader], Form]] = {
    **dict.fromkeys((r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"), _fraction),
    **dict.fromkeys((r"\boxed", r"\answer", r"\underline"), _transparent),
    **dict.fromkeys(("mathbb", "mathbbm", "mathds", "mathbf"), _ones),
    r"\partial": _inline_derivative,
    r"\sqrt": _root,
    r"\sum": _big_sum,
    r"\underbrace": _underbrace,
    "begin": _environment,
}
