"""The steps of perceptron training: the table of all examples, the weights after each epoch, how it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.network.working.tables import METHOD, meaning_of
from derive.notation.build import ONE, TWO, ZERO, add, number
from derive.notation.form import At, Cases, Form, Frac, Indicator, Neg, Product, Relation, Sum, Symbol
from derive.notation.symbols import element
from derive.questions.convolution_grid import product_sum
from derive.questions.folding import folded
from derive.questions.labelled import Data, Vector, unused
from derive.questions.separation_steps import FINEST, NARROW, chain
from derive.record import Given, Phrase, Step
from derive.training.perceptron import Perceptron, Run, Update

FEWEST, MOST = 8, 16
"""So many rows of the table of examples are shown: two epochs of them, where that is neither fewer nor more."""
Binding = tuple[Form, Form]


@dataclass(frozen=True, slots=True)
class Names:
    """What is called how: the trained numbers (weights by input, then the bias), the unit, its threshold, the rate."""

    weights: tuple[Symbol, ...]
    bias: Symbol | None
    unit: Symbol
    threshold: Symbol
    rate: Symbol

    @staticmethod
    def of(data: Data, bias: bool) -> Names:
        """Letters that no input has."""
        found = list(data.taken)
        for choice in (("w", "v", "a"), ("b", "c", "k"), ("y", "o", "u"), ("theta", "tau"), ("eta", "alpha")):
            found.append(unused(found, *choice))
        letter, offset, unit, threshold, rate = found[len(data.taken) :]
        weights = tuple(element(letter, k + 1) for k in range(data.width)) if data.width > 1 else (letter,)
        return Names(weights, offset if bias else None, unit, threshold, rate)

    @property
    def trained(self) -> tuple[Symbol, ...]:
        """All that training changes."""
        return (*self.weights, *([self.bias] if self.bias else []))

    def after_epoch(self, epoch: int) -> tuple[Symbol, ...]:
        """The trained numbers after an epoch."""
        return tuple(Symbol(name.base, name.accent, name.sub, str(epoch)) for name in self.trained)

    def after_example(self, place: int) -> tuple[Symbol, ...]:
        """The trained numbers after so many examples: names that no sheet prints."""
        return tuple(Symbol(name.base, "tilde", name.sub, str(place)) for name in self.trained)


def error_of(place: int) -> Symbol:
    """The error at an example: a name that no sheet prints."""
    return Symbol("e", "tilde", sup=str(place))


@dataclass(frozen=True, slots=True)
class Training:
    """A run of the perceptron rule, and how it is written."""

    data: Data
    unit: Perceptron
    run: Run
    names: Names

    @property
    def net(self) -> Form:
        """The net sum, weight times input."""
        form = product_sum(list(zip(self.names.weights, self.data.names, strict=True)))
        return add([form, self.names.bias]) if self.names.bias else form

    @property
    def limit(self) -> Form:
        """What the net sum is compared with: the fixed threshold, or 0 beside a bias."""
        return ZERO if self.names.bias else self.names.threshold

    def definition(self) -> Form:
        """The unit over its inputs."""
        fires = Relation(">" if self.unit.strict else "≥", self.net, self.limit)
        return Cases(((ONE, fires), (Neg(ONE), None))) if self.unit.signs else Indicator(fires)

    def start(self) -> tuple[Binding, ...]:
        """The trained numbers at the start."""
        return tuple((name, number(x)) for name, x in zip(self.names.trained, self.run.start, strict=True))

    def pace(self) -> Form:
        """By what the errors t - y are multiplied: an error is twice the target where targets are ±1."""
        return self.names.rate if self.unit.rule == "error" else Frac(self.names.rate, TWO)

    def updates(self) -> Iterator[tuple[int, int, Update]]:
        """Every update with its epoch and its place among all, from 1."""
        place = 0
        for epoch, updates in enumerate(self.run.epochs, 1):
            for update in updates:
                place += 1
                yield epoch, place, update

    # the table of examples

    def examples_table(self) -> Step:
        """A row for each example of each epoch: inputs, target, net sum, output, error, what the weights become."""
        rows = [self._row(epoch, place, update) for epoch, place, update in self.updates()]
        shown = _told_once(folded(rows, min(max(2 * len(self.data.points), FEWEST), MOST)))
        heads: list[Phrase] = [("epoch",), self.data.point_head(), (self.data.target,), ("net sum",)]
        heads += [(self.names.unit,), ("error",), *((name,) for name in self.names.trained)]
        return Step("examples", rule="perceptron rule", marks=METHOD, substeps=shown, layout="table",
                    heads=tuple(heads))  # fmt: skip

    def _row(self, epoch: int, place: int, update: Update) -> Step:
        k = update.example
        before, point = self._before(place), self.data.points[k]
        wanted, output = self.data.wanted(k), self._output(k, before)
        values = self._state(place - 1)
        numbers = [(number(w), number(x)) for w, x in zip(values, point, strict=False)]
        net = add([product_sum(numbers), *([number(values[-1])] if self.unit.bias else [])])
        cells = (
            Step(f"inputs {place}", intro=self.data.point(k)),
            chain(f"target {place}", wanted, number(self.data.targets[k])),
            chain(f"net sum {place}", self._net_at(k, before), net, number(update.net),
                  shown=1 if self.data.width <= NARROW else FINEST),
            chain(f"output {place}", output, number(update.output)),
            chain(f"error {place}", error_of(place), number(update.error)),
            *self._weights(place, update),
        )  # fmt: skip
        return Step(f"example {place}", intro=(str(epoch),), layout="row", substeps=cells)

    def _weights(self, place: int, update: Update) -> Iterator[Step]:
        names = zip(self.names.after_example(place), update.state, strict=True)
        yield from (chain(f"{name.base} {name.sub} {place}", name, number(x)) for name, x in names)

    def _before(self, place: int) -> tuple[Form, ...]:
        """The trained numbers as an example finds them."""
        return self.names.after_example(place - 1) if place > 1 else tuple(form for _, form in self.start())

    def _state(self, place: int) -> Vector:
        count = len(self.data.points)
        return self.run.epochs[(place - 1) // count][(place - 1) % count].state if place else self.run.start

    def _entries(self, example: int) -> list[Form]:
        return [self.data.entry(example, j) for j in range(self.data.width)]

    def _net_at(self, example: int, before: Sequence[Form]) -> Form:
        pairs = list(zip(before, self._entries(example), strict=False))
        return add([product_sum(pairs), *(before[len(pairs) :])])

    def _output(self, example: int, before: Sequence[Form]) -> Form:
        """The unit by its definition, at an example and with some weights."""
        inputs = zip(self.data.names, self._entries(example), strict=True)
        return At(self.names.unit, (*zip(self.names.trained, before, strict=True), *inputs))

    def meanings(self) -> Iterator[Given]:
        """What the trained numbers must be after each example and each epoch, for the judge."""
        count = len(self.data.points)
        for _, place, update in self.updates():
            before, k = self._before(place), update.example
            factors = [*self._entries(k), *([ONE] if self.unit.bias else [])]
            yield meaning_of(error_of(place), Sum((self.data.wanted(k), self._output(k, before)), (False, True)))
            growth = self._growth(k, error_of(place))
            for name, old, x in zip(self.names.after_example(place), before, factors, strict=True):
                yield meaning_of(name, add([old, Product((growth, x))]))
        for epoch in range(1, len(self.run.epochs) + 1):
            pairs = zip(self.names.after_epoch(epoch), self.names.after_example(epoch * count), strict=True)
            yield from (meaning_of(name, last) for name, last in pairs)

    def _growth(self, example: int, error: Symbol) -> Form:
        if self.unit.rule == "error":
            return Product((self.names.rate, error))
        return Product((self.names.rate, self.data.wanted(example), Indicator(Relation("≠", error, ZERO))))

    # the table of epochs

    def epochs_table(self) -> Step:
        """The weights after each epoch, and how many examples it got wrong."""
        rows = [self._epoch_row(epoch) for epoch in range(1, len(self.run.epochs) + 1)]
        heads: list[Phrase] = [("after epoch",), *((name,) for name in self.names.trained), ("errors in it",)]
        return Step("epochs", rule="weights after each epoch", marks=METHOD, substeps=folded(rows, 10),
                    layout="table", heads=tuple(heads))  # fmt: skip

    def _epoch_row(self, epoch: int) -> Step:
        count = len(self.data.points)
        state = zip(self.names.after_epoch(epoch), self.run.state(epoch), strict=True)
        places = range((epoch - 1) * count + 1, epoch * count + 1)
        wrong = [Indicator(Relation("≠", error_of(place), ZERO)) for place in places]
        errors = sum(1 for update in self.run.epochs[epoch - 1] if update.error)
        cells = [chain(f"{name.base} {name.sub} after epoch {epoch}", name, number(x)) for name, x in state]
        total = Sum(tuple(wrong), (False,) * count) if count > 1 else wrong[0]
        cells.append(chain(f"errors of epoch {epoch}", total, number(errors)))
        return Step(f"epoch {epoch}", intro=(str(epoch),), layout="row", substeps=tuple(cells))


def _told_once(rows: Sequence[Step]) -> tuple[Step, ...]:
    """The rows with the number of an epoch on its first one, and on the first one after rows that are left out."""
    same = [False, *(row.intro == before.intro and row.level == before.level for before, row in pairwise(rows))]
    return tuple(replace(row, intro=("",)) if again else row for row, again in zip(rows, same, strict=True))
