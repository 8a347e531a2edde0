"""Where the parts of a file begin and end, what words make of a formula, and how numbers are spelled."""

import pytest

from derive.check.foreign.formulas import formulas
from derive.check.foreign.latex_file import check_latex
from derive.check.foreign.spelling import spelled, with_whole_numbers


def parts(text):
    return {formula.text: formula.part for formula in formulas(text)}


SHEETS = [
    r"$P$ \section{A} $A$ \subsection{a} $Aa$ \subsection{b} $Ab$ \section{B} $B$",
    r"$P$ \question $A$ \begin{parts}\part $Aa$ \part[3] $Ab$ \end{parts} \question $B$",
    r"$P$ \begin{problem} $A$ \begin{enumerate}\item $Aa$ \item $Ab$ \end{enumerate}\end{problem} \begin{problem} $B$",
    "$P$ \\textbf{Problem 1} $A$\n\n(a) $Aa$\n\n(b) $Ab$\n\n\\textbf{Problem 2} $B$",
    r"$P$ \exerciseb{1} $A$ \subpart $Aa$ \subpart $Ab$ \exerciseb{2} $B$",
    r"$P$ {\bf Aufgabe 1} \task $A$ \textbf{a)} $Aa$ \textbf{b)} $Ab$ \task $B$",
    r"\begin{itemize}\item[] $P$ \begin{enumerate}\item $A$ \textbf{(a)} $Aa$ \textbf{(b)} $Ab$ \item $B$",
]


@pytest.mark.parametrize("sheet", SHEETS)
def test_parts_lie_within_problems_and_end_where_others_begin(sheet):
    found = parts(sheet)
    assert found["P"].encloses(found["A"])
    for part in ("Aa", "Ab"):
        assert found["A"].encloses(found[part])
        assert not found[part].encloses(found["A"])
        assert not found["B"].encloses(found[part])
    assert not found["Aa"].encloses(found["Ab"])
    assert not found["A"].encloses(found["B"])


def test_what_follows_a_list_stands_outside_of_its_items():
    found = parts(r"\section{A} $A$ \begin{enumerate}\item $Aa$\end{enumerate} $after$")
    assert found["after"] == found["A"]


def test_parts_of_a_problem_and_its_solution_stay_in_it():
    found = parts(r"\section{Problem 1} $A$ \subsection{(a)} $Aa$ \subsection{Solution} $Ab$ \section{Problem 2} $B$")
    assert found["A"].problem == found["Aa"].problem == found["Ab"].problem != found["B"].problem


CUES = [
    ("Let $x = 2$", "given"),
    ("Given: $y$, $x = 2$", "given"),
    ("Let $y$ be known. $x = 2$", ""),
    ("Let $y = 1$, so $x = 2$", "derived"),
    ("For $y = 1$ and $x = 2$", "with"),
    ("For $y = 1$: $x = 2$", ""),
    ("From part (b), $x = 2$", "carried"),
    ("with $x = 2$ from (a)", "carried"),
    ("with $x = 2$ in batches of 5 examples", "with"),
    ("Setting $x = 2$", "sought"),
    ("We get $y$, i.e. $x = 2$", "derived"),
    (r"\lineskip=2ptLet $x = 2$", "given"),
    (r"\begin{itemize}\item We get $y$ \item $x = 2$\end{itemize}", ""),
]


@pytest.mark.parametrize(("text", "cue"), CUES)
def test_words_say_how_a_formula_is_meant(text, cue):
    assert {formula.text: formula.cue for formula in formulas(text)}["x = 2"] == cue


SPELLINGS = [
    ("25,000", "25000"),
    ("1,234,567 + 1", "1234567 + 1"),
    ("(1,200 + 3)", "(1200 + 3)"),
    ("(1,200)", "(1,200)"),
    ("f(1,234)", "f(1,234)"),
    ("0,125", "0,125"),
    ("1,2345", "1,2345"),
    ("25{,}000", "25000"),
    ("0{,}5", "0.5"),
    (r"75\%", "0.75"),
    (r"2.5\,\%", "0.025"),
    (r"133 \%", "1.33"),
    (r"10 \% 3", r"10 \% 3"),
    (r"\log_2 8", r"\frac{1}{\log 2}\log 8"),
    (r"P(A \mid B)", r"P(A , \operatorname{given}( B))"),
    (r"\mathrm{loss}(x)", r"\operatorname{loss}(x)"),
]


@pytest.mark.parametrize(("written", "read"), SPELLINGS)
def test_numbers_and_marks_are_read_as_they_are_meant(written, read):
    assert len(with_whole_numbers(written)) == len(written)
    assert spelled(with_whole_numbers(written)) == read


CONDITIONS = [
    r"$Ax = \lambda x$",
    r"$U^\top B U = I$",
    r"$g(x) = x \Phi(x)$ and $g(x) = x^2$ elsewhere",
    r"Let $n = 3$. How large is $k$, if $n + k = 10$?",
    r"Let $w = 1$, $L = (w - 3)^2$. Setting $\frac{\partial L}{\partial w} = 2(w - 3) = 0$ gives $w = 3$.",
    r"$f(x) = x$ for $x > 0$, else $f(x) = 0$",
    r"\begin{align*} r &= x, & x > 0\\ &= 0, & x \le 0 \end{align*}",
    r"$B(a, b) = B(b, a)$ and $F(x) = G(x)$, $G(x) = F(x)$, $F(1, 2) = G(1)$, $F(1) = 2$",
    r"$\frac{\text{hits}}{\text{tries}} = \frac{1}{2}$",
]


@pytest.mark.parametrize("text", CONDITIONS)
def test_what_is_asked_or_only_said_is_no_slip(text):
    assert not check_latex(text).failed
