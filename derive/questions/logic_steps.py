"""The steps of a threshold network: what its function is, the units, the truth table, how large it is; its drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.network.working.tables import ACCURACY, METHOD
from derive.notation.build import ONE, combined, number
from derive.notation.connectives import NOT
from derive.notation.form import At, Call, Form, Indicator, Power, Product, Relation, Sum, Symbol, Text, walk
from derive.notation.symbols import symbol_name
from derive.questions.folding import folded
from derive.questions.graph_question import listed
from derive.questions.labelled import Data, row_at
from derive.questions.separation_steps import chain
from derive.record import Line, Phrase, Step
from derive.training.threshold_designs import Design
from derive.training.threshold_network import ThresholdNetwork, Unit

ODD, EVEN = Text("odd parity"), Text("even parity")
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_COLUMNS = 7
"""So many units have a column of their own in the truth table."""
SAYS: dict[Design, str] = {
    "tree": "Each gate of two inputs is one unit; xor and xnor take three units in two layers.",
    "parity": "The function depends on the number of ones alone: hidden units count them, and the output adds up where "
    "the value changes.",
    "dnf": "A hidden unit for each row with the value 1 fires on that row alone; the output joins them.",
    "unit": "The function is linearly separable, so one unit is enough.",
}


@dataclass(frozen=True, slots=True)
class Built:
    """A network for a function, and how it was designed."""

    data: Data
    network: ThresholdNetwork
    design: Design

    @property
    def function(self) -> Form:
        """The function as it was given."""
        assert self.data.function is not None
        return self.data.function

    # what the function is

    def parity_steps(self) -> Iterator[Step]:
        """That the function is a parity, where it is one of two inputs or more."""
        wanted = [sum(point) % 2 for point in self.data.points]
        if self.data.width < 2 or list(self.data.targets) not in (wanted, [1 - x for x in wanted]):
            return
        odd = list(self.data.targets) == wanted
        plain: Form = Call("xor", self.data.names)
        form = plain if odd else Call(NOT, (plain,))
        words = ODD if odd else EVEN
        if form != self.function:
            line = Line("=", form, (self._cancelled(words.text),))
            yield Step("simplified", self.data.target, (line,), "parity")
        why = f"1 just where {'an odd' if odd else 'an even'} number of inputs is 1"
        claim = Call("parity", (self.data.target,))
        yield Step("parity", claim, (Line("=", words, (why,)),), "parity", marks=METHOD)

    def _cancelled(self, words: str) -> str:
        """How the negations in a chain of xor and xnor work out."""
        calls = [node for node in walk(self.function) if isinstance(node, Call)]
        if any(call.function not in ("xor", "xnor", NOT) for call in calls):
            return f"by its truth table: {words}"
        count = sum(1 if call.function == NOT else (call.function == "xnor") * (len(call.args) - 1) for call in calls)
        if count % 2 == 0:
            return f"{_counted(count)} negations cancel: {words}" if count else "the same inputs"
        return f"of {_counted(count)} negations one is left: {words}" if count > 1 else f"one negation: {words}"

    # the units

    def unit_steps(self) -> Iterator[Step]:
        """The hidden units as a table, then the output, which is the function."""
        units = ((unit, layer) for layer, some in enumerate(self.network.layers, 1) for unit in some)
        *hidden, last = (self._unit(unit, layer) for unit, layer in units)
        says: Phrase = (SAYS[self.design],)
        if not hidden:
            yield replace(last, intro=says)
            return
        heads: list[Phrase] = [("unit",), ("fires where",)]
        heads += [("computes",)] if len(hidden[0].lines) > 1 else []
        heads.append(("place" if self.design == "tree" else "that is",))
        yield Step("units", rule="threshold units", marks=METHOD, intro=says, substeps=tuple(hidden), layout="table",
                   heads=tuple(heads))  # fmt: skip
        yield last

    def _unit(self, unit: Unit, layer: int) -> Step:
        fires = fires_form(unit)
        if unit is self.network.output:
            line = Line("=", self.data.target, (f"on all {len(self.data.points)} rows",))
            return Step("output", unit.name, (Line("=", fires), line), "threshold units", marks=ACCURACY)
        told: dict[Design, Phrase] = {
            "tree": (f"layer {layer}",),
            "parity": (f"at least {unit.threshold} {'ones' if unit.threshold > 1 else 'one'}",),
        }
        forms = [fires] if unit.computes is None else [fires, unit.computes]
        lines = [Line("=", form) for form in forms]
        lines[-1] = replace(lines[-1], reason=told.get(self.design, ()))
        return Step(symbol_name(unit.name), unit.name, tuple(lines), "threshold units")

    def passed_on(self) -> Iterator[Step]:
        """That a signal may skip layers."""
        column = dict.fromkeys(self.network.inputs, 0)
        column |= {unit.name: k for k, units in enumerate(self.network.layers, 1) for unit in units}
        late = [n for n in column if any(self._skips(column, n, unit) for unit in self.network.units)]
        if late:
            passed = "is passed on" if len(late) == 1 else "are passed on"
            yield Step("passed on", intro=(*listed(late), f" {passed} to a later layer, which takes no unit."))

    @staticmethod
    def _skips(column: dict[Symbol, int], name: Symbol, unit: Unit) -> bool:
        return any(source == name and column[unit.name] > column[name] + 1 for source, _ in unit.weights)

    # the truth table

    def table_step(self) -> Step:
        """Every row with the values of units, of the output and of the function."""
        units = self._columns()
        rows = [self._row(k, units) for k in range(len(self.data.points))]
        heads: list[Phrase] = [(self.data.label_head(),), *((unit.name,) for unit in units)]
        heads += [(self.network.output.name,), (self.data.target,)]
        return Step("truth table", rule="truth table", marks=METHOD, substeps=folded(rows), layout="table",
                    heads=tuple(heads))  # fmt: skip

    def _columns(self) -> list[Unit]:
        """The hidden units that have a column: all, or those that end a gate, as far as there is room."""
        hidden = list(self.network.units[:-1])
        if len(hidden) > MOST_COLUMNS:
            hidden = [unit for unit in hidden if unit.gate]
        return hidden if len(hidden) <= MOST_COLUMNS else []

    def _row(self, example: int, units: Sequence[Unit]) -> Step:
        point = self.data.points[example]
        values = self.network.values([int(x) for x in point])
        names = [*(unit.name for unit in units), self.network.output.name]
        at = row_at(self.data.names, point)
        cells = [chain(f"{name.base}{name.sub} {example}", At(name, at), number(values[name])) for name in names]
        cells.append(chain(f"function {example}", self.data.wanted(example), number(self.data.targets[example])))
        return Step(f"row {example + 1}", intro=(self.data.label(example),), layout="row", substeps=tuple(cells))

    # how large it is

    def size_steps(self) -> Iterator[Step]:
        """The number of units, of layers, and of units in the widest layer."""
        sizes = [len(layer) for layer in self.network.layers]
        output = self.network.output.name
        count, depth = number(len(self.network.units)), number(len(sizes))
        numbers = tuple(map(number, sizes))
        gates = self._parity_gates()
        lines: list[Line] = []
        if gates:
            three = Product((number(3), Sum((number(gates + 1), ONE), (False, True))))
            lines.append(Line("=", three, (f"three units for each of the {gates} gates",)))
        elif len(sizes) > 1:
            lines.append(Line("=", Sum(numbers, (False,) * len(numbers)), ("layer by layer",)))
        yield _sized("neurons", "neuron_count", output, (*lines, Line("=", count)))
        lines = []
        if gates:
            levels = gates.bit_length()
            bound = Relation("≤", number(gates + 1), Power(number(2), number(levels)))
            two = Product((number(2), number(levels)))
            lines.append(Line("=", two, (f"two layers for each of {_counted(levels)} levels of gates: ", bound)))
        yield _sized("layers", "layer_count", output, (*lines, Line("=", depth)))
        widest: list[Line] = [Line("=", Call("max", numbers), ("units layer by layer",))] if len(sizes) > 1 else []
        yield _sized("width", "layer_width", output, (*widest, Line("=", number(max(sizes)))))

    def _parity_gates(self) -> int:
        """The number of gates where all of them are those of one chain of xor or xnor; else 0."""
        form = self.function
        is_chain = isinstance(form, Call) and form.function in ("xor", "xnor") and len(form.args) == self.data.width
        gates = self.data.width - 1
        return gates if self.design == "tree" and is_chain and len(self.network.units) == 3 * gates else 0


def _counted(count: int) -> str:
    return COUNTED[count] if count < len(COUNTED) else str(count)


def _sized(name: str, claim: str, output: Symbol, lines: tuple[Line, ...]) -> Step:
    distinct = lines if len(lines) < 2 or lines[-1].form != lines[-2].form else (*lines[:-2], lines[-2])
    return Step(name, Call(claim, (output,)), distinct, "size of the network", marks=ACCURACY)


def fires_form(unit: Unit) -> Form:
    """A unit as it is printed: 1[A - B ≥ 1]."""
    net = combined((Fraction(weight), name) for name, weight in unit.weights)
    return Indicator(Relation("≥", net, number(unit.threshold)))
