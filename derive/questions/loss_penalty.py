"""The penalty of a question about a loss: J = L + λ R, with its value and its share of each gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Shape
from derive.notation.form import Form, Product, Sum, Symbol
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.loss_question import PenaltyGiven
from derive.record import Given
from derive.training.penalties import Penalty, penalty, penalty_form, penalty_meaning

WEIGHTS = ("w", "W")
"""What weights are called, where nobody says which ones the penalty is on."""
NAMES, TOTALS, STRENGTH = ("R", "Q", "P"), ("J", "C", "E"), parse_symbol("lam")


@dataclass(frozen=True, slots=True)
class Penalized:
    """A penalty on weights: a quantity R of its own, its strength, and the sum J of loss and penalty."""

    entry: Penalty
    weights: tuple[Symbol, ...]
    name: Symbol
    form: Form
    meaning: Form
    total: Symbol
    strength: Symbol
    value: Form | None
    half: bool

    @property
    def graph(self) -> dict[str, Form]:
        """The definition of R."""
        return {symbol_name(self.name): self.form}

    def sum(self, loss: Symbol) -> Form:
        """L + λ R."""
        return Sum((loss, Product((self.strength, self.name))), (False, False))

    def given(self) -> tuple[Given, ...]:
        """The strength: a number, or any."""
        return (Given(self.strength, self.value, "free" if self.value is None else "value"),)


def penalized(given: PenaltyGiven, shapes: Mapping[Symbol, Shape], taken: Collection[Symbol]) -> Penalized:
    """The penalty that was asked for.

    Args:
        shapes: of the quantities that may be weights.
        taken: names that are used already.
    """
    names = given.over or tuple(name for name in shapes if name.base in WEIGHTS)
    for name in names:
        if name not in shapes:
            raise UnknownName("weight", symbol_name(name), map(symbol_name, shapes))
    if not names:
        raise InputError("the penalty is on no weight: name them with over")
    entry, weights = penalty(given.kind), {name: shapes[name] for name in names}
    name, total = (_free(letters, taken) for letters in (NAMES, TOTALS))
    is_name = isinstance(given.strength, Symbol)
    strength = given.strength if isinstance(given.strength, Symbol) else STRENGTH
    if strength in taken:
        raise InputError(f"{symbol_name(strength)} is a quantity already: call the strength something else")
    form, meaning = penalty_form(entry, weights, given.half), penalty_meaning(entry, weights, given.half)
    return Penalized(
        entry, names, name, form, meaning, total, strength, None if is_name else given.strength, given.half
    )


def _free(letters: tuple[str, ...], taken: Collection[Symbol]) -> Symbol:
    spare = (*letters, f"{letters[0]}_total")
    return next(name for name in map(parse_symbol, spare) if name not in taken)
