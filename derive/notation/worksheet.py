"""Values by name while a solution is worked out, and the steps that add to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.errors import InputError
from derive.notation.arrays import Array, items
from derive.notation.decimals import decimal_of
from derive.notation.form import PI, Form, Matrix, symbols, walk
from derive.notation.length import is_longer
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.rounding import as_fraction
from derive.notation.working import SHORT, number_lines, numbers_in, shown_value, worth
from derive.record import Conventions, Line, Mark, Phrase, Rounding, Step

LONGEST_LINE = 200
"""Nodes of a line of exact numbers that can be read."""


class Worksheet:
    """What is known so far.

    Attributes:
        env: the value of each quantity, a number or an array, under carry-rounded the one that was printed.
        exact: the exact form of those whose working ended at one.
        ends: the line at which the working of a quantity ended.
    """

    def __init__(self, conventions: Conventions, env: Mapping[Form, Any] | None = None) -> None:
        self.conventions = conventions
        self.env: dict[Form, Any] = dict(env or {})
        self.exact: dict[Form, Form] = {}
        self.ends: dict[Form, Line] = {}

    @property
    def carries_rounded(self) -> bool:
        """Whether later lines go on with the digits that were printed."""
        return self.conventions.rounding.mode == "carry-rounded"

    def carry(self, target: Form, value: Any, lines: Iterable[Line] = ()) -> None:
        """Remembers a quantity's value for the steps after it."""
        for line in lines:
            if self.carries_rounded and line.relation == "≈":
                value = _as_printed(value, line.form)
            self.ends[target] = line
        self.env[target] = value

    def end(self, target: Form) -> Line:
        """The line at which a quantity ended; for one that was not worked out its value."""
        return self.ends.get(target) or Line(*shown_value(self.env[target], self.conventions.rounding))

    def worth(self, form: Form) -> Any:
        """What a form is worth with the values that are known so far.

        Raises:
            InputError: rounded values were carried to where there is no value.
            Undefined: there is none with full precision either.
        """
        try:
            value = worth(form, self.env, self.conventions.relu_at_zero)
            for x in items(value):
                if isinstance(x, LogOfNothing):
                    as_fraction(x)  # raises: it is no number that a line could end at
        except Undefined as error:
            if not self.carries_rounded:
                raise
            digits = self.conventions.rounding.digits
            raise InputError(
                f"{error.message}, with values rounded to {digits} significant digits and carried on: "
                "more digits may help"
            ) from None
        return value

    def numbers(self, target: Form, form: Form, value: Any) -> tuple[Line, ...]:
        """The lines from a formula to its value, which is carried on."""
        lines = number_lines(form, value, self.env, self._rounding(form), forms=self.exact)
        exact = [line.form for line in lines if line.relation == "=" and not any(symbols(line.form))]
        if exact and (lines[-1].form == exact[-1] or self._is_kept(exact[-1])):
            self.exact[target] = exact[-1]
        self.carry(target, value, lines)
        return lines

    def _is_kept(self, form: Form) -> bool:
        """Whether later lines go on with a form although its decimal was printed: a multiple of π."""
        return not self.carries_rounded and PI in walk(form) and not is_longer(form, SHORT)

    def _rounding(self, form: Form) -> Rounding:
        """The sheet's policy; where exact numbers would make a line that nobody can read, it is rounded."""
        rounding = self.conventions.rounding
        if rounding.mode == "exact":
            line, _ = numbers_in(form, self.env, rounding, forms=self.exact)
            if any(symbols(line)) or is_longer(line, LONGEST_LINE):
                return replace(rounding, mode="carry-full")
        return rounding

    def step(
        self, name: str, target: Form, form: Form, reason: Phrase = (), uses: tuple[str, ...] = (),
        marks: tuple[Mark, ...] = (Mark(Fraction(1), "M"),), rule: str = "definition",
    ) -> Step:  # fmt: skip
        """Formula, numbers in, value: the three-part line for a quantity that `form` defines."""
        lines = (Line("=", form, reason), *self.numbers(target, form, self.worth(form)))
        return Step(name, target, lines, rule, uses, marks)


def _as_printed(value: Any, form: Form) -> Any:
    """The decimals that a line ends at; what is none there keeps its value."""
    if isinstance(value, Array):
        entries = [entry for row in form.rows for entry in row] if isinstance(form, Matrix) else []
        if len(entries) != len(value.items):
            return value
        return Array(value.shape, tuple(map(_as_printed, value.items, entries)))
    decimal = decimal_of(form)
    return decimal[0] if decimal else value
