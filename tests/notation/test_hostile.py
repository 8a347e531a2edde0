"""Hostile expressions: an error of this project that names the place, within a second and 500 MB, and nothing is run.

They go to the reader directly and through a question, so that what the reader lets pass (a huge power is a fine
expression) must be refused where it is evaluated. A process of its own has the limits.
"""

import json
import subprocess
import sys

import pytest

REFUSED = {
    "dunder": "x.__class__",
    "dunder chain": "().__class__.__bases__[0].__subclasses__()",
    "dunder name": "__builtins__",
    "dunder call": "__import__('os').system('true')",
    "import": "import os",
    "lambda": "(lambda: 1)()",
    "lambda in a call": "max(lambda x: x, 1)",
    "list comprehension": "[x for x in (1, 2)]",
    "generator": "sum(x for x in (1, 2))",
    "set comprehension": "{x for x in (1, 2)}",
    "mapping comprehension": "{x: 1 for x in (1, 2)}",
    "mapping": "{'a': 1}",
    "set": "{1, 2}",
    "f-string": "f'{x}'",
    "f-string with a call": "f'{open(1)}' + x",
    "text": "'a' + x",
    "bytes": "b'a'",
    "percent format": "'%s' % x",
    "walrus": "(y := 3) + x",
    "assignment": "x = 3",
    "statement": "x; y",
    "delete": "del x",
    "await": "await x",
    "yield": "(yield x)",
    "star": "max(*x)",
    "double star": "max(**x)",
    "conditional": "x if y else z",
    "or": "x or y",
    "not": "not x",
    "in": "x in (1, 2)",
    "is": "x is y",
    "shift": "1 << 999999999",
    "bit or": "x | y",
    "invert": "~x",
    "modulo": "x % 3",
    "floor division": "x // 3",
    "ellipsis": "x + ...",
    "complex": "2j*x",
    "hexadecimal": "0xFF*x",
    "True": "True + x",
    "None": "None",
    "eval": "eval('1')",
    "exec": "exec(x)",
    "open": "open(x)",
    "getattr": "getattr(x, y)",
    "compile": "compile(x, y, z)",
    "globals": "globals()",
    "print": "print(x)",
    "exit": "exit()",
    "factorial": "factorial(10**9)",
    "exclamation": "x!",
    "slice": "x[1:2]",
    "subscript of a call": "exp(x)[0]",
    "call of a call": "exp(x)(x)",
    "method": "x.T.real",
    "null byte": "x\0",
    "comment": "x # y",
    "backslash": "x \\",
    "other digits": "٣ + x",
    "look-alike": "ｘ + 1",
    "styled letters": "\U0001d431*1234567",
    "right to left": "x\u202e + y",
    "zero width": "x\u200b*y",
    "greek": "σ(x)",
    "long number": "9" * 5000,
    "long number in pieces": "9_" * 5000 + "9",
    "long decimal": "0." + "1" * 5000,
    "brackets": "(" * 10**6 + "x" + ")" * 10**6,
    "some brackets": "(" * 5000 + "x" + ")" * 5000,
    "square brackets": "[" * 200 + "x" + "]" * 200,
    "open brackets": "(" * 15000,
    "minus signs": "-" * 15000 + "x",
    "tower of powers": "**".join(["x"] * 3000),
    "tower of carets": "^".join(["x"] * 400),
    "long product": "*".join(["x"] * 9000),
    "long sum": "+".join(["x"] * 9000),
    "chain of fractions": "/".join(["x"] * 2000),
    "transposes": "x" + ".T" * 2000,
    "very long": "x + " * 500_000 + "x",
    "long name": "x.T" + "a" * 19_000 + ".b",
    "surrogate": "x + \udcff",
}  # fmt: skip
"""What the reader itself refuses, naming the place where there is one."""

EVALUATED = {
    "tower of nines": "x + 9**9**9**9",
    "tower by carets": "9^9^9^9 + x",
    "huge power": "x*10**(10**9)",
    "huge negative power": "x + 10**(-10**9)",
    "huge exponent": "x*1e999999999",
    "power of a fraction": "x + 1.0000001**(10**9)",
    "nested squares": "x + (((((((((((9**99)**99)**99)**99)**99)**99)**99)**99)**99)**99)**99)",
    "huge exp": "x + exp(exp(exp(exp(9))))",
    "exp of a power": "x + exp(9**999)",
    "zero below": "x/(1 - 1)",
    "log of nothing": "x + log(-1)",
    "root": "x + sqrt(-1)",
    "power of the variable": "x**(10**9)",
    "huge power of the variable": "x**(9**9**9)",
    "variable above": "9**9**9**x",
}
"""What reads well and has no value that could be written out."""

LARGE = {
    "minus signs": "-" * 48 + "x",
    "brackets": "(" * 90 + "x" + ")" * 90,
    "calls": "exp(" * 48 + "x" + ")" * 48,
    "activations": "sigmoid(" * 48 + "x" + ")" * 48,
    "tower": "**".join(["x"] * 48),
    "sum": "+".join(["x"] * 390),
    "product": "*".join(["x"] * 390),
    "product of sums": "*".join(["(x + 1)"] * 95),
    "product of polynomials": "*".join(f"(x**{k} + x + {k})" for k in range(2, 40)),
    "power of a sum": "(x + 1)**1000",
    "power of many": "(x + a + b + c + d)**60/x + 1/x",
    "powers of sums": "((((x + 1)**9 + 1)**9 + 1)**9 + 1)**9",
    "fractions": "/".join(["x"] * 48),
    "nested fractions": "1/(1 + " * 23 + "x" + ")" * 23,
    "softened fractions": "1/(1 + exp(-" * 11 + "x" + "))" * 11,
    "sum of fractions": " + ".join(f"1/(x + {k})" for k in range(60)),
    "transposes": "x" + ".T" * 48,
    "maximum": "max(" + ", ".join(f"x + {k}" for k in range(60)) + ")",
    "softmax": "sum(softmax([" + ", ".join(f"x + {k}" for k in range(30)) + "]))",
    "many names": " + ".join(f"x*a{k}" for k in range(130)),
    "matrix": "sum([" + ", ".join(f"[{', '.join(['x'] * 18)}]" for _ in range(18)) + "])",
}
"""What is large: it may be answered or refused, but within the limits."""

_PROGRAM = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (500 * 2**20, 500 * 2**20))
from derive.check.judge import judge
from derive.errors import DeriveError
from derive.notation.text import read
from derive.questions.catalogue import question
from derive.record import Conventions

def reader(text):
    read(text)

def asked(text):
    judge(question("calculus.gradient", {"function": text, "wrt": "x", "at": {"x": 3}}).solve(Conventions()))

def graph(text):
    givens = {"graph": {"z": text, "L": "z**2 + x"}, "of": "L", "wrt": ["x"], "at": {"x": 3}}
    judge(question("graph.gradient", givens).solve(Conventions()))

def forward(text):
    judge(question("graph.forward", {"graph": {"z": text}, "at": {"x": 3}}).solve(Conventions()))

def said(way, text):
    start = time.process_time()
    try:
        way(text)
        kind, message, place = "nothing", "", ""
    except DeriveError as error:
        kind, message, place = "DeriveError", error.message, str(error.place or "")
    except BaseException as error:
        kind, message, place = type(error).__name__, str(error)[:200], ""
    return [kind, message, place, time.process_time() - start]

texts = json.load(sys.stdin)
ways = [globals()[name] for name in sys.argv[1:]]
json.dump({name: [said(way, text) for way in ways] for name, text in texts.items()}, sys.stdout)
"""


def answers(texts, *ways):
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *ways], input=json.dumps(texts), capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def refused():
    return answers(REFUSED, "reader", "asked", "graph")


@pytest.fixture(scope="module")
def evaluated():
    return answers(EVALUATED, "forward", "asked", "graph")


@pytest.fixture(scope="module")
def large():
    return answers(LARGE, "asked", "graph", "forward")


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_where_it_is_read(refused, name):
    direct, asked, graph = refused[name]
    for kind, message, _, seconds in (direct, asked, graph):
        assert kind == "DeriveError", message
        assert seconds < 1
        assert len(message) < 1000
    assert "column" in asked[2] or "deep" in asked[1] or "characters" in asked[1]
    assert asked[2].startswith("function")
    assert "z" in graph[2]


@pytest.mark.parametrize("name", EVALUATED)
def test_is_refused_where_it_is_evaluated(evaluated, name):
    """The value is refused; a gradient may be found where it does not need the value."""
    assert evaluated[name][0][0] == "DeriveError", evaluated[name][0]
    check_limits(evaluated[name])


@pytest.mark.parametrize("name", LARGE)
def test_large_ones_stay_within_the_limits(large, name):
    check_limits(large[name])


def check_limits(said):
    for kind, message, _, seconds in said:
        assert kind in ("DeriveError", "nothing"), (kind, message)
        assert seconds < 1, said
        assert len(message) < 1000


def test_harmless_ones_still_work():
    """The way of the test itself: a good expression gives no error."""
    kinds = {kind for kind, *_ in answers({"good": "x**2 + 3*x"}, "reader", "asked", "graph", "forward")["good"]}
    assert kinds == {"nothing"}
