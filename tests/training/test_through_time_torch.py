"""Gradients through time, and the product of Jacobians, against autograd in double precision."""

import random

import pytest

from tests.training.torch_cells import drawn, solved, values

pytestmark = pytest.mark.oracle
CASES = 30
EXACT = 1e-10
FUNCTIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "identity": "clone"}


def near(found, right):
    return found == pytest.approx(right.flatten().tolist(), abs=EXACT, rel=EXACT)


def loss_of(torch, name, q, d):
    if name == "binary_cross_entropy":
        return -(d * torch.log(q) + (1 - d) * torch.log(1 - q)).sum()
    if name == "cross_entropy":
        return -(d * torch.log(q)).sum()
    return ((q - d) ** 2).sum() / (2 if name == "half_squared" else 1)


def case(rng):
    """Sizes, activations and a loss that go together."""
    sizes = {"ins": rng.randint(1, 3), "units": rng.randint(1, 3), "outs": rng.randint(2, 3)}
    state, output = rng.choice([*FUNCTIONS]), rng.choice([None, *FUNCTIONS, "softmax"])
    losses = {"sigmoid": ["binary_cross_entropy", "squared"], "softmax": ["cross_entropy"]}
    return sizes, state, output, rng.choice(losses.get(output, ["half_squared", "squared"]))


@pytest.mark.parametrize("seed", range(CASES))
def test_gradients_and_product(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    sizes, state, output, loss = case(rng)
    ins, units, outs, steps = sizes["ins"], sizes["units"], sizes["outs"], rng.randint(2, 4)
    shapes = {"W": (units, ins), "U": (units, units), "b": (1, units)}
    shapes |= {"V": (outs, units), "b_y": (1, outs)} if output else {}
    weights = {name: drawn(torch, rng, *shape).requires_grad_() for name, shape in shapes.items()}
    x, h0 = drawn(torch, rng, steps, ins), drawn(torch, rng, 1, units)
    wide, every = (outs if output else units), rng.random() < 0.5
    targets = drawn(torch, rng, steps, wide)
    if "cross" in loss:
        targets = torch.tensor([[float(k == rng.randrange(wide)) for k in range(wide)] for _ in range(steps)]).double()

    def result(h):
        if not output:
            return h
        y = h @ weights["V"].T + weights["b_y"]
        return torch.softmax(y, -1) if output == "softmax" else getattr(torch, FUNCTIONS[output])(y)

    h, states, total = h0, [], 0
    for k in range(steps):
        a = x[k : k + 1] @ weights["W"].T + h @ weights["U"].T + weights["b"]
        h = getattr(torch, FUNCTIONS[state])(a)
        states.append(h)
        if every or k == steps - 1:
            total = total + loss_of(torch, loss, result(h), targets[k : k + 1])
    total.backward(retain_graph=True)
    rows = [torch.autograd.grad(states[-1][0, i], states[0], retain_graph=True)[0] for i in range(units)]
    plain = {name: w[0].tolist() if name[0] == "b" else w.tolist() for name, w in weights.items()}
    givens = {
        "input": x.tolist(), "hidden": h0[0].tolist(), "weights": plain, "wrt": [*weights], "loss": loss,
        "targets": targets.tolist() if every else [targets[-1].tolist()],
        "activations": {"state": state, **({"output": output} if output else {})},
    }  # fmt: skip
    found = values_of(solved("rnn.bptt", givens))
    assert all(near(found[name], weight.grad) for name, weight in weights.items())
    assert near(found["product"], torch.stack(rows))


def values_of(derivation):
    """The numbers of the answers; a verdict in words is none."""
    return values(type("", (), {"answers": [a for a in derivation.answers if a.kind != "verdict"]}))
