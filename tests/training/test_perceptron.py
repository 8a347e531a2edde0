"""The perceptron rule against a plain loop over floats, the convergence bound, and cycles."""

import random
from fractions import Fraction

import numpy as np
import pytest

from derive.training.perceptron import Perceptron, train

ROWS = [tuple(map(Fraction, row)) for row in ((0, 0), (0, 1), (1, 0), (1, 1))]
XNOR = tuple(map(Fraction, (1, 0, 0, 1)))
RATE, THETA = Fraction(2, 100), Fraction(2, 10)


def plain_loop(points, targets, rate, theta, bias, strict, signs, limit):
    """The weights after each epoch; the numbers are dyadic, so that floats are exact."""
    x = np.array([[*map(float, p), 1.0][: len(p) + bias] for p in points])
    w, history = np.zeros(x.shape[1]), []
    for _ in range(limit):
        wrong = 0
        for row, t in zip(x, targets, strict=True):
            net = row @ w
            y = 1.0 if (net > theta if strict else net >= theta) else (-1.0 if signs else 0.0)
            wrong += y != t
            w = w + rate * (float(t) - y) * row
        history.append(w.tolist())
        if not wrong:
            break
    return history


@pytest.mark.parametrize("seed", range(40))
def test_separable_sets_against_a_plain_loop(seed):
    rng = random.Random(seed)
    width, signs, strict = rng.randint(1, 3), rng.random() < 0.5, rng.random() < 0.5
    normal = [rng.choice([-2, -1, 1, 2]) for _ in range(width)]
    points = [tuple(Fraction(rng.randint(-16, 16), 4) for _ in range(width)) for _ in range(8)]
    nets = [sum(w * x for w, x in zip(normal, p, strict=True)) + Fraction(1, 8) for p in points]
    targets = [Fraction(1) if net > 0 else Fraction(-1 if signs else 0) for net in nets]
    rate = rng.choice([Fraction(1), Fraction(1, 2), Fraction(1, 8)])
    run = train(
        Perceptron(rate, bias=True, strict=strict, signs=signs), points, targets, (Fraction(0),) * (width + 1), 500
    )
    history = plain_loop(points, targets, float(rate), 0.0, True, strict, signs, 500)
    assert run.converged
    assert [list(map(float, run.state(epoch + 1))) for epoch in range(len(history))] == history
    assert len(run.epochs) == len(history)
    # Novikoff: from zero weights there are at most (R/margin)^2 errors, whatever the rate
    radius = max(1 + sum(x * x for x in p) for p in points)
    margin = min(abs(net) for net in nets) ** 2 / (sum(w * w for w in normal) + Fraction(1, 64))
    assert sum(update.error != 0 for epoch in run.epochs for update in epoch) <= radius / margin


@pytest.mark.parametrize("seed", range(20))
def test_fixed_thresholds_against_a_plain_loop(seed):
    rng = random.Random(seed)
    points = [tuple(Fraction(rng.randint(-8, 8), 4) for _ in range(2)) for _ in range(5)]
    targets = [Fraction(rng.randint(0, 1)) for _ in points]
    theta, rate = Fraction(rng.randint(-4, 4), 8), Fraction(1, 4)
    run = train(Perceptron(rate, theta), points, targets, (Fraction(0),) * 2, 60)
    history = plain_loop(points, targets, float(rate), float(theta), False, False, False, len(run.epochs))
    assert [list(map(float, run.state(epoch + 1))) for epoch in range(len(history))] == history
    assert run.converged or run.returns_to is None or run.state(run.returns_to) == run.final


def test_both_rules_for_signs_are_one_rate_apart():
    targets = [2 * t - 1 for t in (Fraction(0), Fraction(0), Fraction(0), Fraction(1))]
    by_target = train(
        Perceptron(Fraction(1), bias=True, signs=True, rule="target"), ROWS, targets, (Fraction(0),) * 3, 50
    )
    by_error = train(Perceptron(Fraction(1, 2), bias=True, signs=True), ROWS, targets, (Fraction(0),) * 3, 50)
    assert by_target == by_error
    assert by_target.converged


def test_row_bits_mid_q3a_with_a_fixed_threshold():
    run = train(Perceptron(RATE, THETA), ROWS, XNOR, (Fraction(0),) * 2, 50)
    assert [float(run.state(epoch)[0]) for epoch in range(1, 6)] == [0.02, 0.04, 0.06, 0.08, 0.1]
    assert all(run.state(epoch)[0] == run.state(epoch)[1] for epoch in range(1, 6))
    assert list(map(float, run.final)) == [0.1, 0.1]
    assert (run.converged, run.returns_to, run.always_wrong) == (False, 5, (0,))


def test_row_bits_mid_q3a_with_a_strict_comparison():
    run = train(Perceptron(RATE, THETA, strict=True), ROWS, XNOR, (Fraction(0),) * 2, 50)
    assert list(map(float, run.final)) == [0.12, 0.12]
    assert (run.returns_to, len(run.epochs)) == (6, 7)


def test_row_bits_mid_q3a_with_a_trained_bias_cycles():
    run = train(Perceptron(RATE, bias=True), ROWS, XNOR, (Fraction(0),) * 3, 50)
    assert not run.converged
    assert run.returns_to is not None
    assert run.state(run.returns_to) == run.final
    assert len({update.state for update in run.epochs[-1]}) > 1


def test_the_limit_is_kept():
    run = train(Perceptron(Fraction(1), bias=True), ROWS, (0, 0, 0, Fraction(1)), (Fraction(0),) * 3, 2)
    assert (len(run.epochs), run.converged, run.returns_to, run.always_wrong) == (2, False, None, ())
