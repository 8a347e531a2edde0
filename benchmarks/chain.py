"""The residual chain y_{k+1} = relu(w_{k,1} relu(w_{k,0} y_k) + y_k): all 2n gradients, raw and with names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measure import PATIENCE, Row, Table, against, bounded, growth, installed, seconds, skipped, within
from derive.graph.backward import Backward
from derive.graph.graph import Graph
from derive.graph.operations import locals_of
from derive.graph.point import Point
from derive.graph.program import Program
from derive.notation.latex import write
from derive.record import Conventions

DEPTHS = (8, 64, 1000, 10_000)
DOUBLINGS = (125, 250, 500, 1000)
TALLEST_SYMPY = 12


def raw(n: int) -> Program:
    """The chain and all its gradients as one program."""
    p = Program(locals_of)
    y, weights = p.input("x"), []
    for k in range(n):
        inner, outer = p.input(("w", k, 0)), p.input(("w", k, 1))
        weights += [inner, outer]
        y = p.node("relu", p.add(p.mul(outer, p.node("relu", p.mul(inner, y))), y))
    p.gradient(y, weights)
    return p


def named(n: int) -> int:
    """The chain as a derivation with a name for every quantity, printed; the number of characters."""
    definitions, y = {}, "x"
    for k in range(n):
        definitions |= {
            f"a_{k}": f"w_{k}_0*{y}", f"h_{k}": f"relu(a_{k})",
            f"s_{k}": f"w_{k}_1*h_{k} + {y}", f"y_{k + 1}": f"relu(s_{k})",
        }  # fmt: skip
        y = f"y_{k + 1}"
    graph = Graph(definitions)
    weights = [graph.scalar(f"w_{k}_{which}") for k in range(n) for which in (0, 1)]
    steps = Backward(Point(graph, {}, Conventions()), graph.scalar(y), weights).steps()
    return sum(len(write(line.form)) for step in steps for line in step.lines)


def casadi(n: int) -> Any:
    """CasADi's SX graph, built and differentiated from Python."""
    import casadi as ca

    y, weights = ca.SX.sym("x"), []
    for k in range(n):
        inner, outer = ca.SX.sym(f"w{k}_0"), ca.SX.sym(f"w{k}_1")
        weights += [inner, outer]
        y = ca.fmax(0, outer * ca.fmax(0, inner * y) + y)
    return ca.gradient(y, ca.vertcat(*weights))


def symengine(n: int) -> Any:
    """SymEngine's diff by every weight; with tanh, because it takes an undefined function apart at every level."""
    import symengine as se

    y, weights = se.Symbol("x"), []
    for k in range(n):
        inner, outer = se.Symbol(f"w{k}_0"), se.Symbol(f"w{k}_1")
        weights += [inner, outer]
        y = se.tanh(outer * se.tanh(inner * y) + y)
    return [se.diff(y, weight) for weight in weights]


def sympy_nested() -> Callable[[int], Any]:
    """sympy.diff by every weight of the nested expression, with a function that knows its slope and nothing else."""
    import sympy

    class Slope(sympy.Function):
        def fdiff(self, argindex: int = 1) -> Any:
            return sympy.Integer(0)

    class Relu(sympy.Function):
        def fdiff(self, argindex: int = 1) -> Any:
            return Slope(self.args[0])

    def work(n: int) -> Any:
        sympy.core.cache.clear_cache()
        y, weights = sympy.Symbol("x"), []
        for k in range(n):
            inner, outer = sympy.symbols(f"w{k}_0 w{k}_1")
            weights += [inner, outer]
            y = Relu(outer * Relu(inner * y) + y)
        return [sympy.diff(y, weight) for weight in weights]

    return work


def tables() -> Iterator[Table]:
    """Both tables."""
    yield Table("Residual chain, all 2n gradients: build and sweep", (*_peers(), *_growth(raw), *_size()))
    time = within("n = 1000: graph, steps and LaTeX", seconds(lambda: named(1000)), 1.0)
    yield Table(
        "Residual chain as a named derivation, printed to LaTeX",
        (time, *_growth(named), bounded("characters, n = 2000 to n = 1000", named(2000) / named(1000), 2.1, "x")),
        ("Four named quantities and six gradients a block; every gradient is a step with its lines.",),
    )


def _peers() -> Iterator[Row]:
    ours = {n: seconds(lambda n=n: raw(n)) for n in DEPTHS}  # type: ignore[misc]
    for n, time in ours.items():
        target = 1.0 if n == 1000 else None
        if installed("casadi"):
            yield against(f"n = {n}", time, "CasADi SX", seconds(lambda n=n: casadi(n)), target)  # type: ignore[misc]
        else:
            yield skipped(f"n = {n}", time, "CasADi SX")
    for n in (8, 64, 256):
        if installed("symengine"):
            mine = seconds(lambda n=n: raw(n))  # type: ignore[misc]
            yield against(f"n = {n}", mine, "SymEngine, tanh", seconds(lambda n=n: symengine(n)))  # type: ignore[misc]
        else:
            yield skipped(f"n = {n}", ours[8], "SymEngine")
    yield from _sympy()


def _sympy() -> Iterator[Row]:
    """One block more at a time, until a run takes longer than the patience."""
    work, times = sympy_nested(), []
    for n in range(4, TALLEST_SYMPY + 1):
        times.append(seconds(lambda n=n: work(n), 1))  # type: ignore[misc]
        if n % 2 == 0 or times[-1] > PATIENCE:
            yield against(f"n = {n}", seconds(lambda n=n: raw(n)), "sympy.diff, nested", times[-1])  # type: ignore[misc]
        if times[-1] > PATIENCE:
            break
    yield Row(f"one block more at n = {n}", "", "sympy.diff, nested", f"{times[-1] / times[-2]:.2f}x", "stopped here")


def _growth(work: Callable[[int], Any]) -> Iterator[Row]:
    what = f"largest ratio per doubling, n = {DOUBLINGS[0]} to {DOUBLINGS[-1]}"
    yield bounded(what, growth(work, DOUBLINGS), 2.3, "x")
    yield Row("the same, n = 1000 to 2000", f"{growth(work, (1000, 2000), 3):.3g}x")


def _size() -> Iterator[Row]:
    yield bounded("nodes a block", len(raw(1000)) / 1000, 20)
    what = f"n = 10000 at the recursion limit of {sys.getrecursionlimit()}"
    yield Row(what, f"{len(raw(10_000))} nodes", target="works", met=True)
