"""Print-truth: documents are read back, and a spoiled digit anywhere is found with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from derive.check.document import read_back, stated_conventions
from derive.check.rows import display_rows, table_rows
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.record import Conventions, Derivation, Rounding
from tests.check.derivations import ALL, carried_rounding, logistic_neuron

HAND_MADE = r"""
\documentclass{article}
\newcommand{\answer}[1]{\boxed{\,#1\,}} \newcommand{\partq}[3]{#1 #2 #3}
\begin{document}
\conventions{$\operatorname{ReLU}'(0)=0$; values are shown to 4 significant digits}
\problem{1}{A neuron}{5 points}
\premises{Let $z = wx + b$ and $p = \sigma(z)$, with $w = -2$, $x = 3.5$ and $b = -2$.} % a comment with 50 $ = $
\begin{givens}
$\bm{X} = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ \nextgiven $c = 3$
\end{givens}
% @ problem 1 part a
\partq{a}{Evaluate $z$, where $1 = 2$ is prose.}{2}
\begin{align*}
% @ problem 1 part a step z
z &= wx + b \why{affine, $1 = 2$}\\
&= -2\cdot 3.5 + (-2) = -9 \why{numbers in}\mk{M1}\\[4pt]
p &= \sigma(-9) \approx \answer{1.234\cdot 10^{-4}}\\
\delta = \frac{\partial p}{\partial z} &= p(1 - p) \\
q &= w + x + b + c \\
&\quad + \bigl(w \\
&\quad - x\bigr) + 1 \why{a long line}\\
&= \answer{-2 \unit{points}}
\end{align*}
\partq{b}{Go on.}{1}
\begin{steptable}{lll}{M1}
name & operation & value \\ \midrule
$r$ & $\delta c$ & $\approx 3.701 \cdot 10^{-4}$ \\
$s$ & $2c$ & $\answer{6}$ & \quiet{twice $1 = 2$} \\
\end{steptable}
\[ \bm{X} \begin{pmatrix} 1 \\ 1 \end{pmatrix} = \begin{pmatrix} 3 \\ 7 \end{pmatrix} \]
\problem{2}{Another scope}{1 point}
\premises{With $c = 4$.}
\partq{a}{Twice.}{1}
\begin{align*}
k &= 2c\\ &= 8
\end{align*}
\end{document}
"""


def test_a_hand_made_document_holds() -> None:
    report = read_back(HAND_MADE)
    assert [str(remark) for remark in (*report.failed, *report.undecided)] == []
    assert report.lines == report.held == 16


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("right", "wrong", "at"),
    [
        (r"(-2) = -9", r"(-2) = -8", "3.5 + (-2)"),
        (r"1.234\cdot", r"1.235\cdot", r"p &="),
        (r"wx + b \why", r"wx - b \why", r"z &="),
        (r"p(1 - p)", r"p(1 + p)", r"\delta"),
        (r"- x\bigr) + 1", r"- x\bigr) + 2", r"&= \answer{-2"),
        (r"3.701", r"3.702", r"$r$"),
        (r"\answer{6}", r"\answer{7}", r"$s$"),
        (r"3 \\ 7", r"3 \\ 8", r"\[ \bm"),
        (r"&= 8", r"&= 6", r"&= 8"),
        (r"k &= 2c", r"k &= 2d", r"k &="),
    ],
)
def test_a_spoiled_line_is_named(right: str, wrong: str, at: str) -> None:
    spoiled = HAND_MADE.replace(right, wrong)
    assert spoiled != HAND_MADE
    report = read_back(spoiled)
    where = line_of(HAND_MADE, at)
    assert any(remark.line == where for remark in report.failed), [str(remark) for remark in report.failed]


def test_what_cannot_be_read_is_said_with_its_line() -> None:
    spoiled = HAND_MADE.replace(r"k &= 2c", r"k &= 2 \weird c")
    (remark,) = read_back(spoiled).undecided[:1]
    assert remark.line == line_of(spoiled, r"\weird")
    assert "weird" in remark.message


def test_names_of_another_problem_are_not_known() -> None:
    spoiled = HAND_MADE.replace("k &= 2c", "k &= 2c + x - x")
    assert any("x" in remark.message for remark in read_back(spoiled).failed)


def test_conventions_are_read_from_the_sheet() -> None:
    assert stated_conventions(r"$\operatorname{ReLU}'(0) = 1$").relu_at_zero == 1
    carried = "values are rounded to 3 significant digits and carried on as shown"
    assert stated_conventions(carried).rounding == Rounding("carry-rounded", 3)
    tie = "of equal entries of a maximum the last takes the gradient"
    assert stated_conventions(tie).tie == "last"
    assert stated_conventions("nothing") == Conventions()


def test_rows_of_a_display() -> None:
    body = r"""a &= \answer{\fit[3em]{x}} \why{r}\\[4pt] &\approx 2 \quad \mk{M1} \\ &\assume{y = 0}"""
    rows = [(row.target, row.relation, row.form, row.boxed) for row in display_rows(body, 0)]
    assert rows == [("a", "=", "x", True), ("", "≈", "2", False), ("", "assume", "y = 0", False)]


def test_a_boxed_form_over_several_rows_is_one_form() -> None:
    matrix = r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"
    (row,) = display_rows(rf"a &= \answer{{\begin{{aligned}}&{matrix} \\ &\quad + y\end{{aligned}}}} \tag*{{M}}", 0)
    assert " ".join(row.form.split()) == f"{matrix} + y"


def test_rows_of_a_table_skip_heads_and_words() -> None:
    body = r"node & value \\ \midrule $a$ & $x$ & words & $\approx 2$ \\ \bottomrule"
    assert [(row.target, row.relation, row.form) for row in table_rows(body, 0)] == [("a", "=", "x"), ("", "≈", "2")]


def printed(derivation: Derivation) -> str:
    from derive.render.documents import render

    part = SolvedPart("a", "test", Fraction(1), derivation, derivation.givens)
    problem = SolvedProblem(1, derivation.title, Fraction(1), (part,))
    return render(Sheet("Test", Fraction(1), (problem,), derivation.conventions), "solution", "tex", 3)


READABLE = [make for make in ALL if make is not carried_rounding]


@pytest.mark.parametrize("make", READABLE, ids=lambda make: make.__name__)
def test_our_own_documents_are_true_as_printed(make: Callable[[], Derivation]) -> None:
    derivation = make()
    report = read_back(printed(derivation), derivation.conventions)
    assert [str(remark) for remark in (*report.failed, *report.undecided)] == []
    assert report.held >= sum(len(step.lines) for step in derivation.all_steps() if step.level <= 3)


def test_a_spoiled_digit_in_a_printed_document_is_found() -> None:
    text = printed(logistic_neuron())
    spoiled = re.sub(r"0\.4999", "0.4998", text, count=1)
    assert spoiled != text
    assert read_back(spoiled).failed
