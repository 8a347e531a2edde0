"""Backpropagation between named quantities: for each its gradient as a sum over the quantities that it feeds.

The graph is walked downwards once. A quantity's consumers are named quantities whose own definition mentions it, and a
local derivative is taken inside one definition only, so the work and the number of lines grow linearly with the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from derive.errors import InputError
from derive.graph.adjoints import Adjoint, Path, adjoints
from derive.graph.arithmetic import Real, mul
from derive.graph.arrays import Array
from derive.graph.course import course_form, what_cancels
from derive.graph.gradient_arrays import array_steps, by_definition
from derive.graph.graph import evaluate
from derive.graph.point import Point
from derive.graph.reasons import derivative_reason
from derive.graph.slopes import slope_lines
from derive.graph.unparse import factors
from derive.notation.build import ONE, add, multiply, neg
from derive.notation.form import Derivative, Form, Neg, Number, Product, Symbol, walk
from derive.notation.length import is_longer
from derive.notation.reals import Undefined
from derive.notation.symbols import symbol_name
from derive.notation.value import NoValue
from derive.notation.value import evaluate as evaluate_form
from derive.record import ACCURACY, METHOD, Line, Phrase, Step

SHORT = 8
"""A gradient of at most so many nodes is put into the next line itself; a longer one by its name."""

_MINUS_ONE = Neg(ONE)

MOST_FORMAL_PATHS = 2
"""A sum over more paths goes straight to the products of gradients and local derivatives."""


class Backward:
    """Makes the steps of one backward pass.

    Args:
        of: the scalar that is differentiated.
        wrt: the scalar nodes whose gradients are wanted; they come last, in this order.
        by_name: every gradient stands in later lines under its name, as in a table, never written out.
    """

    def __init__(self, point: Point, of: int, wrt: Sequence[int], by_name: bool = False) -> None:
        self.point = point
        self.graph = point.graph
        self.of = of
        self.wrt = dict.fromkeys(wrt)
        self.by_name = by_name
        self.adjoints = adjoints(self.graph, of, wrt)
        self.values: dict[int, Real] = {} if point.symbolic else self._values()
        self._groups = self._grouped()
        self._arrays = {node for owner, nodes in self._groups.items() if self._is_array(owner, nodes) for node in nodes}
        self._derivatives: dict[int, Derivative] = {}
        self.symbolic: dict[int, Form] = {}
        self._long: set[int] = set()
        self._lines = {node: self._symbolic_lines(adjoint) for node, adjoint in self.adjoints.items() if node != of}
        self._named = set() if point.symbolic else self._names_used()
        self._made: dict[int, str] = {}

    def _values(self) -> dict[int, Real]:
        locals_ = {path.local for adjoint in self.adjoints.values() for path in adjoint.paths}
        known = evaluate(self.graph.program, self.point.nodes, locals_, self.point.conventions, self.graph.labels)
        self.point.nodes |= known
        totals: dict[int, Real] = {self.of: Fraction(1)}
        for node, adjoint in self.adjoints.items():
            if node != self.of:
                totals[node] = sum((mul(totals[path.child], known[path.local]) for path in adjoint.paths), Fraction(0))
        return totals

    def _names_used(self) -> set[Form]:
        """The gradients that stand under their name in the last line of another one."""
        return {part for lines in self._lines.values() for part in walk(lines[-1].form) if isinstance(part, Derivative)}

    def symbol(self, node: int) -> Form:
        """The name of a named node."""
        return self.graph.labels[node]

    def derivative(self, node: int) -> Derivative:
        """∂of/∂node, as a name."""
        if node not in self._derivatives:
            self._derivatives[node] = Derivative(self.symbol(self.of), (self.symbol(node),))
        return self._derivatives[node]

    def steps(self) -> tuple[Step, ...]:
        """A step for every gradient but that of the output by itself, from the output back; the wanted ones last."""
        steps: list[Step] = []
        for owner, nodes in self._groups.items():
            if self._is_array(owner, nodes):
                name = self._name(owner)
                steps += array_steps(self, self.graph.quantities[owner], name)
                self._made |= dict.fromkeys(nodes, name)
            else:
                steps.append(self.step(self.adjoints[nodes[0]]))
        return tuple(steps)

    def _is_array(self, owner: Symbol, nodes: list[int]) -> bool:
        """Whether gradients are shown as an array: several are, and the one of an array that was asked for."""
        value = self.graph.quantities[owner].value if owner in self.graph.quantities else None
        return len(nodes) > 1 or (isinstance(value, Array) and all(node in self.wrt for node in value.items))

    def _grouped(self) -> dict[Symbol, list[int]]:
        """The nodes in the order of the backward pass; at given values those of one array together.

        An array of which only some of the entries that count are asked for is shown entry by entry.
        """
        below = set(self.graph.program.below((self.of,)))
        owners = {
            node: quantity.symbol
            for quantity in self.graph.quantities.values()
            if isinstance(quantity.value, Array) and not self.point.symbolic
            if all(item in self.adjoints or item not in below for item in quantity.value.items)
            for node in quantity.value.items
        }
        groups: dict[Symbol, list[int]] = {}
        leaves = {node: None for node in self.wrt if node in self.adjoints and not self.graph.program.args[node]}
        inner = [node for node in self.adjoints if node != self.of and node not in leaves]
        for node in (*inner, *leaves):
            label = self.symbol(node)
            assert isinstance(label, Symbol)
            groups.setdefault(owners.get(node, label), []).append(node)
        return groups

    def formula(self, node: int) -> Form:
        """The last form of a gradient before numbers are put in."""
        return self._lines[node][-1].form

    def value(self, node: int) -> Real:
        """A gradient's value, from the carried numbers where those are rounded."""
        if not self.point.carries_rounded:
            return self.values[node]
        try:
            return self.point.worth(self.formula(node))
        except InputError:
            if self.by_definition is None:
                raise
            return self.by_definition[node]  # 0/0 where a term is absent, as in 0·log 0

    @cached_property
    def by_definition(self) -> dict[int, Real] | None:
        """The gradients that the definitions give at the carried values; None where those lead nowhere."""
        try:
            return by_definition(self)
        except InputError:
            return None

    def telling(self, nodes: list[int]) -> int:
        """The entry to work in full: the first with a gradient that is not zero and a formula that is defined there."""
        return next((node for node in nodes if self.values[node] != 0 and self.is_defined(node)), nodes[0])

    def is_defined(self, node: int) -> bool:
        """Whether every line of a gradient has a value at the point."""
        return all(self._defined(line.form) for line in self._lines[node])

    def _defined(self, form: Form) -> bool:
        try:
            evaluate_form(form, self.point.env | {self.derivative(n): v for n, v in self.values.items()})
        except Undefined:
            return False
        except NoValue:
            return True
        return True

    def step(self, adjoint: Adjoint) -> Step:
        """The gradient of one quantity: sum over paths, chain rule, course form, numbers."""
        node = adjoint.node
        target = self.derivative(node)
        lines = list(self._lines[node])
        last = lines[-1].form
        if not self.point.symbolic and (node in self.wrt or node in self._arrays or target in self._named):
            value = self.value(node)
            lines += self.point.numbers(target, last, value)
        uses = dict.fromkeys(self._step_of(path.child) for path in adjoint.paths if path.child != self.of)
        rule = "sum over paths" if len(adjoint.paths) > 1 else "chain rule"
        name = self._made[node] = self.step_name(node)
        return Step(name, target, tuple(lines), rule, tuple(uses), ACCURACY if node in self.wrt else METHOD)

    def step_name(self, node: int) -> str:
        """The name under which later steps use the gradient of a quantity."""
        return self._name(self.symbol(node))

    def _name(self, symbol: Form) -> str:
        return f"d{_text(self.symbol(self.of))}_d{_text(symbol)}"

    def _step_of(self, node: int) -> str:
        """The step that found a quantity's gradient: its own, or that of the array it belongs to."""
        return self._made.get(node) or self.step_name(node)

    def _symbolic_lines(self, adjoint: Adjoint) -> list[Line]:
        paths = [(path.child, self._local(path)) for path in adjoint.paths]
        lines: list[Line] = []
        direct = all(child == self.of for child, _ in paths)
        trivial = len(paths) == 1 and _is_trivial(paths[0][1])
        if not direct and not trivial and len(paths) <= MOST_FORMAL_PATHS:
            formal = add(self._formal(adjoint.node, child, local) for child, local in paths)
            lines.append(Line("=", formal, self._path_reason(adjoint)))
        products = [self._product(child, local) for child, local in paths]
        inserted = add(product for product, _ in products)
        reason = self._local_reason(adjoint, paths) if lines or direct or trivial else self._path_reason(adjoint)
        if not lines or inserted != lines[-1].form:
            lines.append(Line("=", inserted, reason))
        course, why = course_form(inserted, [factors for _, factors in products])
        if course != inserted:
            lines.append(Line("=", course, why))
        lines += slope_lines(course, self.graph.slopes)
        final = self.derivative(adjoint.node) if adjoint.node in self._arrays else lines[-1].form
        self._keep(adjoint.node, final)
        return lines

    def _keep(self, node: int, form: Form) -> None:
        self.symbolic[node] = form
        if is_longer(form, SHORT):
            self._long.add(node)

    def _local(self, path: Path) -> Form:
        return self.graph.form(path.local, inside=path.local not in self.graph.labels)

    def _formal(self, node: int, child: int, local: Form) -> Form:
        if child == self.of:
            return local
        if self._ambiguous(node, child):
            return _times(self.derivative(child), local)
        return Product((self.derivative(child), Derivative(self.symbol(child), (self.symbol(node),))))

    def _ambiguous(self, node: int, child: int) -> bool:
        """Whether ∂child/∂node is more than the local derivative, since another operand depends on node too.

        Then that operand depends on another consumer of the node.
        """
        program, labels = self.graph.program, self.graph.labels
        consumers = [path.child for path in self.adjoints[node].paths if path.child != child]
        if not consumers:
            return False
        others = [n for n in program.below((child,), labels) if n in labels and n not in (child, node)]
        return program.reaches(others, consumers)

    def _product(self, child: int, local: Form) -> tuple[Form, tuple[Form, ...]]:
        if child == self.of:
            return local, (local,)
        upstream = self.symbolic[child]
        if self.by_name or (child in self._long and what_cancels((upstream, local)) is None):
            upstream = self.derivative(child)
        return _times(upstream, local), (upstream, local)

    def _path_reason(self, adjoint: Adjoint) -> Phrase:
        children = [self.symbol(path.child) for path in adjoint.paths]
        if len(children) == 1:
            return ("chain rule through ", children[0])
        names: list[str | Form] = [self.symbol(adjoint.node), " feeds "]
        for position, child in enumerate(children):
            names += [" and " if position == len(children) - 1 else ", " if position else "", child]
        return tuple(part for part in (*names, ": add") if part != "")

    def _local_reason(self, adjoint: Adjoint, paths: list[tuple[int, Form]]) -> Phrase:
        if len(paths) == 1 and paths[0][0] != self.of and _is_trivial(paths[0][1]):
            child, local = paths[0]
            if not self._ambiguous(adjoint.node, child):
                return (Derivative(self.symbol(child), (self.symbol(adjoint.node),)), " = ", local)
        return derivative_reason(self.graph, [path.child for path in adjoint.paths], adjoint.node)


def _is_trivial(local: Form) -> bool:
    """Whether a local derivative is so short that it needs no line of its own: x, -x, a name."""
    return isinstance(local, (Symbol, Number)) or not is_longer(local, 2)


def _times(upstream: Form, local: Form) -> Form:
    if _is_unit(upstream) or _is_unit(local):
        return _signed(upstream, local)
    if isinstance(local, Neg):
        return multiply([upstream, local])
    return Product(factors(upstream, local))


def _is_unit(form: Form) -> bool:
    return form in (ONE, _MINUS_ONE)


def _signed(a: Form, b: Form) -> Form:
    """A product in which a factor is 1 or -1: the other one, with the sign."""
    one, other = (a, b) if _is_unit(a) else (b, a)
    return neg(other) if isinstance(one, Neg) else other


def _text(form: Form) -> str:
    assert isinstance(form, Symbol)
    return symbol_name(form)
