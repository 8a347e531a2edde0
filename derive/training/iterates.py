"""What the quantities of a run are called: w_t after step t, its gradient g_{w,t}, the loss L_t."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.notation.form import Symbol
from derive.notation.symbols import symbol_name
from derive.training.update import running

LETTERS = "tkni"
ANY_RUN = "r"
"""The letter that counts runs that differ in their numbers alone."""


class Iterates:
    """Names with the number of a step.

    It stands as an index; as a bracketed superscript where an index would mean an entry of an array, or a name that the
    graph has already. Of several runs, each has its number as a superscript, or as an index of arrays.

    Attributes:
        letter: what counts the steps: t, unless the graph calls something so.
    """

    def __init__(self, graph: Graph, names: Collection[Symbol], steps: int, run: str = "") -> None:
        letters = (letter for letter in LETTERS if Symbol(letter) not in graph.quantities)
        self.letter = next(letters, "")
        if not self.letter:
            raise InputError(f"the graph uses all of {', '.join(LETTERS)}: rename one, which is to count the steps")
        self.run = run
        self._above = {name for name in names if _is_array(graph, name) or self._is_taken(graph, name, steps)}
        for name in names:
            if name.sup and (run or name in self._above):
                raise InputError(
                    f"{symbol_name(name)} has a superscript, where the number of a step or run should stand"
                )

    def of(self, name: Symbol, step: int | str | None = None, back: int = 0) -> Symbol:
        """A quantity after a step; after any one where no step is said."""
        index = running(self.letter if step is None else step, back)
        if name in self._above:
            sub = (*name.sub, self.run) if self.run else name.sub
            return replace(name, sub=sub, sup=index)
        return replace(name, sub=(*name.sub, index), sup=self.run or name.sup)

    def own(self, name: Symbol) -> Symbol:
        """A quantity of this run that is the same in each step, such as its learning rate."""
        return replace(name, sup=self.run) if self.run else name

    def at(self, general: Symbol, step: int) -> Symbol:
        """The quantity that a name with the letter stands for in a step."""
        sub = tuple(str(step) if piece == self.letter else piece for piece in general.sub)
        return replace(general, sub=sub, sup=str(step) if general.sup == self.letter else general.sup)

    def gradient(self, name: Symbol) -> Symbol:
        """The gradient that any step takes."""
        return Symbol("g", "", (name.base, *name.sub, self.letter), self.run or name.sup, name.bold)

    def _is_taken(self, graph: Graph, name: Symbol, steps: int) -> bool:
        plain = (Symbol(name.base, name.accent, (*name.sub, str(step)), name.sup) for step in range(steps + 1))
        return any(each in graph.quantities for each in plain)


def _is_array(graph: Graph, name: Symbol) -> bool:
    quantity = graph.quantities.get(name)
    return quantity is not None and isinstance(quantity.value, Array)
