"""Mathematics on one line: brackets that a linear layout needs, indices and exponents in Unicode."""

import pytest

from derive.notation import plain
from derive.notation.build import sym
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Matrix,
    Number,
    Product,
    Relation,
    Root,
    Shape,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Underbrace,
)
from derive.notation.text import read

x, y = sym("x"), sym("y")
TWO = Number("2")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("w*x + b", "w·x + b"),
        ("(p - t)/(p*(1 - p))", "(p - t)/(p·(1 - p))"),
        ("a*b/c", "(a·b)/c"),
        ("a*(b/c)", "a·(b/c)"),
        ("(a/b)/c", "(a/b)/c"),
        ("a/(b/c)", "a/(b/c)"),
        ("x**2/y", "x²/y"),
        ("(x/y)**2", "(x/y)²"),
        ("x**(a + b)", "x^(a + b)"),
        ("10**(-4)", "10⁻⁴"),
        ("10**(-k)", "10^(-k)"),
        ("(-2)*3", "(-2)·3"),
        ("1 - 1*(-3)", "1 - 1·(-3)"),
        ("-(a + b)", "-(a + b)"),
        ("-(a/b)", "-a/b"),
        ("w_1", "w₁"),
        ("w_12", "w₁₂"),
        ("W_1_2", "W₁₂"),
        ("W_1_12", "W_(1,12)"),
        ("w_max", "w_max"),
        ("m_hat_1", "m̂₁"),
        ("h__1", "h⁽¹⁾"),
        ("h__l", "h^(l)"),
        ("h__1**2", "(h⁽¹⁾)²"),
        ("sigmoid(z)", "σ(z)"),
        ("log(p)*t", "log(p)·t"),
        ("sqrt(x)", "√(x)"),
        ("floor(7/2) + 1", "⌊7/2⌋ + 1"),
        ("abs(x)", "|x|"),
        ("[[a, b], [c, d]]*x", "[[a, b], [c, d]]·x"),
        ("indicator(z > 0)", "1[z > 0]"),
        ("diff(L, w)", "∂L/∂w"),
        ("diff(L, p)*diff(p, z)", "∂L/∂p·∂p/∂z"),
        ("diff(f, x, y)", "∂²f/(∂x ∂y)"),
        ("diff(f, x, x)", "∂²f/∂x²"),
        ("diff(x + y, x)", "∂/∂x(x + y)"),
        ("1/diff(L, w)", "1/(∂L/∂w)"),
        ("odot(a, b*c)", "a ⊙ b·c"),
    ],
)
def test_typed_expressions(typed, expected):
    assert plain.write(read(typed)) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Derivative(y, (x,), total=True), "dy/dx"),
        (Derivative(y, (x,), (sym("s"),)), "(∂y/∂x)_s"),
        (At(sym("f"), ((x, TWO),)), "f|_x=2"),
        (At(sym("f"), ((x, TWO), (y, TWO))), "f|_(x=2, y=2)"),
        (BigSum(sym("x_i"), sym("i"), Number("1"), sym("n")), "Σ(i=1..n) x_i"),
        (Product((BigSum(x, sym("i"), Number("1"), sym("n")), y)), "(Σ(i=1..n) x)·y"),
        (Transpose(Symbol("W", bold=True)), "Wᵀ"),
        (Shape((TWO, TWO)), "2 × 2"),
        (Tuple((x, y)), "(x, y)"),
        (Matrix(((x,), (y,))), "[[x], [y]]"),
        (Cases(((x, Relation(">", x, TWO)), (y, None))), "{x if x > 2; y otherwise}"),
        (Call("F", (x,), 1), "F'(x)"),
        (Call("max_pool2d", (x,), 0, (("k", TWO),)), "maxpool_(k=2)(x)"),
        (Root(x, 3), "³√(x)"),
        (Fence("norm", x), "‖x‖"),
        (Underbrace(x, "identity path"), "x [identity path]"),
        (Text("saddle\npoint"), "saddle point"),
        (Symbol("m", sub=("t-1",)), "m_(t-1)"),
    ],
)
def test_built_forms(form, expected):
    assert plain.write(form) == expected
