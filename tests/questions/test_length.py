"""How long solutions are: within what their type says it needs, at the detail of an exam's key, for every type."""

import random

import pytest

from derive.exam.stress import Summary, drawn_question, excess, stress_type
from derive.questions.base import Question
from derive.questions.catalogue import catalogue, question, question_type
from derive.record import Conventions
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
