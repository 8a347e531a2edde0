"""Hessians: a small network's cross-entropy, and Rosenbrock's function, whose Hessian is tridiagonal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from benchmarks.measure import Row, Table, against, bounded, growth, installed, seconds, skipped
from derive.graph.graph import Graph, evaluate
from derive.graph.operations import locals_of
from derive.graph.program import Program
from derive.graph.second import hessian
from derive.record import Conventions

HIDDEN = 3
WEIGHTS = ["u_1_1", "u_1_2", "u_2_1", "u_2_2", "u_3_1", "u_3_2", "b_1", "b_2", "b_3", "v_1", "v_2", "v_3", "c"]
VARIABLES = 50


def network() -> tuple[Graph, dict[tuple[int, int], int]]:
    """The 2-3-1 network, its loss and the nodes of its Hessian."""
    units = {f"z_{j}": f"u_{j}_1*x_1 + u_{j}_2*x_2 + b_{j}" for j in range(1, HIDDEN + 1)}
    output = " + ".join(f"v_{j}*tanh(z_{j})" for j in range(1, HIDDEN + 1))
    graph = Graph({**units, "o": f"{output} + c", "p": "sigmoid(o)", "L": "-(t*log(p) + (1 - t)*log(1 - p))"})
    return graph, hessian(graph.program, graph.scalar("L"), [graph.scalar(name) for name in WEIGHTS])


def network_in(library: Any) -> tuple[Any, list[Any]]:
    """The same loss as an expression of another library, and its weights."""
    weights = dict(zip(WEIGHTS, map(library.Symbol, WEIGHTS), strict=True))
    x_1, x_2, t = map(library.Symbol, ("x_1", "x_2", "t"))
    o = weights["c"]
    for j in range(1, HIDDEN + 1):
        z = weights[f"u_{j}_1"] * x_1 + weights[f"u_{j}_2"] * x_2 + weights[f"b_{j}"]
        o = o + weights[f"v_{j}"] * library.tanh(z)
    p = 1 / (1 + library.exp(-o))
    return -(t * library.log(p) + (1 - t) * library.log(1 - p)), list(weights.values())


def rosenbrock(m: int) -> dict[tuple[int, int], int]:
    """The nodes of the Hessian of Rosenbrock's function in m variables."""
    p = Program(locals_of)
    xs, total, two = [p.input(f"x_{i}") for i in range(m)], p.zero, p.constant(2)
    for x, after in pairwise(xs):
        valley = p.mul(p.constant(100), p.pow(p.sub(after, p.pow(x, two)), two))
        total = p.add(total, p.add(valley, p.pow(p.sub(p.one, x), two)))
    return hessian(p, total, xs)


def rosenbrock_in(library: Any) -> tuple[Any, list[Any]]:
    """The same function in another library."""
    xs = [library.Symbol(f"x_{i}") for i in range(VARIABLES)]
    terms = (100 * (after - x**2) ** 2 + (1 - x) ** 2 for x, after in pairwise(xs))
    return sum(terms, 0 * xs[0]), xs


def sympy_hessian(function: Callable[[Any], tuple[Any, list[Any]]]) -> Any:
    """sympy.hessian, the expression built as well, nothing cached from an earlier run."""
    import sympy

    sympy.core.cache.clear_cache()
    return sympy.hessian(*function(sympy))


def symengine_hessian(function: Callable[[Any], tuple[Any, list[Any]]]) -> Any:
    """All second derivatives by SymEngine."""
    import symengine

    expression, variables = function(symengine)
    gradient = [symengine.diff(expression, variable) for variable in variables]
    return [[symengine.diff(slope, variable) for variable in variables] for slope in gradient]


def tables() -> Iterator[Table]:
    """The one table."""
    rows = [*_compared("2-3-1 network, 13 weights", network, network_in, 1 / 50)]
    rows += _compared(f"Rosenbrock, {VARIABLES} variables", lambda: rosenbrock(VARIABLES), rosenbrock_in, 1 / 100)
    ratio = growth(rosenbrock, (50, 100, 200, 400))
    rows.append(bounded("Rosenbrock: largest ratio per doubling, 50 to 400 variables", ratio, 2.3, "x"))
    rows.append(bounded("Rosenbrock, 50 variables: entries kept (2m - 1)", len(rosenbrock(50)), 99))
    rows.append(_evaluation())
    yield Table(
        "Hessians", tuple(rows),
        ("The expression and the symbolic Hessian are made anew in each run, for all alike.",
         "One evaluation is of all entries of the network's Hessian to 50 digits: here by the engine, there by "
         "lambdify with cse and mpmath, made and called once."),
    )  # fmt: skip


def _compared(what: str, ours: Callable[[], Any], theirs: Callable[[Any], Any], at_most: float) -> Iterator[Row]:
    mine = seconds(ours)
    yield against(what, mine, "sympy.hessian", seconds(lambda: sympy_hessian(theirs), 2), at_most)
    if installed("symengine"):
        yield against(what, mine, "SymEngine", seconds(lambda: symengine_hessian(theirs)))
    else:
        yield skipped(what, mine, "SymEngine")


def _evaluation() -> Row:
    graph, entries = network()
    names = [*WEIGHTS, "x_1", "x_2", "t"]
    at = {name: Fraction(7 * k % 19 - 9, 10) for k, name in enumerate(names)} | {"t": Fraction(1)}
    known = {graph.scalar(name): value for name, value in at.items()}
    ours = seconds(lambda: evaluate(graph.program, known, entries.values(), Conventions(), {}))
    theirs = seconds(lambda: _lambdified(sympy_hessian(network_in), at), 1)
    return against("network: Hessian and one evaluation", ours + seconds(network), "sympy lambdify", theirs)


def _lambdified(matrix: Any, at: dict[str, Fraction]) -> Any:
    import mpmath
    import sympy

    with mpmath.workdps(50):
        numbers = [mpmath.mpf(value.numerator) / value.denominator for value in at.values()]
        return sympy.lambdify([sympy.Symbol(name) for name in at], matrix, "mpmath", cse=True)(*numbers)
