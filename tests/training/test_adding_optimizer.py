"""An optimizer is one entry: a made-up one is worked out, run and drawn without another line of code."""

from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.training import optimizers
from derive.training.optimizers import TABLE, Optimizer

HALFWAY = Optimizer(
    "halfway",
    (("m_new", "beta*m + (1 - beta)*g", "mean gradient"), ("w_new", "w - eta*(m_new + g)/2", "halfway update")),
    settings={"beta": "0.8"},
    state=("m",),
    source="this page",
    title="halfway descent",
    whole="w - eta*(beta*m + (2 - beta)*g)/2",
)
BOWL = {"graph": {"L": "(w - 3)**2"}, "of": "L", "wrt": ["w"], "at": {"w": 1}, "rate": 0.25}


@pytest.fixture(autouse=True)
def entry(monkeypatch):
    monkeypatch.setattr(optimizers, "TABLE", (*TABLE, HALFWAY))


def solved(ask, **givens):
    derivation = question(ask, {**BOWL, **givens}).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults
    return derivation


def test_a_step():
    (_, new) = solved("optimizer.step", optimizer="halfway").answers
    assert evaluate(new.form, {}) == 1 + Fraction(1, 4) * (Fraction(4, 5) + 4) / 2


def test_a_run_and_its_state():
    table = next(step for step in solved("optimizer.run", optimizer="halfway", steps=3, show=["states"]).steps
                 if step.layout == "table")  # fmt: skip
    assert [head[0].base for head in table.heads] == ["t", "m", "w"]
    cells = [[float(evaluate(cell.lines[-1].form, {})) for cell in row.substeps] for row in table.substeps]
    m, w = 0.0, 1.0
    for found in cells:
        assert found == pytest.approx([m, w], rel=1e-4)
        g = 2 * (w - 3)
        m = 0.8 * m + 0.2 * g
        w -= 0.25 * (m + g) / 2


def test_curves_beside_others():
    derivation = solved("optimizer.curves", optimizers=["halfway", "adam"], steps=4)
    assert len([answer for answer in derivation.answers if answer.kind == "verdict"]) == 2


def test_a_slip_in_the_rule_is_found(monkeypatch):
    """The rule and the one formula were written down for themselves; the judge compares them."""
    wrong = Optimizer(
        "halfway", (HALFWAY.rule[0], ("w_new", "w - eta*(m_new - g)/2", "slip")), {"beta": "0.8"}, ("m",),
        whole=HALFWAY.whole, title="slip",
    )  # fmt: skip
    monkeypatch.setattr(optimizers, "TABLE", (*TABLE, wrong))
    for ask, more in (("optimizer.step", {}), ("optimizer.run", {"steps": 3})):
        derivation = question(ask, {**BOWL, "optimizer": "halfway", **more}).solve(Conventions())
        assert judge(derivation).verified is False
