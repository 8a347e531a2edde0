"""Questions about losses: rows of real exams, course forms, corners, penalties, lengths, spoiled solutions."""

import math
import random
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.notation import plain
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.catalogue import question, question_type
from derive.record import Conventions, Rounding
from derive.render.length import printed_lines
from tests.check.mutations import MUTATIONS

VALUE, GRADIENT = "loss.value", "loss.gradient"


def solved(ask, conventions=None, **givens):
    derivation = question(ask, givens).solve(conventions or Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    return derivation


def numbers(answer):
    value = evaluate(answer.form, {})
    return [float(x) for x in getattr(value, "items", [value])]


def words(phrase):
    return "".join(piece if isinstance(piece, str) else plain.write(piece) for piece in phrase)


def lines(derivation, name):
    step = next(step for step in derivation.all_steps() if step.name == name)
    return [plain.write(line.form) for line in step.lines]


# Rows of real exams

NEURON = {"graph": {"z": "w*x + b", "p": "sigmoid(z)"}, "at": {"w": -2, "x": 3.5, "b": -2, "t": 0.5}}
OUT_OF_REACH = {"w_1": 0.3, "w_2": 0.5, "b": 1.75, "x_1": 0.65, "x_2": 0.75, "t": 2.5}
UNIT = {"z": "w_1*x_1 + w_2*x_2 + b", "y": "sigmoid(z)"}
NET = {
    "graph": {
        "z_1": "w_1*x + b_1", "h_1": "sigmoid(z_1)", "z_2": "w_2*x + b_2", "h_2": "sigmoid(z_2)",
        "z": "w_3*h_1 + w_4*h_2 + b_3", "y": "sigmoid(z)",
    },
    "at": {
        "x": 0.75, "w_1": 0.5, "b_1": 0.1, "w_2": -0.6, "b_2": -0.2, "w_3": 0.7, "w_4": -0.8, "b_3": 0.3, "t": 1.25,
    },
    "loss": "mse",
    "prediction": "y",
}  # fmt: skip
TWO_BY_TWO = {
    "graph": {"h": "relu(V.T @ x)", "o": "sigmoid(W.T @ h)"},
    "at": {"V": [[0.1, 0.2], [0.3, 0.4]], "W": [[0.5, 0.6], [0.7, 0.8]], "x": [1, 1], "t": [0, 1]},
    "loss": "cross_entropy",
    "prediction": "o",
}
PIXELS = {"loss": "bce", "prediction": [[0, 0.5], [0.5, 0]], "target": [[0, 1], [1, 0]], "reduction": "sum"}
ROWS = [
    ("tum-bp-p5b", PIXELS, 1.386294),
    ("bits-ec3-q4a-loss", {**NEURON, "loss": "bce", "prediction": "p"}, 4.500123),
    ("bits-ec3-q4b-sse", {"loss": "sse", "graph": UNIT, "at": OUT_OF_REACH, "prediction": "y"}, 2.526447),
    (
        "bits-ec3-q4b-sse half",
        {"loss": "sse", "graph": UNIT, "at": OUT_OF_REACH, "prediction": "y", "half": True},
        1.263223,
    ),
    ("bits-ec3-q4b-sse linear", {"loss": "sse", "graph": UNIT, "at": OUT_OF_REACH, "prediction": "z"}, 0.0324),
    ("bits-mid-q2c-mse", NET, 0.406596),
    ("bits-mid-q2c-mse half", {**NET, "half": True}, 0.203298),
    ("bits-mid-q4b", TWO_BY_TWO, 0.682016),
]


@pytest.mark.parametrize(("givens", "right"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_row(givens, right):
    """The right value of the row; the sheet shows it with the sheet's digits."""
    if "y" in givens.get("graph", {}) and givens["prediction"] == "z":
        givens = {**givens, "graph": {"z": givens["graph"]["z"]}}
    (answer,) = solved(VALUE, **givens).answers
    digits = len(str(right).replace("0.", "", 1).replace(".", "").lstrip("0"))
    assert numbers(answer)[0] == pytest.approx(right, rel=0.5 * 10 ** (1 - digits), abs=0)
    assert float(evaluate(answer.shown, {})) == pytest.approx(right, rel=6e-4)


def test_row_tum_bp_p5b_has_the_whole_formula_and_the_exact_value():
    """The key drops the part (1 - t) log(1 - p); it stands here, and comes to log 1 = 0."""
    derivation = solved(VALUE, **PIXELS)
    assert evaluate(derivation.answers[0].form) == evaluate(read("2*log(2)"))
    formula, substituted, exact, _ = lines(derivation, "L")
    assert "(1 - t_(i,j))·log(1 - p_(i,j))" in formula
    assert "(1 - 0)·log(1 - 0)" in substituted
    assert exact == "2·log(2)"
    assert any("0·log(0) = 0" in words(phrase) for phrase in derivation.conventions.used)


def test_row_bits_mid_q4b_softmax_on_sigmoid_outputs():
    derivation = solved(VALUE, Conventions(Rounding(digits=4)), **TWO_BY_TWO)
    assert lines(derivation, "o") == ["[[0.6502], [0.6726]]"]
    assert lines(derivation, "p") == ["[[0.4944], [0.5056]]"]


DECAY = {**NET, "half": True, "penalty": {"strength": "lam"}}


def test_row_bits_mid_q2c_l2_value():
    """0.203298 + 1.74 λ for any λ; the weights are those called w, the biases left out."""
    *_, total = solved(VALUE, Conventions(Rounding(digits=6)), **DECAY).answers
    assert plain.write(total.shown) == "0.203298 + 1.74·λ"
    for strength in (Fraction(1, 10), Fraction(3)):
        found = evaluate(total.form, {parse_symbol("lam"): strength})
        assert float(found) == pytest.approx(0.203298 + 1.74 * float(strength), abs=5e-7)


def test_row_bits_mid_q2c_l2_each_gradient_gains_2_lambda_w():
    plainly = {a.name: a for a in solved(GRADIENT, **{**DECAY, "penalty": None}, wrt=["w_3", "b_3"]).answers}
    decayed = {a.name: a for a in solved(GRADIENT, **DECAY, wrt=["w_3", "b_3"]).answers if a.boxed}
    lam = parse_symbol("lam")
    for name, weight in (("w_3", 0.7), ("b_3", 0)):
        for strength in (0, 1, Fraction(1, 3)):
            gain = float(evaluate(decayed[name].form, {lam: Fraction(strength)})) - float(evaluate(plainly[name].form))
            assert gain == pytest.approx(2 * float(strength) * weight, abs=1e-12)
    assert plain.write(decayed["w_3"].shown) == "-0.09333 + 1.4·λ"


# Course forms


@pytest.mark.parametrize(
    ("givens", "form"),
    [
        ({"loss": "bce", "from": "logits"}, "p - t"),
        ({"loss": "mse", "half": True}, "y - t"),
        ({"loss": "mse"}, "2*(y - t)"),
        ({"loss": "mse", "outputs": 3}, "2*(y - t)/3"),
        ({"loss": "mae"}, "sign(y - t)"),
        ({"loss": "huber"}, "where(abs(y - t) <= delta, y - t, delta*sign(y - t))"),
        ({"loss": "huber", "settings": {"delta": 2}}, "where(abs(y - t) <= 2, y - t, 2*sign(y - t))"),
        ({"loss": "bce", "from": "logits", "outputs": 2}, "(p - t)/2"),
        ({"loss": "bce"}, "(p - t)/(p*(1 - p))"),
        ({"loss": "cross_entropy"}, "p - t"),
        ({"loss": "cross_entropy", "outputs": 2}, "p - t"),
        ({"loss": "cross_entropy", "target": 2}, "[[p_1], [p_2 - 1], [p_3]]"),
        ({"loss": "cross_entropy", "from": "probabilities"}, "-t/p"),
        ({"loss": "kl", "from": "logits"}, "p - t"),
        ({"loss": "kl", "from": "probabilities"}, "-t/p"),
        ({"loss": "kl", "from": "log_probabilities"}, "-t"),
        ({"loss": "nll", "target": 1, "outputs": 2}, "[[-1], [0]]"),
        ({"loss": "hinge"}, "-indicator(1 - t*s > 0)*t"),
    ],
)
def test_gradient_in_letters(givens, form):
    (answer,) = solved(GRADIENT, **givens).answers
    assert answer.form == read(form)


def test_p_minus_t_is_reached_through_its_own_lines():
    derivation = solved(GRADIENT, loss="bce", **{"from": "logits"})
    assert lines(derivation, "dL_dp") == ["-t/p + (1 - t)/(1 - p)", "(p - t)/(p·(1 - p))"]
    assert lines(derivation, "dL_dz") == ["∂L/∂p·∂p/∂z", "((p - t)/(p·(1 - p)))·p·(1 - p)", "p - t"]


def test_softmax_chain_and_its_jacobian():
    derivation = solved(GRADIENT, loss="cross_entropy", prediction=[2, 1, 0.1], target=[1, 0, 0])
    chain = lines(derivation, "dL_dz_1")
    assert chain[0] == "Σ(j=1..3) ∂L/∂p_j·∂p_j/∂z₁"
    assert chain[-1] == "p₁·(t₁ + t₂ + t₃) - t₁"
    jacobian = next(step for step in derivation.steps if step.name == "dp_dz")
    assert jacobian.level == 3
    assert [plain.write(line.form) for line in jacobian.lines[:2]] == [
        "diag(p) - p·pᵀ",
        "[[p₁·(1 - p₁), -p₁·p₂, -p₁·p₃], [-p₂·p₁, p₂·(1 - p₂), -p₂·p₃], [-p₃·p₁, -p₃·p₂, p₃·(1 - p₃)]]",
    ]
    shown = [line for line in derivation.steps[-1].lines if line.level <= 2]
    assert [plain.write(line.form) for line in shown[:3]] == ["p·(t₁ + t₂ + t₃) - t", "t₁ + t₂ + t₃ = 1", "p - t"]


def test_a_batch_is_worked_for_one_entry():
    """Rows are samples; the target of the first one adds up to 1."""
    derivation = solved(
        GRADIENT, loss="cross_entropy", prediction=[[2, 1], [0, 1]], target=[[1, 0], [0.5, 0.5]], reduction="mean"
    )
    assert lines(derivation, "dL_dz_1_1")[-4:-2] == ["t₁₁ + t₁₂ = 1", "(p₁₁ - t₁₁)/2"]
    assert sum(numbers(derivation.answers[0])) == pytest.approx(0, abs=1e-15)


# How it is read stands on the sheet


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"loss": "mse", "prediction": [1, 2], "target": [0, 0]}, "mean over the 2 entries, without the factor 1/2"),
        ({"loss": "sse", "prediction": [1, 2], "target": [0, 0], "half": True},
         "sum over the 2 entries, with the factor 1/2"),
        ({"loss": "mae", "prediction": [[1, 2], [0, 1]], "target": [[0, 0], [0, 0]], "reduction": "batchmean"},
         "summed over the outputs, mean over the 2 samples, one in each row"),
        ({"loss": "cross_entropy", "prediction": [[1, 2], [0, 1]], "target": [1, 2]}, "mean over the 2 samples"),
        ({"loss": "cross_entropy", "prediction": [1, 2], "target": 1, "classes_from": 0}, "class 1, counted from 0"),
        ({"loss": "weston_watkins", "prediction": [1, 2], "target": 1}, "summed over the wrong classes"),
        ({"loss": "crammer_singer", "prediction": [1, 2], "target": 1}, "the largest over the wrong classes"),
    ],
)  # fmt: skip
def test_the_reading_is_stated(givens, says):
    derivation = solved(VALUE, **givens)
    assert says in words(derivation.prompt)
    reasons = [words(line.reason) for step in derivation.all_steps() for line in step.lines]
    assert "counted" in says or any(says in reason for reason in reasons)


def test_classes_counted_from_0():
    from_one = solved(VALUE, loss="cross_entropy", prediction=[1, 2, 4], target=2)
    from_zero = solved(VALUE, loss="cross_entropy", prediction=[1, 2, 4], target=1, classes_from=0)
    assert from_one.answers[0].form == from_zero.answers[0].form


# Corners


@pytest.mark.parametrize(
    ("givens", "says", "slopes"),
    [
        ({"loss": "mae", "prediction": [1, 3], "target": [1, 0]},
         "y₁ - t₁ = 0: the slope of |y₁ - t₁| is taken as 0", [0, 0.5]),
        ({"loss": "huber", "prediction": 3, "target": 2},
         "|y - t| = δ lies on the border of two cases; the first", [1]),
        ({"loss": "hinge", "prediction": [1, 0], "target": [1, 1], "reduction": "sum"},
         "1 - t₁·s₁ = 0: the maximum has a kink there, and its slope is taken as 0", [0, -1]),
        ({"loss": "crammer_singer", "prediction": [2, 0, 2], "target": 2},
         "1 + s₁ - s₂ takes the gradient", [1, -1, 0]),
    ],
)  # fmt: skip
def test_kinks_are_named(givens, says, slopes):
    derivation = solved(GRADIENT, **givens)
    assert any(says in words(remark) for remark in derivation.remarks)
    assert numbers(derivation.answers[0]) == slopes


def test_a_tie_may_go_the_other_way():
    """Under the convention that the last one wins, the slope of the hinge at its kink is that of the margin."""
    derivation = solved(GRADIENT, Conventions(tie="last"), loss="hinge", prediction=1, target=1)
    assert numbers(derivation.answers[0]) == [-1]
    assert "takes the gradient" in words(derivation.remarks[0])


def test_nothing_is_said_where_there_is_no_kink():
    assert not solved(GRADIENT, loss="mae", prediction=[1, 3], target=[0, 0]).remarks


def test_zero_times_log_zero_is_zero():
    derivation = solved(VALUE, loss="bce", prediction=1, target=1)
    assert numbers(derivation.answers[0]) == [0]
    assert any("0·log(0) = 0" in words(phrase) for phrase in derivation.conventions.used)
    assert numbers(solved(VALUE, loss="kl", prediction=[0.5, 0.5], target=[1, 0]).answers[0]) == [
        pytest.approx(math.log(2))
    ]
    assert numbers(solved(GRADIENT, loss="bce", prediction=[0, 1, 0.5], target=[0, 1, 1]).answers[0]) == pytest.approx(
        [1 / 3, -1 / 3, -2 / 3]
    )


def test_saturation_is_printed_as_a_power_of_ten():
    derivation = solved(VALUE, loss="bce", prediction=-9, target=0.5, **{"from": "logits"})
    assert lines(derivation, "p")[-1] == "1.234·10⁻⁴"


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"loss": "bce", "prediction": 0, "target": 1},
         "the loss is infinite: it takes log 0 with a factor that is not 0"),
        ({"loss": "cross_entropy", "from": "probabilities", "prediction": [1, 0], "target": 2}, "the loss is infinite"),
        ({"loss": "bce", "prediction": 1.2, "target": 1}, "the probability 1.2 does not lie from 0 to 1"),
        ({"loss": "bce", "prediction": 0.2, "target": -0.1}, "the target -0.1 does not lie from 0 to 1"),
        ({"loss": "focal", "prediction": 0.2, "target": 0.5}, "the target 0.5 is neither 0 nor 1"),
        ({"loss": "hinge", "prediction": 0.2, "target": 0}, "the target 0 is neither 1 nor -1"),
        ({"loss": "kl", "prediction": [0.5, 0.4], "target": [1, 0]}, "one sample add up to 0.9, not to 1"),
        ({"loss": "cross_entropy", "prediction": [1, 2, 3], "target": [1, 1, 0]}, "one sample adds up to 2, not to 1"),
        ({"loss": "cross_entropy", "prediction": [1, 2, 3], "target": 4}, "class 4, but there are 3 classes"),
        ({"loss": "cross_entropy", "prediction": [1, 2, 3], "target": 0}, "class 0, but there are 3 classes"),
        ({"loss": "cross_entropy", "prediction": [1, 2, 3], "target": 1.5}, "whole number, not 1.5"),
        ({"loss": "cross_entropy", "prediction": [[1, 2], [3, 4]], "target": [1, 2, 1]}, "another shape"),
        ({"loss": "cross_entropy", "prediction": 0.3, "target": 1}, "needs a vector of outputs"),
        ({"loss": "kl", "prediction": [0.5, 0.5], "target": 1}, "cannot be the number of a class"),
        ({"loss": "crammer_singer", "prediction": [1, 2], "target": [0.5, 0.5]}, "one-hot: a 1 among zeros"),
        ({"loss": "nll", "prediction": [0.5, -1], "target": 1}, "the log-probability 0.5 is above 0"),
        ({"loss": "mse", "prediction": float("nan"), "target": 1}, "no number to compute with"),
        ({"loss": "mse", "prediction": [1, float("inf")], "target": [1, 1]}, "no number to compute with"),
        ({"loss": "mse", "prediction": "inf", "target": 1}, "no number to compute with"),
        ({"loss": "mse", "prediction": [1, 2], "target": 1}, "another shape than the prediction"),
        ({"loss": "mse", "prediction": [1, 2]}, "the target is missing"),
        ({"loss": "mse", "target": 1}, "the prediction needs some too"),
        ({"loss": "mse"}, "the value of a loss needs numbers"),
        ({"loss": "mse", "prediction": [0] * 65, "target": [0] * 65}, "64 are the limit"),
        ({"loss": "mse", "prediction": 1, "target": 1, "graph": {"y": "x"}}, "nothing for the graph to do"),
        ({"loss": "mse", "graph": {"L": "x"}, "at": {"x": 1}, "prediction": "L", "target": 1}, "another name with of"),
        ({**NET, "penalty": {"over": []}, "at": {"x": 1}, "graph": {"y": "x"}, "target": 1}, "on no weight"),
    ],
)  # fmt: skip
def test_refused_with_a_sentence(givens, says):
    with pytest.raises(InputError, match=says.replace("(", r"\(")) as caught:
        question(VALUE, givens).solve(Conventions())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"loss": "huberr", "prediction": 1, "target": 1}, "did you mean huber"),
        ({"loss": "mse", "prediction": "q", "target": 1, "graph": {"y": "x"}, "at": {"x": 1}},
         "unknown quantity as prediction"),
        ({**NET, "penalty": {"kind": "l3"}}, "Known: l1, l2"),
        ({**NET, "penalty": {"over": ["v"]}}, "unknown weight 'v'"),
        ({"loss": "mse", "prediction": 1, "target": 1, "settings": {"delta": 1}}, "unknown setting of mse"),
    ],
)  # fmt: skip
def test_unknown_names_list_the_known_ones(givens, says):
    with pytest.raises(UnknownName, match=says):
        question(VALUE, givens).solve(Conventions())


# Penalties


@pytest.mark.parametrize("kind", ["l1", "l2"])
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("strength", [0.01, "lam"])
def test_penalties_by_differences(kind, half, strength):
    """Value and gradients of the penalised loss are those of a function of plain floats."""
    at = {"w_1": 0.5, "w_2": -1.25, "x": 1.5, "b": 0.25, "t": 0.75}

    def cost(lam, **moved):
        v = {**at, **moved}
        size = sum(abs(v[w]) if kind == "l1" else v[w] ** 2 for w in ("w_1", "w_2"))
        error = math.tanh(v["w_1"] * v["x"] + v["w_2"] + v["b"]) - v["t"]
        return error**2 + lam * size * (0.5 if half else 1)

    givens = {
        "loss": "mse", "graph": {"z": "w_1*x + w_2 + b", "y": "tanh(z)"}, "at": at, "prediction": "y",
        "penalty": {"kind": kind, "half": half, "strength": strength},
    }  # fmt: skip
    env = {parse_symbol("lam"): Fraction(1, 100)}
    *_, total = solved(VALUE, **givens).answers
    assert float(evaluate(total.form, env)) == pytest.approx(cost(0.01), rel=1e-12)
    for answer in solved(GRADIENT, **givens, wrt=["w_1", "w_2", "b"]).answers[3:]:
        h = 1e-6
        slope = (
            (cost(0.01, **{answer.name: at[answer.name] + h}) - cost(0.01, **{answer.name: at[answer.name] - h}))
            / 2
            / h
        )
        assert float(evaluate(answer.form, env)) == pytest.approx(slope, rel=1e-8)


def test_penalty_on_a_matrix_of_weights():
    givens = {
        "loss": "sse", "graph": {"y": "W @ x"}, "at": {"W": [[1, 2], [0.5, -1]], "x": [1, -1], "t": [0, 1]},
        "prediction": "y", "penalty": {}, "wrt": "W",
    }  # fmt: skip
    *_, decayed = solved(GRADIENT, **givens).answers
    assert decayed.shown == read("[[-2 + 2*lam, 2 + 4*lam], [1 + lam, -1 - 2*lam]]")
    derivation = solved(GRADIENT, **{**givens, "penalty": {"strength": 0.5}})
    assert numbers(derivation.answers[-1]) == [-1, 4, 1.5, -2]


def test_penalty_in_letters():
    derivation = solved(GRADIENT, loss="mse", half=True, graph={"y": "w*x"}, prediction="y", penalty={}, wrt="w")
    assert derivation.answers[-1].form == read("(y - t)*x + 2*lam*w")
    assert [answer.boxed for answer in derivation.answers] == [False, True]


# Lengths, spoiled solutions, rounding


@pytest.mark.parametrize("ask", [VALUE, GRADIENT])
def test_no_solution_of_a_single_question_is_longer_than_12_lines(ask):
    """On numbers or letters alone; a graph below the loss adds its own quantities. A long table folds."""
    draws = [question_type(ask).draw(random.Random(f"{ask}/{seed}")) for seed in range(60)]
    for givens in (givens for givens in draws if "graph" not in givens):
        assert printed_lines(question(ask, givens).solve(Conventions()), 1) <= 12, givens


@pytest.mark.parametrize("mode", ["exact", "carry-rounded"])
@pytest.mark.parametrize("ask", [VALUE, GRADIENT])
def test_every_rounding_policy(ask, mode):
    for seed in range(25):
        solved(ask, Conventions(Rounding(mode, 3)), **question_type(ask).draw(random.Random(f"{ask}/{mode}/{seed}")))


SPOILED = [
    (GRADIENT, {"loss": "cross_entropy", "prediction": [2, 1, 0.1], "target": [1, 0, 0]}),
    (GRADIENT, {"loss": "huber", "prediction": [0.5, 3], "target": [1, 0]}),
    (GRADIENT, {"loss": "bce", "from": "logits"}),
    (GRADIENT, {"loss": "weston_watkins", "prediction": [2, 1, 0.1], "target": 2}),
    (VALUE, {"loss": "mse", "prediction": [0.1 * k for k in range(8)], "target": [0, 1] * 4}),
    (VALUE, {"loss": "mse", "graph": {"y": "sigmoid(w*x)"}, "at": {"w": 2, "x": -0.3, "t": 1}, "prediction": "y",
             "penalty": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "givens"), SPOILED, ids=[f"{ask} {givens['loss']}" for ask, givens in SPOILED])
def test_spoiled_solutions_are_caught(ask, givens):
    right = solved(ask, **givens)
    tried = 0
    for name, mutate in MUTATIONS.items():
        if name == "lost transposition":  # the Jacobian of softmax is symmetric
            continue
        found = mutate(right)
        for spoiled in found[:: max(1, len(found) // 3)]:
            tried += 1
            assert judge(spoiled).verified is not True, name
    assert tried > 10
