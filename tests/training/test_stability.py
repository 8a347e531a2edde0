"""The eigenvalues against NumPy, and the verdicts against where descent really goes."""

import random
from fractions import Fraction

import pytest

from derive.graph.graph import Graph
from derive.notation.form import Call
from derive.notation.value import evaluate
from derive.questions.fields import to_form
from derive.training.stability import eigenvalues, hessian, verdict


def symmetric(rng, n):
    half = [[rng.randint(-9, 9) for _ in range(n)] for _ in range(n)]
    return [[Fraction(half[i][j] + half[j][i], 4) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("seed", range(20))
def test_eigenvalues_as_numpy_and_as_the_judge(seed):
    numpy = pytest.importorskip("numpy")
    rng = random.Random(seed)
    matrix = symmetric(rng, rng.randint(1, 5))
    found = [float(x) for x in eigenvalues(matrix)]
    assert found == pytest.approx(numpy.linalg.eigvalsh([list(map(float, row)) for row in matrix]), abs=1e-12)
    form = to_form([list(row) for row in matrix])
    ends = [float(evaluate(Call(name, (form,)))) for name in ("eigmin", "eigmax")]
    assert ends == pytest.approx([found[0], found[-1]], abs=1e-12)


def test_exact_where_it_comes_out_even():
    matrix = [[Fraction(2), Fraction(2, 5)], [Fraction(2, 5), Fraction(1, 2)]]
    assert eigenvalues(matrix) == [Fraction(2, 5), Fraction(21, 10)]


@pytest.mark.parametrize("seed", range(40))
def test_verdicts_as_the_run_shows(seed):
    """Descent on a diagonal bowl multiplies each coordinate by 1 - ηλ."""
    rng = random.Random(seed)
    values = sorted(Fraction(rng.randint(1, 40), 10) for _ in range(rng.randint(1, 3)))
    rate = rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(1), 2 / values[-1], 1 / values[-1]])
    factors = [1 - rate * value for value in values]
    ends = [abs(factor) ** 60 for factor in factors]
    said = verdict(rate, values)
    if max(ends) > 1:
        assert said == "diverges"
    elif max(map(abs, factors)) == 1:
        assert said == "oscillates without end"
    else:
        assert said == ("converges with oscillation" if min(factors) < 0 else "converges")


def test_a_saddle_is_left_at_every_rate():
    assert verdict(Fraction(1, 100), [Fraction(-1), Fraction(2)]) == "diverges"


@pytest.mark.parametrize(
    ("graph", "quadratic"),
    [
        ({"L": "(x - 1)**2 + x*y"}, True),
        ({"p": "2*x + y", "L": "(p - 3)**2/2"}, True),
        ({"L": "3*x - y"}, True),
        ({"L": "x**3 + y"}, False),
        ({"L": "sigmoid(x)*y"}, False),
    ],
)
def test_which_losses_are_quadratic(graph, quadratic):
    made = Graph(graph)
    nodes = [made.scalar("x"), made.scalar("y")]
    assert (hessian(made, made.scalar("L"), nodes) is not None) == quadratic
