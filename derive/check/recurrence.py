"""Names with a running index: `w_17` is what the premise about `w_t` says where t is 17.

A letter runs where some premise speaks of one step before, as in `w_t = w_{t-1} - η g_t`; every premise about a name
that carries the letter then stands for as many as there are steps. Nothing is written out before somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeGuard

from derive.notation.form import Call, Form, Number, Symbol, symbols, walk
from derive.notation.value import substituted

MOST_STEPS = 1000
"""A step beyond this one is of no run that a sheet shows."""

_BEFORE = re.compile(r"([A-Za-z])-(\d+)")


class Recurrences:
    """The definitions that stand for one step each, among all definitions.

    Attributes:
        letters: those that run.
        orders: names that say in which order examples are seen: whole numbers that are what they are at every point.
    """

    def __init__(self, definitions: Mapping[Form, Form]) -> None:
        forms = [part for pair in definitions.items() for part in pair]
        self.letters = running_letters(name for form in forms for name in symbols(form))
        self._rules = {n: f for n, f in definitions.items() if isinstance(n, Symbol) and self.runs(n)}
        batches = (node for form in self._rules.values() for node in walk(form) if _is_batch(node))
        self.orders = {name for batch in batches for name in symbols(batch.args[1])}

    def runs(self, name: Symbol) -> bool:
        """Whether the name speaks of no step in particular: w_t, or w_{t-1}."""
        return any(piece in self.letters or _stem(piece) in self.letters for piece in (*name.sub, name.sup))

    def instance(self, name: Symbol) -> Form | None:
        """What a name stands for at its step; None where no premise says so."""
        for letter in self.letters if self._rules else ():
            for general, step in _readings(name, letter):
                rule = self._rules.get(general)
                if rule is not None and self._first(rule) <= step <= MOST_STEPS:
                    return at_step(rule, letter, step)
        return None

    def _first(self, rule: Form) -> int:
        """The first step that a rule is about: 1 where it speaks of the step before."""
        return int(bool(running_letters(symbols(rule))))


def running_letters(names: Iterable[Symbol]) -> set[str]:
    """The letters of which a name says that they run: t in w_{t-1}."""
    return {_stem(piece) for name in names for piece in (*name.sub, name.sup)} - {""}


def is_instance(name: Symbol, known: Collection[Form]) -> bool:
    """Whether the name is one of those that a known name with a running index stands for."""
    letters = running_letters(each for each in known if isinstance(each, Symbol))
    return any(general in known for letter in letters for general, _ in _readings(name, letter))


def at_step(form: Form, letter: str, step: int) -> Form:
    """The form with a number for the running letter, in indices and where it counts."""

    def piece(text: str) -> str:
        if _stem(text) == letter:
            return str(step - int(text.partition("-")[2]))
        return str(step) if text == letter else text

    def change(part: Form) -> Form | None:
        if not isinstance(part, Symbol):
            return None
        if part == Symbol(letter):
            return Number(str(step))
        return Symbol(part.base, part.accent, tuple(map(piece, part.sub)), piece(part.sup), part.bold)

    return substituted(form, change)


def _readings(name: Symbol, letter: str) -> Iterator[tuple[Symbol, int]]:
    """The name with a running letter in place of one number, and that number; the last one first."""
    if name.sup.isdigit():
        yield Symbol(name.base, name.accent, name.sub, letter), int(name.sup)
    for k in reversed(range(len(name.sub))):
        if name.sub[k].isdigit():
            sub = (*name.sub[:k], letter, *name.sub[k + 1 :])
            yield Symbol(name.base, name.accent, sub, name.sup), int(name.sub[k])


def _is_batch(form: Form) -> TypeGuard[Call]:
    return isinstance(form, Call) and form.function == "batch" and len(form.args) == 3


def _stem(piece: str) -> str:
    match = _BEFORE.fullmatch(piece)
    return match[1] if match else ""
