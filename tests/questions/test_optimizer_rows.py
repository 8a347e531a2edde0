"""Questions about optimizers of real exams, by the id under which each is filed, with the right answers as literals."""

from functools import cache

import pytest

from derive.check.judge import judge
from derive.notation.form import Number
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

NET = {
    "graph": {
        "h": "relu(transpose(V) @ x)",
        "o": "sigmoid(transpose(W) @ h)",
        "p": "softmax(o)",
        "L": "-sum(odot(t, log(p)))",
    },
    "of": "L",
    "wrt": ["V_2_1", "W_1_2", "W_2_2"],
    "at": {"x": [1, 1], "t": [0, 1], "V": [[0.1, 0.2], [0.3, 0.4]], "W": [[0.5, 0.6], [0.7, 0.8]]},
    "rate": 0.01,
}
BOWL = {"graph": {"L": "0.75*(w - 2)**2"}, "of": "L", "wrt": "w", "at": {"w": 0}}
POINTS = {"x": [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5], "y": [-2, -0.4, 0.7, 2.3, 2.8, 4.2, 4.9, 6.4]}
FIT = {
    "graph": {"p": "w*x + b", "L": "mean((p - y)**2)"},
    "of": "L",
    "wrt": ["w", "b"],
    "at": {"w": 0, "b": 0},
    "data": POINTS,
}
ORDER = {"seed": 5, "shuffle": "once"}
QUESTIONS = {
    "step": ("optimizer.step", {**NET, "optimizer": "sgd"}),
    "run": ("optimizer.run", {**NET, "wrt": ["V", "W"], "optimizer": "momentum", "form": "velocity", "steps": 2}),
    "other form": ("optimizer.run", {**NET, "wrt": ["V", "W"], "optimizer": "momentum", "steps": 2}),
    "batches": ("optimizer.curves", {**FIT, "rate": 0.1, "batches": ["all", 4, 1], "steps": 32, **ORDER}),
    "rates": ("optimizer.curves", {**BOWL, "rates": [0.5, 2, 0.01], "steps": 10}),
}
ROWS = [
    ("bits-mid-q4c", "step", "V_2_1_new", 0.300091),
    ("bits-mid-q4c", "step", "W_1_2_new", 0.600435),
    ("bits-mid-q4c", "step", "W_2_2_new", 0.800653),
    ("bits-mid-q4d", "run", ("V__2", 2, 1), 0.300265),
    ("bits-mid-q4d", "run", ("W__2", 1, 2), 0.601263),
    ("bits-mid-q4d", "run", ("W__2", 2, 2), 0.801894),
    ("bits-mid-q4d", "other form", ("V__2", 2, 1), 0.300265),
    ("bits-mid-q4d", "other form", ("W__2", 2, 2), 0.801894),
]
GRADIENTS = {"dL_dV_2_1": -0.0091, "dL_dW_1_2": -0.043548, "dL_dW_2_2": -0.065323}


@cache
def solved(name):
    ask, givens = QUESTIONS[name]
    return question(ask, givens).solve(Conventions())


@pytest.mark.parametrize("name", QUESTIONS)
def test_is_verified(name):
    verdict = judge(solved(name))
    assert verdict.verified is True, verdict.faults or verdict.undecided


def entry(form, at):
    """A number, or an entry of a matrix by its row and its column."""
    value = evaluate(form)
    return float(value.items[value.position(at)] if at else value)


@pytest.mark.parametrize(("row", "name", "answer", "right"), ROWS, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in ROWS])
def test_right_answer(row, name, answer, right):
    """After the second step of momentum all weights have been trained, also those that nobody asked for."""
    label, *at = (answer,) if isinstance(answer, str) else answer
    (found,) = [each for each in solved(name).answers if each.name == label]
    assert entry(found.form, at) == pytest.approx(right, abs=5e-7)
    assert entry(found.shown, at) == pytest.approx(right, rel=6e-4)


def test_bits_mid_q4c_gradients():
    shown = {step.name: step.lines[-1].form for step in solved("step").steps if step.lines}
    for name, right in GRADIENTS.items():
        assert float(evaluate(shown[name])) == pytest.approx(right, rel=1e-3)


def test_bits_mid_q4d_says_which_form_it_takes():
    for name, words in (("run", "is the step itself."), ("other form", "adds up gradients, as in PyTorch.")):
        prompt = "".join(piece for piece in solved(name).prompt if isinstance(piece, str))
        assert f"The velocity {words}" in prompt


def test_bits_mid_q2a_the_smaller_the_batch_the_noisier():
    """Batch descent never rises; in the order of this seed mini-batches sometimes do, single examples more often."""
    words = [answer.form.text for answer in solved("batches").answers]
    assert words[0] == "falls and never rises"
    rises = [int(text.split(" in ")[1].split()[0]) for text in words[1:]]
    assert 0 < rises[0] < rises[1]


def test_bits_mid_q2b_redrawn_for_other_rates():
    """0.5 falls fast; 2 is beyond 4/3 and climbs out of the frame; 0.01 falls, but by 1.5% of the way in a step."""
    derivation = solved("rates")
    found = {answer.name: answer.form for answer in derivation.answers}
    assert float(evaluate(found["eta_max"])) == pytest.approx(4 / 3)
    assert [found[f"descent {k}"].text for k in (1, 2, 3)] == ["converges", "diverges", "converges"]
    assert derivation.figures[0].caption == ("Loss against step; run 2 leaves the frame in step 1.",)
    (slow,) = [step for step in derivation.all_steps() if step.name == "factor lambda 3"]
    assert slow.lines[-1].form == Number("0.985")
