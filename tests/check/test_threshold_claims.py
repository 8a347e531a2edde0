"""Claims about threshold units: what is wrong is refused, in words, in numbers and in drawings."""

from dataclasses import replace

import pytest

from derive.check.judge import judge
from derive.notation.build import number
from derive.notation.form import Text, Tuple
from derive.questions.catalogue import question
from derive.record import Conventions, Line, Words
from tests.check.mutations import MUTATIONS

CASES = {
    "fixed threshold": ("perceptron.train", {"function": "A xnor B", "rate": 0.1, "threshold": 0.2}),
    "trained bias": ("perceptron.train", {"function": "A xnor B", "rate": 0.02}),
    "signs": ("perceptron.train", {"targets": [-1, 1], "rate": 0.5}),
    "points": ("perceptron.train", {"points": [[1], [-1]], "targets": [1, 1], "threshold": 0.5}),
    "xor": ("logic.separable", {"function": "A xor B"}),
    "separable": ("logic.separable", {"points": [[1, 2], [2, 0.5], [-1, 0]], "targets": [1, -1, -1]}),
    "tree": ("logic.network", {"function": "A xnor B xnor C", "design": "tree"}),
    "parity": ("logic.network", {"function": "A xor B", "design": "parity"}),
    "dnf": ("logic.network", {"function": "A xor B", "design": "dnf"}),
    "unit": ("logic.network", {"function": "(A and B) or not C"}),
}
AT_MOST = 2


def solved(case):
    ask, givens = CASES[case]
    return question(ask, givens).solve(Conventions())


def steps_with(derivation, name, form):
    steps = [replace(s, lines=(*s.lines[:-1], replace(s.lines[-1], form=form))) if s.name == name else s
             for s in derivation.steps]  # fmt: skip
    return replace(derivation, steps=tuple(steps), answers=())


@pytest.mark.parametrize("case", CASES)
def test_spoiled_derivations_are_not_verified(case):
    right = solved(case)
    assert judge(right).verified is True
    tried = 0
    for name, mutate in MUTATIONS.items():
        spoiled = mutate(right)
        for each in spoiled[:: max(1, -(-len(spoiled) // AT_MOST))]:
            tried += 1
            assert judge(each).verified is not True, name
    assert tried > 10


@pytest.mark.parametrize(
    ("case", "step", "wrong"),
    [
        ("fixed threshold", "verdict", Text("converges")),
        ("fixed threshold", "verdict", Text("does not end")),
        ("fixed threshold", "fit", Text("some weights fit")),
        ("fixed threshold", "separability", Text("linearly separable")),
        ("fixed threshold", "misclassified", Tuple((number(0), number(1)))),
        ("fixed threshold", "misclassified", Tuple((Tuple((number(0), number(0))), Tuple((number(0), number(1)))))),
        ("trained bias", "verdict", Text("converges")),
        ("signs", "verdict", Text("does not converge")),
        ("signs", "epochs to the end", number(4)),
        ("points", "fit", Text("some weights fit")),
        ("xor", "separability", Text("linearly separable")),
        ("separable", "separability", Text("not linearly separable")),
        ("tree", "parity", Text("even parity")),
        ("tree", "neurons", number(5)),
        ("tree", "layers", number(3)),
        ("tree", "width", number(3)),
        ("dnf", "neurons", number(2)),
    ],
)
def test_wrong_claims(case, step, wrong):
    right = solved(case)
    assert any(each.name == step for each in right.steps)
    assert judge(steps_with(right, step, wrong)).verified is not True


@pytest.mark.parametrize("case", ["tree", "parity", "dnf", "unit"])
def test_wrong_numbers_in_a_drawing(case):
    right = solved(case)
    (picture,) = right.figures
    facts = [shape for shape in picture.shapes if isinstance(shape, Words) and shape.fact is not None]
    assert len(facts) >= 4
    for shape in facts:
        wrong = replace(shape.fact, lines=(Line("=", number(9)),))
        shapes = tuple(replace(each, fact=wrong) if each is shape else each for each in picture.shapes)
        assert judge(replace(right, figures=(replace(picture, shapes=shapes),))).verified is False


def test_what_is_shown_of_a_claimed_answer_is_judged_too():
    right = solved("tree")
    answers = tuple(replace(a, shown=number(7)) if a.name == "neurons" else a for a in right.answers)
    assert judge(replace(right, answers=answers)).verified is False


def test_training_that_no_weights_can_end_does_not_converge_however_long_it_takes():
    givens = {"points": [[0], [1], [0.5]], "targets": [1, 1, 0], "rate": "1/97", "bias": "1/89", "epochs": 3}
    derivation = question("perceptron.train", givens).solve(Conventions())
    assert judge(derivation).verified is True
    assert [step.lines[-1].form for step in derivation.steps if step.name == "verdict"] == [Text("does not converge")]
