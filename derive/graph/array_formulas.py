"""Formulas over whole arrays: the shape of each, and what an entry of it is in the names of the entries."""

from __future__ import annotations

from collections.abc import Sequence

from derive.graph.arrays import Array, Shape, Value, shape_of
from derive.graph.builder import Builder
from derive.graph.operations import locals_of
from derive.graph.program import Program
from derive.graph.unparse import unparse
from derive.notation.arrays import items
from derive.notation.build import TWO
from derive.notation.form import Call, Form, Hadamard, Power, Symbol
from derive.notation.value import substituted


class ArrayFormulas:
    """Named arrays and numbers, and formulas over them.

    A name is a symbol, a derivative such as ∂L/∂W, or the slope φ'(z) of an activation, which is named when it is met.
    """

    def __init__(self) -> None:
        self.program = Program(locals_of)
        self._labels: dict[int, Form] = {}
        self._scope: dict[Symbol, Value] = {}
        self._stands_for: dict[Form, Symbol] = {}
        self._builder = Builder(self.program, self._scope)

    def name(self, form: Form, shape: Shape, entries: Sequence[Form]) -> None:
        """Let a form stand for an array of these entries, row by row; for a number where the shape is empty."""
        symbol = form if isinstance(form, Symbol) else Symbol(f"#{len(self._stands_for)}")
        nodes = tuple(map(self.program.input, entries))
        self._labels |= dict(zip(nodes, entries, strict=True))
        self._scope[symbol] = Array(shape, nodes) if shape else nodes[0]
        self._stands_for[form] = symbol

    def knows(self, form: Form) -> bool:
        """Whether a form is a name."""
        return form in self._stands_for

    def shape(self, form: Form) -> Shape:
        """The shape of a formula, () for a number.

        Raises:
            InputError: shapes that do not fit.
        """
        return shape_of(self._built(form))

    def entries(self, form: Form) -> list[Form]:
        """The entries of a formula, row by row, each in the names of entries."""
        value = self._built(form)
        nodes = items(value)
        return [unparse(self.program, node, self._labels, node not in self._labels) for node in nodes]

    def _built(self, form: Form) -> Value:
        return self._builder.build(substituted(form, self._named))

    def _named(self, part: Form) -> Form | None:
        if isinstance(part, Hadamard) and len(part.factors) == 2 and part.factors[0] == part.factors[1]:
            return Power(substituted(part.factors[0], self._named), TWO)
        if isinstance(part, Call) and part.primes and part not in self._stands_for:
            (arg,) = part.args
            slopes = [Call(part.function, (entry,), part.primes, part.params) for entry in self.entries(arg)]
            self.name(part, self.shape(arg), slopes)
        return self._stands_for.get(part)
