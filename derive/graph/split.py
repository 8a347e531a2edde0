"""One expression cut into named nodes, as a person draws its computation graph.

Equal parts are one node, a written-out sigmoid is a sigmoid, and a power of which a lower power also occurs is built
from that one: x⁴ is (x²)² where x² is there. Numbers, names, minus signs and 1 - p are no nodes of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from derive.errors import InputError
from derive.graph.operations import ACTIVATIONS
from derive.notation.build import ONE, multiply, neg, number
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Form,
    Frac,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Sum,
    Symbol,
    Text,
    Underbrace,
    children,
    rebuild,
    symbols,
    walk,
)
from derive.notation.symbols import parse_symbol, symbol_name

Detail = Literal["elementary", "named"]

_OPAQUE = (Number, Symbol, Text, Derivative, At, BigSum, Cases)
"""What is not looked into."""
_ARITHMETIC = (Neg, Sum, Product, Frac, Power)
_MARK = "#"


def split(form: Form, name: str = "f", prefix: str = "v", detail: Detail = "elementary") -> dict[str, Form]:
    """The definitions of a graph that computes the form, in order; the last one is `name`.

    >>> from derive.notation import source
    >>> from derive.notation.text import read
    >>> {name: source.write(form) for name, form in split(read("1/(1 + exp(-(w*x + b)))"), "y").items()}
    {'v_1': 'w*x', 'z': 'v_1 + b', 'y': 'sigmoid(z)'}

    Args:
        form: the expression.
        name: of the whole.
        prefix: of the names of nodes that have no customary one (z before and p, h behind an activation).
        detail: "elementary" names every operation, "named" only activations, their arguments and shared parts.

    Raises:
        InputError: `name` occurs in the expression.
    """
    taken = set(symbols(form))
    output = parse_symbol(name)
    if output in taken:
        raise InputError(f"the name {name} occurs in the expression: give another one")
    parts = _Parts()
    root = parts.reference(form)
    if detail == "elementary":
        parts.share_powers()
    order = parts.order(root)
    users = parts.users(order)
    kept = [key for key in order if detail == "elementary" or parts.is_telling(key, users)]
    top = root.base if isinstance(root, Symbol) and root.base in parts.forms else None
    stems = {key: parts.customary_name(key, users) for key in kept if key != top}
    naming = _names(stems, {*taken, output}, prefix)
    written: dict[str, Form] = {}
    definitions: dict[str, Form] = {}
    for key in order:
        body = _filled(parts.forms[key], written)
        written[key] = naming.get(key, body)
        if key in naming:
            definitions[symbol_name(naming[key])] = body
    return {**definitions, symbol_name(output): _filled(root, written)}


def _filled(form: Form, written: dict[str, Form]) -> Form:
    """A form with the parts that it refers to put in; signs go where a product wants them."""
    if isinstance(form, Symbol) and form.base in written:
        return written[form.base]
    return rebuild(form, lambda part: _filled(part, written))


class _Parts:
    """The operations of an expression, each once, by a key; their operands are references to others."""

    def __init__(self) -> None:
        self.forms: dict[str, Form] = {}
        self._keys: dict[Form, str] = {}

    def reference(self, form: Form) -> Form:
        """The form as another one refers to it: itself where it is no node, else the symbol of its key."""
        done: dict[int, Form] = {}
        opened: dict[int, tuple[Form, Form]] = {}  # both stay alive as long as their ids are used
        stack = [form]
        while stack:
            node = stack[-1]
            _, seen = opened.setdefault(id(node), (node, _recognised(node)))
            inner = [] if isinstance(seen, _OPAQUE) else list(children(seen))
            missing = [part for part in inner if id(part) not in done]
            if missing and id(node) not in done:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if id(node) not in done:
                done[id(node)] = self._placed(rebuild(seen, lambda part: done[id(part)]) if inner else seen)
        return done[id(form)]

    def _placed(self, form: Form) -> Form:
        if isinstance(form, Underbrace):
            return form.arg
        if isinstance(form, Neg):
            return neg(form.arg)
        if isinstance(form, (*_OPAQUE, Relation)) or _is_constant(form) or _is_complement(form):
            return form
        if isinstance(form, (Product, Frac)):
            form = _unsigned(form)
        return Neg(self._key(form.arg)) if isinstance(form, Neg) else self._key(form)

    def _key(self, form: Form) -> Symbol:
        if form not in self._keys:
            self._keys[form] = f"{_MARK}{len(self._keys)}"
            self.forms[self._keys[form]] = form
        return Symbol(self._keys[form])

    def operands(self, key: str) -> Iterator[str]:
        """The keys that a part refers to, in written order."""
        return (node.base for node in walk(self.forms[key]) if isinstance(node, Symbol) and node.base in self.forms)

    def share_powers(self) -> None:
        """Build each whole power from the largest lower one of the same base that divides it, or leaves one factor."""
        powers: dict[Form, dict[int, str]] = {}
        for key, form in self.forms.items():
            if isinstance(form, Power) and isinstance(form.exponent, Number) and form.exponent.text.isdigit():
                powers.setdefault(form.base, {})[int(form.exponent.text)] = key
        for base, keys in powers.items():
            for exponent, key in keys.items():
                lower = sorted((n for n in keys if 1 < n < exponent), reverse=True)
                if divisor := next((n for n in lower if exponent % n == 0), None):
                    self.forms[key] = Power(Symbol(keys[divisor]), number(exponent // divisor))
                elif exponent - 1 in lower:
                    self.forms[key] = Product((Symbol(keys[exponent - 1]), base))

    def order(self, root: Form) -> list[str]:
        """The keys that the root needs, operands first, in the order in which they are met."""
        order: dict[str, None] = {}
        start = [node.base for node in walk(root) if isinstance(node, Symbol) and node.base in self.forms]
        stack = list(reversed(start))
        while stack:
            missing = [key for key in self.operands(stack[-1]) if key not in order]
            if missing and stack[-1] not in order:
                stack.extend(reversed(missing))
            else:
                order[stack.pop()] = None
        return list(order)

    def users(self, order: list[str]) -> dict[str, list[str]]:
        """For each key those that refer to it."""
        users: dict[str, list[str]] = {key: [] for key in order}
        for key in order:
            for operand in self.operands(key):
                users[operand].append(key)
        return users

    def is_telling(self, key: str, users: Mapping[str, list[str]]) -> bool:
        """Whether a part has a name of its own among named quantities."""
        return self.is_activation(key) or len(users[key]) > 1 or any(map(self.is_activation, users[key]))

    def customary_name(self, key: str, users: Mapping[str, list[str]]) -> str:
        """p for a sigmoid, h for another activation, z for what goes into one; empty for anything else."""
        if self.is_activation(key):
            form = self.forms[key]
            return "p" if isinstance(form, Call) and form.function == "sigmoid" else "h"
        return "z" if any(map(self.is_activation, users[key])) else ""

    def is_activation(self, key: str) -> bool:
        """Whether a part is an activation function of something."""
        form = self.forms[key]
        return isinstance(form, Call) and form.function in ACTIVATIONS and not form.primes


def _is_constant(form: Form) -> bool:
    return isinstance(form, _ARITHMETIC) and all(isinstance(node, (*_ARITHMETIC, Number)) for node in walk(form))


def _is_complement(form: Form) -> bool:
    """1 - p, which stands where it is used, as in p(1 - p)."""
    return isinstance(form, Sum) and form.minus == (False, True) and form.terms[0] == ONE and isinstance(
        form.terms[1], Symbol)  # fmt: skip


def _unsigned(form: Product | Frac) -> Form:
    """A product or a fraction with the signs of its parts in front."""
    if isinstance(form, Product):
        return multiply(form.factors) if any(isinstance(factor, Neg) for factor in form.factors) else form
    minus = isinstance(form.top, Neg) != isinstance(form.bottom, Neg)
    top = form.top.arg if isinstance(form.top, Neg) else form.top
    bottom = form.bottom.arg if isinstance(form.bottom, Neg) else form.bottom
    return Neg(Frac(top, bottom)) if minus else Frac(top, bottom)


def _recognised(form: Form) -> Form:
    """1/(1 + exp(-z)) as sigmoid(z), a top other than 1 beside it; exp(z)/(1 + exp(z)) as sigmoid(z)."""
    exponent = _logistic(form.bottom) if isinstance(form, Frac) else None
    if exponent is None:
        return form
    assert isinstance(form, Frac)
    if form.top == Call("exp", (exponent,)):
        return Call("sigmoid", (exponent,))
    sigmoid = Call("sigmoid", (_opposite(exponent),))
    return sigmoid if form.top == ONE else multiply([form.top, sigmoid])


def _logistic(bottom: Form) -> Form | None:
    """u where the bottom is 1 + exp(u), in either order."""
    if not isinstance(bottom, Sum) or len(bottom.terms) != 2 or any(bottom.minus) or ONE not in bottom.terms:
        return None
    other = bottom.terms[1] if bottom.terms[0] == ONE else bottom.terms[0]
    return other.args[0] if isinstance(other, Call) and other.function == "exp" and not other.primes else None


def _opposite(form: Form) -> Form:
    """-form, into the terms of a sum that begins with a minus sign."""
    if isinstance(form, Sum) and isinstance(form.terms[0], Neg):
        rest = [term if minus else neg(term) for term, minus in zip(form.terms[1:], form.minus[1:], strict=True)]
        flipped = [form.terms[0].arg, *(term.arg if isinstance(term, Neg) else term for term in rest)]
        return Sum(tuple(flipped), (False, *(isinstance(term, Neg) for term in rest)))
    return neg(form)


# Names


def _names(stems: Mapping[str, str], taken: Collection[Symbol], prefix: str) -> dict[str, Symbol]:
    """A name for each key: the customary one, with a number where several parts have it, or the prefix with one."""
    counts = Counter(stem for stem in stems.values() if stem)
    numbers: Counter[str] = Counter()
    names: dict[str, Symbol] = {}
    for key, stem in stems.items():
        symbol = parse_symbol(stem) if counts[stem] == 1 else None
        while symbol is None or symbol in taken:
            numbers[stem] += 1
            symbol = parse_symbol(f"{stem or prefix}_{numbers[stem]}")
        names[key] = symbol
    return names
