"""How long solutions are: within what their type says it needs, at the detail of an exam's key, for every type."""

import pytest

from derive.exam.stress import drawn_question, excess, stress_type
from derive.questions.catalogue import catalogue, question, question_type
from derive.record import Conventions
from derive.render.documents import render, single
from derive.render.length import printed_lines

TYPES = sorted(catalogue())
SEEDS = range(14)


@pytest.mark.parametrize("ask", TYPES)
def test_no_example_is_longer_than_its_type_allows(ask):
    asked = question(ask, question_type(ask).example)
    assert not excess(asked, asked.solve(Conventions()))


@pytest.mark.parametrize("ask", TYPES)
def test_no_draw_is_longer_than_its_type_allows(ask):
    for seed in SEEDS:
        asked = drawn_question(ask, seed)
        assert not excess(asked, asked.solve(Conventions())), seed


def test_a_solution_that_is_too_long_fails_the_stress_test(monkeypatch):
    monkeypatch.setattr(question_type("loss.value"), "lines", 1)
    (trial,) = stress_type("loss.value", 1, seed=2).failures
    assert "lines at detail 1; 1 are the most for what is asked" in trial.fault


def test_how_lines_are_counted():
    """A formula, a table of which four rows and the one that says how many are omitted are seen, a sum over three."""
    givens = {"loss": "mse", "prediction": [k / 10 for k in range(9)], "target": [0] * 9}
    derivation = question("loss.value", givens).solve(Conventions())
    assert "(5 rows omitted)" in render(single(derivation), "solution", "txt", 1)
    assert printed_lines(derivation, 1) == 1 + 5 + 3
    assert printed_lines(derivation, 3) == 1 + 9 + 3
