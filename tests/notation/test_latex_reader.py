"""LaTeX that other people wrote, and LaTeX that cannot be read."""

import time

import pytest

from derive.errors import InputError
from derive.notation import text
from derive.notation.build import sym
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Shape,
    Symbol,
    Text,
)
from derive.notation.latex_reader import read

x, y, f, L, w = (sym(name) for name in "xyfLw")

FOREIGN = [
    (r"\bigl( a + b \bigr) c", "(a + b)*c"),
    (r"\left[ a + b \right] c", "(a + b)*c"),
    (r"\tfrac12 x", "(1/2)*x"),
    (r"\dfrac{a}{b}", "a/b"),
    (r"\frac ab", "a/b"),
    (r"w \cdot x", "w*x"),
    (r"2 \times 3 + 1", "2*3 + 1"),
    (r"1.5 \times 10^{-4}", "1.5*10**(-4)"),
    (r"a\,b\;c\quad d", "a*b*c*d"),
    (r"\displaystyle \frac{a}{b}", "a/b"),
    (r"\boxed{42}", "42"),
    (r"\answer{x+1}", "x + 1"),
    (r"\operatorname{relu}(x)", "relu(x)"),
    (r"\mathrm{ReLU}(x)", "relu(x)"),
    (r"\text{ReLU}(x)", "relu(x)"),
    (r"\softmax(z)", "softmax(z)"),
    (r"\mathbf{W}x", "W*x"),
    (r"\boldsymbol{\theta}_t", "theta_t"),
    (r"\lvert x \rvert", "abs(x)"),
    (r"|x - y| |z|", "abs(x - y)*abs(z)"),
    (r"\|w\|^2", "norm(w)**2"),
    (r"\begin{bmatrix}1 & 2\\ 3 & 4\end{bmatrix}", "[[1, 2], [3, 4]]"),
    (r"\left(\begin{array}{cc} a & b \\[2pt] c & d \end{array}\right)", "[[a, b], [c, d]]"),
    (r"\partial L/\partial w", "diff(L, w)"),
    (r"\frac{\partial^2 f}{\partial x\partial y}", "diff(f, x, y)"),
    ("2x y z", "2*x*y*z"),
    (r"e^{-z}", "exp(-z)"),
    (r"\exp(-z)", "exp(-z)"),
    (r"\ln p", "log(p)"),
    (r"\log(p)^2", "log(p)**2"),
    (r"\log 2x + 1", "log(2*x) + 1"),
    (r"\log p (1 - p)", "log(p)*(1 - p)"),
    (r"\sin^2 x", "sin(x)**2"),
    (r"W^T x", "transpose(W)*x"),
    (r"W^{\top} x", "transpose(W)*x"),
    (r"\hat y - y", "y_hat - y"),
    (r"\hat{y}_i", "y_hat_i"),
    (r"W^{[1]} a^{[0]} + b^{[1]}", "W__1*a__0 + b__1"),
    (r"W_{ij}", "W_i_j"),
    (r"x_1^2", "x_1**2"),
    (r"x^23", "x**2*3"),
    (r"\max\{0, z\}", "max(0, z)"),
    (r"\mathbb{1}_{z>0}", "indicator(z > 0)"),
    (r"1[z > 0]", "indicator(z > 0)"),
    (r"\mathbf{1}\{z > 0\}", "indicator(z > 0)"),
    (r"a \odot b", "odot(a, b)"),
    (r"x \leq 3", "x <= 3"),
    ("a/b c", "(a/b)*c"),
    (r"270\,690", "270690"),
    (r"1\,792 x", "1792*x"),
    ("a % comment\n + b", "a + b"),
    (r"\varepsilon", "eps"),
    (r"\sigma(z)(1-\sigma(z))", "sigmoid(z)*(1 - sigmoid(z))"),
    (r"\sigma^2", "sigma**2"),
    (r"\mathcal{L}", "L"),
    (r"3 \cdot -2", "3*(-2)"),
    (r"1 + -x", "1 + (-x)"),
    ("0.5.", "0.5"),
    (".5", "0.5"),
    (r"-\frac{1}{2}\left(t\log p+(1-t)\log(1-p)\right)", "-((1/2)*(t*log(p) + (1 - t)*log(1 - p)))"),
    (r"\left\lfloor\tfrac{n+2p-f}{s}\right\rfloor+1", "floor((n + 2*p - f)/s) + 1"),
    (r"F(x) + x", "F(x) + x"),
    (r"\underline{a}", "a"),
    (r"x\Phi_{\mathcal{N}}(x)", "x*normal_cdf(x)"),
    (r"\Phi_{N}(x)", "Phi_N*x"),
]

BEYOND_TEXT = [
    (r"3 \times 3 \times 64", Shape((Number("3"), Number("3"), Number("64")))),
    (r"\frac1n \sum\limits_{i=1}^n x_i",
     Product((text.read("1/n"), BigSum(sym("x_i"), sym("i"), Number("1"), sym("n"))))),
    (r"\text{saddle point}", Text("saddle point")),
    (r"\sqrt[3]{x}", Root(x, 3)),
    (r"\sqrt[n]{x}", Power(x, text.read("1/n"))),
    (r"x^2 \big|_{x=3}", At(text.read("x**2"), ((x, Number("3")),))),
    (r"f'(x)", Call("f", (x,), 1)),
    (r"f^{\prime\prime}(x)", Call("f", (x,), 2)),
    (r"\frac{dL}{dw}", Derivative(L, (w,), total=True)),
    (r"\frac{d}{dx} f(x)", Derivative(Call("f", (x,)), (x,), total=True)),
    (r"\frac{\partial}{\partial x} (x + y)", Derivative(text.read("x + y"), (x,))),
    (r"\mathrm{tr}(x)", Call("tr", (x,))),
    (r"m_{t-1}", Symbol("m", sub=("t-1",))),
    (r"z\ge0", Relation("≥", sym("z"), Number("0"))),
    (r"\begin{cases} 1, & \text{if } x > 0 \\ 0, & \text{otherwise.} \\ \end{cases}",
     Cases(((Number("1"), text.read("x > 0")), (Number("0"), None)))),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "typed"), FOREIGN)
def test_foreign_spellings(latex, typed):
    assert read(latex, {"F"}) == text.read(typed, {"F"})


@pytest.mark.parametrize(("latex", "form"), BEYOND_TEXT)
def test_foreign_spellings_of_other_forms(latex, form):
    assert read(latex) == form


def test_a_letter_before_a_bracket_is_a_factor_unless_it_is_a_function():
    assert read("F(x)") == text.read("F*x")
    assert read("F(x)", {"F"}) == Call("F", (x,))
    assert read("F_1(x)", {"F1"}) == Call("F1", (x,))


@pytest.mark.parametrize(
    ("latex", "line", "column", "part"),
    [
        ("", 1, 1, "missing"),
        ("a +", 1, 4, "missing"),
        ("a\n+ )", 2, 3, "')'"),
        (r"\foo{x}", 1, 1, r"\foo"),
        (r"\frac{a}{b", 1, 11, "'}' expected"),
        ("(a + b", 1, 7, "')' expected"),
        (r"\begin{tabular} a \end{tabular}", 1, 1, "tabular"),
        (r"\begin{pmatrix} a & b \\ c \end{pmatrix}", 1, 1, "rows"),
        (r"\begin{pmatrix} a", 1, 18, "cannot be read"),
        ("x = y = z", 1, 7, "'='"),
        (r"x^{2", 1, 5, "'}' expected"),
        ("x^2^3", 1, 4, "'^'"),
        (r"\sum_i x_i", 1, 1, "bounds"),
        (r"\frac{\partial^2 f}{\partial x}", 1, 6, "order 2"),
        (r"\sin^{-1} x", 1, 5, "inverse"),
        (r"\mathbb{R}", 1, 1, "'R'"),
        (r"a \odot b \times c", 1, 11, "brackets"),
        (r"\left. x \right|_{y}", 1, 17, "bindings"),
        ("$x$", 1, 1, "'$'"),
        ("x ; y", 1, 3, "';'"),
        (r"\text{open", 1, 6, "not closed"),
        ("x}", 1, 2, "'}'"),
        (r"W_{}", 1, 4, "index"),
    ],
)
def test_errors_say_where(latex, line, column, part):
    with pytest.raises(InputError) as raised:
        read(latex)
    assert (raised.value.place.line, raised.value.place.column) == (line, column)
    assert part in raised.value.message


@pytest.mark.parametrize(
    "latex",
    [r"\sqrt[" * 5000, "(" * 10**6, "{" * 40000, "(" * 40000, r"\frac" * 8000, r"\hat" * 8000, "|" * 20000,
     r"\bm{" * 9000,
     "1[" * 20000, "x^" * 20000, "{x" * 20000, r"\partial" * 6000, r"\left" * 9000, r"\begin{pmatrix}" * 3000,
     r"\mathrm{e}^" * 4000, r"\underbrace{" * 4000, "-" * 40000, r"\sum_" * 9000, r"\text{" * 8000],
)  # fmt: skip
def test_hostile_latex_is_refused_soon(latex):
    start = time.perf_counter()
    with pytest.raises(InputError):
        read(latex)
    assert time.perf_counter() - start < 5  # about a second on an idle machine


@pytest.mark.parametrize("latex", ["a{b}" * 2000, "x+" * 5000 + "x", "x_1" * 5000])
def test_long_rows_are_no_nesting(latex):
    assert read(latex)
