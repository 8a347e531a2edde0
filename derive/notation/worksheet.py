"""Values by name while a solution is worked out, and the steps that add to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from derive.notation.decimals import decimal_of
from derive.notation.form import Form, symbols
from derive.notation.rounding import Real
from derive.notation.working import number_lines, worth
from derive.record import Conventions, Line, Mark, Phrase, Step


class Worksheet:
    """What is known so far: `env` holds the value of each quantity, under carry-rounded the one that was printed, and
    `exact` the exact form of those that were worked out."""

    def __init__(self, conventions: Conventions, env: Mapping[Form, Real] | None = None) -> None:
        self.conventions = conventions
        self.env: dict[Form, Real] = dict(env or {})
        self.exact: dict[Form, Form] = {}

    @property
    def carries_rounded(self) -> bool:
        """Whether later lines go on with the digits that were printed."""
        return self.conventions.rounding.mode == "carry-rounded"

    def carry(self, target: Form, value: Real, lines: Iterable[Line] = ()) -> None:
        """Remembers a quantity's value for the steps after it."""
        if self.carries_rounded:
            for line in lines:
                decimal = decimal_of(line.form) if line.relation == "≈" else None
                value = decimal[0] if decimal else value
        self.env[target] = value

    def worth(self, form: Form) -> Real:
        """What a form is worth with the values that are known so far."""
        return worth(form, self.env, self.conventions.relu_at_zero)

    def numbers(self, target: Form, form: Form, value: Real) -> tuple[Line, ...]:
        """The lines from a formula to its value, which is carried on."""
        lines = number_lines(form, value, self.env, self.conventions.rounding, forms=self.exact)
        if lines and not symbols(lines[-1].form):
            self.exact[target] = lines[-1].form
        self.carry(target, value, lines)
        return lines

    def step(
        self, name: str, target: Form, form: Form, reason: Phrase = (), uses: tuple[str, ...] = (),
        marks: tuple[Mark, ...] = (Mark(Fraction(1), "M"),), rule: str = "definition",
    ) -> Step:  # fmt: skip
        """Formula, numbers in, value: the three-part line for a quantity that `form` defines."""
        lines = (Line("=", form, reason), *self.numbers(target, form, self.worth(form)))
        return Step(name, target, lines, rule, uses, marks)
