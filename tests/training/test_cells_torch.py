"""Every state at every step against nn.RNN, nn.LSTM and nn.GRU in double precision."""

import random

import pytest

from derive.check.judge import judge
from tests.training.torch_cells import drawn, shortened, solved, values, weights_of

pytestmark = pytest.mark.oracle
CASES = 25
EXACT = 1e-10


def case(torch, seed, make):
    rng = random.Random(seed)
    torch.manual_seed(seed)
    sizes = rng.randint(1, 3), rng.randint(1, 3), rng.randint(2, 5)
    module = shortened(torch, make(rng, sizes[0], sizes[1]))
    return rng, sizes, module


def givens_of(module, cell, inputs, hidden):
    return {"input": inputs.tolist(), "hidden": hidden, "weights": weights_of(module, cell), "biases": 2, "of": ["h"]}


def near(found, right):
    return found == pytest.approx(right.tolist(), abs=EXACT, rel=EXACT)


@pytest.mark.parametrize("seed", range(CASES))
def test_rnn(seed):
    torch = pytest.importorskip("torch")
    kind = "relu" if seed % 3 == 0 else "tanh"
    rng, (ins, units, steps), module = case(torch, seed, lambda rng, d, h: torch.nn.RNN(d, h, nonlinearity=kind))
    x, h = drawn(torch, rng, steps, ins), drawn(torch, rng, 1, units)
    givens = {**givens_of(module, "rnn", x, h[0].tolist()), "activations": {"state": kind}}
    derivation = solved("rnn.forward", givens)
    states, _ = module(x, h)
    found = values(derivation)
    assert all(near(found[f"h_{k}"], state) for k, state in enumerate(states, 1))
    assert seed % 8 or judge(derivation).verified is True


@pytest.mark.parametrize("seed", range(CASES))
def test_lstm(seed):
    torch = pytest.importorskip("torch")
    projected = seed % 3 == 0

    def make(rng, d, h):
        return torch.nn.LSTM(d, h + 1, proj_size=h if projected else 0)

    rng, (ins, units, steps), module = case(torch, seed, make)
    x, h = drawn(torch, rng, steps, ins), drawn(torch, rng, 1, units if projected else units + 1)
    c = drawn(torch, rng, 1, units + 1)
    givens = givens_of(module, "lstm", x, {"h": h[0].tolist(), "c": c[0].tolist()})
    derivation = solved("lstm.forward", {**givens, "of": ["h", "c"]})
    found, state = values(derivation), (h, c)
    for k in range(steps):
        _, state = module(x[k : k + 1], state)
        assert near(found[f"h_{k + 1}"], state[0][0])
        assert near(found[f"c_{k + 1}"], state[1][0])
    assert seed % 8 or judge(derivation).verified is True


@pytest.mark.parametrize("seed", range(CASES))
def test_gru(seed):
    """PyTorch resets behind the product, has two biases, and z keeps the old state."""
    torch = pytest.importorskip("torch")
    rng, (ins, units, steps), module = case(torch, seed, lambda rng, d, h: torch.nn.GRU(d, h))
    x, h = drawn(torch, rng, steps, ins), drawn(torch, rng, 1, units)
    derivation = solved("gru.forward", {**givens_of(module, "gru", x, h[0].tolist()), "reset": "after"})
    states, _ = module(x, h)
    found = values(derivation)
    assert all(near(found[f"h_{k}"], state) for k, state in enumerate(states, 1))
    assert seed % 8 or judge(derivation).verified is True


@pytest.mark.parametrize("seed", range(CASES))
def test_the_other_readings_of_a_gru(seed):
    """The reset before the product, and z for the candidate, against the formulas of the papers in NumPy."""
    np = pytest.importorskip("numpy")
    rng = random.Random(seed)
    n = rng.randint(1, 3)

    def made(rows):
        return np.array([[rng.randint(-9, 9) / 10 for _ in range(n)] for _ in range(rows)])

    matrices = {f"{letter}_{gate}": made(n) for gate in "rzh" for letter in "WU"}
    x = made(3)
    update = rng.choice(["keep", "renew"])
    givens = {"input": x.tolist(), "weights": {k: v.tolist() for k, v in matrices.items()}, "update": update}
    found, h = values(solved("gru.forward", {**givens, "of": ["h"]})), np.zeros(n)
    for k in range(3):
        r, z = (1 / (1 + np.exp(-(matrices[f"W_{g}"] @ x[k] + matrices[f"U_{g}"] @ h))) for g in "rz")
        new = np.tanh(matrices["W_h"] @ x[k] + matrices["U_h"] @ (r * h))
        h = z * h + (1 - z) * new if update == "keep" else (1 - z) * h + z * new
        assert near(found[f"h_{k + 1}"], h)
