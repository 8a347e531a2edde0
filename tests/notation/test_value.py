"""Values of forms, against Python's fractions, math, numpy and scipy."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, special

from derive.notation.arrays import Array
from derive.notation.branches import Branches, Kinks
from derive.notation.build import column, number, scientific, sym
from derive.notation.connectives import CONNECTIVES
from derive.notation.decimals import decimal_of
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
    Frac,
    Hadamard,
    Indicator,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Shape,
    Sum,
    Text,
    Transpose,
    Tuple,
    Underbrace,
    symbols,
)
from derive.notation.meanings import MEANINGS
from derive.notation.reals import LogOfNothing, Undefined, reals
from derive.notation.text import read
from derive.notation.value import Evaluator, NoValue, approximate, evaluate, form_of

X = sym("x")
whole = st.integers(-50, 50)
rationals = st.fractions(min_value=-20, max_value=20, max_denominator=30)


def num(value: int | float | Fraction) -> Form:
    return number(value)


def mat(rows: np.ndarray | list[list[float]]) -> Matrix:
    return Matrix(tuple(tuple(num(float(x)) for x in row) for row in rows))


def floats(value: Array) -> np.ndarray:
    return np.array([float(x) for x in value.items]).reshape(value.shape)


def pool(name: str, k: int, s: int, p: int, image: Form) -> Call:
    return Call(name, (image,), params=(("k", num(k)), ("s", num(s)), ("p", num(p))))


Valued = tuple[Form, Fraction]


def positive_steps(inner: st.SearchStrategy[Valued]) -> list[st.SearchStrategy[Valued]]:
    """Forms of positive ones that are positive too: nothing cancels and nothing jumps in them."""
    pair = st.tuples(inner, inner)
    return [
        pair.map(lambda p: (Sum((p[0][0], p[1][0]), (False, False)), p[0][1] + p[1][1])),
        pair.map(lambda p: (Product((p[0][0], p[1][0])), p[0][1] * p[1][1])),
        inner.map(lambda p: (Power(p[0], Number("2")), p[1] ** 2)),
        inner.map(lambda p: (Underbrace(p[0], "label"), p[1])),
        inner.map(lambda p: (Fence("abs", p[0]), abs(p[1]))),
        pair.filter(lambda p: p[1][1] != 0).map(lambda p: (Frac(p[0][0], p[1][0]), p[0][1] / p[1][1])),
    ]


def all_steps(inner: st.SearchStrategy[Valued]) -> list[st.SearchStrategy[Valued]]:
    pair = st.tuples(inner, inner)
    return [
        *positive_steps(inner),
        pair.map(lambda p: (Sum((p[0][0], p[1][0]), (False, True)), p[0][1] - p[1][1])),
        inner.map(lambda p: (Neg(p[0]), -p[1])),
        inner.map(lambda p: (Fence("floor", p[0]), Fraction(math.floor(p[1])))),
        inner.map(lambda p: (Fence("ceil", p[0]), Fraction(math.ceil(p[1])))),
    ]


def with_value(
    leaf: st.SearchStrategy[Fraction], steps: Callable[[st.SearchStrategy[Valued]], list[st.SearchStrategy[Valued]]]
) -> st.SearchStrategy[Valued]:
    """A rational form with its value, computed beside it."""
    leaves = leaf.map(lambda q: (num(q), q))
    return st.recursive(leaves, lambda inner: st.one_of(steps(inner)), max_leaves=12)


@given(with_value(rationals, all_steps))
@settings(max_examples=150, deadline=None)
def test_rational_forms_have_exact_values(pair: Valued) -> None:
    form, expected = pair
    found = evaluate(form)
    assert isinstance(found, Fraction)
    assert found == expected


@given(with_value(rationals.map(lambda q: abs(q) + 1), positive_steps))
@settings(max_examples=100, deadline=None)
def test_a_float_is_near_the_value(pair: Valued) -> None:
    form, expected = pair
    assert math.isclose(approximate(form), expected, rel_tol=1e-14)


ORACLES = {
    "exp": math.exp,
    "log": lambda x: math.log(abs(x) + 1),
    "sigmoid": special.expit,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "erf": math.erf,
    "relu": lambda x: max(0.0, x),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "softplus": lambda x: float(np.logaddexp(0, x)),
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "sign": lambda x: math.copysign(1, x) if x else 0,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("x", [-2.5, -0.3, 0.0, 0.7, 3.25])
def test_functions_of_one_number(name: str, x: float) -> None:
    arg = num(abs(x) + 1) if name == "log" else num(x)
    assert float(evaluate(Call(name, (arg,)))) == pytest.approx(ORACLES[name](x), rel=1e-13, abs=1e-15)
    row = evaluate(Call(name, (Matrix(((arg, arg),)),)))
    assert floats(row) == pytest.approx(np.full((1, 2), ORACLES[name](x)), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Call("exp", (num(0),)), 1),
        (Call("log", (num(1),)), 0),
        (Call("sigmoid", (num(0),)), Fraction(1, 2)),
        (Call("tanh", (num(0),)), 0),
        (Call("cos", (num(0),)), 1),
        (Root(Frac(num(9), num(16))), Fraction(3, 4)),
        (Root(num(27), 3), 3),
        (Root(num(-8), 3), -2),
        (Power(num(4), Frac(num(1), num(2))), 2),
        (Power(num(0), num(0)), 1),
        (Power(num(2), num(-3)), Fraction(1, 8)),
        (Call("max", (num(0), num(-3), num(2))), 2),
        (Call("min", (num(0), num(-3), num(2))), -3),
        (Call("argmax", (Tuple((num(1), num(5), num(2))),)), 2),
        (Call("mean", (Tuple((num(1), num(5))),)), 3),
        (Call("dot", (Tuple((num(1), num(2))), Tuple((num(3), num(4))))), 11),
        (Fence("norm", Tuple((num(3), num(4)))), 5),
        (Indicator(Relation(">", num(2), num(0))), 1),
        (Indicator(Relation("≤", num(2), num(0))), 0),
        (BigSum(Power(sym("i"), num(2)), sym("i"), num(1), num(4)), 30),
        (BigSum(num(7), sym("i"), num(3), num(2)), 0),
        (At(Product((X, sym("y"))), ((X, num(3)), (sym("y"), num(5)))), 15),
        (Number("270690.50"), Fraction(541381, 2)),
    ],
)
def test_exact_values_stay_fractions(form: Form, expected: Fraction | int) -> None:
    found = evaluate(form)
    assert isinstance(found, Fraction)
    assert found == expected


def test_many_digits() -> None:
    assert str(evaluate(Call("exp", (num(1),)), digits=50)).startswith("2.7182818284590452353602874713526624977")


def test_forms_found_whole_in_the_environment_are_not_descended_into() -> None:
    slope, prime = Derivative(sym("L"), (X,)), Call("F", (X,), primes=1)
    env = {slope: Fraction(3), prime: Fraction(5), X: Fraction(2), Call("exp", (X,)): Fraction(7)}
    assert evaluate(Product((slope, prime, X)), env) == 30
    assert evaluate(Call("exp", (X,)), env) == 7
    assert evaluate(Call("exp", (num(0),)), env) == 1


def test_unknown_names_are_named_and_can_be_supplied() -> None:
    with pytest.raises(NoValue, match="symbol x") as error:
        evaluate(Sum((X, num(1)), (False, False)))
    assert error.value.form == X
    with pytest.raises(NoValue):
        evaluate(Call("F", (num(1),)))
    assert Evaluator(unknown=lambda form: Fraction(4)).value(Sum((X, num(1)), (False, False))) == 5


def test_indices_of_a_sum_are_put_into_names() -> None:
    env = {sym("x_1"): Fraction(3), sym("x_2"): Fraction(5)}
    assert evaluate(BigSum(Product((sym("i"), sym("x_i"))), sym("i"), num(1), num(2)), env) == 13


def test_cases_evaluate_only_the_branch_that_holds() -> None:
    form = Cases(((Frac(num(1), X), Relation("≠", X, num(0))), (num(9), None)))
    assert evaluate(form, {X: Fraction(0)}) == 9
    assert evaluate(form, {X: Fraction(2)}) == Fraction(1, 2)


@pytest.mark.parametrize(
    "form",
    [
        Frac(num(1), num(0)),
        Root(num(-2)),
        Power(num(-2), Frac(num(1), num(2))),
        Power(num(0), num(-1)),
        Power(num(9), Power(num(9), num(9))),
        Call("exp", (Power(num(10), num(30)),)),
        Sum((Call("log", (num(0),)), num(1)), (False, False)),
        Product((num(2), Call("log", (num(0),)))),
        BigSum(num(1), sym("i"), num(1), Power(num(10), num(9))),
        BigSum(num(1), sym("i"), num(1), Frac(num(1), num(2))),
        Cases(((num(1), Relation(">", num(0), num(1))),)),
        Relation("≈", num(1), num(1)),
        Product((mat([[1, 2]]), mat([[1, 2]]))),
        Sum((mat([[1, 2]]), mat([[1], [2], [3]]), mat([[1, 2, 3]])), (False, False, False)),
    ],
    ids=repr,
)
def test_what_has_no_value_says_so(form: Form) -> None:
    with pytest.raises(Undefined):
        evaluate(form)


@pytest.mark.parametrize("p", [Fraction(0), Fraction(-1)])
def test_zero_times_log_of_nothing_is_zero(p: Fraction) -> None:
    log = Call("log", (X,))
    assert evaluate(Product((num(0), log)), {X: p}) == 0
    assert evaluate(Product((log, Neg(num(0)))), {X: p}) == 0
    assert evaluate(Neg(Product((num(0), Neg(log)))), {X: p}) == 0
    assert isinstance(evaluate(log, {X: p}), LogOfNothing)
    masked = Hadamard((mat([[0, 1]]), Call("log", (Matrix(((X, num(1)),)),))))
    assert evaluate(masked, {X: p}) == Array((1, 2), (Fraction(0), Fraction(0)))


def test_depth_is_no_limit() -> None:
    form: Form = X
    for _ in range(5000):
        form = Sum((form, num(1)), (False, False))
    assert evaluate(form, {X: Fraction(2)}) == 5002


def test_text_and_relations() -> None:
    assert evaluate(Text("saddle")) == "saddle"
    assert evaluate(Relation("<", num(1), num(2))) is True
    assert evaluate(Relation("≥", num(1), num(2))) is False


# arrays

entries = st.integers(-9, 9)


def arrays_of(rows: int, columns: int) -> st.SearchStrategy[np.ndarray]:
    flat = st.lists(entries, min_size=rows * columns, max_size=rows * columns)
    return flat.map(lambda xs: np.array(xs, dtype=float).reshape(rows, columns))


@given(arrays_of(3, 2), arrays_of(2, 4), arrays_of(3, 4))
@settings(max_examples=30, deadline=None)
def test_matrix_arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    product = Sum((Product((num(2), mat(a), mat(b))), mat(c)), (False, True))
    assert (floats(evaluate(product)) == 2 * a @ b - c).all()
    assert (floats(evaluate(Transpose(product))) == (2 * a @ b - c).T).all()
    assert (floats(evaluate(Hadamard((mat(c), mat(c))))) == c * c).all()


@given(arrays_of(4, 3), arrays_of(1, 3), arrays_of(4, 1))
@settings(max_examples=20, deadline=None)
def test_a_bias_is_repeated(a: np.ndarray, row: np.ndarray, col: np.ndarray) -> None:
    for bias in (row, col):
        assert (floats(evaluate(Sum((mat(a), mat(bias)), (False, False)))) == a + bias).all()
        assert (floats(evaluate(Sum((mat(bias), mat(a)), (False, True)))) == bias - a).all()


def test_tuples_of_matrices_are_images_and_one_entry_is_a_number() -> None:
    image = evaluate(Tuple((mat([[1, 2]]), mat([[3, 4]]))))
    assert image.shape == (2, 1, 2)
    assert evaluate(Tuple((num(1), Tuple((num(1), num(2)))))) == (1, Array((2,), (1, 2)))
    assert evaluate(Product((Transpose(column((num(1), num(2)))), column((num(3), num(4)))))) == 11
    assert evaluate(Shape((num(8), num(8), num(5)))) == Array((3,), (8, 8, 5))
    assert floats(evaluate(Call("concat", (column((num(1),)), column((num(2), num(3))))))).tolist() == [[1], [2], [3]]
    assert evaluate(Call("flatten", (mat([[1, 2], [3, 4]]),))).shape == (4, 1)
    assert evaluate(Call("reshape", (mat([[1, 2], [3, 4]]), Tuple((num(1), num(4)))))).shape == (1, 4)


@given(arrays_of(5, 6), arrays_of(3, 2), st.integers(1, 3), st.integers(0, 2))
@settings(max_examples=25, deadline=None)
def test_convolution_is_a_cross_correlation(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> None:
    params = (("stride", num(stride)), ("padding", num(padding)))
    found = floats(evaluate(Call("conv2d", (mat(image), mat(kernel)), params=params)))
    expected = signal.correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]
    assert found == pytest.approx(expected)


def test_convolution_sums_over_channels_and_stacks_filters() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.integers(-5, 5, (2, 4, 4)), rng.integers(-5, 5, (3, 2, 2, 2))
    filters = Tuple(tuple(Tuple(tuple(mat(channel) for channel in kernel)) for kernel in w))
    found = floats(evaluate(Call("conv2d", (Tuple(tuple(mat(channel) for channel in x)), filters))))
    correlated = [[signal.correlate2d(x[c], w[o, c], mode="valid") for c in range(2)] for o in range(3)]
    assert (found == np.array(correlated).sum(axis=1)).all()


@given(arrays_of(4, 6), st.integers(1, 3), st.integers(1, 3), st.integers(0, 1))
@settings(max_examples=25, deadline=None)
def test_pooling(image: np.ndarray, k: int, s: int, p: int) -> None:
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, p), (k, k))[::s, ::s]
    assert floats(evaluate(pool("max_pool2d", k, s, p, mat(image)))) == pytest.approx(windows.max(axis=(2, 3)))
    assert floats(evaluate(pool("avg_pool2d", k, s, p, mat(image)))) == pytest.approx(windows.mean(axis=(2, 3)))


@given(arrays_of(3, 4))
@settings(max_examples=15, deadline=None)
def test_softmax_goes_over_a_vector_or_the_rows_of_a_matrix(z: np.ndarray) -> None:
    assert floats(evaluate(Call("softmax", (mat(z),)))) == pytest.approx(special.softmax(z, axis=1))
    assert floats(evaluate(Call("log_softmax", (mat(z[:1].T),)))) == pytest.approx(special.log_softmax(z[:1].T, axis=0))


def test_every_meaning_is_tried_somewhere() -> None:
    tried = {*ORACLES, "softmax", "log_softmax", "max", "min", "argmax", "sum", "mean", "dot", "concat", "flatten"}
    tried |= {
        "reshape",
        "conv2d",
        "max_pool2d",
        "avg_pool2d",
        "normal_cdf",
        "normal_pdf",
        "det",
        "diag",
        "windows",
        "flip",
    }
    tried |= {"field_size", "field_jump", "field_start", "field_whole"}  # with the receptive fields
    tried |= {"infinity", "columns", "eigmax"}  # below
    tried |= {"starts", "windows_over", "spread", "cells", "keras_kernel", "pytorch_kernel"}  # in test_counting
    tried |= set(CONNECTIVES)  # in test_logic
    tried |= {"batch", "eigmax", "eigmin"}  # in tests of training
    assert set(MEANINGS) <= tried


@pytest.mark.parametrize("entries", [[2], [1, -3], [0, 4, 5]])
def test_a_diagonal_matrix(entries: list[int]) -> None:
    found = evaluate(Call("diag", (column(map(num, entries)),)))
    assert floats(found) == pytest.approx(np.diag(entries))


INFINITY = Call("infinity")


def test_a_score_of_minus_infinity_has_no_share() -> None:
    row = Matrix(((num(1), Neg(INFINITY), num(3)),))
    found = floats(evaluate(Call("softmax", (row,))))
    assert found == pytest.approx(special.softmax([[1, -np.inf, 3]], axis=1))
    assert evaluate(Call("exp", (Neg(INFINITY),))) == 0
    assert evaluate(Relation("<", num(10**9), INFINITY)) is True


@given(arrays_of(3, 4), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_columns_of_a_matrix(a: np.ndarray, first: int, last: int) -> None:
    form = Call("columns", (mat(a),), params=(("first", num(first)), ("last", num(last))))
    if first > last:
        with pytest.raises(Undefined):
            evaluate(form)
    else:
        assert (floats(evaluate(form)) == a[:, first - 1 : last]).all()


@given(arrays_of(3, 2), arrays_of(3, 4))
@settings(max_examples=15, deadline=None)
def test_matrices_side_by_side(a: np.ndarray, b: np.ndarray) -> None:
    form = Call("concat", (mat(a), mat(b)), params=(("axis", num(1)),))
    assert (floats(evaluate(form)) == np.hstack([a, b])).all()


@given(arrays_of(4, 3))
@settings(max_examples=15, deadline=None)
def test_the_largest_eigenvalue(a: np.ndarray) -> None:
    found = evaluate(Call("eigmax", (mat(a.T @ a),)))
    assert float(found) == pytest.approx(np.linalg.eigvalsh(a.T @ a)[-1], abs=1e-9)
    for wrong in (a, np.triu(np.ones((3, 3)))):
        with pytest.raises(Undefined):
            evaluate(Call("eigmax", (mat(wrong),)))


@pytest.mark.parametrize("x", [-1.5, 0.0, 0.25])
def test_the_normal_law(x: float) -> None:
    assert float(evaluate(Call("normal_cdf", (num(x),)))) == pytest.approx(special.ndtr(x))
    assert float(evaluate(Call("normal_pdf", (num(x),)))) == pytest.approx(
        math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    )


@given(arrays_of(3, 3))
@settings(max_examples=20, deadline=None)
def test_determinants(a: np.ndarray) -> None:
    assert float(evaluate(Call("det", (mat(a),)))) == pytest.approx(np.linalg.det(a), abs=1e-9)


@given(arrays_of(3, 1))
@settings(max_examples=20, deadline=None)
def test_diagonals(a: np.ndarray) -> None:
    assert evaluate(Call("diag", (mat(a),))).items == evaluate(mat(np.diag(a[:, 0]))).items


# branches


@pytest.mark.parametrize(
    ("form", "base", "there", "replayed"),
    [
        (Call("relu", (X,)), -1, 2, 0),
        (Call("relu", (X,)), 1, -2, -2),
        (Call("relu", (X,)), 0, 5, 0),
        (Call("leaky_relu", (X,)), -1, 200, 2),
        (Fence("abs", X), -1, 2, -2),
        (Fence("floor", X), 3, 7, 3),
        (Call("sign", (X,)), -1, 2, -1),
        (Call("max", (num(0), X)), 0, 4, 0),
        (Call("max", (X, num(0))), 0, 4, 0),
        (Call("max", (X, num(3))), 5, 1, 1),
        (Call("min", (X, num(3))), 5, 1, 3),
        (Indicator(Relation(">", X, num(0))), 1, -1, 1),
        (Cases(((X, Relation(">", X, num(0))), (num(8), None))), 1, -1, -1),
        (Call("sum", (pool("max_pool2d", 2, 2, 1, Matrix(((X,),))),)), 0, 4, 0),
    ],
)
def test_branches_are_taken_again(form: Form, base: int, there: int, replayed: int) -> None:
    branches = Branches()
    Evaluator({X: Fraction(base)}, branches=branches).value(form)
    assert Evaluator({X: Fraction(there)}, branches=branches.again()).value(form) == replayed


@pytest.mark.parametrize(("tie", "winner"), [("first", 1), ("last", 2), ("padding", 1)])
def test_the_entry_that_wins_a_tie(tie: str, winner: int) -> None:
    pair = Call("argmax", (Tuple((num(3), num(3))),))
    assert Evaluator(branches=Branches(Kinks(tie=tie))).value(pair) == winner  # type: ignore[arg-type]


def test_the_slope_of_relu_at_zero_is_the_conventions() -> None:
    branches = Branches(Kinks(relu_at_zero=Fraction(1, 2)))
    relu = Call("relu", (X,))
    assert Evaluator({X: Fraction(0)}, branches=branches).value(relu) == 0
    assert Evaluator({X: Fraction(4)}, branches=branches.again()).value(relu) == 2


# printed decimals


@pytest.mark.parametrize(
    ("form", "value", "unit"),
    [
        (Number("1.750"), "1.75", "0.001"),
        (Neg(Number("0.4999")), "-0.4999", "0.0001"),
        (Number("26"), "26", "1"),
        (scientific("1.234", -4), "0.0001234", "0.0000001"),
        (Neg(scientific("5", 3)), "-5000", "1000"),
        (Power(Number("10"), Neg(Number("8"))), "0.00000001", "0.00000001"),
        (Underbrace(Number("0.5"), "half"), "0.5", "0.1"),
    ],
)
def test_printed_decimals(form: Form, value: str, unit: str) -> None:
    assert decimal_of(form) == (Fraction(value), Fraction(unit))


@pytest.mark.parametrize("form", [X, Frac(num(1), num(2)), Product((num(2), num(3))), Root(num(2))], ids=repr)
def test_other_forms_are_no_decimals(form: Form) -> None:
    assert decimal_of(form) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**6, places=4))
def test_decimals_show_their_value(decimal: object) -> None:
    shown = decimal_of(Number(str(decimal)))
    assert shown is not None
    assert shown[0] == evaluate(Number(str(decimal)))


@given(arrays_of(2, 3))
@settings(max_examples=10, deadline=None)
def test_a_value_can_be_written_again(a: np.ndarray) -> None:
    value = evaluate(mat(a))
    assert evaluate(form_of(value)) == value


def test_pi_is_a_number() -> None:
    assert symbols(read("pi*x + pi_1")) == {sym("x"): None, sym("pi_1"): None}
    assert float(evaluate(read("pi"))) == math.pi
    assert abs(evaluate(read("4*pi")) / 4 - reals(120).pi) < 10**-48


@pytest.mark.parametrize("name", ["sin", "cos"])
@pytest.mark.parametrize("twelfths", range(-13, 26))
def test_sine_and_cosine_at_multiples_of_pi(name: str, twelfths: int) -> None:
    value = evaluate(Call(name, (Frac(Product((number(twelfths), sym("pi"))), Number("12")),)))
    expected = getattr(math, name)(twelfths * math.pi / 12)
    assert float(value) == pytest.approx(expected, abs=1e-15)
    assert isinstance(value, Fraction) == (abs(2 * expected - round(2 * expected)) < 1e-12)


@pytest.mark.parametrize("text", ["sin(1e-40)", "cos(1.5707963267948966192)", "sin(0.52359877559829887307)"])
def test_what_is_no_multiple_of_pi_stays_what_it_is(text: str) -> None:
    assert evaluate(read(text)) not in (0, Fraction(1, 2), 1)
