"""The source of networks: it runs as it stands, gives the derived shapes and counts, and reads back as the network."""

import ast
import random

import pytest

from derive.errors import InputError, WrongMathematics
from derive.network.code.agreement import check_back
from derive.network.code.fitting import LOSSES, Compile, Fit, training
from derive.network.code.reading import read_listing
from derive.network.code.source import LONGEST, Source, folded, is_chain, source
from derive.network.network import Network, Node, layers, read_layer, read_network
from derive.questions.network_draws import draw_network

IMAGE = ["conv2d(filters=8, kernel=3, activation=relu)", "max_pool2d()", "flatten()"]
BRANCHED = [
    {"stem": "conv2d(filters=8, kernel=3, padding=same)"},
    {"left": "conv2d(filters=8, kernel=3, padding=same, activation=relu)"},
    "add(stem, left)",
    "concat(add1, stem)",
    "global_avg_pool2d()",
    "dense(units=3)",
]
OTHERS = [
    (BRANCHED, (12, 10, 3)),
    (["embedding(input_dim=50, output_dim=8)", "lstm(units=5)", "dense(units=2)"], (9,)),
    (["embedding(input_dim=50, output_dim=8)", "bidirectional(gru(units=4))", "dense(units=2)"], (9,)),
    (["stack(lstm(units=5), times=3)", "dense(units=2, activation=softmax)"], (9, 4)),
    (["conv1d(filters=6, kernel=3)", "max_pool1d()", "simple_rnn(units=4)", "dense(units=1)"], (20, 2)),
    (["transformer_encoder(heads=2, feed_forward=16)", "flatten()", "dense(units=2)"], (6, 8)),
    (["residual(conv2d(filters=3, kernel=3, padding=same), batch_norm())", "flatten()", "dense(units=2)"], (8, 8, 3)),
    (["conv2d_transpose(filters=4, kernel=3, stride=2)", "upsample2d()", "layer_norm()"], (5, 5, 3)),
]


def drawn(count, seed, framework):
    """Random networks that the framework has code for, with it."""
    rng, found = random.Random(seed), []
    while len(found) < count:
        given = draw_network(rng)
        network = read_network(given["net"], given["input"], framework, given.get("order", "HWC"))
        try:
            found.append((network, source(network, framework)))
        except InputError:
            continue
    return found


def model_of(text):
    """The model that PyTorch source makes: the only place where a listing is run."""
    names = {}
    exec(compile(text, "listing", "exec"), names)
    return names


def shown(size, first):
    return (size[-1], *size[:-1]) if first and len(size) > 1 else tuple(size)


@pytest.mark.oracle
def test_pytorch_code_gives_the_derived_shapes_and_counts():
    torch = pytest.importorskip("torch")
    others = [read_network(net, size, "pytorch") for net, size in OTHERS]
    cases = [*drawn(52, 5, "pytorch"), *((network, source(network, "pytorch")) for network in others)]
    for network, code in cases:
        model = model_of(code.text)["model"].eval()
        first = "channels first" in code.text
        if network.nodes[0].layer.kind == "embedding":
            given = torch.zeros(2, *network.input, dtype=torch.long)
        else:
            given = torch.zeros(2, *shown(network.input, first))
        result = model(given)
        result = result[0] if isinstance(result, tuple) else result
        assert tuple(result.shape[1:]) in (shown(network.output, True), network.output), code.text
        assert sum(each.numel() for each in model.parameters()) == network.parameters(), code.text
        held = sum(each.numel() for name, each in model.named_buffers() if "num_batches" not in name)
        assert held == network.parameters(trainable=False), code.text


def test_keras_code_reads_back_as_the_network():
    others = [read_network(net, size) for net, size in OTHERS]
    cases = [*drawn(120, 6, "keras"), *((network, source(network, "keras")) for network in others)]
    exact = 0
    for network, code in cases:
        compile(code.text, "listing", "exec")
        check_back(network, code)
        found = read_listing(code.text)
        assert found.network.input == network.input
        assert found.network.output == network.output
        assert found.network.parameters(None) == network.parameters(None)
        same = [(node.layer.kind, len(node.sources)) for node in network.nodes]
        exact += same == [(node.layer.kind, len(node.sources)) for node in found.network.nodes]
    assert exact > len(cases) / 2  # a padding by number is a layer of its own in Keras


def test_a_chain_without_padding_reads_back_exactly():
    net = [*IMAGE, "dropout(rate=0.25)", "dense(units=10, activation=softmax)"]
    network = read_network(net, (20, 20, 3))
    found = read_listing(source(network, "keras").text)
    assert found.network == network
    assert found.faults == ()


def test_branches_read_back_with_their_names():
    network = read_network(BRANCHED, (12, 10, 3))
    found = read_listing(source(network, "keras").text)
    assert found.network == network


def test_pytorch_chains_read_back():
    chains = [(network, code) for network, code in drawn(120, 7, "pytorch") if "\nclass Net" not in code.text]
    assert len(chains) > 60
    for network, code in chains:
        check_back(network, code)
        found = read_listing(code.text, network.input)
        assert (found.network.output, found.network.parameters(None)) == (network.output, network.parameters(None))
        assert [
            fault for fault in found.faults if "output layer" not in fault.text and "Dropout" not in fault.text
        ] == []


@pytest.mark.parametrize("kind", sorted(layers()))
def test_every_layer_is_in_the_tables(kind):
    """What a layer says in a framework is read by the tables, which do not look at the layer's code."""
    layer_class = layers()[kind]
    if layer_class.merges:
        sizes = {f"in{place}": size for place, size in enumerate(layer_class.takes)}
        if len(set(sizes.values())) > 1:
            return  # the functional API has one input here; merges are in the networks above
    layer = layer_class() if layer_class.merges else read_layer(layer_class.example)
    sources = ("input",) * len(layer_class.takes)
    for framework in ("keras", "pytorch"):
        network = Network((Node("one", layer, sources),), layer_class.takes[0], framework)
        try:
            code = source(network, framework)
        except InputError:
            continue  # a layer without a counterpart; tests of the layers say which these are
        check_back(network, code)
        if framework == "keras":
            found = read_listing(code.text)
            assert not [fault for fault in found.faults if "unknown" in fault.text]
            assert found.network.output == network.output


def test_code_that_is_another_network_is_not_given():
    network = read_network([*IMAGE, "dense(units=10)"], (20, 20, 3))
    code = source(network, "keras")
    for right, wrong in (
        ("Conv2D(8, 3", "Conv2D(9, 3"),
        ("Dense(10)", "Dense(11)"),
        ("MaxPooling2D(2)", "MaxPooling2D(3)"),
    ):
        assert right in code.text
        with pytest.raises(WrongMathematics):
            check_back(network, Source(code.text.replace(right, wrong), code.lines))


def test_bits_ec3_q1d():
    """bits-ec3-q1d: two convolutions, pooling, flatten, a dense layer and a binary output, from 256x256x3."""
    net = ["conv2d(filters=64, kernel=5, activation=relu)", "conv2d(filters=128, kernel=5, activation=relu)",
           "max_pool2d(kernel=2)", "flatten()", "dense(units=128, activation=relu)",
           "dense(units=1, activation=sigmoid)"]  # fmt: skip
    network = read_network(net, (256, 256, 3))
    code = source(network, "keras")
    assert [line.strip() for line in code.text.splitlines()[5:-1]] == [
        "layers.Input((256, 256, 3)),",
        "layers.Conv2D(64, 5, activation='relu'),",
        "layers.Conv2D(128, 5, activation='relu'),",
        "layers.MaxPooling2D(2),",
        "layers.Flatten(),",
        "layers.Dense(128, activation='relu'),",
        "layers.Dense(1, activation='sigmoid'),",
    ]
    assert network.sizes["flatten1"] == (1968128,)
    assert code.lines["conv1"] == (7, 7)
    assert "nn.Linear(1968128, 128)" in source(network, "pytorch").text


@pytest.mark.parametrize(
    "name", ["class", "self", "x y", "a;import os", "é", "layers", "__import__('os')", "1st", "a=b"]
)
def test_names_are_identifiers(name):
    node = Node(name, read_layer("conv2d(filters=3, kernel=3, padding=same)"), ("input",))
    branch = Node("sum", layers()["add"](), ("input", name))
    network = Network((node, branch), (8, 8, 3))
    for framework in ("keras", "pytorch"):
        with pytest.raises(InputError, match="give it another name"):
            source(network, framework)


def test_names_in_blocks_are_told_apart():
    twice = (Node("a.b", read_layer("relu()"), ("input",)), Node("a_b", read_layer("relu()"), ("input",)))
    network = Network((*twice, Node("sum", layers()["add"](), ("a.b", "a_b"))), (8, 8, 3))
    with pytest.raises(InputError, match="two layers are called"):
        source(network, "keras")


def test_long_lines_are_folded():
    line = (
        "    layers.Conv2D(64, (3, 5), strides=(2, 1), padding='same', dilation_rate=(1, 1), groups=4, use_bias=False),"
    )
    pieces = folded(line)
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= LONGEST
    assert ast.dump(ast.parse("[\n" + "\n".join(pieces) + "\n]")) == ast.dump(ast.parse(f"[\n{line}\n]"))
    assert folded("short") == ["short"]


@pytest.mark.oracle
@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", ["linear", "suitable"])
def test_training_code_runs(loss, activation):
    """The emitted training loop learns: the error on its own batch falls."""
    torch = pytest.importorskip("torch")
    wanted = LOSSES[loss].activations
    units = 1 if wanted == ("sigmoid",) else 3
    behind = wanted[0] if activation == "suitable" and wanted else "linear"
    network = read_network([f"dense(units={units}, activation={behind})"], (4,), "pytorch")
    lines = training(network, "pytorch", Compile(optimizer="sgd", rate=0.1, loss=loss), Fit(epochs=30, patience=30))
    torch.manual_seed(0)
    names = model_of(source(network, "pytorch", lines).text)
    x = torch.randn(16, 4)
    t = torch.randint(0, 3, (16,)) if "categorical" in loss else torch.randint(0, 2, (16, units)).float()
    before = names["loss"](names["model"](x), t).item()
    names["train"]([(x, t)])
    assert names["loss"](names["model"](x), t).item() < before


def test_keras_training_lines():
    network = read_network([*IMAGE, "dense(units=10, activation=softmax)"], (20, 20, 3))
    lines = training(network, "keras", Compile(optimizer="adam", rate=0.001), Fit(epochs=200, patience=7))
    code = source(network, "keras", lines)
    compile(code.text, "listing", "exec")
    assert "optimizer=keras.optimizers.Adam(learning_rate=0.001)," in code.text
    assert "loss='sparse_categorical_crossentropy'," in code.text
    assert "EarlyStopping(monitor='loss', patience=7)" in code.text
    found = read_listing(code.text)
    assert found.faults == ()
    assert set(found.calls) >= {"compile", "fit"}


def test_a_loss_that_does_not_suit_is_refused():
    network = read_network([*IMAGE, "dense(units=10, activation=softmax)"], (20, 20, 3))
    with pytest.raises(InputError, match="binary_crossentropy needs sigmoid outputs, but the output has softmax"):
        training(network, "keras", Compile(loss="binary_crossentropy"), None)


def test_chains():
    assert is_chain(read_network(IMAGE, (20, 20, 3)))
    assert not is_chain(read_network(BRANCHED, (12, 10, 3)))
