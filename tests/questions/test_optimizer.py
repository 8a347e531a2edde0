"""Optimizer steps against torch.optim, and by hand."""

import random
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.notation.rounding import as_fraction
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

NAMES = ("w", "b")


def answers(givens):
    derivation = question("optimizer.step", givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults
    return {answer.name: float(evaluate(answer.form, {})) for answer in derivation.answers}


def drawn(seed):
    rng = random.Random(seed)
    return {
        "wrt": list(NAMES),
        "at": {name: rng.randint(-30, 30) / 8 for name in NAMES},
        "gradients": {name: rng.choice([-1, 1]) * rng.randint(1, 40) / 16 for name in NAMES},
        "rate": rng.choice([0.5, 0.125, 0.01]),
    }


def parameters(torch, givens):
    made = {}
    for name in NAMES:
        made[name] = torch.tensor(givens["at"][name], dtype=torch.float64, requires_grad=True)
        made[name].grad = torch.tensor(givens["gradients"][name], dtype=torch.float64)
    return made


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(5))
def test_adam_as_torch(seed):
    """Three steps: what the first one leaves is the state that the next one starts from."""
    torch = pytest.importorskip("torch")
    givens = drawn(seed) | {"optimizer": "adam", "settings": {"beta_1": 0.75, "beta_2": 0.99}}
    made = parameters(torch, givens)
    peer = torch.optim.Adam(made.values(), lr=givens["rate"], betas=(0.75, 0.99), eps=1e-8)
    for step in (1, 2, 3):
        found = answers({**givens, "step": step})
        peer.step()
        for name in NAMES:
            assert found[f"{name}_new"] == pytest.approx(made[name].item(), rel=1e-13)
            state = peer.state[made[name]]
            assert found[f"m_{name}_{step}"] == pytest.approx(state["exp_avg"].item(), rel=1e-12)
            assert found[f"v_{name}_{step}"] == pytest.approx(state["exp_avg_sq"].item(), rel=1e-12)
        givens["at"] = {name: found[f"{name}_new"] for name in NAMES}
        givens["state"] = {s: {name: found[f"{s}_{name}_{step}"] for name in NAMES} for s in ("m", "v")}


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(5))
def test_gradient_descent_as_torch(seed):
    torch = pytest.importorskip("torch")
    givens = drawn(seed) | {"optimizer": "gradient_descent"}
    made = parameters(torch, givens)
    torch.optim.SGD(made.values(), lr=givens["rate"]).step()
    found = answers(givens)
    for name in NAMES:
        assert found[f"{name}_new"] == pytest.approx(made[name].item(), rel=1e-14)


def test_first_step_of_adam_moves_by_the_rate_against_the_sign():
    givens = {"optimizer": "adam", "rate": 0.1, "wrt": ["w"], "at": {"w": 2}}
    for gradient in (-3, 0.02, 700):
        found = answers({**givens, "gradients": {"w": gradient}})["w_new"]
        assert found == pytest.approx(2 - 0.1 * (1 if gradient > 0 else -1), abs=1e-7)


def test_tiny_numbers_are_powers_of_ten():
    """The moments of a small gradient print as m·10^k, never as 0.000."""
    from derive.notation import plain

    givens = {"optimizer": "adam", "rate": 0.001, "wrt": ["w"], "at": {"w": 1}, "gradients": {"w": 0.02}}
    derivation = question("optimizer.step", givens).solve(Conventions())
    shown = {answer.name: plain.write(answer.shown) for answer in derivation.answers}
    assert shown["m_w_1"] == "0.002"
    assert shown["v_w_1"] == "4·10⁻⁷"
    assert shown["v_hat_w_1"] == "4·10⁻⁴"
    assert shown["w_new"] == "0.9990"


def test_gradients_from_a_graph_and_given_ones_agree():
    graph = {"graph": {"L": "w**2*b"}, "of": "L", "wrt": ["w", "b"], "at": {"w": 3, "b": -2}}
    common = {"optimizer": "adam", "rate": 0.25}
    given = {"wrt": ["w", "b"], "at": {"w": 3, "b": -2}, "gradients": {"w": -12, "b": 9}}
    assert answers({**common, **graph}) == pytest.approx(answers({**common, **given}), rel=1e-15)


def test_values_are_exact():
    givens = {"optimizer": "gradient_descent", "rate": "1/3", "wrt": ["w"], "at": {"w": "1/7"}, "gradients": {"w": 0.3}}
    (answer,) = question("optimizer.step", givens).solve(Conventions()).answers
    assert as_fraction(evaluate(answer.form, {})) == Fraction(1, 7) - Fraction(1, 10)


GOOD = {"optimizer": "adam", "rate": 0.1, "wrt": ["w"], "at": {"w": 2}, "gradients": {"w": 1}}


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"optimizer": "adamm"}, UnknownName, "did you mean adam"),
        ({"settings": {"beta_3": 1}}, UnknownName, "beta_1"),
        ({"state": {"s": {"w": 1}}}, UnknownName, "unknown state"),
        ({"step": 2}, InputError, "needs the state m of w"),
        ({"at": {}}, InputError, "no value"),
        ({"gradients": {"b": 1}}, InputError, "not given"),
        ({"gradients": {}}, InputError, "either a graph or the gradients"),
        ({"step": 0}, InputError, "step"),
    ],
)
def test_mistakes(change, kind, says):
    with pytest.raises(kind, match=says):
        question("optimizer.step", {**GOOD, **change}).solve(Conventions())


ARRAYS = [
    ("momentum", "SGD", {"momentum": 0.9}),
    ("adagrad", "Adagrad", {}),
    ("adam", "Adam", {}),
    ("adamw", "AdamW", {}),
    ("rmsprop", "RMSprop", {"alpha": 0.9}),
]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(20))
def test_arrays_and_options_as_torch(seed):
    """Two steps on a matrix: what the first one leaves is what the second one starts from."""
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    name, kind, settings = ARRAYS[seed % len(ARRAYS)]
    at, gradient = ([[rng.choice([-1, 1]) * rng.randint(1, 40) / 16 for _ in range(3)] for _ in range(2)] for _ in "ab")
    peer = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    peer.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer = getattr(torch.optim, kind)([peer], lr=0.125, **settings)
    givens = {"optimizer": name, "rate": 0.125, "wrt": "W", "at": {"W": at}, "gradients": {"W": gradient}}
    for step in (1, 2):
        derivation = question("optimizer.step", {**givens, "step": step}).solve(Conventions())
        assert judge(derivation).verified is True
        optimizer.step()
        found = {answer.name: evaluate(answer.form) for answer in derivation.answers}
        assert [float(x) for x in found["W_new"].items] == pytest.approx(peer.detach().flatten().tolist(), rel=1e-10)
        rows = {key: [[float(x) for x in value.items[k : k + 3]] for k in (0, 3)] for key, value in found.items()}
        givens["at"] = {"W": rows["W_new"]}
        givens["state"] = {key.removesuffix(f"_W_{step}"): {"W": value} for key, value in rows.items()
                           if key[0] in "msv" and "hat" not in key}  # fmt: skip


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"optimizer": "momentum"}, "The velocity adds up gradients, as in PyTorch."),
        ({"optimizer": "momentum", "form": "velocity"}, "The velocity is the step itself."),
        ({"optimizer": "momentum", "form": "dampened"}, "The velocity is a weighted mean of gradients."),
        ({"optimizer": "nesterov", "form": "look_ahead"}, "The gradient is taken ahead"),
        ({"optimizer": "adam"}, "With bias correction; with ε beside the root."),
        (
            {"optimizer": "adam", "epsilon_in_root": True, "bias_correction": False},
            "Without bias correction; with ε under",
        ),
        ({"optimizer": "adadelta", "rate": None}, "With ε under the root."),
        ({"optimizer": "sgd", "settings": {"lam": 0.1}}, "With the weight decay λ·w added to the gradient."),
    ],
)
def test_what_is_open_is_said(givens, says):
    from derive.notation import plain

    derivation = question("optimizer.step", {**GOOD, **givens}).solve(Conventions())
    words = "".join(piece if isinstance(piece, str) else plain.write(piece) for piece in derivation.prompt)
    assert says in words
    assert judge(derivation).verified is True


def test_without_bias_correction_the_moments_stand_for_themselves():
    found = answers({**GOOD, "bias_correction": False, "gradients": {"w": 3}})
    assert set(found) == {"m_w_1", "v_w_1", "w_new"}
    assert found["w_new"] == pytest.approx(2 - 0.1 * 0.3 / (0.009**0.5 + 1e-8), rel=1e-12)


def test_a_look_ahead_takes_the_gradient_where_the_velocity_leads():
    graph = {"graph": {"p": "a*w", "L": "(p - 3)**2"}, "of": "L", "wrt": "w", "at": {"w": 1, "a": 2}}
    givens = {**graph, "optimizer": "nesterov", "form": "look_ahead", "rate": 0.1, "state": {"u": 0.5}, "step": 4}
    found = answers(givens)
    ahead = 1 + 0.9 * 0.5
    u = 0.45 - 0.1 * 2 * (2 * ahead - 3) * 2
    assert found == pytest.approx({"u_w_4": u, "w_new": 1 + u})


def test_entries_of_an_array_are_parameters():
    """Of a matrix only two entries are trained: each by its own gradient, and no zero is claimed of the others."""
    layer = {"z": "W @ x", "L": "sum(z**2)"}
    givens = {"optimizer": "sgd", "rate": 0.1, "graph": layer, "of": "L", "wrt": ["W_1_1", "W_1_2"],
              "at": {"W": [[1, 2], [3, 4]], "x": [1, -1]}}  # fmt: skip
    assert answers(givens) == pytest.approx({"W_1_1_new": 1.2, "W_1_2_new": 1.8})


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"rate": -0.1}, InputError, "the learning rate must be positive"),
        ({"rate": float("inf")}, InputError, "no number to compute with"),
        ({"rate": None}, InputError, "the learning rate is missing"),
        ({"settings": {"beta_1": 1}}, InputError, "beta_1 must be at least 0 and less than 1"),
        ({"settings": {"epsilon": -1}}, InputError, "epsilon must not be negative"),
        ({"form": "heavy"}, UnknownName, "unknown form of adam"),
        ({"optimizer": "momentum", "bias_correction": True}, InputError, "momentum has no option bias_correction"),
        ({"state": {"m": {"q": 1}}}, UnknownName, "unknown parameter 'q'"),
        ({"state": {"m": {"w": [1, 2]}}}, InputError, "the state m of w must be one number"),
        ({"gradients": {"w": 1, "q": 2}}, UnknownName, "unknown parameter 'q'"),
        ({"gradients": {"w": [1, 2]}}, InputError, "does not have the shape of the parameter"),
        ({"step": 3, "state": {"m": {"w": 1}}}, InputError, "step 3 needs the state v of w"),
    ],
)
def test_more_mistakes(change, kind, says):
    with pytest.raises(kind, match=says):
        question("optimizer.step", {**GOOD, **change}).solve(Conventions())
