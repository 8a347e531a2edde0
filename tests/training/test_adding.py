"""A loss is added by one entry: value, gradient, wording, checks and errors follow."""

import pytest

from derive.check.judge import judge
from derive.errors import UnknownName
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.training.losses import LOSSES, VALUES, Loss, Term

PINBALL = Loss(
    "pinball",
    "pinball loss",
    (VALUES,),
    (Term("where(y <= t, tau*(t - y), (1 - tau)*(y - t))", "sum(max(tau*(t - y), (1 - tau)*(y - t)))"),),
    settings={"tau": "0.5"},
    source="Koenker and Bassett 1978",
)
"""The example of docs/adding.md."""


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setitem(LOSSES, PINBALL.name, PINBALL)


def solved(ask, **givens):
    derivation = question(ask, {"loss": "pinball", **givens}).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    return derivation


def test_value():
    derivation = solved("loss.value", prediction=[1, 4], target=[3, 2], settings={"tau": 0.9}, reduction="sum")
    (answer,) = derivation.answers
    assert evaluate(answer.form) == evaluate(read("0.9*2 + 0.1*2"))
    assert "the pinball loss of the predictions " in derivation.prompt
    assert any("sum over the 2 entries" in piece for piece in derivation.prompt if isinstance(piece, str))


def test_gradient_in_numbers_and_in_letters():
    (answer,) = solved("loss.gradient", prediction=[1, 4], target=[3, 2], settings={"tau": 0.9}).answers
    assert evaluate(answer.form).items == (evaluate(read("-0.9/2")), evaluate(read("0.1/2")))
    (answer,) = solved("loss.gradient").answers
    assert answer.form == read("where(y <= t, -tau, 1 - tau)")


def test_through_a_neuron():
    graph = {"graph": {"y": "w*x"}, "at": {"w": 2, "x": 3, "t": 1}, "prediction": "y", "wrt": "w"}
    (answer,) = solved("loss.gradient", **graph).answers
    assert evaluate(answer.form) == evaluate(read("0.5*3"))


def test_a_slip_in_the_entry_is_caught(monkeypatch):
    """The formula is held to its meaning, which says the same in another way."""
    slip = Term("where(y <= t, tau*(t - y), tau*(y - t))", PINBALL.terms[0].meaning)
    monkeypatch.setitem(LOSSES, "pinball", Loss("pinball", "pinball loss", (VALUES,), (slip,), settings={"tau": "0.9"}))
    givens = {"loss": "pinball", "prediction": [1, 4], "target": [3, 2]}
    assert judge(question("loss.value", givens).solve(Conventions())).verified is False


def test_its_name_is_among_the_known_ones():
    with pytest.raises(UnknownName, match="did you mean pinball"):
        question("loss.value", {"loss": "pinbal", "prediction": 1, "target": 0}).solve(Conventions())
