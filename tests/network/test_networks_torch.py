"""Shapes and numbers of parameters against PyTorch: layers with random settings, random networks, known architectures.

The modules stand on PyTorch's device `meta`: they have shapes, but no numbers and no memory. Recurrent ones are slow
there and small, and stand on the processor.
"""

import random

import pytest

from derive.network.code.source import source
from derive.network.network import read_network
from tests.network import known

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.oracle


@pytest.fixture(autouse=True)
def _on_meta():
    with torch.device("meta"), torch.no_grad():
        yield


def held(modules):
    """How many trainable numbers, and how many others, modules hold."""
    fixed = [b for m in modules for name, b in m.named_buffers() if not name.endswith("num_batches_tracked")]
    return sum(p.numel() for m in modules for p in m.parameters()), sum(b.numel() for b in fixed)


def inner(tensor):
    """The size of one example, channels last."""
    _, *shape = tensor.shape
    return (*shape[1:], shape[0]) if len(shape) > 2 else tuple(shape)


def ours(net, size):
    return read_network(net if isinstance(net, list) else [net], size, framework="pytorch")


# layers, one at a time: each function draws settings and gives our text, the input, PyTorch's module and its output


def recurrent(rng):
    kind, module = rng.choice([("simple_rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)])
    ins, units, length, times = (rng.randint(1, 9) for _ in range(4))
    bias, both, steps = (rng.random() < 0.5 for _ in range(3))
    projection = rng.randint(1, units - 1) if kind == "lstm" and units > 1 and rng.random() < 0.5 else 0
    text = f"{kind}(units={units}, return_sequences={steps}" + ("" if bias else ", biases=0")
    text += f", projection={projection})" if projection else ")"
    text = f"stack({f'bidirectional({text})' if both else text}, times={times})"
    settings = {"proj_size": projection} if kind == "lstm" else {}
    with torch.device("cpu"):
        made = module(ins, units, times, bias=bias, batch_first=True, bidirectional=both, **settings)
        result = made(torch.zeros(1, length, ins))[0]
    return text, (length, ins), made, result if steps else result[:, -1]


def attention(rng):
    heads, length = rng.randint(1, 6), rng.randint(1, 20)
    width, bias = heads * rng.randint(1, 8), rng.random() < 0.5
    made = nn.MultiheadAttention(width, heads, bias=bias, batch_first=True)
    given = torch.zeros(1, length, width)
    return f"multi_head_attention(heads={heads}, bias={bias})", (length, width), made, made(given, given, given)[0]


def transformer(rng):
    heads, length, feed, times = (rng.randint(1, 6) for _ in range(4))
    width, first = heads * rng.randint(1, 8), rng.random() < 0.5
    layer = nn.TransformerEncoderLayer(width, heads, feed, batch_first=True, norm_first=first)
    made = nn.TransformerEncoder(layer, times, enable_nested_tensor=False)
    block = f"transformer_encoder(heads={heads}, feed_forward={feed}, norm_first={first}, dropout=0.1)"
    return f"stack({block}, times={times})", (length, width), made, made(torch.zeros(1, length, width))


def normalization(rng):
    channels, affine = 2 * rng.randint(1, 8), rng.random() < 0.7
    sides = tuple(rng.randint(2, 9) for _ in range(rng.randint(1, 3)))
    switch = "" if affine else "center=False, scale=False"
    which = rng.choice(["batch", "group", "layer", "all"])
    if which == "batch":
        made = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[len(sides) - 1](channels, affine=affine)
        return f"batch_norm({switch})", (*sides, channels), made, made(torch.zeros(2, channels, *sides))
    if which == "group":
        made = nn.GroupNorm(2, channels, affine=affine)
        return f"group_norm(groups=2, {switch})", (*sides, channels), made, made(torch.zeros(2, channels, *sides))
    size = (sides[0], channels)
    made = nn.LayerNorm(size if which == "all" else channels, elementwise_affine=affine)
    over = "over=all, " if which == "all" else ""
    return f"layer_norm({over}{switch})", size, made, made(torch.zeros(1, *size))


def embedding(rng):
    words, width, length = (rng.randint(1, 50) for _ in range(3))
    made = nn.Embedding(words, width)
    ids = torch.zeros(1, length, dtype=torch.long)
    return f"embedding(input_dim={words}, output_dim={width})", (length,), made, made(ids)


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("draw", [recurrent, attention, transformer, normalization, embedding])
def test_layers(draw):
    rng = random.Random(draw.__name__)
    for _ in range(60 if draw is recurrent else 30):
        text, size, module, result = draw(rng)
        network = ours(text, size)
        shape = tuple(result.shape[1:])
        channels_first = draw is normalization and not text.startswith("layer")
        assert network.output == ((*shape[1:], shape[0]) if channels_first else shape), text
        assert (network.parameters(), network.parameters(trainable=False)) == held([module]), text


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("draw", [recurrent, attention, transformer, normalization, embedding])
def test_modules_as_source(draw):
    """The modules that our layers name are run, and give the same shapes and numbers."""
    rng = random.Random(f"{draw.__name__} as source")
    for _ in range(15):
        text, size, module, result = draw(rng)
        scope = {}
        with torch.device("cpu"):
            exec(source(ours(text, size), "pytorch").text, scope)
            shape = (size[-1], *size[:-1]) if draw is normalization and not text.startswith("layer") else size
            given = torch.zeros(2, *shape, dtype=torch.long if draw is embedding else torch.float)
            assert scope["model"](given).shape[1:] == result.shape[1:], text
        assert held([scope["model"]]) == held([module]), text


def test_multiply_adds():
    """Against PyTorch's own counter, which counts a multiplication and an addition as two."""
    counter = pytest.importorskip("torch.utils.flop_counter").FlopCounterMode
    rng = random.Random(8)
    for _ in range(4):
        heads, half, units, length = (rng.randint(1, 6) for _ in range(4))
        width = 2 * heads * half
        encoder = f"transformer_encoder(heads={heads}, feed_forward={units})"
        cases = {
            f"multi_head_attention(heads={heads})": nn.MultiheadAttention(width, heads, batch_first=True),
            encoder: nn.TransformerEncoderLayer(width, heads, units, batch_first=True),
            f"lstm(units={units})": nn.LSTM(width, units, batch_first=True),
            f"lstm(units={units + 1}, projection={units})": nn.LSTM(
                width, units + 1, batch_first=True, proj_size=units
            ),
            f"bidirectional(gru(units={units}))": nn.GRU(width, units, batch_first=True, bidirectional=True),
            f"simple_rnn(units={units})": nn.RNN(width, units, batch_first=True),
        }
        for text, module in cases.items():
            network, given = ours(text, (length, width)), torch.zeros(1, length, width)
            with counter(display=False) as counted:
                module(*[given] * (3 if text.startswith("multi") else 1))
            found = sum(node.layer.multiply_adds(*network.takes(node)) for node in network.nodes)
            assert 2 * found == counted.get_total_flops(), text


def test_order_of_axes():
    """Each array has the shape of PyTorch's, under its name."""
    cases = [
        ("lstm(units=5, projection=3)", (7, 4), nn.LSTM(4, 5, proj_size=3)),
        ("bidirectional(gru(units=5))", (7, 4), nn.GRU(4, 5, bidirectional=True)),
        ("simple_rnn(units=5)", (7, 4), nn.RNN(4, 5)),
        ("multi_head_attention(heads=2)", (7, 6), nn.MultiheadAttention(6, 2)),
        ("batch_norm()", (7, 7, 6), nn.BatchNorm2d(6, device="meta")),
        ("embedding(input_dim=9, output_dim=2)", (7,), nn.Embedding(9, 2)),
        ("layer_norm(over=all)", (7, 6), nn.LayerNorm((7, 6))),
    ]
    for text, size, module in cases:
        network = ours(text, size)
        found = {t.name: tuple(side for _, side in t.axes) for t in network.tensors(network.nodes[0])}
        state = {name: tuple(value.shape) for name, value in module.state_dict().items() if value.shape}
        assert found == state, text


# random networks


class Images:
    """A random network over images: what it is to us, PyTorch's modules, and the tensors that they gave."""

    def __init__(self, rng):
        self.rng = rng
        self.side, self.channels = rng.randint(12, 24), 2 * rng.randint(1, 3)
        self.net, self.modules, self.x = [], [], torch.zeros(2, self.channels, self.side, self.side)
        self.size, self.outputs, self.count = inner(self.x), {}, 0

    def run(self, module, x):
        self.modules.append(module)
        return module(x)

    def conv(self, x, stride=1, filters=None):
        filters, kernel = filters or 2 * self.rng.randint(1, 6), self.rng.choice([1, 3, 5])
        bias = self.rng.random() < 0.5
        text = f"conv2d(filters={filters}, kernel={kernel}, stride={stride}, padding={kernel // 2}, bias={bias})"
        return text, self.run(nn.Conv2d(x.shape[1], filters, kernel, stride, kernel // 2, bias=bias), x)

    def simple(self, x):
        kind = self.rng.choice(["conv", "relu", "batch", "group", "dropout"])
        if kind == "conv":
            return self.conv(x)
        channels = x.shape[1]
        text, module = {
            "relu": ("relu()", nn.ReLU()),
            "batch": ("batch_norm()", nn.BatchNorm2d(channels)),
            "group": ("group_norm(groups=2)", nn.GroupNorm(2, channels)),
            "dropout": ("dropout(rate=0.3)", nn.Dropout(0.3)),
        }[kind]
        return text, self.run(module, x)

    def residual(self):
        stride, y, inside = self.rng.choice([1, 2]), self.x, []
        for _ in range(self.rng.randint(0, 2)):
            text, y = self.simple(y)
            inside.append(text)
        keeps = self.rng.random() < 0.5
        text, y = self.conv(y, 1 if keeps else stride, self.x.shape[1] if keeps else None)
        inside.append(text)
        if keeps:
            self.x = self.x + y
        else:
            text, other = self.conv(self.x, stride, y.shape[1])
            inside.append(f"shortcut={text}")
            self.x = other + y
        self.put("residual", f"residual({', '.join(inside)})")

    def branches(self):
        parts, names = [], []
        for name in ("left", "right"):
            text, y = self.conv(self.x)
            names.append(f"{name}{self.count}")
            source = list(self.outputs)[-1] if self.outputs else "input"
            self.net.append({names[-1]: text.replace("(", f"({source}, ", 1)})
            parts.append(y)
        self.x = torch.cat(parts, dim=1)
        self.put("concat", f"concat({', '.join(names)})")

    def put(self, name, text):
        self.count += 1
        self.net.append({f"{name}_{self.count}": text})
        self.outputs[f"{name}_{self.count}"] = inner(self.x)

    def step(self):
        kind = self.rng.choice(["simple", "simple", "residual", "branches", "pool"])
        if kind == "residual":
            self.residual()
        elif kind == "branches":
            self.branches()
        elif kind == "pool" and min(self.x.shape[2:]) > 3:
            self.x = self.run(nn.MaxPool2d(2), self.x)
            self.put("pool", "max_pool2d(kernel=2)")
        else:
            text, self.x = self.simple(self.x)
            self.put("simple", text)

    def end(self):
        self.x = self.run(nn.Flatten(), self.x)
        self.put("flat", "flatten")
        self.x = self.run(nn.Linear(self.x.shape[1], 10), self.x)
        self.put("dense", "dense(units=10)")


def images(rng):
    made = Images(rng)
    for _ in range(rng.randint(3, 9)):
        made.step()
    made.end()
    return made.net, made.size, made.modules, made.outputs


def sequences(rng):
    """Words, an encoder, recurrent layers, a dense layer."""
    words, length, heads = rng.randint(5, 99), rng.randint(2, 20), rng.randint(1, 4)
    width, units, feed = heads * rng.randint(1, 6), rng.randint(1, 12), rng.randint(1, 30)
    table, ids = nn.Embedding(words, width), torch.zeros(1, length, dtype=torch.long)
    net, modules, x = [{"a": f"embedding(input_dim={words}, output_dim={width})"}], [table], table(ids)
    outputs = {"a": tuple(x.shape[1:])}
    if rng.random() < 0.6:
        modules.append(nn.TransformerEncoderLayer(width, heads, feed, batch_first=True))
        x = modules[-1](x)
        net.append({"b": f"transformer_encoder(heads={heads}, feed_forward={feed})"})
        outputs["b"] = tuple(x.shape[1:])
    times, both = rng.randint(1, 3), rng.random() < 0.5
    layer, module = rng.choice([("lstm", nn.LSTM), ("gru", nn.GRU)])
    with torch.device("cpu"):
        modules.append(module(width, units, times, batch_first=True, bidirectional=both))
        x = modules[-1](torch.zeros(x.shape))[0][:, -1]
    text = f"{layer}(units={units})"
    net.append({"c": f"stack({f'bidirectional({text})' if both else text}, times={times})"})
    modules.append(nn.Linear(x.shape[-1], 1))
    net.append({"d": "dense(units=1)"})
    return net, (length,), modules, {**outputs, "c": tuple(x.shape[1:]), "d": (1,)}


@pytest.mark.parametrize("draw", [images, sequences])
def test_random_networks(draw):
    rng, merged = random.Random(f"{draw.__name__} 1"), 0
    for _ in range(40 if draw is images else 20):
        net, size, modules, outputs = draw(rng)
        network = ours(net, size)
        ends = {node.name.partition(".")[0]: network.sizes[node.name] for node in network.nodes}
        assert {name: ends[name] for name in outputs} == outputs, net
        assert (network.parameters(), network.parameters(trainable=False)) == held(modules), net
        merged += any(len(node.sources) > 1 for node in network.nodes)
    assert merged > 8


# known architectures


@pytest.mark.parametrize(
    ("build", "parameters", "classes"),
    [
        (known.lenet5, 61_706, 10),
        (known.alexnet, 61_100_840, 1000),
        (known.vgg16, 138_357_544, 1000),
        (known.resnet18, 11_689_512, 1000),
        (known.resnet50, 25_557_032, 1000),
        (known.resnet152, 60_192_808, 1000),
    ],
)
def test_known_architectures(build, parameters, classes):
    network = ours(*build())
    assert network.parameters() == parameters
    assert network.output == (classes,)


def test_a_transformer_of_96_blocks():
    """The size of GPT-3's blocks."""
    network = ours(*known.transformer(blocks=96, width=12288, heads=96, length=2048))
    layer = nn.TransformerEncoderLayer(12288, 96, 4 * 12288, batch_first=True)
    assert network.parameters() == 96 * held([layer])[0] == 96 * (12 * 12288**2 + 13 * 12288)
    assert network.output == (2048, 12288)
