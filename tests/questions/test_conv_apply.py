"""Convolutions and poolings of numbers against torch, the rows of exams, what is refused, what the judge refuses."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import add, number
from derive.notation.form import Call, Matrix, Shape, Symbol, Tuple
from derive.notation.value import evaluate
from derive.questions.catalogue import question, question_type
from derive.record import Conventions

X = [[[1, -0.5], [2, -2]], [[-2, 1], [-1.5, 1]], [[1, 0], [0, 0]]]


def solved(ask, **givens):
    return question(ask, givens).solve(Conventions())


def rows(form):
    """A matrix, or a tuple of matrices, as nested lists of fractions."""
    if isinstance(form, Tuple):
        return [rows(item) for item in form.items]
    return [[evaluate(entry, {}) for entry in row] for row in form.rows]


def results(derivation):
    return [rows(answer.form) for answer in derivation.answers]


def texts(derivation, name):
    step = next(step for step in derivation.all_steps() if step.name == name)
    return [plain.write(line.form) for line in step.lines]


@pytest.mark.parametrize("kernel", [[1, 1, 1], [[[1]], [[1]], [[1]]], [[[[1]], [[1]], [[1]]]]])
def test_row_tum_bp_p5a_conv(kernel):
    derivation = solved("conv.apply", image=X, kernel=kernel)
    assert results(derivation) == [[[0, Fraction(1, 2)], [Fraction(1, 2), -1]]]
    assert judge(derivation).verified is True


def test_row_tum_bp_p5a_pool():
    """With zeros outside each window is max(0, v); where the outside never wins the last one is -1."""
    image = [[0, 0.5], [0.5, -1]]
    zeros = solved("pool.apply", image=image, padding=1)
    assert results(zeros) == [[[0, Fraction(1, 2)], [Fraction(1, 2), 0]]]
    never = solved("pool.apply", image=image, padding=1, outside="-inf")
    assert results(never) == [[[0, Fraction(1, 2)], [Fraction(1, 2), -1]]]
    assert judge(zeros).verified is judge(never).verified is True
    assert "the zeros count" in str(zeros.prompt)
    assert "never win" in str(never.prompt)


def test_every_product_of_one_output():
    givens = {"image": [[1, 2, 0], [0, 1, 3], [2, 1, 0]], "kernel": [[1, 0], [2, -1]], "bias": 0.5, "of": [2, 1]}
    derivation = solved("conv.apply", **givens)
    window, products, value = texts(derivation, "Z_2_1")
    assert window == "sum([[1, 0], [2, -1]] ⊙ [[0, 1], [2, 1]]) + 0.5"
    assert products == "1·0 + 0·1 + 2·2 + (-1)·1 + 0.5"
    assert value == "3.5"
    assert texts(derivation, "shape_Z") == ["(⌊(3 + 2·0 - 2)/1⌋ + 1) × (⌊(3 + 2·0 - 2)/1⌋ + 1)", "2 × 2"]


def test_true_convolution_turns_the_kernel():
    """An impulse gives the kernel itself under a convolution, and the turned one under a correlation."""
    impulse, kernel = [[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    convolved = solved("conv.apply", image=impulse, kernel=kernel, padding=1, flip=True)
    correlated = solved("conv.apply", image=impulse, kernel=kernel, padding=1)
    assert results(convolved) == [kernel]
    assert results(correlated) == [[row[::-1] for row in kernel[::-1]]]
    assert texts(convolved, "K") == ["flip(W)", "[[9, 8, 7], [6, 5, 4], [3, 2, 1]]"]
    assert "turned by 180°" in str(convolved.prompt)
    assert "not turned" in str(correlated.prompt)


@pytest.mark.oracle
@pytest.mark.parametrize("part", range(4))
def test_convolution_as_torch(part):
    torch = pytest.importorskip("torch")
    rng = random.Random(f"convolution {part}")
    for _ in range(25):
        givens = question_type("conv.apply").draw(rng)
        derivation = solved("conv.apply", **givens)
        for k, result in enumerate(results(derivation)):
            assert torch.equal(torch.tensor([[float(x) for x in row] for row in result]), expected(torch, givens, k))


def expected(torch, givens, k):
    """The output of filter k by torch, on an image that was padded by hand."""
    image = torch.tensor(givens["image"], dtype=torch.float64)
    image = image if image.dim() == 3 else image[None]
    weights = torch.tensor(givens["kernel"], dtype=torch.float64)
    weights = weights.reshape(-1, len(image), *weights.shape[-2:])
    weights = torch.flip(weights, (-2, -1)) if givens["flip"] else weights
    stride = givens["stride"] if isinstance(givens["stride"], list) else [givens["stride"]] * 2
    sides = [margins(givens["padding"], axis, image.shape[1 + axis], weights.shape[2 + axis], stride[axis],
                     givens["dilation"]) for axis in (0, 1)]  # fmt: skip
    padded = torch.nn.functional.pad(image, (*sides[1], *sides[0]))[None]
    found = torch.nn.functional.conv2d(padded, weights, stride=stride, dilation=givens["dilation"])[0, k]
    return (found + givens["bias"][k] if "bias" in givens else found).float()


def margins(padding, axis, size, kernel, stride, dilation):
    if padding == "valid":
        return (0, 0)
    if padding == "same":
        missing = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
        return (missing // 2, missing - missing // 2)
    each = padding[axis] if isinstance(padding, list) else padding
    return tuple(each) if isinstance(each, list) else (each, each)


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_as_torch(kind):
    torch = pytest.importorskip("torch")
    rng = random.Random(kind)
    for _ in range(60):
        k = (rng.randint(1, 3), rng.randint(1, 3))
        stride, padding = (rng.randint(1, 3), rng.randint(1, 3)), (rng.randint(0, k[0] // 2), rng.randint(0, k[1] // 2))
        size, channels, outside = (
            (rng.randint(3, 6), rng.randint(3, 6)),
            rng.randint(1, 2),
            rng.choice(["zero", "nothing"]),
        )
        image = torch.tensor([[[rng.randint(-9, 9) for _ in range(size[1])] for _ in range(size[0])]
                              for _ in range(channels)], dtype=torch.float64)  # fmt: skip
        derivation = solved("pool.apply", image=image.tolist(), kind=kind, kernel=k, stride=stride, padding=padding,
                            outside=outside)  # fmt: skip
        if kind == "max" and outside == "nothing":
            found = torch.nn.functional.max_pool2d(image, k, stride, padding)
        elif kind == "max":
            padded = torch.nn.functional.pad(image, (padding[1], padding[1], padding[0], padding[0]))
            found = torch.nn.functional.max_pool2d(padded, k, stride)
        else:
            found = torch.nn.functional.avg_pool2d(image, k, stride, padding, count_include_pad=outside == "zero")
        (result,) = results(derivation)
        result = result if channels > 1 else [result]
        assert torch.allclose(torch.tensor([[[float(x) for x in r] for r in c] for c in result]), found.float())


def test_ties_are_named():
    derivation = solved("pool.apply", image=[[3, 3, 1, 0], [0, 1, 2, 0]])
    assert len(derivation.remarks) == 1
    assert Symbol("Z", sub=("1", "1")) in derivation.remarks[0]
    assert not solved("pool.apply", image=[[3, 3, 1, 0], [0, 1, 2, 0]], kind="average").remarks


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"kernel": [[1, 2], [3]]}, "differ in length"),
        ({"kernel": [[1, [2]], [3, 4]]}, "list of numbers"),
        ({"kernel": [[[1]], [[1]]], "image": [[[1]], [[2]], [[3]]]}, "2 channel.s. meets an image of 3"),
        ({"kernel": [[1] * 5] * 5}, "larger than|does not fit"),
        ({"kernel": [["w"]]}, "numbers, not w"),
        ({"kernel": [[1]], "bias": [1, 2]}, "2 bias.es. for 1 filter"),
        ({"kernel": [[1]], "of": [4, 1]}, "of names no output"),
        ({"kernel": [[1]], "of": [1]}, "of names no output"),
        ({"kernel": [[1]], "stride": 0}, "stride"),
        ({"kernel": [[1]], "stride": [1, 2, 3]}, "one for rows and one for columns"),
        ({"kernel": [[1]], "padding": -1}, "padding"),
        ({"kernel": [[1]], "image": [[1] * 40] * 40}, "too large"),
        ({"kernel": []}, "empty"),
    ],
)
def test_mistakes(givens, says):
    with pytest.raises(InputError, match=says):
        solved("conv.apply", **{"image": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], **givens})


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"kernel": 5}, "larger than|does not fit"),
        ({"kind": "median"}, "max"),
        ({"kernel": 1, "padding": 1, "outside": "nothing"}, "padding alone"),
        ({"of": [9, 9]}, "of names no output"),
    ],
)
def test_mistakes_of_pooling(givens, says):
    with pytest.raises(InputError, match=says):
        solved("pool.apply", **{"image": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], **givens})


def changed(form):
    """The form with its first number, at any depth, one larger."""
    if isinstance(form, Matrix):
        return Matrix(((add([form.rows[0][0], number(1)]), *form.rows[0][1:]), *form.rows[1:]))
    if isinstance(form, Tuple):
        return Tuple((changed(form.items[0]), *form.items[1:]))
    if isinstance(form, Shape):
        return Shape((add([form.dims[0], number(1)]), *form.dims[1:]))
    return add([form, number(1)]) if not isinstance(form, Call) else None


@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("conv.apply", {"image": X, "kernel": [[[1, 2]], [[0, 1]], [[-1, 1]]], "bias": 2, "padding": 1, "flip": True}),
        ("conv.apply", {"image": X, "kernel": [[[[1]], [[1]], [[1]]], [[[2]], [[0]], [[1]]]]}),
        ("pool.apply", {"image": [[1, 3, 2], [5, 4, 1], [0, 2, 6]], "kind": ["max", "average"], "padding": 1}),
    ],
)
def test_no_spoiled_line_passes(ask, givens):
    derivation = solved(ask, **givens)
    assert judge(derivation).verified is True
    tried = 0
    for k, step in enumerate(derivation.steps):
        for n, line in enumerate(step.lines):
            form = changed(line.form)
            if form is None:
                continue
            lines = (*step.lines[:n], replace(line, form=form), *step.lines[n + 1 :])
            spoiled = (*derivation.steps[:k], replace(step, lines=lines), *derivation.steps[k + 1 :])
            tried += 1
            assert judge(derivation.with_steps(spoiled)).verified is False, (step.name, n)
    assert tried >= 6
