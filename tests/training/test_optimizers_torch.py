"""Every optimizer that torch has, step by step: scalars and arrays, in double precision."""

import random

import pytest

from tests.training.peers import Bowl, descent, numbers, path, run

SEEDS, STEPS = range(20), 6
CASES = {
    "gradient_descent": ("SGD", {}, {}),
    "sgd": ("SGD", {"lam": 0.125}, {"weight_decay": 0.125}),
    "momentum": ("SGD", {"beta": 0.75, "lam": 0.0625}, {"momentum": 0.75, "weight_decay": 0.0625}),
    "nesterov": ("SGD", {"beta": 0.875}, {"momentum": 0.875, "nesterov": True}),
    "adagrad": ("Adagrad", {"epsilon": 1e-6, "lam": 0.125}, {"eps": 1e-6, "weight_decay": 0.125}),
    "rmsprop": ("RMSprop", {"beta": 0.875, "epsilon": 1e-5}, {"alpha": 0.875, "eps": 1e-5}),
    "adadelta": ("Adadelta", {"rho": 0.75, "epsilon": 1e-4}, {"rho": 0.75, "eps": 1e-4}),
    "adam": ("Adam", {"beta_1": 0.75, "beta_2": 0.875, "lam": 0.125}, {"betas": (0.75, 0.875), "weight_decay": 0.125}),
    "adamw": ("AdamW", {"beta_1": 0.5, "lam": 0.25}, {"betas": (0.5, 0.999), "weight_decay": 0.25}),
    "amsgrad": ("Adam", {"beta_2": 0.5}, {"betas": (0.9, 0.5), "amsgrad": True}),
}  # fmt: skip


def torch_path(torch, kind, rate, start, slope, steps, **settings):
    peer = torch.tensor(start, dtype=torch.float64)
    optimizer = getattr(torch.optim, kind)([peer], lr=rate, foreach=False, **settings)
    found = []
    for _ in range(steps):
        peer.grad = torch.tensor(slope(peer.tolist()), dtype=torch.float64)
        optimizer.step()
        found.append(peer.tolist())
    return found


def drawn(name, seed, count):
    rng = random.Random(f"{name}/{seed}/{count}")
    return Bowl(rng, count), numbers(rng, count), rng.choice([0.5, 0.125, 0.03125])


@pytest.mark.oracle
@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("name", CASES)
def test_as_torch(name, count):
    torch = pytest.importorskip("torch")
    kind, ours, theirs = CASES[name]
    for seed in SEEDS:
        bowl, start, rate = drawn(name, seed, count)
        expected = torch_path(torch, kind, rate, start, bowl.slope, STEPS, **theirs)
        found = path(run(descent(name, rate, bowl.slope, **ours), start, STEPS))
        for one, other in zip(found, expected, strict=True):
            assert one == pytest.approx(other, rel=1e-10, abs=1e-10)


@pytest.mark.oracle
def test_published_defaults_are_those_of_torch():
    """Where they differ the entry says so: RMSProp's β, Adadelta has the numbers of torch."""
    torch = pytest.importorskip("torch")
    for name, kind in [("adam", "Adam"), ("adamw", "AdamW"), ("adagrad", "Adagrad"), ("adadelta", "Adadelta")]:
        bowl, start, rate = drawn(name, 99, 2)
        expected = torch_path(torch, kind, rate, start, bowl.slope, STEPS)
        assert path(run(descent(name, rate, bowl.slope), start, STEPS))[-1] == pytest.approx(expected[-1], rel=1e-10)


@pytest.mark.oracle
def test_start_of_the_accumulator():
    torch = pytest.importorskip("torch")
    for seed in SEEDS:
        bowl, start, rate = drawn("accumulator", seed, 3)
        expected = torch_path(torch, "Adagrad", rate, start, bowl.slope, STEPS, initial_accumulator_value=0.5)
        found = path(run(descent("adagrad", rate, bowl.slope), start, STEPS, s=[0.5] * 3))
        assert found[-1] == pytest.approx(expected[-1], rel=1e-10)


@pytest.mark.oracle
def test_dampened_momentum_as_torch_from_a_velocity_of_zero():
    """Without a velocity torch would take the first gradient undampened; the entry says so."""
    torch = pytest.importorskip("torch")
    for seed in SEEDS:
        bowl, start, rate = drawn("dampened", seed, 2)
        peer = torch.tensor(start, dtype=torch.float64)
        optimizer = torch.optim.SGD([peer], lr=rate, momentum=0.75, dampening=0.75, foreach=False)
        optimizer.state[peer]["momentum_buffer"] = torch.zeros(2, dtype=torch.float64)
        for _ in range(STEPS):
            peer.grad = torch.tensor(bowl.slope(peer.tolist()), dtype=torch.float64)
            optimizer.step()
        found = path(run(descent("momentum", rate, bowl.slope, "dampened", beta=0.75), start, STEPS))
        assert found[-1] == pytest.approx(peer.tolist(), rel=1e-10)


@pytest.mark.oracle
def test_both_signs_of_momentum_lead_the_same_way():
    torch = pytest.importorskip("torch")
    for seed in SEEDS:
        bowl, start, rate = drawn("velocity", seed, 2)
        expected = torch_path(torch, "SGD", rate, start, bowl.slope, STEPS, momentum=0.75)
        found = run(descent("momentum", rate, bowl.slope, "velocity", beta=0.75), start, STEPS)
        assert path(found)[-1] == pytest.approx(expected[-1], rel=1e-10)


@pytest.mark.oracle
def test_a_look_ahead_is_torch_s_nesterov_seen_from_ahead():
    """The parameters of torch are where the look ahead takes its gradient: w + βu."""
    torch = pytest.importorskip("torch")
    for seed in SEEDS:
        bowl, start, rate = drawn("look ahead", seed, 2)
        expected = torch_path(torch, "SGD", rate, start, bowl.slope, STEPS, momentum=0.75, nesterov=True)
        last = run(descent("nesterov", rate, bowl.slope, "look_ahead", beta=0.75), start, STEPS).last
        pairs = zip(*last.parameters.values(), *last.quantities["u_new"].values(), strict=True)
        assert [float(w + u * 3 / 4) for w, u in pairs] == pytest.approx(expected[-1], rel=1e-10)
