"""Rounded expressions, names that stand for any number, cases: what the judge makes of them."""

from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.notation.form import Derivative
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.record import Derivation, Given, Line, Step
from tests.check.derivations import approx, define, line, step, value

LAM = Given(parse_symbol("lam"), None, "free")


def cost(*lines):
    """A cost with a penalty of any strength: L = 0.20329..., R = 1.74."""
    givens = (define("L", "a**2"), define("R", "b**2 + 0.5"), value("a", "0.4508866"), value("b", "1.1135528"), LAM)
    steps = (step("J", "J", "L + lam*R", *lines, uses=""),)
    return judge(Derivation("cost", givens=givens, steps=steps)).verified


@pytest.mark.parametrize("shown", ["0.2033 + 1.74*lam", "0.203 + 1.740*lam", "1.7*lam + 0.2033"])
def test_a_rounded_expression_is_right_to_half_a_unit_of_each_decimal(shown):
    assert cost(approx(shown)) is True


@pytest.mark.parametrize(
    "shown", ["0.2034 + 1.74*lam", "0.2033 + 1.75*lam", "0.2033 - 1.74*lam", "0.2033 + 1.8*lam", "0.2033*lam + 1.74"]
)
def test_a_wrong_one_is_not(shown):
    assert cost(approx(shown)) is False


def test_an_exact_line_of_a_free_name_is_one_of_values():
    """Beside names with values a free one is the only thing that varies, so that 3·lam is what b·lam comes to."""
    givens = (define("J", "b*lam"), value("b", 3), LAM)
    for shown, right in (("3*lam", True), ("4*lam", False)):
        derivation = Derivation("J", givens=givens, steps=(step("J", "J", line("b*lam"), line(shown)),))
        assert judge(derivation).verified is right


def test_free_names_alone_are_no_values():
    givens = (Given(parse_symbol("y"), None, "free"), Given(parse_symbol("t"), None, "free"))
    steps = (step("L", "L", "(y - t)**2"), step("d", Derivative(parse_symbol("L"), (parse_symbol("y"),)), "2*(y - t)"))
    assert judge(Derivation("L", givens=givens, steps=steps)).verified is True
    wrong = (steps[0], Step("d", steps[1].target, (Line("=", read("2*y - t")),)))
    assert judge(Derivation("L", givens=givens, steps=wrong)).verified is False


DOCUMENT = r"""
\begin{document}
\problem{1}{Loss}{1}
\partq{a}{Derive.}{1}
\premises{Let $w = 0.5$, for any $\lambda$.}
\begin{align*}
J &= \lambda w^{2} \\
&= SHOWN
\end{align*}
\end{document}
"""


@pytest.mark.parametrize(("shown", "right"), [(r"0.25 \lambda", True), (r"0.5 \lambda", False)])
def test_a_document_says_which_names_are_free(shown, right):
    report = read_back(DOCUMENT.replace("SHOWN", shown))
    assert not report.undecided
    assert bool(report.failed) is not right


@pytest.mark.parametrize(("slope", "right"), [("y - t", True), ("2*(y - t)", False)])
def test_the_slope_of_a_formula_by_cases(slope, right):
    """Conditions are looked at anew beside the point, and their own choices are not taken for those of the cases."""
    huber = "where(abs(y - t) <= d, (y - t)**2/2, d*(abs(y - t) - d/2))"
    for at in ({"y": 1, "t": 0.5, "d": 1}, {"y": -1, "t": -0.5, "d": Fraction(1, 2)}):
        givens = (define("L", huber), *(value(name, str(x)) for name, x in at.items()))
        target = Derivative(parse_symbol("L"), (parse_symbol("y"),))
        lines = (f"where(abs(y - t) <= d, {slope}, d*sign(y - t))",)
        assert judge(Derivation("L", givens=givens, steps=(step("d", target, *lines),))).verified is right


def test_a_sum_over_entries_depends_on_the_array():
    """The derivative of a sum by an array whose entries it takes in turn."""
    from tests.graph.test_cases import total

    givens = (Given(parse_symbol("L"), total("x_k**2", 2)), value("x", read("[[3], [4]]")))
    target = Derivative(parse_symbol("L"), (parse_symbol("x"),))
    for shown, right in (("2*x", True), ("x", False)):
        assert judge(Derivation("L", givens=givens, steps=(step("d", target, shown),))).verified is right
