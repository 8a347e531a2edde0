"""Documents without working are recomputed beside the solution of the same exam, and a slip in any of them is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.check.document import read_back
from derive.check.report import Report
from derive.check.rows import stated

SOLUTION = r"""
\conventions{values are shown to 4 significant digits}
\problem{1}{A neuron}{5 points}
\intro{A neuron has the weight $w$.}
\premises{Let $z = wx + b$ and $p = \sigma(z)$, with $w = -2$, $x = 3.5$ and $b = -2$.}
% @ problem 1 part a
\partq{a}{Evaluate $p$.}{2}
\begin{align*}
z &= wx + b\\ &= -2\cdot 3.5 + (-2) = -9 \mk{M1}\\
p &\approx \answer{1.234\cdot 10^{-4}} \mk{A1}
\end{align*}
% @ problem 1 part b
\partq{b}{Differentiate $p$ by $w$, for $p(1 - p) = q$.}{2}
\premises{Let $q = p(1 - p)$.}
\begin{align*}
\frac{\partial p}{\partial w} &= qx \\ &\assume{x = 2} \\ &= \answer{2q}
\end{align*}
% @ problem 1 part c
\partq{c}{Why?}{1}
\remark{Because $1 = 2$.}{B1}
\problem{2}{A surface}{5 points}
\premises{Let $f = x^{2} - y^{2}$.}
% @ problem 2 part a
\partq{a}{Which kind of point is the origin?}{5}
\begin{align*}
\left. \operatorname{type}(f) \right|_{x=0,\,y=0} &= \answer{\text{saddle point}}\\
\frac{\partial f}{\partial x} &= 2x
\end{align*}
"""
ANSWERS = r"""
\problem{1}{A neuron}{5 points}
% @ problem 1 part a
\answerline{a}{$z = -9$,\quad $p \approx 1.23 \cdot 10^{-4}$}{2}
\answerline{b}{$\frac{\partial p}{\partial w} = 2q$}{2}
\answerline{c}{Because $1 = 2$ and $u = 3$.}{1}
\problem{2}{A surface}{5 points}
\answerline{a}{\mbox{$\left. \operatorname{type}(f) \right|_{x=0,\,y=0}$: saddle point}}{5}
"""
RUBRIC = r"""
\problem{1}{A neuron}{5 points}
\partq{a}{Forward pass}{2}
\begin{tabular}{@{}rlcr@{}}
1 & affine & $z = -9$ & M & 1 \\
2 & logistic function: $p \approx 1.2339 \cdot 10^{-4}$ & & A & 1 \\
\end{tabular}
\partq{b}{Gradient}{2}
\begin{marktable}
1 & chain rule: $\partial p/\partial w$ = $2q$ & A & 2 \\
\end{marktable}
\problem{2}{A surface}{5 points}
\partq{a}{Kind}{5}
\begin{marktable}
1 & $\left. \operatorname{type}(f) \right|_{x=0,\,y=0}$: $\text{saddle point}$ & A & 5 \\
2 & slope $\frac{\partial f}{\partial x}$ & A & 5 \\
\end{marktable}
"""
EXAM = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}|\\remark[^\n]*", r"\\answerspace{3}", SOLUTION, flags=re.DOTALL)


def complaints(report: Report) -> list[str]:
    return [str(remark) for remark in (*report.failed, *report.undecided)]


@pytest.mark.parametrize(("text", "lines"), [(ANSWERS, 4), (RUBRIC, 4), (EXAM, 7), (SOLUTION, 9 + 7)])
def test_hand_made_documents_hold(text: str, lines: int) -> None:
    report = read_back(text, beside=SOLUTION)
    assert complaints(report) == []
    assert (report.lines, report.held) == (lines, lines)


@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (ANSWERS, "z = -9", "z = 9"),
        (ANSWERS, r"1.23 \cdot", r"1.24 \cdot"),
        (ANSWERS, "= 2q", "= 3q"),
        (ANSWERS, "= 2q", "= 3.5q"),  # right only without the assumption
        (ANSWERS, "saddle point", "local minimum"),
        (ANSWERS, "z = -9", "u = -9"),
        (ANSWERS, r"\answerline{b}", r"\answerline{d}"),
        (RUBRIC, "z = -9", "z = -8"),
        (RUBRIC, "1.2339", "1.2341"),
        (RUBRIC, "$2q$", "$q^{2}$"),
        (RUBRIC, r"\text{saddle point}", r"\text{local maximum}"),
        (RUBRIC, "z = -9", r"z = \weird"),
        (EXAM, "w = -2", "w = 2"),
        (EXAM, "z = wx + b", "z = wx - b"),
        (EXAM, "$q = p(1 - p)$", "$q = p(1 + p)$"),
        (EXAM, "y^{2}$", "y^{3}$"),
        (EXAM, ", $x = 3.5$ and $b = -2$", " and $x = 3.5$"),
        (EXAM, "= -2$.", "= -2$ and $c = 1$."),
        (EXAM, "$p(1 - p) = q$", "$p(1 - p) = r$"),
        (EXAM, "the weight $w$", "the weight $v$"),
    ],
)
def test_a_slip_is_found_in_its_line(document: str, right: str, wrong: str) -> None:
    spoiled = document.replace(right, wrong)
    assert spoiled != document
    report = read_back(spoiled, beside=SOLUTION)
    assert complaints(report)


def test_a_slip_is_named_with_its_line() -> None:
    spoiled = ANSWERS.replace(r"1.23 \cdot", r"1.24 \cdot")
    (remark,) = read_back(spoiled, beside=SOLUTION).failed
    assert remark.line == spoiled[: spoiled.index("1.24")].count("\n") + 1
    assert remark.where == "problem 1 part a"


def test_results_are_recomputed_and_not_compared_with_what_the_solution_prints() -> None:
    wrong = SOLUTION.replace(r"1.234\cdot", r"9.876\cdot")
    assert complaints(read_back(ANSWERS, beside=wrong)) == []
    assert complaints(read_back(ANSWERS.replace("1.23", "9.876"), beside=wrong))


def test_a_short_solution_stands_on_the_full_one() -> None:
    short = SOLUTION.replace(r"qx \\ &\assume{x = 2} \\ &= ", "")
    assert complaints(read_back(short, beside=SOLUTION)) == []
    assert complaints(read_back(short.replace("2q}", "3q}"), beside=SOLUTION))


def test_equalities_inside_a_text() -> None:
    text = r"rule: $a = b \approx 2$, {$c$: local minimum} and $d$ = $\frac{1}{2}$; $e$, \quiet{$f = 1$}, $3$"
    rows = [(row.target, row.relation, row.form) for row in stated(text, 0)]
    expected = [("a", "=", "b"), ("", "≈", "2"), ("c", "=", r"\text{local minimum}"), ("d", "=", r"\frac{1}{2}")]
    assert rows == expected


EXAMPLE = Path(__file__).parents[2] / "examples" / "backprop_and_curvature.yaml"


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    from derive.exam.model import load_exam
    from derive.exam.solve import solve_and_judge
    from derive.render.documents import render

    sheet = solve_and_judge(load_exam(str(EXAMPLE))).sheet
    kinds = ("solution", "answers", "rubric", "exam")
    documents = {kind: render(sheet, kind, "tex", 3) for kind in kinds}
    return documents | {f"solution at detail {detail}": render(sheet, "solution", "tex", detail) for detail in range(3)}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("answers", 30),
        ("rubric", 40),
        ("exam", 30),
        ("solution", 195),
        *((f"solution at detail {d}", 60) for d in range(3)),
    ],
)
def test_the_documents_of_the_example_are_true_as_printed(printed: dict[str, str], name: str, lines: int) -> None:
    report = read_back(printed[name], beside=printed["solution"])
    assert complaints(report) == []
    assert report.held >= lines


@pytest.mark.parametrize("name", ["solution", "solution at detail 1", "solution at detail 2"])
def test_a_solution_of_the_example_stands_for_itself(printed: dict[str, str], name: str) -> None:
    report = read_back(printed[name])
    assert complaints(report) == []
    assert report.held >= 180


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("answers", r"\approx -1.750", r"\approx -1.751"),
        ("answers", r"8 \times 8 \times 5", r"8 \times 9 \times 5"),
        ("answers", r"(-4,\, -3)", r"(-4,\, -2)"),
        ("answers", "w_{3}w_{2} + 1", "w_{3}w_{2} - 1"),
        ("rubric", r"\approx 1.386", r"\approx 1.387"),
        ("rubric", "local minimum", "saddle point"),
        ("exam", "t = 0.5", "t = 0.25"),
        ("exam", r"26 \times 26 \times 26", r"26 \times 26 \times 27"),
    ],
)
def test_a_slip_in_a_document_of_the_example_is_found(
    printed: dict[str, str], name: str, right: str, wrong: str
) -> None:
    spoiled = printed[name].replace(right, wrong)
    assert spoiled != printed[name]
    assert complaints(read_back(spoiled, beside=printed["solution"]))
