"""The next form that a person would write: cancelled, collected or over one denominator, whichever is shortest."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.algebra import cancelled, combine, size, tidy
from derive.notation.form import Call, Derivative, Form, Number, Power, Product, Sum, Symbol
from derive.record import Phrase


def course_form(form: Form, products: Sequence[tuple[Form, ...]] = ()) -> tuple[Form, Phrase]:
    """The shortest of the forms that a person would write next, and the reason that leads to it."""
    if is_settled(form):
        return form, ()
    collected, combined = tidy(form), combine(form)
    if size(combined) < size(collected):
        return combined, ("common denominator",)
    gone = [what for factors in products if len(factors) > 1 and (what := cancelled(factors)) is not None]
    if gone and collected != form:
        return collected, ("cancel ", gone[0])
    return (collected, ("collect",)) if size(collected) < size(form) else (form, ())


def is_settled(form: Form) -> bool:
    """Whether nothing can cancel or be collected: a sum of unlike products of different names.

    Most lines of a long derivation are, and this is seen at a glance where the algebra would take them apart.
    """
    if not isinstance(form, Sum):
        return _bases(form) is not None
    keys = [_bases(term) for term in form.terms]
    return None not in keys and len(set(keys)) == len(keys)


def _bases(term: Form) -> frozenset[Form] | None:
    """The names that a product is made of, each once and at most one bracket; None where it is anything else."""
    if isinstance(term, Number):
        return frozenset() if term.text != "0" else None
    factors = term.factors if isinstance(term, Product) else (term,)
    bases = frozenset(factor.base if isinstance(factor, Power) and _is_whole(factor.exponent) else factor for factor in factors)
    brackets = [base for base in bases if isinstance(base, Sum)]
    plain = all(base in brackets or _is_name(base) for base in bases)
    if len(bases) < len(factors) or not plain or len(brackets) > (len(factors) > 1) or not all(map(is_settled, brackets)):
        return None
    return bases


def _is_name(form: Form) -> bool:
    if isinstance(form, Call):
        return not form.params and all(map(is_settled, form.args))
    return isinstance(form, (Symbol, Derivative))


def _is_whole(exponent: Form) -> bool:
    return isinstance(exponent, Number) and exponent.text.isdigit() and exponent.text not in ("0", "1")
