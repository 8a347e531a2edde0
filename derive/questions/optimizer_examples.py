"""The examples behind a loss: all at once, or in batches whose order is drawn from a seed and printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.errors import InputError
from derive.graph.graph import Graph
from derive.notation.build import number
from derive.notation.form import Call, Form, Matrix, Symbol, Tuple
from derive.notation.symbols import symbol_name
from derive.record import Given, Line, Phrase, Step
from derive.training.batches import Batches, batches
from derive.training.iterates import Iterates

if TYPE_CHECKING:
    from derive.questions.optimizer_run import DescentQuestion

LONGEST_ORDER = 400
"""Examples in a printed order."""
IN_THE_FIRST: Phrase = ("in the first step",)
Bindings = tuple[tuple[Form, Form], ...]


class Examples:
    """The data of a question and the batches of its steps; without data, or with all of it at once, there are none."""

    def __init__(self, asked: DescentQuestion, batch: int | None) -> None:
        self.data = {name: _rows(name, form) for name, form in asked.data.items()}
        counts = {len(matrix.rows) for matrix in self.data.values()}
        if len(counts) > 1:
            raise InputError("the data do not have the same number of examples (rows)")
        if batch is not None and not counts:
            raise InputError("batches need data")
        for name in self.data:
            if name in asked.at or name in asked.wrt:
                raise InputError(f"{symbol_name(name)} stands in data and is given elsewhere as well")
        self.batches: Batches | None = None
        if batch is not None and batch != (count := max(counts)):
            self.batches = _batches(asked, count, batch)

    def at(self, step: int) -> dict[Symbol, Form]:
        """What the inputs are in a step: the rows of its examples."""
        if self.batches is None:
            return dict(self.data)
        rows = [example - 1 for example in self.batches.examples(step)]
        return {name: Matrix(tuple(matrix.rows[row] for row in rows)) for name, matrix in self.data.items()}

    def in_step(self, names: Iterates) -> Bindings:
        """The inputs under the bar of the gradient of any step."""
        return tuple((_bold(name), names.of(_bold(name))) for name in self.data) if self.batches else ()

    def whole(self) -> Bindings:
        """The inputs under the bar of the loss over all examples."""
        return tuple((_bold(name), whole_name(name)) for name in self.data) if self.batches else ()

    @property
    def count(self) -> int:
        """The number of all examples."""
        return len(next(iter(self.data.values())).rows)

    @property
    def size(self) -> int:
        """The number of examples in a step."""
        return self.count if self.batches is None else self.batches.size

    @property
    def order(self) -> tuple[int, ...]:
        """The order in which the examples are seen."""
        return tuple(range(1, self.count + 1)) if self.batches is None else self.batches.order

    def order_name(self, graph: Graph) -> Symbol:
        """The letter of the order."""
        return next(Symbol(letter) for letter in ("o", "q", "r", "s") if Symbol(letter) not in graph.quantities)

    def premises(self, names: Iterates, graph: Graph) -> Iterator[Given]:
        """All examples, their order, the batch of any step, and which one the first step works with."""
        if self.batches is None:
            return
        order = self.order_name(graph)
        size = (("size", number(self.batches.size)),)
        for name, matrix in self.data.items():
            yield Given(whole_name(name), matrix, "value")
        yield Given(order, Tuple(tuple(number(example) for example in self.batches.order)), "value")
        for name in self.data:
            batch = Call("batch", (whole_name(name), order, Symbol(names.letter)), 0, size)
            yield Given(names.of(_bold(name)), batch)
            yield Given(_bold(name), names.of(_bold(name), 1), note=IN_THE_FIRST, for_working=True)

    def steps(self, names: Iterates) -> Iterator[Step]:
        """The batch of the first step."""
        if self.batches is None:
            return
        chosen = self.batches.examples(1)
        words = f"example {chosen[0]}" if len(chosen) == 1 else f"examples {', '.join(map(str, chosen))}"
        for name, matrix in self.at(1).items():
            lines = (Line("=", names.of(_bold(name), 1), (words,)), Line("=", matrix))
            yield Step(f"batch {symbol_name(name)}", _bold(name), lines, "batch")

    def told(self, graph: Graph) -> Phrase:
        """How the examples are seen, as the question says it."""
        if self.batches is None:
            return ()
        how = "the next example" if self.batches.size == 1 else f"the next {self.batches.size} examples"
        order = self.order_name(graph)
        return (f" Each step sees {how} in the order ", order, f"; the loss is that of all {self.batches.count}.")


def _batches(asked: DescentQuestion, count: int, batch: int) -> Batches:
    if batch > count:
        raise InputError(f"a batch of {batch} examples, but there are {count}")
    found = batches(count, batch, asked.steps, asked.shuffle, asked.seed)
    if len(found.order) > LONGEST_ORDER:
        raise InputError(
            f"an order of {len(found.order)} examples is too long to be printed: shuffle once, or take fewer steps"
        )
    return found


def _rows(name: Symbol, form: Form) -> Matrix:
    if not isinstance(form, Matrix) or len(form.rows) < 2:
        raise InputError(f"{symbol_name(name)} in data needs a list of examples, two at least")
    return form


def _bold(name: Symbol) -> Symbol:
    return Symbol(name.base, name.accent, name.sub, name.sup, bold=True)


def whole_name(name: Symbol) -> Symbol:
    """What all examples of an input are called."""
    return Symbol(name.base, name.accent, (*name.sub, "data"), name.sup, bold=True)
