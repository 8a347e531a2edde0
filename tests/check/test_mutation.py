"""No spoiled derivation passes: each kind of slip, at many places of every worked solution."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from derive.check.judge import judge
from derive.questions.catalogue import catalogue, question
from derive.record import Conventions, Derivation
from tests.check.derivations import ALL
from tests.check.mutations import MUTATIONS

AT_MOST = 5
"""Spoiled versions tried of each derivation by each mutation, spread over its places."""


OTHER_GIVENS = {
    "graph.table": {"function": "(x + 2*y)*(x - 3)", "at": {"x": 5, "y": -1}},  # without a factor that is worth 1
    "network.solve_for": {  # kernel and channels that are not the same number
        "input": [15, 4],
        "net": ["conv1d(filters=F, kernel=3)"],
        "solve_for": "F",
        "total": 832,
    },
}

TRUE_ALL_THE_SAME = {
    ("batchnorm.backward", "fraction upside down"),  # the factor of a sum that is 0: of all x minus their mean
    ("loss.gradient", "lost transposition"),  # the Jacobian of softmax is symmetric
}


def spread(items: list[Derivation], at_most: int = AT_MOST) -> list[Derivation]:
    return items[:: max(1, -(-len(items) // at_most))]


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_right_derivations_are_verified(make: Callable[[], Derivation]) -> None:
    verdict = judge(make())
    assert [str(fault) for fault in verdict.faults + verdict.undecided] == []
    assert verdict.verified is True
    assert verdict.counts.held == verdict.counts.lines > 2


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
@pytest.mark.slow
def test_spoiled_derivations_are_not(make: Callable[[], Derivation]) -> None:
    right = make()
    for name, mutate in MUTATIONS.items():
        for spoiled in spread(mutate(right)):
            assert spoiled != right
            assert judge(spoiled).verified is not True, f"{name}: {_changed(right, spoiled)}"


@pytest.mark.parametrize("ask", sorted(catalogue()))
@pytest.mark.slow
def test_spoiled_examples_are_not(ask: str) -> None:
    """Every question type, on its example or where that has a line that may well be changed on other givens."""
    right = question(ask, OTHER_GIVENS.get(ask, catalogue()[ask].example)).solve(Conventions())
    for name, mutate in MUTATIONS.items():
        if (ask, name) in TRUE_ALL_THE_SAME:
            continue
        for spoiled in spread(mutate(right), 2):
            assert judge(spoiled).verified is not True, f"{name}: {_changed(right, spoiled)}"


def test_every_mutation_finds_places() -> None:
    derivations = [make() for make in ALL]
    for name, mutate in MUTATIONS.items():
        assert sum(len(mutate(derivation)) for derivation in derivations) >= 3, name


def _changed(right: Derivation, spoiled: Derivation) -> str:
    pairs = zip(right.all_steps(), spoiled.all_steps(), strict=False)
    return "; ".join(f"{a} became {b}" for a, b in pairs if a != b) or f"{spoiled.answers}, {spoiled.points}"
