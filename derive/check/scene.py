"""A point before anything is computed there: what is defined, the values of the inputs, and with how many digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derive.check.premises import Premises
from derive.notation.arrays import Value
from derive.notation.branches import Kinks
from derive.notation.form import Symbol
from derive.notation.reals import DOUBLE_DIGITS

DIGITS = 220


@dataclass(frozen=True, slots=True)
class Scene:
    """What all worlds at one point share: the definitions, the value of an input here, and the conventions.

    `fine` takes differences by much smaller steps; see `finer`.
    """

    premises: Premises
    draw: Callable[[Symbol], Value]
    kinks: Kinks = Kinks()
    exact: bool = False
    digits: int = DIGITS
    fine: bool = False

    def finer(self) -> Scene:
        """The same point with more digits and smaller steps, beside a probability that is nearly 0 or 1."""
        return replace(self, fine=True, digits=3 * self.digits)

    def roughly(self) -> Scene:
        """The same point in machine numbers, for searches."""
        return replace(self, digits=DOUBLE_DIGITS, exact=False)
