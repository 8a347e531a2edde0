"""No spoiled derivation passes: each kind of slip, at many places of every worked solution."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from derive.check.judge import judge
from derive.record import Derivation
from tests.check.derivations import ALL
from tests.check.mutations import MUTATIONS

AT_MOST = 5
"""Spoiled versions tried of each derivation by each mutation, spread over its places."""


def spread(items: list[Derivation]) -> list[Derivation]:
    return items[:: max(1, -(-len(items) // AT_MOST))]


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_right_derivations_are_verified(make: Callable[[], Derivation]) -> None:
    verdict = judge(make())
    assert [str(fault) for fault in verdict.faults + verdict.undecided] == []
    assert verdict.verified is True
    assert verdict.counts.held == verdict.counts.lines > 2


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_spoiled_derivations_are_not(make: Callable[[], Derivation]) -> None:
    right = make()
    for name, mutate in MUTATIONS.items():
        for spoiled in spread(mutate(right)):
            assert spoiled != right
            assert judge(spoiled).verified is not True, f"{name}: {_changed(right, spoiled)}"


def test_every_mutation_finds_places() -> None:
    derivations = [make() for make in ALL]
    for name, mutate in MUTATIONS.items():
        assert sum(len(mutate(derivation)) for derivation in derivations) >= 3, name


def _changed(right: Derivation, spoiled: Derivation) -> str:
    pairs = zip(right.all_steps(), spoiled.all_steps(), strict=False)
    return "; ".join(f"{a} became {b}" for a, b in pairs if a != b) or f"{spoiled.answers}, {spoiled.points}"
