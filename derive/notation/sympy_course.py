"""SymPy expressions in course form: σ(z)(1 - σ(z)) and not 1/(4 cosh²(z/2)), p - t and not -t + p, one fraction bar.

An expression is taken apart from the outside: a *plan* says which smaller expressions it is made of and how their
forms go together. The walk keeps a stack of its own and meets a shared expression once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal

import sympy
from sympy import Add, Float, Mul, Pow, Rational, S
from sympy.core.function import AppliedUndef

from derive.errors import InputError
from derive.notation.build import ONE, neg, number, scientific
from derive.notation.form import (
    PI,
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
    Frac,
    Indicator,
    Matrix,
    Relation,
    Symbol,
    Tuple,
)
from derive.notation.symbols import GREEK, parse_symbol
from derive.notation.sympy_arithmetic import Plan, add_plan, power_plan, product_plan
from derive.notation.sympy_functions import COURSE_FUNCTIONS, elu, leaky_relu, relu, step

_MARKUP = re.compile(r"[\\{}]")
_GREEK_NAMES = str.maketrans({letter: name for name, letter in GREEK.items()})
_DERIVATIVE_NAME = re.compile(r"d(\w+?)((?:/d\w+)+)")
_DOUBLE_BITS = 53
_EXPONENTS = range(-6, 16)
"""Between these powers of ten a float is written out."""


def from_sympy(value: Any) -> Form:
    """The form of a SymPy expression or matrix, or of a Python number, in course form.

    >>> from sympy import symbols, exp
    >>> from derive.notation.source import write
    >>> x, z = symbols("x z")
    >>> write(from_sympy(1 / (1 + exp(-z)))), write(from_sympy(x**4 - 32 * x**2))
    ('sigmoid(z)', 'x**4 - 32*x**2')

    Raises:
        InputError: the expression holds something that has no written form here; the message names it.
    """
    root = _accepted(value)
    forms: dict[int, Form] = {}
    plans: dict[int, tuple[Any, Plan]] = {}  # the expression is kept, or its id might be taken by another
    stack = [root]
    while stack:
        key = id(stack[-1])
        if key not in plans:
            plans[key] = (stack[-1], plan_of(stack[-1]))
        parts, build = plans[key][1]
        missing = [part for part in parts if id(part) not in forms]
        if missing and key not in forms:
            stack.extend(reversed(missing))
            continue
        stack.pop()
        if key not in forms:
            forms[key] = build(*(forms[id(part)] for part in parts))
    return forms[id(root)]


def _accepted(value: Any) -> Any:
    if isinstance(value, (sympy.Basic, sympy.MatrixBase)):
        return value
    if isinstance(value, (int, float, Fraction)) and not isinstance(value, bool):
        return Float(value) if isinstance(value, float) else Rational(value)
    raise InputError(f"a SymPy expression or a number is needed, not a {type(value).__name__}")


def plan_of(expr: Any) -> Plan:
    """How an expression is taken apart."""
    for kind in type(expr).__mro__:
        if kind in _PLANS:
            return _PLANS[kind](expr)
    if isinstance(expr, sympy.MatrixBase):
        return _matrix(expr)
    raise InputError(f"SymPy's {type(expr).__name__} ({_short(expr)}) has no written form")


def _short(expr: Any) -> str:
    text = str(expr)
    return text if len(text) <= 40 else text[:37] + "..."


# Numbers and names


def _rational(expr: Any) -> Plan:
    return (), lambda: _fraction(expr.p, expr.q)


def _fraction(top: int, bottom: int) -> Form:
    """A fraction stays one: 1/2 is not written 0.5."""
    form = number(abs(top)) if bottom == 1 else Frac(number(abs(top)), number(bottom))
    return neg(form) if top < 0 else form


def _float(expr: Any) -> Plan:
    """The shortest digits of a double; all digits of a longer float."""
    if not expr.is_finite:
        raise InputError(f"{expr} is no number that can be written")
    digits = repr(float(expr)) if expr._prec <= _DOUBLE_BITS else str(expr)
    mantissa, _, exponent = digits.lower().partition("e")
    power = int(exponent or 0)
    if power in _EXPONENTS:
        return (), lambda: number(Fraction(digits))
    form = scientific(mantissa.lstrip("-").removesuffix(".0"), power)
    return (), lambda: neg(form) if mantissa.startswith("-") else form


def _symbol(expr: Any) -> Plan:
    return (), lambda: symbol_of(expr.name)


def symbol_of(name: str) -> Form:
    """The symbol of a SymPy name (`theta_1`, `\\theta_{1}`, `θ_1`), or the derivative that `dL/dw` names."""
    if quotient := _DERIVATIVE_NAME.fullmatch(name):
        by = quotient[2].removeprefix("/d").split("/d")
        return Derivative(parse_symbol(quotient[1]), tuple(map(parse_symbol, by)))
    symbol = parse_symbol(_MARKUP.sub("", name.translate(_GREEK_NAMES)))
    if symbol == PI:
        raise InputError(f"the SymPy symbol {name}: pi is the number π, so take sympy.pi or another name")
    return symbol


def _leaf(form: Form) -> Callable[[Any], Plan]:
    return lambda expr: ((), lambda: form)


# Functions


def _call(name: str) -> Callable[[Any], Plan]:
    return lambda expr: (expr.args, lambda *args: Call(name, args))


def _with_alpha(name: str) -> Callable[[Any], Plan]:
    return lambda expr: (expr.args, lambda x, alpha: Call(name, (x,), 0, (("alpha", alpha),)))


def _fenced(kind: Literal["floor", "ceil", "abs"]) -> Callable[[Any], Plan]:
    return lambda expr: (expr.args, lambda arg: Fence(kind, arg))


def _related(op: Literal["=", "≠", "<", "≤", ">", "≥"]) -> Callable[[Any], Plan]:
    return lambda expr: (expr.args, lambda left, right: Relation(op, left, right))


def _extreme(name: str) -> Callable[[Any], Plan]:
    """max(0, x) is the ReLU; other arguments stand in SymPy's sorted order, numbers first."""

    def plan(expr: Any) -> Plan:
        args = sorted(expr.args, key=sympy.default_sort_key)
        if name == "max" and len(args) == 2 and args[0] is S.Zero:
            return (args[1],), lambda arg: Call("relu", (arg,))
        return args, lambda *forms: Call(name, forms)

    return plan


def _heaviside(expr: Any) -> Plan:
    return (expr.args[0],), lambda arg: Indicator(Relation(">", arg, number(0)))


def _piecewise(expr: Any) -> Plan:
    pairs = [(pair.expr, pair.cond) for pair in expr.args]
    if _is_relu(pairs):
        return (next(value for value, _ in pairs if value is not S.Zero),), lambda arg: Call("relu", (arg,))
    values = [value for value, _ in pairs]
    conditions = [condition for _, condition in pairs if condition is not S.true]
    if values == [S.One, S.Zero] and len(conditions) == 1:
        return conditions, lambda condition: Indicator(_as_relation(condition))

    def build(*forms: Form) -> Form:
        tests = [_as_relation(form) for form in forms[len(values) :]]
        return Cases(tuple(zip(forms, [*tests, *[None] * (len(values) - len(tests))], strict=False)))

    return [*values, *conditions], build


def _as_relation(form: Form) -> Relation:
    if not isinstance(form, Relation):
        raise InputError("a case must be told by one comparison")
    return form


def _is_relu(pairs: list[tuple[Any, Any]]) -> bool:
    if len(pairs) != 2 or pairs[1][1] is not S.true or not isinstance(pairs[0][1], sympy.core.relational.Relational):
        return False
    (first, condition), (second, _) = pairs
    condition = condition if condition.rhs is S.Zero else condition.reversed
    above = isinstance(condition, (sympy.Gt, sympy.Ge))
    below = isinstance(condition, (sympy.Lt, sympy.Le))
    kept, other = (first, second) if above else (second, first)
    return bool((above or below) and condition.rhs is S.Zero and other is S.Zero and kept == condition.lhs)


# Derivatives, substitutions, arrays


def _primes(expr: Any) -> int:
    """k where the expression is the k-th derivative of an abstract F(x) by x; else 0."""
    if not (isinstance(expr, sympy.Derivative) and isinstance(expr.expr, AppliedUndef) and len(expr.expr.args) == 1):
        return 0
    return len(expr.variables) if set(expr.variables) == set(expr.expr.args) else 0


def _derivative(expr: Any) -> Plan:
    if primes := _primes(expr):
        name = expr.expr.func.__name__
        return expr.expr.args, lambda arg: Call(name, (arg,), primes)
    return (expr.expr, *expr.variables), lambda of, *wrt: Derivative(of, wrt)


def _substituted(expr: Any) -> Plan:
    if (primes := _primes(expr.expr)) and expr.variables == expr.expr.expr.args:
        name = expr.expr.expr.func.__name__
        return expr.point, lambda arg: Call(name, (arg,), primes)
    count = len(expr.variables)
    return (expr.expr, *expr.variables, *expr.point), lambda form, *rest: At(
        form, tuple(zip(rest[:count], rest[count:], strict=True))
    )


def _big_sum(expr: Any) -> Plan:
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3:
        raise InputError(f"the sum {_short(expr)} needs one index with two bounds")

    def build(body: Form, index: Form, lower: Form, upper: Form) -> Form:
        assert isinstance(index, Symbol)
        return BigSum(body, index, lower, upper)

    return (expr.function, *expr.limits[0]), build


def _matrix(expr: Any) -> Plan:
    rows, columns = expr.shape
    if not rows or not columns:
        raise InputError("an empty matrix")
    return list(expr.flat()), lambda *entries: Matrix(
        tuple(entries[i * columns : (i + 1) * columns] for i in range(rows))
    )


def _tuple(expr: Any) -> Plan:
    if len(expr.args) < 2:
        raise InputError("a tuple of fewer than two items")
    return expr.args, lambda *items: Tuple(items)


_PLANS: dict[type, Callable[[Any], Plan]] = {
    Rational: _rational, Float: _float, sympy.Symbol: _symbol, type(S.Pi): _leaf(PI),
    type(S.Exp1): _leaf(Call("exp", (ONE,))), Add: add_plan, Mul: product_plan, Pow: power_plan, AppliedUndef:
    lambda expr: (expr.args, lambda *args: Call(expr.func.__name__, args)),
    **{getattr(sympy, name): _call(name) for name in
       ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "sign")},
    **{kind: _call(name) for name, kind in COURSE_FUNCTIONS.items()},
    step: lambda expr: (expr.args, lambda arg: Call("relu", (arg,), 1)),
    leaky_relu: _with_alpha("leaky_relu"), elu: _with_alpha("elu"), relu: _call("relu"),
    sympy.Abs: _fenced("abs"), sympy.floor: _fenced("floor"), sympy.ceiling: _fenced("ceil"),
    sympy.Max: _extreme("max"), sympy.Min: _extreme("min"), sympy.Heaviside: _heaviside,
    sympy.Piecewise: _piecewise, sympy.Derivative: _derivative, sympy.Subs: _substituted, sympy.Sum: _big_sum,
    sympy.Tuple: _tuple, sympy.Eq: _related("="), sympy.Ne: _related("≠"), sympy.Lt: _related("<"),
    sympy.Le: _related("≤"), sympy.Gt: _related(">"), sympy.Ge: _related("≥"),
}  # fmt: skip
"""By kind of expression: one entry reads one more of SymPy's functions."""
