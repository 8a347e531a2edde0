"""Derivatives of one expression, critical points and their kinds, with eigenvalues by numpy as the oracle."""

import random
from fractions import Fraction

import numpy
import pytest
import sympy

from derive.errors import InputError
from derive.graph.curvature import critical_points, determinant, differentiate, kind_of_point, principal_minors
from derive.notation import plain
from derive.notation.form import Number, symbols
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate

X, Y = parse_symbol("x"), parse_symbol("y")


def kind_by_eigenvalues(matrix):
    values = numpy.linalg.eigvalsh(numpy.array(matrix, dtype=float))
    up, down = (values > 1e-9).any(), (values < -1e-9).any()
    if up and down:
        return "saddle point"
    if (abs(values) <= 1e-9).any():
        return "inconclusive"
    return "local minimum" if up else "local maximum"


@pytest.mark.parametrize("seed", range(80))
def test_kind_as_the_eigenvalues_say(seed):
    """Random symmetric matrices, singular ones and semidefinite ones among them."""
    rng = random.Random(seed)
    n = rng.randint(1, 4)
    rows = [[Fraction(rng.randint(-2, 2)) for _ in range(n)] for _ in range(rng.randint(1, n))]
    sign = rng.choice([1, -1])
    if rng.random() < 0.6:
        matrix = [[sign * sum(r[i] * r[j] for r in rows) for j in range(n)] for i in range(n)]
    else:
        half = [[Fraction(rng.randint(-3, 3)) for _ in range(n)] for _ in range(n)]
        matrix = [[half[i][j] + half[j][i] for j in range(n)] for i in range(n)]
    assert kind_of_point(matrix) == kind_by_eigenvalues(matrix)


def test_kind_where_a_minor_is_zero_but_for_rounding():
    """x² + 2√2 xy + 2y² has the minor 2 - (√2)², which 50 digits leave a little off zero."""
    root = evaluate(read("sqrt(2)"), {})
    matrix = [[Fraction(1), root], [root, Fraction(2)]]
    assert determinant(matrix) != 0
    assert kind_of_point(matrix) == "inconclusive"


def test_determinant_and_minors_as_sympy():
    rng = random.Random(1)
    for n in (1, 2, 3, 4):
        matrix = [[Fraction(rng.randint(-5, 5), rng.randint(1, 3)) for _ in range(n)] for _ in range(n)]
        assert determinant(matrix) == sympy.Matrix(matrix).applyfunc(sympy.Rational).det()
        assert len(principal_minors(matrix)) == 2**n - 1


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("x**4 - 32*x**2 + y**4 - 18*y**2", {(x, y) for x in (0, 4, -4) for y in (0, 3, -3)}),
        ("x**2 + y**2", {(0, 0)}),
        ("(x - 2)**2 + (3*y + 1)**2", {(2, Fraction(-1, 3))}),
        ("x**3 - 3*x + y**2", {(1, 0), (-1, 0)}),
        ("x**2 + x*y + y**2 - 3*x", {(2, -1)}),
        ("x*y*(1 - x - y)", {(0, 0), (1, 0), (0, 1), (Fraction(1, 3), Fraction(1, 3))}),
    ],
)
def test_critical_points(text, points):
    form = read(text)
    gradient = {variable: differentiate(form, variable)[1] for variable in symbols(form)}
    found = critical_points(gradient)
    assert {tuple(evaluate(part, {}) for part in point) for point in found} == points
    assert len(found) == len(points)


def test_irrational_critical_points_are_exact():
    gradient = {X: differentiate(read("x**3/3 - 2*x"), X)[1]}
    (first,), (second,) = critical_points(gradient)
    for root in (first, second):
        assert abs(evaluate(root, {}) ** 2 - 2) < 1e-40
    assert not isinstance(first, Number)


@pytest.mark.parametrize("text", ["sin(x*y) + x", "(x - y)**2"])
def test_without_a_finite_set_of_points(text):
    form = read(text)
    gradient = {variable: differentiate(form, variable)[1] for variable in symbols(form)}
    with pytest.raises(InputError, match="critical points"):
        critical_points(gradient)


@pytest.mark.parametrize(
    ("text", "by", "course"),
    [
        ("x**4 - 32*x**2 + y**4", "x", "4*x**3 - 64*x"),
        ("4*x**3 - 64*x", "x", "12*x**2 - 64"),
        ("y**2", "x", "0"),
        ("x", "x", "1"),
        ("3", "x", "0"),
        ("sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),
        ("tanh(x)", "x", "1 - tanh(x)**2"),
        ("exp(2*f)", "f", "2*exp(2*f)"),
        ("f*g", "f", "g"),
        ("log(x)", "x", "1/x"),
        ("w*x + b", "w", "x"),
    ],
)
def test_derivatives_in_course_form(text, by, course):
    assert differentiate(read(text), parse_symbol(by))[1] == read(course)


def test_sigmoid_is_never_written_by_exponentials():
    """The course form: no 1/(4 cosh²), no indicator of half a plane."""
    raw, course, rules = differentiate(read("sigmoid(2*x - y)"), X)
    assert "exp" not in repr(raw) + repr(course)
    assert [part if isinstance(part, str) else plain.write(part) for part in rules] == ["σ'", " = ", "σ·(1 - σ)"]
