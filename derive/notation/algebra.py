"""Small exact algebra on written forms, in course form: collect, cancel, common denominator, expand.

A form becomes a *term*: a rational coefficient times powers of factors. A factor is an atom (a symbol, a call, a
derivative, ...) or a bracket, which is a sum of terms kept up to sign and scale, so that p - t and t - p are one factor
and cancel. Nothing is expanded unless asked, and the order of appearance is the order of print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd, lcm

from derive.errors import InputError
from derive.notation.build import add, multiply, neg, number
from derive.notation.form import Call, Form, Frac, Neg, Number, Power, Product, Sum, Underbrace, children, rebuild
from derive.notation.functions import FUNCTIONS
from derive.notation.length import is_longer

Factors = tuple[tuple[int, int], ...]
"""Powers of factors: (factor, exponent), sorted by factor; the exponents are not zero."""
Term = tuple[Fraction, Factors]
Bracket = dict[Factors, Fraction]
"""A sum of terms: coefficient by factors, in order of appearance."""

MAX_EXPONENT = 64
LONGEST = 2000
LONGEST_COMBINED = 400
"""A form of more nodes is not brought over a common denominator: nobody would, and it may take for ever."""
MOST_TERMS = 500
"""A bracket is not multiplied out to more terms than that."""


class _TooLong(Exception):
    """Multiplying out would give too many terms."""


def tidy(form: Form, order: Iterable[Form] = ()) -> Form:
    """Like terms collected and common factors of each product cancelled; fractions stay apart, brackets stay closed.

    Factors are written in the given order, those not in it after that as they appear.

    Raises:
        InputError: the form is too long for anyone to read.
    """
    if is_longer(form, LONGEST):
        raise InputError(f"a formula of more than {LONGEST} parts is too long to be written out: give names to some")
    return _Algebra(order).apply(form, lambda algebra, term: term)


def combine(form: Form) -> Form:
    """One fraction over the common denominator, its top expanded and collected, cancelled; a long form stays."""
    return form if is_longer(form, LONGEST_COMBINED) else _within_limits(form, _Algebra.combined)


def expand(form: Form) -> Form:
    """Products distributed over brackets, like terms collected; a form stays that would get too many terms."""
    return _within_limits(form, _Algebra.expanded)


def _within_limits(form: Form, change: Callable[[_Algebra, Term], Term]) -> Form:
    try:
        return _Algebra().apply(form, change)
    except _TooLong:
        return form


def cancelled(factors: Iterable[Form]) -> Form | None:
    """What cancels when the factors are multiplied: p(1 - p) for (p - t)/(p(1 - p)) times p(1 - p); None: nothing."""
    algebra = _Algebra()
    above: dict[int, int] = {}
    below: dict[int, int] = {}
    for form in factors:
        for factor, exponent in algebra.term(form)[1]:
            side = above if exponent > 0 else below
            side[factor] = side.get(factor, 0) + abs(exponent)
    common = tuple((factor, min(above[factor], below[factor])) for factor in sorted(above) if factor in below)
    return algebra.form((Fraction(1), common)) if common else None


def _times(*terms: Term) -> Term:
    coefficient, powers = Fraction(1), dict[int, int]()
    for value, factors in terms:
        coefficient *= value
        for factor, exponent in factors:
            powers[factor] = powers.get(factor, 0) + exponent
    return coefficient, tuple(sorted((f, e) for f, e in powers.items() if e))


def _to_power(term: Term, exponent: int) -> Term:
    return term[0] ** exponent, tuple((f, e * exponent) for f, e in term[1]) if exponent else ()


class _Algebra:
    """The factors met so far, by number; a bracket is known by its normalised sum."""

    def __init__(self, order: Iterable[Form] = ()) -> None:
        self.factors: list[Form | Bracket] = []
        self._index: dict[object, int] = {}
        for factor in order:
            self._atom(factor)

    def apply(self, form: Form, change: Callable[[_Algebra, Term], Term]) -> Form:
        if children(form) and not isinstance(form, (Sum, Product, Frac, Neg, Power)):
            return rebuild(form, lambda part: self.apply(part, change))
        return self.form(change(self, self.term(form)))

    def term(self, form: Form) -> Term:
        """The term that a form is."""
        match form:
            case Number(text):
                return Fraction(text), ()
            case Neg(arg):
                coefficient, factors = self.term(arg)
                return -coefficient, factors
            case Product(factors):
                return _times(*map(self.term, factors))
            case Frac(top, bottom):
                above, below = self.term(top), self.term(bottom)
                if below[0] == 0:
                    return Fraction(1), ((self._atom(form), 1),)
                return _times(above, _to_power(below, -1))
            case Power(base, exponent) if (n := _whole(exponent)) is not None:
                term = self.term(base)
                if term[0] == 0 and n < 0:
                    return Fraction(1), ((self._atom(form), 1),)
                return _to_power(term, n)
            case Sum(terms, minus):
                bracket: Bracket = {}
                for part, taken in zip(terms, minus, strict=True):
                    coefficient, powers = self.term(part)
                    _gather(bracket, self._opened(-coefficient if taken else coefficient, powers))
                return self._closed(bracket)
            case Underbrace(arg, _):
                return self.term(arg)
        return Fraction(1), ((self._atom(rebuild(form, tidy)), 1),)

    def _opened(self, coefficient: Fraction, powers: Factors) -> Bracket:
        """A term as a sum: a lone bracket is opened, so that sums in sums flatten."""
        if len(powers) == 1 and powers[0][1] == 1 and isinstance(inner := self.factors[powers[0][0]], dict):
            return {key: coefficient * value for key, value in inner.items()}
        return {powers: coefficient}

    def _atom(self, form: Form) -> int:
        return self._numbered(form, form)

    def _numbered(self, key: object, factor: Form | Bracket) -> int:
        if key not in self._index:
            self._index[key] = len(self.factors)
            self.factors.append(factor)
        return self._index[key]

    def _closed(self, bracket: Bracket, whole: bool = True) -> Term:
        """A sum as one term: a factor that is known up to its sign, and up to its content where that may come out."""
        bracket = {key: value for key, value in bracket.items() if value}
        if len(bracket) <= 1:
            return next(((value, key) for key, value in bracket.items()), (Fraction(0), ()))
        values = bracket.values()
        content = Fraction(gcd(*(v.numerator for v in values)), lcm(*(v.denominator for v in values)))
        content = Fraction(1) if whole and content.denominator == 1 else content
        if bracket[min(bracket)] < 0:
            content = -content
        primitive = {key: value / content for key, value in bracket.items()}
        return content, ((self._numbered(frozenset(primitive.items()), primitive), 1),)

    def combined(self, term: Term) -> Term:
        """Over a common denominator, where the term is a sum of fractions."""
        coefficient, powers = term
        result: Term = (coefficient, ())
        for factor, exponent in powers:
            inner = self.factors[factor]
            part: Term = (Fraction(1), ((factor, 1),))
            if isinstance(inner, dict):
                part = self._common_denominator(inner)
            result = _times(result, _to_power(part, exponent))
        return result

    def _common_denominator(self, bracket: Bracket) -> Term:
        below: dict[int, int] = {}
        for key in bracket:
            for factor, exponent in key:
                below[factor] = min(below.get(factor, 0), exponent)
        denominator: Factors = tuple(sorted((f, e) for f, e in below.items() if e < 0))
        if not denominator:
            return self._closed(bracket)
        inverse = _to_power((Fraction(1), denominator), -1)
        top: Bracket = {}
        for key, value in bracket.items():
            _gather(top, self._distributed(_times((value, key), inverse)))
        return _times(self._closed(top, whole=False), (Fraction(1), denominator))

    def expanded(self, term: Term) -> Term:
        """With every bracket to a positive power multiplied out, those inside it too."""
        result: Bracket = {}
        waiting = [term]
        while waiting:
            coefficient, powers = waiting.pop()
            if any(self._opens(*power) for power in powers):
                inner = self._distributed((coefficient, powers))
                waiting += [(value, key) for key, value in reversed(inner.items())]
            else:
                _gather(result, {powers: coefficient})
            if len(result) + len(waiting) > MOST_TERMS:
                raise _TooLong
        return self._closed(result)

    def _opens(self, factor: int, exponent: int) -> bool:
        return isinstance(self.factors[factor], dict) and 0 < exponent <= MAX_EXPONENT

    def _distributed(self, term: Term) -> Bracket:
        coefficient, powers = term
        result: Bracket = {tuple(power for power in powers if not self._opens(*power)): coefficient}
        for inner in [self.factors[f] for f, e in powers if self._opens(f, e) for _ in range(e)]:
            assert isinstance(inner, dict)
            product: Bracket = {}
            for a in result.items():
                for b in inner.items():
                    value, key = _times((a[1], a[0]), (b[1], b[0]))
                    _gather(product, {key: value})
                if len(product) > MOST_TERMS:
                    raise _TooLong
            result = product
        return result

    def form(self, term: Term) -> Form:
        """The written form of a term: sign, number, factors in order of appearance, one fraction bar."""
        coefficient, powers = term
        if coefficient == 0:
            return Number("0")
        lone = len(powers) == 1 and powers[0][1] == 1
        if lone and isinstance(inner := self.factors[powers[0][0]], dict):
            return self._sum({key: coefficient * value for key, value in inner.items()})
        flipped = -1
        if coefficient < 0:
            odd = [(e < 0, self._has_constant(f), f) for f, e in powers if e % 2 and self._mixed(f)]
            flipped = min(odd)[2] if odd else -1
            coefficient = -coefficient if flipped >= 0 else coefficient
        powers = tuple(sorted(powers, key=lambda power: self._stands_last(power[0])))
        above = [self._power(f, e, f == flipped) for f, e in powers if e > 0]
        below = [self._power(f, -e, f == flipped) for f, e in powers if e < 0]
        minus, coefficient = coefficient < 0, abs(coefficient)
        top = multiply([number(coefficient.numerator), *above] if coefficient.numerator != 1 or not above else above)
        bottom = [number(coefficient.denominator), *below] if coefficient.denominator != 1 else below
        if coefficient != 1 and not powers:
            top, bottom = number(coefficient), []
        result = Frac(top, multiply(bottom)) if bottom else top
        return neg(result) if minus else result

    def _mixed(self, factor: int) -> bool:
        inner = self.factors[factor]
        return isinstance(inner, dict) and min(inner.values()) < 0 < max(inner.values())

    def _stands_last(self, factor: int) -> bool:
        """Whether a factor is written without brackets round its argument, so that nothing should follow: x log x."""
        inner = self.factors[factor]
        known = FUNCTIONS.get(inner.function) if isinstance(inner, Call) else None
        return known is not None and known.style != "bracket"

    def _has_constant(self, factor: int) -> bool:
        inner = self.factors[factor]
        return isinstance(inner, dict) and () in inner

    def _power(self, factor: int, exponent: int, flipped: bool) -> Form:
        inner = self.factors[factor]
        if isinstance(inner, dict):
            base = self._sum({key: -value for key, value in inner.items()} if flipped else inner)
        else:
            base = inner
        if isinstance(base, Power) and exponent == 1:
            return base
        return base if exponent == 1 else Power(base, number(exponent))

    def _sum(self, bracket: Bracket) -> Form:
        terms = sorted(bracket.items(), key=lambda item: item[1] < 0)
        first_is_positive = next(iter(bracket.values())) > 0
        ordered = list(bracket.items()) if first_is_positive else terms
        return add(self.form((value, key)) for key, value in ordered)


def _gather(bracket: Bracket, more: Bracket) -> None:
    for key, value in more.items():
        bracket[key] = bracket.get(key, Fraction(0)) + value


def _whole(form: Form) -> int | None:
    minus = isinstance(form, Neg)
    inner = form.arg if isinstance(form, Neg) else form
    if isinstance(inner, Number) and inner.text.isdigit() and int(inner.text) <= MAX_EXPONENT:
        return -int(inner.text) if minus else int(inner.text)
    return None
