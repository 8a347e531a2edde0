"""A form unrolled into a flat program: one instruction a node, operands before what is done to them.

Only parts that must not be evaluated unasked (the branches of cases, the body of a sum) are programs of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

from derive.notation import arrays
from derive.notation.arrays import Array, Value, each, items, pairwise, stack
from derive.notation.branches import Branches
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
    Frac,
    Hadamard,
    Indicator,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Shape,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Underbrace,
    children,
    rebuild,
)
from derive.notation.meanings import MEANINGS
from derive.notation.reals import Undefined
from derive.notation.use import Use

if TYPE_CHECKING:
    from derive.notation.value import Evaluator

MAX_TERMS = 100_000

Handler = Callable[["Evaluator", Any, list[Value]], Value]
Code = tuple[tuple[Handler, Form, int], ...]
"""A form unrolled: what to do, at which node, and how many values to take from the stack."""


def compiled(form: Form, given: Callable[[Form], bool] | None = None) -> Code:
    """The form unrolled: operands before what is done to them. Forms that are `given` are looked up whole."""
    code: list[tuple[Handler, Form, int]] = []
    stack: list[tuple[Form, bool]] = [(form, False)]
    while stack:
        node, opened = stack.pop()
        kind = type(node)
        if given is not None and given(node):
            code.append((_asked, node, 0))
        elif kind in _LAZY or (kind is Call and not _has_meaning(node)):
            code.append((_LAZY.get(kind, _asked), node, 0))
        elif opened:
            code.append((_EAGER[kind], node, len(children(node))))
        else:
            stack.append((node, True))
            stack += [(child, False) for child in reversed(children(node))]
    return tuple(code)


def _has_meaning(node: Form) -> bool:
    return isinstance(node, Call) and node.function in MEANINGS and not node.primes and bool(node.args)


def substituted(form: Form, change: Callable[[Form], Form | None]) -> Form:
    """The form with every part for which `change` gives another one replaced by it, outermost first."""
    new = change(form)
    return rebuild(form, lambda child: substituted(child, change)) if new is None else new


@lru_cache(maxsize=4096)
def _fraction(text: str) -> Fraction:
    return Fraction(text)


def _number(evaluator: Evaluator, node: Number, _: list[Value]) -> Value:
    return _fraction(node.text) if evaluator.exact else evaluator.reals.literal(node.text)


def _asked(evaluator: Evaluator, node: Form, _: list[Value]) -> Value:
    return evaluator.ask(node)


def _sum(evaluator: Evaluator, node: Sum, args: list[Value]) -> Value:
    r = evaluator.reals
    total = args[0]
    for term, minus in zip(args[1:], node.minus[1:], strict=True):
        total = pairwise(r.minus if minus else r.plus, total, term)
    return total


def _product(evaluator: Evaluator, node: Product, args: list[Value]) -> Value:
    if not any(isinstance(arg, Array) for arg in args) and any(not arg for arg in args):
        return Fraction(0)
    return reduce(lambda a, b: arrays.times(evaluator.reals, a, b), args)


def _hadamard(evaluator: Evaluator, node: Hadamard, args: list[Value]) -> Value:
    return reduce(lambda a, b: pairwise(evaluator.reals.times, a, b), args)


def _frac(evaluator: Evaluator, node: Frac, args: list[Value]) -> Value:
    return pairwise(evaluator.reals.over, *args)


def _power(evaluator: Evaluator, node: Power, args: list[Value]) -> Value:
    return pairwise(evaluator.reals.power, *args)


def _root(evaluator: Evaluator, node: Root, args: list[Value]) -> Value:
    return each(lambda x: evaluator.reals.root(x, node.degree), args[0])


def _call(evaluator: Evaluator, node: Call, args: list[Value]) -> Value:
    count = len(node.args)
    params = dict(zip((name for name, _ in node.params), args[count:], strict=True))
    literal = [isinstance(arg.arg if isinstance(arg, Neg) else arg, Number) for arg in node.args]
    return MEANINGS[node.function](Use(evaluator.reals, evaluator.branches, params, literal), args[:count])


def _fence(evaluator: Evaluator, node: Fence, args: list[Value]) -> Value:
    if node.kind == "norm":
        squares = [evaluator.reals.times(x, x) for x in items(args[0])]
        return evaluator.reals.root(reduce(evaluator.reals.plus, squares))
    return each(_FENCES[node.kind].__get__(evaluator), args[0])


def _absolute(evaluator: Evaluator, x: Any) -> Any:
    side = evaluator.branches.choose(lambda: (x > 0) - (x < 0))
    return x if side > 0 else -x if side < 0 else Fraction(0)


def _floor(evaluator: Evaluator, x: Any) -> Any:
    r = evaluator.reals
    return evaluator.branches.choose(lambda: Fraction(x // 1 if isinstance(x, Fraction) else int(r.context.floor(x))))


def _ceil(evaluator: Evaluator, x: Any) -> Any:
    return -_floor(evaluator, -x)


_FENCES: dict[str, Any] = {"abs": _absolute, "floor": _floor, "ceil": _ceil}


def _relation(evaluator: Evaluator, node: Relation, args: list[Value]) -> bool:
    left, right = args
    r = evaluator.reals
    if node.op == "≈":
        raise Undefined("an approximate relation is neither true nor false")
    if isinstance(left, Array) or isinstance(right, Array):
        raise Undefined("arrays are not compared in a condition")
    return _RELATIONS[node.op](r.less(left, right), r.equal(left, right))


_RELATIONS: dict[str, Callable[[bool, bool], bool]] = {
    "=": lambda less, equal: equal,
    "≠": lambda less, equal: not equal,
    "<": lambda less, equal: less,
    "≤": lambda less, equal: less or equal,
    ">": lambda less, equal: not (less or equal),
    "≥": lambda less, equal: not less,
}


def _indicator(evaluator: Evaluator, node: Indicator, args: list[Value]) -> Value:
    return Fraction(evaluator.branches.choose(lambda: int(args[0])))


def _matrix(evaluator: Evaluator, node: Matrix, args: list[Value]) -> Value:
    if any(isinstance(arg, (Array, str, tuple)) for arg in args):
        raise Undefined("the entries of a matrix are numbers")
    rows, columns = len(node.rows), len(node.rows[0])
    if rows * columns != len(args):
        raise Undefined("the rows of a matrix have different lengths")
    return Array((rows, columns), tuple(args))


def _at(evaluator: Evaluator, node: At, _: list[Value]) -> Value:
    if evaluator.unknown is not None and (value := evaluator.unknown(node)) is not None:
        return value
    return evaluator.within({name: evaluator.value(form) for name, form in node.bindings}).value(node.form)


def _cases(evaluator: Evaluator, node: Cases, _: list[Value]) -> Value:
    def first() -> int:
        test = evaluator.within({})  # the choices in a condition are none of the piece that it chooses
        test.branches = Branches(evaluator.branches.kinks)
        for k, (_, condition) in enumerate(node.branches):
            if condition is None or test.value(condition):
                return k
        raise Undefined("no case holds")

    return evaluator.value(node.branches[evaluator.branches.choose(first)][0])


def _big_sum(evaluator: Evaluator, node: BigSum, _: list[Value]) -> Value:
    bounds = [evaluator.reals.whole(evaluator.value(form)) for form in (node.lower, node.upper)]
    low, high = bounds
    if low is None or high is None:
        raise Undefined("the bounds of a sum are not whole numbers")
    if high - low >= MAX_TERMS:
        raise Undefined("a sum of too many terms")
    total: Value = Fraction(0)
    for k in range(low, high + 1):
        inner = evaluator.within({node.index: Fraction(k)})
        total = pairwise(evaluator.reals.plus, total, inner.value(indexed(node.body, node.index.base, k)))
    return total


def indexed(body: Form, index: str, k: int) -> Form:
    """The body with the index replaced by a number where it stands as an index, as in x_i."""

    def change(form: Form) -> Form | None:
        if not isinstance(form, Symbol) or index not in (*form.sub, form.sup):
            return None
        sub = tuple(str(k) if piece == index else piece for piece in form.sub)
        return Symbol(form.base, form.accent, sub, str(k) if form.sup == index else form.sup, form.bold)

    return substituted(body, change)


_LAZY: dict[type[Form], Handler] = {
    Number: _number,
    Symbol: _asked,
    Derivative: _asked,
    At: _at,
    Cases: _cases,
    BigSum: _big_sum,
    Text: lambda evaluator, node, _: node.text,
}
"""Nodes whose parts are not evaluated before them."""

_EAGER: dict[type[Form], Handler] = {
    Neg: lambda evaluator, node, args: each(lambda x: -x, args[0]),
    Sum: _sum,
    Product: _product,
    Hadamard: _hadamard,
    Frac: _frac,
    Power: _power,
    Root: _root,
    Call: _call,
    Fence: _fence,
    Relation: _relation,
    Indicator: _indicator,
    Matrix: _matrix,
    Tuple: lambda evaluator, node, args: stack(args),
    Shape: lambda evaluator, node, args: stack(args),
    Transpose: lambda evaluator, node, args: arrays.transpose(args[0]),
    Underbrace: lambda evaluator, node, args: args[0],
}
