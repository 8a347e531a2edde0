"""What kernels do: the named ones of books, random ones decided twice, verdicts that are wrong."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.check.kernels import NONE, TESTS, does, names_of
from derive.check.lens import Lens
from derive.errors import InputError
from derive.network.effects import effect
from derive.notation import plain
from derive.notation.arrays import Array
from derive.notation.form import Text
from derive.questions.catalogue import question
from derive.record import Conventions

BOOK = {
    "identity": ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
    "shift one left": ([[0, 0, 0], [0, 0, 1], [0, 0, 0]], 1),
    "shift two right and one up": ([[0] * 5, [0] * 5, [1, 0, 0, 0, 0]], 1),
    "box blur": ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], "1/9"),
    "Gaussian blur": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], "1/16"),
    "weighted blur": ([[1, 1, 1], [1, 2, 1], [1, 1, 1]], "1/10"),
    "sharpening": ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
    "unsharp masking": ([[-1, -1, -1], [-1, 17, -1], [-1, -1, -1]], "1/9"),
    "emboss": ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], 1),
    "Laplacian": ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
    "Prewitt vertical edge detector": ([[1, 0, -1], [1, 0, -1], [1, 0, -1]], 1),
    "Sobel vertical edge detector": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
    "Sobel horizontal edge detector": ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "1/4"),
    "Scharr horizontal edge detector": ([[-3, -10, -3], [0, 0, 0], [3, 10, 3]], 1),
    "plain vertical edge detector": ([[-1, 1]], 1),
    "plain horizontal edge detector": ([[0, -1, 0], [0, 0, 0], [0, 1, 0]], 1),
    "vertical edge detector": ([[-1, 0, 1], [-5, 0, 5], [-1, 0, 1]], 1),
    "vertical line detector": ([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]], 1),
    "horizontal line detector": ([[1], [-2], [1]], 1),
    "Sobel diagonal edge detector": ([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]], 1),
    "Prewitt diagonal edge detector": ([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]], 1),
    "Roberts diagonal edge detector": ([[1, 0], [0, -1]], 1),
    "diagonal line detector": ([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]], 1),
    "none of the named kernels": ([[5, 5, 5], [-3, 0, -3], [-3, -3, -3]], 1),
}


def solved(**givens):
    return question("conv.effect", givens).solve(Conventions())


def verdict(derivation):
    (answer,) = derivation.answers
    return answer.form.text


@pytest.mark.parametrize("name", BOOK)
def test_named_kernels(name):
    kernel, scale = BOOK[name]
    derivation = solved(kernel=kernel, scale=scale)
    assert verdict(derivation) == name
    found = judge(derivation)
    assert found.verified is True, found.faults or found.undecided


@pytest.mark.parametrize("name", [name for name in BOOK if not name.startswith(("shift", "none"))])
@pytest.mark.parametrize("by", [-1, 3, Fraction(-1, 2)])
def test_up_to_scale_and_sign(name, by):
    kernel, scale = BOOK[name]
    assert verdict(solved(kernel=[[x * by for x in row] for row in kernel], scale=scale)) == name


def test_a_quarter_turn_exchanges_the_directions():
    for name, (kernel, scale) in BOOK.items():
        lying = verdict(solved(kernel=[list(row) for row in zip(*kernel[::-1], strict=True)], scale=scale))
        words = {"vertical": "horizontal", "horizontal": "vertical"}
        if not name.startswith("shift"):
            assert lying == " ".join(words.get(word, word) for word in name.split())


def test_row_tum_bp_p5e():
    derivation = solved(kernel=[[1, 0, -1]] * 3)
    assert "vertical edge detector" in verdict(derivation)
    texts = {step.name: [plain.write(line.form) for line in step.lines] for step in derivation.steps}
    assert texts["sum"][-1] == "0"
    assert texts["rows"] == ["[[0], [0], [0]]"]
    assert texts["factors"] == ["[[1], [1], [1]]·[[1, 0, -1]]"]


def test_true_convolution_turns_a_shift():
    kernel = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert verdict(solved(kernel=kernel)) == "shift one left"
    assert verdict(solved(kernel=kernel, flip=True)) == "shift one right"
    assert judge(solved(kernel=kernel, flip=True)).verified is True


def drawn(rng):
    """Kernels with some symmetry, so that each family occurs, and near misses of each."""
    n, m = rng.choice([(3, 3), (3, 3), (2, 2), (1, 3), (3, 1), (2, 3), (5, 5), (1, 2)])
    kernel = [[Fraction(rng.choice([-2, -1, 0, 0, 1, 2])) for _ in range(m)] for _ in range(n)]
    kind, square = rng.randrange(6), n == m
    if kind == 0:
        u, v = [rng.choice([0, 1, 1, 2, -1]) for _ in range(n)], [rng.choice([0, 1, -1, -2]) for _ in range(m)]
        kernel = [[Fraction(a * b) for b in v] for a in u]
    elif kind == 1 and square:
        for change in (lambda k: list(zip(*k, strict=True)), lambda k: [row[::-1] for row in k], lambda k: k[::-1]):
            kernel = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(kernel, change(kernel), strict=True)]
        kernel[n // 2][n // 2] -= sum(map(sum, kernel)) - rng.choice([0, 0, 1, 2])
    elif kind == 2:
        sign, turned = rng.choice([1, -1, -1]), [row[::-1] for row in kernel[::-1]]
        kernel = [[a + sign * b for a, b in zip(*rows, strict=True)] for rows in zip(kernel, turned, strict=True)]
        kernel[n // 2][m // 2] += rng.choice([0, 1])
    elif kind == 3:
        kernel = [[abs(x) for x in row] for row in kernel]
    elif kind == 4:
        kernel = [[-abs(x) for x in row] for row in kernel]
        kernel[n // 2][m // 2] -= sum(map(sum, kernel)) - rng.choice([0, 1])
        if square and rng.random() < 0.3:
            kernel = [[Fraction(-1)] * n for _ in range(n)]
            kernel[n // 2][n // 2] = Fraction(rng.choice([2, 1, 3]) * n * n - 1)
    elif square:
        kernel = [[Fraction((j > i) - (j < i)) * rng.choice([1, 1, 2]) for j in range(n)] for i in range(n)]
        kernel = kernel if rng.random() < 0.5 else [row[::-1] for row in kernel]
    return kernel


def test_sums_and_answers_to_patches_decide_alike():
    """The engine's algebra and the judge's test patches find the same one name, or none, for random kernels."""
    rng, met = random.Random(5), Counter()
    for _ in range(400):
        kernel = drawn(rng)
        if not any(any(row) for row in kernel):
            continue
        found = effect(tuple(map(tuple, kernel))).name
        lens = Lens(Array((len(kernel), len(kernel[0])), tuple(x for row in kernel for x in row)))
        (base,) = names_of(lens) or {NONE}
        assert found.endswith(base), kernel
        assert does(lens, found), kernel
        met[base.split()[0] if base.startswith("shift") else base] += 1
    rare = {"Gaussian blur", "vertical line detector", "horizontal line detector", "diagonal line detector"}
    assert set(met) >= {*TESTS, "shift", "identity", NONE} - rare


@pytest.mark.parametrize("name", BOOK)
def test_other_verdicts_are_refused(name):
    kernel, scale = BOOK[name]
    derivation = solved(kernel=kernel, scale=scale)
    *before, last = derivation.steps
    for other in BOOK:
        if other == name or name.endswith(f" {other}"):
            continue
        spoiled = replace(last, lines=(replace(last.lines[0], form=Text(other)),))
        assert judge(derivation.with_steps((*before, spoiled))).verified is False, other


def test_a_wrong_fact_is_refused():
    derivation = solved(kernel=[[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    wrong = solved(kernel=[[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    factors = next(step for step in wrong.steps if step.name == "factors")
    steps = tuple(factors if step.name == "factors" else step for step in derivation.steps)
    assert judge(derivation.with_steps(steps)).verified is False


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"kernel": [[0, 0]]}, "zeros"),
        ({"kernel": [[[1]], [[2]]]}, "one matrix"),
        ({"kernel": [["a"]]}, "numbers"),
        ({"kernel": [[1]], "scale": "k"}, "numbers, not k"),
    ],
)
def test_mistakes(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**givens)


def test_the_kernel_may_be_what_is_sought():
    derivation = solved(kernel=[[1, 0, -1]] * 3, sought="kernel")
    assert derivation.givens == ()
    kernel, effect = derivation.answers
    assert plain.write(kernel.form) == "[[1, 0, -1], [1, 0, -1], [1, 0, -1]]"
    assert effect.form.text == "Prewitt vertical edge detector"
    assert [step.name for step in derivation.steps if step.marks] == ["F", "effect"]
    assert [step.name for step in derivation.steps if any(line.boxed for line in step.lines)] == ["F", "effect"]
    assert judge(derivation).verified is True


def test_another_kernel_than_the_one_that_is_analysed_is_found():
    derivation = solved(kernel=[[1, 0, -1]] * 3, sought="kernel")
    first, *others = derivation.steps
    other = solved(kernel=[[1, 2, -1]] * 3, sought="kernel").steps[0]
    assert judge(derivation.with_steps((other, *others))).verified is False
    assert judge(derivation.with_steps((first, *others))).verified is True
