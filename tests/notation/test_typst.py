"""Typst's mathematics: literal pairs, and every kind of form through the compiler."""

import pytest
import typst as engine

from derive.notation import typst
from derive.notation.build import sym
from derive.notation.form import At, Call, Derivative, Number, Symbol, Text, Transpose, Underbrace
from derive.notation.functions import FUNCTIONS
from derive.notation.symbols import GREEK
from derive.notation.text import read

x = sym("x")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("w*x + b", "w x + b"),
        ("2*3", "2 dot.op 3"),
        ("3.5*(-2)", "3.5 dot.op (-2)"),
        ("(p - t)/(p*(1 - p))", "frac(p - t, p (1 - p))"),
        ("(a/b)**2", "(frac(a, b))^(2)"),
        ("h__1", "h^((1))"),
        ("W_1_2", "W_(1,2)"),
        ("H_out", 'H_("out")'),
        ("m_hat_1", "hat(m)_(1)"),
        ("loss*alpha", 'italic("loss") α'),
        ("sigmoid(z)", "σ(z)"),
        ("relu(z)", 'op("ReLU")(z)'),
        ("t*log(p)", "t log p"),
        ("1 - tanh(z)**2", "1 - tanh^(2) z"),
        ("exp(-z)", "upright(e)^(-z)"),
        ("270690", "270 thin 690"),
        ("floor(7/2)", "floor(frac(7, 2))"),
        ("[[a, b], [c, d]]", "mat(a, b; c, d)"),
        ("diff(f, x, x)", "frac(∂^(2) f, ∂ x^(2))"),
        ("F(x)", "F(x)"),
    ],
)
def test_typed_expressions(typed, expected):
    assert typst.write(read(typed, {"F"})) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Text('say "#x" \\ $y$'), '"say \\"#x\\" \\\\ $y$"'),
        (Underbrace(x, "block path"), 'underbrace(x, "block path")'),
        (Symbol("W", bold=True), "bold(W)"),
        (Transpose(x), "x^(⊤)"),
        (At(x, ((x, Number("2")),)), "lr(x |)_(x=2)"),
        (Derivative(x, (x,), total=True), "frac(upright(d) x, upright(d) x)"),
        (Call("F", (x,), 1), "F'(x)"),
        (Symbol("m", sub=("t-1",)), "m_(t-1)"),
    ],
)
def test_built_forms(form, expected):
    assert typst.write(form) == expected


def test_every_name_compiles():
    forms = [Call(name, (x,), primes) for name in FUNCTIONS for primes in (0, 1)]
    forms += [Call(name) for name in FUNCTIONS] + [Symbol(name) for name in GREEK]
    forms += [Symbol("x", accent) for accent in ("hat", "bar", "tilde", "dot")] + [
        Text('a "quoted" \\u{2d} #eval $x$ -- b')
    ]
    page = "\n\n".join(f"$ {typst.write(form)} $" for form in forms)
    assert engine.compile(page.encode(), format="pdf").startswith(b"%PDF")
