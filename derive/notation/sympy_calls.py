"""Calls of functions as SymPy expressions; nothing that SymPy would have to approximate is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy import Add, ImmutableMatrix, Integer, Mul, Rational, S

from derive.errors import InputError, UnknownName
from derive.notation.form import Call
from derive.notation.functions import FUNCTIONS
from derive.notation.sympy_functions import COURSE_FUNCTIONS

LARGEST_EXPONENT = 10_000


def is_matrix(value: Any) -> bool:
    """Whether an expression is an explicit matrix."""
    return isinstance(value, sympy.MatrixBase)


def each(function: Callable[..., Any], arg: Any, *others: Any) -> Any:
    """The function of a scalar, or of each entry; of a number that SymPy would have to approximate left unevaluated."""
    if is_matrix(arg):
        return arg.applyfunc(lambda entry: each(function, entry, *others))
    large = any(abs(term.as_coeff_Mul()[0]) > LARGEST_EXPONENT for term in Add.make_args(arg) if not term.is_Number)
    if large or (function in _APPROXIMATED and not is_cheap([arg])):
        return function(arg, *others, evaluate=False)
    return function(arg, *others)


def is_cheap(args: list[Any]) -> bool:
    """Whether SymPy compares these without computing digits, of which exp(exp(exp(100))) has too many."""
    return all(arg.is_Rational or arg.free_symbols for arg in args)


_APPROXIMATED = (sympy.Abs, sympy.floor, sympy.ceiling, sympy.sign)


def call_expression(node: Call, args: list[Any]) -> Any:
    """The expression of a call, given those of its arguments and then of its settings."""
    count = len(node.args)
    params = dict(zip((name for name, _ in node.params), args[count:], strict=True))
    args = args[:count]
    if not args:
        raise InputError(f"the function {node.function} by itself has no SymPy expression")
    if node.function in _OVER_ARRAYS and not node.primes:
        return _OVER_ARRAYS[node.function](*args)
    function = _function(node.function)
    if node.function in _ALPHA:
        args = [*args, params.pop("alpha", _ALPHA[node.function])][:2]
    if params:
        known = ["alpha"] if node.function in _ALPHA else []
        raise UnknownName(f"setting of {node.function}", next(iter(params)), known)
    return _primed(function, args, node.primes) if node.primes else each(function, *args)


def _function(name: str) -> Any:
    if name in COURSE_FUNCTIONS:
        return COURSE_FUNCTIONS[name]
    if name in _SYMPY:
        return getattr(sympy, name)
    if name in FUNCTIONS:
        raise InputError(f"{name} has no SymPy expression: take the nodes of a graph instead")
    return sympy.Function(name)


def _primed(function: Any, args: list[Any], primes: int) -> Any:
    """F'(x): the derivative by the first argument, looked at there."""
    x = sympy.Dummy("x")
    return function(x, *args[1:]).diff(x, primes).subs(x, args[0])


_SYMPY = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "sign")
_ALPHA = {"leaky_relu": Rational(1, 100), "elu": S.One}


def _entries(*args: Any) -> list[Any]:
    return [entry for arg in args for entry in (arg.flat() if is_matrix(arg) else [arg])]


def _extreme(function: Any) -> Callable[..., Any]:
    def of(*args: Any) -> Any:
        entries = _entries(*args)
        return function(*entries, evaluate=is_cheap(entries))

    return of


def _softmax(arg: Any) -> Any:
    powers = arg.applyfunc(sympy.exp)
    return powers / Add(*powers.flat())


_OVER_ARRAYS: dict[str, Callable[..., Any]] = {
    "max": _extreme(sympy.Max),
    "min": _extreme(sympy.Min),
    "sum": lambda *args: Add(*_entries(*args)),
    "mean": lambda *args: Add(*_entries(*args)) / Integer(len(_entries(*args))),
    "dot": lambda a, b: Add(*map(Mul, _entries(a), _entries(b))),
    "softmax": _softmax,
    "log_softmax": lambda arg: _softmax(arg).applyfunc(sympy.log),
    "flatten": lambda arg: ImmutableMatrix(_entries(arg)),
}
