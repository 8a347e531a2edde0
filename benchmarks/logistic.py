"""Binary cross-entropy over a logistic unit down to (p - t)x: every line of the way, against sympy.simplify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.measure import Row, Table, duration, seconds, significant
from derive.graph.backward import Backward
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.form import Form, walk
from derive.notation.source import write
from derive.record import Conventions

Shapes = dict[str, tuple[int, ...]]

LIMIT = 0.005
LOSS = "-(t*log(p) + (1 - t)*log(1 - p))"
POOLED = "max(w*x_1, w*x_2, w*x_3, w*x_4)"
IMAGE = {
    "Z": "conv2d(X, (w_1, w_2, w_3))", "S": "max_pool2d(Z, k=2, s=2, p=1)", "P": "1/(1 + exp(-S))",
    "L": "-sum(odot(T, log(P)) + odot(1 - T, log(1 - P)))",
}  # fmt: skip
UNITS: dict[str, tuple[dict[str, str], str]] = {
    "sigmoid named": ({"z": "w*x + b", "p": "sigmoid(z)"}, "(p - t)*x"),
    "sigmoid written out": ({"z": "w*x + b", "p": "1/(1 + exp(-z))"}, "(p - t)*x"),
    "sigmoid written out, no name between": ({"p": "1/(1 + exp(-(w*x + b)))"}, "(p - t)*x"),
    "max pool in front, sigmoid written out": ({"s": POOLED, "z": "s + b", "p": "1/(1 + exp(-z))"}, "p - t"),
}
"""What stands between the weight and p, and the line that the gradient by w (behind a pool: by s) has to reach."""


def derived(definitions: dict[str, str], weights: list[str], shapes: Shapes | None = None) -> dict[str, Form]:
    """The last line of every gradient, by the name of its quantity."""
    graph = Graph(definitions, shapes)
    nodes = [graph.scalar(name) for name in weights]
    steps = Backward(Point(graph, {}, Conventions()), graph.scalar("L"), nodes).steps()
    return {step.name.removeprefix("dL_d"): step.lines[-1].form for step in steps}


def simplified(pooled: bool) -> Any:
    """sympy.simplify of the same gradient, the sigmoid written out."""
    import sympy

    sympy.core.cache.clear_cache()
    w, b, t, x, *xs = sympy.symbols("w b t x x_1:5")
    z = (sympy.Max(*(w * each for each in xs)) if pooled else w * x) + b
    p = 1 / (1 + sympy.exp(-z))
    return sympy.simplify(sympy.diff(-(t * sympy.log(p) + (1 - t) * sympy.log(1 - p)), w))


def tables() -> Iterator[Table]:
    """The one table."""
    rows = [_unit(name, *case) for name, case in UNITS.items()]
    rows.append(_image())
    yield Table(
        "Cross-entropy over a logistic unit",
        tuple(rows),
        (
            "Ours: reading the definitions, all gradients, every line. SymPy: one gradient, then simplify; the result "
            "keeps the exponentials.",
            "The image: 1x1 convolution over three channels, zero-padded max pooling to 2x2, the gradients of all "
            "three weights with symbolic pixels; four logistic units, so more work, and no target of its own.",
        ),
    )


def _unit(name: str, between: dict[str, str], wanted: str) -> Row:
    definitions = {**between, "L": LOSS}
    reached = write(derived(definitions, ["w", "b"])["s" if "s" in between else "w"])
    ours = seconds(lambda: derived(definitions, ["w", "b"]), 15)
    pooled = "s" in between
    theirs = seconds(lambda: simplified(pooled), 1 if pooled else 3)
    operations = simplified(pooled).count_ops() if not pooled else 0
    said = f" ({operations} operations left)" if operations else ""
    done = reached == wanted and ours <= LIMIT
    ratio = f"{significant(theirs / ours)}x faster"
    target = f"{wanted} within 5 ms"
    return Row(f"{name}: {reached}", duration(ours), "sympy.simplify", duration(theirs) + said, ratio, target, done)


def _image() -> Row:
    work = (IMAGE, ["w_1", "w_2", "w_3"], {"X": (3, 2, 2), "T": (2, 2)})
    size = sum(1 for _ in walk(derived(*work)["w_1"]))
    return Row(f"image, 3 weights: {size} nodes each", duration(seconds(lambda: derived(*work), 9)))
