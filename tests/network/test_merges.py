"""Blocks and merges: the graph they make, what is refused, and that a large network is read quickly."""

import pytest

from derive.errors import InputError, UnknownName
from derive.network.layers.base import axes
from derive.network.network import blocks, layers, read_layer, read_network
from derive.notation.value import evaluate

IMAGE = (16, 16, 8)
CONV = "conv2d(filters=8, kernel=3, padding=1)"


def edges(network):
    return {node.name: node.sources for node in network.nodes}


def test_residual_with_the_input_itself():
    network = read_network([f"residual({CONV}, relu, {CONV}, activation=relu)", "flatten"], IMAGE)
    assert edges(network) == {
        "block1.1": ("input",),
        "block1.2": ("block1.1",),
        "block1.3": ("block1.2",),
        "block1.add": ("block1.3", "input"),
        "block1.relu": ("block1.add",),
        "flatten1": ("block1.relu",),
    }
    assert network.parameters() == 2 * (9 * 8 + 1) * 8


def test_residual_with_a_shortcut():
    inner = "conv2d(filters=16, kernel=3, stride=2, padding=1), relu"
    one = "conv2d(filters=16, kernel=1, stride=2)"
    network = read_network(["relu", f"residual({inner}, shortcut={one})", "relu"], IMAGE)
    assert edges(network)["block1.shortcut"] == ("relu1",)
    assert edges(network)["block1.add"] == ("block1.2", "block1.shortcut")
    assert network.sizes["relu2"] == (8, 8, 16)
    more = read_network(["relu", f"residual({inner}, shortcut=[{one}, batch_norm()])"], IMAGE)
    assert edges(more)["block1.shortcut.2"] == ("block1.shortcut.1",)
    assert edges(more)["block1.add"] == ("block1.2", "block1.shortcut.2")


def test_a_block_goes_by_its_own_name():
    network = read_network([{"b1": f"residual({CONV})"}, CONV, {"sum": "add(b1, conv1, input)"}, "relu"], IMAGE)
    assert edges(network)["sum"] == ("b1.add", "conv1", "input")
    assert edges(network)["relu1"] == ("sum",)
    assert edges(read_network([CONV, "relu", f"residual(conv1, {CONV})"], IMAGE))["block1.add"][1] == "conv1"
    assert edges(read_network([f"residual({CONV})", "add('block1.1', input)"], IMAGE))["add1"][0] == "block1.1"


def test_blocks_as_mappings():
    text = read_network([f"residual({CONV}, relu, shortcut={CONV})"], IMAGE)
    conv = {"conv2d": {"filters": 8, "kernel": 3, "padding": 1}}
    assert read_network([{"residual": {"layers": [conv, "relu"], "shortcut": conv}}], IMAGE).nodes == text.nodes
    named = read_network([{"residual": {"layers": [{"first": CONV}, "relu"]}}], IMAGE)
    assert [node.name for node in named.nodes] == ["block1.first", "block1.2", "block1.add"]


def test_stack_of_recurrent_layers_hands_on_all_steps():
    network = read_network(["stack(lstm(units=5), times=3)"], (10, 4))
    assert list(network.sizes.values()) == [(10, 4), (10, 5), (10, 5), (5,)]
    assert network.parameters() == 4 * (4 * 5 + 25 + 5) + 2 * 4 * (25 + 25 + 5)
    both = read_network(["stack(bidirectional(gru(units=5, return_sequences=True)), times=2)"], (10, 4))
    assert list(both.sizes.values()) == [(10, 4), (10, 10), (10, 10)]


def test_stacks_and_blocks_in_one_another():
    network = read_network([f"stack(residual({CONV}), relu, times=2)"], IMAGE)
    names = ["stack1.1.1", "stack1.1.add", "stack1.2", "stack1.3.1", "stack1.3.add", "stack1.4"]
    assert [node.name for node in network.nodes] == names
    assert edges(network)["stack1.3.add"] == ("stack1.3.1", "stack1.2")


@pytest.mark.parametrize("first", [True, False])
def test_transformer_encoder(first):
    network = read_network([f"transformer_encoder(heads=2, feed_forward=12, norm_first={first})"], (7, 6))
    reads = edges(network)
    at = "encoder1.{}".format
    if first:
        assert reads[at("attention")] == (at("norm1"),)
        assert reads[at("add1")] == ("input", at("attention"))
        assert reads[at("dense1")] == (at("norm2"),)
        assert reads[at("add2")] == (at("add1"), at("dense2"))
    else:
        assert reads[at("norm1")] == (at("add1"),)
        assert reads[at("dense1")] == (at("norm1"),)
        assert reads[at("add2")] == (at("norm1"), at("dense2"))
        assert reads[at("norm2")] == (at("add2"),)
    assert network.parameters() == 4 * (36 + 6) + (6 * 12 + 12) + (12 * 6 + 6) + 4 * 6
    assert network.output == (7, 6)


def test_concat_adds_up_the_channels():
    net = [{"a": "conv2d(filters=3, kernel=1)"}, {"b": "conv2d(filters=5, kernel=1)"}, "concat(a, b, input)"]
    assert read_network(net, IMAGE).output == (16, 16, 3 + 5 + 8)
    assert read_network(["dense(units=2)", "concat(dense1, input)"], (7,)).output == (9,)


@pytest.mark.parametrize(
    ("net", "says"),
    [
        ([CONV, "max_pool2d(kernel=2)", "add(conv1, max_pool1)"], "one shape, but gets 16×16×8 and 8×8×8"),
        (["conv2d(filters=4, kernel=1)", "multiply(conv1, input)"], "gets 16×16×4 and 16×16×8"),
        (["max_pool2d(kernel=2)", "concat(input, max_pool1)"], "gets 16×16×8 and 8×8×8"),
        (["flatten", "concat(input, flatten1)"], "gets 16×16×8 and 2048 values"),
        (["residual(conv2d(filters=8, kernel=3))"], "block1.add: add needs .* gets 14×14×8 and 16×16×8"),
        (["residual(flatten)"], "gets 2048 values and 16×16×8"),
        (["relu", "add(relu1)"], "names of two layers or more"),
        (["relu", "add(relu1, conv1)"], "unknown input of add 'conv1'"),
        (["residual()"], "residual has no layers inside"),
        (["residual(conf2d(filters=8))"], "did you mean conv2d"),
        (["stack(relu)"], "times is missing"),
        (["stack(relu, times=0)"], "times should be greater than or equal to 1, not 0"),
        (["stack(stack(relu, times=1000), times=1000)"], "more than 10000 layers"),
        ([{"a": "relu"}, {"a": "relu"}], "layer 2: two layers are called a"),
        ([{"input": "relu"}], "two layers are called input"),
        (["relu(conv1)"], "unknown layer"),
        (["relu", "relu(relu1, input)"], "settings of relu need names"),
        (["transformer_encoder(heads=3, feed_forward=4)"], "takes a sequence"),
    ],
)
def test_mistakes(net, says):
    with pytest.raises(InputError, match=says):
        read_network(net, IMAGE)


def test_one_layer_is_no_block():
    with pytest.raises(InputError, match="residual is a block"):
        read_layer("residual(relu)")


def test_a_name_that_is_not_there():
    network = read_network([CONV], IMAGE)
    assert network.node("conv1").sources == ("input",)
    with pytest.raises(UnknownName, match="did you mean conv1"):
        network.node("conv2")


@pytest.mark.parametrize("kind", blocks())
def test_examples_of_blocks(kind):
    network = read_network([blocks()[kind].example], blocks()[kind].takes[0])
    assert len(network.nodes) > 1
    assert all(node.name.startswith(f"{blocks()[kind].stem or kind}1.") for node in network.nodes)


def test_kinds_are_either_layers_or_blocks():
    assert not set(layers()) & set(blocks())
    assert {"residual", "stack", "transformer_encoder"} <= set(blocks())


def test_free_names():
    """Names that the user took are passed over, and one that comes too late is refused."""
    names = [node.name for node in read_network([{"relu2": "relu"}, "relu", "relu", "relu"], IMAGE).nodes]
    assert names == ["relu2", "relu1", "relu3", "relu4"]
    with pytest.raises(InputError, match="two layers are called relu1"):
        read_network(["relu", {"relu1": "relu"}], IMAGE)


@pytest.mark.parametrize("kind", [name for name, kind in layers().items() if kind.example])
def test_examples_of_layers(kind):
    """The example of each layer can be read, fits the sizes that it says it takes, and its counts are its arrays'."""
    layer, takes = read_layer(layers()[kind].example), layers()[kind].takes
    assert layer.kind == kind
    assert all(side > 0 for side in layer.output(*takes))
    assert layer.multiply_adds(*takes) >= 0
    for framework in ("keras", "pytorch"):
        values = {letter.symbol: letter.value for letter in (*axes(takes[0]), *layer.letters(*takes))}
        for trainable in (True, False):
            found = sum(
                evaluate(r.form, values) for r in layer.count_rules(framework, *takes) if r.trainable == trainable
            )
            held = sum(t.count for t in layer.tensors(framework, *takes) if t.trainable == trainable)
            assert found == held
