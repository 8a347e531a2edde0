"""Reverse accumulation: against torch on random graphs, against SymPy on random expressions, and on deep chains."""

import random
import sys
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy

from derive.graph.backward import Backward, course_form
from derive.graph.curvature import differentiate
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.build import sym
from derive.notation.form import Derivative, walk
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.record import Conventions, Rounding

UNARY = ("sigmoid", "tanh", "relu", "softplus", "exp", "gelu", "abs", "leaky_relu")
BINARY = ("{a}*{b}", "{a} + {b}", "{a} - {b}/2", "{a}/({b}**2 + 1)", "max({a}, {b})", "({a} - 1)**2*{b}")
INPUTS = ("x", "y", "w")


def drawn_graph(rng, size=8):
    """Definitions over three inputs; every node may use any earlier one, so that paths meet again."""
    definitions, names = {}, list(INPUTS)
    for k in range(size):
        a, b = rng.choice(names), rng.choice(names[-4:])
        text = f"{rng.choice(UNARY)}({a}/2 + {b}/4)" if rng.random() < 0.4 else rng.choice(BINARY).format(a=a, b=b)
        definitions[f"n_{k + 1}"] = text
        names.append(f"n_{k + 1}")
    definitions["L"] = " + ".join([*names[3:], "x*y*w"])
    return definitions


def torch_gradients(torch, definitions, at):
    functions = torch.nn.functional
    names = {name: torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for name, x in at.items()}
    known = {name: getattr(functions, name, None) or getattr(torch, name) for name in UNARY} | {"max": torch.maximum}
    values = dict(names)
    for name, text in definitions.items():
        values[name] = eval(text, {"__builtins__": {}}, {**known, **values})
    values["L"].backward()
    return values["L"].item(), {name: tensor.grad.item() for name, tensor in names.items()}


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(25))
def test_random_graphs_as_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    definitions = drawn_graph(rng)
    at = {name: Fraction(rng.randint(-15, 15), 8) + Fraction(1, 100) for name in INPUTS}
    loss, slopes = torch_gradients(torch, definitions, at)
    graph = Graph(definitions)
    point = Point(graph, {parse_symbol(name): x for name, x in at.items()}, Conventions())
    nodes = [graph.scalar(name) for name in INPUTS]
    backward = Backward(point, graph.scalar("L"), nodes)
    assert float(point.nodes[graph.scalar("L")]) == pytest.approx(loss, rel=1e-10)
    for name, node in zip(INPUTS, nodes, strict=True):
        assert float(backward.values[node]) == pytest.approx(slopes[name], rel=1e-9, abs=1e-12), name
    direct = graph.program.gradient(graph.scalar("L"), nodes)
    values = graph.values({parse_symbol(name): x for name, x in at.items()}, Conventions(), direct.values())
    for name, node in zip(INPUTS, nodes, strict=True):
        assert float(values[direct[node]]) == pytest.approx(slopes[name], rel=1e-9, abs=1e-12), name


def drawn_expression(rng, depth):
    """A random expression as the text that users type and, built apart from it, as SymPy has it."""
    x, y = sympy.symbols("x y")
    if depth == 0:
        k = rng.randint(1, 5)
        return rng.choice([("x", x), ("y", y), (str(k), sympy.Integer(k)), ("0.5", sympy.Rational(1, 2))])
    (a, left), (b, right) = drawn_expression(rng, depth - 1), drawn_expression(rng, rng.randint(0, depth - 1))
    n = rng.randint(2, 3)
    return rng.choice(
        [
            (f"({a} + {b})", left + right),
            (f"({a} - {b})", left - right),
            (f"{a}*{b}", left * right),
            (f"({a})/(({b})**2 + 1)", left / (right**2 + 1)),
            (f"({a})**{n}", left**n),
            (f"(-({a}))**{n}", (-left) ** n),
            (f"sigmoid({a})", 1 / (1 + sympy.exp(-left))),
            (f"tanh({a})*{b}", sympy.tanh(left) * right),
            (f"log(({a})**2 + {n})", sympy.log(left**2 + n)),
            (f"sqrt(({a})**2 + {n})", sympy.sqrt(left**2 + n)),
            (f"(sin({a}) - cos({b}))", sympy.sin(left) - sympy.cos(right)),
            (f"exp(-({a})**2)", sympy.exp(-(left**2))),
        ]
    )


@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_as_sympy(seed):
    rng = random.Random(seed)
    text, expr = drawn_expression(rng, 3)
    x, y = sympy.symbols("x y")
    at = {"x": Fraction(rng.randint(-9, 9), 4), "y": Fraction(rng.randint(-9, 9), 4)}
    env = {parse_symbol(name): value for name, value in at.items()}
    exact = {symbol: sympy.Rational(at[symbol.name]) for symbol in (x, y)}
    for symbol in (x, y):
        raw, course, _ = differentiate(read(text), parse_symbol(symbol.name))
        expected = float(sympy.diff(expr, symbol).subs(exact).evalf(30))
        assert float(evaluate(raw, env)) == pytest.approx(expected, rel=1e-12, abs=1e-14), text
        assert float(evaluate(course, env)) == pytest.approx(expected, rel=1e-12, abs=1e-14), text


def chain(depth):
    return {f"y_{k + 1}": f"relu(w_{k}_1*relu(w_{k}_0*y_{k}) + y_{k})" for k in range(depth)}


def test_chain_of_ten_thousand_blocks():
    """Build, gradients of all weights and values at the default recursion limit; the work is linear in the depth."""
    depth = 10_000
    assert sys.getrecursionlimit() <= 1000
    graph = Graph(chain(depth))
    p = graph.program
    built = len(p)
    weights = [graph.scalar(f"w_{k}_{i}") for k in range(depth) for i in (0, 1)]
    gradients = p.gradient(graph.scalar(f"y_{depth}"), weights)
    assert (len(p) - built) / depth <= 20
    first = parse_symbol("y_0")
    at = {symbol: Fraction(1) if symbol == first else Fraction(0) for symbol in (q.symbol for q in graph.inputs)}
    last, first_weight = graph.scalar(f"y_{depth}"), gradients[weights[0]]
    values = graph.values(at, Conventions(), [last, first_weight])
    assert (values[last], values[first_weight]) == (1, 0)


def test_chain_against_a_recurrence():
    depth, w = 30, Fraction(1, 8)
    graph = Graph(chain(depth))
    last = graph.scalar(f"y_{depth}")
    weights = [graph.scalar(f"w_{k}_{i}") for k in range(depth) for i in (0, 1)]
    gradients = graph.program.gradient(last, weights)
    at = {q.symbol: w for q in graph.inputs} | {parse_symbol("y_0"): Fraction(3)}
    values = graph.values(at, Conventions(), [last, *gradients.values()])
    growth = 1 + w * w
    assert values[last] == 3 * growth**depth
    for k in range(depth):
        before, after = 3 * growth**k, growth ** (depth - k - 1)
        assert values[gradients[weights[2 * k + 1]]] == after * w * before
        assert values[gradients[weights[2 * k]]] == after * w * before


def test_gradients_of_a_chain_grow_linearly_in_lines():
    """Named quantities stay named: a step for a block is as long at the end of the chain as at its start."""
    counts = []
    for depth in (5, 10, 20):
        graph = Graph(chain(depth))
        point = Point(graph, {}, Conventions())
        steps = Backward(point, graph.scalar(f"y_{depth}"), [graph.scalar("w_0_0")]).steps()
        counts.append(sum(1 for step in steps for line in step.lines for _ in walk(line.form)))
    first, second = (b - a for a, b in pairwise(counts))
    assert second <= 2.3 * first


def test_where_a_quantity_feeds_two_nodes_the_paths_are_added():
    graph = Graph({"a": "x**2", "b": "x*y", "f": "a + b"})
    (*_, last) = Backward(Point(graph, {}, Conventions()), graph.scalar("f"), [graph.scalar("x")]).steps()
    assert last.rule == "sum over paths"
    assert "".join(str(getattr(part, "base", part)) for part in last.lines[0].reason) == "x feeds a and b: add"
    assert last.lines[-1].form == read("2*x + y")


def test_logistic_loss_cancels_to_p_minus_t():
    graph = Graph({"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"})
    point = Point(graph, {}, Conventions())
    steps = {s.target: s for s in Backward(point, graph.scalar("L"), [graph.scalar("w"), graph.scalar("b")]).steps()}
    slope = steps[Derivative(parse_symbol("L"), (parse_symbol("z"),))]
    forms = [line.form for line in slope.lines]
    assert read("p*(1 - p)") in {part for form in forms for part in walk(form)}
    assert forms[-1] == read("p - t")
    assert "cancel " in slope.lines[-1].reason
    assert steps[Derivative(parse_symbol("L"), (parse_symbol("w"),))].lines[-1].form == read("(p - t)*x")


def test_carried_rounding_goes_on_with_the_digits_shown():
    graph = Graph({"z": "w*x + b", "p": "sigmoid(z)", "L": "(p - t)**2"})
    at = {name: Fraction(k, 10) for name, k in {"w": 3, "x": 7, "b": -4, "t": 5}.items()}
    conventions = Conventions(Rounding("carry-rounded", 2))
    known = {parse_symbol(name): x for name, x in at.items()}
    point = Point(graph, known, conventions)
    point.carry(parse_symbol("p"), Fraction(45, 100))
    assert point.value(read("2*p")) == Fraction(9, 10)


def test_a_quantity_without_a_path_has_gradient_zero():
    graph = Graph({"a": "x*y", "f": "x + 1"})
    p = graph.program
    assert p.gradient(graph.scalar("f"), [graph.scalar("y")])[graph.scalar("y")] == p.zero


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + x + x", "3*x"),
        ("p*(1 - p)*(p - t)/(p*(1 - p))", "p - t"),
        ("-(t/p) + (1 - t)/(1 - p)", "(p - t)/(p*(1 - p))"),
        ("x + y", "x + y"),
    ],
)
def test_course_form(text, expected):
    assert course_form(read(text))[0] == read(expected)


@pytest.mark.parametrize(
    ("definition", "loss", "slope"),
    [
        ("x/2", "3*z*y", "3*z"),
        ("-x", "3*z*y", "3*z"),
        ("1/x", "y*z", "z"),
        ("x/2", "y*z/4", "z/4"),
        ("relu(x)/2", "-z*y", "-z"),
        ("where(x > 0, x, 0)", "3*z*y", "3*z"),
    ],
)
def test_a_named_quantity_stays_whole_in_a_product(definition, loss, slope):
    graph = Graph({"z": definition, "L": loss})
    loss, y = graph.scalar(sym("L")), graph.scalar(sym("y"))
    node = graph.program.gradient(loss, [y], graph.labels)[y]
    assert graph.form(node, inside=node not in graph.labels) == read(slope)
