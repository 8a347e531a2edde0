"""Second derivatives: values against differences and torch, sparsity against what the functions say."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from derive.graph.graph import Graph, evaluate
from derive.graph.operations import locals_of
from derive.graph.program import Program
from derive.graph.second import hessian
from derive.record import Conventions

NET = {
    "z_1": "u_1_1*x_1 + u_1_2*x_2 + b_1",
    "z_2": "u_2_1*x_1 + u_2_2*x_2 + b_2",
    "z_3": "u_3_1*x_1 + u_3_2*x_2 + b_3",
    "o": "v_1*tanh(z_1) + v_2*tanh(z_2) + v_3*tanh(z_3) + c",
    "p": "sigmoid(o)",
    "L": "-(t*log(p) + (1 - t)*log(1 - p))",
}
WEIGHTS = ["u_1_1", "u_1_2", "u_2_1", "u_2_2", "u_3_1", "u_3_2", "b_1", "b_2", "b_3", "v_1", "v_2", "v_3", "c"]


def rosenbrock(m: int) -> tuple[Program, int, list[int]]:
    p = Program(locals_of)
    xs = [p.input(f"x{i}") for i in range(m)]
    total, two = p.zero, p.constant(2)
    for x, after in pairwise(xs):
        valley = p.mul(p.constant(100), p.pow(p.sub(after, p.pow(x, two)), two))
        total = p.add(total, p.add(valley, p.pow(p.sub(p.one, x), two)))
    return p, total, xs


def numbers(
    program: Program, nodes: dict[tuple[int, int], int], at: dict[int, Fraction]
) -> dict[tuple[int, int], float]:
    values = evaluate(program, at, nodes.values(), Conventions(), {})
    return {place: float(values[node]) for place, node in nodes.items()}


def test_rosenbrock_is_tridiagonal_and_has_the_textbook_entries():
    m = 6
    p, f, xs = rosenbrock(m)
    at = [Fraction(k, 3) for k in range(-2, m - 2)]
    found = numbers(p, hessian(p, f, xs), dict(zip(xs, at, strict=True)))
    expected = {(i, i): 1200 * at[i] ** 2 - 400 * at[i + 1] + 2 for i in range(m - 1)}
    for i in range(1, m - 1):
        expected[i, i] += 200
    expected[m - 1, m - 1] = Fraction(200)
    expected |= {(i, i + 1): -400 * at[i] for i in range(m - 1)}
    assert found == {place: float(value) for place, value in expected.items()}


def test_its_work_grows_linearly():
    def made(m: int) -> int:
        p, f, xs = rosenbrock(m)
        hessian(p, f, xs)
        return len(p)

    steps = {made(m + 1) - made(m) for m in (10, 40, 160)}
    assert len(steps) == 1


def net(values: dict[str, Fraction]) -> tuple[Graph, dict[int, Fraction], list[int]]:
    graph = Graph(NET)
    return (
        graph,
        {graph.scalar(name): value for name, value in values.items()},
        [graph.scalar(name) for name in WEIGHTS],
    )


def drawn(seed: int) -> dict[str, Fraction]:
    rng = random.Random(seed)
    values = {name: Fraction(rng.randint(-90, 90), 60) for name in (*WEIGHTS, "x_1", "x_2")}
    return {**values, "t": Fraction(rng.randint(0, 4), 4)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_network_agrees_with_differences_of_its_loss(seed):
    graph, at, wrt = net(drawn(seed))
    loss, step = graph.scalar("L"), Fraction(1, 10**9)
    found = numbers(graph.program, hessian(graph.program, loss, wrt), at)

    def value(i: int, a: int, j: int, b: int) -> object:
        moved = dict(at)
        moved[wrt[i]] += a * step
        moved[wrt[j]] += b * step
        return evaluate(graph.program, moved, [loss], Conventions(), {})[loss]

    for i in range(len(wrt)):
        for j in range(i, len(wrt)):
            mixed = sum((a * b * value(i, a, j, b) for a in (1, -1) for b in (1, -1)), Fraction(0))
            assert found.get((i, j), 0.0) == pytest.approx(float(mixed / (4 * step * step)), abs=1e-9), (i, j)


@pytest.mark.oracle
def test_a_network_agrees_with_torch():
    torch = pytest.importorskip("torch")
    values = drawn(7)
    graph, at, wrt = net(values)
    found = numbers(graph.program, hessian(graph.program, graph.scalar("L"), wrt), at)

    def loss(w):
        x = torch.tensor([float(values["x_1"]), float(values["x_2"])], dtype=torch.float64)
        z = w[:6].reshape(3, 2) @ x + w[6:9]
        o = w[9:12] @ torch.tanh(z) + w[12]
        return torch.nn.functional.binary_cross_entropy_with_logits(
            o, torch.tensor(float(values["t"]), dtype=torch.float64)
        )

    start = torch.tensor([float(values[name]) for name in WEIGHTS], dtype=torch.float64)
    expected = torch.func.hessian(loss)(start)
    for i in range(len(wrt)):
        for j in range(i, len(wrt)):
            assert found.get((i, j), 0.0) == pytest.approx(float(expected[i, j]), abs=1e-12)
