"""Kernels for patterns: the crosses of an exam, every patch tried, wrong kernels and claims refused."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import number
from derive.notation.form import Call, Matrix
from derive.notation.value import evaluate
from derive.questions.catalogue import question, question_type
from derive.questions.convolution_design import INVERTED
from derive.record import Conventions

BLACK_X = [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
BLACK_PLUS = [[1, 0, 1], [0, 0, 0], [1, 0, 1]]


def solved(**givens):
    return question("conv.design", givens).solve(Conventions())


def kernel_of(derivation):
    return [[evaluate(entry, {}) for entry in row] for row in derivation.answers[0].form.rows]


def table(derivation):
    rows = next(step for step in derivation.steps if step.name == "answers").substeps
    return {plain.write(row.target): evaluate(row.lines[-1].form, {}) for row in rows}


def test_row_tum_bp_p5f():
    derivation = solved(pattern=BLACK_X, others={"A": BLACK_PLUS})
    assert kernel_of(derivation) == [[-1, 1, -1], [1, -1, 1], [-1, 1, -1]]
    assert evaluate(derivation.answers[1].form, {}) == 4
    answers = table(derivation)
    assert answers["dot(F, P)"] == 4
    assert answers["dot(-F, P)"] == -4
    assert answers["dot(-F, Q)"] == 5
    assert (answers["0·sum(F)"], answers["1·sum(F)"]) == (0, -1)
    assert judge(derivation).verified is True


def test_row_tum_bp_p5f_plus():
    derivation = solved(pattern=BLACK_PLUS)
    assert kernel_of(derivation) == [[1, -1, 1], [-1, -1, -1], [1, -1, 1]]
    assert judge(derivation).verified is True


def test_no_patch_answers_as_much():
    """All patches of random patterns, alphabets and weights, counted here once more."""
    rng = random.Random(1)
    for _ in range(30):
        givens = question_type("conv.design").draw(rng)
        derivation = solved(**givens)
        weights = [x for row in kernel_of(derivation) for x in row]
        pattern = tuple(x for row in givens["pattern"] for x in row)
        if len(pattern) > 12:
            continue

        def answer(patch, weights=weights):
            return sum((w * Fraction(x) for w, x in zip(weights, patch, strict=True)), Fraction(0))

        patches = product(sorted(set(givens["pixels"])), repeat=len(pattern))
        answers = sorted(((answer(patch), patch) for patch in patches), reverse=True)
        assert answers[0] == (evaluate(derivation.answers[1].form, {}), pattern)
        assert answers[1][0] < answers[0][0]


def spoiled(derivation, name, **changes):
    steps = tuple(replace(step, **changes) if step.name == name else step for step in derivation.steps)
    assert steps != derivation.steps
    return derivation.with_steps(steps)


def test_another_kernel_or_patch_is_refused():
    derivation = solved(pattern=BLACK_X)
    kernel, largest = derivation.steps[0], derivation.steps[2]
    other = replace(largest.lines[0], form=INVERTED)
    moved = tuple(step for step in derivation.steps if step.name == "Q")
    assert (
        judge(derivation.with_steps((derivation.steps[0], *moved, replace(largest, lines=(other,))))).verified is False
    )
    rows = [list(row) for row in kernel.lines[1].form.rows]
    rows[0][0] = number(1)
    lines = (kernel.lines[0], replace(kernel.lines[1], form=Matrix(tuple(map(tuple, rows)))))
    assert judge(spoiled(derivation, "F", lines=lines)).verified is False


@pytest.mark.parametrize("shape", [(3, 3), (5, 5)])
def test_a_patch_that_ties_is_not_the_strongest(shape):
    """A weight of 0 makes two patches answer alike; so it is for patches that are too many to be tried."""
    pattern = [[(i + j) % 2 for j in range(shape[1])] for i in range(shape[0])]
    derivation = solved(pattern=pattern)
    assert judge(derivation).verified is True
    largest = derivation.steps[2]
    rows = [list(row) for row in derivation.steps[0].lines[1].form.rows]
    rows[0][0] = number(0)
    target = Call("strongest", (Matrix(tuple(map(tuple, rows))),), 0, largest.target.params)
    assert judge(spoiled(derivation, "largest", target=target)).verified is False


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"pixels": [0, 0.5, 1], "pattern": [[0, 0.5]]}, "darkest and the brightest"),
        ({"pixels": [1, 1]}, "show no pattern"),
        ({"weights": [0, 1]}, "both signs"),
        ({"others": {"A": [[1, 0]]}}, "size of the pattern"),
        ({"others": {"P": BLACK_PLUS}}, "taken"),
        ({"others": [[1]]}, "mapping"),
        ({"pattern": [[[1]], [[1]]]}, "one matrix"),
        ({"pattern": [[0, 1] * 8] * 4}, "at most 49"),
    ],
)
def test_mistakes(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**{"pattern": BLACK_X, **givens})
