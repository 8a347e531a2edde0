"""Random dense nets: weights and inputs of the size that exams have."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from derive.questions.draws import decimal

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu", "identity")
OPTIMIZERS = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "amsgrad")
VALUES = ("mse", "sse", "mae", "huber")
LETTERS_MOST = 3


def draw_forward(rng: random.Random) -> dict[str, Any]:
    """A net on random numbers, sometimes with a loss."""
    drawn = draw_net(rng)
    if rng.random() < 0.4:
        drawn |= _loss(rng, drawn)
    if rng.random() < 0.2:
        drawn["elements"] = True
    return drawn


def draw_gradient(rng: random.Random) -> dict[str, Any]:
    """A net with a loss, sometimes in letters, sometimes with the gradients of some weights only."""
    if rng.random() < 0.15:
        return _letters(rng)
    drawn = draw_net(rng)
    drawn |= _loss(rng, drawn)
    if rng.random() < 0.3:
        drawn["wrt"] = _some_weights(rng, drawn)
    return drawn


def draw_update(rng: random.Random) -> dict[str, Any]:
    """A net with a loss and an optimizer."""
    drawn = draw_net(rng, most_layers=2)
    drawn |= _loss(rng, drawn)
    drawn |= {"optimizer": rng.choice(OPTIMIZERS), "rate": rng.choice([1, 0.5, 0.1, 0.01])}
    if rng.random() < 0.5:
        drawn["wrt"] = _some_weights(rng, drawn)
    return drawn


def draw_net(rng: random.Random, most_layers: int = 3) -> dict[str, Any]:
    """Layers with weights, and an input of one example or several."""
    rows = rng.random() < 0.4
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(1, most_layers) + 1)]
    layers = [_layer(rng, before, after, rows) for before, after in pairwise(sizes)]
    if sizes[-1] > 1 and rng.random() < 0.3:
        layers[-1] = {**layers[-1], "activation": "softmax"}
        layers[-1].pop("alpha", None)
    examples = [[decimal(rng, -2, 2) for _ in range(sizes[0])] for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    drawn: dict[str, Any] = {"layers": layers, "input": examples if len(examples) > 1 else examples[0]}
    return drawn | ({"orientation": "rows"} if rows else {})


def _layer(rng: random.Random, before: int, after: int, rows: bool) -> dict[str, Any]:
    height, width = (before, after) if rows else (after, before)
    layer: dict[str, Any] = {"W": [[decimal(rng, -2, 2, 0.1) for _ in range(width)] for _ in range(height)]}
    if rng.random() < 0.7:
        layer["b"] = [decimal(rng, -1, 1, 0.1) for _ in range(after)]
    layer["activation"] = rng.choice(ACTIVATIONS)
    if layer["activation"] == "leaky_relu":
        layer["alpha"] = rng.choice([0.01, 0.1, 0.2])
    return layer


def _loss(rng: random.Random, drawn: dict[str, Any]) -> dict[str, Any]:
    """A loss that fits the last activation, and a target for each example."""
    last = drawn["layers"][-1]
    units = len(last["W"][0]) if "orientation" in drawn else len(last["W"])
    several = isinstance(drawn["input"][0], list)
    examples = len(drawn["input"]) if several else 1
    fits = [*VALUES, *(["bce"] if last["activation"] == "sigmoid" else [])]
    name = rng.choice(["cross_entropy"] if last["activation"] == "softmax" else fits)
    if name != "bce" and units > 1 and rng.random() < 0.2:
        name = "cross_entropy"
    loss: dict[str, Any] = {"name": name}
    if name in ("mse", "sse") and rng.random() < 0.5:
        loss["half"] = True
    if name in ("mae", "huber", "bce", "cross_entropy"):
        loss["reduction"] = rng.choice(["mean", "sum"])
    targets = [_target(rng, name, units) for _ in range(examples)]
    return {"loss": loss, "target": targets if several else targets[0]}


def _target(rng: random.Random, name: str, units: int) -> list[Any]:
    if name == "cross_entropy":
        right = rng.randrange(units)
        return [int(k == right) for k in range(units)]
    return [rng.choice([0, 1]) if name == "bce" else decimal(rng, -2, 2) for _ in range(units)]


def _some_weights(rng: random.Random, drawn: dict[str, Any]) -> list[str]:
    """The weights of one layer, or one or two single ones of it."""
    number = rng.randint(1, len(drawn["layers"]))
    rows = drawn["layers"][number - 1]["W"]
    layer = f"__{number}" if len(drawn["layers"]) > 1 else ""
    if len(rows) == len(rows[0]) == 1:
        return [f"w{layer}"]
    if rng.random() < 0.5:
        return [f"W{layer}"]
    places = [(i + 1, j + 1) for i in range(len(rows)) for j in range(len(rows[0]))]
    return [f"W_{i}_{j}{layer}" for i, j in rng.sample(places, min(2, len(places)))]


def _letters(rng: random.Random) -> dict[str, Any]:
    """A small net in letters."""
    sizes = [rng.randint(1, LETTERS_MOST - 1) for _ in range(rng.randint(2, 3))]
    activations = ("sigmoid", "tanh", "relu", "identity")
    layers = [{"units": units, "b": rng.random() < 0.7, "activation": rng.choice(activations)} for units in sizes[1:]]
    loss = rng.choice([{"name": "sse", "half": True}, {"name": "mse"}])
    return {"layers": layers, "inputs": sizes[0], "loss": loss}
