"""Questions of real exams, by the id under which each is filed, with the right answers as literals."""

from fractions import Fraction
from functools import cache

import pytest

from derive.check.judge import judge
from derive.graph.split import split
from derive.notation.form import Matrix, Shape, Text
from derive.notation.rounding import as_fraction
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

CONVOLUTION = {
    "graph": {
        "Z": "conv2d(X, (w_1, w_2, w_3))",
        "S": "max_pool2d(Z, k=2, s=2, p=1)",
        "L": "-sum(odot(T, log(S)) + odot(1 - T, log(1 - S)))",
    },
    "at": {
        "X": [[[1, -0.5], [2, -2]], [[-2, 1], [-1.5, 1]], [[1, 0], [0, 0]]],
        "w_1": 1, "w_2": 1, "w_3": 1, "T": [[0, 1], [1, 0]],
    },
}  # fmt: skip
DESCENT = {"of": "L", "wrt": ["w_1", "w_2", "w_3"]}
QUARTIC = "x**4 - 32*x**2 + y**4 - 18*y**2"
NEURON = {
    "graph": {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"},
    "at": {"w": -2, "x": 3.5, "b": -2, "t": 0.5},
}
ADAM = {"optimizer": "adam", "rate": 0.1, "settings": {"beta_2": 0.99}, "of": "L", "wrt": ["w", "b"]}
BLOCKS = {"y": "relu(w_1*relu(w_0*x) + x)", "z": "relu(w_3*relu(w_2*y) + y)"}

QUESTIONS = {
    "block": ("residual.gradient", {"graph": {"H": "x + R(x)"}, "of": "H", "wrt": "x", "blocks": {"R": "r"}}),
    "stack": ("residual.gradient", {"graph": BLOCKS, "of": "z", "wrt": "w_0", "slopes": 1, "compare": True}),
    "convolution": ("graph.forward", CONVOLUTION),
    "convolution slopes": ("graph.gradient", {**CONVOLUTION, **DESCENT}),
    "convolution update": ("graph.update", {**CONVOLUTION, **DESCENT, "rate": 1}),
    "quartic": ("graph.table", {"function": QUARTIC, "at": {"x": 2, "y": 2}}),
    "quartic slopes": ("calculus.gradient", {"function": QUARTIC, "at": {"x": 2, "y": 2}}),
    "quartic formulas": ("calculus.gradient", {"function": QUARTIC}),
    "quartic curvature": ("calculus.hessian", {"function": QUARTIC, "classify": [[0, 0], [4, 3]]}),
    "neuron": ("graph.forward", NEURON),
    "neuron slopes": ("graph.gradient", {**NEURON, "of": "L", "wrt": ["w", "b"]}),
    "neuron step": ("optimizer.step", {**NEURON, **ADAM}),
    "size": (
        "network.output_shape", {"input": [26, 26, 26], "net": ["conv2d(filters=5, kernel=7, stride=3, padding=1)"]}
    ),
}  # fmt: skip

ROWS = [
    ("tum-cnn-p4g", "block", "x", "1 + r"),
    ("tum-lenet-p7e-skip", "stack", "with skips", "(w_3*w_2 + 1)*w_1*x"),
    ("tum-lenet-p7e-noskip", "stack", "without skips", "w_3*w_2*w_1*x"),
    ("tum-bp-p5a-conv", "convolution", "Z", [[0, 0.5], [0.5, -1]]),
    ("tum-bp-p5a-pool", "convolution", "S", [[0, 0.5], [0.5, 0]]),
    ("tum-bp-p5b", "convolution", "L", 1.386294),
    ("tum-bp-p5b", "convolution", "L", "2*log(2)"),
    ("tum-bp-p5d-grad12", "convolution slopes", "w_1", -3),
    ("tum-bp-p5d-grad12", "convolution slopes", "w_2", 1),
    ("tum-bp-p5d-grad3", "convolution slopes", "w_3", 0),
    ("tum-bp-p5d-update", "convolution update", "w_1", 4),
    ("tum-bp-p5d-update", "convolution update", "w_2", 0),
    ("tum-bp-p5d-update", "convolution update", "w_3", 1),
    ("bits-mid-q5a-graph", "quartic", "f", -168),
    ("bits-mid-q5a-dfdx", "quartic", "x", -96),
    ("bits-mid-q5a-dfdy", "quartic", "y", -40),
    ("bits-mid-q5a-dfdx", "quartic slopes", "x", -96),
    ("bits-mid-q5a-dfdy", "quartic slopes", "y", -40),
    ("bits-mid-q5a-dfdx", "quartic formulas", "x", "4*x**3 - 64*x"),
    ("bits-mid-q5a-dfdy", "quartic formulas", "y", "4*y**3 - 36*y"),
    ("bits-mid-q5b-hessian", "quartic curvature", "H", "[[12*x**2 - 64, 0], [0, 12*y**2 - 36]]"),
    ("bits-mid-q5b-classify", "quartic curvature", "point 1", "local maximum"),
    ("bits-mid-q5b-classify", "quartic curvature", "point 2", "local minimum"),
    ("bits-ec3-q4a-forward", "neuron", "z", -9),
    ("bits-ec3-q4a-forward", "neuron", "p", 0.000123395),
    ("bits-ec3-q4a-loss", "neuron", "L", 4.500123),
    ("bits-ec3-q4a-grad", "neuron slopes", "w", -1.749568),
    ("bits-ec3-q4a-grad", "neuron slopes", "b", -0.499877),
    ("bits-ec3-q4a-s", "neuron step", "m_w_1", -0.174957),
    ("bits-ec3-q4a-s", "neuron step", "m_b_1", -0.049988),
    ("bits-ec3-q4a-r", "neuron step", "v_w_1", 0.03061),
    ("bits-ec3-q4a-r", "neuron step", "v_b_1", 0.00249877),
    ("bits-ec3-q4a-corrected", "neuron step", "m_hat_w_1", -1.749568),
    ("bits-ec3-q4a-corrected", "neuron step", "m_hat_b_1", -0.499877),
    ("bits-ec3-q4a-corrected", "neuron step", "v_hat_w_1", 3.060989),
    ("bits-ec3-q4a-corrected", "neuron step", "v_hat_b_1", 0.249877),
    ("bits-ec3-q4a-update", "neuron step", "w_new", -1.9000000005716),
    ("bits-ec3-q4a-update", "neuron step", "b_new", -1.9000000020005),
    ("tum-cnn-p4b", "size", "shape", [8, 8, 5]),
]  # fmt: skip


@cache
def solved(name):
    ask, givens = QUESTIONS[name]
    derivation = question(ask, givens).solve(Conventions())
    return derivation, {answer.name: answer for answer in derivation.answers}


@pytest.mark.parametrize("name", QUESTIONS)
def test_is_verified(name):
    verdict = judge(solved(name)[0])
    assert verdict.verified is True, verdict.faults or verdict.undecided


@pytest.mark.parametrize(("row", "name", "answer", "right"), ROWS, ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_right_answer(row, name, answer, right):
    found = solved(name)[1][answer]
    if isinstance(right, list):
        entries = found.form.dims if isinstance(found.form, Shape) else evaluate(found.form, {}).items
        flat = [x for part in right for x in (part if isinstance(part, list) else [part])]
        assert [as_fraction(evaluate(x, {})) if not isinstance(x, Fraction) else x for x in entries] == flat
    elif isinstance(right, str) and isinstance(found.form, Text):
        assert found.form.text == right
    elif isinstance(right, str):
        assert_same(found.form, read(right))
    else:
        value = float(evaluate(found.form, {}))
        digits = len(f"{right:.15g}".replace("-", "").replace("0.", "", 1).replace(".", "").lstrip("0"))
        assert value == pytest.approx(right, rel=0.5 * 10 ** (1 - digits), abs=0)
        assert float(evaluate(found.shown, {})) == pytest.approx(right, rel=6e-4)


def assert_same(form, right):
    """The same value at points of names; a matrix entry by entry."""
    if isinstance(form, Matrix):
        for row, expected in zip(form.rows, right.rows, strict=True):
            for entry, each in zip(row, expected, strict=True):
                assert_same(entry, each)
        return
    for shift in (Fraction(1, 3), Fraction(7, 5)):
        env = {
            read(name): shift + Fraction(k, 7)
            for k, name in enumerate(["x", "y", "r", "w_0", "w_1", "w_2", "w_3"], start=1)
        }
        assert abs(evaluate(form, env) - evaluate(right, env)) < 1e-40


def test_residual_answer_keeps_its_terms_apart():
    """The identity path and the block path are two terms, in this order, and nothing multiplies the 1 away."""
    _, answers = solved("block")
    assert answers["x"].form == read("1 + r")
    _, answers = solved("stack")
    assert answers["with skips"].form in (read("(w_3*w_2 + 1)*w_1*x"), read("(1 + w_3*w_2)*w_1*x"))


def test_pooling_alternative_of_the_tie():
    """With the tie given to the pixel the gradient is (-2, -1, 1), and the update (3, 2, 0)."""
    derivation = question("graph.gradient", {**CONVOLUTION, **DESCENT}).solve(Conventions(tie="last"))
    values = [evaluate(answer.form, {}) for answer in derivation.answers]
    assert values == [-2, -1, 1]


def test_graph_of_the_quartic_has_the_named_values():
    nodes = split(read(QUARTIC), "f")
    env = {read("x"): Fraction(2), read("y"): Fraction(2)}
    values = {}
    for name, form in nodes.items():
        env[read(name)] = values[name] = evaluate(form, env)
    assert values["f"] == -168
    assert {4, 16, 128, 72} <= set(values.values())
