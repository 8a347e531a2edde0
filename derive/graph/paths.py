"""The derivative of a block with its paths kept apart: identity path and block path stay two terms.

The derivative follows the written form from the outside in, so its factors stand in the order of the chain rule from
the output back: ReLU'(a3)·(1 + w3·ReLU'(a2)·w2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.errors import InputError
from derive.graph.curvature import differentiate
from derive.graph.operations import ACTIVATIONS
from derive.notation.build import ONE, ZERO, add, multiply, neg
from derive.notation.form import Call, Form, Neg, Product, Sum, Symbol, Underbrace, rebuild, symbols, walk

IDENTITY, BLOCK = "identity path", "block path"


@dataclass(frozen=True, slots=True)
class Named:
    """A quantity whose arguments of activations have names of their own: `inner` in order, then its own form."""

    form: Form
    inner: Mapping[Symbol, Form]


def name_arguments(form: Form, prefix: str, start: int) -> Named:
    """Each compound argument of an activation becomes a name: ReLU(w1 ReLU(w0 x) + x) gives a0, a1 and ReLU(a1)."""
    inner: dict[Symbol, Form] = {}

    def change(part: Form) -> Form:
        part = rebuild(part, change)
        if isinstance(part, Call) and part.function in ACTIVATIONS and not isinstance(part.args[0], Symbol):
            name = Symbol(prefix, sub=(str(start + len(inner)),))
            inner[name] = part.args[0]
            return Call(part.function, (name, *part.args[1:]), 0, part.params)
        return part

    return Named(change(form), inner)


def path_derivative(form: Form, by: Symbol, names: Mapping[Symbol, Form], labelled: bool = False) -> Form:
    """∂form/∂by through the named arguments, as a product along each path and a sum over paths.

    Args:
        names: what the names inside the form stand for.
        labelled: whether the terms of a sum that contains `by` itself carry braces that say which path they are.
    """
    if form == by:
        return ONE
    match form:
        case Symbol() if form in names:
            return path_derivative(names[form], by, names, labelled)
        case Symbol():
            return ZERO
        case Neg(arg):
            return neg(path_derivative(arg, by, names, labelled))
        case Sum(terms, minus):
            return _sum_over_paths(terms, minus, by, names, labelled)
        case Product(factors):
            return _product(factors, by, names, labelled)
        case Call(function, (arg, *rest), 0) if not rest:
            inside = path_derivative(arg, by, names, labelled)
            slope = Call(function, (arg,), 1)
            return ZERO if inside == ZERO else _times(slope, inside)
    if not depends(form, by, names):
        return ZERO
    if any(name in names and depends(names[name], by, names) for name in symbols(form)):
        raise InputError("a skip connection here may use sums, products and activations only")
    return differentiate(form, by)[1]


def depends(form: Form, by: Symbol, names: Mapping[Symbol, Form]) -> bool:
    """Whether a form depends on a symbol, also through names."""
    return any(name == by or (name in names and depends(names[name], by, names)) for name in symbols(form))


def _sum_over_paths(
    terms: tuple[Form, ...], minus: tuple[bool, ...], by: Symbol, names: Mapping[Symbol, Form], labelled: bool
) -> Form:
    found: list[Form] = []
    for term, taken in zip(terms, minus, strict=True):
        slope = path_derivative(term, by, names, labelled)
        if slope == ZERO:
            continue
        if labelled and by in terms:
            slope = Underbrace(slope, IDENTITY if term == by else BLOCK)
        found.append(neg(slope) if taken else slope)
    return add(found)


def _product(factors: tuple[Form, ...], by: Symbol, names: Mapping[Symbol, Form], labelled: bool) -> Form:
    terms: list[Form] = []
    for at, factor in enumerate(factors):
        slope = path_derivative(factor, by, names, labelled)
        if slope != ZERO:
            terms.append(_times(*factors[:at], slope, *factors[at + 1 :]))
    return add(terms)


def _times(*factors: Form) -> Form:
    return multiply(factor for factor in factors if factor != ONE)


def without_skips(form: Form) -> Form:
    """The same expression with every skip taken out: of a sum with a bare name only the rest stays."""
    if isinstance(form, Sum) and any(isinstance(term, Symbol) for term in form.terms):
        kept = [(t, m) for t, m in zip(form.terms, form.minus, strict=True) if not isinstance(t, Symbol)]
        if kept:
            return add(neg(without_skips(t)) if m else without_skips(t) for t, m in kept)
    return rebuild(form, without_skips)


def activations(form: Form) -> dict[str, None]:
    """The activations that a form calls, in order of appearance."""
    return {node.function: None for node in walk(form) if isinstance(node, Call) and node.function in ACTIVATIONS}
