"""Masked softmax, and entries of arrays as names of a graph."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import special

from derive import solve
from derive.errors import InputError
from derive.graph.graph import Graph
from derive.notation.symbols import parse_symbol
from derive.record import Conventions

SCORES = [[0.5, -1, 2], [1, 0, 3]]


def values_of(graph, name, at):
    known = graph.values({parse_symbol(k): v for k, v in at.items()}, Conventions())
    return [float(known[node]) for node in graph.quantity(name).value.items]


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
def test_masked_entries_take_no_part(function):
    graph = Graph({"S": "[[a, -infinity, b], [-infinity, c, -infinity]]", "A": f"{function}(S)"})
    found = values_of(graph, "A", {"a": Fraction(1), "b": Fraction(3), "c": Fraction(7)})
    scores = np.array([[1, -np.inf, 3], [-np.inf, 7, -np.inf]])
    expected = special.softmax(scores, axis=1) if function == "softmax" else special.log_softmax(scores, axis=1)
    assert found == pytest.approx(expected.flatten())


def test_the_share_of_the_only_entry_is_one_exactly():
    graph = Graph({"S": "[[a, -infinity]]", "A": "softmax(S)"})
    assert graph.quantity("A").value.items == (graph.program.one, graph.program.zero)


def test_a_row_that_is_masked_as_a_whole_has_no_softmax():
    with pytest.raises(InputError, match="all -∞ has no value"):
        Graph({"S": "[[a, b], [-infinity, -infinity]]", "A": "softmax(S)"})


def test_entries_of_arrays_are_names():
    graph = Graph({"m": "(X_1_1 + X_2_1)/2", "Y": "[[X_1_1 - m, X_1_2], [X_2_1 - m, 0]]"}, {"X": (2, 2)})
    assert [symbol.base for symbol in graph.quantities] == ["X", "m", "Y"]
    solution = solve(
        "graph.forward", graph={"m": "(X_1_1 + X_2_1)/2", "Y": "[[X_1_1 - m, 0]]"}, at={"X": [[1, 2], [3, 4]]}
    )
    assert solution.verified is True
    assert solution.answers["Y"].form.rows[0][1].text == "0"


def test_gradients_through_entries():
    solution = solve(
        "graph.gradient", graph={"m": "x_1*x_2", "L": "m**2 + x_2"}, of="L", wrt="x", at={"x": [2, 3]}
    )  # fmt: skip
    assert solution.verified is True
    assert [float(x) for x in solution.answers["x"].value] == [36, 25]


def test_arrays_side_by_side():
    graph = Graph({"C": "concat(A, B, axis=1)"}, {"A": (2, 1), "B": (2, 2)})
    assert graph.quantity("C").value.shape == (2, 3)
    with pytest.raises(InputError):
        Graph({"C": "concat(A, B, axis=1)"}, {"A": (2, 1), "B": (3, 2)})
