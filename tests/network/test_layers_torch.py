"""Random layers against PyTorch: shapes, numbers of parameters, windows, and the source that a layer gives."""

import random
import warnings
from itertools import product
from math import ceil

import pytest

from derive.errors import InputError
from derive.network.kinds import read_layer
from derive.network.layers.base import Window
from tests.network.drawn_layers import drawn

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.oracle
REFUSALS = (ValueError, RuntimeError)


def each_side(value, rank):
    return value if isinstance(value, tuple) else (value,) * rank


def both(pair):
    return pair if isinstance(pair, tuple) else (pair, pair)


def pad_module(pairs, rank):
    return getattr(nn, f"ZeroPad{rank}d")(tuple(end for pair in reversed(pairs) for end in pair))


def shape_of(module, size):
    """The output, channels last, for an input of that size."""
    x = torch.zeros(1, size[-1], *size[:-1])
    shape = tuple(module(x).shape[1:])
    return (*shape[1:], shape[0])


def count_of(module):
    return sum(p.numel() for p in module.parameters())


def activated(module, word):
    names = {"relu": nn.ReLU, "tanh": nn.Tanh, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU}
    tail = [] if word == "linear" else [nn.Softmax(1)] if word == "softmax" else [names[word]()]
    return nn.Sequential(module, *tail)


def padded(build, layer):
    """The module of `build(padding)` with the padding that the layer is given, whatever PyTorch calls it.

    TensorFlow's `same` is the least padding with which PyTorch finds ⌈side/stride⌉ windows.
    """
    rank, given = layer.rank, layer.settings["padding"]
    if given == "valid":
        return build(0)
    if given == "same":
        stride = each_side(layer.settings.get("stride", layer.settings["kernel"]), rank)
        wanted = tuple(ceil(side / step) for side, step in zip(layer.size, stride, strict=False))
        totals = []
        for axis in range(rank):
            totals.append(next(t for t in range(40) if _side_with(build, layer.size, axis, t) >= wanted[axis]))
        return nn.Sequential(pad_module([(t // 2, t - t // 2) for t in totals], rank), build(0))
    pairs = [both(pair) for pair in each_side(given, rank)]
    if all(before == after for before, after in pairs):
        return build(tuple(before for before, _ in pairs))
    return nn.Sequential(pad_module(pairs, rank), build(0))


def _side_with(build, size, axis, total):
    pairs = [(0, total) if k == axis else (0, 12) for k in range(len(size) - 1)]
    try:
        return shape_of(nn.Sequential(pad_module(pairs, len(pairs)), build(0)), size)[axis]
    except RuntimeError:
        return 0  # the kernel is larger still


def convolution(layer):
    s, rank = layer.settings, layer.rank
    made = getattr(nn, f"Conv{rank}d")

    def build(padding):
        return made(
            layer.size[-1], s["filters"], s["kernel"], s["stride"], padding, s["dilation"], s["groups"], s["bias"]
        )

    return activated(padded(build, layer), s["activation"])


def by_channel(layer):
    s, rank, channels = layer.settings, layer.rank, layer.size[-1]
    made, between = getattr(nn, f"Conv{rank}d"), channels * s["depth_multiplier"]
    separable = layer.kind.startswith("separable")

    def build(padding):
        bias = s["bias"] and not separable
        return made(channels, between, s["kernel"], s["stride"], padding, s["dilation"], channels, bias)

    module = padded(build, layer)
    if separable:
        module = nn.Sequential(module, made(between, s["filters"], 1, bias=s["bias"]))
    return activated(module, s["activation"])


def transposed(layer):
    """Padding that differs at the ends is cut off behind; the words go by the rules of Keras."""
    s, rank = layer.settings, layer.rank
    stride, dilation, kernel = (each_side(s[name], rank) for name in ("stride", "dilation", "kernel"))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    added = s.get("output_padding")
    pairs, inside = [(0, 0)] * rank, 0
    if s["padding"] == "same" and added is not None:
        pairs = [(r // 2, r // 2) for r in reach]
    elif s["padding"] == "same":
        surplus = [max(r - step, 0) for r, step in zip(reach, stride, strict=True)]
        pairs = [(cells // 2, cells - cells // 2) for cells in surplus]
    elif s["padding"] != "valid":
        pairs = [both(pair) for pair in each_side(s["padding"], rank)]
        if all(before == after for before, after in pairs):
            pairs, inside = [(0, 0)] * rank, tuple(before for before, _ in pairs)
    if added is None and isinstance(s["padding"], str):
        added = tuple(max(step - r, 0) for r, step in zip(reach, stride, strict=True))
    module = getattr(nn, f"ConvTranspose{rank}d")(
        layer.size[-1],
        s["filters"],
        s["kernel"],
        s["stride"],
        inside,
        added or 0,
        s["groups"],
        s["bias"],
        s["dilation"],
    )
    return activated(nn.Sequential(module, pad_module([(-a, -b) for a, b in pairs], rank)), s["activation"])


def pooling(layer):
    s, rank = layer.settings, layer.rank
    word = "Max" if layer.kind.startswith("max") else "Avg"
    more = {"dilation": s["dilation"]} if word == "Max" else {}
    pairs = [] if isinstance(s["padding"], str) else [both(p) for p in each_side(s["padding"], rank)]
    if any(max(pair) > k // 2 for pair, k in zip(pairs, each_side(s["kernel"], rank), strict=False)):
        raise ValueError("PyTorch says so itself where the ends are alike")

    def build(padding):
        ceils = s["ceil"] and s["padding"] != "same"
        return getattr(nn, f"{word}Pool{rank}d")(s["kernel"], s.get("stride"), padding, ceil_mode=ceils, **more)

    return padded(build, layer)


def told(layer):
    """Adaptive and global pooling."""
    word = "Max" if "max" in layer.kind else "Avg"
    return getattr(nn, f"Adaptive{word}Pool{layer.rank}d")(layer.settings.get("output_size", 1))


ORACLES = {"conv": convolution, "depthwise": by_channel, "separable": by_channel, "max": pooling, "avg": pooling,
           "adaptive": told, "global": told}  # fmt: skip


def oracle(layer):
    """The shape behind a layer and its number of parameters, from PyTorch alone."""
    s, size = layer.settings, layer.size
    stem = layer.kind.split("_")[0].rstrip("123d") if "_" in layer.kind else layer.kind.rstrip("123d")
    if layer.kind.endswith("transpose"):
        module = transposed(layer)
    elif stem in ORACLES:
        module = ORACLES[stem](layer)
    elif stem == "upsample":
        module = nn.Upsample(scale_factor=s["factor"], mode=s["mode"])
    elif stem == "padding":
        module = pad_module([both(pair) for pair in each_side(s["padding"], layer.rank)], layer.rank)
    elif stem == "crop":
        pairs = [both(pair) for pair in each_side(s["cropping"], layer.rank)]
        cut = torch.zeros(size)[tuple(slice(a, max(n - b, a)) for (a, b), n in zip(pairs, size, strict=False))]
        if 0 in cut.shape:
            raise ValueError("nothing is left")
        return tuple(cut.shape), 0
    elif stem == "reshape":
        return tuple(torch.zeros(size).reshape(s["shape"]).shape), 0
    elif stem == "flatten":
        return tuple(torch.zeros(size).flatten().shape), 0
    else:
        module = nn.Linear(size[-1], s["units"], bias=s["bias"])
        return tuple(module(torch.zeros(size)).shape), count_of(module)
    shape = shape_of(module, size)
    kept = s.get("keepdims", True)
    return (shape if kept else shape[-1:]), count_of(module)


def ours(layer):
    """The shape behind the layer and its number of parameters, as the layer says."""
    network = layer.network()
    return network.output, network.parameters()


def asked(side, layer):
    try:
        return side(layer)
    except (InputError, *REFUSALS) as error:
        return error


@pytest.fixture(autouse=True)
def quiet():
    torch.set_num_threads(1)  # the tensors are small
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def sticks_out_alone(layer):
    """Windows larger than the padded input: PyTorch's pooling with ceil takes some of them, ours none."""
    return bool(layer.settings.get("ceil"))


def test_shapes_and_parameters_are_those_of_torch():
    agreed = refused = 0
    for layer in drawn(random.Random(31), each=16):
        mine, torchs = asked(ours, layer), asked(oracle, layer)
        if isinstance(mine, InputError):
            exempt = "larger than the padded" in mine.message and sticks_out_alone(layer)
            exempt = exempt or "ceil needs" in mine.message
            assert isinstance(torchs, REFUSALS) or exempt, (layer.text, layer.size, mine, torchs)
            refused += 1
            continue
        assert mine == torchs, (layer.text, layer.size)
        agreed += 1
    assert agreed >= 300
    assert refused >= 30


def fits(layer):
    return not isinstance(asked(ours, layer), InputError)


def emitted(layer):
    """The module that the layer's own source makes."""
    network = layer.network()
    scope = {"nn": nn}
    exec(f"module = nn.Sequential({', '.join(network.nodes[0].layer.torch(network.input))})", scope)
    return scope["module"]


def test_the_source_runs_and_gives_the_same_shapes_and_parameters():
    ran = 0
    for layer in filter(fits, drawn(random.Random(32), each=14)):
        node = layer.network().nodes[0]
        module = asked(emitted, layer)
        if isinstance(module, InputError):
            assert "no module in PyTorch" in module.message
            continue
        channels_last = node.layer.torch_channels == "last"
        size = layer.size
        if channels_last or len(size) == 1:
            shape = tuple(module(torch.zeros(1, *size)).shape[1:])
        else:
            shape = tuple(module(torch.zeros(1, size[-1], *size[:-1])).shape[1:])
            shape = (*shape[1:], shape[0])
        assert (shape, count_of(module)) == ours(layer), (layer.text, layer.size)
        ran += 1
    assert ran >= 300


def test_weights_have_the_shapes_of_torch():
    for layer in filter(fits, drawn(random.Random(33), each=6)):
        tensors = layer.network().tensors(layer.network().nodes[0])
        if tensors:
            shapes = [tuple(size for _, size in tensor.axes) for tensor in tensors]
            assert shapes == [tuple(p.shape) for p in emitted(layer).parameters()], layer.text


def seen(window, side, position):
    """The cells of the input that a window says one output reads."""
    cells = (position * window.stride - window.padding + k * window.dilation for k in range(window.kernel))
    return {cell // window.upscale for cell in cells if cell % window.upscale == 0} & set(range(side))


def probed(module, layer, axis):
    """For each place along an axis of the output, the places of the input with a gradient."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(1.0)
    x = torch.ones(1, layer.size[-1], *layer.size[:-1], requires_grad=True)
    y = module(x)
    rows = y.sum(dim=[d for d in range(y.dim()) if d != axis + 2])
    for row in rows:
        (slope,) = torch.autograd.grad(row, x, retain_graph=True)
        slope = slope.abs().sum(dim=[d for d in range(x.dim()) if d != axis + 2])
        yield {int(i) for i in (slope > 1e-4).nonzero().flatten()}  # a weight of 0 may be rounded


def smooth(layer):
    """Whether a gradient shows all that an output reads: a maximum hides it, and so does what sums to 1."""
    straight = layer.settings.get("activation", "linear") in ("linear", "relu")
    sided = layer.kind not in ("reshape", "flatten", "dense") and layer.settings.get("keepdims", True)
    return "max" not in layer.kind and layer.rank < 3 and straight and sided


def test_windows_are_where_the_gradient_is():
    probes = 0
    for layer in filter(smooth, filter(fits, drawn(random.Random(34), each=10))):
        windows = asked(lambda layer: layer.network().nodes[0].layer.windows(layer.size), layer)
        module = asked(emitted, layer)
        if isinstance(windows, InputError) or isinstance(module, InputError):
            assert layer.kind.startswith("adaptive") or layer.settings["padding"] == "same"
            continue
        for axis, window in enumerate(windows):
            for position, found in enumerate(probed(module, layer, axis)):
                expected = seen(window, layer.size[axis], position)
                assert found == expected or not found, (layer.text, layer.size, axis, position)
                assert len(found) <= window.seen
                probes += bool(found)
    assert probes >= 500


def test_ceil_counts_as_torch_for_every_small_pooling():
    cut = 0
    for side, kernel, stride, padding in product(range(1, 10), range(1, 6), range(1, 6), range(3)):
        if padding > kernel // 2 or kernel > side + 2 * padding:
            continue
        layer = read_layer(f"max_pool1d(kernel={kernel}, stride={stride}, padding={padding}, ceil=True)")
        module = nn.MaxPool1d(kernel, stride, padding, ceil_mode=True)
        assert layer.output((side, 1)) == shape_of(module, (side, 1)), (side, layer)
        cut += "must start" in layer.size_rules((side, 1))[0].reason[0]
    assert cut > 20


def test_seen_is_the_longest_reach_on_a_stretched_axis():
    for kernel, dilation, upscale in product(range(1, 6), range(1, 4), range(1, 5)):
        window = Window(kernel, dilation=dilation, upscale=upscale)
        spans = [seen(window, 1000, place) for place in range(100, 100 + upscale)]
        assert window.seen == max(max(cells) - min(cells) + 1 if cells else 0 for cells in spans)
