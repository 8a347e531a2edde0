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
