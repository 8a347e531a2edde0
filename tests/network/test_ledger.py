"""The ledger in numbers: known networks, sums, the work of every layer by another formula, the counter of PyTorch."""

import pytest

from derive.network.kinds import layers, read_layer
from derive.network.ledger import ledger, totals
from derive.network.network import Network, Node, read_network
from derive.network.working.work import work_form
from derive.network.working.written import Written
from derive.notation.value import evaluate

LENET = [
    "conv2d(filters=6, kernel=5)", "max_pool2d(kernel=2)", "conv2d(filters=16, kernel=5)", "max_pool2d(kernel=2)",
    "flatten()", "dense(units=120)", "dense(units=84)", "dense(units=10)",
]  # fmt: skip


def bottleneck(filters, stride, first):
    inner = [
        f"conv2d(filters={filters}, kernel=1, bias=False)", "batch_norm()", "relu()",
        f"conv2d(filters={filters}, kernel=3, stride={stride}, padding=1, bias=False)", "batch_norm()", "relu()",
        f"conv2d(filters={4 * filters}, kernel=1, bias=False)", "batch_norm()",
    ]  # fmt: skip
    side = f"shortcut=[conv2d(filters={4 * filters}, kernel=1, stride={stride}, bias=False), batch_norm()]"
    return f"residual({', '.join([*inner, *([side] if first else [])])}, activation=relu)"


def resnet(*blocks):
    net = ["conv2d(filters=64, kernel=7, stride=2, padding=3, bias=False)", "batch_norm()", "relu()",
           "max_pool2d(kernel=3, stride=2, padding=1)"]  # fmt: skip
    for stage, (times, filters) in enumerate(zip(blocks, (64, 128, 256, 512), strict=True)):
        net += [bottleneck(filters, 2 if stage and not k else 1, not k) for k in range(times)]
    return [*net, "global_avg_pool2d()", "dense(units=1000)"]


def test_lenet():
    rows = ledger(read_network(LENET, (32, 32, 1)))
    assert [row.output for row in rows][:5] == [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,)]
    assert [row.trainable for row in rows] == [156, 0, 2416, 0, 0, 48120, 10164, 850]
    assert [row.field for row in rows] == [(5, 5), (6, 6), (14, 14), (16, 16), (16, 16), (32, 32), (32, 32), (32, 32)]
    assert [row.multiply_adds for row in rows] == [117600, 0, 240000, 0, 0, 48000, 10080, 840]
    assert rows[0].bytes == 4 * 28 * 28 * 6
    sums = totals(rows)
    assert (sums.trainable, sums.fixed, sums.multiply_adds) == (61706, 0, 416520)
    assert sums.bytes == sum(row.bytes for row in rows)


def test_resnets():
    """The published counts; the multiply-adds in thousand millions are those of torchvision's table."""
    for blocks, parameters, work in (((3, 4, 6, 3), 25_557_032, 4.09), ((3, 8, 36, 3), 60_192_808, 11.51)):
        sums = totals(ledger(read_network(resnet(*blocks), (224, 224, 3), "pytorch")))
        assert sums.trainable == parameters
        assert sums.multiply_adds / 1e9 == pytest.approx(work, abs=0.006)
        assert sums.fixed > 0


def test_transformer_of_many_blocks():
    """A block has 4·D·(D + 1) in its attention, D·(F + 1) and F·(D + 1) in its dense layers, 4·D in its norms."""
    width, inner, blocks = 64, 128, 96
    net = [f"stack(transformer_encoder(heads=8, feed_forward={inner}), times={blocks})"]
    sums = totals(ledger(read_network(net, (10, width), "pytorch")))
    block = 4 * (width * width + width) + (width * inner + inner) + (inner * width + width) + 4 * width
    assert sums.trainable == blocks * block


EXAMPLES = sorted(kind.example for kind in layers().values() if not kind.merges)
MORE = [
    "lstm(units=4, peephole=True)", "lstm(units=8, projection=3)", "gru(units=3)", "bidirectional(lstm(units=4))",
    "multi_head_attention(heads=4, key_dim=5)", "conv2d(filters=9, kernel=(3, 5), stride=2, groups=3)",
    "conv2d_transpose(filters=6, kernel=3, stride=2)", "separable_conv2d(filters=4, kernel=3, stride=2)",
]  # fmt: skip


@pytest.mark.parametrize("text", [*EXAMPLES, *MORE])
@pytest.mark.parametrize("framework", ["keras", "pytorch"])
def test_work_by_entries_and_places(text, framework):
    """Places times entries of the weights, which the sheet prints, is what the layer says of itself."""
    layer = read_layer(text)
    size = (12, 12, 6) if layer.kind in ("conv2d", "conv2d_transpose") else layer.takes[0]
    network = Network((Node("a", layer, ("input",)),), size, framework)
    assert evaluate(work_form(Written(network, folds=True), network.nodes[0])) == layer.multiply_adds(size)


@pytest.mark.oracle
def test_work_as_the_flop_counter_of_torch():
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, (3, 5), groups=4),
        nn.MaxPool2d(2), nn.ConvTranspose2d(16, 4, 3, stride=2), nn.Flatten(), nn.Linear(4 * 15 * 13, 10),
    )  # fmt: skip
    net = ["conv2d(filters=8, kernel=3, stride=2, padding=1)", "batch_norm()", "relu()",
           "conv2d(filters=16, kernel=(3, 5), groups=4)", "max_pool2d(kernel=2)",
           "conv2d_transpose(filters=4, kernel=3, stride=2)", "flatten()", "dense(units=10)"]  # fmt: skip
    sums = totals(ledger(read_network(net, (32, 32, 3), "pytorch")))
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 32, 32))
    assert 2 * sums.multiply_adds == counter.get_total_flops()
    assert sums.trainable == sum(weights.numel() for weights in model.parameters())
