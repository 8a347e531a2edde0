"""A Boolean expression as a tree of two-input gates, each of threshold units: one, or three in two layers for parity.

A chain of a connective that is associative becomes a balanced tree. A negation costs no unit: what reads 1 - x has the
weight of x with the other sign and a threshold that is one less (Minsky and Papert 1969).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.notation.connectives import NOT
from derive.notation.form import Call, Form, Number, Symbol
from derive.notation.value import evaluate
from derive.training.threshold_network import Unit

ASSOCIATIVE = ("land", "lor", "xor", "xnor")
NEGATED = {"land": "nand", "nand": "land", "lor": "nor", "nor": "lor", "xor": "xnor", "xnor": "xor"}
AT_LEAST = {"land": 2, "lor": 1}


@dataclass(frozen=True, slots=True)
class Signal:
    """What a gate reads: a constant, or a name, taken as it is or negated."""

    name: Symbol | None
    negated: bool = False

    def __invert__(self) -> Signal:
        return replace(self, negated=not self.negated)

    @property
    def form(self) -> Form:
        """The signal as it is written in an expression."""
        assert self.name is not None
        return Call(NOT, (self.name,)) if self.negated else self.name


TRUE, FALSE = Signal(None), Signal(None, negated=True)


def gate_units(function: Form) -> list[Unit]:
    """The units of an expression, each behind those it reads; the last one is the output."""
    tree = _Tree()
    tree.finish(tree.signal(function))
    needed = {tree.units[-1].name}
    for unit in reversed(tree.units):
        needed |= {name for name, _ in unit.weights} if unit.name in needed else set()
    return [unit for unit in tree.units if unit.name in needed]  # without gates that a constant has cut off


class _Tree:
    """The units so far, under names of their own."""

    def __init__(self) -> None:
        self.units: list[Unit] = []

    def signal(self, form: Form) -> Signal:
        """What an expression comes to."""
        if isinstance(form, Symbol):
            return Signal(form)
        if isinstance(form, Number):
            return TRUE if form.text == "1" else FALSE
        assert isinstance(form, Call)
        signals = [self.signal(arg) for arg in form.args]
        if form.function == NOT:
            return ~signals[0]
        return self._balanced(form.function, signals) if form.function in ASSOCIATIVE else self._chain(form, signals)

    def _chain(self, form: Call, signals: Sequence[Signal]) -> Signal:
        """From left to right."""
        found, *others = signals
        for other in others:
            found = self._gate(form.function, found, other)
        return found

    def _balanced(self, kind: str, signals: list[Signal]) -> Signal:
        """Pairs, pairs of pairs, ...; one that is left over is passed on."""
        while len(signals) > 1:
            pairs = [self._gate(kind, a, b) for a, b in zip(signals[::2], signals[1::2], strict=False)]
            signals = pairs + signals[2 * len(pairs) :]
        return signals[0]

    def _gate(self, kind: str, a: Signal, b: Signal) -> Signal:
        """A gate of two signals; where one is constant, or both are the same, no gate is needed."""
        if a.name is None or b.name is None or a.name == b.name:
            return _simpler(kind, a, b)
        if kind in ("xor", "xnor"):
            return self._parity(kind, a, b)
        if kind == "implies":
            kind, a = "lor", ~a
        if kind in AT_LEAST:
            return self._unit((a, b), AT_LEAST[kind], Call(kind, (a.form, b.form)), gate=True)
        unit = self._unit((a, b), AT_LEAST[NEGATED[kind]], Call(kind, (a.form, b.form)), gate=True)
        self.units[-1] = _complement(self.units[-1])
        return unit

    def _parity(self, kind: str, a: Signal, b: Signal) -> Signal:
        """Three units: both give or-but-not-and for xor, and-or-neither for xnor."""
        kind = NEGATED[kind] if a.negated != b.negated else kind
        a, b = Signal(a.name), Signal(b.name)
        either, both = Call("lor", (a.form, b.form)), Call("land", (a.form, b.form))
        if kind == "xor":
            first, second = self._unit((a, b), 1, either), ~self._unit((a, b), 2, both)
            return self._unit((first, second), 2, Call(kind, (a.form, b.form)), gate=True)
        first, second = self._unit((a, b), 2, both), self._unit((~a, ~b), 2, Call("land", ((~a).form, (~b).form)))
        return self._unit((first, second), 1, Call(kind, (a.form, b.form)), gate=True)

    def _unit(self, signals: Sequence[Signal], at_least: int, computes: Form, gate: bool = False) -> Signal:
        """A unit that fires where so many of its signals are 1."""
        weights = tuple((signal.name, -1 if signal.negated else 1) for signal in signals if signal.name is not None)
        threshold = at_least - sum(signal.negated for signal in signals)
        name = Symbol("unit", sub=(str(len(self.units)),))
        self.units.append(Unit(name, weights, threshold, computes, gate))
        return Signal(name)

    def finish(self, signal: Signal) -> None:
        """See that the last unit gives the signal."""
        if signal.name is None:
            threshold = 1 if signal.negated else 0
            self.units = [Unit(Symbol("unit"), (), threshold, Number(str(1 - threshold)))]
        elif not self.units or signal.name != self.units[-1].name:
            self.units = []  # one of the inputs: whatever gates there were have cancelled
            self._unit((signal,), 1, signal.form)
        elif signal.negated:
            self.units[-1] = _complement(replace(self.units[-1], computes=_negated(self.units[-1].computes)))


def _complement(unit: Unit) -> Unit:
    """The unit that fires just where this one does not: whole sums below θ have a negative of at least 1 - θ."""
    return replace(unit, weights=tuple((n, -w) for n, w in unit.weights), threshold=1 - unit.threshold)


def _negated(form: Form | None) -> Form | None:
    if not isinstance(form, Call):
        return None
    return Call(NEGATED[form.function], form.args) if form.function in NEGATED else Call(NOT, (form,))


def _simpler(kind: str, a: Signal, b: Signal) -> Signal:
    """A gate that reads one name at most, by its two values."""
    name = a.name or b.name
    low, high = (_truth(kind, _value(a, x), _value(b, x)) for x in (0, 1))
    if low == high:
        return TRUE if low else FALSE
    return Signal(name, negated=bool(low))


def _value(signal: Signal, x: int) -> int:
    return int((1 if signal.name is None else x) != signal.negated)


def _truth(kind: str, a: int, b: int) -> bool:
    return bool(evaluate(Call(kind, (Number(str(a)), Number(str(b))))))
