"""Real numbers for checking: a Fraction as long as a value is rational, an mpmath number at a fixed precision after.

Nothing here touches mpmath's global context. What has no real value raises `Undefined`; the one exception is the
logarithm of a number that is not positive, which is a value of its own so that 0 · log 0 = 0 can hold by convention.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NoReturn

from mpmath import MPContext, fp
from mpmath.libmp import from_rational

from derive.errors import DeriveError

DOUBLE_DIGITS = 15
MAX_BITS = 200_000
MAX_EXPONENT = 1_000_000
HALF = Fraction(1, 2)
ROUND_VALUES, SPARE = (Fraction(0), Fraction(1), Fraction(-1), HALF, -HALF), 3


class Undefined(DeriveError):
    """A form without a real value at this point, such as a division by zero or sizes that do not fit."""


class LogOfNothing:
    """log(x) for x ≤ 0: no number, but a product of it with an exact zero is zero (0 · log 0 = 0)."""

    def _refuse(self, *_: object) -> NoReturn:
        raise Undefined("the logarithm of a number that is not positive")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __pow__ = __rpow__ = __lt__ = __le__ = __gt__ = __ge__ = __abs__ = __float__ = _refuse

    def __neg__(self) -> LogOfNothing:
        return self


LOG_OF_NOTHING = LogOfNothing()


class Reals:
    """Arithmetic on scalars at `digits` decimal digits; exact between fractions.

    `near` is the step of central difference quotients and `aside` that of one-sided ones (of 1, or of a smaller
    number): both leave enough digits to a quotient of quotients. `finest` leaves enough to a first derivative.
    """

    largest_exponent = MAX_EXPONENT

    def __init__(self, digits: int, context: Any = None) -> None:
        if context is None:
            context = MPContext()
            context.dps = digits
        self.context: Any = context
        self.digits = digits
        self.near = Fraction(1, 10 ** max(5, digits // 6))
        self.aside = Fraction(1, 10 ** max(8, digits // 5))
        self.finest = Fraction(1, 10 ** max(8, digits * 9 // 20))
        self._number: type = self.context.mpf
        self.pi = +self.context.pi
        self.literal: Callable[[str], Any] = lru_cache(maxsize=4096)(lambda text: self.real(Fraction(text)))

    def real(self, x: Any) -> Any:
        """x as a number of this precision."""
        kind = type(x)
        if kind is self._number:
            return x
        if kind is Fraction:  # mpmath's own conversion asks abstract base classes first, which takes ten times as long
            return self.context.make_mpf(from_rational(x.numerator, x.denominator, self.context.prec, "n"))
        if kind is LogOfNothing:
            x._refuse()
        return self.context.convert(x)

    def step_from(self, x: Any) -> Any:
        """The step of a one-sided difference quotient at x."""
        return self.real(self.aside) * max(1, abs(self.real(x)))

    def fine_step_from(self, x: Any) -> Any:
        """A step that is small beside a tiny x too, and beside what is lacking to a large one."""
        size = abs(self.real(x))
        return self.real(self.finest) * (min(1, size) or 1)

    def plus(self, a: Any, b: Any) -> Any:
        """a + b."""
        return a + b if type(a) is type(b) else self.real(a) + self.real(b)

    def minus(self, a: Any, b: Any) -> Any:
        """a - b."""
        return a - b if type(a) is type(b) else self.real(a) - self.real(b)

    def times(self, a: Any, b: Any) -> Any:
        """a · b, and 0 · log 0 = 0."""
        if isinstance(a, LogOfNothing) or isinstance(b, LogOfNothing):
            if a and b:
                LOG_OF_NOTHING._refuse()
            return Fraction(0)
        return a * b if type(a) is type(b) else self.real(a) * self.real(b)

    def over(self, a: Any, b: Any) -> Any:
        """a / b."""
        if not b:
            raise Undefined("a division by zero")
        return a / b if type(a) is type(b) else self.real(a) / self.real(b)

    def less(self, a: Any, b: Any) -> bool:
        """a < b."""
        return bool(a < b) if type(a) is type(b) else bool(self.real(a) < self.real(b))

    def equal(self, a: Any, b: Any) -> bool:
        """a = b, digit by digit."""
        return bool(a == b) if type(a) is type(b) else bool(self.real(a) == self.real(b))

    def whole(self, x: Any) -> int | None:
        """x as an integer, or None where it is none."""
        if isinstance(x, Fraction):
            return x.numerator if x.denominator == 1 else None
        return int(x) if not isinstance(x, LogOfNothing) and self.context.isint(x) else None

    def power(self, base: Any, exponent: Any) -> Any:
        """base ** exponent, with 0⁰ = 1."""
        n = self.whole(exponent)
        if n is not None:
            return self._whole_power(base, n)
        if base < 0:
            raise Undefined("a negative number to a power that is not whole")
        if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator < 50:
            return self._whole_power(self.root(base, exponent.denominator), exponent.numerator)
        if not base:
            if exponent < 0:
                raise Undefined("a division by zero")
            return Fraction(0)
        self._bounded(exponent)
        return self.real(base) ** self.real(exponent)

    def _whole_power(self, base: Any, n: int) -> Any:
        if not base and n < 0:
            raise Undefined("a division by zero")
        if isinstance(base, Fraction):
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits > 1 and bits * abs(n) > MAX_BITS:
                raise Undefined("a power that is too large")
            return base**n
        if abs(n) > MAX_EXPONENT:
            raise Undefined("a number that is too large for an exponent")
        return base**n

    def root(self, x: Any, degree: int = 2) -> Any:
        """The real root; a fraction where x is the power of one."""
        if x < 0:
            if degree % 2 == 0:
                raise Undefined("an even root of a negative number")
            return -self.root(-x, degree)
        if isinstance(x, Fraction):
            top, bottom = _whole_root(x.numerator, degree), _whole_root(x.denominator, degree)
            if top is not None and bottom is not None:
                return Fraction(top, bottom)
        return self.context.nthroot(self.real(x), degree)

    def exp(self, x: Any) -> Any:
        """eˣ; exactly 1 at 0, and 0 at -∞."""
        if isinstance(x, Fraction) and not x:
            return Fraction(1)
        if x == self.context.ninf:
            return Fraction(0)
        return self.context.exp(self._bounded(x))

    def log(self, x: Any) -> Any:
        """The natural logarithm; exactly 0 at 1, and a value of its own where there is none."""
        if x <= 0:
            return LOG_OF_NOTHING
        return Fraction(0) if isinstance(x, Fraction) and x == 1 else self.context.log(self.real(x))

    def sigmoid(self, x: Any) -> Any:
        """1 / (1 + e⁻ˣ); exactly 1/2 at 0."""
        return self.over(Fraction(1), self.plus(Fraction(1), self.exp(-x)))

    def from_zero(self, name: str, at_zero: int) -> Callable[[Any], Any]:
        """mpmath's function of this name, with an exact value at 0."""
        function = getattr(self.context, name)
        return lambda x: Fraction(at_zero) if isinstance(x, Fraction) and not x else function(self._bounded(x))

    def periodic(self, name: str) -> Callable[[Any], Any]:
        """mpmath's sin, cos or tan; exact where it is 0, 1/2 or 1 up to sign, as at multiples of π/6.

        Such an x has as few digits as all numbers here, so the value is off by what is left out of them.
        """
        function = getattr(self.context, name)

        def value(x: Any) -> Any:
            x = self.real(x)
            found, error = function(x), abs(x) * self.real(Fraction(1, 10 ** (self.digits - SPARE)))
            near = (level for level in ROUND_VALUES if abs(found - self.real(level)) <= error)
            return next(near, found)

        return value

    def _bounded(self, x: Any) -> Any:
        real = self.real(x)
        if abs(real) > self.largest_exponent:
            raise Undefined("a number that is too large for an exponent")
        return real


class Doubles(Reals):
    """Arithmetic in machine numbers, for searches whose result is looked at again with more digits.

    Numbers beyond the range of a double raise OverflowError.
    """

    largest_exponent = 700

    def __init__(self) -> None:
        super().__init__(DOUBLE_DIGITS, fp)

    def real(self, x: Any) -> Any:
        """x as a float."""
        if isinstance(x, LogOfNothing):
            x._refuse()
        return float(x)


def _whole_root(n: int, degree: int) -> int | None:
    """The exact degree-th root of n ≥ 0, or None where it is no whole number."""
    if degree == 2:
        root = math.isqrt(n)
    else:
        root = 1 << -(-n.bit_length() // degree)
        while (smaller := ((degree - 1) * root + n // root ** (degree - 1)) // degree) < root:
            root = smaller
    return root if root**degree == n else None


@lru_cache(maxsize=8)
def reals(digits: int) -> Reals:
    """The arithmetic of this precision; one object each, as making one costs half a millisecond."""
    return Doubles() if digits <= DOUBLE_DIGITS else Reals(digits)
