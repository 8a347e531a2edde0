"""Known slips: a formula with one thing wrong in it, and what that comes to.

Each kind of slip makes changed forms of a formula; the whole derivation is then run with the changed one, and where it
arrives at what was claimed, the slip explains the claim. One entry in `SLIPS` adds a kind; those that stand first are
believed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from operator import itemgetter

from derive.exam.audit.replay import Formula, Program, places
from derive.notation.arrays import Value
from derive.notation.build import neg, number
from derive.notation.decimals import decimal_of
from derive.notation.form import (
    BigSum,
    Call,
    Derivative,
    Fence,
    Form,
    Frac,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
    Transpose,
    children,
    rebuild,
)
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate

Change = Callable[[Form], Iterable[Form]]
"""form -> the forms that it becomes by the slip, made at its outermost sign alone."""
Spot = tuple[int, Formula, dict[Form, Value]]
"""A place in a program, its formula, and what is known before it."""
BASES = (2, 10)
"""Logarithms that are in use besides the natural one."""
Accepts = Callable[[dict[Form, Value]], bool]


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that explains a claim: its kind, and where it was made."""

    kind: str
    where: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.where})" if self.where else self.kind


def find_slip(program: Program, accepts: Accepts) -> Slip | None:
    """The first kind of slip, anywhere in the program, under which the results are what was claimed."""
    spots = list(places(program))
    for kind, change in SLIPS:
        for place, formula, before in spots:
            for form in _everywhere(formula.form, change):
                changed = program.changed(place, form)
                if accepts(changed.run(before, place)):
                    return Slip(kind, _where(formula))
    return _other_value(program, spots, accepts)


def _where(formula: Formula) -> str:
    name = _name(formula.target)
    note = next((part for part in formula.note if isinstance(part, str)), "")
    return f"{name}, {note}" if name and note and formula.given else name or note


def _name(target: Form) -> str:
    """A quantity in plain letters, a slope as dL/dw."""
    if isinstance(target, Derivative):
        return "/".join("".join(f"d{_name(part)}" for part in parts) for parts in ((target.of,), target.wrt))
    return symbol_name(target) if isinstance(target, Symbol) else ""


def _everywhere(form: Form, change: Change) -> Iterator[Form]:
    """The form with the change made at one place in it; what a sum runs over is left as it is."""
    yield from change(form)
    for place, part in enumerate((form.body,) if isinstance(form, BigSum) else children(form)):
        for new in _everywhere(part, change):
            yield _with_part(form, place, new)


def _with_part(form: Form, place: int, new: Form) -> Form:
    numbers = count()
    return rebuild(form, lambda part: new if next(numbers) == place else part)


# The kinds


def _without_bias(form: Form) -> Iterator[Form]:
    """A bias is a term b, or the 1 that counts it."""
    if isinstance(form, Sum):
        yield from (f for term, f in _without_term(form) if term == Number("1") or _is_bias(term))


def _is_bias(term: Form) -> bool:
    return isinstance(term, Symbol) and term.base in ("b", "c", "beta")


def _dropped_term(form: Form) -> Iterator[Form]:
    if isinstance(form, Sum):
        yield from (f for _, f in _without_term(form))


def _without_term(form: Sum) -> Iterator[tuple[Form, Form]]:
    for k, term in enumerate(form.terms):
        terms, minus = form.terms[:k] + form.terms[k + 1 :], form.minus[:k] + form.minus[k + 1 :]
        first = neg(terms[0]) if minus[0] else terms[0]
        yield term, first if len(terms) == 1 else Sum((first, *terms[1:]), (False, *minus[1:]))


def _no_floor(form: Form) -> Iterator[Form]:
    if isinstance(form, Fence) and form.kind in ("floor", "ceil"):
        yield form.arg


def _ceiling(form: Form) -> Iterator[Form]:
    if isinstance(form, Fence) and form.kind in ("floor", "ceil"):
        yield Fence("ceil" if form.kind == "floor" else "floor", form.arg)


def _sign(form: Form) -> Iterator[Form]:
    if isinstance(form, Neg):
        yield form.arg
    if isinstance(form, Sum):
        for k in range(1, len(form.terms)):
            yield Sum(form.terms, (*form.minus[:k], not form.minus[k], *form.minus[k + 1 :]))
    if isinstance(form, (Product, Frac, Call, Symbol)):
        yield Neg(form)


def _factor_two(form: Form) -> Iterator[Form]:
    """Of what is worked out; nobody doubles a number that was given."""
    if not isinstance(form, (Number, Symbol)):
        yield Product((Number("2"), form))
        yield Frac(form, Number("2"))


def _dropped_factor(form: Form) -> Iterator[Form]:
    if isinstance(form, Product):
        for k in range(len(form.factors)):
            rest = form.factors[:k] + form.factors[k + 1 :]
            yield rest[0] if len(rest) == 1 else Product(rest)
    if isinstance(form, Frac):
        yield form.top


def _no_square(form: Form) -> Iterator[Form]:
    if isinstance(form, Power):
        yield form.base
    if isinstance(form, Root):
        yield form.arg


_TWINS = {"sigmoid": ("tanh", "relu"), "tanh": ("sigmoid", "relu"), "relu": ("sigmoid", "tanh"), "max": ("min",)}


def _other_function(form: Form) -> Iterator[Form]:
    if isinstance(form, Call):
        yield from (Call(name, form.args, form.primes) for name in _TWINS.get(form.function, ()))


def _other_log(form: Form) -> Iterator[Form]:
    yield from filter(None, (to_base(base, form) for base in BASES))


def to_base(base: int, form: Form) -> Form | None:
    """A logarithm to another base; None of anything else."""
    is_log = isinstance(form, Call) and form.function == "log" and not form.primes
    return Frac(form, Call("log", (number(base),))) if is_log else None


def _transposed(form: Form) -> Iterator[Form]:
    if isinstance(form, Transpose):
        yield form.arg
    elif isinstance(form, Matrix) and len(form.rows) == len(form.rows[0]) > 1:
        yield Matrix(tuple(zip(*form.rows, strict=True)))


SLIPS: tuple[tuple[str, Change], ...] = (
    ("forgot bias", _without_bias),
    ("forgot floor", _no_floor),
    ("rounded up, not down", _ceiling),
    ("sign", _sign),
    ("factor 2", _factor_two),
    ("another base of the logarithm", _other_log),
    ("another function", _other_function),
    ("dropped term", _dropped_term),
    ("dropped factor", _dropped_factor),
    ("dropped power or root", _no_square),
    ("transposed", _transposed),
)

_DEFAULTS = ("0.9", "0.99", "0.999", "0.9999", "1", "0", "0.1", "0.01", "0.001", "0.5")
_LARGEST = 12


def _other_value(program: Program, spots: list[Spot], accepts: Accepts) -> Slip | None:
    """Another number for a single value that was given: another stride, another default; the nearest one."""
    others = [
        (distance, spot, other)
        for spot in spots
        if spot[1].given and decimal_of(spot[1].form) is not None
        for distance, other in _others(spot[1].form)
    ]
    for _, (place, formula, before), other in sorted(others, key=itemgetter(0)):
        if accepts(program.changed(place, other).run(before, place)):
            note = next((part for part in formula.note if isinstance(part, str)), "")
            name = note or (symbol_name(formula.target) if isinstance(formula.target, Symbol) else "value")
            return Slip(f"wrong {name}", f"{_said(other)} for {_said(formula.form)}")
    return None


def _others(form: Form) -> Iterator[tuple[Fraction, Form]]:
    """Small whole numbers for a small whole number, usual settings for a decimal one; each with how far off it is."""
    value = evaluate(form)
    if value.denominator == 1 and 0 <= value <= _LARGEST:
        yield from ((abs(k - value), number(k)) for k in range(_LARGEST + 1) if k != value)
    elif value.denominator != 1:
        usual = ((abs(Fraction(text) - value), Number(text)) for text in _DEFAULTS)
        yield from (pair for pair in usual if pair[0])


def _said(form: Form) -> str:
    from derive.notation import plain

    return plain.write(form)
