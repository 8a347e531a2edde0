"""The exam of examples/networks.yaml: every row of real exams that it names is there, right, and verified."""

import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from derive.exam.model import load_exam
from derive.exam.solve import solve_and_judge
from derive.notation import plain
from derive.notation.form import Matrix, Shape, Text, Tuple
from derive.notation.value import evaluate
from derive.questions.prose import words

EXAM = Path(__file__).parents[2] / "examples" / "networks.yaml"
EDGES = [[1, 0, -1]] * 3
ROWS = [
    ("tum-cnn-p4a-c1", "1a", {"effect": "box blur"}),
    ("tum-cnn-p4a-c2", "1b", {"effect": "vertical edge detector"}),
    ("tum-cnn-p4b", "1c", {"shape": [8, 8, 5]}),
    ("tum-cnn-p4c1", "1d", {"shape": [4, 3, 5, 5]}),
    ("tum-cnn-p4c2", "1d", "out × in × kernel height × kernel width"),
    ("tum-cnn-p4d", "1e", {"size": [7, 7]}),
    ("tum-cnn-p4e1", "1f", "1 × 1"),
    ("tum-cnn-p4e2", "1g", "224 × 224"),
    ("tum-cnn-p4f1", "1h", "x + l₂(l₁(x))"),
    ("tum-lenet-p7a-pool", "2b", {"size": [6, 6]}),
    ("tum-lenet-p7a-f1", "2c", {"size": [32, 32]}),
    ("tum-lenet-p7b", "2d", "26 neurons in place of 10"),
    ("tum-lenet-p7c", "2e", "14·14·16 = 3136"),
    ("tum-lenet-p7c", "2f", "58·58·16 = 53824"),
    ("tum-lenet-p7c", "2g", "64 × 64 × 1, and a pooling of 2x2 behind it, which leads to 32 × 32 × 1"),
    ("tum-seg-p3.1", "3a", {"shape": [1600, 640]}),
    ("tum-seg-p3.2-pool", "3b", {"size": [6, 6]}),
    ("tum-seg-p3.2-fc1", "3c", {"size": [64, 64]}),
    ("tum-seg-p3.3", "3d", "64 × 64 × 30"),
    ("tum-seg-p3.4", "3e", "(1·1·5 + 1)·30 = 180"),
    ("tum-seg-p3.6", "3f", "100x100 then comes out as 96 × 96 × 5"),
    ("tum-alex-p7b", "4a", {"shape": [64, 64, 96]}),
    ("tum-alex-p7c", "4b", {"parameters": 34944}),
    ("tum-alex-p7d1", "4c", {"size": [19, 19]}),
    ("tum-alex-p7d2", "4d", {"size": [51, 51]}),
    ("tum-alex-p7a1", "4e", "1000 neurons"),
    ("bits-ec3-q1a-conv1", "5a", {"conv1": [252, 252, 64]}),
    ("bits-ec3-q1a-conv2", "5a", {"conv2": [248, 248, 128]}),
    ("bits-ec3-q1a-pool", "5a", {"max_pool1": [124, 124, 128]}),
    ("bits-ec3-q1b", "5b", {"change": 0, "before": 209792, "after": 209792}),
    ("bits-ec3-q1c", "5c", {"parameters": 204928}),
    ("bits-ec3-q1d", "5d", "1968128"),
    ("bits-ec3-q1e", "5e", {"solution": [Fraction(-1, 2), Fraction(-5, 2), Fraction(7, 6)]}),
    ("bits-ec3-q2a", "6a", {"parameters": 100}),
    ("bits-ec3-q2a", "6b", {"parameters": 425}),
    ("bits-ec3-q2a", "6c", {"parameters": 284}),
    ("bits-ec3-q3a-trainable", "6d", {"conv1": 256, "batch_norm1": 128, "dense1": 802944, "parameters": 803328}),
    ("bits-ec3-q3a-nontrainable", "6d", {"not trainable": 128}),
    ("bits-ec3-q3a-trainable", "6e", {"dense1": 819328, "parameters": 819712}),
    ("bits-ec3-q3b", "6f", {"dense1": 3264, "dense2": 8320, "dense3": 33024, "dense4": 257, "parameters": 44865}),
    ("bits-ec3-q3c", "6g", {"H": 5}),
    ("bits-mid-q3c", "6h", {"parameters": 689}),
    ("bits-mid-q3c", "6i", {"parameters": 698}),
    ("bits-mid-q1a-io", "7a", {"shape": 8, "parameters": 206758544}),
    ("bits-mid-q1e", "7a", "has not improved for 7 epochs in a row"),
    ("bits-mid-q1a-depth", "7b", {"depth": 8, "hidden": 7, "width": 1048}),
    ("bits-mid-q1c-params", "7c", {"parameters": 0}),
    ("bits-mid-q1d", "7d", "optimizer=keras.optimizers.Adam(learning_rate=0.001)"),
    ("tum-bp-p5a-conv", "8a", {"Z": [[0, Fraction(1, 2)], [Fraction(1, 2), -1]]}),
    ("tum-bp-p5a-pool", "8b", {"Z": [[0, Fraction(1, 2)], [Fraction(1, 2), 0]]}),
    ("tum-bp-p5e", "8c", {"effect": "Prewitt vertical edge detector"}),
    ("tum-bp-p5f", "8d", {"F": [[-1, 1, -1], [1, -1, 1], [-1, 1, -1]], "max_response": 4}),
]  # fmt: skip
"""The id of a row, the part that answers it, and the right answers by name, or what the solution must say."""


@cache
def exam():
    return solve_and_judge(load_exam(EXAM))


def part(name):
    return exam().sheet.problems[int(name[0]) - 1].parts["abcdefghijkl".index(name[1])].derivation


def value(form):
    """The value of an answer: a number, a list of them, or words."""
    if isinstance(form, Text):
        return form.text
    if isinstance(form, (Shape, Tuple)):
        return [evaluate(item, {}) for item in (form.dims if isinstance(form, Shape) else form.items)]
    if isinstance(form, Matrix):
        return [[evaluate(entry, {}) for entry in row] for row in form.rows]
    return evaluate(form, {})


def said(derivation):
    """All that a solution prints: sentences, tables, listings, lines and answers."""
    pieces = [words(phrase) for phrase in (*derivation.remarks, derivation.prompt)]
    for step in derivation.all_steps():
        pieces += [words(step.intro), step.listing.text if step.listing else ""]
        pieces += [plain.write(line.form) for line in step.lines]
    return "\n".join(pieces)


def test_the_exam_is_verified():
    assert exam().verified is True, exam().warning


@pytest.mark.parametrize(("row", "place", "right"), ROWS, ids=[f"{row}-{place}" for row, place, _ in ROWS])
def test_row(row, place, right):
    derivation = part(place)
    if isinstance(right, str):
        assert right in said(derivation)
        return
    answers = {answer.name: answer.form for answer in derivation.answers}
    for name, expected in right.items():
        assert value(answers[name]) == expected, name


def test_every_row_that_the_exam_names_is_here():
    named = {
        row for line in EXAM.read_text("utf-8").splitlines() for row in re.findall(r"\b(?:tum|bits)-[\w.-]+", line)
    }
    assert named == {row for row, _, _ in ROWS}


def test_every_part_has_worked_steps():
    for problem in exam().sheet.problems:
        for each in problem.parts:
            assert each.derivation.steps
            assert each.points > 0
