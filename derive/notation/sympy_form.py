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
from sympy import Add, ImmutableMatrix, Integer, Mul, Rational, S

from derive.errors import InputError, UnknownName
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
    Transpose,
    Tuple,
    Underbrace,
    children,
    symbols as symbols_in,
)
from derive.notation.functions import FUNCTIONS
from derive.notation.symbols import symbol_name
from derive.notation.sympy_course import from_sympy
from derive.notation.sympy_functions import COURSE_FUNCTIONS

__all__ = ["from_sympy", "to_sympy"]

Names = Mapping[Form, Any]
"""The SymPy expressions that some symbols (or derivatives) of a form stand for."""

LARGEST_POWER_BITS = 100_000
LARGEST_EXPONENT = 10_000
LARGEST_ROOT_BITS = 1_000
_NAMED_DERIVATIVE = re.compile(r"d\w+(/d\w+)+")


def to_sympy(form: Form, symbols: Names | None = None) -> Any:
    """The SymPy expression of a form; a matrix as an immutable one.

    >>> from derive.notation.text import read
    >>> to_sympy(read("0.65*x + sigmoid(z)"))
    13*x/20 + sigmoid(z)

    Args:
        form: what is written.
        symbols: what symbols and named derivatives become; by default SymPy symbols of their canonical names.

    Raises:
        InputError: a form that SymPy has no expression for, or a number too large to be written out.
    """
    done: dict[int, Any] = {}
    stack: list[tuple[Form, bool]] = [(form, False)]
    while stack:
        node, opened = stack.pop()
        if id(node) in done:
            continue
        inner = _given(node, symbols or {})
        if inner is not None:
            done[id(node)] = inner
        elif opened:
            done[id(node)] = _made(node, [done[id(part)] for part in children(node)])
        else:
            stack.append((node, True))
            stack += [(part, False) for part in children(node)]
    return done[id(form)]


def _given(node: Form, symbols: Names) -> Any:
    """The expression of a name; None for anything that is made of parts."""
    if isinstance(node, (Symbol, Derivative)) and node in symbols:
        return symbols[node]
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


def _is_matrix(value: Any) -> bool:
    return isinstance(value, sympy.MatrixBase)


# Arithmetic


def _sum(node: Sum, args: list[Any]) -> Any:
    signed = [-arg if minus else arg for arg, minus in zip(args, node.minus, strict=True)]
    return reduce(_plus, signed) if any(map(_is_matrix, signed)) else Add(*signed)


def _plus(a: Any, b: Any) -> Any:
    """a + b; a number is added to each entry of a matrix."""
    if _is_matrix(a) and not _is_matrix(b):
        return a.applyfunc(lambda entry: entry + b)
    return b.applyfunc(lambda entry: a + entry) if _is_matrix(b) and not _is_matrix(a) else a + b


def _product(node: Product, args: list[Any]) -> Any:
    if any(map(_is_matrix, args)):
        product = reduce(lambda a, b: a * b, args)
        return product[0, 0] if _is_matrix(product) and product.shape == (1, 1) else product
    return S.Zero if S.Zero in args else Mul(*args)  # 0·log 0 is 0, as everywhere on a sheet


def _hadamard(node: Hadamard, args: list[Any]) -> Any:
    return reduce(lambda a, b: a.multiply_elementwise(b) if _is_matrix(a) and _is_matrix(b) else a * b, args)


def _frac(node: Frac, args: list[Any]) -> Any:
    top, bottom = args
    if bottom == 0:
        raise InputError("a division by zero")
    return top / bottom


def _power(node: Power, args: list[Any]) -> Any:
    base, exponent = args
    if not exponent.is_Rational or _is_matrix(base):
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
        return arg.norm() if _is_matrix(arg) else sympy.Abs(arg)
    return _each(_FENCES[node.kind], arg)


_FENCES = {"abs": sympy.Abs, "floor": sympy.floor, "ceil": sympy.ceiling}


# Functions


def _each(function: Callable[..., Any], arg: Any, *others: Any) -> Any:
    """The function of a scalar, or of each entry; of a number that SymPy would have to approximate left unevaluated."""
    if _is_matrix(arg):
        return arg.applyfunc(lambda entry: _each(function, entry, *others))
    large = any(abs(term.as_coeff_Mul()[0]) > LARGEST_EXPONENT for term in Add.make_args(arg) if not term.is_Number)
    if large or (function in _APPROXIMATED and not _is_cheap([arg])):
        return function(arg, *others, evaluate=False)
    return function(arg, *others)


def _is_cheap(args: list[Any]) -> bool:
    """Whether SymPy compares these without computing digits, of which exp(exp(exp(100))) has too many."""
    return all(arg.is_Rational or arg.free_symbols for arg in args)


_APPROXIMATED = (sympy.Abs, sympy.floor, sympy.ceiling, sympy.sign)


def _call(node: Call, args: list[Any]) -> Any:
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
        raise UnknownName(f"setting of {node.function}", next(iter(params)), ["alpha"] if node.function in _ALPHA else [])
    return _primed(function, args, node.primes) if node.primes else _each(function, *args)


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
    return [entry for arg in args for entry in (arg.flat() if _is_matrix(arg) else [arg])]


def _extreme(function: Any) -> Callable[..., Any]:
    def of(*args: Any) -> Any:
        entries = _entries(*args)
        return function(*entries, evaluate=_is_cheap(entries))

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


# Conditions, derivatives, arrays


def _relation(node: Relation, args: list[Any]) -> Any:
    if node.op not in _RELATIONS:
        raise InputError("an approximate relation has no SymPy expression")
    return _RELATIONS[node.op](*args, evaluate=_is_cheap(args))


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
    if any(node.index.base in (*symbol.sub, symbol.sup) for symbol in symbols_in(node.body)):
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
    Call: _call,
    Fence: _fence,
    Relation: _relation,
    Indicator: lambda node, args: sympy.Piecewise((S.One, args[0]), (S.Zero, True)),
    Matrix: _matrix,
    Tuple: lambda node, args: sympy.Tuple(*args),
    Shape: lambda node, args: sympy.Tuple(*args),
    Cases: _cases,
    Derivative: _derivative,
    At: _at,
    Transpose: lambda node, args: args[0].T if _is_matrix(args[0]) else args[0],
    BigSum: _big_sum,
    Underbrace: lambda node, args: args[0],
}
"""What each kind of form becomes, given its parts."""
