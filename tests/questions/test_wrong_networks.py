"""Wrong networks, windows and unknowns: one clear sentence, exit status 2, nothing printed and nothing written."""

import io
import json
import re
import sys

import pytest
from ruamel.yaml import YAML

from derive.cli import main

IMAGE = {"input": [26, 26, 3]}
X = {"image": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}
SHAPE, FIELD, TURNED = "network.output_shape", "network.receptive_field", "network.solve_for"


def layer(text, size=(26, 26, 3)):
    return {"input": list(size), "net": [text]}


UNLIKE = {"net": [{"a": "conv2d(filters=3, kernel=3, stride=2, padding=1)"},
                  {"b": "conv2d(input, filters=3, kernel=14)"}, {"c": "add(a, b)"}]}  # fmt: skip
CONV = {**IMAGE, "net": ["conv2d(filters=F, kernel=3)"]}
WRONG = [
    # sizes
    (SHAPE, layer("conv2d(filters=5, kernel=70)"), "a kernel of 70 is larger than the padded input of 26"),
    (SHAPE, layer("conv2d(filters=5, kernel=7, dilation=9)"), "kernel of 55 .dilated. is larger than the padded"),
    (SHAPE, layer("relu()", (-26, 26, 3)), "greater than or equal to 1, not -26"),
    (SHAPE, layer("relu()", (0, 26, 3)), "greater than or equal to 1, not 0"),
    (SHAPE, layer("relu()", (10**17, 26, 3)), "less than or equal to 1000000000"),
    (SHAPE, layer("relu()", ()), "expected a list of at least 1, not a list of 0"),
    (SHAPE, layer("relu()", (1, 2, 3, 4, 5)), "expected a list of at most 4, not a list of 5"),
    (SHAPE, {"input": 26, "net": ["relu()"]}, "input:.*expected a list, not 26"),
    (SHAPE, {"input": ["many", 3], "net": ["relu()"]}, "expected a whole number, not 'many'"),
    (SHAPE, {"input": [True, 3], "net": ["relu()"]}, "expected a whole number, not true or false"),
    # settings
    (SHAPE, layer("conv2d(filters=4, kernel=3, groups=2)"), "3 input channels cannot be split into 2 groups"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, groups=2)", (26, 26, 4)), "5 filters cannot be split into 2 groups"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, stride=0)"), "stride cannot be 0"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, padding=-1)"), "padding cannot be -1"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, padding=full)"), "padding cannot be 'full'"),
    (SHAPE, layer("conv2d(filters=five, kernel=3)"), "filters cannot be 'five': how many filters"),
    (SHAPE, layer("conv2d(filters=5.5, kernel=3)"), "filters cannot be 5.5"),
    (SHAPE, layer("conv2d(filters=True, kernel=3)"), "filters cannot be True"),
    (SHAPE, layer("conv2d(filters=0, kernel=3)"), "filters should be greater than or equal to 1, not 0"),
    (SHAPE, layer("conv2d(filters=99999999999999999999, kernel=3)"), "filters is too large: 1000000000 is the limit"),
    (SHAPE, layer("conv2d(filters=5, kernel=(3, 3, 3))"), "kernel: 3 numbers for 2 sides"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, kernel=4)"), "kernel is given twice"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, strid=2)"), "unknown setting 'strid'; did you mean stride.*Known: act"),
    (SHAPE, layer("conv2d(filters=5, kernel=3, activation=swoosh)"), "activation should be 'linear', .*not 'swoosh'"),
    (SHAPE, layer("conv2d(kernel=3)"), "filters is missing"),
    (SHAPE, layer("max_pool2d(kernel=2, padding=2)"), "padding of 2 is more than half of a window of 2"),
    (SHAPE, layer("conv2d_transpose(filters=3, kernel=3, stride=2, output_padding=2)"), "output padding of 2 is not"),
    (SHAPE, layer("reshape(shape=(7, 7))"), "2028 values cannot be arranged as 7×7"),
    (SHAPE, layer("crop2d(cropping=13)"), "leaves nothing of a side of 26"),
    (SHAPE, layer("dropout(rate=1.5)"), "rate should be less than 1, not 1.5"),
    (SHAPE, layer("multi_head_attention(heads=4)", (10, 30)), "a width of 30 cannot be split into 4 heads"),
    (SHAPE, layer("upsample2d(mode=cubic)"), "mode should be 'nearest'"),
    (SHAPE, layer("stack(relu(), times=100000)"), "times should be less than or equal to 1000"),
    # layers
    (SHAPE, layer("conf2d(filters=5, kernel=3)"), "unknown layer 'conf2d'; did you mean conv2d.*Known: .*avg_pool2d"),
    (SHAPE, layer("conv2d(5, 3)"), "settings of conv2d need names"),
    (SHAPE, layer("conv2d(filters=5, kernel=3"), "was never closed"),
    (SHAPE, layer("__import__('os').system('x')"), "a call of anything but a named function"),
    (SHAPE, layer("lstm(units=3)"), "lstm takes a sequence, but its input is an image of shape 26×26×3"),
    (SHAPE, {**IMAGE, "net": []}, "expected a list of at least 1"),
    (SHAPE, {**IMAGE, "net": [3]}, "expected text or a mapping, not 3"),
    (SHAPE, {**IMAGE, "net": ["flatten()", "conv2d(filters=3, kernel=3)"]}, "conv1: conv2d takes an image"),
    (SHAPE, {**IMAGE, "net": [{"a": {"b": {"c": 3}}}]}, "unknown layer 'b'"),
    # names and merges
    (SHAPE, {**IMAGE, "net": ["max_pool2d()", "add(max_pool1, input)"]}, "one shape, but gets 13×13×3 and 26×26×3"),
    (SHAPE, {**IMAGE, "net": ["max_pool2d()", "concat(max_pool1, input)"]}, "one height and width"),
    (SHAPE, {**IMAGE, "net": [{"a": "add(b, input)"}, {"b": "add(a, input)"}]}, "layer 1: unknown input of add 'b'"),
    (SHAPE, {**IMAGE, "net": [{"a": "add(a, input)"}]}, "unknown input of add 'a'"),
    (SHAPE, {**IMAGE, "net": [{"a": "relu()"}, {"a": "relu()"}]}, "layer 2: two layers are called a"),
    (SHAPE, {**IMAGE, "net": [{"input": "relu()"}]}, "two layers are called input"),
    (SHAPE, {**layer("relu()"), "of": "conv7"}, "unknown layer of the network 'conv7'. Known: relu1"),
    (SHAPE, {**layer("relu()"), "order": "NHWC"}, "expected 'HWC' or 'CHW', not 'NHWC'"),
    (SHAPE, {**layer("relu()"), "colour": "red"}, "unknown key 'colour'"),
    (SHAPE, IMAGE, "'net' is missing"),
    (FIELD, {**IMAGE, **UNLIKE}, "c: it merges maps whose cells are 2 and 1 input cells apart: no one window"),
    (FIELD, {**layer("relu()"), "between": ["relu1", "relu1"]}, "relu1 does not come after relu1"),
    # other questions
    ("network.weight_shape", {**layer("relu()")}, "no layer of the network holds weights"),
    ("network.parameters", {**layer("dense(units=2)"), "compare": [3]}, "another number of axes"),
    ("network.code", layer("lstm(units=3, peephole=True)", (9, 4)), "no counterpart in Keras"),
    ("network.read", {"code": "x = eval('1')"}, "code.*line 1: a call of eval is never read"),
    ("network.read", {"code": "m = [0 for i in x]"}, "line 1: only numbers, words, lists and calls"),
    ("network.drawing", {**layer("relu()"), "style": "cubist"}, "expected 'volumes', .*not 'cubist'"),
    ("network.drawing", {**layer("relu()"), "style": "cell"}, "cell"),
    (TURNED, {**CONV, "solve_for": "Q", "total": 3}, "Q stands nowhere"),
    (TURNED, {**CONV, "solve_for": "F", "total": -5}, "greater than or equal to 1, not -5"),
    (TURNED, {**CONV, "solve_for": "F", "output": [1, 2]}, "the output has 3 sides, not 2"),
    (TURNED, {**CONV, "solve_for": "F F", "total": 28}, "'F F' is no name"),
    # windows on numbers
    ("conv.apply", {**X, "kernel": [[1, 2], [3]]}, "rows of the kernel differ in length"),
    ("conv.apply", {**X, "kernel": [[1, 2, 3, 4]]}, "does not fit"),
    ("conv.apply", {**X, "kernel": [["w"]]}, "numbers, not w"),
    ("conv.apply", {**X, "kernel": [["1e400"]]}, "no number to be worked by hand"),
    ("conv.apply", {**X, "kernel": [["1/0"]]}, "division by zero"),
    ("conv.apply", {**X, "kernel": [[1]], "stride": 0}, "stride.*greater than or equal to 1 or a list, not 0"),
    ("pool.apply", {**X, "kind": "median"}, "expected 'max' or 'average'"),
    ("conv.effect", {"kernel": [[0, 0], [0, 0]]}, "a kernel of zeros"),
    ("conv.design", {"pattern": [[1, 1]], "pixels": [1, 1]}, "pixels of one value show no pattern"),
    ("conv.unknown", {**X, "kernel": [[1]], "outputs": [[1]]}, "no entry of the kernel is unknown"),
    ("conv.unknown", {**X, "kernel": [["x*y"]], "outputs": [[1]]}, "a number or a name"),
]  # fmt: skip
IDS = [f"{ask.partition('.')[2]}-{place}" for place, (ask, _, _) in enumerate(WRONG)]


def run(monkeypatch, capsys, folder, *arguments):
    """The exit status, and what stands on stdout and stderr; the folder must stay as it was."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["derive", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return end.value.code, *capsys.readouterr()


def check(code, out, err, says):
    assert code == 2
    assert out == ""
    (sentence,) = err.strip().splitlines()
    assert re.search(says, sentence), sentence


@pytest.mark.parametrize(("ask", "givens", "says"), WRONG, ids=IDS)
def test_solve(ask, givens, says, tmp_path, monkeypatch, capsys):
    arguments = [f"{name}={json.dumps(value)}" for name, value in givens.items()]
    check(*run(monkeypatch, capsys, tmp_path, "solve", ask, *arguments), says)


@pytest.mark.parametrize(("ask", "givens", "says"), WRONG, ids=IDS)
def test_exam_file(ask, givens, says, tmp_path, monkeypatch, capsys):
    """A right part before the wrong one is not printed either; the sentence says where the mistake stands."""
    right = {"ask": "conv.effect", "points": 1, "given": {"kernel": [[1, 1], [1, 1]]}}
    parts = [right, {"ask": ask, "points": 1, "given": givens}]
    text = io.StringIO()
    YAML(typ="safe").dump({"title": "T", "problems": [{"title": "P", "parts": parts}]}, text)
    (tmp_path / "exam.yaml").write_text(text.getvalue(), encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, tmp_path, "build", "exam.yaml", "-o", "out")
    check(code, out, err, says)
    assert err.startswith("exam.yaml:")
    assert "part b" in err
