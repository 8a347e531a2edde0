"""Dropout by hand against NumPy and PyTorch: masks given and drawn, where the scale stands, and what is refused."""

import random
from fractions import Fraction

import numpy as np
import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.form import Symbol
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions
from derive.training.dropout import kept, uniform

CASES = 24


def solved(**givens):
    return question("dropout.forward", givens).solve(Conventions())


def output(derivation):
    (answer,) = derivation.answers
    return [float(x) for x in evaluate(answer.form, {}).items]


def given_value(derivation, letter):
    return next(given.form for given in derivation.givens if given.target == Symbol(letter))


@pytest.mark.parametrize("seed", range(CASES))
def test_outputs_against_numpy(seed):
    rng = np.random.default_rng(seed)
    x, mask = rng.integers(-8, 9, (2, 3)) / 4, rng.integers(0, 2, (2, 3))
    p, classic = float(rng.choice([0.125, 0.25, 0.5, 0.75])), bool(rng.integers(0, 2))
    more = {"scaling": "classic" if classic else "inverted"}
    trained = solved(x=x.tolist(), p=p, mask=mask.tolist(), **more)
    tested = solved(x=x.tolist(), p=p, mode="test", **more)
    assert output(trained) == pytest.approx((x * mask / (1 if classic else 1 - p)).flatten())
    assert output(tested) == pytest.approx((x * (1 - p if classic else 1)).flatten())


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(20))
def test_inverted_scaling_is_that_of_torch(seed):
    """The mask that PyTorch drew is read off its output; with it the same numbers come out."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    p = random.Random(seed).choice([0.25, 0.5, 0.75])
    x = torch.arange(1, 7, dtype=torch.float64).reshape(2, 3)
    theirs = torch.nn.functional.dropout(x, p, training=True)
    mine = solved(x=x.tolist(), p=p, mask=(theirs != 0).int().tolist())
    assert output(mine) == pytest.approx(theirs.flatten().tolist())


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_mask_is_the_printed_draw_against_p(seed):
    derivation = solved(x=[[1, 2], [3, 4]], p="1/3", seed=seed)
    assert judge(derivation).verified is True
    draws = evaluate(given_value(derivation, "U"), {}).items
    assert output(derivation) == pytest.approx(
        [1.5 * x * (u >= Fraction(1, 3)) for x, u in zip((1, 2, 3, 4), draws, strict=True)]
    )
    assert derivation == solved(x=[[1, 2], [3, 4]], p="1/3", seed=seed)


def test_draws_drop_as_often_as_p_says():
    entries = [u for seed in range(60) for u in evaluate(uniform(seed, (5, 5)), {}).items]
    assert sum(u < Fraction(1, 4) for u in entries) / len(entries) == pytest.approx(0.25, abs=0.03)
    draws = uniform(1, (2, 3))
    expected = [u >= Fraction(1, 4) for u in evaluate(draws, {}).items]
    assert [bool(x) for x in evaluate(kept(draws, Fraction(1, 4)), {}).items] == expected


@pytest.mark.parametrize(("scaling", "expected"), [("inverted", "x_1"), ("classic", "(1 - p)*x_1")])
def test_the_mean_over_the_mask_is_what_the_layer_gives_at_test_time(scaling, expected):
    from derive.notation.source import write

    derivation = solved(x=[2, -1], p=0.25, mask=[1, 0], scaling=scaling)
    (step,) = [step for step in derivation.steps if step.rule == "check"]
    assert write(step.lines[-1].form) == expected
    tested = solved(x=[2, -1], p=0.25, mode="test", scaling=scaling)
    assert evaluate(
        step.lines[-1].form, {Symbol("x", sub=("1",)): Fraction(2), Symbol("p"): Fraction(1, 4)}
    ) == Fraction(output(tested)[0])


SENTENCES = [
    ({"x": [1, 2], "p": 1, "mask": [0, 0]}, "p = 1 drops every input"),
    ({"x": [1, 2], "p": 1.5, "mask": [0, 0]}, "p must be a probability"),
    ({"x": [1, 2], "p": 0.5}, "give either the mask, or a seed"),
    ({"x": [1, 2], "p": 0.5, "mask": [1, 0], "seed": 1}, "give either the mask, or a seed"),
    ({"x": [1, 2], "p": 0.5, "mask": [1]}, "the mask must have the shape of x"),
    ({"x": [1, 2], "p": 0.5, "mask": [1, 2]}, "entries other than 1"),
    ({"x": [1, 2], "p": 0, "mask": [1, 0]}, "p = 0 keeps every input"),
    ({"x": [1, 2], "p": 1, "mask": [1, 0], "scaling": "classic"}, "p = 1 drops every input: the mask cannot be drawn"),
    ({"x": [1, 2], "p": 0.5, "mode": "test", "seed": 1}, "at test time nothing is dropped"),
    ({"x": 2, "p": 0.5, "mask": 1}, "x must be a list"),
    ({"x": [[1] * 7] * 6, "p": 0.5, "seed": 1}, "more than 36 entries"),
]


@pytest.mark.parametrize(("givens", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_what_does_not_fit_is_said_in_one_sentence(givens, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        solved(**givens)
    assert "\n" not in str(caught.value)
