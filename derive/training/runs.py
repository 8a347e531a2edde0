"""A run of an optimizer: many steps on the loss of a graph, from start values on, in numbers.

Numbers are exact as long as that is short. Where printed numbers are carried on, each quantity that is shown goes on as
it is printed. A run ends early where it has no value any more or leaves every range that a sheet shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive.errors import InputError
from derive.graph.arithmetic import MP, Real, TooLarge
from derive.graph.arrays import Array
from derive.graph.graph import Graph, evaluate
from derive.notation.decimals import decimal_of
from derive.notation.form import Form, Symbol
from derive.notation.reals import Undefined
from derive.notation.rounding import as_fraction, shown
from derive.notation.symbols import parse_symbol
from derive.notation.value import Code, Evaluator, compiled
from derive.record import Conventions, Rounding
from derive.training.rule import NEW, G, Rule, T, W

LARGEST = Fraction(10) ** 30
"""A loss beyond this has left all bounds."""
BEYOND = "the loss grows beyond all bounds"
MOST_BITS = 1200
"""A fraction that is longer goes on as a number of 50 digits."""

NEARBY, TELLING = MP.mpf(10) ** -40, MP.mpf(10) ** -28
"""By how much a start may be moved, and how far its run may then end from where it ended."""

Values = dict[Symbol, tuple[Real, ...]]
"""The entries of each parameter, one of a scalar."""
Nodes = Mapping[Symbol, tuple[int, ...]]
Keep = Callable[[str, Symbol, Real], Real]
LOSS = Symbol("L")
"""What the loss is called among the quantities of a run, whatever the graph calls it."""


class Loss:
    """A loss and its gradient, as functions of some of the inputs of its graph."""

    def __init__(
        self, graph: Graph, of: int, nodes: Mapping[Symbol, tuple[int, ...]], conventions: Conventions
    ) -> None:
        self.graph, self.of, self.nodes, self.conventions = graph, of, nodes, conventions
        every = [node for group in nodes.values() for node in group]
        self.slopes = graph.program.gradient(of, every)

    def inputs(self, at: Mapping[Symbol, Real | Array]) -> dict[int, Real]:
        """The values of the graph's inputs, node by node."""
        known: dict[int, Real] = {}
        for quantity in self.graph.inputs:
            if quantity.symbol in at:
                node, value = quantity.value, at[quantity.symbol]
                known |= dict(zip(node.items, value.items, strict=True)) if isinstance(node, Array) else {node: value}
        return known

    def value(self, inputs: Mapping[int, Real], at: Values) -> Real:
        """The loss where the parameters have these values and the other inputs those of `inputs`."""
        return self._evaluated(inputs, at, [self.of])[self.of]

    def gradient(self, inputs: Mapping[int, Real], at: Values) -> Values:
        """The gradient by each parameter."""
        found = self._evaluated(inputs, at, self.slopes.values())
        return {name: tuple(found[self.slopes[node]] for node in nodes) for name, nodes in self.nodes.items()}

    def _evaluated(self, inputs: Mapping[int, Real], at: Values, wanted: Collection[int]) -> dict[int, Real]:
        known = dict(inputs)
        for name, nodes in self.nodes.items():
            known |= dict(zip(nodes, at[name], strict=True))
        graph = self.graph
        return evaluate(graph.program, known, wanted, self.conventions, graph.labels)


@dataclass(frozen=True, slots=True)
class Row:
    """What a step found: the gradient that it used, every quantity of the rule, the parameters and the loss after it.

    The row of step 0 is the start: its quantities are the states that the first step finds.
    """

    step: int
    parameters: Values
    loss: Real
    gradient: Values = field(default_factory=dict)
    quantities: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of a run.

    Attributes:
        ends: why there are fewer than were asked for.
        beyond: the step by which the loss leaves all bounds, which may be the one after the last row.
    """

    rows: tuple[Row, ...]
    ends: str = ""
    beyond: int | None = None

    @property
    def last(self) -> Row:
        """The row at which the run ends."""
        return self.rows[-1]

    @property
    def losses(self) -> list[Real]:
        """The loss at the start and after each step."""
        return [row.loss for row in self.rows]


@dataclass(frozen=True)
class Descent:
    """How a run goes on from any row.

    Attributes:
        constants: the learning rate and the settings, by their letters.
        gradient: the gradient that a step takes, at given parameters.
        loss: the loss at given parameters.
        keep: what of a quantity of the rule ("g" for the gradient) of a parameter goes on; that of the loss counts as
            its own.
    """

    rule: Rule
    constants: Mapping[Form, Real]
    gradient: Callable[[int, Values], Values]
    loss: Callable[[Values], Real]
    keep: Keep = lambda quantity, name, value: value

    def run(self, start: Row, steps: int) -> Run:
        """The rows from `start` on, up to step `steps`."""
        rows = [start]
        lines = [(quantity, parse_symbol(quantity), compiled(form)) for quantity, form, _ in self.rule.lines]
        ahead = compiled(self.rule.gradient_at)
        while not _is_beyond(rows[-1]):
            if rows[-1].step == steps:
                return Run(tuple(rows))
            try:
                rows.append(self._next(rows[-1], lines, ahead))
            except TooLarge:
                return Run(tuple(rows), BEYOND, rows[-1].step + 1)
            except (InputError, Undefined) as error:
                return Run(tuple(rows), error.message)
        return Run(tuple(rows), BEYOND if rows[-1].step < steps else "", rows[-1].step)

    def is_chaotic(self, start: Row, run: Run) -> bool:
        """Whether digits far beyond the printed ones decide where the run ends."""
        nearby = {name: tuple(MP.convert(x) * (1 + NEARBY) for x in xs) for name, xs in start.parameters.items()}
        other = self.run(replace(start, parameters=nearby), run.last.step)
        if len(other.rows) + start.step <= run.last.step:
            return True
        pairs = zip(run.last.parameters.values(), other.last.parameters.values(), strict=True)
        ends = (tuple(map(MP.convert, pair)) for a, b in pairs for pair in zip(a, b, strict=True))
        return any(abs(x - y) > TELLING * max(1, abs(x)) for x, y in ends)

    def states(self, row: Row) -> dict[str, Values]:
        """The states that a row leaves to the next one."""
        return {state: row.quantities[f"{state}_new"] for state in self.rule.entry.state}

    def _next(self, row: Row, lines: Sequence[tuple[str, Symbol, Code]], ahead: Code) -> Row:
        step, states = row.step + 1, self.states(row)
        places: Values = {
            name: tuple(self._places(row.parameters[name], states, name, ahead)) for name in row.parameters
        }
        gradient = {
            name: tuple(self.keep("g", name, _short(value)) for value in values)
            for name, values in self.gradient(step, places).items()
        }
        quantities: dict[str, Values] = {quantity: {} for quantity, _, _ in lines}
        for name, values in row.parameters.items():
            found = [
                self._entry(lines, name, {W: w, G: g, T: Fraction(step), **self._state(states, name, k)})
                for k, (w, g) in enumerate(zip(values, gradient[name], strict=True))
            ]
            for quantity in quantities:
                quantities[quantity][name] = tuple(entry[quantity] for entry in found)
        return Row(step, quantities[NEW], self.loss_at(quantities[NEW]), gradient, quantities)

    def loss_at(self, at: Values) -> Real:
        """The loss at given parameters, as far as it goes on."""
        return self.keep(LOSS.base, LOSS, _short(self.loss(at)))

    def _places(self, values: Sequence[Real], states: Mapping[str, Values], name: Symbol, code: Code) -> Iterator[Real]:
        """Where the gradient is taken, entry by entry."""
        for k, w in enumerate(values):
            yield _short(Evaluator({**self.constants, W: w, **self._state(states, name, k)}).run(code))

    def _state(self, states: Mapping[str, Values], name: Symbol, k: int) -> dict[Form, Real]:
        return {parse_symbol(state): values[name][k] for state, values in states.items()}

    def _entry(
        self, lines: Sequence[tuple[str, Symbol, Code]], name: Symbol, known: Mapping[Form, Real]
    ) -> dict[str, Real]:
        """The quantities of one entry, line by line."""
        env = {**self.constants, **known}
        found: dict[str, Real] = {}
        for quantity, letter, code in lines:
            env[letter] = found[quantity] = self.keep(quantity, name, _short(Evaluator(env).run(code)))
        return found


def as_printed(value: Real, rounding: Rounding) -> Real:
    """What goes on of a number that is printed, where the digits shown are carried."""
    relation, form = shown(value, rounding)
    decimal = decimal_of(form) if relation == "≈" else None
    return decimal[0] if decimal else value


def _short(value: Real) -> Real:
    """A number that does not grow: a long fraction as a number of 50 digits.

    Raises:
        Undefined: the number is infinite, as -log 0 is.
    """
    if not isinstance(value, Fraction) and not MP.isfinite(value):
        raise Undefined("the logarithm of 0")
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) <= MOST_BITS:
        return value
    return MP.convert(value) if not isinstance(value, Fraction) else MP.mpf(value.numerator) / value.denominator


def _is_beyond(row: Row) -> bool:
    return abs(as_fraction(row.loss)) > LARGEST
