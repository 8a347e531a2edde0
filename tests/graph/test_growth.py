"""The residual chain y_{k+1} = relu(w_{k,1} relu(w_{k,0} y_k) + y_k): work and size grow linearly, by counting."""

import sys
from fractions import Fraction

import pytest

from derive.graph.backward import Backward
from derive.graph.graph import Graph, evaluate
from derive.graph.operations import locals_of
from derive.graph.point import Point
from derive.graph.program import Program
from derive.notation.latex import write
from derive.record import Conventions


def chain(n: int) -> tuple[Program, int, list[int]]:
    p = Program(locals_of)
    y, weights = p.input("x"), []
    for k in range(n):
        inner, outer = p.input(("w", k, 0)), p.input(("w", k, 1))
        weights += [inner, outer]
        y = p.node("relu", p.add(p.mul(outer, p.node("relu", p.mul(inner, y))), y))
    return p, y, weights


def derivation(n: int, inputs_first: bool = False):
    definitions, y = {}, "x"
    if inputs_first:  # then every input has a smaller number than every quantity
        definitions["c"] = " + ".join(f"w_{k}_{which}" for k in range(n) for which in (0, 1))
    for k in range(n):
        definitions |= {f"a_{k}": f"w_{k}_0*{y}", f"h_{k}": f"relu(a_{k})"}
        definitions |= {f"s_{k}": f"w_{k}_1*h_{k} + {y}", f"y_{k + 1}": f"relu(s_{k})"}
        y = f"y_{k + 1}"
    graph = Graph(definitions)
    weights = [graph.scalar(f"w_{k}_{which}") for k in range(n) for which in (0, 1)]
    return Backward(Point(graph, {}, Conventions()), graph.scalar(y), weights).steps()


def lines(steps) -> list[str]:
    return [write(line.form) for step in steps for line in step.lines]


def calls(work) -> int:
    """How many functions are called, built-in ones too: a measure of work that is the same on every machine."""
    count = 0

    def counted(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_nodes_of_all_gradients():
    sizes = {}
    for n in (10, 20, 40):
        p, y, weights = chain(n)
        p.gradient(y, weights)
        sizes[n] = len(p)
    assert sizes[40] - sizes[20] == 2 * (sizes[20] - sizes[10])
    assert sizes[40] <= 20 * 40


def test_a_deep_chain_needs_no_stack():
    p, y, weights = chain(10_000)
    gradient = p.gradient(y, weights)
    at = {node: Fraction(1) for node in weights} | {p.input("x"): Fraction(1, 2**10_000)}
    value = evaluate(p, at, [gradient[weights[-1]], gradient[weights[0]]], Conventions(), {})
    # with all weights 1 each block doubles: y_n = 2^n x, dy_n/dw_{n-1,1} = y_{n-1}, dy_n/dw_{0,0} = 2^(n-1) x
    assert value[gradient[weights[-1]]] == Fraction(1, 2)
    assert value[gradient[weights[0]]] == Fraction(1, 2)


@pytest.mark.parametrize("inputs_first", [False, True])
def test_work_of_a_named_derivation(inputs_first):
    lines(derivation(5))  # fills the caches that are filled once
    work = {n: calls(lambda n=n: lines(derivation(n, inputs_first))) for n in (30, 60, 120)}
    assert work[120] - work[60] == pytest.approx(2 * (work[60] - work[30]), rel=0.02)


def test_length_of_a_named_derivation():
    texts = {n: lines(derivation(n)) for n in (30, 60)}
    assert len(texts[60]) / len(texts[30]) < 2.1
    assert sum(map(len, texts[60])) / sum(map(len, texts[30])) < 2.2


def test_a_deep_named_derivation_needs_no_stack():
    steps = derivation(400)
    assert len(steps) > sys.getrecursionlimit()
    assert max(map(len, lines(steps))) < 400
