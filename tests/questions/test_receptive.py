"""Receptive fields of real exams by their ids, what is asked for in which way, and derivations that must not pass."""

import random
from dataclasses import replace

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import number
from derive.notation.form import Call, Matrix, Number, Shape
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

ASK = "network.receptive_field"
LENET = [
    {"conv1": "conv2d(filters=6, kernel=5)"},
    {"maxpool1": "max_pool2d(kernel=2)"},
    {"conv2": "conv2d(filters=16, kernel=5)"},
    {"maxpool2": "max_pool2d(kernel=2)"},
    "flatten()",
    {"f1": "dense(units=120)"},
    {"f2": "dense(units=84)"},
]
CITYSCAPES = [
    {"conv1": "conv2d(filters=50, kernel=4, stride=2, padding=1)"},
    {"maxpool1": "max_pool2d(kernel=2, stride=2)"},
    {"conv2": "conv2d(filters=100, kernel=4, stride=2, padding=1)"},
    {"maxpool2": "max_pool2d(kernel=2, stride=2)"},
    "flatten()",
    {"fc1": "dense(units=40)"},
]
ALEX = [
    {"conv1": "conv2d(filters=96, kernel=11, stride=4, padding=5)"},
    {"pool1": "max_pool2d(kernel=3, stride=2, padding=1)"},
    {"conv2": "conv2d(filters=256, kernel=5, padding=2)"},
]
NETS = {
    "three": {"input": [32, 32, 3], "net": ["conv2d(filters=8, kernel=3)"] * 3},
    "lenet": {"input": [32, 32, 1], "net": LENET},
    "cityscapes": {"input": [64, 64, 3], "net": CITYSCAPES},
    "alex": {"input": [256, 256, 3], "net": ALEX},
    "point": {"input": [224, 224, 1], "net": ["conv2d(filters=1, kernel=1)"]},
    "whole kernel": {"input": [224, 224, 1], "net": ["conv2d(filters=1, kernel=224)"]},
    "whole dense": {"input": [224, 224, 1], "net": ["flatten()", "dense(units=1)"]},
}
ROWS = [
    ("tum-cnn-p4d", "three", None, [7, 7]),
    ("tum-cnn-p4e1", "point", None, [1, 1]),
    ("tum-cnn-p4e2", "whole kernel", None, [224, 224]),
    ("tum-cnn-p4e2", "whole dense", None, [224, 224]),
    ("tum-lenet-p7a-pool", "lenet", "maxpool1", [6, 6]),
    ("tum-lenet-p7a-f1", "lenet", "f1", [32, 32]),
    ("tum-seg-p3.2-pool", "cityscapes", "maxpool1", [6, 6]),
    ("tum-seg-p3.2-fc1", "cityscapes", "fc1", [64, 64]),
    ("tum-alex-p7d1", "alex", "pool1", [19, 19]),
    ("tum-alex-p7d2", "alex", "conv2", [51, 51]),
]


def solved(net, **more):
    return question(ASK, {**NETS[net], **more}).solve(Conventions())


def made(size, net, **more):
    return question(ASK, {"input": size, "net": net, **more}).solve(Conventions())


def values(derivation):
    """The answers by name, as numbers."""
    found = {}
    for answer in derivation.answers:
        dims = answer.form.dims if isinstance(answer.form, Shape) else [answer.form]
        found[answer.name] = [evaluate(dim, {}) for dim in dims]
    return found


def texts(derivation):
    return [plain.write(line.form) for step in derivation.all_steps() for line in step.lines]


def assert_verified(derivation):
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]


@pytest.mark.parametrize("method", ["forward", "backward", "both"])
@pytest.mark.parametrize(("row", "net", "layer", "right"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_rows(row, net, layer, right, method):
    derivation = solved(net, method=method, **({"of": layer} if layer else {}))
    assert values(derivation) == {"size": right}
    assert_verified(derivation)


def test_numbers_that_the_keys_print():
    assert "11 + (3 - 1)·4" in texts(solved("alex"))
    assert "19 + (5 - 1)·4·2" in texts(solved("alex"))
    assert "26 + (4 - 1)·16" in texts(solved("cityscapes"))
    assert "min(74, 64) × min(74, 64)" in texts(solved("cityscapes"))
    assert "16 + (5 - 1)·4" in texts(solved("lenet", of="f1"))


def test_backward_goes_from_5_to_11_to_51():
    derivation = solved("alex", method="backward")
    ends = [plain.write(step.lines[-1].form) for step in derivation.steps]
    assert ends == ["5", "11", "51", "51 × 51"]
    assert "(11 - 1)·4 + 11" in texts(derivation)


def test_jump_and_start():
    """Cell 0 of conv2 sees 25 cells of padding before the image: -5, -5 - 1·4, -9 - 2·8."""
    derivation = solved("alex", quantities=["size", "jump", "start"])
    assert values(derivation) == {"size": [51, 51], "jump": [8], "start": [-25]}
    assert_verified(derivation)


def test_relative_to_an_inner_layer():
    derivation = solved("lenet", between=["conv1", "maxpool1"])
    assert values(derivation) == {"size": [2, 2]}
    assert_verified(derivation)


def test_layers_behind_a_dense_one_see_what_it_sees():
    assert values(solved("lenet", of=["maxpool2", "f1", "f2"])) == {
        "maxpool2 size": [16, 16],
        "f1 size": [32, 32],
        "f2 size": [32, 32],
    }


def test_axes_with_numbers_of_their_own():
    derivation = made([40, 60, 3], ["conv2d(filters=2, kernel=(3, 5), stride=(1, 2))", "max_pool2d(kernel=2)"])
    assert values(derivation) == {"size": [4, 7]}
    assert_verified(derivation)


def test_sequences_have_one_number():
    derivation = made([100, 3], ["conv1d(filters=2, kernel=3, dilation=4)", "conv1d(filters=2, kernel=3)"])
    assert values(derivation) == {"size": [11]}
    assert_verified(derivation)


def test_merge_takes_the_larger_field():
    net = [
        {"a": "conv2d(filters=4, kernel=3, padding=1)"},
        {"b": "conv2d(filters=4, kernel=5, padding=2)"},
        {"sum": "add(a, b)"},
        "max_pool2d(kernel=2)",
    ]
    derivation = made([32, 32, 3], net)
    assert values(derivation) == {"size": [8, 8]}
    assert "max(3, 7)" in texts(derivation) or "max(7, 3)" in texts(derivation)
    assert_verified(derivation)


def test_branches_that_look_to_different_sides():
    """One sees two cells before, the other two behind: five together, though each sees three."""
    net = [
        {"a": "conv1d(filters=4, kernel=3, padding=(2, 0))"},
        {"b": "conv1d(input, filters=4, kernel=3, padding=(0, 2))"},
        {"sum": "add(a, b)"},
    ]
    derivation = made([32, 3], net)
    assert values(derivation) == {"size": [5]}
    assert_verified(derivation)


def test_upsampling_is_counted():
    net = ["max_pool1d(kernel=4)", "upsample1d(factor=2)", "conv1d(filters=2, kernel=3)"]
    derivation = made([64, 3], net, quantities=["size", "jump"])
    assert values(derivation) == {"size": [8], "jump": [2]}
    assert_verified(derivation)


def test_larger_than_the_input_is_said():
    derivation = made([8, 8, 3], ["conv2d(filters=2, kernel=5, padding=2)"] * 3)
    assert values(derivation) == {"size": [13, 13]}
    (remark,) = derivation.remarks
    assert "larger than the input" in remark[0]
    assert not solved("alex").remarks


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"of": "conv9"}, "conv1"),
        ({"between": ["conv2", "conv1"]}, "does not come after"),
        ({"between": ["conv1", "conv2"], "of": "f1"}, "leave out of"),
        ({"of": "f1", "quantities": ["jump"]}, "no jump"),
        ({"of": "conv2", "quantities": ["start"], "method": "backward"}, "size alone"),
        ({"of": ["conv1", "conv2"], "method": "backward"}, "one layer"),
    ],
)
def test_mistakes(more, says):
    with pytest.raises(InputError, match=says):
        solved("lenet", **more)


def test_merge_of_unlike_jumps_is_explained():
    net = [
        {"a": "conv1d(filters=2, kernel=2, stride=2)"},
        {"b": "conv1d(input, filters=2, kernel=31)"},
        {"sum": "add(a, b)"},
    ]
    with pytest.raises(InputError, match="2 and 1 input cells apart"):
        made([60, 1], net)


# no spoiled derivation passes


def spoiled(derivation, name, change):
    """The derivation with one step changed, wherever it stands."""

    def within(steps):
        return tuple(
            change(step) if step.name == name else replace(step, substeps=within(step.substeps)) for step in steps
        )

    return derivation.with_steps(within(derivation.steps))


def last_line(step, form):
    return replace(step, lines=(*step.lines[:-1], replace(step.lines[-1], form=form)))


@pytest.mark.parametrize("net", ["alex", "lenet", "cityscapes"])
def test_no_changed_value_passes(net):
    derivation = solved(net, method="both")
    tried = 0
    for step in derivation.all_steps():
        if not step.lines or not isinstance(step.lines[-1].form, Number):
            continue
        wrong = number(int(step.lines[-1].form.text) + 1)
        assert judge(spoiled(derivation, step.name, lambda s, w=wrong: last_line(s, w))).verified is False
        tried += 1
    assert tried >= 6


def test_no_changed_answer_passes():
    for net in ("alex", "lenet", "cityscapes"):
        derivation = solved(net)
        wrong = Shape((Number("50"), Number("50")))
        (answer,) = derivation.answers
        assert judge(replace(derivation, answers=(replace(answer, form=wrong, shown=wrong),))).verified is False
        assert judge(spoiled(derivation, "RF", lambda s, w=wrong: last_line(s, w))).verified is False


def test_a_wrong_law_is_refused():
    """K instead of K - 1 in a formula is no law, whatever the numbers are; so is a consistent slip in a table."""
    derivation = solved("three")

    def without_one(step):
        (r, product) = step.lines[0].form.terms
        form = replace(step.lines[0].form, terms=(r, replace(product, factors=(product.factors[0].terms[0],))))
        return replace(step, lines=(replace(step.lines[0], form=form), number_line(evaluate(form, env(derivation)))))

    def number_line(value):
        return replace(derivation.steps[0].lines[-1], form=number(value))

    assert judge(spoiled(derivation, "r__2", without_one)).verified is False


def env(derivation):
    found = {given.target: evaluate(given.form, {}) for given in derivation.givens if given.kind == "value"}
    for step in derivation.all_steps():
        if step.target is not None and step.lines and isinstance(step.lines[-1].form, Number):
            found[step.target] = evaluate(step.lines[-1].form, {})
    return found


# what the judge counts


def counted(name, *rows):
    return evaluate(Call(name, (Matrix(tuple(tuple(map(number, row)) for row in rows)),)), {})


def test_counting_by_hand():
    two = ((0, 1, 11, 4, 5, 1, 1), (1, 2, 3, 2, 1, 1, 1))
    assert counted("field_size", *two) == 19
    assert counted("field_jump", *two) == 8
    assert counted("field_start", *two) == -9
    assert counted("field_size", (0, 1, 3, 1, 0, 4, 1)) == 9
    assert counted("field_size", (0, 1, 2, 1, 1, 1, 2), (1, 2, 3, 1, 0, 1, 1)) == 2
    assert counted("field_jump", (0, 1, 2, 1, 1, 1, 2), (1, 2, 3, 1, 0, 1, 1)) == 0.5


def test_counting_within_borders_by_hand():
    """Two windows of 3 with a cell of padding: unclipped 5 + 2·2 cells, but the input has only 5."""
    rows = ((0, 1, 3, 1, 1, 1, 1), (1, 2, 3, 1, 1, 1, 1), (2, 3, 5, 1, 0, 1, 1))
    sides = Matrix(tuple((number(side),) for side in (5, 5, 5, 1)))
    windows = Matrix(tuple(tuple(map(number, row)) for row in rows))
    assert counted("field_size", *rows) == 9
    assert evaluate(Call("field_whole", (windows, sides)), {}) == 5


def test_counting_many_positions_keeps_their_ends():
    """Of very many positions only those at both ends are followed: the size is the closed form all the same."""
    rows = [(k, k + 1, 9, 3, 0, 1, 1) for k in range(9)]
    assert counted("field_size", *rows) == 1 + 8 * (3**9 - 1) // 2


def test_draws_ask_in_every_way():
    from derive.questions.receptive import NetworkReceptiveField

    draws = [NetworkReceptiveField.draw(random.Random(seed)) for seed in range(80)]
    for key in ("of", "between", "quantities", "method"):
        assert any(key in draw for draw in draws)
    assert any("add(" in str(draw["net"]) or "concat(" in str(draw["net"]) for draw in draws)
    assert any("upsample" in str(draw["net"]) or "transpose" in str(draw["net"]) for draw in draws)
