"""The output shape of a convolution against torch, and the floor line."""

import random

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.form import Fence, walk
from derive.questions.catalogue import question
from derive.record import Conventions


def solved(size, **settings):
    layer = f"conv2d({', '.join(f'{name}={value}' for name, value in settings.items())})"
    return question("network.output_shape", {"input": size, "net": [layer]}).solve(Conventions())


def shape(derivation):
    (answer,) = derivation.answers
    return [int(dim.text) for dim in answer.form.dims]


@pytest.mark.oracle
def test_as_torch():
    torch = pytest.importorskip("torch")
    rng = random.Random(4)
    for _ in range(100):
        kernel, stride, padding = rng.randint(1, 7), rng.randint(1, 4), rng.randint(0, 3)
        channels, filters = rng.randint(1, 3), rng.randint(1, 8)
        height, width = (rng.randint(max(kernel - 2 * padding, 1), 30) for _ in range(2))
        layer = torch.nn.Conv2d(channels, filters, kernel, stride, padding)
        expected = layer(torch.zeros(1, channels, height, width)).shape[1:]
        derivation = solved([height, width, channels], filters=filters, kernel=kernel, stride=stride, padding=padding)
        assert shape(derivation) == [expected[1], expected[2], expected[0]]


def test_floor_is_shown_where_it_bites():
    bites = solved([32, 32, 3], filters=6, kernel=5, stride=2, padding=2)
    lines = [line for step in bites.all_steps() for line in step.lines]
    assert "⌊15.5⌋ + 1" in [plain.write(line.form) for line in lines]
    assert any("the floor cuts " in line.reason for line in lines)
    fits = solved([33, 33, 3], filters=6, kernel=5, stride=2, padding=2)
    lines = [line for step in fits.all_steps() for line in step.lines]
    assert "16 + 1" in [plain.write(line.form) for line in lines]
    assert not any("the floor cuts " in line.reason for line in lines)


def test_formula_numbers_value():
    """The three-part line, in the order in which the formula was stated."""
    height = next(step for step in solved([26, 26, 26], filters=5, kernel=7, stride=3, padding=1).steps)
    texts = [plain.write(line.form) for line in height.lines]
    assert texts == ["⌊(H + 2·P - K)/S⌋ + 1", "⌊(26 + 2·1 - 7)/3⌋ + 1", "7 + 1", "8"]
    assert any(isinstance(node, Fence) for node in walk(height.lines[0].form))


def test_sides_of_different_length_are_both_worked():
    derivation = solved([10, 21, 1], filters=2, kernel=3, stride=2)
    assert shape(derivation) == [4, 10, 2]
    assert judge(derivation).verified is True


def test_layer_as_a_mapping():
    givens = {"input": [8, 8, 3], "net": [{"conv2d": {"filters": 4, "kernel": 3}}]}
    assert shape(question("network.output_shape", givens).solve(Conventions())) == [6, 6, 4]


@pytest.mark.parametrize(
    ("net", "says"),
    [
        (["conv2d(filters=5, kernel=70)"], "larger than the padded input"),
        (["conv2d(kernel=7)"], "filters is missing"),
        (["conv2d(filters=5, kernel=7, strid=2)"], "did you mean stride"),
        (["conv2d(5, 7)"], "need names"),
        (["conv2d(filters=5, kernel=x)"], "kernel cannot be .x.: size of the kernel"),
        (["conv2d(filters=0, kernel=3)"], "greater than or equal"),
        (["conv2"], "did you mean conv2d"),
        (["3 + 4"], "is no layer"),
        (["conf2d(filters=1, kernel=1)"], "conv2d"),
        ([], "at least 1"),
        ("conv2d(filters=5, kernel=7)", "list"),
    ],
)
def test_mistakes(net, says):
    with pytest.raises(InputError, match=says):
        question("network.output_shape", {"input": [26, 26, 3], "net": net}).solve(Conventions())
