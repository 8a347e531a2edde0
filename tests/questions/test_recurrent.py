"""What the questions about recurrent cells show, say and refuse."""

import random
import re
from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.exam.marks import with_points
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.notation.form import Text, symbols
from derive.notation.value import evaluate
from derive.questions.catalogue import question, question_type
from derive.record import Conventions, Rounding
from derive.render.blocks import Display, FoldedRows, Table, solution_blocks
from derive.render.documents import render
from derive.render.rubric import rubric_rows
from derive.render.text_printer import TextPrinter

FULL = Conventions()
ASKS = ("rnn.forward", "lstm.forward", "gru.forward", "rnn.bptt")
RNN = {"input": [1, 0.5, -1], "weights": {"W": 0.5, "U": 0.8}}
VECTORS = {"input": [[1, 0], [0, 1]], "weights": {"W": [[0.5, 0.1], [0.2, 0.3]], "U": [[0.5, 0], [0, 0.5]]}}
LSTM = {
    "input": [1, 1],
    "weights": {"W_f": 0.6, "U_f": 0.5, "W_i": 0.3, "U_i": 0.1, "W_c": 0.5, "U_c": 0.2, "W_o": 0.4, "U_o": 0.9},
}
GRU = {"input": [1], "weights": {"W_r": 1, "U_r": 1, "W_z": 1, "U_z": 1, "W_h": 1, "U_h": 1}}


def solved(ask, givens, conventions=FULL):
    return question(ask, givens).solve(conventions)


def values(derivation):
    found = {}
    for answer in derivation.answers:
        if not isinstance(answer.form, Text):
            value = evaluate(answer.form, {})
            found[answer.name] = [float(x) for x in value.items] if hasattr(value, "items") else float(value)
    return found


def words(phrase):
    return TextPrinter().phrase(phrase)


def sheet(ask, givens, conventions=FULL):
    derivation = with_points(solved(ask, givens, conventions), Fraction(5))
    shown = tuple(given for given in derivation.givens if given.shown)
    part = SolvedPart("a", ask, Fraction(5), derivation, shown)
    return Sheet("S", Fraction(5), (SolvedProblem(1, "P", Fraction(5), (part,)),), derivation.conventions)


def tables(derivation, detail=1):
    return [block for block in solution_blocks(derivation, detail) if isinstance(block, Table)]


# what is shown


def test_one_step_of_an_lstm_is_twelve_rows():
    """Six quantities: formula and numbers, value."""
    rows = [b for b in solution_blocks(solved("lstm.forward", {**LSTM, "of": "h_1"}), 1) if isinstance(b, Display)]
    assert sum(len(block.rows) for block in rows) <= 12


@pytest.mark.parametrize(("steps", "folded"), [(4, 0), (12, 3)])
def test_later_steps_stand_in_a_table_that_folds(steps, folded):
    derivation = solved("rnn.forward", {**RNN, "input": [0.5] * steps})
    (table,) = tables(derivation)
    assert list(map(words, table.heads)) == ["t", "x_t", "a_t", "h_t"]
    assert sum(row.count for row in table.rows if isinstance(row, FoldedRows)) == folded
    assert judge(derivation).verified is True


def test_no_row_is_left_out_where_rounded_numbers_are_carried_on():
    derivation = solved("rnn.forward", {**RNN, "input": [0.5] * 12}, Conventions(Rounding("carry-rounded", 3)))
    assert not any(isinstance(row, FoldedRows) for row in tables(derivation)[0].rows)


def test_all_in_full_has_no_table():
    derivation = solved("rnn.forward", {**RNN, "show": "all"})
    assert tables(derivation) == []
    assert {"a_3", "h_3"} <= {step.name for step in derivation.steps}


def test_a_later_part_begins_with_what_is_known():
    derivation = solved("rnn.forward", {**RNN, "known": 1})
    known, later = tables(derivation)
    assert [len(known.rows), len(later.rows)] == [1, 1]
    assert {"a_2", "h_2"} <= {step.name for step in derivation.steps}
    assert "h_1" not in {answer.name for answer in derivation.answers}


def test_only_the_steps_that_are_asked_for_are_worked():
    derivation = solved("rnn.forward", {**RNN, "of": "h_2"})
    assert [answer.name for answer in derivation.answers if answer.boxed] == ["h_2"]
    assert not any(name.sub == ("3",) for given in derivation.givens for name in symbols(given.target))


def test_a_quantity_without_a_step_is_asked_for_at_all():
    asked = [a.name for a in solved("rnn.forward", {**RNN, "of": ["h", "a_1"]}).answers if a.boxed]
    assert asked == ["a_1", "h_1", "h_2", "h_3"]


def test_the_formulas_stand_in_the_question_or_in_the_solution():
    stated, kept = (solved("gru.forward", {**GRU, "formulas": formulas}) for formulas in (True, False))
    names = ["r_t", "z_t", "h_tilde_t", "h_t"]
    assert [given.shown for given in stated.givens][:4] == [True] * 4
    assert [given.shown for given in kept.givens][:4] == [False] * 4
    assert [step.name for step in kept.steps][:4] == names
    assert not set(names) & {step.name for step in stated.steps}
    assert "gate σ" in words(kept.prompt)
    assert judge(kept).verified is True


# conventions and readings that are said


def said(ask, givens):
    return words(solved(ask, givens).prompt)


def test_it_is_said_whether_steps_share_the_weights():
    assert "All steps share the weights" in said("rnn.forward", RNN)
    each = {"input": [1, 2], "weights": {"U": 1}, "per_step": {"W": [1, 2]}}
    assert "W_t belongs to step t; the other weights are shared" in said("rnn.forward", each)
    each = {"input": [1, 2], "per_step": {"U": [1, 1], "W": [1, 2]}}
    assert "U_t and W_t belong to step t." in said("rnn.forward", each)


def test_missing_biases_and_unusual_activations_are_said():
    assert "There are no biases" in said("lstm.forward", LSTM)
    assert "biases" not in said("lstm.forward", {**LSTM, "weights": {**LSTM["weights"], "b_f": 1}})
    assert "σ for the candidate (customary: tanh)" in said(
        "lstm.forward", {**LSTM, "activations": {"candidate": "sigmoid"}}
    )
    assert "no activation for the state (customary: tanh)" in said(
        "rnn.forward", {**RNN, "activations": {"state": "identity"}}
    )


def test_the_start_is_zero_and_said_so():
    givens = {words((given.target,)): given.form for given in solved("lstm.forward", LSTM).givens}
    assert words((givens["h₀"],)) == words((givens["c₀"],)) == "0"
    vectors = {words((given.target,)): given.form for given in solved("rnn.forward", VECTORS).givens}
    assert words((vectors["h₀"],)) == "[[0], [0]]"


def test_letters_may_be_others():
    givens = {
        "input": [1],
        "names": {"h": "s", "W": "U", "U": "W"},
        "weights": {"U": 0.5, "W": 0.2},
        "hidden": {"s": 1},
    }
    assert values(solved("rnn.forward", givens))["a_1"] == pytest.approx(0.7)
    tilde = solved("gru.forward", {**GRU, "names": {"h_tilde": "n"}})
    assert "n_1" in values(tilde)


def test_both_readings_of_a_gru_are_one_option_apart():
    weights = {**GRU["weights"], "W_r": -1, "U_h": 2}
    found = [
        values(solved("gru.forward", {**GRU, "weights": weights, "hidden": 0.5, **option}))["h_1"]
        for option in ({}, {"reset": "after"}, {"update": "renew"})
    ]
    assert found[0] == pytest.approx(found[1])  # with one unit and no bias the reset may stand on either side
    assert found[0] != pytest.approx(found[2])


NAMED = {
    "mlp.forward": lambda name: {"layers": [{"W": [[1, 2]], "activation": name}], "input": [3, 4]},
    "rnn.forward": lambda name: {**RNN, "activations": {"state": name}},
}


@pytest.mark.parametrize("ask", NAMED)
def test_an_activation_may_be_called_linear_as_in_keras(ask):
    linear, identity = (values(solved(ask, NAMED[ask](name))) for name in ("linear", "identity"))
    assert linear == identity


# corners


def test_a_kink_in_the_state():
    """a_1 = 0: the state is 0, and on the way back ReLU' is what the sheet says it is at 0."""
    givens = {
        "input": [1, 1],
        "weights": {"W": 1, "U": 1, "b": -1},
        "activations": {"state": "relu"},
        "targets": [2, 3],
    }
    assert values(solved("rnn.forward", {k: v for k, v in givens.items() if k != "targets"}))["h_1"] == 0
    usual, other = (solved("rnn.bptt", {**givens, "wrt": "W"}, Conventions(relu_at_zero=Fraction(k))) for k in (0, 1))
    assert values(usual)["W"] == 0
    assert values(other)["W"] == pytest.approx(-2 - 3 - 3)
    assert all(judge(each).verified is True for each in (usual, other))
    assert "ReLU'(0) = 0" in "; ".join(words(phrase) for phrase in usual.conventions.used)


def test_a_saturated_gate_is_shown_with_its_power_of_ten():
    derivation = solved(
        "rnn.forward", {"input": [-9], "weights": {"W": 1, "U": 0}, "activations": {"state": "sigmoid"}}
    )
    assert "1.234·10⁻⁴" in str(TextPrinter().solution(derivation, 1))
    assert judge(derivation).verified is True


def test_an_exploding_linear_layer():
    derivation = solved(
        "rnn.bptt", {**RNN, "weights": {"W": 1, "U": -1.5}, "activations": {"state": "identity"}, "targets": [0]}
    )
    assert derivation.answers[-1].form == Text("explodes")
    assert values(derivation)["product"] == 2.25


def test_a_unit_weight_neither_vanishes_nor_explodes():
    derivation = solved(
        "rnn.bptt", {**RNN, "weights": {"W": 1, "U": 1}, "activations": {"state": "identity"}, "targets": [0]}
    )
    assert derivation.answers[-1].form == Text("neither")
    assert judge(derivation).verified is True


def test_each_gradient_ends_with_a_difference():
    derivation = solved("rnn.bptt", {**VECTORS, "targets": [[1, 0]], "wrt": ["U", "W"]})
    checks = [step for step in derivation.steps if step.rule == "check"]
    assert [words((step.target,)) for step in checks] == ["∂L/∂U₁₁", "∂L/∂W₁₁"]


# what is refused

WRONG = {
    "a weight is missing": ("rnn.forward", {"input": [1], "weights": {"W": 1}}, "the rnn has no U"),
    "an unknown weight": ("rnn.forward", {**RNN, "weights": {"W": 1, "U": 1, "Q": 1}}, "unknown weight of the rnn 'Q'"),
    "a bias of the other kind": (
        "rnn.forward",
        {**RNN, "weights": {"W": 1, "U": 1, "b_x": 1}},
        "Known: U, V, W, b, b_y",
    ),
    "an unknown function": (
        "rnn.forward",
        {**RNN, "activations": {"state": "tan"}},
        "Known: identity, relu, sigmoid, tanh",
    ),
    "softmax for a gate": (
        "lstm.forward",
        {**LSTM, "activations": {"gate": "softmax"}},
        "unknown function for the gate",
    ),
    "an unknown role": ("rnn.forward", {**RNN, "activations": {"gate": "tanh"}}, "Known: output, state"),
    "an output without weights": (
        "rnn.forward",
        {**RNN, "activations": {"output": "tanh"}},
        "an output needs its weight V",
    ),
    "a matrix too wide": (
        "rnn.forward",
        {**VECTORS, "weights": {**VECTORS["weights"], "W": [[1, 2, 3]] * 2}},
        "2x3 times 2x1",
    ),
    "a matrix and a number": (
        "rnn.forward",
        {"input": [1], "weights": {"W": 1, "U": [[1, 0], [0, 1]]}},
        "must be of one shape",
    ),
    "a state of another size": ("rnn.forward", {**VECTORS, "hidden": [1, 2, 3]}, "does not fit"),
    "a column for a matrix": (
        "rnn.forward",
        {"input": [1], "weights": {"W": [1, 1], "U": [1, 1]}},
        "do not fit the state",
    ),
    "too many weights of steps": (
        "rnn.forward",
        {"input": [1], "weights": {"U": 1}, "per_step": {"W": [1, 2]}},
        "2 values for 1 steps",
    ),
    "too few weights of steps": (
        "rnn.forward",
        {"input": [1, 2], "weights": {"U": 1}, "per_step": {"W": [1]}},
        "1 values for 2 steps",
    ),
    "weights of two sorts": (
        "rnn.forward",
        {**RNN, "per_step": {"W": [1, 2, 3]}},
        "both for all steps and step by step",
    ),
    "not a number": ("rnn.forward", {**RNN, "input": [float("nan")]}, "number"),
    "infinity": ("rnn.forward", {**RNN, "weights": {"W": float("inf"), "U": 1}}, "number"),
    "a name for a number": ("rnn.forward", {**RNN, "input": ["a"]}, "a is none"),
    "two names in one": ("rnn.forward", {**RNN, "names": {"h": "x"}}, "two quantities would be called x"),
    "an unknown letter": ("rnn.forward", {**RNN, "names": {"q": "x"}}, "unknown name in the rnn 'q'"),
    "an unknown state": ("lstm.forward", {**LSTM, "hidden": {"s": 1}}, "Known: c, h"),
    "an unknown output": (
        "lstm.forward",
        {**LSTM, "weights": {**LSTM["weights"], "V": 1}, "output_from": "f"},
        "Known: c, h",
    ),
    "an unknown quantity": ("rnn.forward", {**RNN, "of": "q_2"}, "unknown quantity of a step 'q_2'"),
    "all steps known": ("rnn.forward", {**RNN, "known": 3}, "none is left"),
    "what is known": ("rnn.forward", {**RNN, "known": 1, "of": "h_1"}, "the 1 steps that are known"),
    "no steps": ("rnn.forward", {**RNN, "input": []}, "one entry for each step"),
    "one step back": ("rnn.bptt", {**RNN, "input": [1], "targets": [1]}, "2 to 12 are needed"),
    "targets for some steps": ("rnn.bptt", {**RNN, "targets": [1, 2]}, "2 targets for 3 steps"),
    "a target of another size": ("rnn.bptt", {**VECTORS, "targets": [1]}, "must be of one shape"),
    "a loss without its output": (
        "rnn.bptt",
        {**RNN, "targets": [1], "loss": "cross_entropy"},
        "does not go with identity",
    ),
    "an unknown gradient": ("rnn.bptt", {**RNN, "targets": [1], "wrt": "V"}, "unknown weight of the layer 'V'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_is_refused_with_a_sentence(name):
    ask, givens, sentence = WRONG[name]
    with pytest.raises(InputError, match=re.escape(sentence)):
        solved(ask, givens)


# print-truth


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    "conventions",
    [
        Conventions(Rounding("carry-rounded", 3)),
        Conventions(Rounding("exact")),
        Conventions(Rounding("carry-full", 6), relu_at_zero=Fraction(1)),
    ],
    ids=["carried", "exact", "six digits"],
)
def test_every_policy_holds_on_paper(ask, conventions):
    for seed in range(2):
        givens = question_type(ask).draw(random.Random(f"policy {ask} {seed}"))
        made = sheet(ask, givens, conventions)
        report = read_back(render(made, "solution", "tex", 3))
        assert judge(made.problems[0].parts[0].derivation).verified is True
        assert not report.failed
        assert not report.undecided


@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("rnn.forward", {**RNN, "input": [1, 1]}),
        ("rnn.forward", {**VECTORS, "activations": {"state": "sigmoid"}}),
        ("rnn.bptt", {**RNN, "input": [1, 1, 1, 1, 1], "targets": [0]}),
    ],
    ids=["cell", "entry", "jacobian"],
)
def test_a_wrong_number_in_a_table_is_found(ask, givens):
    text = render(sheet(ask, givens), "solution", "tex", 3)
    assert not read_back(text).failed
    start, end = text.rindex(r"\begin{steptable}"), text.rindex(r"\end{steptable}")
    for number in re.finditer(r"\d\.\d{3}\d", text[start:end]):
        last = start + number.end() - 1
        wrong = str((int(text[last]) + 1) % 10)
        assert read_back(text[:last] + wrong + text[last + 1 :]).failed, number.group()


def test_a_wrong_formula_in_the_exam_is_found():
    made = sheet("lstm.forward", LSTM)
    solution, exam = (render(made, kind, "tex", 3) for kind in ("solution", "exam"))
    assert not read_back(exam, beside=solution).failed
    spoiled = exam.replace("W_{f}x_{t}", "W_{i}x_{t}", 1)
    assert spoiled != exam
    assert read_back(spoiled, beside=solution).failed


LSTM = {
    "input": [1, 1, 0],
    "weights": {
        "W_f": 0.6, "U_f": 0.5, "W_i": 0.3, "U_i": 0.1, "W_c": 0.5, "U_c": 0.2, "W_o": 0.4, "U_o": 0.9, "V": 0.4,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "worked"),
    [
        ({"of": "y_1", "output_from": "c"}, "f i c_tilde c y"),
        ({"of": "h_1"}, "f i c_tilde c o h"),
        ({"of": "h_3"}, "f i c_tilde c o h"),
        ({}, "f i c_tilde c o h y"),
    ],
)
def test_what_leads_to_no_answer_is_not_worked_out(more, worked):
    derivation = solved("lstm.forward", LSTM | more)
    names = [step.name for step in derivation.all_steps() if step.name.endswith("_1")]
    assert [name.removesuffix("_1") for name in names] == worked.split()
    for table in tables(derivation):
        assert len(table.heads) == 2 + len(worked.split())
    assert judge(derivation).verified is True


def test_a_part_that_goes_on_says_no_convention_again():
    assert "All steps share" in said("lstm.forward", LSTM)
    assert said("lstm.forward", LSTM | {"known": 1}).startswith("Run the LSTM on to step 3: compute ")
    assert "All steps share" not in said("lstm.forward", LSTM | {"known": 1})


def test_a_marking_guide_says_what_a_row_finds():
    rows = rubric_rows(with_points(solved("lstm.forward", LSTM), Fraction(9)))
    (last,) = [row.earns for row in rows if row.earns[:2] == ("row ", "3")]
    assert len([piece for piece in last if not isinstance(piece, str)]) == 3  # the two states and the output
