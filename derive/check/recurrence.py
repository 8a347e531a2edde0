"""Names with a running index: `w_17` is what the premise about `w_t` says where t is 17.

A letter runs where some premise speaks of one step before, as in `w_t = w_{t-1} - η g_t`; every premise about a name
that carries the letter then stands for as many as there are steps. Of several runs that differ in their numbers alone,
r counts which one it is, as in `w_t^{(r)} = w_{t-1}^{(r)} - η^{(r)} g_t^{(r)}`. Nothing is written out before somebody
asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeGuard

from derive.notation.arrays import Value
from derive.notation.form import Call, Form, Number, Symbol, symbols, walk
from derive.notation.value import substituted

MOST_STEPS = 1000
"""A step beyond this one is of no run that a sheet shows."""
RUN = "r"

_BEFORE = re.compile(r"([A-Za-z])-(\d+)")
Numbers = dict[str, int]
"""What letters stand for."""


class Recurrences:
    """The definitions that stand for one step, or one run, each among all definitions.

    Attributes:
        letters: those that run.
        whole: names of whole numbers that are what they are at every point: orders of examples, sizes of batches.
    """

    def __init__(self, definitions: Mapping[Form, Form]) -> None:
        names = [name for pair in definitions.items() for form in pair for name in symbols(form)]
        self.letters = running_letters(names)
        named = {name: form for name, form in definitions.items() if isinstance(name, Symbol)}
        if any(RUN in _pieces(name) and self.runs(name) for name in named):
            self.letters.add(RUN)
        self._rules = {name: form for name, form in named.items() if self.runs(name)}
        batches = (node for form in self._rules.values() for node in walk(form) if _is_batch(node))
        self.whole = {name for batch in batches for part in _counting(batch) for name in symbols(part)}

    def runs(self, name: Symbol) -> bool:
        """Whether the name speaks of no step in particular: w_t, or w_{t-1}."""
        return any(piece in self.letters or _stem(piece) in self.letters for piece in _pieces(name))

    def counted(self, given: Mapping[Symbol, Value]) -> dict[Symbol, Value]:
        """The given whole numbers that are not drawn; a general name stands for the first that it speaks of."""
        found: dict[Symbol, Value] = {}
        for name, value in given.items():
            for general in self.whole:
                if _numbers(name, general, self.letters) is not None:
                    found[name] = value
                    found.setdefault(general, value)
        return found

    def instance(self, name: Symbol) -> Form | None:
        """What a name stands for at its step; None where no premise says so."""
        for general, rule in self._rules.items():
            numbers = _numbers(name, general, self.letters)
            if numbers and all(_first(rule, letter) <= k <= MOST_STEPS for letter, k in numbers.items()):
                return at_step(rule, numbers)
        return None


def running_letters(names: Iterable[Symbol]) -> set[str]:
    """The letters of which a name says that they run: t in w_{t-1}."""
    return {_stem(piece) for name in names for piece in _pieces(name)} - {""}


def is_instance(name: Symbol, known: Collection[Form]) -> bool:
    """Whether the name is one of those that a known name with a running index stands for."""
    generals = [each for each in known if isinstance(each, Symbol)]
    letters = running_letters(generals)
    letters |= {RUN} if letters else set()
    return bool(letters) and any(_numbers(name, general, letters) for general in generals)


def at_step(form: Form, numbers: Numbers) -> Form:
    """The form with numbers for running letters, in indices and where they count."""

    def piece(text: str) -> str:
        if (stem := _stem(text)) in numbers:
            return str(numbers[stem] - int(text.partition("-")[2]))
        return str(numbers[text]) if text in numbers else text

    def change(part: Form) -> Form | None:
        if not isinstance(part, Symbol):
            return None
        if part.base in numbers and part == Symbol(part.base):
            return Number(str(numbers[part.base]))
        return Symbol(part.base, part.accent, tuple(map(piece, part.sub)), piece(part.sup), part.bold)

    return substituted(form, change)


def _numbers(name: Symbol, general: Symbol, letters: Collection[str]) -> Numbers | None:
    """The numbers that make a name of a general one; none of them where both are the same, None where it cannot be."""
    if (name.base, name.accent, len(name.sub)) != (general.base, general.accent, len(general.sub)):
        return None
    found: Numbers = {}
    for own, piece in zip(_pieces(name), _pieces(general), strict=True):
        if piece in letters and own.isdigit() and found.get(piece, int(own)) == int(own):
            found[piece] = int(own)
        elif own != piece:
            return None
    return found


def _first(rule: Form, letter: str) -> int:
    """The first step that a rule is about: 1 where it speaks of the step before."""
    return int(letter in running_letters(symbols(rule)))


def _is_batch(form: Form) -> TypeGuard[Call]:
    return isinstance(form, Call) and form.function == "batch" and len(form.args) == 3


def _counting(batch: Call) -> Iterator[Form]:
    yield batch.args[1]
    yield from (value for _, value in batch.params)


def _pieces(name: Symbol) -> tuple[str, ...]:
    return (*name.sub, name.sup)


def _stem(piece: str) -> str:
    match = _BEFORE.fullmatch(piece)
    return match[1] if match else ""
