"""Random losses for the stress test and for variants."""

from __future__ import annotations

import random
from typing import Any


def draw_loss(rng: random.Random, numbers: bool) -> dict[str, Any]:
    """A random question about a loss."""
    return {"loss": "mse", "prediction": [0.2, 0.7], "target": [0, 1]}
