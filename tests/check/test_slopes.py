"""What differences can tell: slopes near a probability of 0 or 1, and targets that are distributions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.notation.build import column, number, sym
from derive.notation.form import Call, Derivative, Form, Matrix, Product
from derive.notation.text import read
from derive.record import Derivation, Given, Line, Step


def verdict(givens: list[Given], target: Form, *lines: str) -> bool | None:
    steps = (Step("slope", target, tuple(Line("=", read(text)) for text in lines)),)
    return judge(Derivation("", givens=tuple(givens), steps=steps)).verified


def define(name: str, text: str) -> Given:
    return Given(sym(name), read(text))


LOSS = "-(t*log(p) + (1 - t)*log(1 - p))"


@pytest.mark.parametrize("z", ["-60", "-200", "60", "200", "450"])
def test_the_slope_of_a_saturated_neuron(z: str) -> None:
    """σ(450) is 1 - 10⁻¹⁹⁵: a usual step sees no difference there, a fine one with more digits does."""
    givens = [define("p", "sigmoid(z)"), define("L", LOSS), Given(sym("z"), read(z), "value")]
    givens.append(Given(sym("t"), read("0.5"), "value"))
    by_p, by_z = (Derivative(sym("L"), (sym(name),)) for name in "pz")
    assert verdict(givens, by_p, "(p - t)/(p*(1 - p))", "-t/p + (1 - t)/(1 - p)") is True
    assert verdict(givens, by_z, "p - t") is True
    assert verdict(givens, by_p, "(p - t)/(p*(1 + p))") is not True
    assert verdict(givens, by_z, "p + t") is not True


def test_a_slope_that_is_zero_is_no_other_number() -> None:
    givens = [define("h", "relu(z)"), define("L", "h**2"), Given(sym("z"), read("-3"), "value")]
    assert verdict(givens, Derivative(sym("L"), (sym("z"),)), "0*z") is not True  # elsewhere it is 2z
    assert verdict(givens, Derivative(sym("L"), (sym("z"),)), "2*h*indicator(z > 0)") is True


SOFTMAX = [define("p", "softmax(z)"), define("L", "-dot(t, log(p))")]
BY_Z = Derivative(sym("L"), (sym("z"),))
ONE_HOT = Given(sym("t"), column((number(0), number(1), number(0))), "value")
LOGITS = Given(sym("z"), column((number(1), number(Fraction(1, 2)), number(-2))), "value")
SUM_OF_T = Given(Call("sum", (sym("t"),)), number(1))


def test_an_identity_of_distributions_needs_the_premise() -> None:
    givens = [*SOFTMAX, LOGITS, ONE_HOT]
    assert verdict(givens, BY_Z, "p*sum(t) - t") is True
    assert verdict(givens, BY_Z, "p - t") is False
    assert verdict([*givens, SUM_OF_T], BY_Z, "p*sum(t) - t", "p - t") is True
    assert verdict([*givens, SUM_OF_T], BY_Z, "p - 2*t") is False


def test_a_distribution_in_letters() -> None:
    letters = [Given(sym(name), column(sym(f"{name}_{k}") for k in (1, 2, 3))) for name in "zt"]
    assert verdict([*SOFTMAX, *letters], BY_Z, "p - t") is False
    assert verdict([*SOFTMAX, *letters, SUM_OF_T], BY_Z, "p - t") is True


def test_a_premise_that_is_not_so_is_a_fault() -> None:
    wrong = Given(sym("t"), column((number(1), number(1), number(0))), "value")
    assert verdict([*SOFTMAX, LOGITS, wrong, SUM_OF_T], BY_Z, "p*sum(t) - t") is False


@pytest.mark.parametrize("axis", [0, 1])
def test_distributions_of_several_examples(axis: int) -> None:
    """Rows add up by T 1 = 1, columns by 1 T = 1; each premise holds its own axis only."""
    two, three = Matrix(((number(1),) * 2,)), Matrix(((number(1),) * 3,))
    columns, rows = (Matrix(tuple((number(1),) for _ in range(n))) for n in (2, 3))
    total = Product((two, sym("T"))) if axis == 0 else Product((sym("T"), rows))
    right = three if axis == 0 else columns
    text = "[[1, 0, 0], [0, 1, 1]]" if axis == 0 else "[[1, 0, 0], [0, 0, 1]]"
    givens = [
        define("P", f"softmax(Z, axis={axis})"),
        define("L", "-sum(odot(T, log(P)))"),
        Given(sym("Z"), read("[[1, 2, -1], [0.5, 0, 3]]"), "value"),
        Given(sym("T"), read(text), "value"),
    ]
    by = Derivative(sym("L"), (sym("Z"),))
    assert verdict(givens, by, "P - T") is False
    assert verdict([*givens, Given(total, right)], by, "P - T") is True
