"""Random givens for the stress test and for variants: graphs and numbers of the size that exams have."""

from __future__ import annotations

import random
from typing import Any

ACTIVATIONS = ("sigmoid", "tanh", "relu", "softplus", "gelu")


def decimal(rng: random.Random, low: float = -3, high: float = 3, step: float = 0.5) -> float:
    """A multiple of the step between two bounds, never zero."""
    steps = [k for k in range(round(low / step), round(high / step) + 1) if k]
    return round(rng.choice(steps) * step, 6)


def draw_graph(rng: random.Random) -> dict[str, Any]:
    """A random graph question: graph, at, of, wrt."""
    return rng.choice((draw_logistic, _network, _residual, _polynomial, _vectors, _convolution))(rng)


def draw_logistic(rng: random.Random) -> dict[str, Any]:
    """A logistic neuron with cross-entropy."""
    graph = {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"}
    at = {"w": decimal(rng), "x": decimal(rng, -4, 4), "b": decimal(rng), "t": rng.choice([0, 1, 0.5])}
    return {"graph": graph, "of": "L", "wrt": ["w", "b"], "at": at}


def _network(rng: random.Random) -> dict[str, Any]:
    act = rng.choice(ACTIVATIONS)
    graph = {
        "z1": "w1*x1 + w2*x2 + b1",
        "h": f"{act}(z1)",
        "y": "v*h + c",
        "E": "(y - t)**2/2",
    }
    names = ("w1", "x1", "w2", "x2", "b1", "v", "c", "t")
    at = {name: decimal(rng, -2, 2, 0.1) for name in names}
    return {"graph": graph, "of": "E", "wrt": rng.sample(["w1", "w2", "b1", "v", "c"], 2), "at": at}


def _residual(rng: random.Random) -> dict[str, Any]:
    act = rng.choice(ACTIVATIONS)
    graph = {"a": "w0*x", "h": f"{act}(a)", "y": "w1*h + x", "L": "(y - t)**2"}
    at = {name: decimal(rng) for name in ("w0", "w1", "x", "t")}
    return {"graph": graph, "of": "L", "wrt": ["w0", "x"], "at": at}


def _polynomial(rng: random.Random) -> dict[str, Any]:
    k, m = rng.randint(2, 9), rng.randint(2, 9)
    graph = {"a": "x**2", "b": "y**2", "c": f"a*b - {k}*a", "f": f"c**2 + {m}*b"}
    return {"graph": graph, "of": "f", "wrt": ["x", "y"], "at": {"x": rng.randint(-3, 3), "y": rng.randint(-3, 3)}}


def _vectors(rng: random.Random) -> dict[str, Any]:
    act = rng.choice(ACTIVATIONS[:3])
    graph = {"z": "W @ x + b", "h": f"{act}(z)", "L": "sum((h - t)**2)"}
    rows, columns = rng.randint(1, 3) + 1, rng.randint(2, 3)

    def entries(n: int) -> list[float]:
        return [decimal(rng, -2, 2) for _ in range(n)]

    at = {"W": [entries(columns) for _ in range(rows)], "x": entries(columns), "b": entries(rows), "t": entries(rows)}
    return {"graph": graph, "of": "L", "wrt": [rng.choice(["W", "b", "x"])], "at": at}


def _convolution(rng: random.Random) -> dict[str, Any]:
    pool = rng.choice(["max_pool2d(Z, k=2, s=2, p=1)", "max_pool2d(Z, k=2)", "avg_pool2d(Z, k=2)"])
    graph = {"Z": "conv2d(X, (w1, w2))", "S": pool, "L": "sum(S**2)"}
    size = 2 if "p=1" in pool else rng.choice([2, 4])
    image = [[[decimal(rng, -2, 2) for _ in range(size)] for _ in range(size)] for _ in range(2)]
    at = {"X": image, "w1": decimal(rng, -2, 2), "w2": decimal(rng, -2, 2)}
    return {"graph": graph, "of": "L", "wrt": ["w1", "w2"], "at": at}


def draw_function(rng: random.Random, names: tuple[str, ...] = ("x", "y")) -> str:
    """A random expression of the size that exams have."""
    x = names[0]
    y = names[-1]
    a, b, n = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 4)
    shapes = [
        f"{x}**{n} - {a}*{x}**2 + {b}*{y}**3",
        f"{a}*{x}**2*{y} + {b}*{y}",
        f"log(1 + exp({a}*{x} + {y}))",
        f"sigmoid({a}*{x} - {y})",
        f"exp(-{x}**2) + {a}*{y}",
        f"({a}*{x} + {b})**{n} - {y}",
        f"tanh({x}*{y})",
        f"{x}/({y}**2 + {a})",
        f"sin({a}*{x})*{y}",
        f"sqrt({x}**2 + {y}**2 + {a})",
    ]
    return rng.choice(shapes)
