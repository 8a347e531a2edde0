"""The next form that a person would write: cancelled, collected or over one denominator, whichever is shortest."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.algebra import cancelled, combine, tidy
from derive.notation.form import (
    Call,
    Cases,
    Derivative,
    Form,
    Frac,
    Indicator,
    Neg,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Underbrace,
    walk,
)
from derive.notation.length import size
from derive.record import Phrase

MOST_CANCELLED = 3
"""So many factors that cancel are named one by one."""


def course_form(form: Form, products: Sequence[tuple[Form, ...]] = ()) -> tuple[Form, Phrase]:
    """The shortest of the forms that a person would write next, and the reason that leads to it."""
    if is_settled(form):
        return form, ()
    collected, combined = over_a_number(form), combine(form)
    if size(combined) < size(collected):
        return combined, ("common denominator",)
    gone = [what for factors in products if len(factors) > 1 and (what := what_cancels(factors)) is not None]
    if gone and collected != form:
        return collected, ("cancel ", *_listed(list(dict.fromkeys(gone))))
    return (collected, ("collect",)) if size(collected) < size(form) else (form, ())


def _listed(forms: Sequence[Form]) -> Phrase:
    """The forms as a sentence lists them; of many the first."""
    if len(forms) > MOST_CANCELLED:
        return (forms[0], " and its like")
    ends = ["", *[", "] * (len(forms) - 2), " and "][: len(forms)]
    return tuple(piece for end, form in zip(ends, forms, strict=True) for piece in (end, form) if piece)


def what_cancels(factors: Sequence[Form]) -> Form | None:
    """What cancels when the factors are multiplied; None where nothing does, which most products show at a glance."""
    return cancelled(factors) if any(map(_may_divide, factors)) else None


def _may_divide(form: Form) -> bool:
    """Whether a form may be a quotient: one stands in it, outside of what the algebra takes as one factor."""
    match form:
        case Product(parts) | Sum(parts, _):
            return any(map(_may_divide, parts))
        case Neg(arg) | Underbrace(arg, _):
            return _may_divide(arg)
        case Power(base, exponent):
            return not isinstance(exponent, Number) or _may_divide(base)
    return isinstance(form, Frac)


def over_a_number(form: Form) -> Form:
    """Collected; over a number that terms are divided by where that is shorter, as (p - t)/2 is."""
    if isinstance(form, Cases):
        return Cases(tuple((over_a_number(value), condition) for value, condition in form.branches))
    short = tidy(form)
    divisors = {part.bottom: None for part in walk(short) if isinstance(part, Frac) and isinstance(part.bottom, Number)}
    over = [Frac(tidy(Product((divisor, short))), divisor) for divisor in divisors]
    return min(short, *over, key=_length) if over else short


def _length(form: Form) -> int:
    """What there is to read, a decimal counted twice: (p - 1)/2 before p/2 - 0.5."""
    return size(form) + sum(1 for part in walk(form) if isinstance(part, Number) and "." in part.text)


def is_settled(form: Form) -> bool:
    """Whether nothing can cancel or be collected: a sum of unlike products of different names and brackets.

    Most lines of a long derivation are, and this is seen at a glance where the algebra would take them apart.
    """
    return (_terms(form) if isinstance(form, Sum) else _factors(form)) is not None


def _terms(form: Sum) -> frozenset[object] | None:
    """What a sum is made of but for its signs: the factors of each term; None where two are alike, or one unsettled."""
    return _unlike([_factors(term) if not isinstance(term, Sum) else None for term in form.terms])


def _factors(form: Form) -> frozenset[object] | None:
    """What a product is made of; None where a factor comes twice, or is no name, power of a name or bracket."""
    if isinstance(form, Number):
        return frozenset() if form.text.strip("0.") else None
    return _unlike([_factor(factor) for factor in (form.factors if isinstance(form, Product) else (form,))])


def _factor(form: Form) -> object | None:
    if isinstance(form, Sum):
        return _terms(form)
    base = form.base if isinstance(form, Power) and _is_whole(form.exponent) else form
    return base if _is_name(base) else None


def _unlike(keys: list[object | None]) -> frozenset[object] | None:
    found = frozenset(keys)
    return None if None in found or len(found) < len(keys) else found


def _is_name(form: Form) -> bool:
    if isinstance(form, Call):
        return not form.params and all(map(is_settled, form.args))
    if isinstance(form, Indicator):
        return is_settled(form.condition.left) and is_settled(form.condition.right)
    return isinstance(form, (Symbol, Derivative))


def _is_whole(exponent: Form) -> bool:
    return isinstance(exponent, Number) and exponent.text.isdigit() and exponent.text not in ("0", "1")
