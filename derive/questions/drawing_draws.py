"""Random networks to draw, each in a style that can show it."""

from __future__ import annotations

import random
from typing import Any

from derive.questions.network_draws import draw_network

_CELLS = (
    "lstm(units={})", "gru(units={})", "simple_rnn(units={})", "lstm(units={}, peephole=True)",
    "simple_rnn(units={}, activation=relu)", "gru(units={}, biases=1)", "lstm(units={}, projection=2)",
)  # fmt: skip


def draw_drawing(rng: random.Random) -> dict[str, Any]:
    """A network of images, vectors, sequences or branches; the labels are left out now and then."""
    given = rng.choice((_any, _any, _small_dense, _cell, _unrolled, _residual))(rng)
    return {**given, "labels": False} if rng.random() < 0.2 else given


def _any(rng: random.Random) -> dict[str, Any]:
    given = draw_network(rng)
    if rng.random() < 0.3:
        return {**given, "style": "boxes"}
    return given


def _small_dense(rng: random.Random) -> dict[str, Any]:
    units = [rng.randint(1, 9) for _ in range(rng.randint(1, 4))]
    layers = [f"dense(units={n}, activation={rng.choice(['relu', 'tanh', 'linear'])})" for n in units]
    return {"input": [rng.randint(1, 8)], "net": layers, "style": "neurons"}


def _cell(rng: random.Random) -> dict[str, Any]:
    layer = rng.choice(_CELLS).format(rng.randint(2, 64))
    return {"input": [rng.randint(2, 20), rng.randint(1, 50)], "net": [layer], "style": "cell",
            "framework": rng.choice(["keras", "pytorch"])}  # fmt: skip


def _unrolled(rng: random.Random) -> dict[str, Any]:
    layers = [
        rng.choice(["lstm(units={}, return_sequences=True)", "gru(units={}, return_sequences=True)",
                    "bidirectional(gru(units={}, return_sequences=True))"]).format(rng.randint(2, 9))
        for _ in range(rng.randint(0, 2))
    ]  # fmt: skip
    last = rng.choice(["lstm(units={})", "simple_rnn(units={})", "simple_rnn(units={}, return_sequences=True)"])
    layers.append(last.format(rng.randint(2, 9)))
    if rng.random() < 0.5:
        layers.append("dense(units=3, activation=softmax)")
    return {"input": [rng.randint(2, 12), rng.randint(1, 8)], "net": layers, "style": "unrolled"}


def _residual(rng: random.Random) -> dict[str, Any]:
    count, units = rng.randint(1, 3), rng.choice([4, 8, 16])
    inner = [f"dense(units={units})" for _ in range(count)]
    if rng.random() < 0.5:
        inner.insert(1, "relu()")
    shortcut = rng.choice(["", f", shortcut=dense(units={units})"])
    activation = rng.choice(["", ", activation=relu"])
    return {"input": [units], "net": [{"block": f"residual({', '.join(inner)}{shortcut}{activation})"}]}
