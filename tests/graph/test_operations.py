"""Every entry of the table of scalar operations: its law, its value and its derivatives by routes of their own."""

import random
from fractions import Fraction
from itertools import product

import mpmath
import pytest
import scipy.special

from derive.errors import InputError, UnknownName
from derive.graph.arithmetic import MP
from derive.graph.graph import Graph, evaluate
from derive.graph.operations import OPERATIONS, TABLE, locals_of, operation
from derive.graph.program import Program
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate as value_of
from derive.record import Conventions

POSITIONED = ("winner", "softmax", "log_softmax")
RELATED = ("<", "≥")
DEFAULT_EXAMPLE = ("0.3", "-1.2", "2")
WIDTH = MP.mpf(10) ** -9
PRECISE = MP.mpf(10) ** -30


def keys_of(entry):
    """The keys under which nodes of an entry stand in a program: one for each output of a softmax."""
    if entry.name == "where":
        return [(entry.name, relation) for relation in RELATED]
    return [(entry.name, k) for k in range(3)] if entry.name in POSITIONED else [entry.name]


KEYS = [key for entry in TABLE for key in keys_of(entry)]
DIFFERENTIABLE = [key for key in KEYS if key[0] != "winner"]


def points_of(key, count=4):
    """The example, and points near it on the same side of every kink and border of a domain."""
    entry = operation(key)
    first = [Fraction(text) for text in entry.example or DEFAULT_EXAMPLE]
    rng = random.Random(str(key))
    near = [[x * Fraction(rng.randint(80, 120), 100) for x in first] for _ in range(count - 1)]
    return [first, *near]


def value(key, xs):
    entry = operation(key)
    return MP.convert(entry.value(*xs) if isinstance(key, str) else entry.value(key[1], *xs))


def slope(function, xs, position, width=WIDTH):
    """The central difference of fourth order: its error is width⁴, far below the 30 digits that are asked for."""

    def moved(steps):
        return function([MP.convert(x) + (steps * width if i == position else 0) for i, x in enumerate(xs)])

    return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * width)


def agree(a, b, tolerance=PRECISE):
    return abs(MP.convert(a) - MP.convert(b)) <= tolerance * (1 + abs(MP.convert(b)))


@pytest.mark.parametrize("key", DIFFERENTIABLE, ids=str)
def test_local_derivatives_are_slopes(key):
    for xs in points_of(key):
        program = Program(locals_of)
        args = [program.input(i) for i in range(len(xs))]
        node = program.node(key, *args)
        locals_ = [program.local(node, position) for position in range(len(xs))]
        values = evaluate(program, dict(zip(args, xs, strict=True)), locals_, Conventions(), {})
        for position, local in enumerate(locals_):
            assert agree(values[local], slope(lambda at: value(key, at), xs, position)), (key, xs, position)


@pytest.mark.parametrize("key", DIFFERENTIABLE, ids=str)
def test_second_derivatives_are_slopes_of_slopes(key):
    xs = points_of(key)[1]
    program = Program(locals_of)
    args = [program.input(i) for i in range(len(xs))]
    node = program.node(key, *args)
    first = program.gradient(node, args)
    width, tolerance = MP.mpf(10) ** -6, MP.mpf(10) ** -15
    for i, j in product(range(len(xs)), repeat=2):
        second = program.gradient(first[args[i]], [args[j]])[args[j]]
        found = evaluate(program, dict(zip(args, xs, strict=True)), [second], Conventions(), {})[second]

        def inner(at, i=i):
            return slope(lambda here: value(key, here), at, i, width)

        assert agree(found, slope(inner, xs, j, width), tolerance), (key, i, j)


@pytest.mark.parametrize("entry", [entry for entry in TABLE if entry.names], ids=lambda entry: entry.name)
def test_law_is_the_value(entry):
    """The law, evaluated by the notation's own reader and evaluator, gives what the table's function gives."""
    law = read(entry.law, functions=OPERATIONS)
    for xs in points_of(entry.name):
        env = {parse_symbol(name): x for name, x in zip(entry.names.split(), xs, strict=True)}
        env[parse_symbol("pi")] = MP.pi * 1
        assert agree(value_of(law, env), value(entry.name, xs))


SCIPY = {
    "sigmoid": scipy.special.expit,
    "normal_cdf": scipy.special.ndtr,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tanh": mpmath.tanh,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "gelu": lambda x: x * scipy.special.ndtr(x),
    "relu": lambda x: max(x, 0),
    "step": lambda x: float(x > 0),
    "sign": lambda x: (x > 0) - (x < 0),
    "abs": abs,
    "normal_pdf": lambda x: mpmath.npdf(x),
}


@pytest.mark.parametrize("name", sorted(SCIPY))
def test_value_is_that_of_other_libraries(name):
    domain = [x for x in (-3, -1.25, -0.1, 0, 0.1, 0.5, 1, 2.75, 6) if x > 0 or name not in ("log", "sqrt")]
    for x in domain:
        assert float(value(name, [Fraction(x)])) == pytest.approx(float(SCIPY[name](x)), rel=1e-14, abs=1e-15), x


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_is_that_of_scipy(name):
    rng = random.Random(7)
    for count in range(1, 6):
        xs = [Fraction(rng.randint(-40, 40), 8) for _ in range(count)]
        expected = getattr(scipy.special, name)([float(x) for x in xs])
        for k in range(count):
            assert float(value((name, k), xs)) == pytest.approx(float(expected[k]), rel=1e-13)


TORCH = {
    "softplus": "softplus", "gelu": "gelu", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu",
    "leaky_relu": "leaky_relu", "log_softmax": None, "sqrt": None,
}  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name, there in TORCH.items() if there])
def test_value_and_slope_are_those_of_torch(name):
    torch = pytest.importorskip("torch")
    function = getattr(torch.nn.functional, TORCH[name])
    for x in (-3.5, -1.0, -0.125, 0.25, 1.0, 4.75):
        at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        result = function(at)
        result.backward()
        graph = Graph({"y": f"{name}(x)"})
        node = graph.program.gradient(graph.scalar("y"), [graph.scalar("x")])[graph.scalar("x")]
        found = graph.values({parse_symbol("x"): Fraction(x)}, Conventions(), [graph.scalar("y"), node])
        assert float(found[graph.scalar("y")]) == pytest.approx(result.item(), rel=1e-12)
        assert float(found[node]) == pytest.approx(at.grad.item(), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("sigmoid(0)", Fraction(1, 2)), ("tanh(0)", 0), ("exp(0)", 1), ("log(1)", 0), ("sqrt(9/4)", Fraction(3, 2)),
        ("gelu(0)", 0), ("0.25**0.5", Fraction(1, 2)), ("8**(-2)", Fraction(1, 64)), ("relu(-2)", 0),
        ("leaky_relu(-2)", Fraction(-2, 100)), ("leaky_relu(-2, alpha=0.5)", -1), ("max(1, 3, 2)", 3),
        ("min(1, 3, -2)", -2), ("abs(-2/3)", Fraction(2, 3)), ("0*log(0)", 0),
    ],
)  # fmt: skip
def test_rational_values_stay_exact(text, exact):
    graph = Graph({"y": text})
    found = graph.values({}, Conventions(), [graph.scalar("y")])[graph.scalar("y")]
    assert found == exact
    assert isinstance(found, Fraction)


@pytest.mark.parametrize("x", [-800, -50, 50, 800])
def test_far_from_zero_nothing_overflows(x):
    assert 0 <= value("sigmoid", [Fraction(x)]) <= 1
    share = value(("softmax", 0), [Fraction(x), Fraction(0)])
    assert 0 < share < 1 or share in (0, 1)
    assert agree(value(("log_softmax", 0), [Fraction(x), Fraction(0)]), min(x, 0), MP.mpf(10) ** -15)
    assert agree(value("softplus", [Fraction(x)]), max(x, 0), MP.mpf(10) ** -15)


@pytest.mark.parametrize("text", ["1/x", "log(x - 1)", "sqrt(x - 1)", "(x - 1)**0.5", "x**(-1)", "9**9**9**9"])
def test_outside_the_domain(text):
    graph = Graph({"y": f"x + {text}"})
    with pytest.raises(InputError):
        graph.values({parse_symbol("x"): Fraction(0)}, Conventions())


def test_unknown_operation():
    with pytest.raises(UnknownName, match="sigmoid"):
        operation("sigmod")


def test_kink_of_relu_follows_the_convention():
    graph = Graph({"y": "relu(x)"})
    node = graph.program.gradient(graph.scalar("y"), [graph.scalar("x")])[graph.scalar("x")]
    for slope_at_zero in (Fraction(0), Fraction(1, 2), Fraction(1)):
        found = graph.values({parse_symbol("x"): Fraction(0)}, Conventions(relu_at_zero=slope_at_zero), [node])
        assert found[node] == slope_at_zero


@pytest.mark.parametrize(("tie", "winners"), [("padding", (1, 0)), ("first", (1, 0)), ("last", (0, 1))])
def test_ties_follow_the_convention(tie, winners):
    graph = Graph({"y": "max(a, b)"})
    nodes = graph.program.gradient(graph.scalar("y"), [graph.scalar("a"), graph.scalar("b")])
    at = {parse_symbol("a"): Fraction(2), parse_symbol("b"): Fraction(2)}
    found = graph.values(at, Conventions(tie=tie), nodes.values())
    assert tuple(found[node] for node in nodes.values()) == winners
