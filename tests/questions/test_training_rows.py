"""The rows of the papers that are about training: each is a part of the example file, with the right values.

Values are those of the rows, as literals.
"""

from functools import cache
from pathlib import Path

import pytest

from derive.exam.model import load_exam
from derive.exam.solve import solve_exam
from derive.notation.form import Text
from derive.notation.symbols import parse_symbol
from derive.notation.value import evaluate

EXAM = Path(__file__).parents[2] / "examples" / "training.yaml"
LETTERS = ("w_0", "w_1", "w_2", "w_3", "x", "r", "lam")
AT = {parse_symbol(name): 0.25 + 0.5 * k for k, name in enumerate(LETTERS)}
"""Where answers in letters are compared."""
w0, w1, w2, w3, x, r, lam = AT.values()
SIX, FOUR = 5e-7, 5e-5

ROWS = [
    ("tum-cnn-p4g", "Skip connections", 0, {"x": 1 + r}, SIX),
    ("tum-lenet-p7e-skip", "Skip connections", 1, {"with skips": w1 * x * (w2 * w3 + 1)}, SIX),
    ("tum-lenet-p7e-noskip", "Skip connections", 1, {"without skips": w1 * w2 * w3 * x}, SIX),
    ("tum-bp-p5b", "Cross-entropy", 0, {"L": 1.386294}, SIX),
    ("tum-bp-p5d-grad12", "A convolution and its weights", 0, {"w_1": -3, "w_2": 1}, SIX),
    ("tum-bp-p5d-grad3", "A convolution and its weights", 0, {"w_3": 0}, SIX),
    ("tum-bp-p5d-update", "A convolution and its weights", 1, {"w_1": 4, "w_2": 0, "w_3": 1}, SIX),
    ("bits-ec3-q2b-hidden", "A recurrent layer with an output", 0, {"a_1": [0.56] * 2, "h_1": [0.507977] * 2}, SIX),
    ("bits-ec3-q2b-output", "A recurrent layer with an output", 0, {"a_y_1": 0.403191, "y_1": 0.599454}, SIX),
    ("bits-ec3-q4a-forward", "One logistic neuron", 0, {"z": -9, "p": 0.000123395}, 5e-10),
    ("bits-ec3-q4a-loss", "One logistic neuron", 0, {"L": 4.500123}, SIX),
    ("bits-ec3-q4a-grad", "One logistic neuron", 1, {"w": -1.749568, "b": -0.499877}, SIX),
    ("bits-ec3-q4a-s", "One neuron, one step of Adam", 0, {"m_w_1": -0.174957, "m_b_1": -0.049988}, SIX),
    ("bits-ec3-q4a-r", "One neuron, one step of Adam", 0, {"v_w_1": 0.03061, "v_b_1": 0.00249877}, SIX),
    (
        "bits-ec3-q4a-corrected", "One neuron, one step of Adam", 0,
        {"m_hat_w_1": -1.749568, "m_hat_b_1": -0.499877, "v_hat_w_1": 3.060989}, SIX,
    ),
    (
        "bits-ec3-q4a-update", "One neuron, one step of Adam", 0,
        {"w_new": -1.9000000005716, "b_new": -1.9000000020005}, 1e-12,
    ),
    ("bits-ec3-q4b-forward", "One neuron with two inputs", 0, {"z": 2.32, "y_hat": 0.91052}, 5e-6),
    ("bits-ec3-q4b-sse", "A target out of reach", 0, {"L": 2.526447}, SIX),
    ("bits-ec3-q4b-sse with the half", "A target out of reach", 1, {"L": 1.263223}, 1e-6),
    ("bits-ec3-q4b-sse of a linear unit", "A target out of reach", 2, {"L": 0.0324}, SIX),
    ("bits-ec3-q4b-judge sigmoid", "An engineer's neuron", 1, {"lowest": 2.25}, SIX),
    ("bits-ec3-q4b-judge rate", "An engineer's neuron", 2, {"e_new": 0.5346, "eta_max": 1.00756}, 5e-6),
    ("bits-rnn-t1", "One weight for each step", 0, {"s_1": 0.622459, "y_1": 0.248984}, SIX),
    ("bits-rnn-t2", "One weight for each step", 1, {"s_2": 0.68713, "y_2": 0.137426}, SIX),
    ("bits-rnn-t3", "One weight for each step", 1, {"s_3": 0.634067, "y_3": 0.063407}, SIX),
    ("bits-lstm-t1-gates", "LSTM", 0, {"o_1": 0.598688, "i_1": 0.574443, "f_1": 0.645656}, SIX),
    ("bits-lstm-t1-state", "The other reading of the LSTM", 0, {"s_1": 0.357567, "h_1": 0.352299}, SIX),
    ("bits-lstm-t1-output", "The other reading of the LSTM", 0, {"y_1": 0.140919}, SIX),
    ("bits-lstm-t1-output by tanh", "LSTM", 0, {"y_1": 0.062119}, SIX),
    ("bits-lstm-t2", "The other reading of the LSTM", 0, {"s_2": 0.61736, "h_2": 0.436518}, SIX),
    ("bits-lstm-t3", "The other reading of the LSTM", 0, {"s_3": 0.608833, "h_3": 0.386644}, SIX),
    (
        "bits-mid-q2c-forward", "A hidden layer of two units", 0,
        {"h__1": [0.616567, 0.34299], "z__2": 0.457205, "h__2": 0.612351}, SIX,
    ),
    ("bits-mid-q2c-mse", "A small net with weight decay", 0, {"L": 0.406596}, SIX),
    ("bits-mid-q2c-l2", "A small net with weight decay", 1, {"J": 0.203298 + 1.74 * lam}, 1e-6),
    ("bits-mid-q3a", "The perceptron rule on XNOR", 0, {"verdict": "does not converge"}, 0),
    ("bits-mid-q3b", "A chain of XNOR", 0, {"parity": "odd parity", "neurons": 12}, 0),
    ("bits-mid-q4a", "Softmax on top of logistic outputs", 0, {"h": [0.4, 0.6], "o": [0.650219, 0.672607]}, SIX),
    ("bits-mid-q4b", "Softmax on top of logistic outputs", 1, {"p": [0.4944, 0.5056], "L": 0.682016}, FOUR),
    (
        "bits-mid-q4c", "Softmax on top of logistic outputs", 2,
        {"V_2_1_new": 0.300091, "W_1_2_new": 0.600435, "W_2_2_new": 0.800653}, SIX,
    ),
    (
        "bits-mid-q4d", "A small network with momentum", 1,
        {"V__2": [None, None, 0.300265, None], "W__2": [None, 0.601263, None, 0.801894]}, SIX,
    ),
    ("bits-mid-q5a-dfdx", "A surface", 0, {"x": -96}, 0),
    ("bits-mid-q5a-dfdy", "A surface", 0, {"y": -40}, 0),
]  # fmt: skip


@cache
def problems():
    """The parts of each problem of the example file; all of it is verified, or it would not be solved."""
    return {problem.title: problem.parts for problem in solve_exam(load_exam(EXAM)).problems}


def worth(form):
    if isinstance(form, Text):
        return form.text
    value = evaluate(form, AT)
    items = [float(item) for item in getattr(value, "items", (value,))]
    return items if len(items) > 1 else items[0]


def agrees(found, value, near):
    """Whether an answer is what a row says; None is an entry that it says nothing about."""
    if isinstance(value, str):
        return found == value
    if isinstance(value, list):
        return all(x is None or abs(y - x) <= near for x, y in zip(value, found, strict=True))
    return found == pytest.approx(value, rel=0, abs=near)


@pytest.mark.parametrize(("row", "title", "place", "right", "near"), ROWS, ids=[row[0] for row in ROWS])
def test_row_of_a_paper_stands_in_the_example_file(row, title, place, right, near):
    derivation = problems()[title][place].derivation
    answers = {answer.name: worth(answer.form) for answer in derivation.answers}
    assert len([line for step in derivation.all_steps() for line in step.lines]) > 1
    for name, value in right.items():
        assert name in answers, answers
        assert agrees(answers[name], value, near), (name, answers[name])
