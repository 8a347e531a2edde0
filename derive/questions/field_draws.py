"""Random networks with windows for questions about receptive fields."""

from __future__ import annotations

import random
from typing import Any

from derive.errors import InputError
from derive.network.fields.field import fields
from derive.network.fields.recursion import Recursion, ancestors
from derive.network.network import INPUT, Network, read_network


def draw_field(rng: random.Random) -> dict[str, Any]:
    """A network whose asked layers have a field; now and then jump and start, an inner origin, another method."""
    while True:
        given = rng.choice((_image, _image, _sequence, _branched, _stretched))(rng)
        try:
            network = read_network(given["net"], given["input"])
            asked = _asked(rng, network)
            origin, names = asked.pop("_places")
            found = fields(network, origin)
            path = ancestors(network, found, names, origin)
            _fits(asked, Recursion(network, found, origin, 0, path), names, found[names[0]].is_whole)
        except InputError:
            continue
        return {**given, **asked}


def _fits(asked: dict[str, Any], recursion: Recursion, names: tuple[str, ...], whole: bool) -> None:
    """Take back what cannot be asked of these layers."""
    if whole or any(recursion.states[name].reach.is_whole for name in names):
        asked.pop("quantities", None)
    if len(names) > 1 or not recursion.states[names[0]].path or "quantities" in asked:
        asked.pop("method", None)


def _asked(rng: random.Random, network: Network) -> dict[str, Any]:
    names = [node.name for node in network.nodes]
    asked: dict[str, Any] = {"_places": (INPUT, (names[-1],))}
    draw = rng.random()
    if draw < 0.2 and len(names) > 2:
        first, second = sorted(rng.sample(range(len(names)), 2))
        asked |= {"between": [names[first], names[second]], "_places": (names[first], (names[second],))}
    elif draw < 0.4:
        picked = sorted(rng.sample(range(len(names)), min(2, len(names))))
        asked |= {"of": [names[k] for k in picked], "_places": (INPUT, tuple(names[k] for k in picked))}
    if rng.random() < 0.35:
        asked["quantities"] = rng.choice([["size", "jump"], ["size", "jump", "start"], ["start"], ["jump"]])
    if rng.random() < 0.4:
        asked["method"] = rng.choice(["backward", "both"])
    return asked


def _window(rng: random.Random, rank: int) -> str:
    """A convolution or a pooling; in an image now and then with unlike sides."""
    kernel: Any = rng.choice([1, 2, 3, 3, 5, 7])
    if rng.random() < 0.3:
        settings: dict[str, Any] = {"kernel": rng.choice([2, 3]), "stride": rng.choice([1, 2])}
        settings["padding"] = rng.choice([0, 0, 1])
        return f"{rng.choice(['max', 'avg'])}_pool{rank}d({_listed(settings)})"
    if rank == 2 and rng.random() < 0.1:
        kernel = (kernel, rng.choice([1, 3]))
    settings = {"filters": 4, "kernel": kernel, "stride": rng.choice([1, 1, 1, 2, 3])}
    settings["padding"] = rng.choice([0, 1, 2, "same", "valid"])
    if rng.random() < 0.2:
        settings["dilation"] = rng.choice([2, 3])
    return f"conv{rank}d({_listed(settings)})"


def _listed(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in settings.items())


def _chain(rng: random.Random, rank: int, most: int) -> list[Any]:
    return [_window(rng, rank) if rng.random() < 0.8 else "relu()" for _ in range(rng.randint(1, most))]


def _image(rng: random.Random) -> dict[str, Any]:
    height = rng.randint(16, 128)
    end = rng.choice([[], [], ["flatten()", "dense(units=10)"], ["global_avg_pool2d()"]])
    size = [height, height if rng.random() < 0.7 else rng.randint(16, 128), 3]
    return {"input": size, "net": _chain(rng, 2, 8) + end}


def _sequence(rng: random.Random) -> dict[str, Any]:
    end = rng.choice([[], [], ["lstm(units=4)"], ["flatten()", "dense(units=2)"]])
    return {"input": [rng.randint(20, 200), 2], "net": _chain(rng, 1, 6) + end}


def _branched(rng: random.Random) -> dict[str, Any]:
    """A shortcut around one or two convolutions that keep the size."""
    kernels = [rng.choice([1, 3, 5]) for _ in range(rng.randint(1, 2))]
    net: list[Any] = [{"stem": f"conv2d(filters=4, kernel=3, stride={rng.choice([1, 2])}, padding=1)"}]
    net += [f"conv2d(filters=4, kernel={kernel}, padding=same)" for kernel in kernels]
    net += [{"block": f"{rng.choice(['add', 'concat'])}(stem, conv{len(kernels)})"}]
    return {"input": [rng.randint(24, 64), rng.randint(24, 64), 3], "net": net + _chain(rng, 2, 3)}


def _stretched(rng: random.Random) -> dict[str, Any]:
    """A way down and up again."""
    up = rng.choice(["upsample2d(factor=2)", "conv2d_transpose(filters=4, kernel=4, stride=2, padding=1)",
                     "conv2d_transpose(filters=4, kernel=2, stride=2)"])  # fmt: skip
    net = [_window(rng, 2), "max_pool2d(kernel=2)", "conv2d(filters=4, kernel=3, padding=1)", up]
    return {"input": [rng.randint(24, 64)] * 2 + [3], "net": net + _chain(rng, 2, 2)}
