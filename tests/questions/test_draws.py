"""Every question type on its example and on random givens: verified, repeatable, finite, within the marks."""

import random
import re
from pathlib import Path

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge
from derive.notation.form import Matrix, Number, Shape, Text, Tuple, symbols, walk
from derive.notation.value import evaluate
from derive.questions.catalogue import catalogue, question
from derive.record import Conventions, Rounding
from derive.render.documents import render, single

TYPES = sorted(catalogue())
SEEDS = 15
POLICIES = [Rounding("exact"), Rounding("carry-full", 3), Rounding("carry-rounded", 3), Rounding("carry-rounded", 4)]
FEW = 2
EXAM = Path(__file__).parents[2] / "examples" / "backprop_and_curvature.yaml"
TELLING = {
    "graph.forward": (11, 22, 115),  # exact entries of an array, a probability next to 1
    "graph.gradient": (14, 51, 61),  # gradients by arrays that go on with rounded entries
    "graph.table": (3, 16),  # arrows with tiny gradients
    "graph.update": (6, 33, 39),
    "optimizer.step": (22, 518),  # a loss without a value at the carried probability
}
"""Draws in which a rounding policy shows."""
LAYER = {
    "graph": {"z": "W @ x + c*b", "h": "tanh(z)", "L": "sum((h - t)**2)"},
    "of": "L",
    "at": {"W": [[0.5, -1], [2, 0.25]], "x": [1, 1.5], "b": [0.3, -1], "t": [1, -1], "c": 0.7},
}


def cases(*variants):
    for ask in TYPES:
        for variant in variants:
            name = variant.mode if isinstance(variant, Rounding) else variant
            yield pytest.param(ask, variant, id=f"{ask}-{name}")


def drawn(ask, seed):
    return catalogue()[ask].draw(random.Random(f"{ask}/{seed}"))


def derived(ask, givens, conventions=None):
    return question(ask, givens).solve(conventions or Conventions())


def check(derivation):
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    assert derivation.answers or derivation.title == "In words"
    for answer in derivation.answers:
        if not symbols(answer.form) and not isinstance(answer.form, (Text, Matrix, Shape, Tuple)):
            value = evaluate(answer.form, {})
            assert all(abs(item) < 10**30 for item in getattr(value, "items", (value,)))
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


def reads_back(derivation, detail):
    report = read_back(render(single(derivation), "solution", "tex", detail))
    assert not report.failed + report.undecided, [str(remark) for remark in report.failed + report.undecided]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.mode}-{policy.digits}")
@pytest.mark.parametrize("ask", TYPES)
@pytest.mark.slow
def test_draws_under_every_policy(ask, policy):
    for seed in (*range(FEW), *TELLING.get(ask, ())):
        derivation = derived(ask, drawn(ask, seed), Conventions(policy))
        check(derivation)
        reads_back(derivation, 2)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.mode}-{policy.digits}")
@pytest.mark.parametrize(
    ("ask", "known", "seeds"),
    [
        ("graph.gradient", "forward", (1, 2, 14)),
        ("graph.update", "forward", (0, 39)),
        ("graph.update", "gradient", (0, 39)),
        ("optimizer.step", "forward", (1, 19, 24)),
        ("optimizer.step", "gradient", (1, 19, 24)),
        ("optimizer.run", "gradient", (0, 1, 2)),
        ("calculus.hessian", "hessian", (0,)),
    ],
)
def test_parts_that_go_on_from_earlier_ones_under_every_policy(ask, known, seeds, policy):
    for seed in seeds:
        derivation = derived(ask, drawn(ask, seed) | {"known": known}, Conventions(policy))
        check(derivation)
        reads_back(derivation, 2)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.mode}-{policy.digits}")
@pytest.mark.parametrize("wrt", [["c"], ["W"], ["x", "b"]])
def test_gradients_through_arrays_under_every_policy(wrt, policy):
    for ask, more in (
        ("graph.gradient", {}),
        ("graph.update", {"rate": 0.5}),
        ("optimizer.step", {"rate": 0.5, "optimizer": "adam"}),
    ):
        derivation = derived(ask, {**LAYER, "wrt": wrt, **more}, Conventions(policy))
        check(derivation)
        reads_back(derivation, 3)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.mode}-{policy.digits}")
@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        (
            "graph.gradient",
            {"graph": {"z": "w*x", "L": "z**2"}, "of": "L", "wrt": ["w"], "at": {"w": "sqrt(2)", "x": 3}},
        ),
        ("graph.forward", {"graph": {"z": "w*x"}, "at": {"w": "0.123456789012", "x": 3}}),
        ("calculus.gradient", {"function": "x**3*y", "at": {"x": "sqrt(2)", "y": 3}}),
    ],
)
def test_givens_with_many_digits_under_every_policy(ask, givens, policy):
    derivation = derived(ask, givens, Conventions(policy))
    check(derivation)
    reads_back(derivation, 3)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.mode}-{policy.digits}")
def test_a_whole_exam_under_every_policy(policy):
    text = EXAM.read_text(encoding="utf-8")
    rules = f"rounding: {{mode: {policy.mode}, digits: {policy.digits}}}"
    changed = re.sub(r"rounding: {[^}]*}", rules, text)
    assert rules in changed
    solved = solve_and_judge(read_exam(changed))
    assert solved.verified is True, solved.warning
    report = read_back(render(solved.sheet, "solution", "tex", 2))
    assert not report.failed + report.undecided
