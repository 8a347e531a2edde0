"""Written mathematics: a small immutable tree that keeps the order, the brackets' reasons and the digits of its author.

A form says how a line *looks*; what it is worth is said by `derive.notation.value`. Two rules make a tree canonical,
so that reading a printed form gives the same form back:

* a `Number` is a non-negative decimal literal; minus three is `Neg(Number("3"))`, a tiny number is a product with a
  power of ten;
* a `Sum` carries its signs beside its terms, so that `1 - 3` and `1 + (-3)` are different forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Form:
    """Base of all written forms."""


@dataclass(frozen=True, slots=True)
class Number(Form):
    """A non-negative decimal literal, digits as printed: `Number("1.750")` keeps its last zero."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol(Form):
    """A letter with its decorations: `m_hat_1` is Symbol("m", "hat", ("1",)), `W__2` is Symbol("W", sup="2").

    `bold` says that the letter names a vector or a matrix; it changes the print only, so two symbols that differ in
    it are equal.
    """

    base: str
    accent: str = ""
    sub: tuple[str, ...] = ()
    sup: str = ""
    bold: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Neg(Form):
    """-arg."""

    arg: Form


@dataclass(frozen=True, slots=True)
class Sum(Form):
    """terms[0] ± terms[1] ± ...; minus[i] is True where terms[i] is taken away. minus[0] is always False."""

    terms: tuple[Form, ...]
    minus: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Product(Form):
    """factors[0] · factors[1] · ...; a matrix product where the factors are matrices."""

    factors: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Hadamard(Form):
    """factors[0] ⊙ factors[1] ⊙ ..., element by element."""

    factors: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Frac(Form):
    """top / bottom."""

    top: Form
    bottom: Form


@dataclass(frozen=True, slots=True)
class Power(Form):
    """base ** exponent."""

    base: Form
    exponent: Form


@dataclass(frozen=True, slots=True)
class Root(Form):
    """The degree-th root of arg."""

    arg: Form
    degree: int = 2


@dataclass(frozen=True, slots=True)
class Call(Form):
    """function(args): a known function, or an abstract block F. `primes` counts derivative strokes: F'(x).

    `params` are the settings that stand as an index at the name, such as kernel size and stride. No arguments at all
    names the function itself, as in "ReLU' = 1".
    """

    function: str
    args: tuple[Form, ...] = ()
    primes: int = 0
    params: tuple[tuple[str, Form], ...] = ()


@dataclass(frozen=True, slots=True)
class Fence(Form):
    """arg between a pair of marks; kind is "floor", "ceil", "abs" or "norm"."""

    kind: Literal["floor", "ceil", "abs", "norm"]
    arg: Form


@dataclass(frozen=True, slots=True)
class Relation(Form):
    """left op right, for conditions and assumptions; op is one of = ≠ < ≤ > ≥ ≈."""

    op: Literal["=", "≠", "<", "≤", ">", "≥", "≈"]
    left: Form
    right: Form


@dataclass(frozen=True, slots=True)
class Indicator(Form):
    """1 where the condition holds, else 0."""

    condition: Relation


@dataclass(frozen=True, slots=True)
class Matrix(Form):
    """An explicit matrix by rows; a column vector has one element a row."""

    rows: tuple[tuple[Form, ...], ...]


@dataclass(frozen=True, slots=True)
class Tuple(Form):
    """(a, b, ...): a point, or the channels of an image. Two items at least."""

    items: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Cases(Form):
    """Values by condition; the last condition may be None, "otherwise"."""

    branches: tuple[tuple[Form, Relation | None], ...]


@dataclass(frozen=True, slots=True)
class Derivative(Form):
    """The derivative of `of` by each of `wrt` in turn.

    It is the *whole* derivative, over all paths of the graph, unless `held` names quantities that are kept fixed (then
    it prints as the bracketed partial derivative with those as its index). `total` writes an upright d for ∂.
    """

    of: Form
    wrt: tuple[Form, ...]
    held: tuple[Form, ...] = ()
    total: bool = False


@dataclass(frozen=True, slots=True)
class At(Form):
    """form with an evaluation bar: the value where the bindings hold."""

    form: Form
    bindings: tuple[tuple[Form, Form], ...]


@dataclass(frozen=True, slots=True)
class Transpose(Form):
    """argᵀ."""

    arg: Form


@dataclass(frozen=True, slots=True)
class BigSum(Form):
    """Σ of body for index = lower .. upper (whole numbers)."""

    body: Form
    index: Symbol
    lower: Form
    upper: Form


@dataclass(frozen=True, slots=True)
class Shape(Form):
    """a × b × ...: the size of an array. Two dims at least."""

    dims: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Underbrace(Form):
    """arg with a plain-text label under a brace; it is worth arg."""

    arg: Form
    label: str


@dataclass(frozen=True, slots=True)
class Text(Form):
    """Words inside mathematics, such as a verdict."""

    text: str


LEAVES = (Number, Symbol, Text)
"""The forms that hold no others."""


PI = Symbol("pi")
"""The one letter that is a number wherever it stands, and no name; with an index it is a letter as any other."""

_OTHER = ("str", "int", "bool", "tuple[str, ...]", "tuple[bool, ...]")


@cache
def _opener(kind: Any) -> Callable[[Any], tuple[Form, ...]]:
    """What takes the forms out of a form of this kind, by the types of its fields."""
    typed = [(f.name, str(f.type)) for f in fields(kind)]
    held = [(name, of) for name, of in typed if of not in _OTHER and not of.startswith("Literal")]
    if not held:
        return lambda form: ()
    kinds = [of for _, of in held]
    if kinds == ["tuple[Form, ...]"] or (len(kinds) > 1 and not any(of.startswith("tuple") for of in kinds)):
        return attrgetter(*(name for name, _ in held))
    ways = tuple((name, not of.startswith("tuple"), of == "tuple[Form, ...]") for name, of in held)

    def opened(form: Form) -> tuple[Form, ...]:
        found: list[Form] = []
        for name, single, row in ways:
            value = getattr(form, name)
            if single:
                found.append(value)
            elif value:
                found += value if row else _forms(value)
        return tuple(found)

    return opened


def _forms(value: Any) -> Iterator[Form]:
    if isinstance(value, Form):
        yield value
    for item in value if isinstance(value, tuple) else ():
        yield from _forms(item)


def children(form: Form) -> tuple[Form, ...]:
    """The forms directly inside `form`, in written order."""
    return _opener(type(form))(form)  # type: ignore[arg-type]


def walk(form: Form) -> Iterator[Form]:
    """`form` and every form inside it, outermost first; iterative, so depth is no limit."""
    stack = [form]
    while stack:
        node = stack.pop()
        yield node
        stack += children(node)[::-1]


def _mapped(value: Any, change: Callable[[Form], Form]) -> Any:
    if isinstance(value, Form):
        return change(value)
    if isinstance(value, tuple):
        new = tuple(_mapped(item, change) for item in value)
        return value if all(a is b for a, b in zip(value, new, strict=True)) else new
    return value


def rebuild(form: Form, change: Callable[[Form], Form]) -> Form:
    """`form` with each form directly inside it replaced by `change` of it; the same object where nothing changed."""
    if isinstance(form, LEAVES):
        return form
    kind: Any = type(form)
    old = [getattr(form, name) for name in kind.__match_args__]
    new = [_mapped(value, change) for value in old]
    return form if all(a is b for a, b in zip(old, new, strict=True)) else kind(*new)


def symbols(form: Form) -> dict[Symbol, None]:
    """The names that occur in `form`, in order of first appearance (a dictionary used as an ordered set)."""
    found = {node: None for node in walk(form) if isinstance(node, Symbol)}
    found.pop(PI, None)
    return found
