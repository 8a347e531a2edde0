"""The claims how a loss goes and what a rate does: right words pass, all others do not."""

import pytest

from derive.check.judge import judge
from derive.notation.build import number
from derive.notation.form import Call, Symbol, Text
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import substituted
from derive.record import Derivation, Given, Line, Step

T = ("t",)
L, G, W = Symbol("L", sub=T), Symbol("g", sub=T), Symbol("w", sub=T)
BEFORE = Symbol("w", sub=("t-1",))
WORDS = (
    "falls and never rises", "falls but rises in 1 of 4 steps", "falls but rises in 2 of 4 steps",
    "does not fall and rises in 4 of 4 steps", "does not fall and rises in 2 of 4 steps", "stays where it is",
    "grows beyond all bounds by step 2", "grows beyond all bounds by step 3", "has no value after step 1",
    "has no value after step 2",
)  # fmt: skip


def premises(loss, start, step):
    """w_t by `step` of w_{t-1}, called v there, and its loss."""

    def at(form, name):
        return substituted(form, lambda part: name if part == Symbol("v") else None)

    return (
        Given(W, at(read(step), BEFORE)),
        Given(L, at(read(loss), W)),
        Given(Symbol("w", sub=("0",)), read(str(start)), "value"),
    )


def said(givens, words, last=4):
    target = Call("course", tuple(Symbol("L", sub=(str(k),)) for k in (0, last)))
    return judge(Derivation("", givens=givens, steps=(Step("course", target, (Line("=", Text(words)),)),))).verified


@pytest.mark.parametrize(
    ("loss", "start", "step", "right"),
    [
        ("v**2", 8, "v/2", "falls and never rises"),
        ("v**2", 1, "-2*v", "does not fall and rises in 4 of 4 steps"),
        ("v**2", 3, "-v", "stays where it is"),
        ("(v - 1)**2", 4, "5 - v", "does not fall and rises in 2 of 4 steps"),
        ("(v - 3)**2", 8, "5 - v/2", "falls but rises in 1 of 4 steps"),
        ("abs(v)", 2, "1 - v/2", "falls but rises in 2 of 4 steps"),
        ("v**2", 10, "v**8", "grows beyond all bounds by step 2"),
        ("log(v)", 2, "v - 1", "has no value after step 1"),
    ],
)
def test_how_a_loss_goes(loss, start, step, right):
    givens = premises(loss, start, step)
    found = [words for words in WORDS if said(givens, words) is True]
    assert found == [right]


def descent(loss, rate, words, at=((("x", 1), ("y", 2)))):
    givens = (Given(Symbol("L"), read(loss)), *(Given(parse_symbol(k), number(v), "value") for k, v in at),
              Given(parse_symbol("eta"), read(str(rate)), "value"))  # fmt: skip
    target = Call("descent", (Symbol("L"), *(parse_symbol(k) for k, _ in at), parse_symbol("eta")))
    return judge(Derivation("", givens=givens, steps=(Step("d", target, (Line("=", Text(words)),)),))).verified


RATES = ("converges", "converges with oscillation", "oscillates without end", "diverges")


@pytest.mark.parametrize(
    ("loss", "rate", "right"),
    [
        ("x**2 + y**2/4", "0.4", "converges"),
        ("x**2 + y**2/4", "0.5", "converges"),
        ("x**2 + y**2/4", "0.75", "converges with oscillation"),
        ("x**2 + y**2/4", "1", "oscillates without end"),
        ("x**2 + y**2/4", "1.001", "diverges"),
        ("x**2 + y**2 + x*y", "0.6", "converges with oscillation"),
        ("x**2 + y**2 + x*y", "2/3", "oscillates without end"),
        ("x**2 + y**2 + x*y", "0.7", "diverges"),
        ("x**2 - y**2", "0.1", "diverges"),
        ("(x + y)**2", "0.2", "converges"),
    ],
)
def test_what_a_rate_does(loss, rate, right):
    assert [words for words in RATES if descent(loss, rate, words) is True] == [right]


def test_no_bound_is_claimed_of_a_loss_that_is_not_quadratic():
    assert descent("x**4 + y**2", "0.1", "converges") is None
