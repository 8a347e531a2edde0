"""The gradient of a loss by an array: in letters for one entry of each kind, then for all of them, in numbers.

The engine finds the lines of every entry. Those that differ in their index alone are shown once, and together as one
formula of whole arrays. Where a target adds up to 1 its entries are collected and their sum is put to 1: p - t.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.graph.adjoints import Adjoint
from derive.graph.arithmetic import Real
from derive.graph.arrays import Array
from derive.graph.backward import Backward
from derive.graph.graph import Quantity, matrix_form
from derive.graph.lifting import Place, lifted, pattern
from derive.graph.point import THE_SAME_WAY, Point, can_be_read
from derive.graph.reasons import derivative_reason
from derive.graph.simplex import Collected, collected
from derive.notation.build import ONE, ZERO, number
from derive.notation.form import (
    BigSum,
    Cases,
    Derivative,
    Form,
    Product,
    Relation,
    Symbol,
    walk,
)
from derive.notation.length import is_longer
from derive.notation.reals import Undefined
from derive.notation.rounding import MANY_DIGITS, rounded
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.notation.working import NUMBERS_IN
from derive.questions.loss_jacobian import by_jacobian, jacobian_steps
from derive.questions.loss_posed import Posed
from derive.record import Conventions, Line, Mark, Phrase, Step

MOST_KINDS = 3
"""So many entries that are found in different ways are shown in full."""
CHAIN = 2
"""The level of detail of the lines before the course form."""
TOGETHER: Phrase = ("entries put together",)
LONG = 40
"""Nodes of a line that is left out where a shorter one follows."""
INDEX = Symbol("j")
SUM = Symbol("#sum")
METHOD, ACCURACY = (Mark(Fraction(1), "M"),), (Mark(Fraction(1), "A"),)


@dataclass(frozen=True, slots=True)
class Entry:
    """The gradient by one entry of an array: its index, its node, its lines in letters."""

    place: Place
    node: int
    lines: tuple[Line, ...]
    collected: Collected | None = None

    @property
    def formula(self) -> Form:
        """The last line in letters."""
        return self.lines[-1].form

    @property
    def short(self) -> Form:
        """The formula, where a target that adds up to 1 is put to use."""
        return self.collected.rest if self.collected else self.formula


class EntryGradients:
    """The steps from a loss back to an array that it is taken of."""

    def __init__(self, posed: Posed, point: Point, conventions: Conventions) -> None:
        self.posed, self.point, self.graph = posed, point, posed.graph
        array = self.graph.quantity(posed.prediction).value
        assert isinstance(array, Array)
        of = self.graph.scalar(posed.asked.of)
        self.letters = Backward(Point(self.graph, {}, conventions), of, array.items)
        self.engine = None if point.symbolic else Backward(point, of, array.items)
        arrays = [q.symbol for q in self.graph.quantities.values() if isinstance(q.value, Array)]
        self.arrays = [Symbol(n.base, n.accent, n.sub, n.sup, True) for n in arrays]

    def steps(self) -> tuple[Step, ...]:
        """From the loss back to the prediction: entries in letters, whole arrays where those are needed."""
        groups = {name: self._entries(name, nodes) for name, nodes in self._groups().items()}
        named = {part for entries in groups.values() for entry in entries for part in walk(entry.formula)}
        steps: list[Step] = []
        for name, entries in groups.items():
            by_name = any(self.letters.derivative(entry.node) in named for entry in entries)
            whole = name == self.posed.prediction or by_name
            steps += self._kinds(name, entries)
            if whole:
                steps += [*jacobian_steps(self.point, name), self._whole(name, entries)]
        return tuple(steps)

    # Entries

    def _groups(self) -> dict[Symbol, list[int]]:
        """The nodes on the way by the array that they are entries of, in the order of the backward pass."""
        places = {
            node: (q.symbol, place)
            for q in self.graph.quantities.values()
            if isinstance(q.value, Array)
            for place, node in enumerate(q.value.items)
        }
        groups: dict[Symbol, list[int]] = {}
        for node in self.letters.adjoints:
            if node != self.letters.of:
                groups.setdefault(places[node][0], []).append(node)
        return {name: sorted(nodes, key=lambda node: places[node][1]) for name, nodes in groups.items()}

    def _entries(self, array: Symbol, nodes: Sequence[int]) -> list[Entry]:
        return [self._entry(array, self.letters.adjoints[node]) for node in nodes]

    def _entry(self, array: Symbol, adjoint: Adjoint) -> Entry:
        """The lines of one entry; a sum over a target that adds up to 1 is collected."""
        node = adjoint.node
        place = self._label(node).sub[len(array.sub) :]
        lines = self.letters.step(adjoint).lines
        found = collected(lines[-1].form, self._weights(place)) if len(adjoint.paths) > 1 else None
        if found is None:
            return Entry(place, node, lines)
        total = Relation("=", found.total, ONE)
        products, *others = lines
        formal = list(self._chain_rule(node, adjoint))
        rule = derivative_reason(self.graph, [path.child for path in adjoint.paths], node) if formal else ()
        products = replace(products, reason=rule or products.reason)
        inner = [*formal, products, *(replace(line, level=CHAIN) for line in others)]
        last = [Line("=", found.form, ("collect the target",))]
        if len(self.posed.shape) > 1 and self.posed.shape[1] > 1:
            last += [Line("assume", total), Line("=", found.rest, ("the target adds up to 1",))]
            return Entry(place, node, (*inner, *last))
        return Entry(place, node, (*inner, *last), found)

    def _label(self, node: int) -> Symbol:
        label = self.graph.labels[node]
        assert isinstance(label, Symbol)
        return label

    def _weights(self, place: Place) -> list[Symbol]:
        """The entries of the target of one sample, where they add up to 1."""
        if self.posed.target is None or self.posed.forms.choice.loss.target != "distribution":
            return []
        value = self.graph.quantity(self.posed.target).value
        assert isinstance(value, Array)
        names = [self._label(node) for node in value.items]
        return [name for name in names if name.sub[-len(place) : -1] == place[:-1]]

    def _chain_rule(self, node: int, adjoint: Adjoint) -> Iterator[Line]:
        """The sum over all entries of one vector through which a quantity reaches the loss."""
        children = [self._label(path.child) for path in adjoint.paths]
        first = children[0]
        through = Symbol(first.base, first.accent, (*first.sub[:-1], INDEX.base), first.sup)
        indices = [child.sub[-1] for child in children]
        if indices != [str(k + 1) for k in range(len(children))] or INDEX in self.graph.quantities:
            return
        of, by = self.graph.labels[self.letters.of], self._label(node)
        if len(first.sub) > 1 and first.sub[-2].isdigit():
            return  # p_1j names no array without its last index
        body = Product((Derivative(of, (through,)), Derivative(through, (by,))))
        form = BigSum(body, INDEX, ONE, number(len(children)))
        vector = Symbol(first.base, first.accent, first.sub[:-1], first.sup, True)
        yield Line("=", form, ("chain rule through ", vector), CHAIN)

    # Steps

    def _kinds(self, array: Symbol, entries: Sequence[Entry]) -> Iterator[Step]:
        """The entries that are found in different ways, one of each kind, with their numbers."""
        for same in self._by_kind(entries)[:MOST_KINDS]:
            entry = next(filter(self._tells, same), same[0])
            if len(entries) == 1 or not isinstance(entry.formula, Derivative):
                yield self._worked(array, entry)

    def _by_kind(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """The entries by how they are found."""
        kinds: dict[Form, list[Entry]] = {}
        for entry in entries:
            kinds.setdefault(pattern(entry.short, entry.place, self.arrays), []).append(entry)
        return list(kinds.values())

    def _tells(self, entry: Entry) -> bool:
        """Whether an entry has a gradient that is not zero, and a formula that is defined."""
        return self.engine is None or (self.engine.values[entry.node] != 0 and self._is_defined(entry))

    def _is_defined(self, entry: Entry) -> bool:
        try:
            self.point.worth(entry.formula)
        except Undefined:
            return False
        return True

    def _worked(self, array: Symbol, entry: Entry) -> Step:
        target, lines = self.letters.derivative(entry.node), entry.lines
        wanted = array == self.posed.prediction
        *first, last = lines
        lines = (*(replace(line, level=CHAIN) if is_longer(line.form, LONG) else line for line in first), last)
        if wanted and self.engine and entry.collected is None and self._is_defined(entry):
            lines = (*lines, *self.point.numbers(target, entry.formula, self._value(entry)))
        return Step(self.letters.step_name(entry.node), target, lines, "chain rule", (), METHOD)

    def _value(self, entry: Entry) -> Real:
        assert self.engine is not None
        if not self.point.carries_rounded or not self._is_defined(entry):
            return self.engine.values[entry.node]
        return self.point.worth(entry.formula)

    def _whole(self, array: Symbol, entries: Sequence[Entry]) -> Step:
        """All entries: one formula where they have one, else theirs; then the numbers."""
        quantity = self.graph.quantity(array)
        assert isinstance(quantity.value, Array)
        of = self.graph.labels[self.letters.of]
        target = Derivative(of, (self.graph.written(array),))
        by_node = {entry.node: entry for entry in entries}
        every = [by_node.get(node) for node in quantity.value.items]
        lines = [*by_jacobian(self.graph, array, of), *self._formulas(every, quantity)]
        if self.engine is not None:
            cells = [
                (self.letters.derivative(e.node), e.short, self._value(e)) if e else (ZERO, ZERO, Fraction(0))
                for e in every
            ]
            relation, numbers = self.point.array(cells, quantity.value.shape)
            lines.append(Line(relation, numbers, self._reason(lines, every)))
        name = f"d{symbol_name(self.posed.asked.of)}_d{symbol_name(array)}"
        return Step(name, target, tuple(lines), "all entries", (), ACCURACY)

    def _reason(self, lines: Sequence[Line], every: Sequence[Entry | None]) -> Phrase:
        """What leads to the numbers of all entries."""
        if any(line.level < CHAIN for line in lines):
            return NUMBERS_IN
        return TOGETHER if self._stand_alone(every) else THE_SAME_WAY

    def _stand_alone(self, every: Sequence[Entry | None]) -> bool:
        """Whether each entry is shown by itself."""
        entries = [entry for entry in every if entry is not None]
        return len(self._by_kind(entries)) == len(every) <= MOST_KINDS

    def exact(self) -> dict[Form, Form]:
        """The gradient as the matrix of its formulas, of numbers where a formula has no value at the point."""
        array = self.graph.quantity(self.posed.prediction)
        assert isinstance(array.value, Array)
        entries = self._entries(array.symbol, [node for node in array.value.items if node in self.letters.adjoints])
        forms = {entry.node: self._exact(entry) for entry in entries}
        target = Derivative(self.graph.labels[self.letters.of], (self.graph.written(array.symbol),))
        return {target: matrix_form(array.value.shape, [forms.get(node, ZERO) for node in array.value.items])}

    def _exact(self, entry: Entry) -> Form:
        if any(isinstance(part, Derivative) for part in walk(entry.short)):
            slope = self.graph.program.gradient(self.letters.of, [entry.node])[entry.node]
            return self.graph.form(slope)
        if self.engine is None or self._is_defined(entry):
            return entry.short
        return rounded(self.engine.values[entry.node], MANY_DIGITS)

    def _formulas(self, every: Sequence[Entry | None], quantity: Quantity) -> Iterator[Line]:
        entries = [entry for entry in every if entry is not None]
        assumed = any(line.relation == "assume" for entry in entries for line in entry.lines)
        if assumed or (self.engine is not None and not all(map(self._is_defined, entries))):
            return
        assert isinstance(quantity.value, Array)
        places = [entry.place for entry in entries]
        short = lifted([entry.short for entry in entries], places, self.arrays) if len(entries) == len(every) else None
        sums = {entry.collected.total: None for entry in entries if entry.collected}
        if sums and short is not None:
            (total,) = sums
            full = lifted([_marked(entry.formula, total) for entry in entries], places, self.arrays)
            assert full is not None
            yield Line("=", _unmarked(full, total), THE_SAME_WAY)
            yield Line("assume", Relation("=", total, ONE))
            yield Line("=", short, ("the target adds up to 1",))
            return
        if short is not None:
            yield Line("=", short, THE_SAME_WAY)
            return
        forms = [entry.formula if entry else ZERO for entry in every]
        if self.engine is not None and self._stand_alone(every):
            return
        by_cases = any(isinstance(part, Cases) for form in forms for part in walk(form))
        if self.engine is None or (not by_cases and can_be_read(forms, quantity.value.shape)):
            yield Line("=", matrix_form(quantity.value.shape, forms), THE_SAME_WAY)


def _marked(form: Form, total: Form) -> Form:
    """The form with the sum of the target under a name of its own, so that it is no formula of single entries."""
    return substituted(form, lambda part: SUM if part == total else None)


def _unmarked(form: Form, total: Form) -> Form:
    return substituted(form, lambda part: total if part == SUM else None)
