"""Random Boolean expressions, truth tables and points with classes, for the stress test and for variants."""

from __future__ import annotations

import random
from typing import Any

JOINED = ("and", "or", "xor", "xnor", "nand", "nor", "implies")
ALIKE = ("xor", "xnor", "and", "or", "nand", "nor")


def draw_logic(rng: random.Random, most: int = 4) -> str:
    """A chain of one connective, or a random tree; every input occurs."""
    names = rng.choice([list("ABCDE"), list("abcde"), ["x1", "x2", "x3", "x4", "x5"]])[: rng.randint(2, most)]
    if rng.random() < 0.4:
        return f" {rng.choice(ALIKE)} ".join(names)
    rng.shuffle(names)
    if rng.random() < 0.3:
        names.append(rng.choice([*names, "1", "0"]))
    return _tree(rng, names)


def _tree(rng: random.Random, leaves: list[str]) -> str:
    if len(leaves) == 1:
        return f"not {leaves[0]}" if rng.random() < 0.3 else leaves[0]
    cut = rng.randint(1, len(leaves) - 1)
    whole = f"{_inner(rng, leaves[:cut])} {rng.choice(JOINED)} {_inner(rng, leaves[cut:])}"
    return f"not ({whole})" if rng.random() < 0.15 else whole


def _inner(rng: random.Random, leaves: list[str]) -> str:
    text = _tree(rng, leaves)
    return text if len(leaves) == 1 or text.startswith("not (") else f"({text})"


def draw_examples(rng: random.Random) -> dict[str, Any]:
    """A Boolean expression, the targets of a truth table, or points with targets."""
    kind = rng.random()
    if kind < 0.4:
        return {"function": draw_logic(rng)}
    return _draw_table(rng) if kind < 0.6 else _draw_points(rng)


def _draw_table(rng: random.Random) -> dict[str, Any]:
    count = rng.choice([1, 2, 2, 3, 3, 4, 5])
    weights, threshold = [rng.randint(-2, 2) for _ in range(count)], rng.randint(-2, 2)
    rows = [[row >> (count - 1 - k) & 1 for k in range(count)] for row in range(2**count)]
    flips = rng.choice([0, 0, 0.1])
    low = rng.choice([0, 0, -1])
    return {"targets": [_class(rng, weights, row, threshold, flips, low) for row in rows]}


def _draw_points(rng: random.Random) -> dict[str, Any]:
    count, low = rng.choice([1, 2, 2, 2, 3]), rng.choice([0, -1])
    unit = rng.choice([1, 1, 0.5, 0.1])
    points = [[round(rng.randint(-9, 9) * unit, 1) for _ in range(count)] for _ in range(rng.randint(3, 8))]
    weights, threshold = [rng.randint(-3, 3) or 1 for _ in range(count)], rng.randint(-3, 3)
    flips = rng.choice([0, 0, 0.2])
    return {"points": points, "targets": [_class(rng, weights, point, threshold, flips, low) for point in points]}


def _class(rng: random.Random, weights: list[int], point: list[Any], threshold: int, flips: float, low: int) -> int:
    fires = sum(w * x for w, x in zip(weights, point, strict=True)) >= threshold
    return 1 if fires != (rng.random() < flips) else low


def draw_training(rng: random.Random) -> dict[str, Any]:
    """Examples of few inputs with a rate, a fixed threshold or a trained bias, and now and then another start."""
    given: dict[str, Any] = {"function": draw_logic(rng, 3)} if rng.random() < 0.5 else draw_examples(rng)
    while len(given.get("targets", ())) > 8:
        given = _draw_table(rng)
    if "function" in given and rng.random() < 0.25:
        given["signs"] = True
    is_signed = given.get("signs") or -1 in given.get("targets", ())
    if rng.random() < 0.5:
        given["threshold"] = rng.choice([0, 0.2, 0.5, 1, 1.5, -0.5])
    elif rng.random() < 0.3:
        given["bias"] = rng.choice([0.5, 1, -1])
    given |= {"rate": rng.choice([0.02, 0.1, 0.5, 1, 1, 2]), "epochs": rng.choice([5, 10, 20])}
    if rng.random() < 0.3:
        given["comparison"] = ">"
    if is_signed and rng.random() < 0.3:
        given["rule"] = "error"
    return given
