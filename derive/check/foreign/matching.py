"""A formula and the same formula with numbers in it."""

from __future__ import annotations

from derive.notation.arrays import Value
from derive.notation.decimals import decimal_of
from derive.notation.form import (
    Cases,
    Derivative,
    Form,
    Frac,
    Matrix,
    Neg,
    Number,
    Product,
    Sum,
    Symbol,
    Text,
    Tuple,
    children,
    symbols,
    walk,
)
from derive.notation.reals import Undefined
from derive.notation.value import NoValue, evaluate, substituted


def matched(pattern: Form, form: Form) -> dict[Form, Form] | None:
    """The numbers that stand for the names and derivatives of the pattern; None where the form is no such thing.

    A part may be worked out already, as 0.1 for 1 - β where 0.9 stands for β elsewhere.
    """
    found: dict[Form, Form] = {}
    worked: list[tuple[Form, Form]] = []
    if not _matches(pattern, form, found, worked):
        return None
    try:
        right = all(evaluate(part, _values(found)) == evaluate(number) for part, number in worked)
    except (Undefined, NoValue):
        return None
    return found if right else None


def _values(found: dict[Form, Form]) -> dict[Form, Value]:
    return {name: evaluate(form) for name, form in found.items()}


def _matches(pattern: Form, form: Form, found: dict[Form, Form], worked: list[tuple[Form, Form]]) -> bool:
    if isinstance(pattern, (Symbol, Derivative)):
        return is_number(form) and found.setdefault(pattern, form) == form
    if isinstance(form, Neg) and isinstance(pattern, (Product, Frac)):
        form = _inward(form.arg)
    if is_number(form) and not is_number(pattern) and any(symbols(pattern)):
        worked.append((pattern, form))
        return True
    if type(pattern) is not type(form) or isinstance(pattern, (Number, Text)):
        return pattern == form
    ours, theirs = children(pattern), children(form)
    signs = not isinstance(pattern, Sum) or not isinstance(form, Sum) or pattern.minus == form.minus
    same = signs and len(ours) == len(theirs)
    return same and all(_matches(p, f, found, worked) for p, f in zip(ours, theirs, strict=True))


def _inward(form: Form) -> Form:
    """-(a b) as (-a) b: the minus of a first number stands in front of the whole product."""
    if isinstance(form, Product):
        return Product((Neg(form.factors[0]), *form.factors[1:]))
    return Frac(_inward(form.top), form.bottom) if isinstance(form, Frac) else Neg(form)


def with_named_words(form: Form) -> Form:
    """The form with words that stand among its operands as names: `\\frac{\\text{hits}}{\\text{tries}}`."""

    def named(part: Form) -> Form | None:
        if isinstance(part, Text):
            letters = "".join(filter(str.isalnum, part.text))
            return Symbol(letters) if letters else None
        return part if isinstance(part, Cases) else None

    return substituted(form, named)


def is_number(form: Form) -> bool:
    """Whether a form is a decimal number, or a fraction of whole ones."""
    inner = form.arg if isinstance(form, Neg) else form
    if isinstance(inner, Frac):
        return isinstance(inner.top, Number) and isinstance(inner.bottom, Number)
    return decimal_of(inner) is not None


def is_literal(form: Form) -> bool:
    """Whether a form is a number, or an array of them, with nothing to work out."""
    if isinstance(form, (Matrix, Tuple)):
        return all(
            isinstance(part, (Matrix, Tuple, Neg, Number, Frac, Product)) or is_number(part) for part in walk(form)
        )
    return is_number(form)
