"""Random cells over short sequences."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from derive.questions.draws import decimal
from derive.training.cells import CELLS, FUNCTIONS, OUTPUT_FUNCTIONS, OUTPUT_ROLE

RENAMED = {"rnn": {"h": "s", "W": "U", "U": "W"}, "lstm": {"c": "s"}, "gru": {"h_tilde": "n"}}
"""Letters that some books use."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How wide inputs, states, cell and outputs are; a width of 1 stands for single numbers."""

    inputs: int
    state: int
    cell: int
    outputs: int


def draw_run(rng: random.Random, cell: str) -> dict[str, Any]:
    """Scalars or small vectors, weights shared or of each step, biases of both kinds, activations of all kinds."""
    sizes, steps = _sizes(rng, cell), rng.choice([1, 2, 2, 3, 3, 4])
    if rng.random() < 0.05:
        sizes, steps = Sizes(1, 1, 1, 1), 12
    given: dict[str, Any] = {"input": [_array(rng, sizes.inputs) for _ in range(steps)]}
    biases, output = rng.choice([1, 1, 2]), rng.random() < 0.5
    shapes = _shapes(rng, cell, sizes, biases, output)
    timed = rng.random() < 0.2 and steps <= 4
    per_step = [name for name in shapes if timed and rng.random() < 0.7]
    given["weights"] = {name: _array(rng, *shape) for name, shape in shapes.items() if name not in per_step}
    given["per_step"] = {name: [_array(rng, *shapes[name]) for _ in range(steps)] for name in per_step}
    if biases == 2:
        given["biases"] = 2
    if rng.random() < 0.6:
        given["hidden"] = _array(rng, sizes.state)
    given["activations"] = _activations(rng, cell, sizes.outputs if output else 0)
    if rng.random() < 0.3:
        given = _renamed(given, RENAMED[cell])
    return given


def draw_manner(rng: random.Random, steps: int) -> dict[str, Any]:
    """How the working is shown."""
    manner: dict[str, Any] = {"known": rng.randrange(steps)} if rng.random() < 0.3 else {}
    for setting, value in (("show", "all"), ("preactivations", True), ("formulas", False)):
        if rng.random() < 0.15:
            manner[setting] = value
    return manner


def draw_bptt(rng: random.Random) -> dict[str, Any]:
    """A recurrent layer of numbers or small vectors, with targets for every step or for the last one."""
    steps, output = rng.choice([2, 3, 3, 4, 5]), rng.random() < 0.5
    sizes = _sizes(rng, "rnn")
    biases = rng.choice([1, 1, 2])
    shapes = _shapes(rng, "rnn", sizes, biases, output)
    chosen = _activations(rng, "rnn", sizes.outputs if output else 0)
    wide, result = (sizes.outputs if output else sizes.state), chosen.get(OUTPUT_ROLE)
    losses = {"sigmoid": ["half_squared", "binary_cross_entropy"], "softmax": ["cross_entropy"]}
    loss = rng.choice(losses.get(result or "", ["half_squared", "squared"]))
    targets = [_target(rng, wide, loss) for _ in range(rng.choice([1, steps]))]
    wrt = rng.sample(sorted(shapes), rng.randint(1, min(3, len(shapes))))
    given = {
        "input": [_array(rng, sizes.inputs) for _ in range(steps)],
        "weights": {name: _array(rng, *shape) for name, shape in shapes.items()},
        "biases": biases,
        "activations": chosen,
        "targets": targets,
        "loss": loss,
        "wrt": wrt,
        "flow": rng.random() < 0.8,
    }
    return {**given, "hidden": _array(rng, sizes.state)} if rng.random() < 0.6 else given


def _target(rng: random.Random, wide: int, loss: str) -> Any:
    """Numbers, or for a cross-entropy a label of each output or of one of them."""
    if loss == "binary_cross_entropy":
        return rng.choice([0, 1]) if wide == 1 else [rng.choice([0, 1]) for _ in range(wide)]
    if loss == "cross_entropy":
        place = rng.randrange(wide)
        return [int(k == place) for k in range(wide)]
    return _array(rng, wide)


def _sizes(rng: random.Random, cell: str) -> Sizes:
    if rng.random() < 0.5:
        return Sizes(1, 1, 1, 1)
    width = rng.randint(2, 3)
    projected = 1 if cell == "lstm" and rng.random() < 0.2 else 0
    return Sizes(rng.randint(1, 3), width - projected, width, rng.randint(1, 2))


def _shapes(rng: random.Random, cell: str, sizes: Sizes, biases: int, output: bool) -> dict[str, tuple[int, ...]]:
    """The weights of the cell, each with its shape."""
    shapes: dict[str, tuple[int, ...]] = {}
    for bias, pair in CELLS[cell].biases.items():
        gate = bias.removeprefix("b")
        shapes[f"W{gate}"], shapes[f"U{gate}"] = (sizes.cell, sizes.inputs), (sizes.cell, sizes.state)
        for name in (bias,) if biases == 1 else pair:
            if rng.random() < 0.6:
                shapes[name] = (sizes.cell,)
        if cell == "lstm" and gate != "_c" and rng.random() < 0.15:
            shapes[f"p{gate}"] = (sizes.cell,)
    if sizes.state != sizes.cell:
        shapes["V_h"] = (sizes.state, sizes.cell)
    if output:
        shapes["V"] = (sizes.outputs, sizes.state)
        if rng.random() < 0.5:
            shapes["b_y"] = (sizes.outputs,)
    return shapes


def _array(rng: random.Random, *shape: int) -> Any:
    """A number where all sides are 1, a vector where there is one side, else a matrix."""
    if all(side == 1 for side in shape):
        return decimal(rng, -1.5, 1.5, 0.1)
    first, *others = shape
    if not others:
        return [decimal(rng, -1.5, 1.5, 0.1) for _ in range(first)]
    return [[decimal(rng, -1.5, 1.5, 0.1) for _ in range(others[0])] for _ in range(first)]


def _activations(rng: random.Random, cell: str, outputs: int) -> dict[str, str]:
    chosen = {role: rng.choice(FUNCTIONS) for role in CELLS[cell].activations if rng.random() < 0.25}
    if outputs and rng.random() < 0.7:
        chosen[OUTPUT_ROLE] = rng.choice(OUTPUT_FUNCTIONS if outputs > 1 else FUNCTIONS)
    return chosen


def _renamed(given: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The same cell in other letters."""

    def shown(name: str) -> str:
        return names.get(name) or "_".join(names.get(piece, piece) for piece in name.split("_"))

    weights = {key: {shown(name): value for name, value in given[key].items()} for key in ("weights", "per_step")}
    return {**given, **weights, "names": names}
