"""Judgements of models: the rows of the papers, smallest losses against SciPy, rates against descent itself."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize, special

from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.exam.marks import with_points
from derive.notation.form import Text
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.render.documents import text

NEURON = {"x": [0.65, 0.75], "w": [0.3, 0.5], "b": 1.75, "rate": 2}
CASES = 20


def solved(**givens):
    derivation = question("model.judge", givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults + verdict.undecided]
    return {answer.name: answer.form.text if isinstance(answer.form, Text) else evaluate(answer.form, {})
            for answer in derivation.answers}  # fmt: skip


def shown(**givens):
    derivation = question("model.judge", givens).solve(Conventions())
    return {answer.name: answer.shown for answer in derivation.answers}


# bits-ec3-q4b-judge


def test_a_sigmoid_cannot_reach_the_target_of_the_paper():
    found = solved(unit="sigmoid", target=2.5, loss="sse")
    assert found["reach_1"] == "out of reach"
    assert found["lowest"] == Fraction(9, 4)
    assert found["fitting"] == "ReLU or linear"


def test_the_rate_of_the_paper_diverges():
    found = solved(unit="linear", target=2.5, loss="half_sse", **NEURON)
    assert found["e"] == Fraction("-0.18")
    assert found["E"] == Fraction("0.0324")
    assert found["e_new"] == Fraction("0.5346")
    assert float(found["E_new"]) == pytest.approx(0.2858, abs=5e-5)
    assert found["eta_max"] == Fraction(2) / Fraction("1.985")
    assert float(found["eta_max"]) == pytest.approx(1.00756, abs=5e-6)
    assert found["descent"] == "diverges"


def test_the_product_that_is_too_large_stands_on_the_sheet():
    derivation = question("model.judge", {"target": 2.5, "loss": "half_sse", **NEURON}).solve(Conventions())
    factor = next(step for step in derivation.steps if step.name == "rho")
    assert evaluate(factor.lines[-1].form, {}) == 1 - Fraction("3.97")


# bits-ec3-q4b-forward


def test_the_output_of_the_paper():
    givens = {"graph": {"z": "w_1*x_1 + w_2*x_2 + b", "p": "sigmoid(z)"}}
    at = {"w_1": 0.3, "w_2": 0.5, "x_1": 0.65, "x_2": 0.75, "b": 1.75}
    z, p = question("graph.forward", {**givens, "at": at}).solve(Conventions()).answers
    assert evaluate(z.form, {}) == Fraction("2.32")
    assert float(evaluate(p.form, {})) == pytest.approx(0.91052, abs=5e-6)


def test_without_the_half_the_limit_is_half_as_large():
    half, whole = (solved(target=2.5, loss=loss, **{**NEURON, "rate": 0.6}) for loss in ("half_sse", "sse"))
    assert half["eta_max"] == 2 * whole["eta_max"]
    assert (half["descent"], whole["descent"]) == ("converges with oscillation", "diverges")


def test_tanh_and_minus_three():
    found = solved(unit="tanh", target=-3)
    assert found["lowest"] == 4
    assert found["fitting"] == "linear"


UNITS = {
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "softplus": lambda a: np.logaddexp(0, a),
    "elu": lambda a: np.where(a > 0, a, np.expm1(a)),
    "leaky_relu": lambda a: np.where(a > 0, a, 0.01 * a),
    "linear": lambda a: a,
}


def smallest(loss):
    """The smallest value on a fine grid, refined by SciPy's bounded search."""
    grid = np.linspace(-400, 400, 8001)
    start = grid[np.argmin([loss(a) for a in grid])]
    refined = optimize.minimize_scalar(
        loss, bounds=(start - 0.2, start + 0.2), method="bounded", options={"xatol": 1e-11}
    )
    return min(refined.fun, loss(-300.0), loss(300.0))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("target", [-3, -1, 0, 0.25, 1, 2.5])
def test_smallest_squared_error_against_scipy(unit, target):
    found = solved(unit=unit, target=target)
    assert float(found["lowest"]) == pytest.approx(smallest(lambda a: float((UNITS[unit](a) - target) ** 2)), abs=1e-6)


@pytest.mark.parametrize("target", [0, 0.125, 0.5, 0.9, 1])
def test_smallest_cross_entropy_against_scipy(target):
    def loss(a):
        return target * np.logaddexp(0, -a) + (1 - target) * np.logaddexp(0, a)

    assert float(solved(unit="sigmoid", target=target, loss="bce")["lowest"]) == pytest.approx(smallest(loss), abs=1e-6)


def test_cross_entropy_has_no_lower_bound_for_a_target_beyond_one():
    found = solved(unit="sigmoid", target=2.5, loss="bce")
    assert found["lowest"] == float("-inf")
    assert found["reach_1"] == "out of reach"


@pytest.mark.parametrize("target", [[2.5, 0], [0.9, 0.9, -1], [0.25, 0.75], [1, 0, 0], [0.2, 0.3, 0.1]])
def test_smallest_distance_of_shares_against_scipy(target):
    t = np.array(target, dtype=float)
    simplex = {"type": "eq", "fun": lambda p: p.sum() - 1}
    found = optimize.minimize(
        lambda p: ((p - t) ** 2).sum(), np.full(len(t), 1 / len(t)), bounds=[(0, 1)] * len(t), constraints=[simplex]
    )
    assert float(solved(unit="softmax", target=target)["lowest"]) == pytest.approx(found.fun, abs=1e-6)


def test_a_distribution_as_the_target_of_a_softmax():
    found = solved(unit="softmax", target=[0.25, 0.25, 0.5], loss="cross_entropy")
    assert float(found["lowest"]) == pytest.approx(special.entr([0.25, 0.25, 0.5]).sum())
    assert found["reach"] == "reached"
    assert solved(unit="softmax", target=[1, 0], loss="cross_entropy")["reach"] == "only approached"


@pytest.mark.parametrize("seed", range(CASES))
def test_rates_against_descent_itself(seed):
    rng = random.Random(seed)
    examples, inputs = rng.randint(1, 3), rng.randint(1, 2)
    x = [[rng.randint(-8, 8) / 4 or 1 for _ in range(inputs)] for _ in range(examples)]
    w, b = [rng.randint(-4, 4) / 4 for _ in range(inputs)], rng.randint(-4, 4) / 4
    target, rate = [rng.randint(-8, 8) / 4 for _ in range(examples)], rng.choice([0.02, 0.1, 0.3, 0.6, 1.2])
    loss = rng.choice(["sse", "half_sse", "mse"])
    found = solved(
        target=target if examples > 1 else target[0], loss=loss, x=x if examples > 1 else x[0], w=w, b=b, rate=rate
    )
    slope = {"sse": 2, "half_sse": 1, "mse": 2 / examples}[loss]
    a, theta = np.column_stack([np.array(x), np.ones(examples)]), np.array([*w, b])
    error = a @ theta - target
    after = error - rate * slope * a @ (a.T @ error)
    assert float(found["E"]) == pytest.approx(error @ error)
    assert float(found["E_new"]) == pytest.approx(after @ after)
    largest = slope * np.linalg.eigvalsh(a.T @ a)[-1]
    assert float(found["eta_max"]) == pytest.approx(2 / largest)
    assert found["descent"] == ("diverges" if rate * largest > 2 else "converges with oscillation" if rate * largest > 1
                                else "converges")  # fmt: skip
    start = np.linalg.norm(a.T @ error)
    for _ in range(4000):
        error = error - rate * slope * a @ (a.T @ error)
        if error @ error > 1e12:
            break
    if found["descent"] == "diverges":
        assert error @ error > 1e12 or error @ error < 1e-20  # a start without a share of the steepest direction
    else:
        assert np.linalg.norm(a.T @ error) < 0.1 * start or start < 1e-12


def test_a_rate_on_the_limit_goes_on_for_ever():
    assert solved(target=1, loss="half_sse", x=[1], w=[1], b=1, rate=1)["descent"] == "oscillates without end"


def test_the_limit_of_one_example_is_shown_as_a_decimal():
    from derive.notation import plain

    assert plain.write(shown(target=2.5, loss="half_sse", **NEURON)["eta_max"]) == "1.008"


SENTENCES = [
    ({"unit": "sigm", "target": 1}, "unknown output unit 'sigm'; did you mean sigmoid"),
    ({"unit": "tanh", "target": 1, "loss": "bce"}, "the unit is a sigmoid"),
    ({"unit": "tanh", "target": 1, "loss": "cross_entropy"}, "cross-entropy goes with softmax"),
    ({"unit": "softmax", "target": 1}, "two entries at least"),
    ({"unit": "softmax", "target": [1, 1], "loss": "cross_entropy"}, "probabilities that add up to 1"),
    ({"target": 1, "rate": 1}, "x, w, b must be given"),
    ({"target": 1, **NEURON, "rate": -1}, "the rate must be positive"),
    ({"target": [1, 2, 3], **NEURON}, "2 example\\(s\\) in x, but 3 target\\(s\\)"),
    ({"target": 1, **NEURON, "w": [1]}, "2 input\\(s\\) in x, but 1 weight\\(s\\) in w"),
    ({"unit": "sigmoid", "target": 0.5, "loss": "bce", **NEURON}, "a squared error"),
    ({"target": [1] * 9}, "too many to be judged by hand"),
    ({"target": "sqrt(2)"}, "whole numbers, decimals and fractions"),
]


@pytest.mark.parametrize(("givens", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_what_does_not_fit_is_said_in_one_sentence(givens, sentence):
    with pytest.raises((InputError, UnknownName), match=sentence) as caught:
        question("model.judge", givens).solve(Conventions())
    assert "\n" not in str(caught.value)


def test_the_last_half_point_is_for_the_verdict():
    for givens, name in (
        ({"unit": "sigmoid", "target": 2.5}, "reach_1"),
        ({"unit": "linear", "target": 2.5, **NEURON}, "descent"),
    ):
        derivation = with_points(question("model.judge", givens).solve(Conventions()), Fraction(1, 2))
        assert [step.name for step in derivation.all_steps() if step.marks] == [name]


def test_the_exam_key_of_a_rate_leaves_out_what_only_explains():
    derivation = question("model.judge", {"unit": "linear", "target": 2.5, **NEURON}).solve(Conventions())
    shown = {detail: text(derivation, detail) for detail in (1, 2)}
    assert all(word in shown[1] for word in ("diverges", "-6.94", "0.503778"[:5]))
    assert all("w_new" not in key and "The rate" not in key for key in (shown[1],))
    assert len(shown[1].strip().splitlines()) <= 14 < len(shown[2].strip().splitlines())
