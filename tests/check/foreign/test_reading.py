"""Somebody's LaTeX taken apart: commands written out, formulas found, chains cut, and every place kept."""

from contextlib import suppress

import pytest

from derive.check.foreign.formulas import formulas
from derive.check.foreign.functions import function_names
from derive.check.foreign.latex_file import chains_of, check_latex
from derive.check.foreign.macros import expanded
from derive.check.foreign.matching import matched
from derive.errors import InputError
from derive.notation.build import number, sym
from derive.notation.text import read

MACROS = [
    (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} $\pd{L}{w}$", r"\frac{\partial L}{\partial w}"),
    (r"\newcommand\vx{\mathbf{x}} $\vx$", r"\mathbf{x}"),
    (r"\def\half{\frac12} $\half$", r"\frac12"),
    (r"\def\pair#1#2{(#1,#2)} $\pair{a}{b}$", "(a,b)"),
    (r"\DeclareMathOperator{\relu}{ReLU} $\relu(x)$", r"\operatorname{ReLU}(x)"),
    (r"\newcommand{\y}[1][t]{y_{#1}} $\y + \y[1]$", "y_{t} + y_{1}"),
    (r"\newcommand{\a}{\b}\newcommand{\b}{c} $\a$", "$c$"),
    (r"\NewDocumentCommand{\dd}{m m}{#1 - #2} $\dd{x}{y}$", "x - y"),
    (r"\let\eps\varepsilon $\eps$", r"\varepsilon"),
    (r"$\dv{f}{x}$", r"\frac{d f}{d x}"),
]


@pytest.mark.parametrize(("text", "found"), MACROS)
def test_commands_of_a_file_are_written_out(text, found):
    assert found in expanded(text).text


def test_a_command_that_needs_itself_is_left_standing():
    assert r"\x" in expanded(r"\def\x{\x y} $\x$").text


def test_commands_without_end_are_refused():
    definitions = "".join(rf"\def\{a}{{\{b}\{b}}}" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True))
    with pytest.raises(InputError, match=r"without end|too much text"):
        expanded(definitions + r"\def\q{x} $\a$")


def test_places_lead_back_to_the_file():
    text = "\\newcommand{\\long}{aaaaaaaaaaaa}\n$\\long = 1$\n\n$1 + 1 = 3$\n"
    assert [remark.line for remark in check_latex(text).failed] == [4]


FOUND = [
    ("inline $a = 1$ and \\(b = 2\\)", ["a = 1", "b = 2"]),
    ("\\[c = 3\\] $$d = 4$$", ["c = 3", "d = 4"]),
    ("\\begin{equation}e = 5\\end{equation}", ["e = 5"]),
    ("\\begin{align*}f &= 6\\\\ &= 7\\end{align*}", ["f &= 6\\\\ &= 7"]),
    ("\\begin{alignat}{2}g &= 8\\end{alignat}", ["g &= 8"]),
    ("\\begin{itemize}\\item $h = 9$\\end{itemize}", ["h = 9"]),
    ("\\textbf{see $i = 10$}", ["i = 10"]),
    ("\\begin{verbatim}$j = 11$\\end{verbatim}", []),
    ("% $k = 12$", []),
    ("5\\$ and 6\\$", []),
]


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_formulas_are_found(text, found):
    from derive.check.tex import without_comments

    assert [formula.text for formula in formulas(without_comments(text))] == found


CHAINS = [
    (r"\[a = b = c\]", [["a", "b", "c"]]),
    (r"\begin{align}a &= b \\ &= c \\ d &= e\end{align}", [["a", "b", "c"], ["d", "e"]]),
    (r"\begin{align}a &= b & c &= d\end{align}", [["a", "b"], ["c", "d"]]),
    (r"\begin{eqnarray}a &=& b \\ &=& c\end{eqnarray}", [["a", "b", "c"]]),
    (r"\begin{align}a &= b + c \\ &\quad + d\end{align}", [["a", "b + c            + d"]]),
    (r"\[\begin{aligned}a &= b \\ &= c\end{aligned}\]", [["a", "b", "c"]]),
    (r"$x = 1, y = 2$", [["x", "1"], ["y", "2"]]),
    (r"$f(x, y) = x$", [["f(x, y)", "x"]]),
    (r"$a = b \Rightarrow c = d$", [["a", "b"], ["c", "d"]]),
    (r"$a = b \quad\text{and}\quad c = d$", [["a", "b"], ["c", "d"]]),
    (r"\[\text{loss} = 3\]", [[r"\mathrm{loss}", "3"]]),
    (r"$a \overset{!}{=} b$", [["a", "b"]]),
    (r"$a = b \tag{1}$", [["a", "b"]]),
    (r"$i = 1, \dots, n$", []),
    (r"$a < b$", []),
    (r"$a = b < c$", [["a", "b"]]),
    (r"$a = \begin{cases} x & y = 1 \\ z & y = 2\end{cases}$", None),
    (r"$z = wx$ $= 7$", [["z", "wx", "7"]]),
    (r"$z = wx$ is $= 7$", [["z", "wx"], ["", "7"]]),
]


@pytest.mark.parametrize(("text", "sides"), CHAINS)
def test_formulas_are_cut_into_chains(text, sides):
    found = [[" ".join(side.text.split()) for side in chain.sides] for chain in chains_of(text)]
    if sides is None:
        assert len(found) == 1
        assert len(found[0]) == 2
    else:
        assert found == [[" ".join(side.split()) for side in chain] for chain in sides]


def test_letters_that_are_called_are_functions():
    chains = list(chains_of(r"$f(x) = x^2$, $y = x + F(x)$, $w(x + 1) = 3$, $g' = 2$, $p(1-p) = q$"))
    assert function_names(chains) == {"f", "F", "g"}


@pytest.mark.parametrize(
    ("formula", "numbers", "found"),
    [
        ("w*x + b", "2*3 + 1", {"w": 2, "x": 3, "b": 1}),
        ("(W - K + 2*P)/S", "(28 - 5 + 2*0)/1", {"W": 28, "K": 5, "P": 0, "S": 1}),
        ("w*x", "-2*3", {"w": -2, "x": 3}),
        ("a*m + (1 - a)*g", "0.9*0 + 0.1*5", {"a": "0.9", "m": 0, "g": 5}),
        ("a*m + (1 - a)*g", "0.9*0 + 0.2*5", None),
        ("x*x", "2*3", None),
        ("w*x + b", "2*3 - 1", None),
    ],
)
def test_numbers_are_matched_with_the_names_of_a_formula(formula, numbers, found):
    expected = None if found is None else {sym(name): number(value) for name, value in found.items()}
    assert matched(read(formula), read(numbers)) == expected


HOSTILE = [
    "\\[" + "(" * 20_000 + "x" + ")" * 20_000 + " = 1\\]",
    "{" * 100_000,
    "$" * 10_001,
    "\\begin{align}" * 2_000,
    r"\[ 9^{9^{9^{9}}} = 1 \]",
    r"\[ \sum_{i=1}^{10^{9}} i = 3 \]",
    r"\newcommand{\x}{$",
    r"\[ \frac{1}{0} = 2 \]",
    "\\input{/etc/passwd} $1 = 1$",
    "\\write18{rm -rf /} $1 = 1$",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_files_are_answered(text):
    with suppress(InputError):
        report = check_latex(text)
        assert report.held + len(report.failed) + len(report.undecided) == report.lines


def test_a_large_file_is_refused():
    with pytest.raises(InputError, match="characters"):
        check_latex("x" * 3_000_000)
