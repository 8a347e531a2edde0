"""Random questions about losses for the stress test and for variants, drawn from what the table says of each loss."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from derive.questions.draws import decimal
from derive.training.losses import TABLE, Kind, Loss

Shape = tuple[int, ...]
HUNDRED = 20
"""Probabilities are drawn as so many equal parts of 1."""


def draw_loss(rng: random.Random, numbers: bool) -> dict[str, Any]:
    """A random question: numbers of some shape, a neuron with a loss on top, or (without numbers) letters."""
    entry = rng.choice(TABLE)
    kind = rng.choice(entry.inputs).kind
    drawn: dict[str, Any] = {"loss": entry.name, "from": kind} | _options(rng, entry)
    if not numbers:
        return drawn | _letters(rng, entry)
    if entry.per == "entry" and kind in ("values", "probabilities") and rng.random() < 0.3:
        return drawn | _neuron(rng, entry, kind)
    shape = _shape(rng, entry) if drawn.get("reduction") != "batchmean" else _sides(rng)
    return drawn | {"prediction": _prediction(rng, entry, kind, shape), "target": _target(rng, entry, shape)}


def _options(rng: random.Random, entry: Loss) -> dict[str, Any]:
    drawn: dict[str, Any] = {"reduction": rng.choice(entry.reductions)} if rng.random() < 0.5 else {}
    if entry.halves and rng.random() < 0.4:
        drawn["half"] = True
    settings = {name: rng.choice([1, 2, 0.5] if text else [0.25, 0.5]) for name, text in entry.settings.items()}
    kept = {name: value for name, value in settings.items() if rng.random() < 0.6}
    return drawn | ({"settings": kept} if kept else {})


def _letters(rng: random.Random, entry: Loss) -> dict[str, Any]:
    """So many outputs in letters; the number of the right class where the loss takes no other target."""
    drawn: dict[str, Any] = {"outputs": rng.randint(2, 4) if entry.per == "sample" else rng.randint(1, 3)}
    by_class = any(term.by == "class" for term in entry.terms)
    if by_class and (rng.random() < 0.5 or all(term.by == "class" for term in entry.terms)):
        drawn["target"] = rng.randint(1, drawn["outputs"])
    return drawn


def _neuron(rng: random.Random, entry: Loss, kind: Kind) -> dict[str, Any]:
    """A neuron whose output goes into the loss, now and then with a penalty on its weights."""
    act = "sigmoid" if kind == "probabilities" else rng.choice(["sigmoid", "tanh", "relu"])
    drawn: dict[str, Any] = {"graph": {"z": "w_1*x_1 + w_2*x_2 + b", "y": f"{act}(z)"}, "prediction": "y"}
    names = ("w_1", "x_1", "w_2", "x_2", "b")
    drawn["at"] = {**{name: decimal(rng, -2, 2, 0.25) for name in names}, "t": _target(rng, entry, ())}
    if rng.random() < 0.5:
        strength = rng.choice(["lam", 0.1, 0.01])
        drawn["penalty"] = {"kind": rng.choice(["l1", "l2"]), "strength": strength, "half": rng.random() < 0.3}
    return drawn


def _shape(rng: random.Random, entry: Loss) -> Shape:
    if entry.per == "entry" and rng.random() < 0.3:
        return ()
    if rng.random() < 0.6:
        return (rng.choice([2, 3, 3, 4] + ([9] if entry.per == "entry" else [])),)
    return _sides(rng)


def _sides(rng: random.Random) -> Shape:
    return (rng.randint(2, 3), rng.randint(2, 3))


def _filled(shape: Shape, make: Any) -> Any:
    return make() if not shape else [_filled(shape[1:], make) for _ in range(shape[0])]


def _rows(shape: Shape, make: Any) -> Any:
    """A vector for the outputs of each sample."""
    return make(shape[-1]) if len(shape) == 1 else [make(shape[-1]) for _ in range(shape[0])]


def _shares(rng: random.Random, parts: int, least: int) -> list[float]:
    """Numbers that add up to 1."""
    cuts = [least] * parts
    for _ in range(HUNDRED - least * parts):
        cuts[rng.randrange(parts)] += 1
    return [float(Fraction(cut, HUNDRED)) for cut in cuts]


def _prediction(rng: random.Random, entry: Loss, kind: Kind, shape: Shape) -> Any:
    if kind == "probabilities" and entry.per == "sample":
        return _rows(shape, lambda width: _shares(rng, width, 1))
    makes = {
        "values": lambda: decimal(rng, -3, 3, 0.25),
        "probabilities": lambda: rng.randint(1, HUNDRED - 1) / HUNDRED,
        "log_probabilities": lambda: -abs(decimal(rng, -4, 4, 0.25)),
        "logits": lambda: decimal(rng, -4, 4, 0.25),
        "scores": lambda: decimal(rng, -2, 2, 0.25),
    }
    return _filled(shape, makes[kind])


def _target(rng: random.Random, entry: Loss, shape: Shape) -> Any:
    if entry.target == "any":
        return _filled(shape, lambda: decimal(rng, -3, 3, 0.25))
    if entry.target == "sign":
        return _filled(shape, lambda: rng.choice([-1, 1]))
    if entry.target == "binary":
        return _filled(shape, lambda: rng.choice([0, 1]))
    if entry.target == "probability":
        return _filled(shape, lambda: rng.choice([0, 1, 0, 1, 0.3]))
    by_class = [term.by == "class" for term in entry.terms]
    if all(by_class) or (any(by_class) and rng.random() < 0.5):
        classes = [rng.randint(1, shape[-1]) for _ in range(shape[0] if len(shape) > 1 else 1)]
        return classes if len(shape) > 1 else classes[0]
    one_hot = rng.random() < 0.6
    return _rows(shape, lambda width: _one_hot(rng, width) if one_hot else _shares(rng, width, 0))


def _one_hot(rng: random.Random, width: int) -> list[int]:
    right = rng.randrange(width)
    return [int(k == right) for k in range(width)]
