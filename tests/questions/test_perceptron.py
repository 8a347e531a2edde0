"""Perceptron training as a question: the row of the paper in its three readings, what is said and what is refused."""

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.form import Text
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.render.documents import render, single

XNOR = {"function": "A xnor B", "rate": 0.02}


def solved(**givens):
    derivation = question("perceptron.train", givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults + verdict.undecided]
    return derivation


def steps(derivation):
    return {step.name: step for step in derivation.steps}


def last(derivation, name):
    return plain.write(steps(derivation)[name].lines[-1].form)


def answers(derivation):
    return {answer.name: plain.write(answer.form) for answer in derivation.answers}


def epochs(derivation):
    """The rows of the table of epochs: weights, and how many errors."""
    rows = steps(derivation)["epochs"].substeps
    return [[plain.write(cell.lines[-1].form) for cell in row.substeps] for row in rows]


def test_row_bits_mid_q3a():
    derivation = solved(**XNOR, threshold=0.2)
    rows = epochs(derivation)
    assert [row[0] for row in rows[:5]] == ["0.02", "0.04", "0.06", "0.08", "0.1"]
    assert all(row[0] == row[1] for row in rows)
    found = answers(derivation)
    assert found["weights"] == "(0.1, 0.1)"
    assert found["misclassified"] == "(0, 0)"
    assert found["verdict"] == "does not converge"
    assert found["separability"] == "not linearly separable"
    assert found["fit"] == "no weights fit"
    assert last(derivation, "conflict") == "0"  # the net sum of 00, which is below 0.2 for any weights
    assert "A=0, B=0" in plain.write(steps(derivation)["conflict"].target)
    middle = [plain.write(line.form) for line in steps(derivation)["common point"].lines]
    assert middle == ["(1/2)·(0, 0) + (1/2)·(1, 1)", "(1/2)·(0, 1) + (1/2)·(1, 0)", "(0.5, 0.5)"]


def test_row_bits_mid_q3a_with_a_strict_comparison():
    derivation = solved(**XNOR, threshold=0.2, comparison=">")
    assert answers(derivation)["weights"] == "(0.12, 0.12)"
    assert epochs(derivation)[5][:2] == ["0.12", "0.12"]
    assert answers(derivation)["misclassified"] == "(0, 0)"


def test_row_bits_mid_q3a_with_a_trained_bias():
    derivation = solved(**XNOR)
    found = answers(derivation)
    assert found["verdict"] == "does not converge"
    assert "misclassified" not in found
    assert "fit" not in found
    again = steps(derivation)["weights"]
    before = steps(derivation)["weights before"]
    assert again.lines[0].form == before.target
    assert again.lines[-1].form == before.lines[-1].form


def test_the_comparison_is_said_on_the_sheet():
    for comparison, words in ((">=", "at a net sum of θ it gives 1"), (">", "at a net sum of θ it gives 0")):
        printed = render(single(solved(**XNOR, threshold=0.2, comparison=comparison)), "solution", "txt", 1)
        assert words in printed
        assert f"{'≥' if comparison == '>=' else '>'} θ]" in printed


def test_training_that_ends():
    derivation = solved(function="A and B", signs=True)
    assert answers(derivation) == {"verdict": "converges", "weights": "(2, 1, -3)", "epochs to the end": "6"}
    assert epochs(derivation)[-1] == ["2", "1", "-3", "0"]


def test_both_rules_for_signs_print_their_own_formula():
    prompts = [plain_prompt(solved(function="A and B", signs=True, rule=rule)) for rule in ("target", "error")]
    assert "η·t times its input where the output is wrong" in prompts[0]
    assert "η·(t - y) times its input" in prompts[1]


def plain_prompt(derivation):
    return "".join(part if isinstance(part, str) else plain.write(part) for part in derivation.prompt)


def test_long_tables_fold():
    derivation = solved(**XNOR, threshold=0.2)
    sheet = single(derivation)
    assert "16 rows omitted" in render(sheet, "solution", "tex", 1)
    assert "omitted" not in render(sheet, "solution", "tex", 3)


def test_the_epoch_stands_at_its_first_row_and_after_a_fold():
    derivation = solved(function="(a and b and c) or not d", epochs=4)
    rows = steps(derivation)["examples"].substeps
    labels = {k: row.intro[0] for k, row in enumerate(rows) if row.intro[0]}
    assert labels == {0: "1", 8: "1", 16: "2", 32: "3", 48: "4", 56: "4"}


def test_a_rate_that_passes_by_the_weights_that_fit():
    derivation = solved(points=[[1], [2]], targets=[0, 1], threshold=1, rate=10)
    assert answers(derivation)["fit"] == "some weights fit"
    assert answers(derivation)["verdict"] == "does not converge"


def test_conditions_that_contradict_each_other():
    derivation = solved(points=[[2, 1], [-4, -2]], targets=[1, 1], threshold=0.5)
    assert answers(derivation)["fit"] == "no weights fit"
    assert last(derivation, "conflict") == "(0, 0)"
    assert "misclassified" not in answers(derivation)  # the weights move, and come back
    assert "separability" not in answers(derivation)  # with another threshold there are weights


def test_training_that_was_stopped():
    derivation = solved(function="A and B", epochs=1)
    assert answers(derivation) == {"weights": "(1, 1, 0)", "separability": "linearly separable"}
    assert [answer.name for answer in derivation.answers if answer.boxed] == ["weights", "separability"]


def test_start_weights_and_bias():
    derivation = solved(function="A or B", start=[1, -1], bias=0.5, rate=0.5)
    assert "w₁ = 1, w₂ = -1 and b = 0.5" in plain_prompt(derivation)
    assert answers(derivation)["verdict"] == "converges"


def test_letters_of_inputs_are_left_to_them():
    derivation = solved(function="b or w", threshold=1)
    assert "v₁·b + v₂·w" in render(single(derivation), "solution", "txt", 1)
    assert answers(derivation)["verdict"] == "converges"
    assert answers(solved(function="w or v or a or y or o or u", epochs=2))["separability"] == "linearly separable"


@pytest.mark.parametrize("detail", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "givens",
    [
        {**XNOR, "threshold": 0.2},
        {"function": "A and B", "signs": True},
        {"points": [[1, 2], [2, 0.5], [-1, 0]], "targets": [1, 1, 0], "rate": "1/3"},
        {"targets": [0, 1, 1, 1, 0, 1, 1, 1], "comparison": ">"},
    ],
)
def test_prints_read_back(givens, detail):
    report = read_back(render(single(solved(**givens)), "solution", "tex", detail))
    assert not report.failed + report.undecided
    assert report.lines > 1


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({}, "give a Boolean function"),
        ({"function": "A and"}, "a name is missing"),
        ({"function": "A"}, "joins names"),
        ({"function": "A and B", "targets": [0, 0, 0, 1]}, "not both"),
        ({"function": "a and b and c and d and e and g and h"}, "at most 6"),
        ({"targets": [0, 1, 1]}, "2, 4, ... or 64 targets, not 3"),
        ({"targets": [0, 2]}, "0 and 1, or -1 and 1"),
        ({"targets": [0, -1]}, "0 and 1, or -1 and 1"),
        ({"targets": [1, 0], "points": [[1]]}, "1 points with 2 targets"),
        ({"targets": [1, 0], "points": [[1], [1, 2]]}, "number of coordinates"),
        ({"targets": [1, 0], "points": [["x"], [1]]}, "numbers"),
        ({"targets": ["sqrt(2)", 0]}, "fractions"),
        ({"function": "A or B", "threshold": 1, "bias": 1}, "either"),
        ({"function": "A or B", "rule": "target"}, "targets -1 and 1"),
        ({"function": "A or B", "rate": 0}, "above 0"),
        ({"function": "A or B", "rate": float("inf")}, "is no number to compute with"),
        ({"function": "A or B", "threshold": float("nan")}, "is no number to compute with"),
        ({"targets": [0, 1], "points": [[1], [float("-inf")]]}, "is no number to compute with"),
        ({"function": "A or B", "start": [1]}, "1 start weights for 2 inputs"),
        ({"function": "A or B", "comparison": "<"}, "comparison"),
        ({"function": "A or B", "inputs": ["A"]}, "in order"),
        ({"function": "A or B", "epochs": 0}, "epochs"),
        ({"function": "A or B", "epochs": 151}, "more than 600 steps"),
    ],
)
def test_wrong_givens(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**givens)


def test_verdicts_are_words_that_are_judged():
    derivation = solved(**XNOR, threshold=0.2)
    words = [s for s in derivation.steps if s.lines and isinstance(s.lines[-1].form, Text)]
    assert [step.name for step in words] == ["fit", "separability", "verdict"]
