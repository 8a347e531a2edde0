"""What the quantities of a run are called: w_t after step t, its gradient g_{w,t}, the loss L_t."""

from __future__ import annotations

from collections.abc import Collection

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.notation.form import Symbol
from derive.notation.symbols import symbol_name
from derive.training.rule import running

LETTERS = "tkni"


class Iterates:
    """Names with the number of a step.

    It stands as an index; as a bracketed superscript where an index would mean an entry of an array, or a name that the
    graph has already.

    Attributes:
        letter: what counts the steps: t, unless the graph calls something so.
    """

    def __init__(self, graph: Graph, names: Collection[Symbol], steps: int) -> None:
        self.letter = next((letter for letter in LETTERS if Symbol(letter) not in graph.quantities), "")
        if not self.letter:
            raise InputError(f"the graph uses all of {', '.join(LETTERS)}: rename one, which is to count the steps")
        self._above = {name for name in names if _is_array(graph, name) or self._is_taken(graph, name, steps)}
        for name in self._above:
            if name.sup:
                raise InputError(f"{symbol_name(name)} has a superscript, where the number of the step should stand")

    def of(self, name: Symbol, step: int | str | None = None, back: int = 0) -> Symbol:
        """A quantity after a step; after any one where no step is said."""
        index = running(self.letter if step is None else step, back)
        if name in self._above:
            return Symbol(name.base, name.accent, name.sub, index, name.bold)
        return Symbol(name.base, name.accent, (*name.sub, index), name.sup, name.bold)

    def at(self, general: Symbol, step: int) -> Symbol:
        """The quantity that a name with the letter stands for in a step."""
        sub = tuple(str(step) if piece == self.letter else piece for piece in general.sub)
        sup = str(step) if general.sup == self.letter else general.sup
        return Symbol(general.base, general.accent, sub, sup, general.bold)

    def gradient(self, name: Symbol) -> Symbol:
        """The gradient that any step takes."""
        return Symbol("g", "", (name.base, *name.sub, self.letter), name.sup, name.bold)

    def _is_taken(self, graph: Graph, name: Symbol, steps: int) -> bool:
        plain = (Symbol(name.base, name.accent, (*name.sub, str(step)), name.sup) for step in range(steps + 1))
        return any(each in graph.quantities for each in plain)


def _is_array(graph: Graph, name: Symbol) -> bool:
    quantity = graph.quantities.get(name)
    return quantity is not None and isinstance(quantity.value, Array)
