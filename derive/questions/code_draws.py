"""Random listings for the stress test: the source of a random network, as it is or with something broken."""

from __future__ import annotations

import random
import re
from typing import Any

from derive.errors import InputError
from derive.network.code.reading import read_listing
from derive.network.code.source import source
from derive.network.layers.base import Framework
from derive.network.network import read_network
from derive.questions.network_draws import draw_network


def draw_listing(rng: random.Random) -> dict[str, Any]:
    """The givens of a question about a listing that can be read, in either framework."""
    while True:
        drawn = draw_network(rng)
        framework: Framework = rng.choice(["keras", "pytorch"])
        try:
            network = read_network(drawn["net"], drawn["input"], framework, drawn.get("order", "HWC"))
            text = source(network, framework).text
            given: dict[str, Any] = {"code": broken(text, rng) if rng.random() < 0.6 else text}
            if framework == "pytorch":
                given["input"] = list(network.input)
            read_listing(given["code"], network.input if framework == "pytorch" else None)
        except InputError:
            continue  # a layer without a counterpart, or a module with a forward of its own
        return given


def broken(text: str, rng: random.Random) -> str:
    """The listing with one slip, of the kinds that are made by hand; as it is where the slip has no place."""
    lines = text.split("\n")
    kind = rng.choice(["import", "flatten", "bracket", "comma", "name", "features"])
    if kind == "import":
        return "\n".join(line for line in lines if not line.startswith("from "))
    if kind == "flatten":
        return "\n".join(line for line in lines if "Flatten()" not in line)
    if kind == "bracket":
        return text.rstrip().removesuffix(")").removesuffix("]") + "\n"
    if kind == "comma":
        return text.replace("),\n", ")\n", 1)
    if kind == "name":
        return re.sub(
            r"(layers|nn)\.([A-Z])(\w+)", lambda match: f"{match[1]}.{match[2].lower()}{match[3]}", text, count=1
        )
    return re.sub(r"nn\.Linear\((\d+)", lambda match: f"nn.Linear({int(match[1]) + 1}", text, count=1)
