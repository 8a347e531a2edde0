"""Questions of real exams on shapes and counts, by the id under which each is filed, with the right answers."""

from functools import cache

import pytest

from derive.check.judge import judge
from derive.notation.form import Number, Shape
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

ALEX = {"input": [256, 256, 3], "net": ["conv2d(filters=96, kernel=11, stride=4, padding=5)"]}
CONVS = ["conv2d(filters=64, kernel=5)", "conv2d(filters=128, kernel=5)", "max_pool2d(kernel=2)"]
LARGE = {"input": [256, 256, 3], "net": CONVS}
HEAD = {"input": [256, 256, 3], "net": [*CONVS, "flatten()", "dense(units=10)"]}
SEGMENTER = {
    "input": [64, 64, 3],
    "net": [
        "conv2d(filters=50, kernel=4, stride=2, padding=1)", "max_pool2d(kernel=2)",
        "conv2d(filters=100, kernel=4, stride=2, padding=1)", "max_pool2d(kernel=2)",
        "flatten()", {"fc1": "dense(units=40*4*4, bias=False)"},
    ],
}  # fmt: skip
RGB = {"input": [32, 32, 3], "net": ["conv2d(filters=4, kernel=5)"]}


def signal(padding):
    conv = f"conv1d(filters=64, kernel=3, padding={padding})"
    return {"input": [100, 1], "net": [conv, "batch_norm()", "flatten()", "dense(units=128)"]}


def dense(*units):
    return [f"dropout(rate={n})" if n < 1 else f"dense(units={n})" for n in units]


LISTED = {"input": [256 * 256 * 3], "net": dense(1048, 512, 0.4, 256, 128, 64, 0.6, 32, 16, 8)}

ROWS = [
    ("tum-alex-p7b", "network.output_shape", ALEX, {"shape": [64, 64, 96]}),
    ("tum-alex-p7c", "network.parameters", ALEX, {"parameters": 34944}),
    ("tum-cnn-p4c1", "network.weight_shape", {**RGB, "framework": "pytorch"}, {"shape": [4, 3, 5, 5]}),
    ("tum-cnn-p4c1", "network.weight_shape", RGB, {"shape": [5, 5, 3, 4]}),
    ("tum-seg-p3.1", "network.weight_shape", SEGMENTER, {"shape": [1600, 640]}),
    ("tum-seg-p3.1", "network.weight_shape", {**SEGMENTER, "framework": "pytorch"}, {"shape": [640, 1600]}),
    ("tum-seg-p3.1", "network.parameters", {**SEGMENTER, "of": "fc1"}, {"parameters": 1024000}),
    ("bits-ec3-q1a-conv1", "network.output_shape", {**LARGE, "of": "conv1"}, {"shape": [252, 252, 64]}),
    ("bits-ec3-q1a-conv2", "network.output_shape", {**LARGE, "of": "conv2"}, {"shape": [248, 248, 128]}),
    ("bits-ec3-q1a-pool", "network.output_shape", LARGE, {"shape": [124, 124, 128]}),
    ("bits-ec3-q1b", "network.parameters", {**LARGE, "compare": [128, 128, 3]},
     {"change": 0, "before": 209792, "after": 209792}),
    ("bits-ec3-q1b", "network.parameters", LARGE, {"conv1": 4864, "conv2": 204928, "parameters": 209792}),
    ("bits-ec3-q1b", "network.parameters", {**HEAD, "compare": [128, 128, 3]}, {"change": 10 * (460800 - 1968128)}),
    ("bits-ec3-q1c", "network.parameters", {**LARGE, "of": "conv2"}, {"parameters": 204928}),
    ("bits-ec3-q3a-trainable", "network.parameters", signal("valid"),
     {"conv1": 256, "batch_norm1": 128, "dense1": 802944, "parameters": 803328}),
    ("bits-ec3-q3a-trainable", "network.parameters", signal("same"), {"dense1": 819328, "parameters": 819712}),
    ("bits-ec3-q3a-nontrainable", "network.parameters", signal("valid"), {"not trainable": 128}),
    ("bits-ec3-q3b", "network.parameters", {"input": [50], "net": dense(64, 128, 256, 1)},
     {"dense1": 3264, "dense2": 8320, "dense3": 33024, "dense4": 257, "parameters": 44865}),
    ("bits-ec3-q2a", "network.parameters", {"input": [15, 4], "net": ["lstm(units=3)", "dense(units=1)"]},
     {"parameters": 100}),
    ("bits-ec3-q2a", "network.parameters", {"input": [15, 4], "net": ["lstm(units=8)", "dense(units=1)"]},
     {"parameters": 425}),
    ("bits-mid-q1a-depth", "network.depth_width", LISTED, {"depth": 8, "hidden": 7, "width": 1048}),
    ("bits-mid-q1a-depth", "network.parameters", LISTED,
     {"parameters": 206758544, "dense1": 206046232, "dense2": 537088, "dense8": 136}),
    ("bits-mid-q1c-params", "network.parameters", {**LISTED, "of": ["dropout1", "dropout2"]}, {"parameters": 0}),
    ("bits-mid-q3c", "network.parameters", {"input": [30], "net": dense(*[8] * 7, 1)}, {"parameters": 689}),
    ("bits-mid-q3c", "network.parameters", {"input": [30], "net": dense(*[8] * 7, 2)}, {"parameters": 698}),
]  # fmt: skip


@cache
def _solved(place):
    _, ask, givens, _ = ROWS[place]
    return question(ask, givens).solve(Conventions())


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[f"{row[0]}-{k}" for k, row in enumerate(ROWS)])
def test_right_and_verified(place):
    derivation = _solved(place)
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults or verdict.undecided
    answers = {answer.name: answer.form for answer in derivation.answers}
    for name, right in ROWS[place][3].items():
        form = answers[name]
        found = [int(dim.text) for dim in form.dims] if isinstance(form, Shape) else int(evaluate(form))
        assert found == right, name


def printed(place):
    from derive.notation import plain

    return [plain.write(line.form) for step in _solved(place).all_steps() for line in step.lines]


def row(name, nth=0):
    return [k for k, each in enumerate(ROWS) if each[0] == name][nth]


def test_un_multiplied_numbers_stand_before_the_value():
    assert "(11·11·3 + 1)·96" in printed(row("tum-alex-p7c"))
    assert "(5·5·64 + 1)·128" in printed(row("bits-ec3-q1c"))
    assert "4·4·100" in printed(row("tum-seg-p3.1"))
    assert "63.75" in "".join(printed(row("tum-alex-p7b")))


def test_why_nothing_changes_and_where_something_does():
    def said(place):
        return " ".join(piece for step in _solved(place).all_steps() for piece in step.intro if isinstance(piece, str))

    assert "No formula holds a side of the input" in said(row("bits-ec3-q1b"))
    assert "dense1 reads another number of values" in said(row("bits-ec3-q1b", 2))
    assert "60·60·128" in printed(row("bits-ec3-q1b", 2))


def test_both_orders_are_stated_and_the_asked_one_is_boxed():
    lines = [line for step in _solved(row("tum-cnn-p4c1")).all_steps() for line in step.lines]
    shapes = {
        tuple(int(dim.text) for dim in line.form.dims): line.boxed for line in lines if isinstance(line.form, Shape)
    }
    assert shapes == {(4, 3, 5, 5): True, (5, 5, 3, 4): False}


def test_units():
    for place in (row("tum-alex-p7c"), row("bits-ec3-q1b", 1)):
        asked = [answer for answer in _solved(place).answers if answer.boxed]
        assert [answer.unit for answer in asked] == ["parameters"]
        assert isinstance(asked[0].form, Number)
