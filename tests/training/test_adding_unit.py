"""An output unit is added by one entry; one that is proposed for targets must be known to the judge by itself."""

from dataclasses import replace

from derive.check import output_units
from derive.check.judge import judge
from derive.notation.form import Call
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.training.units import NIL, UNITS, A, Unit, _called, _far, _power, _rises, _shrinks

EXPONENTIAL = Unit("exponential", _called("exp"), NIL, None, _far(_shrinks(_power(1)), _rises), usual=False)
"""The example of docs/adding.md."""


def asked(monkeypatch, unit, **givens):
    monkeypatch.setitem(UNITS, "exp", unit)
    return question("model.judge", {"unit": "exp", "loss": "sse", **givens}).solve(Conventions())


def test_an_unusual_one(monkeypatch):
    derivation = asked(monkeypatch, EXPONENTIAL, target=-2)
    assert judge(derivation).verified is True
    found = {answer.name: answer.form for answer in derivation.answers}
    assert evaluate(found["lowest"], {}) == 4
    assert found["reach_1"].text == "out of reach"
    assert found["fitting"].text == "linear"


def test_a_wrong_end_is_found(monkeypatch):
    wrong = replace(EXPONENTIAL, low=-NIL - 1)
    assert judge(asked(monkeypatch, wrong, target=-2)).verified is False


def test_a_usual_one_is_named_for_the_judge_too(monkeypatch):
    """The sigmoid gives no 2.5; the exponential does."""
    monkeypatch.setitem(UNITS, "exp", replace(EXPONENTIAL, usual=True))
    derivation = question("model.judge", {"unit": "sigmoid", "loss": "sse", "target": 2.5}).solve(Conventions())
    assert next(answer for answer in derivation.answers if answer.name == "fitting").form.text.endswith(
        "or exponential"
    )
    assert judge(derivation).verified is None
    monkeypatch.setitem(output_units.PROPOSED, "exponential", "exp")
    assert judge(derivation).verified is True


def test_the_judge_knows_exactly_the_usual_units():
    usual = {unit.words: unit.output(A) for unit in UNITS.values() if unit.usual}
    assert {
        words: form.function if isinstance(form, Call) else "" for words, form in usual.items()
    } == output_units.PROPOSED
