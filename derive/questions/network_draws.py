"""Random networks for the stress test: chains of an image or a sequence, some with a branch, every size fitting."""

from __future__ import annotations

import random
from typing import Any

from derive.errors import InputError
from derive.network.network import read_network


def inner_size(given: dict[str, Any]) -> list[int]:
    """The size of a drawn input, channels last."""
    size: list[int] = given["input"]
    return [*size[1:], size[0]] if given.get("order") == "CHW" else size


def draw_convolution(rng: random.Random) -> dict[str, Any]:
    """One convolution that fits its input."""
    kernel, padding = rng.choice([1, 2, 3, 5, 7]), rng.randint(0, 3)
    height = rng.randint(kernel, 64)
    width = height if rng.random() < 0.6 else rng.randint(kernel, 64)
    layer = f"conv2d(filters={rng.randint(1, 64)}, kernel={kernel}, stride={rng.randint(1, 4)}, padding={padding})"
    return {"input": [height, width, rng.choice([1, 3, 16])], "net": [layer]}


def draw_network(rng: random.Random, most: int = 7) -> dict[str, Any]:
    """A network of several layers over an image, a sequence or a vector, in either order and framework."""
    kind = rng.choice((_image, _image, _image, _sequence, _vector, _branched))
    while True:
        given = kind(rng, most)
        try:
            read_network(given["net"], given["input"])
        except InputError:
            continue  # a window did not fit
        if rng.random() < 0.3 and len(given["input"]) > 1:
            given = {**given, "order": "CHW", "input": [given["input"][-1], *given["input"][:-1]]}
        return {**given, "framework": "pytorch"} if rng.random() < 0.3 else given


def _image(rng: random.Random, most: int) -> dict[str, Any]:
    side = rng.randint(16, 64)
    size = [side, side if rng.random() < 0.6 else rng.randint(16, 64), rng.choice([1, 3])]
    net = [_over_image(rng) for _ in range(rng.randint(1, most - 1))]
    if rng.random() < 0.7:
        net += ["flatten()", *_dense(rng)]
    return {"input": size, "net": net}


def _over_image(rng: random.Random) -> str:
    draws = rng.random()
    if draws < 0.5:
        return _convolution(rng, 2)
    if draws < 0.7:
        return f"{rng.choice(['max', 'avg'])}_pool2d(kernel={rng.choice([2, 2, 3])}{rng.choice(['', ', stride=2'])})"
    return rng.choice(["relu()", "batch_norm()", "dropout(rate=0.5)", "batch_norm(center=False)"])


def _convolution(rng: random.Random, rank: int) -> str:
    kernel: Any = rng.choice([1, 2, 3, 3, 5])
    if rank == 2 and rng.random() < 0.15:
        kernel = (kernel, rng.choice([1, 3]))
    settings = {"filters": rng.choice([4, 6, 8, 16, 32]), "kernel": kernel}
    if rng.random() < 0.4:
        settings["stride"] = rng.randint(2, 3)
    if rng.random() < 0.6:
        settings["padding"] = rng.choice([1, 2, "same", "same", "valid"])
    if rng.random() < 0.15:
        settings["dilation"] = 2
    if rng.random() < 0.2:
        settings["bias"] = False
    return f"conv{rank}d({', '.join(f'{name}={value}' for name, value in settings.items())})"


def _dense(rng: random.Random) -> list[str]:
    units = [rng.choice([8, 10, 32, 64, 120]) for _ in range(rng.randint(1, 3))]
    return [f"dense(units={n}{rng.choice(['', ', activation=relu', ', bias=False'])})" for n in units]


def _sequence(rng: random.Random, most: int) -> dict[str, Any]:
    net = [rng.choice([_convolution(rng, 1), "max_pool1d(kernel=2)", "batch_norm()"]) for _ in range(rng.randint(0, 3))]
    last = rng.random()
    if last < 0.5:
        cell = rng.choice(["lstm", "gru", "simple_rnn"])
        net += [f"{cell}(units={rng.choice([3, 5, 16])})", *_dense(rng)]
    elif last < 0.8:
        net += ["flatten()", *_dense(rng)]
    return {"input": [rng.randint(20, 100), rng.choice([1, 3, 4])], "net": net or ["relu()"]}


def _vector(rng: random.Random, most: int) -> dict[str, Any]:
    net = [layer for _ in range(rng.randint(1, 3)) for layer in (*_dense(rng), "dropout(rate=0.4)")]
    return {"input": [rng.choice([10, 30, 50, 784])], "net": net}


def _branched(rng: random.Random, most: int) -> dict[str, Any]:
    """Two convolutions of one input, added or put together."""
    first, second = rng.choice([4, 8]), rng.choice([4, 16])
    merge = rng.choice(["add", "concat"])
    net: list[Any] = [
        {"stem": f"conv2d(filters={first}, kernel=3, padding=1)"},
        {"left": f"conv2d(filters={first}, kernel=3, padding=same)"},
        {"right": f"conv2d(stem, filters={first if merge == 'add' else second}, kernel=1)"},
        f"{merge}(left, right)",
        rng.choice(["relu()", "batch_norm()", "max_pool2d(kernel=2)"]),
    ]
    return {
        "input": [rng.randint(8, 40), rng.randint(8, 40), 3],
        "net": net + (["flatten()", *_dense(rng)] if rng.random() < 0.4 else []),
    }
