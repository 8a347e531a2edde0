"""Output units and linear units: distances to the simplex and eigenvalues against NumPy and SciPy."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize

from derive.training.linear_unit import behaviour, largest_eigenvalue
from derive.training.units import UNITS, fitting, nearest_distribution


@pytest.mark.parametrize("seed", range(20))
def test_nearest_distribution_against_scipy(seed):
    rng = random.Random(seed)
    target = [Fraction(rng.randint(-12, 12), 8) for _ in range(rng.randint(2, 4))]
    found = np.array(nearest_distribution(target), dtype=float)
    assert sum(nearest_distribution(target)) == 1
    t = np.array(target, dtype=float)
    best = optimize.minimize(
        lambda p: ((p - t) ** 2).sum(), np.full(len(t), 1 / len(t)), bounds=[(0, 1)] * len(t),
        constraints=[{"type": "eq", "fun": lambda p: p.sum() - 1}], tol=1e-12,
    )  # fmt: skip
    assert found == pytest.approx(best.x, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_largest_eigenvalue_against_numpy(seed):
    rng = random.Random(seed)
    rows, columns = rng.randint(1, 4), rng.randint(1, 4)
    a = [[Fraction(rng.randint(-6, 6), 4) for _ in range(columns)] for _ in range(rows)]
    gram = [[sum((r[i] * r[j] for r in a), Fraction(0)) for j in range(columns)] for i in range(columns)]
    expected = np.linalg.eigvalsh(np.array(gram, dtype=float))[-1]
    assert float(largest_eigenvalue(gram)) == pytest.approx(expected, abs=1e-12)


def test_a_rational_eigenvalue_is_exact():
    assert largest_eigenvalue([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(2)]]) == Fraction(3)
    assert largest_eigenvalue([[Fraction(1, 2)]]) == Fraction(1, 2)
    three = [[Fraction(int(i == j) + 1) for j in range(3)] for i in range(3)]
    assert largest_eigenvalue(three) == 4


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (0.5, "converges"),
        (1, "converges"),
        (1.5, "converges with oscillation"),
        (2, "oscillates without end"),
        (3, "diverges"),
    ],
)
def test_behaviour(factor, said):
    assert behaviour(Fraction(4), Fraction(factor) / 4) == said


def test_nearest_values_and_fitting_units():
    assert [UNITS["tanh"].nearest(Fraction(t)) for t in (-3, 0, 5)] == [-1, 0, 1]
    assert [unit.words for unit in fitting([Fraction(5, 2), Fraction(0)])] == ["ReLU", "linear"]
    assert [unit.words for unit in fitting([Fraction(-3)])] == ["linear"]
