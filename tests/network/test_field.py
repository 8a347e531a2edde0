"""Receptive fields against probes: which inputs a value depends on, by sets of places and by gradients in torch."""

import random
from dataclasses import dataclass

import pytest

from derive.errors import InputError
from derive.network.fields.field import fields
from derive.network.network import read_network

SIDE = 150
"""Large enough for a field in the middle to stay clear of the borders."""


@dataclass(frozen=True)
class Op:
    """A layer along one axis, as this test understands it: no code is shared with the package."""

    kind: str
    kernel: int = 1
    stride: int = 1
    padding: tuple[int, int] = (0, 0)
    dilation: int = 1

    def text(self, rank):
        repeated = self.padding[0] if self.padding[0] == self.padding[1] else (self.padding,) * rank
        settings = f"kernel={self.kernel}, stride={self.stride}, padding={repeated}"
        return {
            "conv": f"conv{rank}d(filters=1, {settings}, dilation={self.dilation})",
            "pool": f"avg_pool{rank}d({settings})",
            "up": f"upsample{rank}d(factor={self.stride})",
            "transposed": f"conv{rank}d_transpose(filters=1, {settings})",
        }[self.kind]

    def side(self, side):
        if self.kind == "up":
            return side * self.stride
        if self.kind == "transposed":
            return (side - 1) * self.stride - sum(self.padding) + self.kernel
        return (side + sum(self.padding) - self.dilation * (self.kernel - 1) - 1) // self.stride + 1

    def reads(self, cell, side):
        """The cells of a map of this side that a cell behind the layer is made of."""
        if self.kind == "up":
            return {cell // self.stride}
        if self.kind == "transposed":  # input m is written to the places m·S - P .. m·S - P + K - 1
            ends = ((m * self.stride - self.padding[0], m) for m in range(side))
            return {m for low, m in ends if low <= cell < low + self.kernel}
        begin = cell * self.stride - self.padding[0]
        return {place for t in range(self.kernel) if 0 <= (place := begin + t * self.dilation) < side}


def op(rng, stretches=False):
    kernel, kind = rng.choice([1, 2, 3, 3, 4, 5]), rng.choice(["conv", "conv", "pool"])
    if stretches and rng.random() < 0.4:
        if rng.random() < 0.5:
            return Op("up", stride=rng.choice([2, 3]))
        stride = rng.choice([2, 3])
        return Op("transposed", rng.randint(stride, stride + 3), stride, (rng.randint(0, 1),) * 2)
    padding = rng.randint(0, kernel // 2)
    if kind == "pool":
        return Op("pool", kernel, rng.choice([1, 2, 3]), (padding, padding))
    ends = (padding, rng.randint(0, 3)) if rng.random() < 0.2 else (padding, padding)
    return Op("conv", kernel, rng.choice([1, 1, 1, 2, 3]), ends, rng.choice([1, 1, 2]))


def keeping(rng):
    """A convolution that keeps the side; its padding need not be the same before and after."""
    kernel, dilation = rng.choice([1, 2, 3, 5]), rng.choice([1, 1, 2])
    room = dilation * (kernel - 1)
    before = rng.choice([room // 2, room // 2, rng.randint(0, room)])
    return Op("conv", kernel, 1, (before, room - before), dilation)


def plan(rng):
    """Layers in a row, where a list is a pair of branches that are put together."""
    parts = [op(rng, stretches=rng.random() < 0.5) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.5:
        branches = ([keeping(rng) for _ in range(rng.randint(0, 2))], [keeping(rng) for _ in range(rng.randint(1, 2))])
        parts.insert(rng.randint(0, len(parts)), [rng.choice(["add", "concat"]), *branches])
    return parts


def listing(parts, rank):
    """The network as the package reads it; the last layer is called out."""
    net, last = [], "input"
    for number, part in enumerate(parts):
        if isinstance(part, list):
            ends = []
            for side, branch in enumerate(part[1:]):
                source = last
                for place, each in enumerate(branch):
                    name = f"b{number}{side}{place}"
                    net.append({name: each.text(rank).replace("(", f"({source}, ", 1)})
                    source = name
                ends.append(source)
            net.append({f"m{number}": f"{part[0]}({', '.join(ends)})"})
            last = f"m{number}"
        else:
            net.append({f"l{number}": part.text(rank).replace("(", f"({last}, ", 1)})
            last = f"l{number}"
    return net, last


def seen(parts, cells, side):
    """The input cells that some cells behind the network depend on."""
    sides = [side]
    for part in parts:
        sides.append(sides[-1] if isinstance(part, list) else part.side(sides[-1]))
    for part, before in zip(reversed(parts), sides[-2::-1], strict=True):
        if isinstance(part, list):
            cells = set().union(*(back(branch, cells, before) for branch in part[1:]))
        else:
            cells = back([part], cells, before)
    return cells, sides[-1]


def back(ops, cells, side):
    sides = [side]
    for each in ops:
        sides.append(each.side(sides[-1]))
    for each, before in zip(reversed(ops), sides[-2::-1], strict=True):
        cells = {place for cell in cells for place in each.reads(cell, before)}
    return cells


def middle(parts, side):
    """The number of cells behind a network along an axis, or None where some map vanishes."""
    for part in parts:
        for each in (*part[1], *part[2]) if isinstance(part, list) else (part,):
            side = each.side(side)
            if side < 1:
                return None
    return side


def assert_field(reach, spans):
    """`spans` are the first and last places that cells depend on, by the number of the cell, clear of the borders."""
    assert spans, "no cell is clear of the borders"
    for cell, (first, last) in spans.items():
        assert reach.at(cell) == (first, last)
    period = len(reach.firsts)
    if len({cell % period for cell in spans}) == period:
        assert reach.size == max(last - first + 1 for first, last in spans.values())
    for cell, (first, _) in spans.items():
        if cell + period in spans:
            assert spans[cell + period][0] - first == reach.jump * period
        if period == 1:
            assert reach.start == first - cell * reach.jump


def clear(cells, parts, side):
    """Cells around the middle whose field is well inside of the input."""
    count = middle(parts, side)
    spans = {}
    for cell in range(max(0, count // 2 - 6), min(count, count // 2 + 7)):
        places = cells(cell)
        if places and min(places) > 12 and max(places) < side - 13:
            spans[cell] = (min(places), max(places))
    return spans


def random_plans(seed, count, side):
    rng, found = random.Random(seed), 0
    while found < count:
        parts = plan(rng)
        try:
            if not middle(parts, side):
                continue
            net, last = listing(parts, 1)
            reach = fields(read_network(net, [side, 1]))[last].axes[0]
        except InputError:
            continue
        if reach.size < side - 40:
            found += 1
            yield parts


def test_random_networks_by_sets_of_places():
    for parts in random_plans(1, 400, SIDE):
        net, last = listing(parts, 1)
        reach = fields(read_network(net, [SIDE, 1]))[last].axes[0]
        spans = clear(lambda cell, parts=parts: seen(parts, {cell}, SIDE)[0], parts, SIDE)
        assert_field(reach, spans)


def test_what_a_dense_layer_sees_by_sets_of_places():
    """All cells of the map, where padding and left-over cells are no input."""
    rng = random.Random(2)
    clipped = 0
    for parts in random_plans(3, 400, SIDE):
        side = rng.randint(12, 60)
        if not middle(parts, side):
            continue
        net, last = listing(parts, 1)
        net += [f"flatten({last})", {"out": "dense(units=3)"}] if rng.random() < 0.5 else [
            {"out": f"global_avg_pool1d({last})"}
        ]  # fmt: skip
        found = fields(read_network(net, [side, 1]))
        places, count = seen(parts, set(), side)
        places, _ = seen(parts, set(range(count)), side)
        reach = found["out"].axes[0]
        assert (reach.start, reach.start + reach.size - 1) == (min(places), max(places))
        assert reach.jump == 0
        clipped += found[last].axes[0].size > side
    assert clipped > 5


@pytest.mark.oracle
def test_random_networks_by_gradients():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    rng, side, tried = random.Random(5), 60, 0
    torch.set_num_threads(1)
    plans = random_plans(6, 90, side)
    for rows in plans:
        if middle(rows, side) > 2 * side:  # a large map of little news
            continue
        net, last = listing(rows, 2)
        found = fields(read_network(net, [side, side + 7, 1]))[last]
        model = module(torch, rows)
        image = torch.rand(1, 1, side, side + 7, dtype=torch.float64, requires_grad=True)
        out = model(image).sum(dim=1)[0]
        spans = [{}, {}]
        row, column = out.shape[0] // 2, out.shape[1] // 2
        for shift in range(-1, 2):
            i, j = row + shift, column + rng.randint(-1, 1)
            if not (0 <= i < out.shape[0] and 0 <= j < out.shape[1]):
                continue
            (gradient,) = torch.autograd.grad(out[i, j], image, retain_graph=True)
            places = gradient[0, 0].nonzero()
            for axis, (cell, length) in enumerate(((i, side), (j, side + 7))):
                if len(places) and places[:, axis].min() > 6 and places[:, axis].max() < length - 7:
                    spans[axis][cell] = (int(places[:, axis].min()), int(places[:, axis].max()))
        for reach, of_axis in zip(found.axes, spans, strict=True):
            if of_axis:
                assert_field(reach, of_axis)
                tried += 1
    assert tried >= 110


def module(torch, parts):
    """The network in torch with positive weights, so that nothing cancels."""
    nn = torch.nn

    def layer(each, channels):
        pads = nn.ZeroPad2d((*each.padding, *each.padding))
        if each.kind == "up":
            return nn.Upsample(scale_factor=each.stride)
        if each.kind == "transposed":
            made = nn.ConvTranspose2d(channels, 1, each.kernel, each.stride, each.padding[0])
        elif each.kind == "pool":
            return nn.AvgPool2d(each.kernel, each.stride, each.padding[0])
        else:
            made = nn.Sequential(pads, nn.Conv2d(channels, 1, each.kernel, each.stride, dilation=each.dilation))
        for weight in made.parameters():
            weight.data.uniform_(0.5, 1.0)
        return made.double()

    class Whole(nn.Module):
        def forward(self, x):
            for part in parts:
                if isinstance(part, list):
                    ends = []
                    for branch in part[1:]:
                        y = x
                        for each in branch:
                            y = layer(each, y.shape[1])(y)
                        ends.append(y)
                    x = sum(end.sum(dim=1, keepdim=True) for end in ends) if part[0] == "add" else torch.cat(ends, 1)
                else:
                    x = layer(part, x.shape[1])(x)
            return x

    return Whole()


# single facts


def field_of(net, size, name):
    return fields(read_network(net, size))[name]


def test_upsampling_by_hand():
    """Of three cells of a map that was doubled two or three lie over one: two cells are seen, half a cell apart."""
    field = field_of(["upsample1d(factor=2)", "conv1d(filters=1, kernel=3)"], [20, 1], "conv1")
    assert field.sizes == (2,)
    assert [str(jump) for jump in field.jumps] == ["1/2"]


def test_dense_layers_see_vectors_whole():
    assert field_of(["relu()", "dense(units=4)", "dense(units=2)"], [100], "dense2").sizes == (100,)


def test_recurrent_layers_see_sequences_whole():
    field = field_of(["conv1d(filters=2, kernel=3)", "lstm(units=2)"], [30, 4], "lstm1")
    assert field.sizes == (30,)


def test_unlike_jumps_are_refused_with_the_layer_and_both_jumps():
    net = [
        {"a": "conv1d(filters=2, kernel=2, stride=2)"},
        {"b": "conv1d(input, filters=2, kernel=31)"},
        {"c": "conv1d(a, filters=2, kernel=1)"},
        {"sum": "add(c, b)"},
        "relu()",
    ]
    found = fields(read_network(net, [60, 1]))
    with pytest.raises(InputError, match=r"sum: it merges maps whose cells are 2 and 1 input cells apart"):
        found["sum"]
    with pytest.raises(InputError, match="sum"):
        found["relu1"]
    assert found.get("sum") is None
    assert found["b"].sizes == (31,)


def test_a_gate_over_the_whole_map_makes_the_field_whole():
    net = [
        {"a": "conv2d(filters=3, kernel=3, padding=1)"},
        {"g": "global_avg_pool2d(keepdims=True)"},
        {"h": "upsample2d(factor=16)"},
        {"m": "multiply(a, h)"},
    ]
    assert field_of(net, [16, 16, 3], "m").sizes == (16, 16)


def test_field_of_an_inner_layer():
    net = [
        {"a": "conv2d(filters=3, kernel=5, stride=2)"},
        {"b": "max_pool2d(kernel=2)"},
        {"c": "conv2d(filters=1, kernel=3)"},
    ]
    inner = fields(read_network(net, [40, 40, 3]), "a")
    assert inner["c"].sizes == (6, 6)
    assert "input" not in inner


def vgg16():
    net = []
    for convolutions in (2, 2, 3, 3, 3):
        net += ["conv2d(filters=1, kernel=3, padding=1)"] * convolutions + ["max_pool2d(kernel=2)"]
    return net


def resnet(*blocks):
    """Bottlenecks whose 3×3 convolution has the stride, as torchvision builds them."""
    net = ["conv2d(filters=1, kernel=7, stride=2, padding=3)", {"b": "max_pool2d(kernel=3, stride=2, padding=1)"}]
    last = "b"
    for stage, count in enumerate(blocks):
        for block in range(count):
            name, stride = f"b{stage}_{block}", 2 if stage and not block else 1
            net += [
                {f"{name}x": f"conv2d({last}, filters=1, kernel=1)"},
                f"conv2d(filters=1, kernel=3, stride={stride}, padding=1)",
                {f"{name}y": "conv2d(filters=1, kernel=1)"},
                {f"{name}z": f"conv2d({last}, filters=1, kernel=1, stride={stride})"},
                {name: f"add({name}y, {name}z)"},
            ]
            last = name
    return net, last


def test_published_fields():
    """VGG-16 after its last pooling, and ResNet-50 before its global pooling, as the literature lists them."""
    assert field_of(vgg16(), [224, 224, 3], "max_pool5").sizes == (212, 212)
    net, last = resnet(3, 4, 6, 3)
    assert field_of(net, [224, 224, 3], last).sizes == (427, 427)
    assert field_of([*net, "global_avg_pool2d()"], [224, 224, 3], "global_avg_pool1").sizes == (224, 224)


def test_deep_network_is_quick():
    """A thousand layers; the size is known in closed form."""
    net = ["conv2d(filters=1, kernel=3, padding=1)"] * 1000
    network = read_network(net, [64, 64, 1])
    assert fields(network)["conv1000"].sizes == (2001, 2001)
