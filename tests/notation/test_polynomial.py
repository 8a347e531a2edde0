"""Polynomials: coefficients, rational roots and factors against SymPy."""

import random
from fractions import Fraction

import pytest
import sympy

from derive.notation import plain
from derive.notation.build import sym
from derive.notation.polynomial import coefficients, factored, rational_roots, value_at, written
from derive.notation.text import read
from derive.notation.value import evaluate

X = sym("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", (0, 1)),
        ("3", (3,)),
        ("0*x", (0,)),
        ("4*x**3 - 64*x", (0, -64, 0, 4)),
        ("(x - 1)*(x + 2)", (-2, 1, 1)),
        ("x/2 + 1/3", (Fraction(1, 3), Fraction(1, 2))),
        ("-(x**2) + x**2 + 1", (1,)),
        ("0.5*x*x", (0, 0, Fraction(1, 2))),
        ("sin(x)", None),
        ("x*y", None),
        ("1/x", None),
        ("x**y", None),
        ("sqrt(2)*x", None),
        ("x**0.5", None),
        ("x**(-1)", None),
    ],
)
def test_coefficients(text, expected):
    assert coefficients(read(text), X) == expected


def drawn(rng):
    roots = [Fraction(rng.randint(-6, 6), rng.choice([1, 1, 2, 3])) for _ in range(rng.randint(1, 4))]
    poly = [Fraction(rng.choice([-3, -1, 1, 2]))]
    for root in roots:
        poly = [a - root * b for a, b in zip([0, *poly], [*poly, 0], strict=True)]
    if rng.random() < 0.4:
        poly = [a + b for a, b in zip([*poly, 0, 0], [0, 0, *poly], strict=True)]  # times 1 + x², without real roots
    return tuple(poly), sorted(roots)


@pytest.mark.parametrize("seed", range(30))
def test_roots_and_factors(seed):
    poly, roots = drawn(random.Random(seed))
    found, rest = rational_roots(poly)
    assert sorted(found) == roots
    assert all(value_at(poly, root) == 0 for root in found)
    assert len(rest) == len(poly) - len(roots)
    x = sympy.Symbol("x")
    exact = sum(sympy.Rational(c) * x**k for k, c in enumerate(poly))
    assert sympy.Poly(exact, x).ground_roots().keys() == {sympy.Rational(root) for root in roots}
    for form in (factored(poly, X), written(poly, X)):
        for at in (Fraction(1, 3), Fraction(-7, 5), Fraction(2)):
            assert evaluate(form, {X: at}) == value_at(poly, at)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("4*x**3 - 64*x", "4·x·(x - 4)·(x + 4)"),
        ("x**2 + 2*x + 1", "(x + 1)²"),
        ("-x**2 + 1", "-(x - 1)·(x + 1)"),
        ("2*x**2 + 2", "2·(x² + 1)"),
        ("3*x**2 - 3", "3·(x - 1)·(x + 1)"),
        ("5", "5"),
        ("x", "x"),
    ],
)
def test_factored_as_a_person_writes_it(text, printed):
    assert plain.write(factored(coefficients(read(text), X), X)) == printed


def test_large_coefficients_are_no_trap():
    poly = tuple(map(Fraction, (10**40 + 1, 0, 1)))
    assert rational_roots(poly) == ([], poly)
