"""Batch normalization by hand against PyTorch: outputs, running statistics and gradients, and what is refused."""

import random

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

CASES = 22
SMALL = {"x": [1, 2, 3, 6], "gamma": 2, "beta": 1, "epsilon": 0.5}


def solved(ask, **givens):
    return question(f"batchnorm.{ask}", givens).solve(Conventions())


def answers(derivation):
    """The exact values of the answers by name, as flat lists of floats."""
    values = {answer.name: evaluate(answer.form, {}) for answer in derivation.answers}
    return {name: [float(x) for x in getattr(value, "items", (value,))] for name, value in values.items()}


def batch(rng):
    examples, features = rng.randint(2, 5), rng.randint(1, 3)
    rows = [[rng.randint(-20, 20) / 4 for _ in range(features)] for _ in range(examples)]
    gamma, beta = ([rng.randint(-8, 8) / 4 for _ in range(features)] for _ in range(2))
    given = {"x": rows if features > 1 else [row[0] for row in rows], "gamma": gamma, "beta": beta}
    return rows, given | {"epsilon": rng.choice([1e-5, 0.001, 0.5])}


def close(values):
    """In double precision."""
    return pytest.approx(values, rel=1e-10, abs=1e-10)


def tensor(torch, values):
    return torch.tensor(values, dtype=torch.float64)


def normed(torch, given, rows, **more):
    return torch.nn.functional.batch_norm(
        tensor(torch, rows), weight=tensor(torch, given["gamma"]), bias=tensor(torch, given["beta"]),
        eps=given["epsilon"], **more,
    )  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(CASES))
def test_training_and_running_statistics_against_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    rows, given = batch(rng)
    features = len(rows[0])
    mean, variance = (
        [rng.randint(-4, 4) / 2 for _ in range(features)],
        [rng.choice([0.5, 1, 2]) for _ in range(features)],
    )
    momentum = rng.choice([0.1, 0.25])
    found = answers(
        solved("forward", **given, running="pytorch", running_mean=mean, running_var=variance, momentum=momentum)
    )
    running = {"running_mean": tensor(torch, mean), "running_var": tensor(torch, variance)}
    output = normed(torch, given, rows, training=True, momentum=momentum, **running)
    assert found["y" if features == 1 else "Y"] == close(output.flatten().tolist())
    assert found["mu_run_new"] == close(running["running_mean"].tolist())
    assert found["v_run_new"] == close(running["running_var"].tolist())
    batch_variance, batch_mean = torch.var_mean(tensor(torch, rows), dim=0, correction=0)
    assert found["mu"] == close(batch_mean.tolist())
    assert found["v"] == close(batch_variance.tolist())


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(CASES))
def test_inference_against_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(50 + seed)
    rows, given = batch(rng)
    features = len(rows[0])
    mean, variance = (
        [rng.randint(-4, 4) / 2 for _ in range(features)],
        [rng.choice([0.5, 1, 2]) for _ in range(features)],
    )
    found = answers(solved("forward", **given, mode="inference", running_mean=mean, running_var=variance))
    output = normed(
        torch, given, rows, running_mean=tensor(torch, mean), running_var=tensor(torch, variance), training=False
    )
    assert found["y" if features == 1 else "Y"] == close(output.flatten().tolist())


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(CASES))
def test_gradients_against_autograd(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(100 + seed)
    rows, given = batch(rng)
    above = [[rng.randint(-8, 8) / 4 for _ in row] for row in rows]
    leaves = {"x": tensor(torch, rows), "gamma": tensor(torch, given["gamma"]), "beta": tensor(torch, given["beta"])}
    for leaf in leaves.values():
        leaf.requires_grad_()
    output = torch.nn.functional.batch_norm(
        leaves["x"], None, None, leaves["gamma"], leaves["beta"], training=True, eps=given["epsilon"]
    )
    single = len(rows[0]) == 1
    like = [row[0] for row in above] if single else above
    if seed % 2:
        more, loss = {"upstream": like}, (output * tensor(torch, above)).sum()
    else:
        more, loss = {"loss": "sum((y - t)**2)/2", "at": {"t": like}}, ((output - tensor(torch, above)) ** 2).sum() / 2
    loss.backward()
    found = answers(solved("backward", **given, **more))
    for name, leaf in leaves.items():
        key = name.upper() if name == "x" and not single else name
        assert found[key] == close(leaf.grad.flatten().tolist()), name


def test_keras_weighs_the_past_and_takes_the_biased_variance():
    given = {"running": "keras", "running_mean": 1, "running_var": 2, "momentum": 0.75}
    found = answers(solved("forward", **SMALL, **given))
    assert found["mu_run_new"] == [0.75 * 1 + 0.25 * 3]
    assert found["v_run_new"] == [0.75 * 2 + 0.25 * 3.5]


def test_without_scale_and_shift_the_normalized_batch_is_the_answer():
    found = answers(solved("forward", x=[1, 2, 3, 6], epsilon=0.5))
    assert found["x_hat"] == [-1, -0.5, 0, 1.5]


def test_epsilon_is_not_neglected():
    found = answers(solved("forward", x=[1, 3], epsilon=3))
    assert found["x_hat"] == [-0.5, 0.5]


def test_a_constant_feature_is_zero_where_epsilon_keeps_the_root_away_from_zero():
    derivation = solved("forward", x=[[1, 2], [3, 2]], epsilon=0.25)
    assert judge(derivation).verified is True
    assert answers(derivation)["X_hat"][1::2] == [0, 0]


def test_three_paths_lead_into_each_input():
    derivation = solved("backward", **SMALL, upstream=[0.5, -1, 0, 2])
    assert answers(derivation)["x"] == [0.875, -1, -0.375, 0.5]
    (step,) = [step for step in derivation.steps if step.name == "dL_dx_1"]
    assert step.lines[0].reason[-1] == ": add"
    assert len(step.lines[0].form.terms) == 3


def test_gradients_that_cancel_are_zero_exactly():
    """Two examples are normalized to 1 and -1 whatever they are: without ε no gradient comes through."""
    derivation = solved("backward", x=[[1, 1], [4, 3]], epsilon=0, upstream=[[1, 2], [0.5, 7]])
    assert judge(derivation).verified is True
    assert answers(derivation)["X"] == [0, 0, 0, 0]


SENTENCES = [
    ("forward", {"x": [1, 1], "epsilon": 0}, "the feature has the variance 0 and ε is 0"),
    ("forward", {"x": [[1, 2], [3, 2]], "epsilon": 0}, "feature 2 has the variance 0"),
    ("forward", {"x": [1]}, "a batch of one example"),
    ("forward", {"x": [1, 2], "epsilon": -1}, "ε must not be negative"),
    ("forward", {"x": [[1, 2], [3, 4]], "gamma": [1, 2, 3]}, "gamma has 3 numbers for 2 features"),
    ("forward", {"x": [1, 2], "mode": "inference"}, "inference needs running_mean and running_var"),
    ("forward", {"x": [1, 2], "running_mean": 1}, "running must say whose rule"),
    ("forward", {"x": [1, 2], "mode": "inference", "running": "keras"}, "updated in training"),
    ("forward", {"x": [[1] * 7] * 2}, "too large to be worked by hand"),
    ("forward", {"x": 3}, "x must be a list of numbers"),
    ("backward", {"x": [1, 2]}, "give either upstream"),
    ("backward", {"x": [1, 2], "upstream": [1, 2, 3]}, "upstream must have the shape of the batch, 2 x 1"),
    ("backward", {"x": [1, 2], "loss": "t**2", "at": {"t": 1}}, "does not depend on y"),
    ("backward", {"x": [1, 2], "loss": "sum(y)", "at": {"gamma": 1}}, "gamma is a name of the batch normalization"),
    ("backward", {"x": [1, 2], "upstream": [1, 2], "at": {"t": 1}}, "there is none"),
]


@pytest.mark.parametrize(("ask", "givens", "sentence"), SENTENCES, ids=[sentence for *_, sentence in SENTENCES])
def test_what_does_not_fit_is_said_in_one_sentence(ask, givens, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        solved(ask, **givens)
    assert "\n" not in str(caught.value)
