"""Formulas of entries as one formula of arrays, weights that add up to 1, Jacobians in short."""

from fractions import Fraction
from random import Random

import pytest

from derive.graph.graph import Graph
from derive.graph.jacobian import jacobian, short_jacobian
from derive.graph.lifting import lifted, pattern
from derive.graph.simplex import collected
from derive.notation.arrays import Array
from derive.notation.form import Matrix, symbols
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate

ARRAYS = [parse_symbol(name) for name in ("p", "t", "W")]
PLACES = [("1",), ("2",)]


def both(text):
    return [read(text.replace("_k", f"_{k}")) for k in (1, 2)]


@pytest.mark.parametrize(
    ("entries", "whole"),
    [
        ("p_k - t_k", "p - t"),
        ("2*(p_k - t_k)/3", "2*(p - t)/3"),
        ("-t_k/p_k", "-t/p"),
        ("c*p_k*(1 - p_k)", "c*odot(p, 1 - p)"),
        ("log(p_k)**2", "log(p)**2"),
        ("sign(p_k - t_k)", "sign(p - t)"),
    ],
)
def test_lifted(entries, whole):
    form = lifted(both(entries), PLACES, ARRAYS)
    assert form == read(whole)
    rng = Random(entries)
    env = {name: Array((2, 1), tuple(Fraction(rng.randint(1, 9), 10) for _ in range(2))) for name in ARRAYS[:2]}
    env[parse_symbol("c")] = Fraction(3)
    single = {parse_symbol(f"{name.base}_{k + 1}"): env[name].items[k] for name in ARRAYS[:2] for k in range(2)}
    single[parse_symbol("c")] = Fraction(3)
    assert list(evaluate(form, env).items) == [evaluate(entry, single) for entry in both(entries)]


@pytest.mark.parametrize(
    "text", ["p_k - t_1", "indicator(p_k > 0)", "max(p_k, 0)", "where(p_k > 0, 1, 0)", "p_k + p_1"]
)
def test_not_lifted(text):
    assert lifted(both(text), PLACES, ARRAYS) is None


def test_unlike_entries_are_not_lifted():
    assert lifted([read("p_1"), read("p_2 - 1")], PLACES, ARRAYS) is None


def test_pattern_leaves_the_own_index_open():
    first, second = (pattern(read(f"p_{k}*t_3"), (str(k),), ARRAYS) for k in (1, 2))
    assert first == second != pattern(read("p_3*t_3"), ("3",), ARRAYS)
    assert pattern(read("W_1_2"), ("1", "2"), ARRAYS) == pattern(read("W_3_4"), ("3", "4"), ARRAYS)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_collected_is_the_same_and_the_rest_is_so_where_the_weights_add_up_to_1(n):
    rng = Random(n)
    weights = [parse_symbol(f"t_{k}") for k in range(1, n + 1)]
    form = read(" + ".join(f"p_1*t_{k}/2" for k in range(2, n + 1)) + " + t_1*(p_1 - 1)/2")
    found = collected(form, weights)
    assert found.rest == read("(p_1 - t_1)/2")
    cuts = [Fraction(rng.randint(1, 9)) for _ in weights]
    for values in (cuts, [cut / sum(cuts) for cut in cuts]):
        env = {parse_symbol("p_1"): Fraction(1, 3), **dict(zip(weights, values, strict=True))}
        assert evaluate(found.form, env) == evaluate(form, env)
        assert (evaluate(found.rest, env) == evaluate(form, env)) is (sum(values) == 1)


@pytest.mark.parametrize("text", ["t_1**2 + t_2", "log(t_1) + t_2", "p_1", "t_1*t_2"])
def test_what_is_not_linear_is_not_collected(text):
    assert collected(read(text), [parse_symbol("t_1"), parse_symbol("t_2")]) is None


def test_jacobian_of_softmax():
    graph = Graph({"p": "softmax(z)"}, {"z": (3, 1)})
    p, z = graph.quantity("p"), graph.quantity("z")
    full, short = jacobian(graph, p, z), short_jacobian(graph, p)
    shares = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    env = {parse_symbol(f"p_{k + 1}"): x for k, x in enumerate(shares)} | {parse_symbol("p"): Array((3, 1), shares)}
    assert evaluate(full, env) == evaluate(short, env)
    assert evaluate(full, env).items[:2] == (Fraction(1, 4), Fraction(-1, 6))
    assert isinstance(full, Matrix)
    assert set(symbols(short)) == {parse_symbol("p")}


def test_no_short_jacobian_where_nobody_knows_one():
    graph = Graph({"h": "tanh(z)"}, {"z": (2, 1)})
    assert short_jacobian(graph, graph.quantity("h")) is None
