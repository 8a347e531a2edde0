"""The reader of LaTeX mathematics: of what `derive.notation.latex` writes, and of what people write by hand.

Where handwriting is ambiguous it decides, always the same way:

* `e^{..}` is the exponential function (the writer spells the letter `\\mathit{e}`), `A^T` a transpose;
* `a \\times b` is a shape; in a sum, with a sign, or before a power of ten it is a product;
* `a/b c` is (a/b) c, as in programs; `\\log 2x` is log(2x), up to the next bracket, sign or function;
* `f(x)` is a call if f is among the functions given, or carries a stroke, or stands in braces; else a product;
* `W_{ij}` has the two indices i and j.

One relation is read (`z > 0`); chains of them are for the caller to split.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import cast

from derive.errors import InputError
from derive.notation.form import (
    At,
    Call,
    Derivative,
    Fence,
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
    Text,
    Transpose,
    Tuple,
)
from derive.notation.functions import FUNCTIONS
from derive.notation.latex_commands import COMMANDS, read_indicator
from derive.notation.latex_cursor import Cursor
from derive.notation.latex_symbols import BOLD, LETTERS, UPRIGHT, inner_symbol, read_symbol, starts_symbol
from derive.notation.latex_tokens import Token, plain_words
from derive.notation.symbols import parse_symbol, symbol_name

MAX_NESTING = 80

RELATIONS = {"=": "=", "<": "<", ">": ">", r"\neq": "≠", r"\ne": "≠", r"\leq": "≤", r"\le": "≤", r"\leqslant": "≤",
             r"\geq": "≥", r"\ge": "≥", r"\geqslant": "≥", r"\approx": "≈", "≠": "≠", "≤": "≤", "≥": "≥",
             "≈": "≈"}  # fmt: skip
_TIMES = frozenset((r"\cdot", "*", "·"))
_ROWS = {r"\odot": Hadamard, r"\times": Shape}
_FENCES = {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil"), r"\lvert": (r"\rvert", "abs"),
           r"\lVert": (r"\rVert", "norm"), r"\|": (r"\|", "norm")}  # fmt: skip
_BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}
_TRANSPOSED = frozenset((r"\top", r"\intercal"))
_BY_LATEX = {spelling: f.name for f in FUNCTIONS.values() for spelling in (f.latex, *f.aliases)}
_BY_WORD = {latex.removeprefix(r"\operatorname{").strip("{}\\").lower(): name for latex, name in _BY_LATEX.items()} | {
    name: name for name in FUNCTIONS
}
_NAMES_FUNCTIONS = frozenset(("operatorname", "mathrm", "text", "textrm"))


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
        reader.refuse(f"'{reader.token.text}' cannot be read here")
    return form


def _joined(kind: type[Product] | type[Hadamard] | type[Shape], items: list[Form]) -> Form:
    return items[0] if len(items) == 1 else kind(tuple(items))


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
            self.refuse(f"nested more than {MAX_NESTING} deep")
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
            terms.append(self.product())
        forms = [term for term, _ in terms]
        if len(terms) > 1 or signs[0] == "-":
            forms = [Product(cast(Shape, form).dims) if crossed else form for form, crossed in terms]
        if signs[0] == "-":
            forms[0] = Neg(forms[0])
        return forms[0] if len(forms) == 1 else Sum(tuple(forms), (False, *(sign == "-" for sign in signs[1:])))

    def _sign(self) -> str:
        return self.take().text.replace("−", "-") if self.sign in ("+", "-", "−") else ""

    def product(self) -> tuple[Form, bool]:
        """Factors side by side or joined by signs, and whether it is a shape that only `\\times` makes one."""
        row, items = self.sign, []
        kind = ""
        factors = [self.factor()]
        while True:
            sign = self.sign
            if sign in _TIMES:
                self.take()
                factors.append(self.signed_factor())
            elif sign == "/":
                self.take()
                factors = [Frac(_joined(Product, factors), self.signed_factor())]
            elif sign in _ROWS:
                if kind and sign != kind:
                    self.refuse(f"'{kind}' and '{sign}' in one row need brackets")
                kind = self.take().text
                items.append(_joined(Product, factors))
                factors = [self.signed_factor()]
            elif self.starts_factor():
                factors.append(self.factor())
            else:
                break
        items.append(_joined(Product, factors))
        if kind == r"\times":
            return self._crossed(items)
        return _joined(Hadamard, items), False

    def _crossed(self, items: list[Form]) -> tuple[Form, bool]:
        last = items[-1]
        if len(items) == 2 and isinstance(last, Power) and last.base == Number("10"):
            return Product(tuple(items)), False
        return Shape(tuple(items)), True

    def signed_factor(self) -> Form:
        """A factor that may carry a sign, as in `3 \\cdot -2`."""
        return Neg(self.factor()) if self._sign() == "-" else self.factor()

    def starts_factor(self) -> bool:
        """Whether the next token begins another factor."""
        token = self.token
        if token.kind not in ("sign", "command"):
            return token.kind not in ("stop", "end")
        if token.text == "|":
            return not self.bars and self.sign_at(self.i + 1) != "_"
        return token.text in _BRACKETS or token.text in ("{", "left.") or self._is_command(token)

    def _is_command(self, token: Token) -> bool:
        text = token.text
        return text in COMMANDS or text in _BY_LATEX or (text in _FENCES and text != r"\|") or starts_symbol(token)

    # factors: what exponents hang on

    def factor(self) -> Form:
        """An atom with its exponent, evaluation bar or held quantities."""
        form = self._exponential() or self.atom()
        raised = False
        while True:
            if self.sign == "^" and not raised:
                form, raised = self._raised(form), True
            elif self.sign == "_" and isinstance(form, Derivative):
                form = Derivative(form.of, form.wrt, self.listed(), form.total)
            elif self.sign == "|" and self.sign_at(self.i + 1) == "_":
                self.take()
                form = self.bound(form)
            else:
                return form

    def _exponential(self) -> Form | None:
        token = self.token
        upright = token.kind == "mathrm" and token.text == "e"
        if not upright and (token.kind, token.text) != ("letter", "e"):
            return None
        if self.sign_at(self.i + 1) != "^":
            return (self.take(), Call("exp", (Number("1"),)))[1] if upright else None
        self.i += 2
        return Call("exp", (self.argument(),))

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
                self.refuse("bindings such as x=2 expected", token)
            bindings.append((binding.left, binding.right))
        return At(form, tuple(bindings))

    # atoms

    def atom(self) -> Form:
        """The smallest things: numbers, symbols, calls, brackets, commands."""
        token = self.token
        if token.kind == "number":
            self.take()
            return read_indicator(self) if token.text == "1" and self._bracketed_condition() else Number(token.text)
        if token.kind in ("sign", "command") and token.text in _ATOMS:
            return _ATOMS[token.text](self)
        if token.kind in ("begin", "mathbb", "mathbbm", "mathds", "mathbf") and (special := COMMANDS.get(token.kind)):
            if token.kind != "mathbf" or token.text == "1":
                return special(self)
        if token.text in _BY_LATEX and not self._is_letter(token):
            self.take()
            return self.call(_BY_LATEX[token.text])
        if token.kind in _NAMES_FUNCTIONS and (form := self._word(token)):
            return form
        if starts_symbol(token):
            return self._symbol()
        self.refuse(f"'{token.text}' is not known here" if token.kind != "stop" else "something is missing at the end")

    def _bracketed_condition(self) -> bool:
        if self.sign != "[":
            return False
        return any(self.sign_at(j) in RELATIONS for j in range(self.i, len(self.tokens)))

    def _is_letter(self, token: Token) -> bool:
        """Whether a function's command (σ) is meant as a letter: no bracket, stroke or settings follow."""
        i = self.i + 1
        return token.text in LETTERS and not (self.sign_at(i) in ("(", "'") or self._has_settings(i))

    def _has_settings(self, i: int) -> bool:
        if self.sign_at(i) != "_" or self.sign_at(i + 1) != "{":
            return False
        return any(self.sign_at(j) == "=" for j in range(i + 1, self.close_of(i + 1)))

    def _word(self, token: Token) -> Form | None:
        """A word as a function's name, or as words; None where it is a letter in upright type."""
        bracket = self.sign_at(self.i + 1) in ("(", "'", "_", "^", r"\{")
        name = _BY_LATEX.get(token.text) or _BY_WORD.get(token.text.replace(r"\_", "_").lower())
        if token.kind in ("text", "textrm") and not (name and bracket):
            self.take()
            return Text(plain_words(token.text))
        if name:
            self.take()
            return Call(name) if token.text in _BY_LATEX and self.sign != "(" else self.call(name)
        if token.kind == "operatorname":
            self.take()
            return self.call(self._block(inner_symbol(token.text, self, token)))
        return None

    def _block(self, symbol: Symbol) -> str:
        return self.functions.get(symbol) or symbol_name(symbol)

    def _symbol(self) -> Form:
        symbol = read_symbol(self)
        if self.sign == "'" or (symbol in self.functions and (self.sign == "(" or self._has_settings(self.i))):
            return self.call(self._block(symbol))
        return symbol

    def call(self, name: str) -> Form:
        """What follows a function's name: settings, strokes, an exponent, arguments."""
        params, primes = self._settings(), 0
        while self._stroke():
            primes += 1
        exponent = self._function_exponent(name)
        known = FUNCTIONS.get(name)
        args: tuple[Form, ...] = ()
        if self.sign in _BRACKETS and (self.sign == "(" or known):
            args = self.items(_BRACKETS[self.take().text])
        elif known and known.style != "bracket" and not primes and self.starts_factor():
            args = (self._bare_argument(),)
        call = Call(name, args, primes, params)
        return Power(call, exponent) if exponent else call

    def _stroke(self) -> bool:
        if self.sign == "^" and self.sign_at(self.i + 1) == "{" and self.sign_at(self.i + 2) == "'":
            self.i += 2
            strokes = self.close_of(self.i - 1)
            del self.tokens[strokes]
        return self.accept("'")

    def _settings(self) -> tuple[tuple[str, Form], ...]:
        if not self._has_settings(self.i):
            return ()
        token = self.token
        found = []
        for setting in self.listed():
            if not isinstance(setting, Relation) or not isinstance(setting.left, Symbol):
                self.refuse("settings such as k=2 expected", token)
            found.append((symbol_name(setting.left), setting.right))
        return tuple(found)

    def _function_exponent(self, name: str) -> Form | None:
        if self.sign != "^" or name not in FUNCTIONS:
            return None
        token = self.take()
        exponent = self.argument()
        if isinstance(exponent, Neg):
            self.refuse("an inverse function and a power look alike: use brackets", token)
        return exponent

    def _bare_argument(self) -> Form:
        """The argument of a function without brackets: numbers and letters side by side, or one other factor."""
        plain = [self.factor()]
        while isinstance(plain[-1], (Number, Symbol, Power)) and self._starts_plain():
            plain.append(self.factor())
        return _joined(Product, plain)

    def _starts_plain(self) -> bool:
        token = self.token
        if token.kind == "number":
            return True
        return starts_symbol(token) and not (token.text in _BY_LATEX and not self._is_letter(token))

    # brackets

    def group(self) -> Form:
        """A bracket: what is in it, or a tuple."""
        items = self.items(_BRACKETS[self.take().text])
        return items[0] if len(items) == 1 else Tuple(items)

    def braces(self) -> Form:
        """Braces: round a name that is called, or without meaning."""
        end = self.close_of(self.i)
        self.take()
        if self.sign_at(end + 1) in ("(", "'") or self._has_settings(end + 1):
            start = self.i
            if starts_symbol(self.token):
                symbol = read_symbol(self)
                if self.i == end:
                    self.take()
                    return self.call(self._block(symbol))
            self.i = start
        form = self.relation()
        self.expect("}")
        return form

    def fence(self) -> Form:
        """Floor, ceiling, absolute value or norm by its own signs."""
        close, kind = _FENCES[self.take().text]
        form = self.relation()
        self.expect(close)
        return Fence(kind, form)  # type: ignore[arg-type]

    def absolute(self) -> Form:
        """An absolute value between plain bars."""
        self.take()
        self.bars += 1
        form = self.relation()
        self.expect("|")
        self.bars -= 1
        return Fence("abs", form)

    def evaluated(self) -> Form:
        """A form with an evaluation bar, `\\left. .. \\right|_{..}`."""
        self.take()
        form = self.relation()
        self.expect(r"\rvert")
        return self.bound(form)


_ATOMS: dict[str, Callable[[Reader], Form]] = {
    **COMMANDS,
    **dict.fromkeys(_BRACKETS, Reader.group),
    **dict.fromkeys(_FENCES, Reader.fence),
    "{": Reader.braces,
    "|": Reader.absolute,
    "left.": Reader.evaluated,
}
