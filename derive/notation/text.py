"""Reader of expressions as users type them: `-(t*log(p) + (1-t)*log(1-p))`, `[[1, 0], [0, 1]] @ x + b`.

The text is parsed by Python's own `ast` and translated node by node from a whitelist; nothing is ever evaluated. What
stands in the text stays: the order of terms, decimals digit by digit, brackets that group. `^` is a power, like `**`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection
from typing import Any, cast

from derive.errors import InputError, Place, UnknownName
from derive.notation.build import scientific
from derive.notation.form import (
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
    Sum,
    Symbol,
    Transpose,
    Tuple,
    children,
)
from derive.notation.functions import FUNCTIONS, is_constant
from derive.notation.symbols import element, parse_symbol
from derive.notation.words import excerpt

MAX_LENGTH = 20_000
MAX_NESTING = 90
MAX_DIGITS = 60
MAX_DEPTH = 50
MAX_PARTS = 400

_STRANGE = re.compile(r"[^\t -~]|[#\\]")
_BRACKET = re.compile(r"[][(){}]")
_LONG_NUMBER = re.compile(rf"\d(_?\d){{{MAX_DIGITS},}}")
_LAMBDA = re.compile(r"\blambda\b")

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "*", ast.Div: "/", ast.Pow: "**",
}  # fmt: skip
_RELATIONS = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}

_SPECIAL: dict[str, tuple[int, Callable[..., Form]]] = {
    "sqrt": (1, lambda x: Root(x)),
    "abs": (1, lambda x: Fence("abs", x)),
    "floor": (1, lambda x: Fence("floor", x)),
    "ceil": (1, lambda x: Fence("ceil", x)),
    "norm": (1, lambda x: Fence("norm", x)),
    "transpose": (1, lambda x: Transpose(x)),
    "odot": (-2, lambda *xs: Hadamard(xs)),
    "diff": (-2, lambda of, *wrt: Derivative(of, wrt)),
    "indicator": (1, lambda condition: Indicator(condition)),
    "where": (3, lambda condition, value, other: _where(condition, value, other)),
}
"""Names that have a node of their own; the number of arguments, negative for "at least"."""


def _where(condition: Form, value: Form, other: Form) -> Form:
    """Values by condition; one in place of the last value goes on with the cases."""
    if not isinstance(condition, Relation):
        raise InputError("the condition of where is a comparison, as in where(x > 0, x, 0)")
    return Cases(((value, condition), *(other.branches if isinstance(other, Cases) else ((other, None),))))


def read(text: str, functions: Collection[str] = ()) -> Form:
    """The form that a text stands for. `functions` are names of abstract blocks that may be called, such as F.

    Raises:
        InputError: the text cannot be read; the place holds the column (from 1).
        UnknownName: a function that is neither known nor in `functions`.
    """
    return _Reader(text, functions).form()


class _Reader:
    def __init__(self, text: str, functions: Collection[str]) -> None:
        self.text = text
        self.source = text.strip().replace("^", "**").replace("\n", " ")
        self.functions = frozenset(functions)

    def form(self) -> Form:
        if len(self.text) > MAX_LENGTH:
            raise InputError(f"an expression of {len(self.text)} characters; {MAX_LENGTH} are the limit")
        if not self.source:
            raise InputError("an empty expression")
        self._check_characters()
        try:
            tree = ast.parse(self.source, mode="eval")
        except SyntaxError as error:
            column = error.offset - 1 if error.offset else len(self.source)  # Python has no place for a missing end
            raise self._error(f"'{excerpt(self.text)}' cannot be read: {error.msg}", column) from None
        except (RecursionError, MemoryError, ValueError):
            raise InputError(f"'{excerpt(self.text)}' is nested too deeply") from None
        try:
            form = self._read(tree.body)
        except RecursionError:
            raise InputError(f"'{excerpt(self.text)}' is nested too deeply") from None
        self._check_size(form)
        return form

    def _check_size(self, form: Form) -> None:
        """What is put into one another again and again, or never ends, is no expression of a course."""
        level, count, depth = [form], 0, 0
        while level:
            count, depth = count + len(level), depth + 1
            if depth > MAX_DEPTH:
                raise InputError(f"'{excerpt(self.text)}' is nested too deeply: name its parts")
            if count > MAX_PARTS:
                raise InputError(f"'{excerpt(self.text)}' has more than {MAX_PARTS} parts: name some of them")
            level = [part for node in level for part in children(node)]

    def _check_characters(self) -> None:
        """Only what Python reads as one line of plain characters: a comment would be dropped, other alphabets shift the
        columns at which numbers are found.
        """
        if strange := _STRANGE.search(self.source):
            raise self._error(f"the character {strange[0]!a} is not allowed in an expression", strange.start())
        depth = 0
        for bracket in _BRACKET.finditer(self.source):
            depth += 1 if bracket[0] in "([{" else -1
            if depth > MAX_NESTING:
                raise self._error(f"brackets nested more than {MAX_NESTING} deep", bracket.start())
        if digits := _LONG_NUMBER.search(self.source):
            raise self._error(f"a number of more than {MAX_DIGITS} digits", digits.start())
        if word := _LAMBDA.search(self.source):
            raise self._error("'lambda' is reserved: write lam for the Greek letter", word.start())

    def _error(self, message: str, column: int) -> InputError:
        """An error at a column of the source, where a power takes two characters however it was typed."""
        text = self.text.rstrip()
        at = len(text) - len(text.lstrip())
        while column > 0 and at < len(text):
            column -= 2 if text[at] == "^" else 1
            at += 1
        return InputError(message, Place(column=at + 1))

    def _refuse(self, node: ast.AST, what: str) -> InputError:
        return self._error(f"{what} is not allowed in an expression", getattr(node, "col_offset", 0))

    def _read(self, node: ast.expr) -> Form:
        method = _READERS.get(type(node))
        if method is None:
            raise self._refuse(node, _KINDS.get(type(node), type(node).__name__.lower()))
        return method(self, node)

    def _constant(self, node: ast.Constant) -> Form:
        if type(node.value) not in (int, float):
            raise self._refuse(node, "a text or a special constant")
        digits = self.source[node.col_offset : node.end_col_offset].replace("_", "")
        match = re.fullmatch(r"(\d*\.?\d*)(?:[eE]([+-]?\d+))?", digits)
        if match is None or not match[1].strip("."):
            raise self._refuse(node, f"the number {digits}")
        mantissa = re.sub(r"^0+(?=\d)", "", match[1])
        mantissa = f"0{mantissa}" if mantissa.startswith(".") else mantissa.removesuffix(".")
        if match[2] is None:
            return Number(mantissa)
        return scientific(mantissa, int(match[2]))

    def _name(self, node: ast.Name) -> Form:
        return Call(node.id) if is_constant(node.id) else self._symbol(node, node.id)

    def _symbol(self, node: ast.AST, name: str) -> Symbol:
        try:
            return parse_symbol(name)
        except InputError as error:
            raise self._error(error.message, getattr(node, "col_offset", 0)) from None

    def _unary(self, node: ast.UnaryOp) -> Form:
        if isinstance(node.op, ast.USub):
            return Neg(self._read(node.operand))
        if isinstance(node.op, ast.UAdd):
            return self._read(node.operand)
        raise self._refuse(node, "a logical operator")

    def _binary(self, node: ast.BinOp) -> Form:
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            raise self._refuse(node, "this operator")
        if operator in "+-":
            return self._sum(node)
        if operator == "**":
            return self._power(node)
        left, right = self._read(node.left), self._read(node.right)
        minus = isinstance(left, Neg) and not self._bracketed(node.left, node)
        if minus:
            left = cast(Neg, left).arg
        form: Form
        if operator == "/":
            form = Frac(left, right)
        else:
            spread = isinstance(left, Product) and not self._bracketed(node.left, node)
            form = Product((*(cast(Product, left).factors if spread else (left,)), right))
        return Neg(form) if minus else form

    def _bracketed(self, operand: ast.expr, whole: ast.expr) -> bool:
        return operand.col_offset != whole.col_offset

    def _sum(self, node: ast.BinOp) -> Form:
        terms: list[Form] = []
        minus: list[bool] = []
        here: ast.expr = node
        while True:
            if not (isinstance(here, ast.BinOp) and isinstance(here.op, (ast.Add, ast.Sub))):
                break
            if here is not node and self._bracketed(here, node):
                break
            terms.append(self._read(here.right))
            minus.append(isinstance(here.op, ast.Sub))
            here = here.left
        terms.append(self._read(here))
        minus.append(False)
        return Sum(tuple(reversed(terms)), tuple(reversed(minus)))

    def _power(self, node: ast.BinOp) -> Form:
        return Power(self._read(node.left), self._read(node.right))

    def _compare(self, node: ast.Compare) -> Form:
        operator = _RELATIONS.get(type(node.ops[0]))
        if operator is None or len(node.ops) != 1:
            raise self._refuse(node, "this comparison")
        return Relation(operator, self._read(node.left), self._read(node.comparators[0]))  # type: ignore[arg-type]

    def _call(self, node: ast.Call) -> Form:
        if not isinstance(node.func, ast.Name):
            raise self._refuse(node, "a call of anything but a named function")
        if any(isinstance(arg, ast.Starred) for arg in node.args) or any(key.arg is None for key in node.keywords):
            raise self._refuse(node, "* or ** in a call")
        name, args = node.func.id, tuple(self._read(arg) for arg in node.args)
        params = tuple((cast(str, key.arg), self._read(key.value)) for key in node.keywords)
        if name in _SPECIAL and not params:
            count, make = _SPECIAL[name]
            if len(args) != count and not (count < 0 and len(args) >= -count):
                raise self._error(f"{name} takes {abs(count)} argument(s), {len(args)} given", node.col_offset)
            return make(*args)
        if name not in FUNCTIONS and name not in self.functions:
            known = {*FUNCTIONS, *_SPECIAL, *self.functions}
            raise UnknownName("function", name, known, Place(column=node.col_offset + 1))
        if not args and not params:
            raise self._error(f"{name} is called without an argument", node.col_offset)
        return Call(name, args, 0, params)

    def _list(self, node: ast.List) -> Form:
        if not node.elts:
            raise self._refuse(node, "an empty list")
        rows = [row.elts if isinstance(row, ast.List) else [row] for row in node.elts]
        if len({len(row) for row in rows}) != 1 or not rows[0]:
            raise self._error("the rows of a matrix differ in length", node.col_offset)
        return Matrix(tuple(tuple(self._read(entry) for entry in row) for row in rows))

    def _tuple(self, node: ast.Tuple) -> Form:
        if len(node.elts) < 2:
            raise self._refuse(node, "a tuple of fewer than two items")
        return Tuple(tuple(self._read(item) for item in node.elts))

    def _attribute(self, node: ast.Attribute) -> Form:
        if node.attr != "T":
            raise self._refuse(node, f"an attribute (.{node.attr})")
        return Transpose(self._read(node.value))

    def _subscript(self, node: ast.Subscript) -> Form:
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        indices = [item.value for item in items if isinstance(item, ast.Constant) and type(item.value) is int]
        if not isinstance(node.value, ast.Name) or len(indices) != len(items):
            raise self._refuse(node, "an index that is not a whole number after a name")
        return element(self._symbol(node, node.value.id), *indices)


_READERS: dict[type[ast.expr], Callable[[_Reader, Any], Form]] = {
    ast.Constant: _Reader._constant, ast.Name: _Reader._name, ast.UnaryOp: _Reader._unary,
    ast.BinOp: _Reader._binary, ast.Compare: _Reader._compare, ast.Call: _Reader._call, ast.List: _Reader._list,
    ast.Tuple: _Reader._tuple, ast.Attribute: _Reader._attribute, ast.Subscript: _Reader._subscript,
}  # fmt: skip
_KINDS: dict[type[ast.expr], str] = {
    ast.Lambda: "a lambda", ast.ListComp: "a comprehension", ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension", ast.GeneratorExp: "a comprehension", ast.BoolOp: "a logical operator",
    ast.JoinedStr: "a text", ast.NamedExpr: "an assignment", ast.IfExp: "a conditional", ast.Dict: "a mapping",
    ast.Await: "await", ast.Yield: "yield", ast.Set: "a set", ast.Starred: "a star",
}  # fmt: skip
