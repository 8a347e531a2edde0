"""What stands in prompts and on the sheet: a single layer in words, settings that have no letter, what is stated."""

import pytest

from derive import solve
from derive.network.kinds import layers, read_layer
from derive.questions.catalogue import question
from derive.questions.network import listing_of
from derive.questions.prose import words
from derive.record import Conventions

CONV = {"input": [20, 20, 3], "net": ["conv2d(filters=4, kernel=3, padding=same, bias=False)"]}
LONG = ["conv2d(filters=4, kernel=3)", "max_pool2d()", "flatten()", "dense(units=2)"]
PROMPTS = {
    "network.output_shape": "Find the shape of the output of {} for an input of 20 × 20 × 3.",
    "network.parameters": "How many trainable parameters has {} for an input of 20 × 20 × 3?",
    "network.weight_shape": "Find the shape of the weight tensor of {}, as Keras stores it, for an input of "
    "20 × 20 × 3.",
    "network.receptive_field": "Find the receptive field of a value behind {} in the input (20 × 20 × 3).",
}


def asked(ask, **givens):
    return question(ask, givens).solve(Conventions())


def stated(derivation):
    return [words(phrase) for phrase in derivation.conventions.used]


@pytest.mark.parametrize("ask", PROMPTS)
def test_a_single_layer_is_named_in_words(ask):
    derivation = asked(ask, **CONV)
    layer = "a two-dimensional convolution with same padding and without biases"
    assert words(derivation.prompt) == PROMPTS[ask].format(layer)
    assert derivation.listings == ()


@pytest.mark.parametrize("ask", PROMPTS)
def test_several_layers_are_listed(ask):
    derivation = asked(ask, input=[20, 20, 3], net=LONG)
    assert len(derivation.listings) == 1
    assert "convolution" not in words(derivation.prompt)


@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("network.parameters", {**CONV, "compare": [9, 9, 3]}),
        ("network.receptive_field", {"input": [9, 9, 3], "net": ["conv2d_transpose(filters=3, kernel=4, stride=2)"]}),
    ],
)
def test_where_no_letter_says_the_settings_the_layer_is_listed(ask, givens):
    derivation = asked(ask, **givens)
    assert derivation.listings
    assert not any(given.shown for given in derivation.givens)


@pytest.mark.parametrize("kind", [kind for kind, made in layers().items() if not made.merges])
def test_every_layer_has_a_noun(kind):
    layer = read_layer(layers()[kind].example)
    assert layer.words.split()[0] in ("a", "an")
    assert layer.title != "layer"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_pool1d(kernel=2, ceil=True)", "a one-dimensional max pooling layer without padding and in ceil mode"),
        ("lstm(units=3, peephole=True)", "an LSTM with peepholes that gives its last state"),
        ("bidirectional(gru(units=3, biases=1, return_sequences=True), merge=sum)",
         "a bidirectional GRU with one bias a gate and with both states added that gives all its states"),
        ("global_avg_pool2d(keepdims=True)", "a two-dimensional global average pooling layer that keeps its sides"),
        ("batch_norm(center=False)", "a batch normalization layer without a shift"),
        ("reshape(shape=(7, -1))", "a reshape layer to 7×?"),
        ("elu()", "an ELU activation"),
    ],
)  # fmt: skip
def test_settings_in_words(text, said):
    assert read_layer(text).words == said


def test_the_sheet_states_order_defaults_and_biases():
    found = stated(asked("network.parameters", input=[20, 20, 3], net=LONG))
    assert found[0] == "the shape of an image is height × width × channels"
    assert [phrase.partition(", ")[2].split(" has ")[0] for phrase in found[1:]] == [
        "a convolution", "a pooling", "a fully connected layer",
    ]  # fmt: skip
    first = asked("network.ledger", input=[3, 20, 20], net=LONG, order="CHW")
    assert "the shape of an image is channels × height × width" in stated(first)
    heads = [head for step in first.all_steps() for head in step.heads]
    assert ("output, C×H×W",) in heads


@pytest.mark.parametrize(
    ("text", "framework", "said"),
    [
        ("lstm(units=3)", "keras", "each LSTM has one bias vector for each gate, as in Keras"),
        ("gru(units=3)", "keras", "each GRU has two bias vectors for each gate, as in Keras"),
        ("bidirectional(lstm(units=3))", "pytorch", "each LSTM has two bias vectors for each gate, as in PyTorch"),
        ("simple_rnn(units=3)", "keras", "each simple recurrent layer has one bias vector, as in Keras"),
        ("lstm(units=3, biases=1)", "pytorch", None),
    ],
)
def test_biases_of_gates_are_stated_where_frameworks_differ(text, framework, said):
    found = stated(asked("network.parameters", input=[9, 4], net=[text, "dense(units=1)"], framework=framework))
    assert [phrase for phrase in found if "bias vector" in phrase] == ([said] if said else [])


def test_turned_questions_and_listings_state_them_too():
    turned = asked("network.solve_for", input=[15, 3], net=["lstm(units=H)"], solve_for="H", total=180)
    assert "each LSTM has one bias vector for each gate, as in Keras" in stated(turned)
    code = "from torch import nn\nm = nn.Sequential(nn.Conv2d(3, 6, 5), nn.Flatten(), nn.Linear(4704, 10))\n"
    read = asked("network.read", code=code, input=[32, 32, 3])
    assert stated(read) == ["the shape of an image is height × width × channels"]


def test_layers_inside_mappings_are_listed_as_calls():
    inner = {"residual": {"layers": [{"l1": "dense(units=4)"}, {"dense": {"units": 4}}], "shortcut": ["relu()"]}}
    (listing,) = listing_of([{"block": inner}, {"conv2d": {"filters": 4, "kernel": [3, 5]}}], ["block", "conv1"])
    assert listing.text.splitlines() == [
        "block = residual(l1: dense(units=4), dense(units=4), shortcut=[relu()])",
        "conv1 = conv2d(filters=4, kernel=[3, 5])",
    ]


def test_a_product_that_is_not_multiplied_out_is_accepted():
    answer = solve("network.parameters", input=[256, 256, 3], net=["conv2d(filters=96, kernel=11)"]).answers[
        "parameters"
    ]
    assert answer.accepts("(11*11*3 + 1)*96")
    assert answer.accepts("96 + 11**2*3*96")
    assert not answer.accepts("(11*11*3 + 1)*95")
    assert not answer.accepts("11*11*3*96")


IMAGE = {"image": [[1, 2], [3, 4]]}
KERNEL = {"kernel": [[1, 0], [0, -1]]}
ON = "a kernel is laid on as it stands (cross-correlation)"


@pytest.mark.parametrize(
    ("ask", "givens", "said"),
    [
        ("conv.apply", {**IMAGE, **KERNEL}, [ON]),
        ("conv.apply", {**IMAGE, **KERNEL, "flip": True}, []),
        ("conv.effect", KERNEL, [ON]),
        ("conv.effect", {**KERNEL, "flip": True}, []),
        ("pool.apply", IMAGE, []),
        ("pool.apply", {**IMAGE, "padding": 1}, ["cells that pad a pooling are zeros"]),
        ("pool.apply", {**IMAGE, "padding": 1, "outside": "-inf"},
         ["cells that pad a pooling never win and are not counted"]),
    ],
)  # fmt: skip
def test_the_sheet_states_how_kernels_lie_and_what_padding_counts(ask, givens, said):
    assert stated(asked(ask, **givens)) == said
