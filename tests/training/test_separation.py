"""Linear separability: counts known from the literature, certificates by exact arithmetic, random points."""

import itertools
import random
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from derive.check.simplex import is_solvable
from derive.training.alternative import Certificate, Row, Solution, combination, decide
from derive.training.separation import CommonPoint, Conflict, Separator, fit, separate

THRESHOLD_FUNCTIONS = {1: 4, 2: 14, 3: 104, 4: 1882}
"""How many Boolean functions of so many inputs are linearly separable (Muroga 1971; OEIS A000609)."""


def rows_of(count):
    return [tuple(map(Fraction, row)) for row in itertools.product((0, 1), repeat=count)]


def check(points, labels, found):
    """A separator by its margins, a common point by the shares and the coordinates; in fractions."""
    if isinstance(found, Separator):
        nets = [sum(w * x for w, x in zip(found.weights, p, strict=True)) for p in points]
        assert all(
            (net > found.threshold) == one and net != found.threshold for net, one in zip(nets, labels, strict=True)
        )
        assert all(w.denominator == 1 for w in found.weights)
        return
    means = []
    for shares, kind in ((found.ones, True), (found.zeros, False)):
        assert all(share > 0 and labels[k] == kind for k, share in shares)
        assert sum(share for _, share in shares) == 1
        means.append([sum(share * points[k][j] for k, share in shares) for j in range(len(points[0]))])
    assert means[0] == means[1]


def separable_by_simplex(points, labels):
    return is_solvable(
        [[(1 if one else -1) * x for x in (*p, Fraction(1))] for p, one in zip(points, labels, strict=True)]
    )


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_functions_of_few_inputs(count):
    points = rows_of(count)
    found = 0
    for labels in itertools.product((False, True), repeat=2**count):
        answer = separate(points, labels)
        check(points, labels, answer)
        assert isinstance(answer, Separator) == separable_by_simplex(points, labels)
        found += isinstance(answer, Separator)
    assert found == THRESHOLD_FUNCTIONS[count]


def test_functions_of_four_inputs():
    """All 1882 come from weights up to 3 in size; the simplex method agrees on them and on random other tables."""
    points = rows_of(4)
    sums = np.array(list(itertools.product(range(-3, 4), repeat=4))) @ np.array(points, dtype=int).T
    tables = {tuple(bool(x) for x in row >= t) for t in range(-12, 14) for row in np.unique(sums, axis=0)}
    assert len(tables) == THRESHOLD_FUNCTIONS[4]
    rng = random.Random(4)
    for labels in rng.sample(sorted(tables), 60):
        check(points, labels, separate(points, labels))
        assert separable_by_simplex(points, labels)
    for _ in range(60):
        labels = tuple(rng.random() < 0.5 for _ in points)
        answer = separate(points, labels)
        check(points, labels, answer)
        assert isinstance(answer, Separator) == (labels in tables) == separable_by_simplex(points, labels)


def test_exclusive_or_has_the_middle_of_both_diagonals():
    answer = separate(rows_of(2), (False, True, True, False))
    assert isinstance(answer, CommonPoint)
    half = Fraction(1, 2)
    assert answer.ones == ((1, half), (2, half))
    assert answer.zeros == ((0, half), (3, half))


@pytest.mark.parametrize(
    ("labels", "weights", "low", "high"),
    [
        ((0, 0, 0, 1), (1, 1), 1, 2),
        ((0, 1, 1, 1), (1, 1), 0, 1),
        ((1, 0, 0, 0), (-1, -1), -1, 0),
        ((0, 0, 1, 0), (1, -1), 0, 1),
        ((0, 0, 0, 0), (0, 0), 0, 1),
        ((1, 1, 1, 1), (0, 0), -1, 0),
    ],
)
def test_small_whole_weights(labels, weights, low, high):
    assert separate(rows_of(2), tuple(map(bool, labels))) == Separator(weights, low, high)


def random_points(rng):
    count = rng.randint(1, 4)
    unit = rng.choice([Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 3), Fraction(1000)])
    return [tuple(rng.randint(-20, 20) * unit for _ in range(count)) for _ in range(rng.randint(2, 12))]


@pytest.mark.parametrize("seed", range(60))
def test_random_points_against_scipy_and_the_simplex_method(seed):
    rng = random.Random(seed)
    points = random_points(rng)
    weights = [rng.randint(-3, 3) for _ in points[0]]
    labels = [(sum(w * x for w, x in zip(weights, p, strict=True)) >= 1) != (rng.random() < 0.1) for p in points]
    answer = separate(points, labels)
    check(points, labels, answer)
    signed = [[(1.0 if one else -1.0) * float(x) for x in (*p, 1)] for p, one in zip(points, labels, strict=True)]
    program = linprog([0] * len(signed[0]), A_ub=-np.array(signed), b_ub=-np.ones(len(signed)), bounds=(None, None))
    assert isinstance(answer, Separator) == (program.status == 0) == separable_by_simplex(points, labels)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_fixed_thresholds(seed, strict):
    rng = random.Random(seed)
    points, theta = random_points(rng), Fraction(rng.randint(-3, 3), 2)
    labels = [rng.random() < 0.5 for _ in points]
    answer = fit(points, labels, theta, strict)
    rows = [
        ([(1 if one else -1) * x for x in (*p, -theta)], one == strict) for p, one in zip(points, labels, strict=True)
    ]
    last = [Fraction(0)] * len(points[0]) + [Fraction(1)]
    solvable = is_solvable([row for row, firm in rows if firm] + [last], [row for row, firm in rows if not firm])
    assert isinstance(answer, Conflict) != solvable
    if not isinstance(answer, Conflict):
        nets = [sum(w * x for w, x in zip(answer, p, strict=True)) for p in points]
        assert [net > theta or (net == theta and not strict) for net in nets] == labels
        return
    signed = [(k, share) for k, share in answer.ones] + [(k, -share) for k, share in answer.zeros]
    assert all(sum(share * points[k][j] for k, share in signed) == 0 for j in range(len(points[0])))
    bound = sum(share for _, share in signed) * theta
    firm = answer.ones if strict else answer.zeros
    assert bound > 0 or (bound == 0 and firm)


def test_the_input_of_zeros_contradicts_a_positive_threshold_by_itself():
    assert fit(rows_of(2), (True, False, False, True), Fraction(1, 5), False) == Conflict(((0, Fraction(1)),), ())


def test_points_that_nearly_meet_are_told_apart():
    near = Fraction(1, 10**6)
    points = [(Fraction(0), Fraction(1)), (Fraction(0), 1 + near)]
    answer = separate(points, (False, True))
    check(points, (False, True), answer)
    assert isinstance(answer, Separator)


def test_a_row_that_may_be_tight():
    up, down = Row((Fraction(1),), strict=False), Row((Fraction(-1),), strict=False)
    assert decide([up, down], (1,)) == Solution((Fraction(0),))
    found = decide([up, Row((Fraction(-1),))], (1,))
    assert isinstance(found, Certificate)
    assert found.multipliers == (1, 1)


def test_combinations():
    one, two = (Fraction(1), Fraction(0)), (Fraction(1), Fraction(2))
    assert combination([one, two], (Fraction(3), Fraction(2))) == (2, 1)
    assert combination([one, one], (Fraction(3), Fraction(0))) == (3, 0)
    assert combination([one], (Fraction(3), Fraction(2))) is None


def test_linear_programming_is_loaded_when_it_is_needed():
    code = "import sys, derive.questions.separability, derive.questions.perceptron; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
