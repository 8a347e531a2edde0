"""What the judge says about single lines: names, kinks, rounding, assumptions, carried numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.check.verdict import Verdict
from derive.notation.build import number, scientific, sym
from derive.notation.form import Call, Derivative, Form, Matrix, Relation, Symbol, Text, Underbrace
from derive.record import Answer, Conventions, Derivation, Figure, FigureEdge, FigureNode, Given, Line, Rounding, Step
from tests.check.derivations import add_up, approx, d, define, form, line, matrix, relu_slope, step, times, value


def judged(givens: list[Given], *steps: Step, **more: object) -> Verdict:
    return judge(Derivation("", givens=tuple(givens), steps=steps, **more))  # type: ignore[arg-type]


def kinds(verdict: Verdict) -> set[str]:
    return {fault.kind for fault in verdict.faults}


def relu_of(source: str) -> Form:
    return Call("relu", (form(source),))


SQUARE = [define("y", "x**2"), value("x", 3)]


@pytest.mark.parametrize(
    ("lines", "verified"),
    [
        (["2*x", "6"], True),
        (["2*x", "5"], False),
        (["x**2"], False),
        (["6"], True),
        (["2*x + 0*x", "2*3"], True),
        (["x*x - x*(x - 2)"], True),
        (["sqrt(4*x**2)"], False),  # holds for positive x only
    ],
)
def test_a_derivative_is_recomputed(lines: list[str], verified: bool) -> None:
    assert judged(SQUARE, step("s", d("y", "x"), *lines)).verified is verified


def test_an_identity_that_holds_at_the_given_numbers_only_fails_unless_it_says_so() -> None:
    assert judged(SQUARE, step("s", d("y", "x"), "x + 3")).verified is False
    assert judged(SQUARE, step("s", d("y", "x"), line("x + 3", at=True))).verified is True


def test_a_line_of_values_must_hold_for_every_value_of_what_is_free() -> None:
    assert judged([define("y", "3*x")], step("s", d("y", "x"), "3")).verified is True
    assert judged([define("y", "x**2")], step("s", d("y", "x"), "3")).verified is False


def test_the_fault_names_step_line_and_both_values() -> None:
    (fault,) = judged(SQUARE, step("slope", d("y", "x"), "2*x", "7")).faults
    assert (fault.step, fault.line, fault.kind) == ("slope", 2, "value")
    assert "7" in fault.message
    assert "6" in fault.message


def test_whole_derivative_sums_over_all_paths_and_held_names_cut_one() -> None:
    givens = [define("s", "sigmoid(x)"), define("y", "x*s")]
    assert judged(givens, step("a", d("y", "x"), "s + x*s*(1 - s)")).verified is True
    held = Derivative(sym("y"), (sym("x"),), (sym("s"),))
    assert judged(givens, step("a", held, "s")).verified is True
    assert judged(givens, step("a", held, "s + x*s*(1 - s)")).verified is False
    assert judged(givens, step("a", d("y", "s"), "x")).verified is True


def test_second_derivatives_mix() -> None:
    givens = [define("f", "x**3*y + exp(x*y)")]
    assert judged(givens, step("a", d("f", "x", "y"), "3*x**2 + (1 + x*y)*exp(x*y)")).verified is True
    assert judged(givens, step("a", d("f", "x", "x"), "6*x*y + y**2*exp(x*y)")).verified is True
    assert judged(givens, step("a", d("f", "x", "y"), "3*x**2 + exp(x*y)")).verified is False


@pytest.mark.parametrize("wrong", ["u + r", "1 + r*u", "1", "r"])
def test_an_abstract_block_has_the_slope_that_was_given(wrong: str) -> None:
    slope = Given(Derivative(sym("F"), (sym("u"),)), form("r"))
    givens = [define("u", "w*x"), define("y", "u + F(u)"), slope]
    assert judged(givens, step("a", d("y", "u"), "1 + r")).verified is True
    assert judged(givens, step("a", d("y", "w"), "(1 + r)*x")).verified is True
    assert judged(givens, step("a", d("y", "u"), wrong)).verified is False


@pytest.mark.parametrize(
    ("slope", "verified"),
    [("(1 + r)*(1 + q)", True), ("(1 + r)**2", False), ("(1 + q)**2", False), ("1 + r + q", False), ("1 + q", False)],
)
def test_a_block_that_is_used_twice_has_a_slope_at_each_place(slope: str, verified: bool) -> None:
    slopes = [Given(Call("F", (sym(name),), primes=1), form(rate)) for name, rate in (("x", "r"), ("y", "q"))]
    givens = [define("y", "x + F(x)"), define("z", "y + F(y)"), *slopes]
    assert judged(givens, step("a", d("z", "x"), slope)).verified is verified


def test_an_abstract_block_without_slope_has_its_own_derivative() -> None:
    prime = Call("F", (sym("x"),), primes=1)
    givens = [define("y", "x + F(x)")]
    assert judged(givens, step("a", d("y", "x"), line(add_up(form(1), prime)))).verified is True
    assert judged(givens, step("a", d("y", "x"), line(add_up(form(1), form("F(x)"))))).verified is False


def test_a_free_quantity_takes_the_derivatives_that_were_given() -> None:
    upstream = Given(d("L", "y"), form("g"))
    givens = [define("y", "w*x"), upstream, value("g", 2), value("x", 5)]
    assert judged(givens, step("a", d("L", "w"), "g*x", "10")).verified is True
    assert judged(givens, step("a", d("L", "w"), "g*w")).verified is False


@pytest.mark.parametrize(("slope", "verified"), [("0", True), ("1", False)])
def test_relu_at_zero_takes_the_side_of_the_convention(slope: str, verified: bool) -> None:
    givens = [Given(sym("y"), relu_of("w*x")), value("w", 2), value("x", 0)]
    assert judged(givens, step("a", d("y", "x"), slope)).verified is verified
    other = Conventions(relu_at_zero=Fraction(1))
    assert judged(givens, step("a", d("y", "x"), "2"), conventions=other).verified is True


@pytest.mark.parametrize(("tie", "slope"), [("padding", "0"), ("first", "1"), ("last", "0")])
def test_a_tie_goes_as_the_convention_says(tie: str, slope: str) -> None:
    largest = Given(sym("y"), Call("max", (sym("x"), form(0))))
    conventions = Conventions(tie=tie)  # type: ignore[arg-type]
    assert judged([largest, value("x", 0)], step("a", d("y", "x"), slope), conventions=conventions).verified is True


def test_every_slope_of_a_product_of_relus_counts() -> None:
    givens = [define("a", "w*x"), Given(sym("h"), relu_of("a")), define("c", "u*h + b"), Given(sym("y"), relu_of("c"))]
    slopes = [relu_slope("c"), sym("u"), relu_slope("a"), sym("x")]
    assert judged(givens, step("s", d("y", "w"), line(times(*slopes)))).verified is True
    for k in range(4):
        assert judged(givens, step("s", d("y", "w"), line(times(*slopes[:k], *slopes[k + 1 :])))).verified is False


def test_an_assumption_changes_what_follows_and_what_later_steps_use() -> None:
    givens = [define("a", "w*x"), Given(sym("y"), relu_of("a"))]
    assume = line(Relation("=", relu_slope(), form(1)), "assume")
    first = step("first", d("y", "w"), line(times(relu_slope("a"), sym("x"))), assume, "x")
    assert judged(givens, first).verified is True
    assert judged(givens, step("first", d("y", "w"), "x")).verified is False
    later = step("later", "q", line(times(form(2), d("y", "w"))), "2*x", uses="first")
    assert judged(givens, first, later).verified is True
    assert judged(givens, replace(first, lines=(*first.lines[:2], line("2*x")))).verified is False


def test_a_new_name_is_defined_by_its_first_line_and_then_known() -> None:
    steps = [step("m", "m", "3*x", "9"), step("n", "n", "m + 1", "10", uses="m")]
    assert judged([value("x", 3)], *steps).verified is True
    assert kinds(judged([value("x", 3)], steps[1])) == {"undefined name", "uses"}


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (step("n", "n", "m + 1"), "uses"),
        (step("n", "n", "m + 1", uses="m nowhere"), "uses"),
        (step("n", "n", "k + 1", uses="m"), "undefined name"),
        (step("n", "n", line(Call("G", (sym("x"),))), uses="m"), "undefined name"),
        (step("n", "m", line("x + 1", ":="), uses="m"), "reuse"),
        (step("n", "n", "n + 1"), "undefined name"),
        (step("n", d("k", "x"), "1"), "undefined name"),
        (step("n", "x", line("4", ":=")), "reuse"),
    ],
)
def test_names(bad: Step, kind: str) -> None:
    verdict = judged([value("x", 3)], step("m", "m", "3*x"), bad)
    assert verdict.verified is False
    assert kind in kinds(verdict)


def test_a_given_with_two_meanings_is_a_fault() -> None:
    assert kinds(judged([define("y", "2*x"), value("x", 1), value("y", 3)])) == {"reuse"}
    assert judged([define("y", "2*x"), value("x", 1), value("y", 2)]).verified is True


@pytest.mark.parametrize(
    ("lines", "verified"),
    [
        ([approx("0.333")], True),
        ([approx("0.334")], False),
        ([approx("0.33")], True),
        ([approx("0.33*1"), approx("0.33")], True),
        ([approx("0.33*2"), approx("0.33")], False),
        ([approx("0.3")], True),
        ([approx("0")], False),
        ([approx("0.000")], False),
        (["1/3", approx("0.333333")], True),
        (["0.333"], False),
        ([approx("0.66*0.5"), "0.33"], True),
        ([approx("0.67*0.5"), "0.33"], False),
        ([approx(scientific("3.33", -1))], True),
        ([approx(scientific("3.34", -1))], False),
    ],
)
def test_rounding(lines: list[Line | str], verified: bool) -> None:
    assert judged([value("x", 3)], step("q", "q", "1/x", *lines)).verified is verified


def test_half_a_unit_is_right_in_both_directions_and_no_more() -> None:
    for shown, verified in (("0.12", True), ("0.13", True), ("0.11", False), ("0.14", False)):
        assert judged([value("x", 8)], step("q", "q", "1/x", approx(shown))).verified is verified


def test_a_rounded_line_that_is_no_decimal_is_not_decided() -> None:
    verdict = judged([value("x", 3)], step("q", "q", "1/x", approx("1/3")))
    assert verdict.verified is None
    assert [fault.kind for fault in verdict.undecided] == ["undecided"]


def test_a_rounded_matrix_is_looked_at_entry_by_entry() -> None:
    givens = [value("X", matrix("1/3 2", "0 -2/3"))]
    target = step("q", "Q", "2*X", approx(matrix("0.667 4", "0 -1.333")))
    assert judged(givens, target).verified is True
    for wrong in (matrix("0.667 4", "0 -1.334"), matrix("0.667 4", "0.000 1.333"), matrix("0.667 0", "4 -1.333")):
        assert judged(givens, step("q", "Q", "2*X", approx(wrong))).verified is False


def test_carried_numbers_are_the_printed_ones() -> None:
    givens = [define("p", "1/x"), define("q", "300*p"), value("x", 3)]
    steps = [step("p", "p", "1/x", approx("0.33")), step("q", "q", "300*p", "99", uses="p")]
    assert judged(givens, *steps, conventions=Conventions(Rounding("carry-rounded", 2))).verified is True
    assert judged(givens, *steps).verified is False
    full = [steps[0], step("q", "q", "300*p", "100", uses="p")]
    assert judged(givens, *full).verified is True
    assert judged(givens, *full, conventions=Conventions(Rounding("carry-rounded", 2))).verified is False


def test_carried_numbers_do_not_cut_a_derivative() -> None:
    givens = [define("p", "x**2"), define("q", "p**2"), value("x", 1.01)]
    steps = [step("p", "p", "x**2", approx("1.02")), step("dq", d("q", "x"), "2*p*2*x", "2*1.02*2*1.01", uses="p")]
    assert judged(givens, *steps, conventions=Conventions(Rounding("carry-rounded", 3))).verified is True


LAYER = [
    define("h", "[[tanh(x)], [tanh(2*x)]]"),
    define("L", "dot(h, h)"),
    value("x", 0.3),
]
CARRIED = Conventions(Rounding("carry-rounded", 2))
BY_ARRAY = Derivative(sym("L"), (Symbol("h", bold=True),))


def test_an_entry_of_a_carried_gradient_is_the_printed_one() -> None:
    whole = [
        step("h", Symbol("h", bold=True), approx(matrix("0.29", "0.54"))),
        step("whole", BY_ARRAY, approx(matrix("0.6", "1.1")), uses="h"),
    ]
    for number_, verified in (("1.2", True), ("1.16", False), ("1.165", False)):
        entry = step("entry", "q", line(times(form(2), d("L", "h_1"))), number_, uses="whole")
        assert judged(LAYER, *whole, entry, conventions=CARRIED).verified is verified, number_


def test_a_gradient_goes_on_with_its_carried_entries() -> None:
    steps = [
        step("h", Symbol("h", bold=True), approx(matrix("0.29", "0.54"))),
        step("one", d("L", "h_1"), "2*h_1", approx("0.6"), uses="h"),
        step("two", d("L", "h_2"), "2*h_2", "1.08", uses="h"),
    ]
    for shown, verified in (
        (matrix("0.6", "1.08"), True),
        (matrix("0.58", "1.08"), False),
        (matrix("0.6", "1.1"), False),
    ):
        whole = step("whole", BY_ARRAY, line(shown), uses="h one two")
        assert judged(LAYER, *steps, whole, conventions=CARRIED).verified is verified, shown


def test_a_gradient_by_an_array_is_what_its_formulas_make_of_carried_numbers() -> None:
    givens = [define("z", "[[x], [8*x]]"), *LAYER[1:], define("h", "tanh(z)")]
    start = [
        step("z", Symbol("z", bold=True), "[[0.3], [2.4]]"),
        step("h", Symbol("h", bold=True), approx(matrix("0.29", "0.98")), uses="z"),
    ]
    slopes = [times(form(f"2*h_{k}"), form(f"1 - h_{k}**2")) for k in (1, 2)]
    by_z = Derivative(sym("L"), (Symbol("z", bold=True),))
    carried, full = approx(matrix("0.53", "0.078")), approx(matrix("0.53", "0.064"))
    wrong = Matrix(((slopes[0],), (times(form("h_2"), form("1 - h_2**2")),)))
    right = Matrix(tuple((slope,) for slope in slopes))
    for formulas, numbers, verified in ((right, carried, True), (right, full, False), (wrong, carried, False)):
        whole = step("dz", by_z, line(formulas), numbers, uses="z h")
        assert judged(givens, *start, whole, conventions=CARRIED).verified is verified


def test_a_carried_number_needs_no_value_of_what_it_came_from() -> None:
    givens = [define("p", "sigmoid(z)"), define("L", "1 - log(1 - p)"), value("z", 13)]
    steps = [
        step("p", "p", "sigmoid(z)", approx("1.000")),
        step("slope", d("L", "z"), "p", "1", uses="p"),
        step("m", "m", line(times(form(3), d("L", "z"))), "3", uses="slope"),
        step("n", "n", "m + 1", "4", uses="m"),
    ]
    carried = Conventions(Rounding("carry-rounded", 4))
    assert judged(givens, *steps, conventions=carried).verified is True
    assert judged(givens, *steps[:3], step("n", "n", "m + 1", "5", uses="m"), conventions=carried).verified is False


def test_a_domain_is_found_for_logarithms_and_roots() -> None:
    givens = [define("L", "t*log(p) + (1 - t)*log(1 - p)")]
    assert judged(givens, step("a", d("L", "p"), "t/p - (1 - t)/(1 - p)")).verified is True
    assert judged(givens, step("a", d("L", "p"), "t/p + (1 - t)/(1 - p)")).verified is False
    assert judged([define("y", "log(log(x))")], step("a", d("y", "x"), "1/(x*log(x))")).verified is True


def test_what_has_no_value_anywhere_is_not_decided() -> None:
    assert judged([define("y", "log(-x**2)")], step("a", d("y", "x"), "2/x")).verified is None


def test_a_line_without_a_value_does_not_hold() -> None:
    assert judged(SQUARE, step("a", d("y", "x"), "2*x + 1/(x - x)")).verified is False
    assert judged(SQUARE, step("a", d("y", "x"), "6/0")).verified is False


def test_zero_times_log_zero_is_zero() -> None:
    givens = [define("L", "-t*log(p)"), value("t", 0), value("p", 0)]
    assert judged(givens, step("a", "L", "-0*log(0)", "0")).verified is True


def test_words_are_not_decided_without_a_claim() -> None:
    assert judged(SQUARE, step("a", "y", line(Text("a parabola")))).verified is None


def test_remarks_and_text_answers_have_nothing_to_decide() -> None:
    answer = Answer("a", "text", Text("skip connections help"))
    assert judged([], Step("remark", intro=("Think.",)), answers=(answer,)).verified is True


def test_layout_of_gradients() -> None:
    bold = Symbol("W", bold=True)
    givens = [define("y", "W*x"), Given(bold, matrix("1 2"), "value"), value("x", matrix("3", "5"))]
    right, wrong = matrix("3 5"), matrix("3", "5")
    assert judged(givens, step("a", Derivative(sym("y"), (bold,)), line(right))).verified is True
    assert judged(givens, step("a", Derivative(sym("y"), (bold,)), line(wrong))).verified is False


def test_an_array_of_free_symbols_differentiates_in_each_of_them() -> None:
    givens = [Given(sym("W"), matrix("w_1 w_2", "w_3 w_4")), define("y", "w_1*w_4 - w_2*w_3")]
    assert judged(givens, step("a", Derivative(sym("y"), (sym("W"),)), line(matrix("w_4 -w_3", "-w_2 w_1")))).verified
    assert judged(givens, step("a", d("y", "w_2"), "-w_3")).verified is True


def test_figure_labels_are_judged() -> None:
    nodes = (FigureNode("x", ("x",)), FigureNode("y", ("y",)))
    for shown, verified in (("9", True), ("8", False)):
        edge = FigureEdge("x", "y", above=step("label", "y", shown))
        assert judged(SQUARE, figures=(Figure(nodes, (edge,)),)).verified is verified


def test_answers_are_compared_with_what_was_found() -> None:
    found = step("q", "q", "1/x", line(approx("0.3333").form, "≈", boxed=True))
    for exact, shown, verified in (
        ("1/3", "0.3333", True),
        ("1/4", "0.3333", False),
        ("1/3", "0.3334", False),
        ("1/3", None, True),
    ):
        answer = Answer("q", "number", form(exact), form(shown) if shown else None, sym("q"))
        assert judged([value("x", 3)], found, answers=(answer,)).verified is verified
    assert judged(SQUARE, answers=(Answer("y", "number", form(9), label=sym("y")),)).verified is True
    assert judged(SQUARE, answers=(Answer("k", "number", form(9)),)).verified is None


def test_an_answer_outside_of_the_boxes_is_a_fault() -> None:
    steps = [step("q", "q", line("1/x", boxed=True)), step("k", "k", "2*x", "6")]
    answer = Answer("k", "number", form(6), label=sym("k"))
    assert kinds(judged([value("x", 3)], *steps, answers=(answer,))) == {"box"}


def test_a_box_may_hold_at_the_given_values_only() -> None:
    answer = Answer("q", "number", form("1/3 + 3"), label=sym("q"))
    for boxed, verified in (("1/3 + x", True), ("1/3 + 2*x", False)):
        found = step("q", "q", "1/x + x", line("1/3 + 3"), line(boxed, at=True, boxed=True))
        assert judged([value("x", 3)], found, answers=(answer,)).verified is verified
    named = line("1/3 + x", at=True, boxed=True)
    other = Answer("k", "number", form("1/3 + 4"), label=sym("k"))
    steps = [step("q", "q", "1/x + x", named), step("k", "k", "1/x + 4", "1/3 + 4")]
    assert kinds(judged([value("x", 3)], *steps, answers=(other,))) == {"box"}


def test_points_add_up() -> None:
    good = step("q", "q", "1/x", points=2)
    assert judged([value("x", 3)], good, points=Fraction(2)).verified is True
    assert kinds(judged([value("x", 3)], good, points=Fraction(5, 2))) == {"points"}


def test_underbraces_are_worth_what_is_under_them() -> None:
    braced = add_up(Underbrace(form("x"), "identity path"), Underbrace(form("x"), "block path"))
    assert judged(SQUARE, step("a", d("y", "x"), line(braced))).verified is True


def test_a_chain_of_many_definitions_needs_no_deep_stack() -> None:
    n = 1500
    givens = [define("y_0", "x"), *(define(f"y_{k}", f"y_{k - 1} + x") for k in range(1, n))]
    assert judged(givens, step("a", d(f"y_{n - 1}", "x"), line(number(n)))).verified is True
    assert judged(givens, step("a", d(f"y_{n - 1}", "x"), line(number(n - 1)))).verified is False


def test_a_circle_of_definitions_is_not_decided() -> None:
    assert judged([define("a", "b + 1"), define("b", "a + 1")], step("s", "a", "b + 1")).verified is not True


def test_a_matrix_of_derivatives() -> None:
    givens = [define("f", "x**2*y")]
    hessian = Matrix(((d("f", "x", "x"), d("f", "x", "y")), (d("f", "y", "x"), d("f", "y", "y"))))
    assert judged(givens, step("h", hessian, matrix("2*y 2*x", "2*x 0"))).verified is True
    assert judged(givens, step("h", hessian, matrix("2*y 2*x", "0 2*x"))).verified is False
