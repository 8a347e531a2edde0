"""Recurrent layers, norms, embedding, attention: their own numbers, their formulas, PyTorch's, and the papers' rows."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.network.layers.base import axes
from derive.network.network import read_layer, read_network
from derive.network.working.shapes import meanings
from derive.notation import plain
from derive.notation.build import TWO, multiply, number
from derive.notation.value import evaluate
from derive.notation.worksheet import Worksheet
from derive.record import Conventions, Derivation, Given

DRAWS = 40
LAYERS = {
    "batch_norm(center={yes}, scale={no})": (8, 6, 12),
    "batch_norm()": (12,),
    "layer_norm(over={over})": (9, 12),
    "group_norm(groups=3)": (4, 4, 12),
    "embedding(input_dim={m}, output_dim={n})": (7,),
    "simple_rnn(units={n}, biases={biases}, return_sequences={yes})": (7, 5),
    "gru(units={n}, biases={biases}, return_sequences={yes})": (7, 5),
    "lstm(units={n}, biases={biases}, peephole={yes}, return_sequences={no})": (7, 5),
    "lstm(units={n}, projection={m}, peephole={yes}, return_sequences={yes})": (6, 4),
    "bidirectional(gru(units={n}, return_sequences={yes}), merge={merge})": (5, 3),
    "bidirectional(lstm(units={n}, projection={m}), merge={merge})": (5, 3),
    "multi_head_attention(heads=4, bias={yes})": (6, 12),
    "multi_head_attention(heads={m}, key_dim={n}, bias={no})": (6, 10),
}


def drawn(text, rng):
    yes = rng.random() < 0.5
    return read_layer(
        text.format(
            m=rng.randint(1, 9), n=rng.randint(1, 12), biases=rng.choice([None, 0, 1, 2]), yes=yes, no=not yes,
            over=rng.choice(["last", "all"]), merge=rng.choice(["concat", "sum"]),
        )
    )  # fmt: skip


def env(layer, *sizes):
    return {letter.symbol: Fraction(letter.value) for letter in (*axes(sizes[0]), *layer.letters(*sizes))}


@pytest.mark.parametrize("text", LAYERS)
def test_written_and_numeric_side_agree(text):
    """The formulas against the arrays that the layer holds and the size that it gives; they do not call each other."""
    rng, size = random.Random(text), LAYERS[text]
    for _ in range(DRAWS):
        layer = drawn(text, rng)
        values = env(layer, size)
        for framework in ("keras", "pytorch"):
            rules, tensors = layer.count_rules(framework, size), layer.tensors(framework, size)
            for trainable in (True, False):
                found = sum(evaluate(rule.form, values) for rule in rules if rule.trainable == trainable)
                assert found == sum(tensor.count for tensor in tensors if tensor.trainable == trainable)
        rules = layer.size_rules(size)
        assert not rules or tuple(evaluate(rule.form, values) for rule in rules) == layer.output(size)


def derivation(layer, size, framework):
    """A solution that finds the number of parameters by the layer's formula."""
    rules = layer.count_rules(framework, size)
    givens = [Given(letter.symbol, number(letter.value)) for letter in (*axes(size), *layer.letters(size))]
    sheet = Worksheet(Conventions(), env(layer, size))
    steps = tuple(sheet.step(f"count{i}", rule.target, rule.form) for i, rule in enumerate(rules))
    return Derivation("Parameters", (), (*givens, *meanings(rules)), steps, (), Conventions())


@pytest.mark.parametrize("text", [text for text in LAYERS if not text.startswith("embedding")])
def test_judge_holds_the_formula_against_its_meaning(text):
    rng, size = random.Random(text), LAYERS[text]
    for framework in ("keras", "pytorch"):
        layer = drawn(text, rng)
        if not layer.count_rules(framework, size):
            continue
        right = derivation(layer, size, framework)
        assert judge(right).verified is True
        first = right.steps[0]
        doubled = replace(first.lines[0], form=multiply([TWO, first.lines[0].form]))
        wrong = replace(first.lines[-1], form=number(evaluate(first.lines[-1].form, {}) + 1))
        for lines in ((doubled,), (*first.lines[:-1], wrong)):
            assert judge(replace(right, steps=(replace(first, lines=lines), *right.steps[1:]))).verified is False


def formulas(text, size, framework="keras"):
    return [plain.write(rule.form) for rule in read_layer(text).count_rules(framework, size)]


def test_formulas_are_those_of_a_course():
    assert formulas("lstm(units=3)", (10, 4)) == ["4·(D·H + H·H + H)"]
    assert formulas("lstm(units=3)", (10, 4), "pytorch") == ["4·(D·H + H·H + 2·H)"]
    assert formulas("lstm(units=8, projection=3)", (10, 4)) == ["4·(D·H + P·H + H) + H·P"]
    assert formulas("lstm(units=8, peephole=True)", (10, 4)) == ["4·(D·H + H·H + H) + 3·H"]
    assert formulas("gru(units=3)", (10, 4)) == ["3·(D·H + H·H + 2·H)"]
    assert formulas("simple_rnn(units=3, biases=0)", (10, 4)) == ["D·H + H·H"]
    assert formulas("batch_norm()", (10, 4)) == ["2·C", "2·C"]
    assert formulas("multi_head_attention(heads=2)", (10, 4)) == ["4·(D·D + D)"]


def test_biases_are_a_stated_convention():
    (keras,) = read_layer("lstm(units=3)").count_rules("keras", (10, 4))
    (torch,) = read_layer("lstm(units=3)").count_rules("pytorch", (10, 4))
    (own,) = read_layer("lstm(units=3, biases=1)").count_rules("pytorch", (10, 4))
    assert "one bias as in Keras" in keras.reason[0]
    assert "two biases as in PyTorch" in torch.reason[0]
    assert own.reason[0].endswith("one bias")


@pytest.mark.parametrize("inputs", [1, 4, 9])
@pytest.mark.parametrize("cells", [1, 3, 8])
def test_peepholes_after_gers_and_schmidhuber(inputs, cells):
    """Their network, unit by unit: each gate sees all inputs, all outputs, its own cell and a bias; the cell input
    sees no cell. Here with one cell in each memory block.
    """
    gate = inputs + cells + 1 + 1
    cell_input = inputs + cells + 1
    net = read_network([f"lstm(units={cells}, peephole=True)"], (5, inputs))
    assert net.parameters() == cells * (3 * gate + cell_input)


@pytest.mark.parametrize("ask", ["keras", "torch"])
def test_no_counterpart(ask):
    for text in ("lstm(units=8, peephole=True)", "lstm(units=8, projection=9)"):
        with pytest.raises(InputError):
            getattr(read_layer(text), ask)((10, 4))


# the papers


def parameters(net, size, trainable=True):
    return read_network(net, size).parameters(trainable)


def test_bits_ec3_q2a():
    """Hidden and cell of one width, or a projection between them."""
    head = "dense(units=1)"
    assert parameters(["lstm(units=3)"], (1, 4)) == 96
    assert parameters(["lstm(units=3)", head], (1, 4)) == 100
    assert parameters(["lstm(units=8)", head], (1, 4)) == 416 + 9
    assert parameters(["lstm(units=8, projection=3)"], (1, 4)) == 4 * (32 + 24 + 8) + 24
    assert parameters(["lstm(units=8, projection=3)", head], (1, 4)) == 284


def test_bits_ec3_q3a():
    def net(padding):
        conv = f"conv1d(filters=64, kernel=3, padding={padding})"
        return read_network([conv, "batch_norm", "flatten", "dense(units=128)"], (100, 1))

    def each(network):
        return [sum(t.count for t in network.tensors(node) if t.trainable) for node in network.nodes]

    assert each(net("valid")) == [256, 128, 0, 802944]
    assert each(net("same")) == [256, 128, 0, 819328]
    assert (net("valid").parameters(), net("same").parameters()) == (803328, 819712)
    assert net("valid").parameters(trainable=False) == net("same").parameters(trainable=False) == 128
    assert net("same").parameters(None) == 819840


def test_bits_ec3_q3b():
    for outs in (1, 2, 10):
        net = [f"dense(units={units})" for units in (64, 128, 256, outs)]
        assert parameters(net, (50,)) == 44608 + 257 * outs
    assert parameters([f"dense(units={units})" for units in (64, 128, 256, 1)], (50,)) == 44865


def test_bits_mid_q1a():
    units = [1048, 512, None, 256, 128, 64, None, 32, 16, 8]
    net = [f"dense(units={each}, activation=relu)" if each else "dropout(rate=0.4)" for each in units]
    network = read_network(["flatten", *net], (256, 256, 3))
    found = [sum(t.count for t in network.tensors(node)) for node in network.nodes]
    assert [count for count in found if count] == [206046232, 537088, 131328, 32896, 8256, 2080, 528, 136]
    assert network.parameters() == 206758544


def test_bits_mid_q3c():
    hidden = "stack(dense(units=8, activation=relu), times=7)"
    assert parameters([hidden, "dense(units=1)"], (30,)) == 689
    assert parameters([hidden, "dense(units=2, activation=softmax)"], (30,)) == 698


@pytest.mark.parametrize(
    ("text", "size", "says"),
    [
        ("lstm(units=3)", (8, 8, 3), "lstm takes a sequence, but its input is an image of shape 8×8×3"),
        ("embedding(input_dim=9, output_dim=2)", (8, 8), "embedding takes a vector"),
        ("group_norm(groups=5)", (8, 8, 12), "12 channels cannot be split into 5 groups"),
        ("multi_head_attention(heads=5)", (8, 12), "width of 12 cannot be split into 5 heads"),
        ("bidirectional(dense(units=5))", (8, 12), "bidirectional takes a recurrent layer, not dense"),
        ("bidirectional(lstm(unit=5))", (8, 12), "did you mean units"),
        ("bidirectional(merge=sum)", (8, 12), "layer is missing"),
        ("lstm(units=3, biases=3)", (8, 12), "biases should be less than or equal to 2, not 3"),
        ("dropout(rate=1.5)", (8, 12), "rate should be less than 1, not 1.5"),
    ],
)
def test_mistakes(text, size, says):
    with pytest.raises(InputError, match=says):
        read_network([text], size)


def test_mapping_reads_as_text():
    text = read_network(["bidirectional(lstm(units=3), merge=sum)"], (5, 2))
    mapping = {"bidirectional": {"layer": {"lstm": {"units": 3}}, "merge": "sum"}}
    assert read_network([mapping], (5, 2)).nodes == text.nodes
