"""Random points at which identities are tried: a few domains, each with its own way to draw a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from derive.notation.form import Symbol
from derive.notation.symbols import symbol_name

Number = Callable[[Random], Fraction]


def _between(low: int, high: int) -> Number:
    """Thousandths from low/10 to high/10, drawn finely so that nothing cancels by accident."""
    return lambda rng: Fraction(rng.randrange(low * 10**6, high * 10**6), 10**7)


@dataclass(frozen=True, slots=True)
class Domain:
    """Where numbers are drawn; `seed` tells two draws from the same domain apart."""

    name: str
    number: Number
    seed: int = 0

    def draw(self, symbol: Symbol, count: int) -> list[Fraction]:
        """`count` numbers for a symbol; they depend on the domain and the symbol's name alone."""
        rng = Random(f"{self.name}/{self.seed}/{symbol_name(symbol)}")
        return [self.number(rng) for _ in range(count)]


SIGNED = Domain("signed", _between(-30, 30))
DOMAINS = (
    Domain("unit", _between(1, 9), 1),
    SIGNED,
    Domain("wide", _between(11, 49)),
    Domain("unit", _between(1, 9), 2),
)
"""Where identities are tried."""

WHOLE = (
    Domain("whole", lambda rng: Fraction(rng.randint(5, 12)), 1),
    Domain("whole", lambda rng: Fraction(rng.randint(2, 6)), 2),
    Domain("whole", lambda rng: Fraction(rng.randint(9, 30)), 3),
    *(Domain("spread", lambda rng: Fraction(rng.randint(1, 2 ** rng.randint(1, 6))), seed) for seed in range(24)),
)
"""For what only makes sense between whole numbers: the bounds of a sum, a kernel inside a much larger image."""
