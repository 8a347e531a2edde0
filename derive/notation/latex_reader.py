"""The reader of LaTeX mathematics: of what `derive.notation.latex` writes, and of what people write by hand.

Where handwriting is ambiguous it decides, always the same way:

* `e^{..}` is the exponential function (the writer spells the letter `\\mathit{e}`), `A^T` a transpose;
* `a \\times b` is a shape; in a sum, with a sign, or before a power of ten it is a product;
* `a/b c` is (a/b) c, as in programs; `\\log 2x` is log(2x), up to the next bracket, sign or function;
* `f(x)` is a call if f is among the functions given, or carries a stroke, or stands in braces; else a product;
* `(x^2)'` is the derivative by the only name in the bracket;
* `W_{ij}` has the two indices i and j.

One relation is read (`z > 0`); chains of them are for the caller to split.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from derive.errors import InputError
from derive.notation.form import (
    At,
    Call,
    Derivative,
    Form,
    Frac,
    Hadamard,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Shape,
    Sum,
    Symbol,
    Transpose,
    symbols,
)
from derive.notation.latex_atoms import read_atom, read_operand, starts_factor
from derive.notation.latex_cursor import Cursor
from derive.notation.latex_tokens import Token
from derive.notation.symbols import parse_symbol

MAX_NESTING = 80

RELATIONS = {"=": "=", "<": "<", ">": ">", r"\neq": "≠", r"\ne": "≠", r"\leq": "≤", r"\le": "≤", r"\leqslant": "≤",
             r"\geq": "≥", r"\ge": "≥", r"\geqslant": "≥", r"\approx": "≈", "≠": "≠", "≤": "≤", "≥": "≥",
             "≈": "≈"}  # fmt: skip
_TIMES = frozenset((r"\cdot", "*", "·"))
_ROWS = frozenset((r"\odot", r"\times"))
_TRANSPOSED = frozenset((r"\top", r"\intercal"))


def read(text: str, functions: Collection[str] = frozenset()) -> Form:
    """The form that LaTeX mathematics stands for; `functions` are names of abstract blocks, such as F.

    Raises:
        InputError: it cannot be read; the place holds line and column.
    """
    reader = Reader(text, functions)
    try:
        form = reader.relation()
    except RecursionError:
        raise InputError("this LaTeX is nested too deeply") from None
    if reader.sign in (".", ",") and reader.tokens[reader.i + 1].kind == "stop":
        reader.take()
    if reader.token.kind != "stop":
        raise reader.error(f"'{reader.token.text}' cannot be read here")
    return form


class Reader(Cursor):
    """Recursive descent over the tokens: relation, sum, product, factor, atom."""

    def __init__(self, source: str, functions: Collection[str]) -> None:
        super().__init__(source)
        self.functions = {parse_symbol(name): name for name in functions}
        self.depth = 0
        self.bars = 0

    # rows: relations, sums, products

    def relation(self) -> Form:
        """A whole form: a sum, or two with a relation between them."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} deep")
        left = self.sum()
        if self.sign in RELATIONS:
            op = RELATIONS[self.take().text]
            left = Relation(op, left, self.sum())  # type: ignore[arg-type]
        self.depth -= 1
        return left

    def sum(self) -> Form:
        """Terms with signs before them; the first sign belongs to its term."""
        signs = [self._sign() or "+"]
        terms = [self.product()]
        while self.sign in ("+", "-", "−"):
            signs.append(self._sign())
            terms.append(self._term())
        forms = [term for term, _ in terms]
        if len(terms) > 1 or signs[0] == "-":
            forms = [Product(cast(Shape, form).dims) if crossed else form for form, crossed in terms]
        if signs[0] == "-":
            forms[0] = Neg(forms[0])
        return forms[0] if len(forms) == 1 else Sum(tuple(forms), (False, *(sign == "-" for sign in signs[1:])))

    def _term(self) -> tuple[Form, bool]:
        """A term after its sign; a second sign, as in `1 + -x`, makes it a negative one."""
        if self.sign not in ("-", "−"):
            return self.product()
        self.take()
        form, crossed = self.product()
        return Neg(Product(cast(Shape, form).dims) if crossed else form), False

    def _sign(self) -> str:
        return self.take().text.replace("−", "-") if self.sign in ("+", "-", "−") else ""

    def product(self) -> tuple[Form, bool]:
        """Factors side by side or joined by signs, and whether it is a shape that only `\\times` makes one."""
        items: list[Form] = []
        kind = ""
        factors = [self.factor()]
        while True:
            sign = self.sign
            if sign in _TIMES:
                self.take()
                factors.append(self.signed_factor())
            elif sign == "/":
                self.take()
                factors = [Frac(self.joined(factors), self.signed_factor())]
            elif sign in _ROWS:
                if kind and sign != kind:
                    raise self.error(f"'{kind}' and '{sign}' in one row need brackets")
                kind = self.take().text
                items.append(self.joined(factors))
                factors = [self.signed_factor()]
            elif starts_factor(self):
                factors.append(self.factor())
            else:
                break
        items.append(self.joined(factors))
        if kind == r"\times":
            return self._crossed(items)
        return items[0] if len(items) == 1 else Hadamard(tuple(items)), False

    def joined(self, factors: list[Form]) -> Form:
        """The product of factors, or the only one."""
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def _crossed(self, items: list[Form]) -> tuple[Form, bool]:
        last = items[-1]
        if len(items) == 2 and isinstance(last, Power) and last.base == Number("10"):
            return Product(tuple(items)), False
        return Shape(tuple(items)), True

    def signed_factor(self) -> Form:
        """A factor that may carry a sign, as in `3 \\cdot -2`."""
        return Neg(self.factor()) if self._sign() == "-" else self.factor()

    # factors: what exponents hang on

    def factor(self) -> Form:
        """An atom with its exponent, evaluation bar or held quantities."""
        form = self._exponential() or self.atom()
        raised = False
        while True:
            if self.sign == "^" and not raised:
                form, raised = self._raised(form), True
            elif self.sign == "'" and not raised and (variable := self._only_name(form)):
                self.take()
                form = Derivative(form, (variable,), (), True)
            elif self.sign == "_" and isinstance(form, Derivative):
                form = Derivative(form.of, form.wrt, self.listed(), form.total)
            elif self.sign == "|" and self.sign_at(self.i + 1) == "_":
                self.take()
                form = self.bound(form)
            else:
                return form

    def _only_name(self, form: Form) -> Symbol | None:
        """The name by which a bracket with a stroke, `(x^2)'`, is differentiated: the only one in it."""
        names = [] if isinstance(form, (Symbol, Call)) else list(symbols(form))
        return names[0] if len(names) == 1 else None

    def _exponential(self) -> Form | None:
        token = self.token
        upright = token.kind == "mathrm" and token.text == "e"
        if not upright and (token.kind, token.text) != ("letter", "e"):
            return None
        raised = self.sign_at(self.i + 1) == "^"
        if not (upright or raised):
            return None
        self.i += 2 if raised else 1
        return Call("exp", (self.argument() if raised else Number("1"),))

    def _raised(self, base: Form) -> Form:
        self.expect("^")
        i = self.i + (self.sign == "{")
        token, braced = self.tokens[i], i > self.i
        if self._is_transpose(token) and (not braced or self.sign_at(i + 1) == "}"):
            self.i = i + 1 + braced
            return Transpose(base)
        return Power(base, self.argument())

    def _is_transpose(self, token: Token) -> bool:
        return token.text in _TRANSPOSED or (token.text == "T" and token.kind in ("letter", "mathsf", "mathrm", "text"))

    def atom(self) -> Form:
        """The next number, symbol, call, bracket or command."""
        return read_atom(self)

    def operand(self) -> Form:
        """What a derivative in front works on."""
        return read_operand(self)

    def argument(self) -> Form:
        """What stands in braces, or the single token that TeX takes."""
        if self.accept("{"):
            form = self.relation()
            self.expect("}")
            return form
        token = self.token
        if token.kind == "number":
            return Number(self.single().text)
        return Symbol(self.take().text) if token.kind == "letter" else self.atom()

    def listed(self) -> tuple[Form, ...]:
        """The forms of an index, `_{a, b}` or `_a`."""
        self.expect("_")
        return self.items("}") if self.accept("{") else (self.argument(),)

    def items(self, close: str) -> tuple[Form, ...]:
        """Forms with commas between them, up to a closing sign."""
        found = [self.relation()]
        while self.sign in (",", ";"):
            self.take()
            found.append(self.relation())
        self.expect(close)
        return tuple(found)

    def bound(self, form: Form) -> Form:
        """A form with the bindings of its evaluation bar, which stand as an index."""
        token = self.token
        bindings = []
        for binding in self.listed():
            if not isinstance(binding, Relation) or binding.op != "=":
                raise self.error("bindings such as x=2 expected", token)
            bindings.append((binding.left, binding.right))
        return At(form, tuple(bindings))
