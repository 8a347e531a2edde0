"""Random givens for questions about optimizers."""

from __future__ import annotations

import random
from typing import Any

from derive.questions.draws import decimal, draw_logistic
from derive.training.optimizers import TABLE, Optimizer
from derive.training.rule import CORRECTED, ROOT, calls

ENTRIES = tuple(TABLE)


def draw_rule(rng: random.Random) -> tuple[Optimizer, dict[str, Any]]:
    """A random entry, and how a question asks for it: its form, its rate, sometimes other options and settings."""
    entry = rng.choice(ENTRIES)
    drawn: dict[str, Any] = {"optimizer": entry.name, "rate": rng.choice([0.1, 0.01, 0.5])}
    if entry.form:
        drawn["form"] = entry.form
    if calls(entry, ROOT) and rng.random() < 0.3:
        drawn["epsilon_in_root"] = rng.random() < 0.5
    if calls(entry, CORRECTED) and rng.random() < 0.3:
        drawn["bias_correction"] = rng.random() < 0.5
    settings: dict[str, Any] = {}
    for name in entry.settings:
        if name.startswith(("beta", "rho")) and rng.random() < 0.4:
            settings[name] = rng.choice([0, 0.5, 0.75, 0.9, 0.99])
    if rng.random() < 0.2:
        settings["lam"] = rng.choice([0.1, 0.01])
    return entry, drawn | ({"settings": settings} if settings else {})


def draw_step(rng: random.Random) -> dict[str, Any]:
    """One step: on a random logistic neuron or layer, or on given gradients, of scalars or arrays."""
    entry, drawn = draw_rule(rng)
    kind = rng.choice(["graph", "layer", "scalars", "scalars", "array"])
    if kind == "graph":
        drawn |= draw_logistic(rng)
    elif kind == "layer":
        drawn |= _layer(rng)
    else:
        drawn |= _gradients(rng, kind == "array")
    if entry.state and rng.random() < 0.5:
        drawn["step"] = rng.randint(1, 5)
        drawn["state"] = {
            state: {name: _like(rng, drawn["at"][name]) for name in drawn["wrt"]} for state in entry.state
        }
    return drawn


def _gradients(rng: random.Random, is_array: bool) -> dict[str, Any]:
    names = rng.sample(["w", "b", "w_1", "w_2"], 1 if is_array else rng.randint(1, 2))
    at: dict[str, Any] = {name: decimal(rng) for name in names}
    gradients: dict[str, Any] = {name: decimal(rng, -2, 2, 0.02) for name in names}
    if is_array:
        shape = rng.choice([(2,), (3,), (2, 2)])
        at = {name: _filled(rng, shape) for name in names}
        gradients = {name: _filled(rng, shape) for name in names}
    return {"wrt": names, "at": at, "gradients": gradients}


def _layer(rng: random.Random) -> dict[str, Any]:
    """A layer with squared error, of which an array or an entry of one is trained."""
    graph = {"z": "W @ x + b", "h": f"{rng.choice(['sigmoid', 'tanh', 'relu'])}(z)", "L": "sum((h - t)**2)"}
    at = {"W": _filled(rng, (2, 2)), "x": _filled(rng, (2,)), "b": _filled(rng, (2,)), "t": _filled(rng, (2,))}
    return {"graph": graph, "of": "L", "wrt": [rng.choice(["W", "b"])], "at": at}


def _filled(rng: random.Random, shape: tuple[int, ...]) -> Any:
    if len(shape) == 1:
        return [decimal(rng, -2, 2) for _ in range(shape[0])]
    return [_filled(rng, shape[1:]) for _ in range(shape[0])]


def _like(rng: random.Random, value: Any) -> Any:
    """Positive numbers in the shape of a parameter: what a second moment may be."""
    return [_like(rng, each) for each in value] if isinstance(value, list) else abs(decimal(rng, -1, 1, 0.05))


def draw_run(rng: random.Random) -> dict[str, Any]:
    """A run on a bowl, a neuron, a polynomial, a layer or data."""
    _, drawn = draw_rule(rng)
    kind = rng.choice(["bowl", "line", "neuron", "layer", "data"])
    drawn["steps"] = rng.choice([3, 6, 12, 25])
    drawn["show"] = rng.sample(["gradient", "states", "loss"], rng.randint(1, 3))
    if kind == "neuron":
        return drawn | draw_logistic(rng)
    if kind == "layer":
        return drawn | _layer(rng)
    if kind == "data":
        return drawn | draw_data(rng)
    return drawn | draw_bowl(rng, 2 if kind == "bowl" else 1)


def draw_bowl(rng: random.Random, variables: int) -> dict[str, Any]:
    """A quadratic loss in one or two parameters."""
    a, b, c = rng.choice([0.5, 1, 2]), rng.choice([0.25, 1, 3]), rng.choice([-1.7, 0.3, 1.3, 2.6])
    if variables == 1:
        return {"graph": {"L": f"{a}*(w - {c})**2"}, "of": "L", "wrt": ["w"], "at": {"w": decimal(rng)}}
    cross = rng.choice(["", f" + {rng.choice([0.2, 0.4])}*x*y"])
    graph = {"L": f"{a}*(x - {c})**2 + {b}*y**2{cross}"}
    return {"graph": graph, "of": "L", "wrt": ["x", "y"], "at": {"x": decimal(rng), "y": decimal(rng)}}


def draw_data(rng: random.Random) -> dict[str, Any]:
    """A line through a few points, in batches."""
    count = rng.choice([4, 5, 6])
    data = {"x": [decimal(rng, -2, 2) for _ in range(count)], "y": [decimal(rng, -3, 3) for _ in range(count)]}
    graph = {"p": "w*x + b", "L": "mean((p - y)**2)"}
    at = {"w": decimal(rng, -1, 1), "b": decimal(rng, -1, 1)}
    drawn: dict[str, Any] = {"graph": graph, "of": "L", "wrt": ["w", "b"], "at": at, "data": data}
    return drawn | {"batch": rng.choice([1, 2, 3, count]), "seed": rng.randint(1, 99)}


def draw_curves(rng: random.Random) -> dict[str, Any]:
    """Rates on a bowl or a neuron, optimizers on a bowl, sizes of batches on data."""
    drawn: dict[str, Any] = {"steps": rng.choice([5, 12, 20])}
    kind = rng.choice(["rates", "rates", "neuron", "optimizers", "batches"])
    if kind == "batches":
        drawn |= draw_data(rng)
        count = len(drawn["data"]["x"])
        del drawn["batch"]
        return drawn | {
            "rate": rng.choice([0.02, 0.05]),
            "batches": rng.choice([["all", 2, 1], [count, 1], ["all", 3]]),
        }
    if kind == "optimizers":
        chosen = rng.sample(
            ["momentum", "nesterov", "rmsprop", "adam", "adagrad", "gradient_descent"], rng.randint(2, 4)
        )
        return drawn | draw_bowl(rng, rng.choice([1, 2])) | {"rate": rng.choice([0.05, 0.1]), "optimizers": chosen}
    if kind == "neuron":
        return drawn | draw_logistic(rng) | {"rates": rng.sample([0.01, 0.1, 0.5, 1], 3)}
    return (
        drawn
        | draw_bowl(rng, rng.choice([1, 2]))
        | {"rates": rng.sample([0.01, 0.1, 0.3, 0.5, 1, 2], rng.randint(2, 4))}
    )
