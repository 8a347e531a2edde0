"""One claim beside one answer: equal, a right rounding of it, or not; and what a run of formulas makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

from derive.errors import DeriveError
from derive.exam.audit.replay import evaluated
from derive.notation.arrays import Array, Value, each, items, plain
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Matrix, Shape, Tuple
from derive.questions.claims import accepts, claim_form
from derive.record import Answer, Rounding

_CLOSE = Fraction(1, 10**12)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of an answer: as it stands in the key, and as it is read."""

    name: str
    said: Any
    form: Form | None

    @classmethod
    def of(cls, answer: Answer, said: Any) -> Claim:
        """A claim about an answer.

        Raises:
            InputError: it cannot be read as an answer of this kind.
        """
        words = answer.kind in ("text", "verdict", "code")
        return cls(answer.name, said, None if words else claim_form(said, answer.kind))

    def agrees(self, answer: Answer, rounding: Rounding) -> bool:
        """Whether the claim is the answer, to the digits of the sheet."""
        try:
            return accepts(answer, self.said, rounding)
        except DeriveError:
            return False

    def rounds(self, answer: Answer) -> int | None:
        """To how few digits the claim is the answer; None where it is no right rounding of it."""
        value = evaluated(answer.form, {})
        entries = self._shown()
        if value is None or not entries or not self._matches(value, exactly=False):
            return None
        return min(_digits(entry) for entry in entries)

    def evidence(self, answer: Answer) -> float:
        """How many digits a way to the claim has to meet; infinite where the claim is no rounded number."""
        shown, value = self._shown(), evaluated(answer.form, {})
        unit = min((unit for _, unit in shown), default=Fraction(1))
        if value is None or unit == 1:
            return inf
        exact = all(isinstance(right, Fraction) and right % unit == 0 for right in items(plain(value)))
        return inf if exact else sum(map(_digits, shown))

    def is_reordered(self, answer: Answer) -> bool:
        """Whether the claim is the shape that is right, but for the order of its axes."""
        if answer.kind != "shape" or self.form is None:
            return False
        sides = (evaluated(form, {}) for form in (answer.form, self.form))
        right, claimed = ([] if side is None else sorted(map(_fraction, items(plain(side)))) for side in sides)
        return right == claimed

    def is_scaled(self, answer: Answer, scale: Fraction) -> bool:
        """Whether the claim is so many times the answer."""
        value = evaluated(answer.form, {})
        if value is None or answer.kind == "shape" or any(isinstance(x, (str, bool)) for x in items(plain(value))):
            return False
        return self._matches(each(lambda x: _fraction(x) * scale, plain(value)), exactly=True)

    def met(self, label: Form | None, env: Mapping[Form, Value]) -> bool:
        """Whether a run of formulas arrives at the claim."""
        value = env.get(label) if label is not None else None
        return value is not None and self._matches(value, exactly=True, env=env)

    def cut_off(self, answer: Answer) -> bool:
        """Whether the claim has the answer's digits, the last of them cut off instead of rounded."""
        value, entries = evaluated(answer.form, {}), self._shown()
        if value is None or not entries:
            return False
        right = items(plain(value))
        whole = any(unit == 1 for _, unit in entries)
        return len(right) == len(entries) and not whole and all(map(_is_cut, right, entries))

    def _shown(self) -> list[tuple[Fraction, Fraction]]:
        """The decimals of the claim with one unit of each; none where an entry is no decimal."""
        shown = [decimal_of(part) for part in _entries(self.form)] if self.form is not None else []
        return [entry for entry in shown if entry is not None] if None not in shown else []

    def _matches(self, value: Value, exactly: bool, env: Mapping[Form, Value] | None = None) -> bool:
        claimed = evaluated(self.form, env or {}) if self.form is not None else None
        if claimed is None or _shape(claimed) != _shape(value):
            return False
        entries = self._shown()
        units = [unit for _, unit in entries] if entries else [Fraction(0)] * len(items(plain(claimed)))
        pairs = zip(items(plain(value)), items(plain(claimed)), units, strict=True)
        return all(_near(x, y, Fraction(0) if unit == 1 else unit, exactly) for x, y, unit in pairs)


def _entries(form: Form) -> list[Form]:
    if isinstance(form, Matrix):
        return [entry for row in form.rows for entry in row]
    if isinstance(form, (Tuple, Shape)):
        return [e for part in (form.items if isinstance(form, Tuple) else form.dims) for e in _entries(part)]
    return [form]


def _shape(value: Value) -> tuple[int, ...]:
    value = plain(value)
    if isinstance(value, Array):
        return tuple(side for side in value.shape if side > 1)
    return (len(value),) if isinstance(value, tuple) else ()


def _near(right: Any, claimed: Any, unit: Fraction, exactly: bool) -> bool:
    """Within half a unit; without a unit equal, to twelve digits where the numbers are no fractions."""
    if isinstance(right, (str, bool)) or isinstance(claimed, (str, bool)):
        return bool(right == claimed)
    try:
        distance = abs(_fraction(right) - _fraction(claimed))
    except (ValueError, OverflowError):
        return False
    if unit or not exactly:
        return distance <= unit / 2
    return distance <= _CLOSE * (1 + abs(_fraction(claimed)))


def _is_cut(right: Any, entry: tuple[Fraction, Fraction]) -> bool:
    """Whether a decimal is the number with its further digits cut off, or rounded."""
    claimed, unit = entry
    exact = _fraction(right)
    return abs(exact) // unit * unit == abs(claimed) or abs(exact - claimed) <= unit / 2


def _fraction(value: Any) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(str(value))


def _digits(entry: tuple[Fraction, Fraction]) -> int:
    """How many significant digits a printed decimal has."""
    value, unit = entry
    return len(str(abs(value) // unit)) if value else 1
