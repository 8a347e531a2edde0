"""Gradients through skip connections: right, and with the paths in sight."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.form import Call, Frac, Sum, Underbrace, walk
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

STACK = {"y": "relu(w1*relu(w0*x) + x)", "z": "relu(w3*relu(w2*y) + y)"}


def solved(**givens):
    derivation = question("residual.gradient", givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults or verdict.undecided
    return derivation


def forms(derivation):
    return [line.form for step in derivation.all_steps() for line in step.lines]


def test_abstract_block():
    derivation = solved(graph={"H": "x + F(x)"}, of="H", wrt="x", blocks={"F": "r"})
    assert [plain.write(form) for form in forms(derivation)][-1] == "1 + r"
    labels = [node.label for form in forms(derivation) for node in walk(form) if isinstance(node, Underbrace)]
    assert labels == ["identity path", "block path"]


def test_slopes_stay_named_until_they_are_assumed():
    derivation = solved(graph=STACK, of="z", wrt="w0", slopes=1)
    lines = [line for step in derivation.all_steps() for line in step.lines]
    assumed = next(k for k, line in enumerate(lines) if line.relation == "assume")
    before, after = lines[assumed - 1].form, lines[-1].form

    def slopes(form):
        return [node for node in walk(form) if isinstance(node, Call) and node.primes]

    assert len(slopes(before)) == 4
    assert not slopes(after)


@pytest.mark.parametrize("compare", [False, True])
def test_no_common_denominator_hides_the_one(compare):
    derivation = solved(graph=STACK, of="z", wrt="w0", slopes=1, compare=compare)
    assert not any(isinstance(node, Frac) for form in forms(derivation) for node in walk(form))
    sums = [node for node in walk(derivation.answers[0].form) if isinstance(node, Sum)]
    assert [sorted(plain.write(term) for term in node.terms) for node in sums] == [["1", "w₃·w₂"]]
    if compare:
        assert not any(isinstance(node, Sum) for node in walk(derivation.answers[1].form))


@pytest.mark.parametrize(
    ("act", "depth", "wrt"),
    [
        ("sigmoid", 1, "w0"),
        ("tanh", 1, "x"),
        ("tanh", 1, "w1"),
        ("sigmoid", 2, "x"),
        ("tanh", 2, "w0"),
        ("sigmoid", 2, "w1"),
        ("sigmoid", 3, "w1"),
    ],
)
def test_as_sympy(act, depth, wrt):
    """The last line without any assumption is the derivative of the nested expression."""
    names = ["x", "y", "u", "z"]
    graph = {
        new: f"{act}(w{2 * k + 1}*{act}(w{2 * k}*{old}) + {old})"
        for k, (old, new) in enumerate(pairwise(names[: depth + 1]))
    }
    derivation = solved(graph=graph, of=names[depth], wrt=wrt)
    functions = {"sigmoid": lambda t: 1 / (1 + sympy.exp(-t)), "tanh": sympy.tanh}
    weights = sympy.symbols(f"w_0:{2 * depth}")
    nested = x = sympy.Symbol("x")
    for k in range(depth):
        nested = functions[act](weights[2 * k + 1] * functions[act](weights[2 * k] * nested) + nested)
    rng = random.Random(depth)
    point = {symbol: Fraction(rng.randint(-8, 8), 5) for symbol in (x, *weights)}
    by = {"x": x, "w0": weights[0], "w1": weights[1]}[wrt]
    exact = {symbol: sympy.Rational(value) for symbol, value in point.items()}
    expected = sympy.diff(nested, by).subs(exact).evalf(30)
    assert float(value_of(derivation, point, act)) == pytest.approx(float(expected), rel=1e-12)


def value_of(derivation, point, act):
    """The value of the last form: names from their definitions in order, slopes by a difference."""
    env = {parse_symbol(symbol.name): value for symbol, value in point.items()}
    named = [(given.target, given.form) for given in derivation.givens]
    named += [(step.target, line.form) for step in derivation.steps for line in step.lines if line.relation == ":="]
    while named:
        target, form = named.pop(0)
        try:
            env[target] = evaluate(form, env)
        except Exception:
            named.append((target, form))
    width = Fraction(1, 10**12)

    def number(form):
        if isinstance(form, Call) and form.primes:
            x = evaluate(form.args[0], env)
            up, down = (evaluate(Call(act, (parse_symbol("q"),)), {parse_symbol("q"): x + s}) for s in (width, -width))
            return (up - down) / (2 * width.numerator) * width.denominator
        return None

    form = derivation.answers[0].form
    slopes = {node: number(node) for node in walk(form) if isinstance(node, Call) and node.primes}
    return evaluate(form, {**env, **slopes})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"of": "q"}, "not defined"),
        ({"wrt": "q"}, "does not depend"),
        ({"graph": {"z": "x + G(x)"}, "wrt": "x"}, "G"),
        ({"graph": {"y": "x**2", "z": "y + relu(x)"}, "wrt": "x"}, "more than one way"),
    ],
)
def test_mistakes(change, says):
    with pytest.raises(InputError, match=says):
        question("residual.gradient", {"graph": STACK, "of": "z", "wrt": "w0"} | change).solve(Conventions())


def test_block_beside_a_product_keeps_its_slope():
    derivation = solved(graph={"H": "2*x - F(x)"}, of="H", wrt="x", blocks={"F": "r"})
    assert derivation.answers[0].form == read("2 - r")
