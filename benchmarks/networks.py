"""A network's ledger: our own count, linear and without tensors, against torchinfo's summary of the same model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measure import Row, Table, against, installed, seconds, skipped
from derive.network.ledger import ledger, totals
from derive.network.network import read_network
from tests.network.known import resnet, resnet152, transformer

BLOCKS, WIDTH, HEADS, LENGTH = 96, 256, 8, 64
DEPTHS = ((3, 4, 6, 3), (3, 8, 36, 3))


def tables() -> Iterator[Table]:
    """Both networks, and how the time grows with their depth."""
    rows = (*_compared("ResNet-152", resnet152, _resnet), *_compared("96-block transformer", _encoder, _torch_encoder))
    growth = seconds(lambda: _counted(lambda: resnet(DEPTHS[1], bottleneck=True))) / seconds(
        lambda: _counted(lambda: resnet(DEPTHS[0], bottleneck=True))
    )
    longer = Row("time, ResNet-152 to ResNet-50 (2.9 times the blocks)", f"{growth:.2g}x")
    yield Table(
        "Ledger of a network: shapes, parameters, receptive fields, multiply-adds, memory",
        (*rows, longer),
        (
            "Ours: reading the layers as text and all columns. torchinfo: summary of a model that is already built, on "
            "the meta device, where nothing is computed.",
            f"The transformer: width {WIDTH}, {HEADS} heads, {LENGTH} steps; both count the same parameters.",
        ),
    )


def _encoder() -> tuple[list[str], tuple[int, ...]]:
    return transformer(BLOCKS, WIDTH, HEADS, LENGTH)


def _counted(build: Callable[[], tuple[list[str], tuple[int, ...]]]) -> int:
    """The trainable parameters, from the ledger."""
    return totals(ledger(read_network(*build()))).trainable


def _compared(
    name: str, build: Callable[[], tuple[list[str], tuple[int, ...]]], model: Callable[[], tuple[Any, tuple[int, ...]]]
) -> Iterator[Row]:
    ours = seconds(lambda: _counted(build))
    if not (installed("torch") and installed("torchinfo")):
        yield skipped(name, ours, "torchinfo")
        return
    import torch
    from torchinfo import summary

    with torch.device("meta"):
        module, size = model()

    def summed() -> Any:
        return summary(module, input_size=size, verbose=0, device="meta")

    yield against(name, ours, "torchinfo", seconds(summed))
    same = _counted(build) == summed().trainable_params
    yield Row(f"{name}: parameters", f"{_counted(build):,}", "torchinfo", f"{summed().trainable_params:,}", met=same)


def _resnet() -> tuple[Any, tuple[int, ...]]:
    """ResNet-152 as published: bottlenecks, the stride at the 3x3 convolution."""
    from torch import nn

    class Bottleneck(nn.Module):
        def __init__(self, ins: int, width: int, stride: int) -> None:
            super().__init__()
            outs = 4 * width
            self.inner = nn.Sequential(
                *_unit(ins, width, 1, 1), nn.ReLU(), *_unit(width, width, 3, stride), nn.ReLU(),
                *_unit(width, outs, 1, 1),
            )  # fmt: skip
            self.shortcut = nn.Sequential(*_unit(ins, outs, 1, stride)) if stride > 1 or ins != outs else nn.Identity()
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.inner(x) + self.shortcut(x))

    layers = [*_unit(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, times in enumerate(DEPTHS[1]):
        for position in range(times):
            layers.append(Bottleneck(channels, 64 * 2**stage, 2 if stage and not position else 1))
            channels = 256 * 2**stage
    return nn.Sequential(*layers, nn.AvgPool2d(7), nn.Flatten(), nn.Linear(2048, 1000)), (1, 3, 224, 224)


def _unit(ins: int, outs: int, kernel: int, stride: int) -> list[Any]:
    from torch import nn

    return [nn.Conv2d(ins, outs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outs)]


def _torch_encoder() -> tuple[Any, tuple[int, ...]]:
    from torch import nn

    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, batch_first=True)
    return nn.TransformerEncoder(layer, BLOCKS, enable_nested_tensor=False), (1, LENGTH, WIDTH)
