"""A computation graph as a Python object: SymPy expressions go in and come out, questions are methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from derive.errors import InputError
from derive.graph import graph as engine
from derive.graph.arrays import Array, Shape
from derive.graph.backward import course_form
from derive.graph.graph import Quantity, matrix_form
from derive.graph.split import Detail, split
from derive.graph.unparse import unparse
from derive.library.givens import Givens
from derive.library.solution import STANDARD, Solution, solve
from derive.notation.arrays import items
from derive.notation.form import Call, Form, walk
from derive.notation.symbols import symbol_name
from derive.notation.text import read
from derive.record import Conventions

LARGEST_EXPANSION = 20_000
"""A quantity is written over the inputs if that takes at most so many operations."""


class Node:
    """A named quantity of a graph."""

    def __init__(self, graph: Graph, quantity: Quantity) -> None:
        self._graph, self._quantity = graph, quantity

    @property
    def name(self) -> str:
        """Its name."""
        return symbol_name(self._quantity.symbol)

    @property
    def parents(self) -> tuple[str, ...]:
        """The named quantities (or their entries) that it is computed from."""
        program, labels = self._graph.engine.program, self._graph.engine.labels
        below = program.below(self._nodes, labels)
        return tuple(symbol_name(labels[n]) for n in below if n in labels and n not in self._nodes)  # type: ignore[arg-type]

    @property
    def _nodes(self) -> tuple[int, ...]:
        value = self._quantity.value
        return items(value)

    @property
    def form(self) -> Form:
        """Its written form over its parents; an input is its own name."""
        return self._shaped([self._graph.engine.form(node) for node in self._nodes])

    @property
    def expr(self) -> Any:
        """Its SymPy expression over its parents."""
        return self._graph.to_sympy(self.form)

    @property
    def expanded(self) -> Any:
        """Its SymPy expression over the inputs.

        Raises:
            InputError: that would be too long to be written out.
        """
        return self._graph.to_sympy(self.expanded_form)

    @property
    def expanded_form(self) -> Form:
        """Its written form over the inputs."""
        graph = self._graph.engine
        length = _lengths(graph, self._nodes)
        if length > LARGEST_EXPANSION:
            raise InputError(f"{self.name} over the inputs has {length} operations; {LARGEST_EXPANSION} are the limit")
        inputs = {n: label for n, label in graph.labels.items() if not graph.program.args[n]}
        return self._shaped([unparse(graph.program, node, inputs) for node in self._nodes])

    def _shaped(self, forms: list[Form]) -> Form:
        value = self._quantity.value
        return matrix_form(value.shape, forms) if isinstance(value, Array) else forms[0]

    def __repr__(self) -> str:
        return f"<Node {self.name}>"


def _lengths(graph: engine.Graph, nodes: Iterable[int]) -> int:
    """How many operations the nodes have when they are written out over the inputs."""
    nodes = tuple(nodes)
    counts: dict[int, int] = {}
    for node in graph.program.below(nodes):
        counts[node] = 1 + sum(counts[arg] for arg in graph.program.args[node])
    return sum(counts[node] for node in nodes)


class Graph:
    """Named quantities in order, each an expression over the names before it.

    >>> g = Graph({"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"})
    >>> d = g.gradient("L", wrt=["w", "b"], at={"w": -2, "x": 3.5, "b": -2, "t": 0.5})
    >>> d.answers["b"].accepts(-0.4999), d.verified
    (True, True)
    >>> g.gradient_expr("L", "w")
    x*(p - t)

    Args:
        definitions: name -> expression: text, SymPy expression or form.
        blocks: abstract functions that the expressions call: name -> derivative, as in {"F": "r"}, or names alone.
        shapes: of inputs that are arrays; with values given the shapes are known from them.
        conventions: rounding and what else a sheet takes for granted.

    Raises:
        InputError: a definition that cannot be read, or shapes that do not fit.
    """

    def __init__(
        self,
        definitions: Mapping[Any, Any],
        blocks: Mapping[str, Any] | Iterable[str] = (),
        shapes: Mapping[Any, Shape] | None = None,
        conventions: Conventions = STANDARD,
    ) -> None:
        self._givens = Givens()
        self._shapes = {self._givens.name(name): tuple(shape) for name, shape in (shapes or {}).items()}
        self._slopes = self._givens.mapping(blocks) if isinstance(blocks, Mapping) else dict.fromkeys(blocks)
        self._conventions = conventions
        plain = self._givens.mapping(definitions)
        self._definitions = {name: self._read(name, value) for name, value in plain.items()}

    @classmethod
    def from_expr(
        cls, expr: Any, name: str = "f", detail: Detail = "elementary", blocks: Mapping[str, Any] | Iterable[str] = ()
    ) -> Graph:
        """The graph of one expression (SymPy's, text or a form), cut into named nodes.

        >>> from sympy.abc import x
        >>> g = Graph.from_expr(x**4 - 32 * x**2)
        >>> [(name, g.node(name).expr) for name in g.definitions]
        [('v_1', x**2), ('v_2', v_1**2), ('v_3', 32*v_1), ('f', v_2 - v_3)]

        Args:
            expr: the expression.
            name: of the whole.
            detail: "elementary" names every operation, "named" only activations, their arguments and shared parts.
            blocks: abstract functions that it calls.
        """
        givens = Givens()
        form = read(expr, functions=tuple(blocks)) if isinstance(expr, str) else givens.plain(expr)
        if not isinstance(form, Form):
            raise InputError(f"an expression is needed, not a {type(expr).__name__}")
        graph = cls(split(form, name, detail=detail), blocks)
        graph._givens.symbols.update(givens.symbols)
        return graph

    def _read(self, name: str, value: Any) -> Form:
        from derive.questions.fields import to_form

        try:
            return read(value, functions=tuple(self._slopes)) if isinstance(value, str) else to_form(value)
        except InputError as error:
            raise error.at(path=f"definition of {name}") from None

    @cached_property
    def engine(self) -> engine.Graph:
        """The graph as the engine has it."""
        return engine.Graph(self._definitions, self._shapes, tuple(self._slopes))

    @property
    def definitions(self) -> tuple[str, ...]:
        """The names of the defined quantities, in order."""
        return tuple(symbol_name(quantity.symbol) for quantity in self.engine.definitions)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the free quantities, in order of first use."""
        return tuple(symbol_name(quantity.symbol) for quantity in self.engine.inputs)

    def node(self, name: Any) -> Node:
        """A named quantity.

        Raises:
            UnknownName: there is none of that name; the message lists them.
        """
        return Node(self, self.engine.quantity(self._givens.name(name)))

    def to_sympy(self, form: Form) -> Any:
        """A form over the names of the graph as a SymPy expression, in the symbols that came in."""
        from derive.notation.sympy_form import to_sympy

        return to_sympy(form, self._givens.symbols)

    def gradient_expr(self, of: Any, wrt: Any) -> Any:
        """The gradient as SymPy expressions over the named quantities: one, or a tuple for a list of names."""
        if isinstance(wrt, (list, tuple)):
            return tuple(self.gradient_expr(of, name) for name in wrt)
        program, labels = self.engine.program, self.engine.labels
        top, variable = self._scalar(of), self._scalar(wrt)
        gradient = program.gradient(top, [variable])[variable]
        names = {node: label for node, label in labels.items() if node != top}
        return self.to_sympy(course_form(unparse(program, gradient, names, inside=gradient not in names))[0])

    def _scalar(self, name: Any) -> int:
        return self.engine.scalar(self.engine.quantity(self._givens.name(name)).symbol)

    # Questions

    def forward(self, at: Mapping[Any, Any], of: Any = None) -> Solution:
        """The value of each named quantity (or of those in `of`) at the values of the inputs."""
        return self._ask("graph.forward", at=at, of=of)

    def gradient(self, of: Any, wrt: Any = None, at: Mapping[Any, Any] | None = None) -> Solution:
        """The gradient by backpropagation; by all inputs if `wrt` is not said, in symbols if `at` is not."""
        return self._ask("graph.gradient", of=of, wrt=list(self.inputs) if wrt is None else wrt, at=at)

    def update(self, of: Any, wrt: Any, at: Mapping[Any, Any], rate: Any) -> Solution:
        """One step of gradient descent."""
        return self._ask("graph.update", of=of, wrt=wrt, at=at, rate=rate)

    def derivative(self, of: Any, wrt: Any = None, at: Mapping[Any, Any] | None = None) -> Solution:
        """The derivative of a quantity, written out over the inputs, by one of them."""
        return self._about("calculus.derivative", of, wrt=wrt, at=at)

    def hessian(self, of: Any, wrt: Any = None, at: Mapping[Any, Any] | None = None, **more: Any) -> Solution:
        """The matrix of second derivatives of a quantity, written out over the inputs."""
        return self._about("calculus.hessian", of, wrt=wrt, at=at, **more)

    def critical_points(self, of: Any, wrt: Any = None) -> Solution:
        """Where the gradient of a quantity is zero, and of which kind each point is."""
        return self._about("calculus.critical_points", of, wrt=wrt)

    def jacobian(self, of: Sequence[Any], wrt: Any = None, at: Mapping[Any, Any] | None = None) -> Solution:
        """The derivatives of several quantities (rows), written out over the inputs, by the inputs (columns)."""
        functions = {self._givens.name(name): self.node(name).expanded_form for name in of}
        return self._solve("calculus.jacobian", functions=functions, wrt=wrt, at=at)

    def _about(self, ask: str, of: Any, **givens: Any) -> Solution:
        name = self._givens.name(of)
        return self._solve(ask, function=self.node(name).expanded_form, name=name, **givens)

    def _ask(self, ask: str, **givens: Any) -> Solution:
        blocks = {name: self._slope(name) if slope is None else slope for name, slope in self._slopes.items()}
        shapes = {} if givens.get("at") else self._shapes
        return self._solve(ask, graph=self._definitions, blocks=blocks, shapes=shapes, **givens)

    def _solve(self, ask: str, **givens: Any) -> Solution:
        """The solution with the givens that were said; answers in the symbols that came in."""
        said = {name: value for name, value in givens.items() if value is not None and value != {}}
        solution = solve(ask, conventions=self._conventions, **said)
        told = tuple(given for given in solution.derivation.givens if given.target != given.form)
        return Solution(replace(solution.derivation, givens=told), {**self._givens.symbols, **solution.symbols})

    def _slope(self, block: str) -> Form:
        """F'(x) for a block whose derivative was not given."""
        calls = {
            node.args: Call(block, node.args, 1)
            for form in self._definitions.values()
            for node in walk(form)
            if isinstance(node, Call) and node.function == block
        }
        if len(calls) != 1:
            raise InputError(f"the derivative of the block {block} must be given, as in blocks={{'{block}': 'r'}}")
        return next(iter(calls.values()))

    def __repr__(self) -> str:
        return f"<Graph of {', '.join(self.definitions)}>"
