"""Questions turned round: an unknown setting from a stated count or size, with all whole solutions or the reason."""

import random
import re
from dataclasses import replace

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.network.network import read_network
from derive.notation import plain
from derive.notation.form import Number, Text, Tuple
from derive.questions.catalogue import question
from derive.record import Conventions

LARGE = {
    "input": [9216], "net": ["dense(units=m)", "dense(units=10)"], "solve_for": "m", "total": 9217 * 4096 + 4097 * 10,
}  # fmt: skip


def solved(**givens):
    return question("network.solve_for", givens).solve(Conventions())


def lines(derivation):
    return [plain.write(line.form) for step in derivation.all_steps() for line in step.lines]


def numbers(derivation):
    (answer,) = derivation.answers
    items = answer.form.items if isinstance(answer.form, Tuple) else (answer.form,)
    return [int(item.text) for item in items if isinstance(item, Number)]


def reasons(derivation):
    return ["".join(part if isinstance(part, str) else plain.write(part) for part in line.reason)
            for step in derivation.all_steps() for line in step.lines]  # fmt: skip


def test_row_bits_ec3_q3c():
    """The state of an LSTM with 3 inputs and 180 parameters: 5, since -9 is no size."""
    derivation = solved(input=[15, 3], net=["lstm(units=H)"], solve_for="H", total=180)
    assert numbers(derivation) == [5]
    assert "4·(H - 5)·(H + 9)" in lines(derivation)
    assert "the root -9 is negative" in reasons(derivation)
    assert judge(derivation).verified is True


def test_an_unknown_in_two_layers():
    net = ["conv2d(filters=F, kernel=3)", "conv2d(filters=F, kernel=3)", "flatten()", "dense(units=10)"]
    total = (27 + 1) * 7 + (9 * 7 + 1) * 7 + (28 * 28 * 7 + 1) * 10
    derivation = solved(input=[32, 32, 3], net=net, solve_for="F", total=total)
    assert numbers(derivation) == [7]
    assert judge(derivation).verified is True


@pytest.mark.parametrize(
    ("unknown", "output", "found"),
    [("padding", [8, 8, 5], [1, 2]), ("padding", [9, 9, 5], [3]), ("padding", [6, 6, 5], []),
     ("stride", [8, 8, 5], [3]), ("stride", [2, 2, 5], [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]),
     ("kernel", [8, 8, 5], [5, 6, 7]), ("kernel", [10, 10, 5], [1])],
)  # fmt: skip
def test_from_a_size(unknown, output, found):
    settings = {"kernel": 7, "stride": 3, "padding": 1} | {unknown: "u"}
    layer = f"conv2d(filters=5, {', '.join(f'{name}={value}' for name, value in settings.items())})"
    derivation = solved(input=[26, 26, 3], net=[layer], solve_for="u", output=output)
    assert numbers(derivation) == found
    assert judge(derivation).verified is True


def test_a_large_solution():
    derivation = solved(
        input=[9216], net=["dense(units=m)", "dense(units=10)"], solve_for="m", total=9217 * 4096 + 4097 * 10
    )
    assert numbers(derivation) == [4096]
    assert judge(derivation).verified is True


def test_a_count_that_nothing_has():
    derivation = solved(input=[26, 26, 3], net=["conv2d(filters=5, kernel=K)"], solve_for="K", total=80)
    assert derivation.answers[0].form == Text("no whole number")
    assert "N passes 80 between 2 and 3" in reasons(derivation)
    assert judge(derivation).verified is True


def test_an_unknown_input():
    derivation = solved(
        input=["n", "n", 3], net=["conv2d(filters=4, kernel=5, stride=2)"], solve_for="n", output=[10, 10, 4]
    )
    assert numbers(derivation) == [23, 24]
    assert judge(derivation).verified is True


def test_the_first_channel_order():
    givens = {"net": ["conv2d(filters=F, kernel=3)"], "solve_for": "F", "order": "CHW"}
    assert numbers(solved(input=[3, 9, 9], output=[6, 7, 7], **givens)) == [6]


@pytest.mark.parametrize("wrong", [4, 6, 9])
def test_a_wrong_solution_is_refused(wrong):
    derivation = solved(input=[15, 3], net=["lstm(units=H)"], solve_for="H", total=180)
    last = derivation.steps[-1]
    form = Number(str(wrong))
    steps = (*derivation.steps[:-1], replace(last, lines=(replace(last.lines[0], form=form),)))
    answers = (replace(derivation.answers[0], form=form, shown=form),)
    assert judge(replace(derivation, steps=steps, answers=answers)).verified is False


def test_a_missing_solution_is_refused():
    layer = "conv2d(filters=5, kernel=7, stride=3, padding=P)"
    derivation = solved(input=[26, 26, 3], net=[layer], solve_for="P", output=[8, 8, 5])
    last = derivation.steps[-1]
    steps = (*derivation.steps[:-1], replace(last, lines=(replace(last.lines[0], form=Number("1")),)))
    assert judge(replace(derivation, steps=steps)).verified is False


def test_a_large_solution_is_not_denied():
    derivation = solved(**LARGE)
    last, none = derivation.steps[-1], Text("no whole number")
    steps = (*derivation.steps[:-1], replace(last, lines=(replace(last.lines[-1], form=none),)))
    answers = (replace(derivation.answers[0], form=none, shown=none, kind="verdict"),)
    assert judge(replace(derivation, steps=steps, answers=answers)).verified is False


def with_value(net, size, unknown, value):
    """The network with the unknown put in, by text alone."""
    layers = [re.sub(rf"(?<=[=(]){unknown}\b", str(value), layer) for layer in net]
    return read_network(layers, [value if side == unknown else side for side in size])


SETTINGS = [
    ([26, 30, 6], ["conv2d(filters=5, kernel=3, dilation=d)"], "d", 3, "output"),
    ([26, 30, 6], ["conv2d(filters=5, kernel=(k, 3), stride=2)"], "k", 6, "output"),
    ([26, 30, 6], ["conv2d(filters=5, kernel=3, padding=H)"], "H", 2, "output"),
    ([26, 30, 6], ["conv2d(filters=5, kernel=3, stride=K)"], "K", 3, "output"),
    ([26, 30, 6], ["conv2d(filters=5, kernel=3, stride=s, padding=same)"], "s", 3, "output"),
    ([100, 2], ["conv1d(filters=4, kernel=3, padding=(p, 0))"], "p", 3, "output"),
    ([7, 9, 4], ["conv2d_transpose(filters=4, kernel=3, stride=2, padding=1, output_padding=a)"], "a", 1, "output"),
    ([7, 9, 4], ["conv2d_transpose(filters=4, kernel=k, stride=2, padding=1)"], "k", 4, "output"),
    ([7, 9, 4], ["conv2d_transpose(filters=4, kernel=3, stride=s, dilation=2)"], "s", 3, "output"),
    ([26, 30, 4], ["conv2d(filters=4, kernel=3, stride=s)", "max_pool2d(kernel=2)"], "s", 2, "output"),
    ([26, 30, 4], ["max_pool2d(kernel=k)"], "k", 3, "output"),
    ([26, 30, 4], ["upsample2d(factor=u)"], "u", 3, "output"),
    ([26, 30, 4], ["crop2d(cropping=c)"], "c", 3, "output"),
    ([26, 30, 4], ["padding2d(padding=c)"], "c", 3, "output"),
    (["n", 30, 4], ["conv2d(filters=4, kernel=3, stride=2)"], "n", 23, "output"),
    ([26, 30, 6], ["conv2d(filters=4, kernel=3, groups=g)"], "g", 2, "total"),
    ([26, 26, 6], ["depthwise_conv2d(kernel=3, depth_multiplier=M)"], "M", 2, "total"),
    ([26, 26, 6], ["separable_conv2d(filters=F, kernel=3)"], "F", 9, "total"),
    ([28, 28, 3], ["conv2d(filters=2, kernel=k)", "flatten()", "dense(units=10)"], "k", 3, "total"),
    ([28, 30, 3], ["conv2d(filters=2, kernel=3, stride=s)", "flatten()", "dense(units=10)"], "s", 2, "total"),
    (["n", "n", 3], ["conv2d(filters=2, kernel=3, stride=2)", "flatten()", "dense(units=5)"], "n", 15, "total"),
    ([10, 4], ["gru(units=H)"], "H", 5, "total"),
    ([10, 4], ["lstm(units=H, peephole=True)"], "H", 5, "total"),
    ([10, 4], ["lstm(units=8, projection=P)"], "P", 3, "total"),
    ([10, "D"], ["lstm(units=3)"], "D", 7, "total"),
    ([10, 4], ["bidirectional(lstm(units=H))", "dense(units=2)"], "H", 5, "total"),
    ([10, 4], ["stack(lstm(units=H), times=2)", "dense(units=1)"], "H", 5, "total"),
    ([10, 32], ["multi_head_attention(heads=4, key_dim=k)"], "k", 5, "total"),
    ([10, 32], ["transformer_encoder(heads=2, feed_forward=F)"], "F", 77, "total"),
    ([10, "D"], ["transformer_encoder(heads=2, feed_forward=8)"], "D", 6, "total"),
    ([20], ["embedding(input_dim=100, output_dim=e)", "lstm(units=e)"], "e", 7, "total"),
    ([26, 26, "C"], ["batch_norm()", "dense(units=2)"], "C", 9, "total"),
    ([8, 8, 4], ["residual(conv2d(filters=c, kernel=1), conv2d(filters=4, kernel=3, padding=same))"], "c", 6, "total"),
]  # fmt: skip


@pytest.mark.parametrize(("size", "net", "unknown", "value", "stated"), SETTINGS)
def test_any_setting_may_be_unknown(size, net, unknown, value, stated):
    right = with_value(net, size, unknown, value)
    given = list(right.output) if stated == "output" else right.parameters()
    derivation = solved(input=size, net=net, solve_for=unknown, **{stated: given})
    assert value in numbers(derivation)
    for each in numbers(derivation):
        found = with_value(net, size, unknown, each)
        assert (list(found.output) if stated == "output" else found.parameters()) == given
    assert judge(derivation).verified is True


def test_a_side_that_is_not_stated():
    given = {"input": [26, 30, 3], "net": ["conv2d(filters=5, kernel=K, stride=2)"], "solve_for": "K"}
    assert numbers(solved(**given, output=[12, 13, 5])) == []
    assert numbers(solved(**given, output=[None, 13, None])) == [5, 6]


def test_sizes_that_do_not_go_together():
    given = {"input": [26, 30, 3], "net": ["conv2d(filters=5, kernel=K)"], "solve_for": "K"}
    derivation = solved(**given, output=[24, 26, 5])
    assert derivation.answers[0].form == Text("no whole number")
    assert "none gives all of these" in reasons(derivation)
    assert judge(derivation).verified is True


@pytest.mark.oracle
def test_counts_as_torch():
    """Both settings that torch counts alike are found, and no other."""
    nn = pytest.importorskip("torch").nn
    rng = random.Random(8)
    for _ in range(40):
        filters, kernel, units = rng.randint(1, 20), rng.randint(1, 5), rng.randint(1, 9)
        modules = [nn.Conv2d(3, filters, kernel), nn.Conv2d(filters, units, 1)]
        total = sum(tensor.numel() for module in modules for tensor in module.parameters())
        net = ["conv2d(filters={}, kernel={})", f"conv2d(filters={units}, kernel=1)"]
        for unknown, value in (("F", filters), ("K", kernel)):
            first = net[0].format(*("F" if unknown == "F" else filters, "K" if unknown == "K" else kernel))
            assert numbers(solved(input=[9, 9, 3], net=[first, net[1]], solve_for=unknown, total=total)) == [value]


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"solve_for": "Q", "total": 10}, "Q stands nowhere"),
        ({"solve_for": "F"}, "state one result"),
        ({"solve_for": "F", "total": 10, "output": [24, 24, 1]}, "state one result"),
        ({"solve_for": "F", "output": [24, 24]}, "3 sides"),
        ({"solve_for": "F", "total": 10, "of": "conv9"}, "conv9"),
        ({"solve_for": "F", "output": [24, 24, None]}, "does not depend on F"),
        ({"solve_for": "N", "total": 10, "net": ["dense(units=N)"]}, "the name N is taken"),
        ({"solve_for": "t", "total": 10, "net": ["stack(dense(units=3), times=t)"]}, "how many layers"),
        (
            {"solve_for": "S", "output": [9, 9, 3], "net": ["max_pool2d(kernel=2, stride=S, ceil=True)"]},
            "no one formula",
        ),
    ],
)
def test_mistakes(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**{"input": [26, 26, 3], "net": ["conv2d(filters=F, kernel=3)"], **givens})


def _drawn(rng):
    """A random network with the name of one of its settings, the name, and what the setting was."""
    kinds = [
        ("conv2d", {"filters": rng.randint(1, 9), "kernel": rng.choice([1, 2, 3]), "stride": rng.randint(1, 2),
                    "padding": rng.randint(0, 2), "dilation": rng.randint(1, 2)}),
        ("max_pool2d", {"kernel": rng.choice([2, 3]), "stride": rng.randint(1, 3)}),
        ("conv2d_transpose", {"filters": rng.randint(1, 6), "kernel": rng.choice([2, 3]), "stride": rng.randint(1, 3)}),
        ("depthwise_conv2d", {"kernel": rng.choice([2, 3]), "depth_multiplier": rng.randint(1, 3)}),
    ]  # fmt: skip
    layers = [rng.choice(kinds) for _ in range(rng.randint(1, 2))]
    layers += [("flatten", {}), ("dense", {"units": rng.randint(1, 5)})] if rng.random() < 0.5 else []
    place = rng.choice([k for k, (_, settings) in enumerate(layers) if settings])
    setting = rng.choice(list(layers[place][1]))
    name = rng.choice("uKHSPF")
    texts = []
    for k, (kind, settings) in enumerate(layers):
        turned = {**settings, setting: name} if k == place else settings
        texts.append(f"{kind}({', '.join(f'{key}={value}' for key, value in turned.items())})")
    return [rng.randint(8, 30), rng.randint(8, 30), rng.randint(1, 4)], texts, name, layers[place][1][setting]


@pytest.mark.parametrize("seed", range(24))
def test_random_networks_against_trying_all_numbers(seed):
    rng = random.Random(f"turned {seed}")
    while True:
        size, net, name, value = _drawn(rng)
        try:
            right = with_value(net, size, name, value)
            stated = {"total": right.parameters()} if right.parameters() and rng.random() < 0.5 else {}
            stated = stated or {"output": list(right.output)}
            derivation = solved(input=size, net=net, solve_for=name, **stated)
        except InputError:  # a window did not fit, or nothing depends on the setting
            continue
        break
    assert judge(derivation).verified is True
    assert [n for n in numbers(derivation) if n < 100] == [n for n in range(100) if _gives(net, size, name, n, stated)]


def _gives(net, size, name, value, stated):
    try:
        found = with_value(net, size, name, value)
    except InputError:
        return False
    return stated == ({"total": found.parameters()} if "total" in stated else {"output": list(found.output)})
