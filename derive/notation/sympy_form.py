"""Written forms as SymPy expressions; the way back, in course form, is `from_sympy`.

Numbers are exact (0.65 is 13/20), functions are SymPy's own where it has them and `sympy_functions` otherwise. What
SymPy has no sound expression for (`Derivative(L, w)` of two symbols is 0 there) becomes a symbol of that name, or an
error. The walk keeps a stack of its own, and no number grows beyond a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import sympy
from sympy import Add, ImmutableMatrix, Mul, Rational, S

from derive.errors import InputError
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
    Transpose,
    Tuple,
    Underbrace,
    children,
    symbols,
)
from derive.notation.symbols import symbol_name
from derive.notation.sympy_calls import LARGEST_EXPONENT, call_expression, each, is_cheap, is_matrix
from derive.notation.sympy_course import from_sympy

__all__ = ["from_sympy", "to_sympy"]

Names = Mapping[Form, Any]
"""The SymPy expressions that some symbols (or derivatives) of a form stand for."""

LARGEST_POWER_BITS = 100_000
LARGEST_ROOT_BITS = 1_000
_NAMED_DERIVATIVE = re.compile(r"d\w+(/d\w+)+")


def to_sympy(form: Form, names: Names | None = None) -> Any:
    """The SymPy expression of a form; a matrix as an immutable one.

    >>> from derive.notation.text import read
    >>> to_sympy(read("0.65*x + sigmoid(z)"))
    13*x/20 + sigmoid(z)

    Args:
        form: what is written.
        names: what symbols and named derivatives become; by default SymPy symbols of their canonical names.

    Raises:
        InputError: a form that SymPy has no expression for, or a number too large to be written out.
    """
    done: dict[int, Any] = {}
    stack: list[tuple[Form, bool]] = [(form, False)]
    while stack:
        node, opened = stack.pop()
        if id(node) in done:
            continue
        inner = _given(node, names or {})
        if inner is not None:
            done[id(node)] = inner
        elif opened:
            done[id(node)] = _made(node, [done[id(part)] for part in children(node)])
        else:
            stack.append((node, True))
            stack += [(part, False) for part in children(node)]
    return done[id(form)]


def _given(node: Form, names: Names) -> Any:
    """The expression of a name; None for anything that is made of parts."""
    if isinstance(node, (Symbol, Derivative)) and node in names:
        return names[node]
    if node == PI:
        return sympy.pi
    if isinstance(node, Symbol):
        return sympy.Symbol(symbol_name(node))
    if isinstance(node, Derivative) and isinstance(node.of, Symbol) and not node.held:
        by = [symbol_name(each) for each in node.wrt if isinstance(each, Symbol)]
        if len(by) == len(node.wrt):
            return sympy.Symbol("/".join(f"d{name}" for name in (symbol_name(node.of), *by)))
    return None


def _made(node: Form, args: list[Any]) -> Any:
    maker = _MAKERS.get(type(node))
    if maker is None:
        raise InputError(f"a {type(node).__name__.lower()} has no SymPy expression")
    try:
        return maker(node, args)
    except (sympy.ShapeError, TypeError) as error:
        raise InputError(f"SymPy cannot make this {type(node).__name__.lower()}: {error}") from None


# Arithmetic


def _sum(node: Sum, args: list[Any]) -> Any:
    signed = [-arg if minus else arg for arg, minus in zip(args, node.minus, strict=True)]
    return reduce(_plus, signed) if any(map(is_matrix, signed)) else Add(*signed)


def _plus(a: Any, b: Any) -> Any:
    """a + b; a number is added to each entry of a matrix."""
    if is_matrix(a) and not is_matrix(b):
        return a.applyfunc(lambda entry: entry + b)
    return b.applyfunc(lambda entry: a + entry) if is_matrix(b) and not is_matrix(a) else a + b


def _product(node: Product, args: list[Any]) -> Any:
    if any(map(is_matrix, args)):
        product = reduce(lambda a, b: a * b, args)
        return product[0, 0] if is_matrix(product) and product.shape == (1, 1) else product
    return S.Zero if S.Zero in args else Mul(*args)  # 0·log 0 is 0, as everywhere on a sheet


def _hadamard(node: Hadamard, args: list[Any]) -> Any:
    return reduce(lambda a, b: a.multiply_elementwise(b) if is_matrix(a) and is_matrix(b) else a * b, args)


def _frac(node: Frac, args: list[Any]) -> Any:
    top, bottom = args
    if bottom == 0:
        raise InputError("a division by zero")
    return top / bottom


def _power(node: Power, args: list[Any]) -> Any:
    base, exponent = args
    if not exponent.is_Rational or is_matrix(base):
        return base**exponent
    if base == 0 and exponent < 0:
        raise InputError("a division by zero")
    return _raised(base, exponent)


def _raised(base: Any, exponent: Any) -> Any:
    """base ** exponent, which SymPy would write out or try to take the root of whatever its size."""
    number = base.as_coeff_Mul()[0]
    bits = max(number.p.bit_length(), number.q.bit_length()) if number.is_Rational else 1
    atomic = base.is_Symbol or base.is_Rational
    if (bits > 1 and abs(exponent) * bits > LARGEST_POWER_BITS) or (not atomic and abs(exponent) > LARGEST_EXPONENT):
        raise InputError("a power too large to be written out")
    return sympy.Pow(base, exponent, evaluate=exponent.is_Integer or bits <= LARGEST_ROOT_BITS)


def _root(node: Root, args: list[Any]) -> Any:
    (arg,), degree = args, Rational(1, node.degree)
    if node.degree % 2 and arg.is_Rational and arg < 0:  # the real root, not SymPy's principal one
        return -_raised(-arg, degree)
    return _raised(arg, degree)


def _fence(node: Fence, args: list[Any]) -> Any:
    (arg,) = args
    if node.kind == "norm":
        return arg.norm() if is_matrix(arg) else sympy.Abs(arg)
    return each(_FENCES[node.kind], arg)


_FENCES = {"abs": sympy.Abs, "floor": sympy.floor, "ceil": sympy.ceiling}


# Conditions, derivatives, arrays


def _relation(node: Relation, args: list[Any]) -> Any:
    if node.op not in _RELATIONS:
        raise InputError("an approximate relation has no SymPy expression")
    return _RELATIONS[node.op](*args, evaluate=is_cheap(args))


_RELATIONS = {"=": sympy.Eq, "≠": sympy.Ne, "<": sympy.Lt, "≤": sympy.Le, ">": sympy.Gt, "≥": sympy.Ge}


def _cases(node: Cases, args: list[Any]) -> Any:
    rest = iter(args)
    return sympy.Piecewise(*((next(rest), S.true if test is None else next(rest)) for _, test in node.branches))


def _derivative(node: Derivative, args: list[Any]) -> Any:
    of, *wrt = args
    if node.held or isinstance(node.of, Symbol) or not all(each in of.free_symbols for each in wrt):
        raise InputError("this derivative of a named quantity has no SymPy expression")
    return sympy.Derivative(of, *wrt)


def _at(node: At, args: list[Any]) -> Any:
    """The value where the bindings hold; a named quantity does not follow its inputs in SymPy."""
    inner, *rest = args
    if any(_NAMED_DERIVATIVE.fullmatch(symbol.name) for symbol in inner.free_symbols):
        raise InputError("the value of a named derivative has no SymPy expression")
    return inner.subs(list(zip(rest[::2], rest[1::2], strict=True)), simultaneous=True)


def _big_sum(node: BigSum, args: list[Any]) -> Any:
    body, index, lower, upper = args
    if any(node.index.base in (*symbol.sub, symbol.sup) for symbol in symbols(node.body)):
        raise InputError("a sum over indexed names has no SymPy expression")
    return sympy.Sum(body, (index, lower, upper))


def _matrix(node: Matrix, args: list[Any]) -> Any:
    return ImmutableMatrix(len(node.rows), len(node.rows[0]), args)


_MAKERS: dict[type[Form], Callable[[Any, list[Any]], Any]] = {
    Number: lambda node, args: Rational(node.text),
    Neg: lambda node, args: -args[0],
    Sum: _sum,
    Product: _product,
    Hadamard: _hadamard,
    Frac: _frac,
    Power: _power,
    Root: _root,
    Call: call_expression,
    Fence: _fence,
    Relation: _relation,
    Indicator: lambda node, args: sympy.Piecewise((S.One, args[0]), (S.Zero, True)),
    Matrix: _matrix,
    Tuple: lambda node, args: sympy.Tuple(*args),
    Shape: lambda node, args: sympy.Tuple(*args),
    Cases: _cases,
    Derivative: _derivative,
    At: _at,
    Transpose: lambda node, args: args[0].T if is_matrix(args[0]) else args[0],
    BigSum: _big_sum,
    Underbrace: lambda node, args: args[0],
}
"""What each kind of form becomes, given its parts."""
