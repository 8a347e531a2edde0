"""Gradients handed back through whole arrays, against the gradients of the scalar engine entry by entry."""

import random
from fractions import Fraction

import pytest

from derive.errors import InputError
from derive.graph.array_formulas import ArrayFormulas
from derive.graph.array_point import ArrayPoint
from derive.graph.array_table import ARRAY_TABLE
from derive.graph.arrays import Array, shape_of
from derive.graph.graph import Graph, entry_names, evaluate
from derive.graph.pullback import Pullback
from derive.graph.scaling import simplified, times
from derive.graph.sizes import sizes
from derive.notation import arrays, plain
from derive.notation.build import sym
from derive.notation.form import Call, Form
from derive.notation.text import read
from derive.notation.working import worth
from derive.record import Conventions

SHAPES = {"A": (2, 3), "B": (3, 2), "C": (2, 3), "u": (3, 1), "v": (3, 1), "r": (1, 3), "c": (2, 1), "s": ()}


def pushed_back(definition: str, by: str, seed: int = 0, upstream: str = "G") -> tuple[list, list, Form]:
    """The gradient of L = sum(G ⊙ y) for y of the definition: by the rules of arrays, and by the scalar engine."""
    rng = random.Random(f"{definition}/{by}/{seed}")
    whole = Graph({"y": definition}, {name: shape for name, shape in SHAPES.items() if shape})
    shape = shape_of(whole.quantity("y").value)
    graph = Graph(
        {"y": definition, "L": "sum(odot(G, y))"},
        {name: shape for name, shape in {**SHAPES, "G": shape}.items() if shape},
    )
    at = {q.symbol: drawn(rng, shape_of(q.value)) for q in graph.inputs}
    point = ArrayPoint(graph, at, Conventions())
    pullback = Pullback(point.formulas)
    letters = pullback.through(sym("y"), graph.quantity("y").form, sym(by), read(upstream))
    formula = pullback.entrywise.arrays(letters)
    found = worth(formula, point.env)
    nodes = graph.quantity(by).value
    nodes = nodes.items if isinstance(nodes, Array) else (nodes,)
    slopes = graph.program.gradient(graph.scalar("L"), nodes)
    right = evaluate(graph.program, point.nodes, slopes.values(), Conventions(), graph.labels)
    wanted = [right[slopes[node]] for node in nodes]
    items = list(arrays.items(found))
    return items * len(wanted) if len(items) == 1 < len(wanted) else items, wanted, formula


def drawn(rng: random.Random, shape: tuple[int, ...]) -> object:
    def number() -> Fraction:
        return Fraction(rng.choice([-1, 1]) * rng.randint(1, 30), 10)

    if not shape:
        return number()
    return Array(shape, tuple(number() for _ in range(shape[0] * shape[1])))


DEFINITIONS = [
    ("A @ B", "A"), ("A @ B", "B"), ("A @ u", "A"), ("A @ u", "u"), ("r @ B", "r"), ("r @ B", "B"), ("u @ r", "u"),
    ("u @ r", "r"), ("r @ u", "u"), ("A @ u + c", "c"), ("A + c", "c"), ("A + r", "r"), ("A + s", "s"), ("s*A", "s"),
    ("s*A", "A"), ("c @ s", "s"), ("s @ r", "s"), ("s @ r", "r"), ("A.T @ c", "A"), ("A.T @ c", "c"),
    ("odot(A, C)", "A"), ("odot(A, C) - 2*A", "A"), ("A/3 - C", "C"), ("A/C", "C"), ("A**2 + C", "A"),
    ("sigmoid(A)", "A"), ("tanh(A) + C", "A"), ("relu(A)", "A"), ("leaky_relu(A, alpha=0.2)", "A"),
    ("softplus(A)", "A"), ("gelu(A)", "A"), ("-(A @ B)", "B"), ("2*(A @ B)/5", "A"), ("sum(A)", "A"),
    ("mean(odot(A, C))", "C"), ("dot(u, v)", "u"), ("dot(u, v)", "v"), ("dot(u, u)", "u"), ("softmax(u)", "u"),
    ("softmax(r)", "r"), ("softmax(A)", "A"), ("softmax(A, axis=0)", "A"), ("log_softmax(u)", "u"),
    ("log_softmax(A)", "A"), ("log_softmax(A, axis=0)", "A"), ("sum((A - C)**2)/2", "A"), ("(A @ B) @ c", "A"),
    ("(A @ B) @ c", "B"), ("abs(A)", "A"), ("sum(max(0, A))", "A"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "by"), DEFINITIONS)
def test_rules_of_arrays_as_the_scalar_engine(definition, by):
    for seed in range(3):
        found, wanted, formula = pushed_back(definition, by, seed)
        pairs = zip(found, wanted, strict=True)
        assert all(abs(float(a) - float(b)) < 1e-12 * (1 + abs(float(b))) for a, b in pairs), plain.write(formula)


def test_every_rule_of_the_table_is_tried():
    ruled = {entry.name for entry in ARRAY_TABLE if entry.adjoint} - {"matmul", "transpose"}
    used = {node.function for text, _ in DEFINITIONS for node in _calls(text)}
    assert ruled <= used


def _calls(text: str) -> list[Call]:
    from derive.notation.form import walk

    return [node for node in walk(read(text)) if isinstance(node, Call)]


@pytest.mark.parametrize(
    ("definition", "by", "says"),
    [
        ("A @ u + c", "A", "G·uᵀ"),
        ("A @ u + c", "u", "Aᵀ·G"),
        ("A @ u + c", "c", "G"),
        ("A @ B + r[1]", "A", "G·Bᵀ"),
        ("A + c", "c", "G·[[1], [1], [1]]"),
        ("A + r", "r", "[[1, 1]]·G"),
        ("relu(A)", "A", "G ⊙ ReLU'(A)"),
        ("sum(A)", "A", "G"),
        ("softmax(u)", "u", "y ⊙ G - sum(y ⊙ G)·y"),
    ],
)
def test_rules_are_written_as_a_course_writes_them(definition, by, says):
    _, _, formula = pushed_back(definition, by)
    assert plain.write(formula) == says


def test_what_no_rule_of_arrays_says_is_refused():
    graph = Graph({"Y": "max_pool2d(X, k=2)"}, {"X": (4, 4)})
    formulas = ArrayFormulas()
    for quantity in graph.quantities.values():
        formulas.name(quantity.symbol, (4, 4), entry_names(quantity.symbol, (4, 4)))
    with pytest.raises(InputError, match="no rule of matrices"):
        Pullback(formulas).through(sym("Y"), graph.quantity("Y").form, sym("X"), sym("G"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1/2*(2*(y - t))", "y - t"),
        ("1/8*(2*(y - t))", "(y - t)/4"),
        ("-(t/p - (1 - t)/(1 - p))/3", "(p - t)/(3·p·(1 - p))"),
        ("-1*(t - p)", "p - t"),
        ("0*x", "0"),
    ],
)
def test_the_number_in_front_stays_out_of_what_is_collected(text, shown):
    assert plain.write(simplified(times(read(text)))[0]) == shown


def test_shapes_beside_a_formula():
    formulas = ArrayFormulas()
    for name, shape in SHAPES.items():
        formulas.name(sym(name), shape, entry_names(sym(name), shape) if shape else [sym(name)])

    def shown(text: str) -> str:
        return "".join(part if isinstance(part, str) else plain.write(part) for part in sizes(formulas, read(text)))

    assert shown("A @ u + c") == "(2 × 3)·(3 × 1) + (2 × 1) → 2 × 1"
    assert shown("odot(A.T @ c, u)") == "(3 × 2)·(2 × 1) ⊙ (3 × 1) → 3 × 1"
    assert shown("r @ u") == "(1 × 3)·(3 × 1) → a number"
    assert shown("sigmoid(u)") == "shape 3 × 1"
    assert shown("s + 1") == ""
