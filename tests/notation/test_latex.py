"""The course look in LaTeX: literal pairs of forms and text."""

import shutil
import subprocess

import pytest

from derive.notation import latex, latex_reader
from derive.notation.build import column, number, scientific, sym
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Frac,
    Hadamard,
    Indicator,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Shape,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Underbrace,
    walk,
)
from derive.notation.text import read
from derive.notation.writer import LAYOUTS

x, y, z, w, L = (sym(name) for name in "xyzwL")
TWO, THREE = Number("2"), Number("3")

FROM_TEXT = [
    ("w*x + b", "wx + b"),
    ("p*(1 - p)", "p(1 - p)"),
    ("2*P", "2P"),
    ("2*3", r"2 \cdot 3"),
    ("x*2", r"x \cdot 2"),
    ("1 - 1*(-3)", r"1 - 1 \cdot (-3)"),
    ("3.5*(-2) + (-2)", r"3.5 \cdot (-2) + (-2)"),
    ("(-2)*3.5", r"(-2) \cdot 3.5"),
    ("-(2*3.5)", r"-2 \cdot 3.5"),
    ("-(a + b)", "-(a + b)"),
    ("a - (b - c)", "a - (b - c)"),
    ("(a - b) - c", "(a - b) - c"),
    ("a*(b*c)", "a(bc)"),
    ("(-2)**2", "(-2)^{2}"),
    ("-2**2", "-2^{2}"),
    ("(a*b)**2", "(ab)^{2}"),
    ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
    ("(a**b)**c", "(a^{b})^{c}"),
    ("a**b**c", "a^{b^{c}}"),
    ("h__1**2", "(h^{(1)})^{2}"),
    ("(1.5e-4)**2", r"(1.5 \cdot 10^{-4})^{2}"),
    ("1/2*x", r"\frac{1}{2}x"),
    ("1/2*(3 + 4)", r"\frac{1}{2} \cdot (3 + 4)"),
    ("(p - t)/(p*(1 - p))", r"\frac{p - t}{p(1 - p)}"),
    ("t*log(p)", r"t \log p"),
    ("log(p)*t", r"\log(p)t"),
    ("log(1 - p)", r"\log(1 - p)"),
    ("log(p)**n", r"(\log p)^{n}"),
    ("1 - tanh(z)**2", r"1 - \tanh^{2} z"),
    ("exp(-z)", r"\mathrm{e}^{-z}"),
    ("exp(-z)**2", r"(\mathrm{e}^{-z})^{2}"),
    ("e**z", r"\mathit{e}^{z}"),
    ("gamma**T", r"\gamma^{\mathit{T}}"),
    ("sigmoid(z)", r"\sigma(z)"),
    ("sigma*(1 - p)", r"\sigma \cdot (1 - p)"),
    ("relu(x/2)", r"\operatorname{ReLU}\left(\frac{x}{2}\right)"),
    ("max(0, z)", r"\max(0,\, z)"),
    ("F(x) + x", "{F}(x) + x"),
    ("loss*alpha*x", r"\mathit{loss}\, \alpha x"),
    ("2*loss", r"2\, \mathit{loss}"),
    ("m_hat_1", r"\hat{m}_{1}"),
    ("W_1_2", "W_{1,2}"),
    ("H_out", r"H_{\text{out}}"),
    ("270690", r"270\,690"),
    ("1792", "1792"),
    ("12345.67891", r"12\,345.67891"),
    ("sqrt(x)", r"\sqrt{x}"),
    ("floor(7/2)", r"\left\lfloor \frac{7}{2} \right\rfloor"),
    ("abs(x)", r"\lvert x \rvert"),
    ("2*floor(3.5)", r"2 \cdot \lfloor 3.5 \rfloor"),
    ("d*y/(d*x)", r"\frac{\mathit{d}y}{dx}"),
]

BUILT = [
    (Power(Product((Number("1.5"), scientific("2", 3))), TWO), r"(1.5 \cdot (2 \cdot 10^{3}))^{2}"),
    (number(-2), "-2"),
    (Symbol("W", bold=True), r"\bm{W}"),
    (Call("F", (x,), 1), "{F}'(x)"),
    (Call("relu", (z,), 1), r"\operatorname{ReLU}'(z)"),
    (Call("relu", (), 1), r"\operatorname{ReLU}'"),
    (Call("F"), r"\operatorname{F}"),
    (Call("max_pool2d", (Symbol("Z", bold=True),), 0, (("k", TWO), ("s", TWO), ("p", Number("1")))),
     r"\operatorname{maxpool}_{k=2,\,s=2,\,p=1}(\bm{Z})"),
    (Indicator(Relation(">", z, Number("0"))), r"\mathbf{1}[z > 0]"),
    (Derivative(L, (w,)), r"\frac{\partial L}{\partial w}"),
    (Derivative(sym("f"), (x, y)), r"\frac{\partial^2 f}{\partial x \, \partial y}"),
    (Derivative(sym("f"), (x, x)), r"\frac{\partial^2 f}{\partial x^2}"),
    (Derivative(y, (x,), total=True), r"\frac{\mathrm{d} y}{\mathrm{d} x}"),
    (Derivative(y, (x,), (sym("s"),)), r"\left(\frac{\partial y}{\partial x}\right)_{s}"),
    (Derivative(Sum((x, y), (False, False)), (x,)), r"\frac{\partial}{\partial x}\left(x + y\right)"),
    (At(Derivative(L, (w,)), ((x, TWO), (y, number(-2)))),
     r"\left. \frac{\partial L}{\partial w} \right|_{x=2,\,y=-2}"),
    (Transpose(Product((x, y))), r"(xy)^{\top}"),
    (Matrix(((x, y), (z, w))), r"\begin{pmatrix} x & y \\ z & w \end{pmatrix}"),
    (column((x, y)), r"\begin{pmatrix} x \\ y \end{pmatrix}"),
    (Tuple((x, y)), r"(x,\, y)"),
    (Cases(((x, Relation(">", x, Number("0"))), (Number("0"), None))),
     r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
    (BigSum(Sum((x, y), (False, True)), sym("i"), Number("1"), sym("n")), r"\sum_{i=1}^{n} (x - y)"),
    (Product((BigSum(sym("x_i"), sym("i"), Number("1"), sym("n")), y)), r"\left(\sum_{i=1}^{n} x_{i}\right)y"),
    (Underbrace(TWO, "block path"), r"\underbrace{2}_{\text{block path}}"),
    (Text("50% {a}_b \\x"), r"\text{50\% \{a\}\_b \textbackslash{}x}"),
    (Text("a--b ``c''"), r"\text{a-{}-b `{}`c'{}'}"),
    (Shape((Number("8"), Number("8"), Number("5"))), r"8 \times 8 \times 5"),
    (Relation("≠", x, y), r"x \neq y"),
    (Hadamard((x, Product((y, z)))), r"x \odot yz"),
    (Root(x, 3), r"\sqrt[3]{x}"),
    (Fence("norm", w), r"\lVert w \rVert"),
    (Neg(Neg(x)), "-(-x)"),
    (Frac(Neg(x), y), r"\frac{-x}{y}"),
    (Product((Derivative(L, (y,)), Derivative(y, (x,)))),
     r"\frac{\partial L}{\partial y}\, \frac{\partial y}{\partial x}"),
    (Product((Derivative(L, (z,)), x)), r"\frac{\partial L}{\partial z}\, x"),
    (Matrix(((Frac(x, y), z),)), r"\begin{pmatrix} \displaystyle \frac{x}{y} & z \end{pmatrix}"),
    (column((Frac(x, y), z)), r"\begin{pmatrix} \displaystyle \frac{x}{y} \\[9pt] z \end{pmatrix}"),
]  # fmt: skip
INLINE = [
    (Derivative(L, (w,)), r"\partial L/\partial w"),
    (Derivative(L, (w, w)), r"\partial^2 L/\partial w^2"),
    (Derivative(L, (w, x)), r"\partial^2 L/(\partial w \, \partial x)"),
    (Product((Derivative(L, (z,)), Number("2"), x)), r"\partial L/\partial z \cdot 2x"),
    (Product((Derivative(L, (z,)), x)), r"\partial L/\partial z \cdot x"),
    (Product((x, Derivative(L, (z,)))), r"x \cdot \partial L/\partial z"),
    (Power(Derivative(L, (w,)), TWO), r"(\partial L/\partial w)^{2}"),
    (Frac(Derivative(L, (w,)), Derivative(L, (x,))), r"\frac{(\partial L/\partial w)}{(\partial L/\partial x)}"),
    (Derivative(y, (x,), (sym("s"),)), r"\left(\frac{\partial y}{\partial x}\right)_{s}"),
    (Frac(x, y), r"\frac{x}{y}"),
]


@pytest.mark.parametrize(("typed", "expected"), FROM_TEXT)
def test_typed_expressions(typed, expected):
    form = read(typed, {"F"})
    assert latex.write(form) == expected
    assert latex_reader.read(expected) == form


@pytest.mark.parametrize(("form", "expected"), BUILT)
def test_built_forms(form, expected):
    assert latex.write(form) == expected
    assert latex_reader.read(expected) == form


@pytest.mark.parametrize(("form", "expected"), INLINE)
def test_forms_on_one_line(form, expected):
    assert latex.write_inline(form) == expected
    assert latex_reader.read(expected) == form


def test_the_tables_hold_every_kind_of_form():
    forms = [read(typed, {"F"}) for typed, _ in FROM_TEXT] + [form for form, _ in BUILT]
    assert {type(node) for form in forms for node in walk(form)} == set(LAYOUTS)


def test_depth_is_no_limit_and_length_costs_little():
    form = x
    for _ in range(5000):
        form = Sum((Product((w, Call("relu", (form,)))), x), (False, False))
    assert latex.write(form).count("ReLU") == 5000


@pytest.mark.tex
def test_tex_takes_it_all(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    forms = [read(typed, {"F"}) for typed, _ in FROM_TEXT] + [form for form, _ in BUILT]
    body = "\n".join(f"\\[ {latex.write(form)} \\]" for form in forms)
    head = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath,amssymb,bm}\begin{document}"
    (tmp_path / "all.tex").write_text(f"{head}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"],
        cwd=tmp_path, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout.decode("utf-8", "replace")[-2000:]
