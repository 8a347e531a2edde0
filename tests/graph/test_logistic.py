"""A written-out sigmoid is the sigmoid: cross-entropy over it reaches (p - t)x; the definition stays as typed."""

import pytest

from derive.graph.backward import Backward
from derive.graph.graph import Graph
from derive.graph.point import Point, forward_steps
from derive.notation.source import write
from derive.record import Conventions

LOSS = {"L": "-(t*log(p) + (1 - t)*log(1 - p))"}


def last_lines(definitions: dict[str, str]) -> dict[str, str]:
    graph = Graph({**definitions, **LOSS})
    wrt = [graph.scalar(name) for name in ("w", "b")]
    steps = Backward(Point(graph, {}, Conventions()), graph.scalar("L"), wrt).steps()
    return {step.name: write(step.lines[-1].form) for step in steps}


@pytest.mark.parametrize(
    "definitions",
    [
        {"z": "w*x + b", "p": "sigmoid(z)"},
        {"z": "w*x + b", "p": "1/(1 + exp(-z))"},
        {"z": "w*x + b", "p": "1/(exp(-z) + 1)"},
        {"z": "w*x + b", "p": "exp(z)/(1 + exp(z))"},
        {"p": "1/(1 + exp(-(w*x + b)))"},
        {"p": "1/(1 + exp(-w*x - b))"},
    ],
)
def test_cross_entropy_reaches_the_short_form(definitions):
    found = last_lines(definitions)
    assert found["dL_dw"] == "(p - t)*x"
    assert found["dL_db"] == "p - t"


def test_behind_a_max_pool():
    found = last_lines({"s": "max(w*x_1, w*x_2, w*x_3, w*x_4)", "z": "s + b", "p": "1/(1 + exp(-z))"})
    assert found["dL_ds"] == found["dL_db"] == "p - t"


def test_the_definition_prints_as_it_was_typed():
    graph = Graph({"p": "1/(1 + exp(-z))"})
    (step,) = forward_steps(Point(graph, {}, Conventions()), graph.definitions)
    assert [write(line.form) for line in step.lines] == ["1/(1 + exp(-z))"]


@pytest.mark.parametrize("text", ["1/(1 - exp(-z))", "1/(2 + exp(-z))", "1/(1 + exp(-z) + z)", "1/(1 + sin(z))"])
def test_what_only_looks_like_it_is_left_alone(text):
    graph = Graph({"p": text})
    assert "sigmoid" not in graph.program.ops


def test_an_intermediate_with_a_name_of_its_own_is_kept():
    graph = Graph({"e": "exp(-z)", "p": "1/(1 + e)"})
    steps = Backward(Point(graph, {}, Conventions()), graph.scalar("p"), [graph.scalar("z")]).steps()
    assert [step.name for step in steps] == ["dp_de", "dp_dz"]
