"""Every question type on its example and on random givens: verified, repeatable, finite, within the marks."""

import random

import pytest

from derive.check.judge import judge
from derive.notation.form import Matrix, Number, Shape, Text, Tuple, symbols, walk
from derive.notation.value import evaluate
from derive.questions.catalogue import catalogue, question
from derive.record import Conventions, Rounding

TYPES = sorted(catalogue())
SEEDS = 15


def cases(*variants):
    for ask in TYPES:
        for variant in variants:
            name = variant.mode if isinstance(variant, Rounding) else variant
            yield pytest.param(ask, variant, id=f"{ask}-{name}")


def derived(ask, givens, conventions=None):
    return question(ask, givens).solve(conventions or Conventions())


def check(derivation):
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    assert derivation.answers or derivation.title == "In words"
    for answer in derivation.answers:
        if not symbols(answer.form) and not isinstance(answer.form, (Text, Matrix, Shape, Tuple)):
            assert abs(evaluate(answer.form, {})) < 10**30
        for node in walk(answer.form):
            assert not (isinstance(node, Number) and ("n" in node.text or "e" in node.text)), node


@pytest.mark.parametrize("ask", TYPES)
def test_example(ask):
    check(derived(ask, catalogue()[ask].example))


@pytest.mark.parametrize(("ask", "seed"), list(cases(*range(SEEDS))))
def test_draw(ask, seed):
    check(derived(ask, catalogue()[ask].draw(random.Random(seed))))


@pytest.mark.parametrize("ask", TYPES)
def test_same_seed_same_derivation(ask):
    first, again = (derived(ask, catalogue()[ask].draw(random.Random(99))) for _ in range(2))
    assert first == again
    assert repr(first) == repr(again)


@pytest.mark.parametrize(
    ("ask", "policy"), list(cases(Rounding("exact"), Rounding("carry-full", 2), Rounding("carry-rounded", 4)))
)
def test_example_under_every_policy(ask, policy):
    check(derived(ask, catalogue()[ask].example, Conventions(policy)))
