"""Recurrences among the premises: written out where their inputs are given, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.check.judge import judge
from derive.check.recurrence import Recurrences
from derive.notation.build import sym
from derive.notation.form import Form, Symbol
from derive.notation.indexed import at_step, is_indexed
from derive.notation.value import substituted
from derive.record import Derivation, Given, Step
from tests.check.derivations import approx, form, step, value

H, BEFORE = sym("h_t"), Symbol("h", sub=("t-1",))
VALUES = (value("w", 0.5), value("u", -1), value("h_0", 1), value("x_1", 1), value("x_2", 2))


def rule(text: str = "tanh(w*x_t + u*h_old)") -> Given:
    """h_t by a text in which h_old is the state before."""
    names: dict[Form, Form] = {sym("h_old"): BEFORE}
    return Given(H, substituted(form(text), names.get))


def written_out(givens: list[Given]) -> tuple[list[Given], dict[Form, Form]]:
    """The givens with the definitions at each step, and the rules that they came from."""
    found = Recurrences.among(givens)
    return found.written_out(givens), found.stated


def derivation(*steps: Step) -> Derivation:
    return Derivation("A recurrence", givens=(rule(), *VALUES), steps=steps)


def test_a_name_at_a_step() -> None:
    made = rule().form
    assert made is not None
    assert at_step(made, 2) == form("tanh(w*x_2 + u*h_1)")
    assert at_step(Symbol("d", sub=("y", "t+1")), 2) == sym("d_y_3")
    assert is_indexed(BEFORE)
    assert not is_indexed(sym("W_t2"))


@given(st.integers(1, 99), st.sampled_from(["a", "x_1", "W_f", "h_tilde", "theta", "t"]))
def test_other_names_stay(at: int, name: str) -> None:
    assert at_step(sym(name), at) is sym(name)


def test_it_is_written_out_for_the_steps_whose_inputs_are_given() -> None:
    made, rules = written_out([rule(), *VALUES])
    assert [each.target for each in made if each.kind == "definition"] == [sym("h_1"), sym("h_2")]
    assert rules == {H: rule().form}


def test_without_inputs_it_stays_what_it_is() -> None:
    givens = [rule(), value("w", 2)]
    assert written_out(givens) == (givens, {})


def test_what_is_given_by_itself_stays() -> None:
    made, _ = written_out([rule(), *VALUES, Given(sym("h_1"), form("w"))])
    assert [each.form for each in made if each.target == sym("h_1")] == [form("w")]


def test_entries_of_what_a_recurrence_defines_are_no_inputs() -> None:
    vector = Given(Symbol("a", sub=("t",)), form("[w*x_t, u]"))
    total = Given(Symbol("g", sub=("t",)), Symbol("a", sub=("t", "2")))
    made, _ = written_out([vector, total, *VALUES])
    assert {sym("g_1"), sym("g_2")} <= {each.target for each in made}


def test_lines_are_judged_by_the_recurrence() -> None:
    good = derivation(
        step("h1", "h_1", "tanh(w*x_1 + u*h_0)", "tanh(0.5*1 + (-1)*1)", approx("-0.4621")),
        step("h2", "h_2", approx("0.8981"), uses="h1"),
    )
    verdict = judge(good)
    assert verdict.verified is True, verdict.faults or verdict.undecided


@pytest.mark.parametrize(
    "wrong",
    [
        step("h1", "h_1", "tanh(w*x_1 - u*h_0)"),
        step("h1", "h_1", "tanh(w*x_2 + u*h_0)"),
        step("h2", "h_2", approx("0.8982")),
        step("h3", "h_3", approx("0.8981")),
    ],
    ids=["sign", "step", "digit", "no such step"],
)
def test_wrong_lines_are_found(wrong: Step) -> None:
    assert judge(derivation(wrong)).verified is not True


def stated(text: str = "tanh(w*x_t + u*h_old)") -> Step:
    made = rule(text).form
    assert made is not None
    return step("h", H, made)


def test_a_stated_recurrence_is_the_one_that_was_given() -> None:
    assert judge(derivation(stated())).verified is True
    assert judge(derivation(stated("tanh(w*x_t - u*h_old)"))).verified is False


def test_one_that_only_a_step_states_defines() -> None:
    made = Derivation("", givens=VALUES, steps=(stated(), step("h1", "h_1", approx("-0.4621"))))
    assert judge(made).verified is True
    wrong = replace(made, steps=(stated(), step("h1", "h_1", approx("-0.4622"))))
    assert judge(wrong).verified is False
