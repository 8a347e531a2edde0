"""An operation on arrays is added by one entry and its spelling: gradients follow, entry by entry and whole."""

from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.graph.array_table import ARRAY_OPERATIONS, ArrayOperation
from derive.graph.arrays import matmul, transpose
from derive.notation import plain
from derive.notation.arrays import Array
from derive.notation.functions import FUNCTIONS, Function
from derive.notation.meanings import MEANINGS
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from tests.graph import test_pullback


def outer(p, a, b):
    """Every entry of a column times every entry of another."""
    return matmul(p, a, transpose(p, b))


OUTER = ArrayOperation("outer", outer, "(ab^T)_ij = a_i b_j", ("G @ B", "G.T @ A"), example=("3x1", "2x1"))
"""The example of docs/adding.md."""


def meaning(use, args):
    """By another route than the engine's: entry by entry."""
    a, b = args
    return Array((len(a.items), len(b.items)), tuple(use.reals.times(x, y) for x in a.items for y in b.items))


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setitem(ARRAY_OPERATIONS, OUTER.name, OUTER)
    monkeypatch.setitem(FUNCTIONS, OUTER.name, Function("outer", r"\operatorname{outer}", 'op("outer")', "outer", 2))
    monkeypatch.setitem(MEANINGS, OUTER.name, meaning)


def test_a_gradient_through_it():
    at = {"u": [[1], [2], [3]], "v": [[4], [5]], "C": [[1, 2], [3, 4], [5, 6]]}
    graph = {"Y": "outer(u, v)", "L": "sum(odot(C, Y))"}
    derivation = question("graph.gradient", {"graph": graph, "of": "L", "wrt": ["u", "v"], "at": at}).solve(
        Conventions()
    )
    assert judge(derivation).verified is True
    found = {answer.name: evaluate(answer.form, {}).items for answer in derivation.answers}
    assert found["u"] == tuple(map(Fraction, (1 * 4 + 2 * 5, 3 * 4 + 4 * 5, 5 * 4 + 6 * 5)))
    assert found["v"] == tuple(map(Fraction, (1 * 1 + 3 * 2 + 5 * 3, 2 * 1 + 4 * 2 + 6 * 3)))


@pytest.mark.parametrize(("by", "says"), [("u", "G·c"), ("c", "Gᵀ·u")])
def test_its_adjoint_is_the_gradient_of_the_scalar_engine(by, says):
    found, wanted, formula = test_pullback.pushed_back("outer(u, c)", by)
    assert found == wanted
    assert plain.write(formula) == says


def test_a_wrong_adjoint_is_found(monkeypatch):
    monkeypatch.setitem(ARRAY_OPERATIONS, "turned", ArrayOperation("turned", outer, "", ("G @ B", "G.T @ B"),
                                                                  example=("3x1", "3x1")))  # fmt: skip
    monkeypatch.setitem(FUNCTIONS, "turned", Function("turned", r"\operatorname{turned}", 'op("turned")', "turned", 2))
    monkeypatch.setitem(MEANINGS, "turned", meaning)
    found, wanted, _ = test_pullback.pushed_back("turned(u, v)", "v")
    assert found != wanted
