"""Recurrent rows of real exams, by the id under which each is filed, in all readings that their sheets leave open."""

from functools import cache

import pytest

from derive.check.judge import judge
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

TWO_NEURONS = {
    "input": [[0.5, 0.6]], "hidden": [0.3, 0.4],
    "weights": {"W": [[0.2, 0.2]] * 2, "U": [[0.2, 0.2]] * 2, "b": [0.2, 0.2], "V": [[0.2, 0.2]], "b_y": 0.2},
    "activations": {"output": "sigmoid"},
}  # fmt: skip
LETTERS = {"names": {"h": "s", "W": "U", "U": "W"}, "activations": {"state": "sigmoid", "output": "relu"}}
SEQUENCE = {"input": [1, 1, 0]}
PER_STEP = {"per_step": {"U": [0.5, 0.6, 0.2], "W": [0.2, 0.3, 0.8], "V": [0.4, 0.2, 0.1]}}
THREE_UNITS = {
    "weights": {"U": [0.5, 0.6, 0.2], "W": [[0.2, 0, 0], [0, 0.3, 0], [0, 0, 0.8]], "V": [[0.4, 0.2, 0.1]]},
}
CELL = {
    "names": {"c": "s"},
    "weights": {
        "W_f": 0.6, "U_f": 0.5, "W_i": 0.3, "U_i": 0.1, "W_s": 0.5, "U_s": 0.2, "W_o": 0.4, "U_o": 0.9, "V": 0.4,
    },
}  # fmt: skip
SIGMOIDS = {"candidate": "sigmoid", "cell": "sigmoid"}

QUESTIONS = {
    "neurons": ("rnn.forward", {**TWO_NEURONS, "preactivations": True}),
    "per step": ("rnn.forward", {**SEQUENCE, **LETTERS, **PER_STEP}),
    "per step, in full": ("rnn.forward", {**SEQUENCE, **LETTERS, **PER_STEP, "show": "all"}),
    "per step, second part": ("rnn.forward", {**SEQUENCE, **LETTERS, **PER_STEP, "known": 1}),
    "three units": ("rnn.forward", {**SEQUENCE, **LETTERS, **THREE_UNITS}),
    "tanh": ("lstm.forward", {**SEQUENCE, **CELL, "activations": {"output": "relu"}}),
    "sigmoid": ("lstm.forward", {**SEQUENCE, **CELL, "activations": {**SIGMOIDS, "output": "relu"}}),
    "sigmoid output": ("lstm.forward", {**SEQUENCE, **CELL, "activations": {**SIGMOIDS, "output": "sigmoid"}}),
    "cell output": (
        "lstm.forward",
        {**SEQUENCE, **CELL, "activations": {**SIGMOIDS, "output": "sigmoid"}, "output_from": "s"},
    ),
}

ROWS = [
    ("bits-ec3-q2b-hidden", "neurons", "a_1", [0.56, 0.56]),
    ("bits-ec3-q2b-hidden", "neurons", "h_1", [0.507977, 0.507977]),
    ("bits-ec3-q2b-output", "neurons", "a_y_1", 0.403191),
    ("bits-ec3-q2b-output", "neurons", "y_1", 0.599454),
    ("bits-rnn-t1", "per step", "s_1", 0.622459),
    ("bits-rnn-t1", "per step", "y_1", 0.248984),
    ("bits-rnn-t2", "per step", "s_2", 0.68713),
    ("bits-rnn-t2", "per step", "y_2", 0.137426),
    ("bits-rnn-t2", "per step, in full", "y_2", 0.137426),
    ("bits-rnn-t3", "per step", "s_3", 0.634067),
    ("bits-rnn-t3", "per step", "y_3", 0.063407),
    ("bits-rnn-t3", "per step, second part", "y_3", 0.063407),
    ("bits-rnn-t3", "three units", "y_1", 0.4331),
    ("bits-rnn-t3", "three units", "y_2", 0.4637),
    ("bits-rnn-t3", "three units", "y_3", 0.3861),
    ("bits-rnn-t3", "three units", "s_3", [0.5325, 0.5515, 0.6280]),
    ("bits-lstm-t1-gates", "tanh", "o_1", 0.598688),
    ("bits-lstm-t1-gates", "tanh", "i_1", 0.574443),
    ("bits-lstm-t1-gates", "tanh", "f_1", 0.645656),
    ("bits-lstm-t1-gates", "tanh", "s_tilde_1", 0.462117),
    ("bits-lstm-t1-gates", "sigmoid", "s_tilde_1", 0.622459),
    ("bits-lstm-t1-state", "tanh", "s_1", 0.26546),
    ("bits-lstm-t1-state", "tanh", "h_1", 0.155297),
    ("bits-lstm-t1-state", "sigmoid", "s_1", 0.357567),
    ("bits-lstm-t1-state", "sigmoid", "h_1", 0.352299),
    ("bits-lstm-t1-output", "tanh", "y_1", 0.062119),
    ("bits-lstm-t1-output", "sigmoid", "y_1", 0.140919),
    ("bits-lstm-t1-output", "sigmoid output", "y_1", 0.535172),
    ("bits-lstm-t1-output", "cell output", "y_1", 0.535696),
    ("bits-lstm-t2", "tanh", "s_2", 0.457189),
    ("bits-lstm-t2", "tanh", "h_2", 0.27026),
    ("bits-lstm-t2", "tanh", "y_2", 0.108104),
    ("bits-lstm-t2", "sigmoid", "s_2", 0.61736),
    ("bits-lstm-t2", "sigmoid", "h_2", 0.436518),
    ("bits-lstm-t2", "sigmoid", "y_2", 0.174607),
    ("bits-lstm-t3", "tanh", "s_3", 0.27138),
    ("bits-lstm-t3", "tanh", "h_3", 0.148484),
    ("bits-lstm-t3", "tanh", "y_3", 0.059394),
    ("bits-lstm-t3", "sigmoid", "s_3", 0.608833),
    ("bits-lstm-t3", "sigmoid", "h_3", 0.386644),
    ("bits-lstm-t3", "sigmoid", "y_3", 0.154658),
]


@cache
def solved(name):
    ask, givens = QUESTIONS[name]
    derivation = question(ask, givens).solve(Conventions())
    return derivation, {answer.name: answer for answer in derivation.answers}


def numbers(form):
    value = evaluate(form, {})
    return [float(x) for x in value.items] if hasattr(value, "items") else float(value)


@pytest.mark.parametrize("name", QUESTIONS)
def test_is_verified(name):
    verdict = judge(solved(name)[0])
    assert verdict.verified is True, verdict.faults or verdict.undecided


@pytest.mark.parametrize(("row", "name", "answer", "right"), ROWS, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in ROWS])
def test_right_answer(row, name, answer, right):
    """Half a unit of the last digit that the row states; what is printed has four digits."""
    found = solved(name)[1][answer]
    first = right[0] if isinstance(right, list) else right
    places = len(f"{first}".split(".")[1])
    assert numbers(found.form) == pytest.approx(right, abs=0.51 * 10 ** -max(places, 4))
    assert numbers(found.shown) == pytest.approx(right, rel=6e-4)
