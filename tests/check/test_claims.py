"""Verdicts in words and sets of critical points, against numpy's eigenvalues and hand-made examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.check.judge import judge
from derive.check.landscape import inertia
from derive.notation.build import number, sym
from derive.notation.form import At, Call, Form, Text, Tuple
from derive.notation.reals import reals
from derive.record import Derivation
from tests.check.derivations import define, form, line, step

REAL = reals(60).real


@given(st.integers(1, 4), st.data())
@settings(max_examples=60, deadline=None)
def test_inertia_counts_the_signs_of_the_eigenvalues(n: int, data: st.DataObject) -> None:
    entries = data.draw(st.lists(st.integers(-3, 3), min_size=n * n, max_size=n * n))
    a = np.array(entries).reshape(n, n)
    a = a + a.T
    eigenvalues = np.linalg.eigvalsh(a)
    assume(all(abs(v) > 1e-6 or abs(v) < 1e-10 for v in eigenvalues))
    expected = tuple(int(sum(test)) for test in (eigenvalues > 1e-6, eigenvalues < -1e-6, abs(eigenvalues) < 1e-6))
    matrix = [[REAL(int(x)) for x in row] for row in a]
    assert inertia(matrix, REAL(1) / 10**30) == expected


def kind(function: str, x: Form, y: Form, said: str) -> bool | None:
    target = At(Call("kind", (sym("f"),)), ((sym("x"), x), (sym("y"), y)))
    claim = step("kind", target, line(Text(said)))
    return judge(Derivation("", givens=(define("f", function),), steps=(claim,))).verified


@pytest.mark.parametrize(
    ("function", "truth"),
    [
        ("x**2 + y**2", "minimum"),
        ("-x**2 - 3*y**2 + x*y", "maximum"),
        ("x*y", "saddle point"),
        ("x**2 - y**2", "saddle point"),
        ("x**4 + y**4", "inconclusive"),
        ("x**2 + y**3", "inconclusive"),
        ("exp(x*y) - x*y", "inconclusive"),
        ("cos(x) + cos(y)", "maximum"),
    ],
)
def test_the_kind_of_the_origin(function: str, truth: str) -> None:
    for said in ("minimum", "maximum", "saddle point", "inconclusive"):
        assert kind(function, number(0), number(0), f"local {said}") is (said == truth)


def test_a_point_that_is_not_critical_has_no_kind() -> None:
    assert kind("x**2 + y**2", number(1), number(0), "minimum") is False


def test_words_that_say_two_things_or_none_fail() -> None:
    assert kind("x*y", number(0), number(0), "minimum or saddle point") is False
    assert kind("x*y", number(0), number(0), "something") is False


CUBIC = "x**3 - 3*x + y**2"


def points(*pairs: tuple[int, int]) -> Form:
    return Tuple(tuple(Tuple((number(a), number(b))) for a, b in pairs))


@pytest.mark.parametrize(
    ("claimed", "verified"),
    [
        (points((1, 0), (-1, 0)), True),
        (points((-1, 0), (1, 0)), True),
        (points((1, 0)), False),
        (Tuple((number(1), number(0))), False),
        (points((1, 0), (-1, 0), (2, 0)), False),
        (points((1, 0), (-1, 0), (1, 0)), False),
        (points((1, 0), (-1, 1)), False),
        (number(1), None),
    ],
)
@pytest.mark.parametrize("params", [(), (("x", sym("x")), ("y", sym("y")))])
def test_all_critical_points(claimed: Form, verified: bool | None, params: tuple[tuple[str, Form], ...]) -> None:
    target = Call("critical_points", (sym("f"),), params=params)
    derivation = Derivation("", givens=(define("f", CUBIC),), steps=(step("all", target, line(claimed)),))
    assert judge(derivation).verified is verified


def test_critical_points_of_one_variable() -> None:
    target = Call("critical_points", (sym("f"),))
    for claimed, verified in ((form("(-1, 1)"), True), (form("(1, 2)"), False), (number(1), False)):
        derivation = Derivation("", givens=(define("f", "x**3 - 3*x"),), steps=(step("all", target, line(claimed)),))
        assert judge(derivation).verified is verified


def test_a_claim_about_an_unknown_function_is_a_fault() -> None:
    target = At(Call("kind", (sym("g"),)), ((sym("x"), number(0)),))
    verdict = judge(Derivation("", givens=(define("f", "x**2"),), steps=(step("a", target, line(Text("minimum"))),)))
    assert verdict.verified is False
    assert {fault.kind for fault in verdict.faults} >= {"undefined name"}


@pytest.mark.parametrize(
    ("function", "claimed", "verified"),
    [
        ("x**3/3 - 2*x", "(sqrt(2), -sqrt(2))", True),
        ("x**3/3 - 2*x", "(sqrt(2), sqrt(2) + 1)", False),
        ("x**5/5 - x**3", "(-sqrt(3), 0, sqrt(3))", True),
        ("x**5/5 - x**3", "(-sqrt(3), sqrt(3))", False),  # at 0 the slope has a double zero
        ("exp(-x**2)*x", "(1/sqrt(2), -1/sqrt(2))", True),
        ("sin(x)", "(1, 2)", False),
        ("exp(exp(x)) - 3*x", "(1, 2)", False),  # too large for machine numbers at most starts
    ],
)
def test_a_search_in_machine_numbers_is_looked_at_with_all_digits(function: str, claimed: str, verified: bool) -> None:
    target = Call("critical_points", (sym("f"),))
    derivation = Derivation("", givens=(define("f", function),), steps=(step("all", target, line(form(claimed))),))
    assert judge(derivation).verified is verified


def test_a_point_next_to_a_known_one_is_another() -> None:
    target = Call("critical_points", (sym("f"),))
    for claimed, verified in (("(0, 1/1000)", True), ("(0, 1/999)", False)):
        derivation = Derivation(
            "", givens=(define("f", "x**3/3 - x**2/2000"),), steps=(step("all", target, line(form(claimed))),)
        )
        assert judge(derivation).verified is verified
