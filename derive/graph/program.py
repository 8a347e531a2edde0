"""A flat single-assignment program of scalar operations, interned, and reverse accumulation over it.

A node is an integer; `ops[i]` names its operation and `args[i]` its operands, which always have smaller integers, so
walking the integers upwards is an evaluation order and walking them downwards is a reverse sweep. Equal nodes are one
node. Derivatives are nodes of the same program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from functools import reduce
from operator import itemgetter
from typing import Any

Key = Any
"""What identifies an operation: its name, or a tuple of its name and fixed settings, such as ("softmax", 2)."""

Local = Callable[["Program", int, tuple[int, ...]], int]
"""A local derivative: (program, output, operands) -> the node of ∂output/∂operand."""


class Program:
    """Scalar nodes with just the simplifications that keep a derivative as a person would first write it:
    constants folded, 0 and 1 dropped, signs pulled to the front.

    Args:
        locals_of: the local derivatives of an operation, one for each operand (see `derive.graph.operations`).

    Attributes:
        whole: nodes that no product takes apart, since they have a name: with z = x/2, 3·z stays 3z.
    """

    def __init__(self, locals_of: Callable[[Key, int], tuple[Local, ...]]) -> None:
        self.ops: list[Key] = []
        self.args: list[tuple[int, ...]] = []
        self.constants: dict[int, Fraction] = {}
        self.whole: set[int] = set()
        self._leaves: dict[Key, int] = {}
        self._inner: defaultdict[Key, dict[Key, int]] = defaultdict(dict)
        self._locals_of = locals_of
        self.zero = self.constant(Fraction(0))
        self.one = self.constant(Fraction(1))

    def __len__(self) -> int:
        return len(self.ops)

    def node(self, op: Key, *args: int) -> int:
        """The node of an operation on earlier nodes, as it is; the same integer for the same operation and operands."""
        known, key = (self._inner[op], args) if args else (self._leaves, op)
        found = known.get(key)
        if found is None:
            found = known[key] = len(self.ops)
            self.ops.append(op)
            self.args.append(args)
        return found

    def input(self, name: object) -> int:
        """The node of a free quantity."""
        return self.node(("input", name))

    def constant(self, value: Fraction | int) -> int:
        """The node of an exact number."""
        value = Fraction(value)
        node = self.node(("constant", value))
        self.constants[node] = value
        return node

    def neg(self, a: int) -> int:
        """-a."""
        if a in self.constants:
            return self.constant(-self.constants[a])
        if self._is_half(a):
            return self._inside(a, self.neg)
        return self.args[a][0] if self.ops[a] == "neg" else self.node("neg", a)

    def add(self, a: int, b: int) -> int:
        """a + b, a subtraction where b is negative."""
        if a == self.zero:
            return b
        if b == self.zero:
            return a
        known = self.constants
        if a in known and b in known:
            return self.constant(known[a] + known[b])
        if self.ops[b] == "neg":
            return self.sub(a, self.args[b][0])
        if b in known and known[b] < 0:
            return self.sub(a, self.constant(-known[b]))
        if self._is_half(a) and self.ops[a] == self.ops[b] and self.args[a][:2] == self.args[b][:2]:
            (left, right, *yes), (*_, other, otherwise) = self.args[a], self.args[b]
            return self.where(self.ops[a][1], left, right, self.add(yes[0], other), self.add(yes[1], otherwise))
        return self.node("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        known = self.constants
        if b == self.zero:
            return a
        if a == b:
            return self.zero
        if a == self.zero:
            return self.neg(b)
        if a in known and b in known:
            return self.constant(known[a] - known[b])
        if self.ops[b] == "neg":
            return self.add(a, self.args[b][0])
        return self.node("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        """a · b."""
        if a == self.one:
            return b
        if b == self.one:
            return a
        if a == self.zero or b == self.zero:
            return self.zero
        known = self.constants
        if a in known and b in known:
            return self.constant(known[a] * known[b])
        if self._is_half(a):
            return self._inside(a, lambda branch: self.mul(branch, b))
        if self._is_half(b):
            return self._inside(b, lambda branch: self.mul(a, branch))
        minus_a, a = self._sign(a)
        minus_b, b = self._sign(b)
        if minus_a or minus_b:
            product = self.mul(a, b)
            return self.neg(product) if minus_a != minus_b else product
        if self._is_part(a):
            return self.div(self.mul(self.args[a][0], b), self.args[a][1])
        if self._is_part(b):
            return self.div(self.mul(a, self.args[b][0]), self.args[b][1])
        for constant, other in ((a, b), (b, a)):
            value = known.get(constant)
            if value is not None and value.denominator != 1:
                return self.div(self.mul(self.constant(value.numerator), other), self.constant(value.denominator))
        if self.ops[b] == "div" and self.args[b][0] == self.one and b not in self.whole:
            return self.div(a, self.args[b][1])
        return self.node("mul", a, b)

    def div(self, a: int, b: int) -> int:
        """a / b."""
        if b == self.one:
            return a
        if a == self.zero and b != self.zero:
            return a
        known = self.constants
        if a in known and b in known and known[b]:
            return self.constant(known[a] / known[b])
        if self._is_half(a):
            return self._inside(a, lambda branch: self.div(branch, b))
        if self._is_part(a) or (b in known and self.ops[a] == "div" and a not in self.whole):
            top, bottom = self.args[a]
            return self.div(top, self.mul(*((bottom, b) if bottom in known else (b, bottom))))
        minus_a, a = self._sign(a)
        minus_b, b = self._sign(b)
        if minus_a or minus_b:
            quotient = self.div(a, b)
            return self.neg(quotient) if minus_a != minus_b else quotient
        return self.node("div", a, b)

    def pow(self, a: int, b: int) -> int:
        """a ** b."""
        if b == self.one:
            return a
        if b == self.zero:
            return self.one
        return self.node("pow", a, b)

    def where(self, relation: str, left: int, right: int, value: int, other: int) -> int:
        """`value` where left and right are so related, else `other`."""
        return value if value == other else self.node(("where", relation), left, right, value, other)

    def _is_part(self, a: int) -> bool:
        """Whether a node is divided by a number, which then stands under the whole product."""
        return self.ops[a] == "div" and self.args[a][1] in self.constants and a not in self.whole

    def _is_half(self, a: int) -> bool:
        """Whether a node is a choice between something and 0: factors go into it, and two by one condition join."""
        return self.ops[a][0] == "where" and self.zero in self.args[a][2:] and a not in self.whole

    def _inside(self, a: int, change: Callable[[int], int]) -> int:
        left, right, value, other = self.args[a]
        return self.where(self.ops[a][1], left, right, change(value), change(other))

    def _sign(self, a: int) -> tuple[bool, int]:
        if self.ops[a] == "neg" and a not in self.whole:
            return True, self.args[a][0]
        if a in self.constants and self.constants[a] < 0:
            return True, self.constant(-self.constants[a])
        return False, a

    def local(self, node: int, position: int) -> int:
        """∂node/∂operand at a position."""
        return self._locals_of(self.ops[node], len(self.args[node]))[position](self, node, self.args[node])

    def below(self, outs: Iterable[int], stops: Collection[int] = ()) -> list[int]:
        """All nodes that `outs` are computed from, ascending; nothing beyond a node in `stops` (the outs excepted)."""
        seen: set[int] = set()
        stack = list(outs)
        roots = set(stack)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                if node in roots or node not in stops:
                    stack.extend(self.args[node])
        return sorted(seen)

    def reaches(self, tops: Iterable[int], targets: Collection[int]) -> bool:
        """Whether one of `tops` is, or is computed from, one of `targets`; nodes below all targets are not visited."""
        wanted, lowest = set(targets), min(targets)
        stack = [node for node in tops if node >= lowest]
        seen = set(stack)
        while stack:
            node = stack.pop()
            if node in wanted:
                return True
            fresh = [arg for arg in self.args[node] if arg >= lowest and arg not in seen]
            seen.update(fresh)
            stack += fresh
        return False

    def met(self, out: int, stops: Collection[int] = ()) -> dict[tuple[int, int], int]:
        """When somebody who reads `out` from left to right meets an operand: its number by consumer and position."""
        numbers: dict[tuple[int, int], int] = {}
        opened = {out}
        waiting = [(out, position) for position in reversed(range(len(self.args[out])))]
        while waiting:
            node, position = waiting.pop()
            numbers[node, position] = len(numbers)
            arg = self.args[node][position]
            if arg not in opened and arg not in stops:
                opened.add(arg)
                waiting += [(arg, inner) for inner in reversed(range(len(self.args[arg])))]
        return numbers

    def gradient(
        self,
        out: int,
        wrt: Collection[int],
        stops: Collection[int] = (),
        order: list[int] | None = None,
        met: Mapping[tuple[int, int], int] | None = None,
    ) -> dict[int, int]:
        """Reverse accumulation: for each node of `wrt` the node of ∂out/∂node (zero where there is no path).

        A node in `stops` is a leaf: what it is computed from counts as constant. `order` is what `below` says of `out`
        and the stops, where that is known; with the numbers of `met` paths are added up as a reader meets them, so that
        the 1 of x + F(x) stands first. Linear in the number of nodes.
        """
        order = order or self.below((out,), stops)
        active = self._active(order, out, wrt, stops)
        paths: dict[int, list[tuple[int, int]]] = {out: [(0, self.one)]} if out in active else {}
        adjoint: dict[int, int] = {}
        for node in reversed(order):
            if node not in paths:
                continue
            g = adjoint[node] = self._accumulated(paths[node])
            if node in stops and node != out:
                continue
            for position, arg in enumerate(self.args[node]):
                if arg in active:
                    number = met[node, position] if met else 0
                    paths.setdefault(arg, []).append((number, self.mul(g, self.local(node, position))))
        return {node: adjoint.get(node, self.zero) for node in wrt}

    def _active(self, order: list[int], out: int, wrt: Collection[int], stops: Collection[int]) -> set[int]:
        """The nodes of an ascending list that `wrt` reaches."""
        active = set(wrt).intersection(order)
        for node in order:
            if (node == out or node not in stops) and not active.isdisjoint(self.args[node]):
                active.add(node)
        return active

    def _accumulated(self, paths: list[tuple[int, int]]) -> int:
        """The sum of the paths into a node, by their numbers; of those with the same one the last was met first."""
        if len(paths) == 1:
            return paths[0][1]
        paths.reverse()
        first, *others = sorted(paths, key=itemgetter(0))
        return reduce(self.add, (path for _, path in others), first[1])
