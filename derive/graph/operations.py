"""The elementary scalar operations: one entry each, with law, value, local derivatives in course form and an example.

A local derivative is a formula in the names of the operands and `y`, the output: `y*(1 - y)` for the sigmoid. It is
read once by the text reader and then makes nodes of a program. Operations of any number of operands (max, softmax)
give a function for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from derive.errors import UnknownName
from derive.graph import arithmetic as real
from derive.graph.arithmetic import MP, Real
from derive.graph.program import Key, Local, Program
from derive.notation.form import Call, Form, Frac, Neg, Number, Power, Product, Root, Sum, Symbol
from derive.notation.text import read

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Operation:
    """An elementary operation.

    Attributes:
        name: what an expression calls it.
        names: of its operands, as the law and the local derivatives use them; empty for any number of operands.
        law: its definition, as text.
        value: its exact or 50-digit value from values of the operands.
        local: ∂y/∂operand for each operand, as text; or a function (position, count) -> Local.
        rule: the law of its derivative as a sheet quotes it, as text; empty for arithmetic that needs no quoting.
        example: operands at which the tests compare it with finite differences.
        defaults: texts of the last operands, which may be left out or given by name, as in leaky_relu(x, alpha=0.1).
        activation: whether solutions name its argument, as a pre-activation.
    """

    name: str
    names: str
    law: str
    value: Callable[..., Real]
    local: tuple[str, ...] | Callable[[int, int], Local]
    rule: str = ""
    example: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    activation: bool = False


def _step(x: Real) -> Real:
    return ONE if x > 0 else ZERO


def _sign(x: Real) -> Real:
    return ONE if x > 0 else -ONE if x < 0 else ZERO


def _sigmoid(x: Real) -> Real:
    return HALF if x == 0 else real.div(ONE, 1 + real.exp(-x))


def _tanh(x: Real) -> Real:
    return ZERO if x == 0 else MP.tanh(MP.convert(x))


def _gelu(x: Real) -> Real:
    return x * _normal_cdf(x)


def _normal_cdf(x: Real) -> Real:
    return HALF if x == 0 else MP.ncdf(MP.convert(x))


def _normal_pdf(x: Real) -> Real:
    return MP.npdf(MP.convert(x))


def _leaky_relu(x: Real, a: Real) -> Real:
    return x if x > 0 else a * x


def _winner(position: int, *xs: Real) -> Real:
    best = real.largest(xs)
    return ONE if position == next(i for i, x in enumerate(xs) if real.equal(x, best)) else ZERO


def _softmax(position: int, *xs: Real) -> Real:
    if all(x == xs[0] for x in xs):
        return Fraction(1, len(xs))
    top = real.largest(xs)
    powers = [real.exp(real.sub(x, top)) for x in xs]
    return real.div(powers[position], sum(powers))


def _max_local(position: int, count: int) -> Local:
    return lambda p, y, xs: p.node(("winner", position), *xs)


def _min_local(position: int, count: int) -> Local:
    return lambda p, y, xs: p.node(("winner", position), *(p.neg(x) for x in xs))


def _where(relation: str, left: Real, right: Real, value: Real, other: Real) -> Real:
    return value if real.related(relation, left, right) else other


def _where_local(position: int, count: int) -> Local:
    """1 for the value that is taken; the condition has no slope."""
    if position < 2:
        return lambda p, y, xs: p.zero
    branches = (lambda p: (p.one, p.zero)) if position == 2 else (lambda p: (p.zero, p.one))
    return lambda p, y, xs: p.where(p.ops[y][1], xs[0], xs[1], *branches(p))


def _no_local(position: int, count: int) -> Local:
    return lambda p, y, xs: p.zero


TABLE: tuple[Operation, ...] = (
    Operation("add", "a b", "a + b", lambda a, b: a + b, ("1", "1"), example=("2", "-3")),
    Operation("sub", "a b", "a - b", real.sub, ("1", "-1"), example=("2", "-3")),
    Operation("neg", "a", "-a", lambda a: -a, ("-1",), example=("2",)),
    Operation("mul", "a b", "a*b", real.mul, ("b", "a"), example=("2", "-3")),
    Operation("div", "a b", "a/b", real.div, ("1/b", "-a/b**2"), example=("2", "-3")),
    Operation("pow", "a b", "a**b", real.power, ("b*a**(b - 1)", "y*log(a)"), "power rule", ("1.5", "3")),
    Operation("exp", "x", "exp(x)", real.exp, ("y",), "derivative of exp", ("0.3",)),
    Operation("log", "x", "log(x)", real.log, ("1/x",), "derivative of log", ("0.3",)),
    Operation("sqrt", "x", "sqrt(x)", real.sqrt, ("1/(2*y)",), "derivative of the root", ("2.3",)),
    Operation("sin", "x", "sin(x)", lambda x: MP.sin(MP.convert(x)), ("cos(x)",), "sin' = cos", ("0.3",)),
    Operation("cos", "x", "cos(x)", lambda x: MP.cos(MP.convert(x)), ("-sin(x)",), "cos' = -sin", ("0.3",)),
    Operation("abs", "x", "abs(x)", abs, ("sign(x)",), "|x|' = sign x", ("-0.7",)),
    Operation("sign", "x", "sign(x)", _sign, ("0",), example=("-0.7",)),
    Operation("sigmoid", "x", "1/(1 + exp(-x))", _sigmoid, ("y*(1 - y)",), "σ' = σ(1 - σ)", ("-0.4",), activation=True),
    Operation("tanh", "x", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", _tanh, ("1 - y**2",),
              "tanh' = 1 - tanh²", ("0.6",), activation=True),
    Operation("relu", "x", "max(0, x)", lambda x: x if x > 0 else ZERO, ("step(x)",),
              "ReLU'", ("0.8",), activation=True),
    Operation("step", "x", "indicator(x > 0)", _step, ("0",), example=("0.8",)),
    Operation(
        "leaky_relu", "x alpha", "max(x, alpha*x)", _leaky_relu,
        ("step(x) + alpha*(1 - step(x))", "x*(1 - step(x))"),
        "slope 1 for x > 0, else alpha", ("-0.8", "0.1"), ("0.01",), True,
    ),
    Operation("softplus", "x", "log(1 + exp(x))", lambda x: real.log(1 + real.exp(x)), ("sigmoid(x)",),
              "softplus' = σ", ("0.4",), activation=True),
    Operation("gelu", "x", "x*normal_cdf(x)", _gelu, ("normal_cdf(x) + x*normal_pdf(x)",),
              "product rule", ("0.7",), activation=True),
    Operation("normal_cdf", "x", "normal_cdf(x)", _normal_cdf, ("normal_pdf(x)",), "Φ' = φ", ("0.7",)),
    Operation("normal_pdf", "x", "exp(-x**2/2)/sqrt(2*pi)", _normal_pdf, ("-x*y",), "φ' = -xφ", ("0.7",)),
    Operation("max", "", "max(x1, x2)", lambda *xs: real.largest(xs), _max_local,
              "the winner takes the gradient", ("1", "3")),
    Operation("min", "", "min(x1, x2)", lambda *xs: -real.largest([-x for x in xs]), _min_local,
              "the winner takes the gradient", ("1", "3")),
    Operation("winner", "", "indicator(x1 = max)", _winner, _no_local),
    Operation("where", "", "x3 where x1 and x2 are so related, else x4", _where, _where_local,
              example=("0.3", "-1.2", "2", "0.7")),
    Operation("softmax", "", "exp(x1)/(exp(x1) + exp(x2))", _softmax, lambda position, count: _softmax_local(position)),
    Operation("log_softmax", "", "log(softmax(x1))", lambda i, *xs: real.log(_softmax(i, *xs)),
              lambda position, count: _log_softmax_local(position)),
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {entry.name: entry for entry in TABLE}
ACTIVATIONS: tuple[str, ...] = tuple(entry.name for entry in TABLE if entry.activation)


def _softmax_local(position: int) -> Local:
    """∂s_i/∂x_k = s_i (1[i = k] - s_k)."""

    def local(p: Program, y: int, xs: tuple[int, ...]) -> int:
        mine = p.ops[y][1]
        other = p.node(("softmax", position), *xs)
        return p.mul(y, p.sub(p.one, y)) if mine == position else p.neg(p.mul(y, other))

    return local


def _log_softmax_local(position: int) -> Local:
    """∂log s_i/∂x_k = 1[i = k] - s_k."""

    def local(p: Program, y: int, xs: tuple[int, ...]) -> int:
        share = p.node(("softmax", position), *xs)
        return p.sub(p.one, share) if p.ops[y][1] == position else p.neg(share)

    return local


def operation(key: Key) -> Operation:
    """The entry of an operation; UnknownName where there is none."""
    name = key if isinstance(key, str) else key[0]
    if name not in OPERATIONS:
        raise UnknownName("operation", name, OPERATIONS)
    return OPERATIONS[name]


def _derivative_of_block(name: str, primes: int) -> tuple[Local, ...]:
    return (lambda p, y, xs: p.node(("block", name, primes + 1), *xs),)


@lru_cache(maxsize=None)
def locals_of(key: Key, count: int) -> tuple[Local, ...]:
    """The local derivatives of an operation of `count` operands, one for each, as makers of nodes."""
    if not isinstance(key, str):
        if key[0] == "block":
            return _derivative_of_block(key[1], key[2])
        if key[0] in ("input", "constant"):
            return ()
    entry = operation(key)
    if callable(entry.local):
        return tuple(entry.local(position, count) for position in range(count))
    return tuple(_compiled(text, tuple(entry.names.split())) for text in entry.local)


Maker = Callable[[Program, int, tuple[int, ...]], int]


def _compiled(text: str, names: tuple[str, ...]) -> Maker:
    return maker(read(text, functions=OPERATIONS), names)


def maker(form: Form, names: tuple[str, ...]) -> Maker:
    """A function that makes the nodes of a small formula, given the output `y` and the operands by their names."""

    def many(forms: tuple[Form, ...]) -> list[Maker]:
        return [maker(part, names) for part in forms]

    match form:
        case Number(text):
            value = Fraction(text)
            return lambda p, y, xs: p.constant(value)
        case Symbol("y", "", (), ""):
            return lambda p, y, xs: y
        case Symbol(base):
            k = names.index(base)
            return lambda p, y, xs: xs[k]
        case Neg(arg):
            inner = maker(arg, names)
            return lambda p, y, xs: p.neg(inner(p, y, xs))
        case Sum(terms, minus):
            makers = many(terms)
            return lambda p, y, xs: p_sum(p, [m(p, y, xs) for m in makers], minus)
        case Product((left, right)):
            a, b = maker(left, names), maker(right, names)
            return lambda p, y, xs: p.mul(a(p, y, xs), b(p, y, xs))
        case Frac(left, right):
            a, b = maker(left, names), maker(right, names)
            return lambda p, y, xs: p.div(a(p, y, xs), b(p, y, xs))
        case Power(left, right):
            a, b = maker(left, names), maker(right, names)
            return lambda p, y, xs: p.pow(a(p, y, xs), b(p, y, xs))
        case Root(arg):
            a = maker(arg, names)
            return lambda p, y, xs: p.node("sqrt", a(p, y, xs))
        case Call(function, args):
            makers = many(args)
            return lambda p, y, xs: p.node(function, *(m(p, y, xs) for m in makers))
    raise UnknownName("form in a local derivative", type(form).__name__, ["+", "-", "*", "/", "**", "call"])


def p_sum(p: Program, terms: list[int], minus: tuple[bool, ...] | Any) -> int:
    """The node of a signed sum."""
    total = p.neg(terms[0]) if minus[0] else terms[0]
    for term, taken in zip(terms[1:], minus[1:], strict=True):
        total = p.sub(total, term) if taken else p.add(total, term)
    return total
