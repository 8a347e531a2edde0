"""Premises about any step: which names they speak of, and that a wrong number at any step is found."""

from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.check.recurrence import Recurrences, is_instance
from derive.notation.build import number
from derive.notation.form import Product, Symbol
from derive.notation.indexed import numbered
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import substituted
from derive.record import Conventions, Derivation, Given, Line, Rounding, Step

W, W_BEFORE = Symbol("w", sub=("t",)), Symbol("w", sub=("t-1",))


def w(step, run=""):
    return Symbol("w", sub=(str(step),), sup=run)


def of_runs(name):
    """The same premise for each of several runs."""

    def tagged(part):
        return replace(part, sup="r") if isinstance(part, Symbol) and part.base in ("w", "eta") else None

    return substituted(name, tagged)


HALVES = {W: Product((W_BEFORE, parse_symbol("eta")))}


def test_a_name_is_what_the_premise_says_at_its_step():
    rules = Recurrences(HALVES)
    assert rules.letters == {"t"}
    assert rules.instance(w(17)) == numbered(HALVES[W], {"t": 17})
    assert rules.instance(w(1)).factors[0] == w(0)
    assert rules.instance(w(0)) is None, "there is no step before the first"
    assert rules.instance(w(1001)) is None, "no sheet shows so many steps"
    assert rules.instance(Symbol("v", sub=("3",))) is None
    assert rules.runs(W)
    assert rules.runs(W_BEFORE)
    assert not rules.runs(w(3))


def test_without_a_step_before_no_letter_runs():
    assert Recurrences({W: read("2*x")}).instance(w(3)) is None


def test_counted_steps_are_numbers():
    rule = read("m/(1 - beta**t)")
    assert numbered(rule, {"t": 4}, ["t"]) == read("m/(1 - beta**4)")


def test_a_letter_that_is_a_quantity_counts_nothing():
    """A target may be called t: then only an index t is a step."""
    rule, t = Product((W_BEFORE, Symbol("t"))), Symbol("t")
    assert Recurrences({W: rule}).instance(w(2)) == Product((w(1), number(2)))
    assert Recurrences({W: rule}, known={W, t}).instance(w(2)) == Product((w(1), t))


def test_runs_are_counted_too():
    rules = Recurrences({of_runs(W): of_runs(HALVES[W])})
    assert rules.letters == {"t", "r"}
    found = rules.instance(w(5, run="2"))
    assert found.factors == (w(4, run="2"), Symbol("eta", sup="2"))
    assert rules.instance(w(5)) is None


def test_is_instance():
    known = {W, W_BEFORE, parse_symbol("eta")}
    assert is_instance(w(8), known)
    assert not is_instance(Symbol("v", sub=("8",)), known)
    assert not is_instance(w(8), {W, parse_symbol("eta")}), "nothing runs where nobody speaks of a step before"


def halving(cells):
    """w halves in each step, from 8 on."""
    givens = (Given(W, HALVES[W]), Given(w(0), number(8), "value"),
              Given(parse_symbol("eta"), number(Fraction(1, 2)), "value"))  # fmt: skip
    steps = tuple(Step(f"w {k}", w(k), (Line("=", number(x)),)) for k, x in cells.items())
    return judge(Derivation("", givens=givens, steps=steps))


def test_numbers_at_steps_are_judged():
    assert halving({1: 4, 2: 2, 9: Fraction(1, 64)}).verified is True
    verdict = halving({1: 4, 2: 3, 9: Fraction(1, 64)})
    assert [fault.step for fault in verdict.faults] == ["w 2"]


def test_a_long_chain_needs_no_deep_stack():
    assert halving({900: Fraction(8, 2**900)}).verified is True


@pytest.mark.parametrize(("third", "right"), [("2.1", True), ("2.2", False)])
def test_printed_digits_go_on(third, right):
    """8·0.65 = 5.2 is printed as 5, so 3.25 follows, printed as 3.3, and 2.145; without rounding it were 2.197."""
    givens = (Given(W, HALVES[W]), Given(w(0), number(8), "value"), Given(parse_symbol("eta"), read("0.65"), "value"))
    steps = (
        Step("1", w(1), (Line("≈", read("5")),)),
        Step("2", w(2), (Line("≈", read("3.3")),)),
        Step("3", w(3), (Line("≈", read(third)),)),
    )
    verdict = judge(Derivation("", givens=givens, steps=steps, conventions=Conventions(Rounding("carry-rounded", 2))))
    assert verdict.verified is right
