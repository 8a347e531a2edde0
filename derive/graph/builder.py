"""From written forms to nodes of a program: names are looked up, operations found in the tables, arrays spread out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.errors import InputError, UnknownName
from derive.graph.array_table import ARRAY_OPERATIONS
from derive.graph.arrays import (
    Array,
    Shape,
    Value,
    elementwise,
    matmul,
    reshape,
    shape_of,
    transpose,
    written,
)
from derive.graph.operations import OPERATIONS
from derive.graph.program import Program
from derive.notation.arrays import items
from derive.notation.form import (
    PI,
    BigSum,
    Call,
    Cases,
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
    Sum,
    Symbol,
    Transpose,
    Tuple,
    Underbrace,
)
from derive.notation.names import arrays_of
from derive.notation.symbols import symbol_name
from derive.notation.text import read
from derive.notation.unrolled import indexed, substituted

VARIADIC = ("max", "min")
MOST_TERMS = 4096


class Builder:
    """Makes nodes in one program. `scope` holds what each name stands for, `blocks` the names of abstract functions."""

    def __init__(self, program: Program, scope: Mapping[Symbol, Value], blocks: Collection[str] = ()) -> None:
        self.program = program
        self.scope = scope
        self.blocks = blocks

    def build(self, form: Form) -> Value:
        """The node, or the array of nodes, of a form.

        Raises:
            UnknownName: a name or an operation that is not known.
            InputError: shapes that do not fit.
        """
        p = self.program
        match form:
            case Number(text):
                return p.constant(Fraction(text))
            case Symbol():
                return self._name(form)
            case Neg(arg):
                return elementwise(p.neg, self.build(arg))
            case Sum(terms, minus):
                return self._sum(terms, minus)
            case Product(factors):
                return reduce(lambda a, b: matmul(p, a, b), map(self.build, factors))
            case Hadamard(factors):
                return reduce(lambda a, b: elementwise(p.mul, a, b), map(self.build, factors))
            case Frac(top, bottom):
                return self._quotient(top, bottom)
            case Power(base, exponent):
                return elementwise(p.pow, self.build(base), self.build(exponent))
            case Root(arg, 2):
                return elementwise(lambda a: p.node("sqrt", a), self.build(arg))
            case Fence("abs", arg):
                return elementwise(lambda a: p.node("abs", a), self.build(arg))
            case Transpose(arg):
                return transpose(p, self.build(arg))
            case Underbrace(arg, _):
                return self.build(arg)
            case Indicator(condition):
                if condition.op == ">" and condition.right == Number("0"):
                    return elementwise(lambda a: p.node("step", a), self.build(condition.left))
            case Cases(branches):
                return self._cases(branches)
            case BigSum():
                return self._big_sum(form)
            case Matrix() | Tuple():
                return self._literal(form)
            case Call():
                return self._call(form)
        raise InputError(f"a {type(form).__name__.lower()} cannot stand in a graph")

    def _name(self, symbol: Symbol) -> Value:
        if symbol == PI:
            return self.program.node("pi")
        if symbol in self.scope:
            return self.scope[symbol]
        entry = entry_of(symbol, self.scope)
        if entry is None:
            raise UnknownName("name", symbol_name(symbol), map(symbol_name, self.scope))
        return entry

    def _sum(self, terms: tuple[Form, ...], minus: tuple[bool, ...]) -> Value:
        p = self.program
        total = self.build(terms[0])
        for term, taken in zip(terms[1:], minus[1:], strict=True):
            total = elementwise(p.sub if taken else p.add, total, self.build(term))
        return total

    def _big_sum(self, form: BigSum) -> Value:
        """Σ of the body for every whole number between the bounds, which the index stands for."""
        p, low, high = self.program, _whole(form.lower, "a bound"), _whole(form.upper, "a bound")
        if high - low >= MOST_TERMS:
            raise InputError(f"a sum of more than {MOST_TERMS} terms")
        terms = [self.build(_term(form, k)) for k in range(low, high + 1)]
        return reduce(lambda a, b: elementwise(p.add, a, b), terms) if terms else p.zero

    def _cases(self, branches: tuple[tuple[Form, Relation | None], ...]) -> Value:
        """The value of the first branch whose condition holds."""
        (value, condition), *others = branches
        if condition is None:
            return self.build(value)
        if not others:
            raise InputError("the last case has a condition: say what holds otherwise")
        parts = (self.build(condition.left), self.build(condition.right), self.build(value), self._cases((*others,)))
        return elementwise(lambda *xs: self.program.where(condition.op, *xs), *parts)

    def _quotient(self, top: Form, bottom: Form) -> Value:
        """top/bottom; over 1 + exp(u) it is σ(u) where the top is exp(u), else top · σ(-u): its derivative is short."""
        p = self.program
        match bottom:
            case Sum((Number("1"), Call("exp", (u,), 0) as power), (False, False)):
                inner = self.build(u)
            case Sum((Call("exp", (u,), 0) as power, Number("1")), (False, False)):
                inner = self.build(u)
            case _:
                return elementwise(p.div, self.build(top), self.build(bottom))
        if top == power:
            return elementwise(lambda a: p.node("sigmoid", a), inner)
        return elementwise(p.mul, self.build(top), elementwise(lambda a: p.node("sigmoid", p.neg(a)), inner))

    def _literal(self, form: Matrix | Tuple) -> Value:
        if isinstance(form, Matrix):
            shape: Shape = (len(form.rows), len(form.rows[0]))
            parts = [self.build(entry) for row in form.rows for entry in row]
        else:
            parts = [self.build(item) for item in form.items]
            shape = (len(parts),)
        inner = {shape_of(part) for part in parts}
        if len(inner) != 1:
            raise InputError(f"entries of unlike shapes: {' and '.join(written(s) for s in sorted(inner))}")
        nodes = sum(map(items, parts), ())
        return Array((*shape, *inner.pop()), nodes)

    def _call(self, form: Call) -> Value:
        name, p = form.function, self.program
        args = [self.build(arg) for arg in form.args]
        if name in self.blocks:
            return elementwise(lambda *xs: p.node(("block", name, form.primes), *xs), *args)
        if form.primes:
            if name == "relu" and form.primes == 1:
                return elementwise(lambda a: p.node("step", a), *args)
            raise InputError(f"the derivative {name}' cannot stand in a graph")
        if name == "reshape":
            return reshape(p, args[0], *(_whole(arg, "a size") for arg in form.args[1:]))
        if name in ARRAY_OPERATIONS:
            return self._array_call(form, args)
        if name not in OPERATIONS:
            raise UnknownName("operation", name, {*OPERATIONS, *ARRAY_OPERATIONS, *self.blocks})
        return self._scalar_call(form, args)

    def _scalar_call(self, form: Call, args: list[Value]) -> Value:
        name, p = form.function, self.program
        entry = OPERATIONS[name]
        params = dict(form.params)
        names = entry.names.split()
        optional = dict(zip(names[len(names) - len(entry.defaults) :], entry.defaults, strict=True))
        for setting in names[len(args) :]:
            if setting in optional:
                args = [*args, self.build(params.pop(setting, read(optional[setting])))]
        if params:
            raise UnknownName(f"setting of {name}", next(iter(params)), optional)
        if names and len(args) != len(names):
            raise InputError(f"{name} takes {len(names)} argument(s), {len(args)} given")
        return elementwise(lambda *xs: p.node(name, *xs), *args)

    def _array_call(self, form: Call, args: list[Value]) -> Value:
        entry = ARRAY_OPERATIONS[form.function]
        settings = {}
        for key, value in form.params:
            if key not in entry.settings:
                raise UnknownName(f"setting of {entry.name}", key, entry.settings)
            settings["p_" if key == "p" else key] = _setting(value, key, NESTED.get(key, 1))
        if entry.name not in (*VARIADIC, "concat") and len(args) != len(entry.example):
            raise InputError(f"{entry.name} takes {len(entry.example)} argument(s), {len(args)} given")
        return entry.expand(self.program, *args, **settings)


def _term(form: BigSum, k: int) -> Form:
    """The body of a sum where its index is k, as a number and as an index."""
    body = indexed(form.body, form.index.base, k)
    return substituted(body, lambda part: Number(str(k)) if part == form.index else None)


def entry_of(symbol: Symbol, known: Mapping[Symbol, Value]) -> int | None:
    """The node of an entry of a known array: W_1_2 is that of W in row 1 and column 2."""
    for root, place in arrays_of(symbol):
        array = known.get(root)
        if not isinstance(array, Array) or not all(piece.isdigit() for piece in place):
            continue
        at = tuple(int(piece) - 1 for piece in place)
        if len(at) == 1 and len(array.shape) == 2 and 1 in array.shape:  # of a row or a column one index says enough
            at = (*at, 0) if array.shape[1] == 1 else (0, *at)
        if len(at) == len(array.shape) and all(0 <= k < side for k, side in zip(at, array.shape, strict=True)):
            return array[at]
    return None


NESTED = {"padding": 2, "p": 2, "inside": 0}
"""How deep a setting may be nested: paddings as (before, after) for each side, others as a number for each side."""


def _setting(form: Form, what: str, deep: int) -> Any:
    """A whole number, or a pair of settings."""
    if isinstance(form, Tuple) and len(form.items) == 2 and deep:
        return tuple(_setting(item, what, deep - 1) for item in form.items)
    return _whole(form, what)


def _whole(form: Form, what: str) -> int:
    if isinstance(form, Number) and form.text.isdigit():
        return int(form.text)
    raise InputError(f"{what} must be a whole number")
