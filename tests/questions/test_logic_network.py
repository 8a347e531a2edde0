"""Threshold networks as a question: the row of the paper in its three designs, drawings, and what is refused."""

import random

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.form import Call
from derive.questions.catalogue import question
from derive.questions.logic_draws import draw_logic
from derive.record import Conventions, Ellipse, Stroke, Words
from derive.render.documents import render, single
from derive.render.pictures import room

CHAIN = "A xnor B xnor C xnor D xnor E"


def solved(**givens):
    derivation = question("logic.network", givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults + verdict.undecided]
    return derivation


def answers(derivation):
    return {answer.name: plain.write(answer.form) for answer in derivation.answers}


def lines(derivation, name):
    return next([plain.write(line.form) for line in s.lines] for s in derivation.all_steps() if s.name == name)


def units(derivation):
    (table,) = (step for step in derivation.steps if step.name == "units")
    return [plain.write(row.lines[0].form) for row in table.substeps]


def test_row_bits_mid_q3b_as_a_tree():
    derivation = solved(function=CHAIN, design="tree")
    assert answers(derivation) == {"parity": "odd parity", "neurons": "12", "layers": "6", "width": "4"}
    assert lines(derivation, "neurons") == ["3·(5 - 1)", "12"]
    assert lines(derivation, "layers") == ["2·3", "6"]
    assert lines(derivation, "simplified") == ["A ⊕ B ⊕ C ⊕ D ⊕ E"]
    (step,) = (step for step in derivation.steps if step.name == "simplified")
    assert step.lines[0].reason == ("four negations cancel: odd parity",)
    (passed,) = (step for step in derivation.steps if step.name == "passed on")
    assert plain.write(passed.intro[0]) == "E"


def test_row_bits_mid_q3b_with_a_single_hidden_layer():
    derivation = solved(function=CHAIN, design="parity")
    assert answers(derivation) == {"parity": "odd parity", "neurons": "6", "layers": "2", "width": "5"}
    assert units(derivation) == [f"1[A + B + C + D + E ≥ {k}]" for k in (1, 2, 3, 4, 5)]
    assert lines(derivation, "output") == ["1[h₁ - h₂ + h₃ - h₄ + h₅ ≥ 1]", "f"]


def test_row_bits_mid_q3b_in_normal_form():
    derivation = solved(function=CHAIN, design="dnf")
    assert answers(derivation) == {"parity": "odd parity", "neurons": "17", "layers": "2", "width": "16"}
    assert len(units(derivation)) == 16


def test_the_whole_truth_table_is_checked_and_folded():
    derivation = solved(function=CHAIN, design="tree")
    (table,) = (step for step in derivation.steps if step.name == "truth table")
    assert len(table.substeps) == 32
    assert "24 rows omitted" in render(single(derivation), "solution", "tex", 1)


@pytest.mark.parametrize(
    ("function", "parity", "reason"),
    [
        ("A xor B xor C", "odd parity", None),
        ("A xnor B", "even parity", "one negation: even parity"),
        ("A xnor B xnor C xnor D", "even parity", "of three negations one is left: even parity"),
        ("not (A xor not B)", "odd parity", "two negations cancel: odd parity"),
        ("(A and not B) or (not A and B)", "odd parity", "by its truth table: odd parity"),
    ],
)
def test_parities(function, parity, reason):
    derivation = solved(function=function)
    assert answers(derivation)["parity"] == parity
    found = [step.lines[0].reason for step in derivation.steps if step.name == "simplified"]
    assert found == ([] if reason is None else [(reason,)])


@pytest.mark.parametrize("function", ["A and B", "A implies B", "A xor B xor B", "A xor A"])
def test_what_is_no_parity(function):
    assert "parity" not in answers(solved(function=function))


@pytest.mark.parametrize("function", ["A or not A", "(A xor B) and 0", "not A", "A xor A xor A", "A and not A"])
@pytest.mark.parametrize("design", ["tree", "parity", "dnf", "unit", "auto"])
def test_small_functions(function, design):
    derivation = solved(function=function, design=design)
    report = read_back(render(single(derivation), "solution", "tex", 2))
    assert not report.failed + report.undecided


@pytest.mark.parametrize("seed", range(15))
def test_drawings_of_random_networks(seed):
    """An edge for each weight that is drawn, dashed where it is negative; no unit lies on another, no number on one."""
    rng = random.Random(seed)
    derivation = solved(function=draw_logic(rng, 4), design="tree")
    (picture,) = derivation.figures
    facts = [shape for shape in picture.shapes if isinstance(shape, Words) and shape.fact is not None]
    strokes = [shape for shape in picture.shapes if isinstance(shape, Stroke) and not shape.tip]
    by_claim = {"weight": [], "threshold": []}
    for shape in facts:
        assert isinstance(shape.fact.target, Call)
        by_claim[shape.fact.target.function].append(plain.write(shape.fact.lines[-1].form))
    assert len(by_claim["threshold"]) == int(answers(derivation)["neurons"])
    assert len(strokes) == len(by_claim["weight"])
    negative = sum(text.startswith("-") for text in by_claim["weight"])
    assert sum(stroke.dash == "dashed" for stroke in strokes) == negative
    circles = [room(shape) for shape in picture.shapes if isinstance(shape, Ellipse) and shape.across > 0.2]
    for k, a in enumerate(circles):
        assert all(abs(a.x - b.x) > 0.7 or abs(a.y - b.y) > 0.7 for b in circles[:k])
    labels = [room(shape) for shape in facts if shape.fact.target.function == "weight"]
    assert all(abs(a.x - b.x) > 0.3 or abs(a.y - b.y) > 0.3 for a in labels for b in circles)


def test_large_layers_are_drawn_with_dots():
    (picture,) = solved(function=CHAIN, design="dnf").figures
    assert sum(isinstance(shape, Ellipse) and shape.shade == "black" for shape in picture.shapes) == 3


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"function": "A xor B", "design": "unit"}, "linearly separable"),
        ({"function": "A and not B", "design": "parity"}, "symmetric"),
        ({"function": "A + B"}, "no meaning"),
        ({"function": "A"}, "joins names"),
        ({"function": "1"}, "joins names"),
        ({"function": "A xor B", "design": "forest"}, "design"),
        ({"function": " or ".join("abcdegh")}, "at most 6"),
    ],
)
def test_wrong_givens(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**givens)
