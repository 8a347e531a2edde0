"""The three-part line: what is printed is true from the numbers that are printed, under every rounding policy."""

from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.errors import InputError
from derive.notation import plain
from derive.notation.arrays import Array
from derive.notation.build import subtract, sym
from derive.notation.form import Call, Derivative, Matrix, Neg, Number, Product, symbols
from derive.notation.reals import Undefined
from derive.notation.rounding import as_fraction, unit_of
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.notation.working import folded, number_lines
from derive.notation.worksheet import Worksheet
from derive.record import Conventions, Rounding

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 50
NAMES = ("a", "b", "c")
FORMULAS = (
    "a*b + c", "a - b", "(a - b)*c", "a/(b + 10)", "-(a*log(b**2 + 1) + c)", "a*b*c", "sigmoid(a)", "a**2 - c/7",
    "sqrt(a**2 + b**2)", "a - 0.1*b/(sqrt(c**2) + 1e-8)", "exp(a/10) + b", "a*(1 - a)", "0.9*0 + 0.1*a", "(a + b)/3",
    "a",
)  # fmt: skip


@st.composite
def reals(draw):
    """Short decimals, long ones, thirds, and numbers with 50 digits."""
    kind = draw(st.sampled_from(["short", "long", "third", "real", "tiny"]))
    if kind == "short":
        return Fraction(draw(st.integers(-99, 99)), 10)
    if kind == "long":
        return Fraction(draw(st.integers(-(10**9), 10**9)), 10**8)
    if kind == "third":
        return Fraction(draw(st.integers(-40, 40)), 3)
    if kind == "tiny":
        return Fraction(draw(st.integers(1, 10**6)), 10**12)
    return CONTEXT.sqrt(CONTEXT.mpf(draw(st.integers(2, 10**4)))) / draw(st.integers(1, 30))


points = st.fixed_dictionaries({name: reals() for name in NAMES})


def lines_of(text, values, rounding):
    form = read(text)
    env = {sym(name): value for name, value in values.items()}
    try:
        value = evaluate(form, env)
    except Undefined:
        assume(False)
    return value, number_lines(form, value, env, rounding)


def worth(form):
    return as_fraction(evaluate(form, {}))


def check_printed(lines):
    """Each line without names, recomputed from its own numbers, gives the one below it to half a unit."""
    for line, after in pairwise(lines):
        if after.relation == "=":
            assert abs(worth(line.form) - worth(after.form)) <= Fraction(1, 10**30) * (1 + abs(worth(line.form)))
        else:
            unit = unit_of(after.form)
            assert unit is not None
            assert abs(worth(line.form) - worth(after.form)) <= unit / 2


@settings(max_examples=150)
@given(st.sampled_from(FORMULAS), points, st.integers(2, 6))
def test_carry_full_is_true_as_printed(text, values, digits):
    value, lines = lines_of(text, values, Rounding("carry-full", digits))
    check_printed(lines)
    last = lines[-1] if lines else None
    if last is not None:
        unit = unit_of(last.form)
        gap = abs(worth(last.form) - as_fraction(value))
        assert gap <= (unit / 2 if last.relation == "≈" else Fraction(1, 10**30) * (1 + abs(as_fraction(value))))


@settings(max_examples=100)
@given(st.lists(st.sampled_from(FORMULAS[:10]), min_size=2, max_size=4), points, st.integers(2, 5))
def test_carry_rounded_goes_on_with_what_it_printed(texts, values, digits):
    """A chain of steps: each starts from the digits that the step before printed."""
    rounding = Rounding("carry-rounded", digits)
    printed = {sym(name): Fraction(round(10 * float(value)), 10) for name, value in values.items()}
    sheet = Worksheet(Conventions(rounding), printed)
    for text in texts:
        form, target = read(text), sym("a")
        try:
            value = evaluate(form, sheet.env)
        except Undefined:
            assume(False)
        assume(abs(value) < 10**4)
        try:
            lines = sheet.numbers(target, form, value)
        except InputError:  # below 10^-900, as sigmoid(-2100)
            assume(False)
        check_printed(lines)
        if lines:
            assert sheet.env[target] == (worth(lines[-1].form) if lines[-1].relation == "≈" else value)


@settings(max_examples=60)
@given(st.sampled_from(FORMULAS), points)
def test_exact_rounds_nothing(text, values):
    value, lines = lines_of(text, values, Rounding("exact"))
    assert all(line.relation == "=" for line in lines)
    env = {sym(name): each for name, each in values.items()}
    for line in lines:
        assert abs(as_fraction(evaluate(line.form, env)) - as_fraction(value)) <= Fraction(1, 10**30) * (
            1 + abs(as_fraction(value))
        )
        assert line.at == bool(symbols(line.form))


@pytest.mark.parametrize(
    ("text", "values", "rounding", "printed"),
    [
        ("w*x + b", {"w": -2, "x": "3.5", "b": -2}, Rounding(), ["= (-2)·3.5 + (-2)", "= -9"]),
        ("1 - a", {"a": -3}, Rounding(), ["= 1 - (-3)", "= 4"]),
        ("a/b", {"a": 1, "b": 3}, Rounding(), ["= 1/3"]),
        ("a + b", {"a": "0.5", "b": "0.25"}, Rounding(), ["= 0.5 + 0.25", "= 0.75"]),
        ("a", {"a": "0.5"}, Rounding(), ["= 0.5"]),
        ("3", {}, Rounding(), []),
        ("a*b", {"a": "1.39728", "b": 2}, Rounding("carry-full", 4), ["= 1.39728·2", "= 2.79456"]),
        ("a**2", {"a": "0.02"}, Rounding(), ["= 0.02²", "= 4·10⁻⁴"]),
    ],
)
def test_by_hand(text, values, rounding, printed):
    _, lines = lines_of(text, {name: Fraction(value) for name, value in values.items()}, rounding)
    assert [f"{line.relation} {plain.write(line.form)}" for line in lines] == printed


def test_more_digits_where_a_line_needs_them():
    """1.397·2 is not 2.795: the operand is shown with more digits until the line is true."""
    third = evaluate(read("sqrt(1.95236)"), {})
    lines = number_lines(read("a*2"), third * 2, {sym("a"): third}, Rounding("carry-full", 4))
    check_printed(lines)
    assert len(plain.write(lines[0].form)) > len("1.397·2")


@pytest.mark.parametrize("c", [evaluate(read("sqrt(2)"), {}), Fraction(123456789, 10**8)], ids=["real", "long"])
def test_beside_rounded_operands_a_third_is_rounded(c):
    """The value is 1/3 whatever c is, but a line with a rounded c in it comes to no fraction that could be shown."""
    _, lines = lines_of("a - 0.1*b/(sqrt(c**2) + 1e-8)", {"a": Fraction(1, 3), "b": Fraction(0), "c": c},
                        Rounding("carry-full", 2))  # fmt: skip
    assert [line.relation for line in lines] == ["≈", "≈"]
    assert plain.write(lines[-1].form) == "0.33"
    check_printed(lines)


def test_infinity_beside_rounded_operands_is_not_rounded():
    """A score that a mask hides is -∞ in a matrix of decimals; each decimal is still true as printed."""
    scores = Array((1, 3), (Fraction(123456789, 10**9), Fraction(1, 3), Fraction(2)))
    mask = Array((1, 3), (Fraction(0), Fraction(0), CONTEXT.ninf))
    env = {sym("S"): scores, sym("M"): mask}
    form = read("4*S + M")
    lines = number_lines(form, evaluate(form, env), env, Rounding("carry-full", 4))
    assert lines[-1].form == Matrix(((Number("0.4938"), Number("1.333"), Neg(Call("infinity"))),))
    (shown, *_), (found, *_) = (evaluate(line.form, {}).items for line in lines)
    assert abs(shown - found) <= Fraction(5, 10**5)


def test_slopes_of_relu_have_values():
    """Beside an irrational operand the line of numbers has to be checked, with its ReLU' in it."""
    p, t = evaluate(read("sigmoid(1)"), {}), Fraction(1, 5)
    slope = Call("relu", (subtract(sym("p"), sym("t")),), 1)
    form = Product((slope, sym("p"), sym("t")))
    sheet = Worksheet(Conventions(), {sym("p"): p, sym("t"): t})
    assert abs(sheet.worth(form) - p * t) < 1e-40
    lines = sheet.numbers(sym("y"), form, p * t)
    assert [plain.write(line.form) for line in lines] == ["ReLU'(0.7311 - 0.2)·0.7311·0.2", "0.1462"]


@pytest.mark.parametrize("at_zero", [Fraction(0), Fraction(1, 2), Fraction(1)])
def test_slope_of_relu_at_zero_is_the_convention(at_zero):
    sheet = Worksheet(Conventions(relu_at_zero=at_zero), {sym("x"): Fraction(0)})
    assert sheet.worth(Call("relu", (sym("x"),), 1)) == at_zero


def test_derivatives_take_numbers_as_names_do():
    slope = Derivative(sym("L"), (sym("w"),))
    form = read("w - 0.1*diff(L, w)")
    env = {sym("w"): Fraction(2), slope: Fraction(-3)}
    lines = number_lines(form, evaluate(form, env), env, Rounding())
    assert [plain.write(line.form) for line in lines] == ["2 - 0.1·(-3)", "2.3"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("-(1*log(0.5) + 1*log(0.5))", "2*log(2)"), ("0*log(3) + 2*3", "6"), ("2*sqrt(2) + sqrt(2)", "3*sqrt(2)"),
        ("(1 + 2)*p + 0", "3*p"), ("sqrt(4)", "2"), ("exp(0)*x", "x"),
    ],
)  # fmt: skip
def test_folded(text, result):
    assert folded(read(text)) == read(result)
