"""Listings become networks: frameworks' own order of arguments, the ways to write a model, and what is broken in it."""

import pytest

from derive.errors import InputError
from derive.network.code.reading import read_listing
from derive.network.network import read_network

IMPORTS = "import keras\nfrom keras import layers\n"
TORCH = "import torch\nfrom torch import nn\n"


def kinds(found):
    return [node.layer.kind for node in found.network.nodes]


def faults(text, size=None):
    return [str(fault) for fault in read_listing(text, size).faults]


def keras(*lines, size="(28, 28, 1)"):
    inner = "".join(f"    {line},\n" for line in lines)
    return f"{IMPORTS}m = keras.Sequential([\n    layers.Input({size}),\n{inner}])\n"


def torch(*lines):
    return f"{TORCH}m = nn.Sequential(\n" + "".join(f"    {line},\n" for line in lines) + ")\n"


# ways to write a model


WANTED = read_network(
    ["conv2d(filters=4, kernel=3, activation=relu)", "max_pool2d()", "flatten()", "dense(units=10)"], (28, 28, 1)
)
WAYS = {
    "list": keras(
        "layers.Conv2D(4, 3, activation='relu')", "layers.MaxPooling2D()", "layers.Flatten()", "layers.Dense(10)"
    ),
    "keywords": keras(
        "layers.Conv2D(kernel_size=(3, 3), filters=4, activation=keras.activations.relu, name='first')",
        "layers.MaxPool2D(pool_size=2)", "layers.Flatten()", "layers.Dense(units=10, kernel_initializer='he_normal')",
    ),
    "positions": keras(
        "layers.Conv2D(4, (3, 3), (1, 1), 'valid', None, 1, 1, 'relu', True)",
        "layers.MaxPooling2D((2, 2), None, 'valid')", "layers.Flatten()", "layers.Dense(10, None, True)",
    ),
    "add": """
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
classes = 10
net = Sequential()
net.add(Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1)))
net.add(MaxPooling2D())
net.add(Flatten())
net.add(Dense(classes))
net.summary()
""",
    "variables": """
import tensorflow as tf
size = (28, 28, 1)
conv = tf.keras.layers.Conv2D(4, 3, activation=tf.nn.relu)
parts = [tf.keras.Input(size), conv, tf.keras.layers.MaxPooling2D()]
m = tf.keras.Sequential(parts)
m.add(tf.keras.layers.Flatten())
m.add(tf.keras.layers.Dense(2*5))
""",
    "star": """
from keras.models import Sequential
from keras.layers import *
m = Sequential([Input(shape=(28, 28, 1)), Conv2D(4, 3, activation='relu'), MaxPooling2D(), Flatten(), Dense(10)])
""",
    "inside": """
import keras
from keras import layers
m = keras.Sequential([
    keras.Sequential([layers.InputLayer(input_shape=(28, 28, 1)), layers.Conv2D(4, 3, activation='relu')]),
    layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)])
""",
    "functional": """
import keras
from keras import layers
x = inputs = 1
inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(4, 3, activation='relu')(inputs)
pool = layers.MaxPooling2D()
x = pool(x)
x = layers.Flatten()(x)
out = layers.Dense(10)(x)
model = keras.Model(inputs=inputs, outputs=out)
""",
    "function": """
import keras
from keras import layers

def build(rate):
    '''A small network.'''
    model = keras.Sequential()
    model.add(layers.Input((28, 28, 1)))
    model.add(layers.Conv2D(4, 3, activation='relu'))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    return model

net = build(0.1)
print(net)
""",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_write_one_network_in_keras(way):
    found = read_listing(WAYS[way])
    assert kinds(found) == [node.layer.kind for node in WANTED.nodes]
    assert list(found.network.sizes.values()) == list(WANTED.sizes.values())
    assert found.network.parameters() == WANTED.parameters()
    assert found.network.nodes[0].layer.activation == "relu"
    assert (found.network.input, found.network.output) == ((28, 28, 1), (10,))
    assert found.faults == ()


TORCH_WAYS = {
    "sequential": torch("nn.Conv2d(1, 4, 3)", "nn.ReLU()", "nn.MaxPool2d(2)", "nn.Flatten()", "nn.Linear(676, 10)"),
    "keywords": """
import torch.nn
model = torch.nn.Sequential(
    torch.nn.Conv2d(in_channels=1, out_channels=4, kernel_size=3, stride=1, padding=0, bias=True),
    torch.nn.ReLU(inplace=True), torch.nn.MaxPool2d(kernel_size=2, stride=2), torch.nn.Flatten(start_dim=1),
    torch.nn.Linear(in_features=676, out_features=10))
""",
    "ordered": """
from collections import OrderedDict
from torch import nn
model = nn.Sequential(OrderedDict([
    ("conv", nn.Conv2d(1, 4, 3)), ("act", nn.ReLU()), ("pool", nn.MaxPool2d(2)),
    ("flat", nn.Flatten()), ("out", nn.Linear(676, 10))]))
""",
    "modules": """
from torch import nn
model = nn.Sequential()
model.add_module("features", nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()))
model.append(nn.MaxPool2d(2))
model.append(nn.Flatten())
model.append(nn.Linear(676, 10))
""",
}


@pytest.mark.parametrize("way", TORCH_WAYS)
def test_ways_to_write_one_network_in_pytorch(way):
    found = read_listing(TORCH_WAYS[way], (28, 28, 1))
    assert kinds(found) == ["conv2d", "relu", "max_pool2d", "flatten", "dense"]
    assert found.framework == "pytorch"
    assert found.network.parameters() == 40 + 6770
    assert found.faults == ()


def test_the_frameworks_order_of_arguments():
    """The fifth value of Keras' Conv2D is the data format, that of PyTorch's the padding."""
    found = read_listing(torch("nn.Conv2d(3, 8, 5, 2, 1, 1, 1, False)"), (20, 20, 3))
    layer = found.network.nodes[0].layer
    assert (layer.filters, layer.kernel, layer.stride, layer.padding, layer.bias) == (8, 5, 2, 1, False)
    assert found.network.parameters() == 600
    found = read_listing(keras("layers.Conv2D(8, 5, 2, 'same', None, 1, 1, None, False)"))
    layer = found.network.nodes[0].layer
    assert (layer.stride, layer.padding, layer.bias) == (2, "same", False)


def test_layers_of_many_kinds():
    found = read_listing(keras(
        "layers.Embedding(input_dim=100, output_dim=8)", "layers.Bidirectional(layers.LSTM(5, return_sequences=True))",
        "layers.TimeDistributed(layers.Dense(4))", "layers.GRU(3, use_bias=False)", "layers.LayerNormalization()",
        "layers.LeakyReLU(0.2)", "layers.Activation('softmax')", size="(12,)"))  # fmt: skip
    assert kinds(found) == ["embedding", "bidirectional", "dense", "gru", "layer_norm", "leaky_relu", "softmax"]
    assert found.network.sizes["bidirectional1"] == (12, 10)
    assert found.network.parameters() == 800 + 2 * 4 * (8 * 5 + 5 * 5 + 5) + 44 + 3 * (4 * 3 + 3 * 3) + 6
    assert found.network.nodes[3].layer.biases == 0


# what is broken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from keras import layers\nm = keras.Sequential([layers.Input((4,)), layers.Dense(1)])",
         "line 2: keras is used but never imported (import keras)"),
        ("from keras import Sequential, Input\nm = Sequential([Input((4,)), Dense(1)])",
         "line 2: Dense is used but never imported (from keras.layers import Dense)"),
        ("import tensorflow as tf\nm = tf.keras.layers.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])",
         "line 2: Sequential lives in keras, not in keras.layers"),
        (keras("layers.Conv2d(3, 3)"), "line 5: unknown layer of Keras 'Conv2d'; did you mean Conv2D?"),
        (keras("layers.Dense(3, bias=False)", size="(4,)"),
         "line 5: unknown parameter of Dense 'bias'; did you mean use_bias?"),
        (keras("layers.Conv2D(3)"), "line 5: Conv2D: conv2d: kernel is missing"),
        (keras("layers.Conv2D(3, 3, padding=1)"),
         "line 5: padding of Conv2D is a word such as 'same', not 1"),
        (keras("layers.Conv2D(3, 40)"), "line 5: Conv2D: a kernel of 40 is larger than the padded input of 28"),
        (keras("layers.Dense(1, activation='sigmoid')"),
         "line 5: Flatten() is missing: Dense works on the last axis of 28×28×1 alone"),
        (keras("layers.LSTM(3)", "layers.LSTM(3)", size="(9, 2)"),
         "line 6: LSTM: lstm takes a sequence, but its input is a vector of shape 3"),
        (keras("layers.Dense(8, activation='relu')", size="(4,)"),
         "line 5: the last layer, Dense with 8 outputs, has ReLU: no output layer (softmax, sigmoid or none) follows"),
        (keras("layers.Conv2D(4, 3)", "layers.MaxPooling2D()"),
         "line 6: the listing ends with MaxPooling2D: the output layer is missing"),
        (IMPORTS + "m = keras.Sequential()\nn.add(layers.Dense(3, input_shape=(4,)))",
         "line 4: n is not defined: no Sequential was assigned to it"),
        (IMPORTS + "m = keras.Sequential()\nm.add(layers.Input((4,)))\nm.add(layers.Dense(3), layers.Dense(1))",
         "line 5: add() takes one layer, not 2"),
        (IMPORTS + "m = keras.Sequential()\nm.add(layers.Dense(3, input_shape=(4,))\nm.add(layers.Dense(1))",
         "line 4: the bracket '(' is never closed"),
        (keras("layers.Dense(3)", size="(4,)").replace("Dense(3),", "Dense(3)\n    layers.Dense(1)"),
         "line 5: a comma is missing"),
        (keras("layers.Dense(3))", size="(4,)"), "line 5: the bracket ')' does not close '['"),
        (keras("layers.Dense(3)", size="(4,)") + ")", "line 7: the bracket ')' was never opened"),
        (IMPORTS + "x = layers.Dense(3)", "no model is created: a Sequential is missing"),
        (keras("layers.Dense(1, activation='softmax')", size="(4,)") + "m.compile('adam', 'binary_crossentropy')",
         "line 7: binary_crossentropy needs sigmoid outputs, but the output has softmax"),
        (keras("layers.Dense(1, activation='sigmoid')", size="(4,)")
         + "m.compile('adam', keras.losses.BinaryCrossentropy(from_logits=True))",
         "line 7: from_logits=True, but sigmoid stands behind the output"),
        (keras("layers.Dense(5)", size="(4,)") + "m.compile('adam', 'sparse_categorical_crossentropy')",
         "line 7: sparse_categorical_crossentropy needs softmax outputs, but the output has no activation"),
        (keras("layers.Dense(1)", size="(4,)") + "m.compile('adam', 'mse')\nm.fit(epochs=3)",
         "line 8: fit() is given no data: it fails before the first epoch"),
        (keras("layers.Dense(1)", size="(4,)") + "m.fit(x, y)", "line 7: fit() is called without compile() before"),
        (keras("layers.Dense(1)", size="(4,)")
         + "m.compile('adam', 'mse')\ns = keras.callbacks.EarlyStopping(patience=3)\nm.fit(x, y, callbacks=[s])",
         "line 8: EarlyStopping watches val_loss, but fit() is given no validation data"),
        (keras("layers.Dense(1)", size="(4,)")
         + "m.compile('adam', 'mse')\ns = keras.callbacks.EarlyStopping('loss')\nm.fit(x, y)",
         "line 9: EarlyStopping is made, but fit() is given no callbacks"),
        (torch("nn.Linear(4, 3)", "nn.Linear(5, 1)"),
         "line 5: Linear: in_features is 5, but the layer before gives 3"),
        (torch("nn.LSTM(4, 3)", "nn.Linear(3, 1)"),
         "line 5: LSTM gives its outputs together with its last states, which the module behind it cannot take"),
        (torch("nn.Relu()", "nn.Linear(4, 1)"), "line 4: unknown layer of PyTorch 'Relu'; did you mean ReLU?"),
    ],
)  # fmt: skip
def test_faults_are_named_with_their_line(text, said):
    size = {"nn.LSTM": (9, 4), "nn.Relu": (4,)}.get(next((key for key in ("nn.LSTM", "nn.Relu") if key in text), ""))
    assert said in faults(text, size)


def test_a_right_listing_has_no_faults():
    fit = "m.compile('adam', 'binary_crossentropy')\nm.fit(x_train, y_train, epochs=3)\n"
    assert faults(keras("layers.Flatten()", "layers.Dense(1, activation='sigmoid')") + fit) == []


def test_a_missing_flatten_in_pytorch_is_read_on():
    found = read_listing(torch("nn.Conv2d(3, 6, 5)", "nn.Linear(4704, 10)"), (32, 32, 3))
    assert [fault.line for fault in found.faults] == [5]
    assert "nn.Flatten() is missing" in found.faults[0].text
    assert found.network.sizes["flatten1"] == (4704,)
    assert found.network.output == (10,)


def test_the_network_ends_before_what_cannot_be_read():
    found = read_listing(keras("layers.Conv2D(4, 3)", "layers.Nonsense(3)", "layers.Dense(10)"))
    assert kinds(found) == ["conv2d"]
    (fault,) = found.faults
    assert str(fault).startswith("line 6: unknown layer of Keras 'Nonsense'")


MID = """import tensorflow as tf
net = tf.keras.layers.Sequential()
net.add(tf.keras.layers.Dense(1048, activation='relu', input_shape=(256*256*3,)))
net.add(tf.keras.layers.Dense(512, activation='relu'), tf.keras.layers.Dropout(0.4))
net.add(tf.keras.layers.Dense(256, activation='relu'))
net.add(tf.keras.layers.Dense(128, activation='relu'))
net.add(tf.keras.layers.Dense(64, activation='relu'), tf.keras.layers.Dropout(0.6))
net.add(tf.keras.layers.Dense(32, activation='relu'))
net.add(tf.keras.layers.Dense(16, activation='relu'))
net.add(tf.keras.layers.Dense(8, activation='relu')
callback = tf.keras.callbacks.EarlyStopping(monitor='loss', patience=7)
history = net.fit(epochs=200, batch_size=32, callbacks=[callback])
"""


def test_bits_mid_q1():
    """bits-mid-q1a-io, -depth, -q1c-params, -q1e: the listing that is cut, its parameters and its defects."""
    found = read_listing(MID)
    counts = [sum(tensor.count for tensor in found.network.tensors(node)) for node in found.network.nodes]
    assert [count for count in counts if count] == [206046232, 537088, 131328, 32896, 8256, 2080, 528, 136]
    assert found.network.parameters() == 206758544
    assert (found.network.input, found.network.output) == ((196608,), (8,))
    dropouts = [count for node, count in zip(found.network.nodes, counts, strict=True) if node.layer.kind == "dropout"]
    assert dropouts == [0, 0]
    said = " | ".join(map(str, found.faults))
    for text in ("Sequential lives in keras", "add() takes one layer, not 2", "is never closed", "no output layer",
                 "fit() is given no data"):  # fmt: skip
        assert text in said


# what is never run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = eval('1')", "a call of eval is never read"),
        ("exec('import os')", "a call of exec is never read"),
        ("__import__('os').system('touch hacked')", "anything but a named function"),
        ("__import__('os')", "is never read"),
        ("f = lambda x: x", "only numbers, words, lists and calls"),
        ("m = [print(i) for i in range(3)]", "only numbers, words, lists and calls"),
        ("class Net:\n    pass", "a class is not read"),
        ("for n in (1, 2):\n    m.add(layers.Dense(n))", "a model that changes inside 'for' is not read"),
        ("a" * 10**6, "1000000 characters; 20000 are the limit"),
        ("(" * 5000, "nested too deeply"),
        ("[" * 90 + "1" + "]" * 90 + "+" + "-" * 15000 + "1", "nested too deeply"),
        ("x = " + "1*" * 9000 + "1", "nested too deeply"),
        (keras("layers.Dense(10**9999)"), "only numbers, words, lists and calls"),
        (keras("*[layers.Dense(1)]"), "only numbers, words, lists and calls"),
        (keras("layers.Dense(**{'units': 3})"), r"\* or \*\* in a call"),
    ],
)
def test_hostile_listings_get_a_sentence(text, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        read_listing(text, (4,))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["x\0y", "x = " + "9" * 10000, "\ufeff", "'''", "\\", "if", "é = 1", "\t x", "m.add()"]
)
def test_odd_texts_are_answered(text):
    found = read_listing(text)
    assert found.network is None
    assert found.faults


def test_calls_inside_a_layer_are_not_run():
    found = read_listing(keras("layers.Dense(eval('1'))", "layers.Dense(2)", size="(4,)"))
    assert found.network is None
    assert "cannot be read" in str(found.faults[0])


def test_an_input_that_is_not_known_is_asked_for():
    with pytest.raises(InputError, match="give it as input"):
        read_listing(torch("nn.Conv2d(3, 6, 5)"))
    with pytest.raises(InputError, match="leave input out"):
        read_listing(keras("layers.Flatten()"), (3, 3, 3))
    assert read_listing(torch("nn.Linear(7, 2)")).network.input == (7,)
