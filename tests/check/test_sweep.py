"""Long derivations: all gradients of a chain are confirmed by a few random directions, and a culprit is still named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.check import slopes
from derive.check.judge import judge
from derive.check.sweep import MANY, gradient_claims
from derive.notation.build import neg, sym
from derive.notation.form import Call, Derivative, Form, Product
from derive.record import Derivation, Given, Step
from tests.check.derivations import add_up, d, define, form, line, step, value

LAST = 8


def chain(activation: str, depth: int = LAST) -> Derivation:
    """y_{k+1} = act(w_k y_k) + y_k, with the gradient of every y and every w."""
    names = [f"y_{k}" for k in range(depth + 1)]
    givens, steps = [], []
    for k in range(depth):
        givens.append(define(f"a_{k}", f"w_{k}*{names[k]}"))
        givens.append(Given(form(names[k + 1]), add_up(Call(activation, (sym(f"a_{k}"),)), form(names[k]))))
    top = names[-1]
    for k in reversed(range(depth)):
        above = d(top, names[k + 1]) if k < depth - 1 else form(1)
        slope = Product((above, Call(activation, (sym(f"a_{k}"),), primes=1)))
        into_a = step(f"a{k}", d(top, f"a_{k}"), line(slope))
        into_w = step(f"w{k}", d(top, f"w_{k}"), line(Product((d(top, f"a_{k}"), sym(names[k])))))
        into_y = step(f"y{k}", d(top, names[k]), line(add_up(Product((d(top, f"a_{k}"), sym(f"w_{k}"))), above)))
        steps += [into_a, into_w, into_y]
    return Derivation("", givens=tuple(givens), steps=linked(steps))


def linked(steps: list[Step]) -> tuple[Step, ...]:
    return tuple(replace(each, uses=tuple(other.name for other in steps[:k])) for k, each in enumerate(steps))


def spoiled(derivation: Derivation, name: str, change: Form | None = None) -> Derivation:
    steps = [
        each if each.name != name else replace(each, lines=(line(change or neg(each.lines[0].form)),))
        for each in derivation.steps
    ]
    return derivation.with_steps(tuple(steps))


def differences(monkeypatch: pytest.MonkeyPatch, derivation: Derivation) -> list[Form]:
    """Which derivatives the judge takes one by one."""
    taken: list[Form] = []
    single = slopes.derivative

    def counted(world: object, node: Derivative) -> object:
        taken.append(node)
        return single(world, node)  # type: ignore[arg-type]

    monkeypatch.setattr(slopes, "derivative", counted)
    assert judge(derivation).verified is True
    return taken


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_a_chain_needs_no_single_difference(monkeypatch: pytest.MonkeyPatch, activation: str) -> None:
    assert differences(monkeypatch, chain(activation)) == []


def test_few_gradients_are_taken_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    few = chain("tanh", depth=(MANY - 1) // 3)
    assert set(differences(monkeypatch, few)) == {each.target for each in few.steps}


@pytest.mark.parametrize("name", [f"{kind}{k}" for kind in "awy" for k in (0, 3, LAST - 1)])
def test_the_culprit_is_named(name: str) -> None:
    assert {fault.step for fault in judge(spoiled(chain("relu"), name)).faults} == {name}


def test_a_path_left_out_is_found() -> None:
    lone = Product((d(f"y_{LAST}", "a_2"), sym("w_2")))
    assert {fault.step for fault in judge(spoiled(chain("tanh"), "y2", lone)).faults} == {"y2"}


def test_gradients_of_very_different_size_are_all_looked_at() -> None:
    """Each link makes the gradient ten times smaller; the smallest is spoiled."""
    depth = 20
    givens = [define("y_0", "x"), *(define(f"y_{k + 1}", f"y_{k}**2/20 + y_{k}/10") for k in range(depth))]
    steps = [step(f"s{depth - 1}", d(f"y_{depth}", f"y_{depth - 1}"), f"y_{depth - 1}/10 + 1/10")]
    for k in reversed(range(depth - 1)):
        factors = Product((d(f"y_{depth}", f"y_{k + 1}"), form(f"y_{k}/10 + 1/10")))
        steps.append(step(f"s{k}", d(f"y_{depth}", f"y_{k}"), line(factors)))
    right = Derivation("", givens=tuple(givens), steps=linked(steps))
    assert judge(right).verified is True
    wrong = Product((d(f"y_{depth}", "y_1"), form("y_0/10 + 1/9")))
    assert {fault.step for fault in judge(spoiled(right, "s0", wrong)).faults} == {"s0"}


def test_a_chain_whose_values_are_huge() -> None:
    assert judge(chain("relu", depth=120)).verified is True


def test_numbers_are_looked_at_where_they_are_given() -> None:
    right = chain("tanh")
    inputs = [value("y_0", "1/2"), *(value(f"w_{k}", f"{k}/10 - 1/4") for k in range(LAST))]
    valued = replace(right, givens=(*right.givens, *inputs))
    assert judge(valued).verified is True
    assert {fault.step for fault in judge(spoiled(valued, "w3")).faults} == {"w3"}


def test_only_exact_first_lines_without_assumptions_are_claims() -> None:
    right = chain("relu")
    assert set(gradient_claims(right.steps)) == {sym(f"y_{LAST}")}
    at_a_point = [replace(each, lines=(replace(each.lines[0], at=True),)) for each in right.steps]
    assert gradient_claims(at_a_point) == {}
