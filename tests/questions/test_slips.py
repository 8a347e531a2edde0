"""No slip passes in any question about networks and convolutions: each kind of mutation on examples and draws."""

import random
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.exam.marks import with_points
from derive.questions.catalogue import catalogue, question
from derive.record import Conventions
from tests.check.mutations import MUTATIONS

ASKS = [ask for ask in sorted(catalogue()) if ask.partition(".")[0] in ("network", "conv", "pool")]
AT_MOST = 4
"""Spoiled versions tried of each derivation by each mutation, spread over its places."""


def worked(ask, seed):
    kind = catalogue()[ask]
    givens = kind.example if seed is None else kind.draw(random.Random(f"slips {seed}"))
    return with_points(question(ask, givens).solve(Conventions()), Fraction(6))


@pytest.mark.parametrize("seed", [None, 7])  # no draw in which r⁽¹⁾ is K⁽¹⁾: to write one for the other is no slip
@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.slow
def test_no_slip_passes(ask, seed):
    right = worked(ask, seed)
    tried = 0
    for name, mutate in MUTATIONS.items():
        found = mutate(right)
        for spoilt in found[:: max(1, -(-len(found) // AT_MOST))]:
            tried += 1
            assert judge(spoilt).verified is not True, f"{name}: {_difference(right, spoilt)}"
    assert tried >= 4


def _difference(right, spoilt):
    pairs = zip(right.all_steps(), spoilt.all_steps(), strict=False)
    return [(a, b) for a, b in pairs if a.lines != b.lines or a.uses != b.uses] or spoilt.answers
