"""A cell is one entry: a minimal gated unit (Zhou 2016) is written down, and runs."""

import math
from typing import ClassVar

import pytest

from derive.check.judge import judge
from derive.questions.recurrent import SequenceForward
from derive.record import Conventions
from derive.training.cells import CELLS, Cell
from tests.training.torch_cells import solved, values

MINIMAL = Cell(
    "mgu",
    "minimal gated unit",
    (
        ("f", "gate(W_f*x + U_f*h_old + b_f)", "gate"),
        ("h_tilde", "candidate(W_h*x + U_h*odot(f, h_old) + b_h)", "candidate"),
        ("h", "odot(1 - f, h_old) + odot(f, h_tilde)", "state"),
    ),
    {"h": ("U_f", 1)},
    {"gate": "sigmoid", "candidate": "tanh"},
    {},
    source="Zhou 2016",
)


class MinimalForward(SequenceForward):
    """A minimal gated unit over a sequence."""

    cell: ClassVar[str] = "mgu"


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


@pytest.mark.parametrize("weights", [{"W_f": 0.5, "U_f": -0.3, "W_h": 1.2, "U_h": 0.4, "b_h": 0.1}])
def test_a_new_entry_runs(monkeypatch, weights):
    monkeypatch.setitem(CELLS, "mgu", MINIMAL)
    derivation = MinimalForward.model_validate({"input": [1, -2, 0.5], "weights": weights, "of": "h"}).solve(
        Conventions()
    )
    assert judge(derivation).verified is True
    h = 0.0
    for step, x in enumerate((1, -2, 0.5), 1):
        f = sigmoid(weights["W_f"] * x + weights["U_f"] * h)
        new = math.tanh(weights["W_h"] * x + weights["U_h"] * f * h + weights["b_h"])
        h = (1 - f) * h + f * new
        assert values(derivation)[f"h_{step}"] == pytest.approx([h], abs=1e-12)


def test_a_cell_that_is_seen_by_its_gates():
    """An LSTM with peepholes, by hand: f and i see the cell as it was, o as it is."""
    w = {f"{letter}_{gate}": 0.3 for letter in "WU" for gate in "fico"}
    peepholes = {"p_f": 0.5, "p_i": -1, "p_o": 2}
    derivation = solved("lstm.forward", {"input": [1, 2], "weights": {**w, **peepholes}, "of": ["h", "c"]})
    h = c = 0.0
    for step, x in enumerate((1, 2), 1):
        total = 0.3 * x + 0.3 * h
        f, i = sigmoid(total + 0.5 * c), sigmoid(total - c)
        c = f * c + i * math.tanh(total)
        h = sigmoid(total + 2 * c) * math.tanh(c)
        assert values(derivation)[f"c_{step}"] == pytest.approx([c], abs=1e-12)
        assert values(derivation)[f"h_{step}"] == pytest.approx([h], abs=1e-12)
