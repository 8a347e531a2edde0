"""Whether a gradient vanishes or explodes on its way back: the claim against NumPy, and wrong words found."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from derive.check.judge import judge
from derive.notation.build import number, sym
from derive.notation.form import Call, Derivative, Matrix, Symbol, Text
from derive.record import Derivation, Given
from tests.check.derivations import form, step, value

WORDS = ("vanishes", "explodes", "neither")


def scalar(u: object, steps: int = 3, function: str = "tanh") -> list[Given]:
    """h_t = φ(u h_{t-1}) from h_1 = 0.5."""
    names = [Given(sym(f"h_{k}"), form(f"{function}(u*h_{k - 1})")) for k in range(2, steps + 1)]
    return [*names, value("u", u), value("h_1", 0.5)]  # type: ignore[arg-type]


def claimed(givens: list[Given], word: str, last: str = "h_3", first: str = "h_1") -> bool | None:
    target = Call("flow", (Derivative(sym(last), (sym(first),)),))
    return judge(Derivation("", givens=tuple(givens), steps=(step("flow", target, Text(word)),))).verified


@pytest.mark.parametrize(
    ("u", "function", "right"),
    [
        (0.5, "tanh", "vanishes"),
        (3, "relu", "explodes"),
        (-2, "relu", "vanishes"),
        (1, "relu", "neither"),
        (-1.5, "sin", "neither"),
    ],
)
def test_one_unit(u: float, function: str, right: str) -> None:
    """sin with u = -1.5: the first step stretches, 1.5·cos(0.75) = 1.1, the second does not, 1.5·cos(1.02) = 0.78."""
    for word in WORDS:
        assert claimed(scalar(u, function=function), word) is (word == right)


@pytest.mark.parametrize("seed", range(30))
def test_linear_layers_against_numpy(seed: int) -> None:
    """h_t = A_t h_{t-1}: the largest row sum is NumPy's infinity norm; its lower bound is one of the inverse's norm."""
    rng = Random(seed)
    n, scale = rng.randint(2, 3), rng.choice([3, 10, 30])
    matrices = [[[rng.randint(-9, 9) / scale for _ in range(n)] for _ in range(n)] for _ in range(2)]
    if rng.random() < 0.4:
        matrices = [[[x + (5 if i == j else 0) for j, x in enumerate(r)] for i, r in enumerate(m)] for m in matrices]
    upper = [np.linalg.norm(np.array(m), np.inf) for m in matrices]
    rows = [2 * abs(row[i]) - sum(map(abs, row)) for m in matrices for i, row in enumerate(m)]
    right = "vanishes" if max(upper) < 1 else "explodes" if min(rows) > 1 else "neither"
    if right == "explodes":
        assert all(1 / np.linalg.norm(np.linalg.inv(np.array(m)), np.inf) > 1 for m in matrices)
    givens = [Given(Symbol("h", sub=(str(k + 2),)), form(f"A_{'xy'[k]}*h_{k + 1}")) for k in range(2)]
    for k, m in enumerate(matrices):
        givens.append(Given(sym(f"A_{'xy'[k]}"), Matrix(tuple(tuple(map(number, row)) for row in m)), "value"))
    givens.append(Given(sym("h_1"), Matrix(tuple((number(k + 1),) for k in range(n))), "value"))
    for word in WORDS:
        assert claimed(givens, word) is (word == right), right


@pytest.mark.parametrize(("last", "first"), [("h_1", "h_3"), ("h_3", "u"), ("h_2", "h_2")])
def test_what_is_no_flow_is_not_decided(last: str, first: str) -> None:
    assert claimed(scalar(0.5), "vanishes", last, first) is not True
