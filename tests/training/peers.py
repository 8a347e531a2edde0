"""Optimizers beside ours: those of torch, and recursions written out for what torch does not have."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mpmath import mp

from derive.notation.form import Symbol
from derive.notation.symbols import parse_symbol
from derive.training.optimizers import optimizer
from derive.training.rule import settings_of, settled
from derive.training.runs import Descent, Row, Run

W = Symbol("w")
Numbers = list[float]


def numbers(rng: random.Random, count: int) -> Numbers:
    return [rng.choice([-1, 1]) * rng.randint(3, 300) / 64 for _ in range(count)]


class Bowl:
    """Half of (w - c)ᵀA(w - c) with a random symmetric A: its gradient is A(w - c)."""

    def __init__(self, rng: random.Random, count: int) -> None:
        half = [[rng.randint(-8, 8) / 16 for _ in range(count)] for _ in range(count)]
        self.matrix = [[half[i][j] + half[j][i] + (i == j) for j in range(count)] for i in range(count)]
        self.centre = numbers(rng, count)

    def slope(self, at: Any) -> list[Any]:
        """In the numbers of `at`: floats of torch, fractions or mpmath's."""
        kind = type(at[0])
        exact = [kind(x) if kind is not Fraction else Fraction(x) for x in self.centre]
        return [sum((kind(a) * (x - c) for a, x, c in zip(row, at, exact, strict=True)), start=kind(0))
                for row in self.matrix]  # fmt: skip


def descent(name: str, rate: float, slope: Callable[[Any], Any], form: str = "", **more: Any) -> Descent:
    """Our optimizer on a gradient; settings by name, options as keywords."""
    entry = optimizer(name, form)
    options = {key: more.pop(key) for key in ("epsilon_in_root", "bias_correction") if key in more}
    constants = {parse_symbol(key): Fraction(text) for key, text in settings_of(entry).items()}
    constants |= {parse_symbol(key): Fraction(value) for key, value in more.items()}
    constants[parse_symbol("eta")] = Fraction(rate)
    rule = settled(entry, decays=bool(more.get("lam")), **options)

    def gradient(step: int, at: Any) -> Any:
        return {W: tuple(slope(list(map(mp.mpf, map(_real, at[W])))))}

    return Descent(rule, constants, gradient, lambda at: Fraction(0))


def _real(x: Any) -> Any:
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.make_mpf(x._mpf_)


def run(ours: Descent, start: Numbers, steps: int, **states: Numbers) -> Run:
    """So many steps from a start; a state that is not given starts at 0."""
    begin = {name: states.get(name, [0.0] * len(start)) for name in ours.rule.entry.state}
    quantities = {f"{name}_new": {W: tuple(map(Fraction, values))} for name, values in begin.items()}
    return ours.run(Row(0, {W: tuple(map(Fraction, start))}, Fraction(0), {}, quantities), steps)


def ends(found: Run) -> list[float]:
    return [float(x) for x in found.last.parameters[W]]


def path(found: Run) -> list[list[float]]:
    """The parameters after each step."""
    return [[float(x) for x in row.parameters[W]] for row in found.rows[1:]]
