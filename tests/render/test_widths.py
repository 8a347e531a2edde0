"""Widths of forms; TeX's own measure is the oracle."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from derive.notation import latex
from derive.notation.form import Form, Frac, Matrix, Number, Sum, Symbol
from derive.notation.logic import read_logic
from derive.notation.text import read
from derive.notation.widths import is_large, is_tall, width

EXPRESSIONS = [
    "w*x + b", "-(t*log(p) + (1-t)*log(1-p))", "(p-t)/(p*(1-p))", "x**4 - 32*x**2 + y**4 - 18*y**2", "270690",
    "0.999 - 0.001*0.02/(sqrt(0.0004) + 0.00000001)", "sigmoid(w_1*x_1 + w_2*x_2 + b)", "exp(-z**2/2)",
    "[[1, 0, 2.5], [0.25, -1, 3]]", "relu(W__2*relu(W__1*x + b__1) + b__2)", "floor((26 - 7 + 2*1)/3) + 1",
    "tanh(w_hh*h + w_xh*x + b_h)", "(3, -1, 2.5)", "m_hat_1/(sqrt(v_hat_1) + epsilon)",
]  # fmt: skip
LOGIC = ["A xnor B xnor C xnor D xnor E", "(A and not B) or not (C xor D)", "x1 nand x2 -> x3"]


@pytest.mark.tex
def test_estimates_are_near_tex_and_on_the_wide_side(tmp_path: Path, tex: None) -> None:
    forms = [read(text) for text in EXPRESSIONS] + [read_logic(text) for text in LOGIC]
    lines = "\n".join(rf"\sbox0{{$\displaystyle {latex.write(form)}$}}\typeout{{WIDTH \the\wd0}}" for form in forms)
    source = r"\documentclass[11pt]{article}\usepackage{amsmath,amssymb,bm}\begin{document}" + lines + r"\end{document}"
    (tmp_path / "w.tex").write_text(source)
    out = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "w.tex"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    measured = [float(points) / 10.95 for points in re.findall(r"WIDTH ([\d.]+)pt", out)]
    assert len(measured) == len(forms)
    for text, form, em in zip([*EXPRESSIONS, *LOGIC], forms, measured, strict=True):
        assert 0.93 * em <= width(form) <= 1.45 * em + 0.6, (text, em, width(form))


def test_width_of_a_deep_tree_needs_no_stack() -> None:
    form: Form = Symbol("x")
    for _ in range(3000):
        form = Frac(Number("1"), form)
    assert width(form) > 0


def test_large_forms() -> None:
    assert is_large(Sum((Symbol("a"), Matrix(((Symbol("a"),), (Symbol("b"),)))), (False, False)))
    assert not is_large(Matrix(((Symbol("a"), Symbol("b")),)))


def test_tall_forms() -> None:
    assert is_tall(read("(p - t)/2 + 1"))
    assert not is_tall(read("x**2 + sigmoid(z)"))
