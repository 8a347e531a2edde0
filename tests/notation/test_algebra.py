"""Collect, cancel, combine and expand: worth the same as before, and in the form that a person writes."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.errors import InputError
from derive.notation import source
from derive.notation.algebra import LONGEST, cancelled, combine, expand, tidy
from derive.notation.build import add, multiply, number, sym
from derive.notation.form import Form, Frac, Neg, Number, Power, Sum, Underbrace, walk
from derive.notation.length import is_longer, size
from derive.notation.reals import Undefined
from derive.notation.text import read
from derive.notation.value import evaluate

NAMES = ("p", "t", "x", "y")
names = st.sampled_from([sym(name) for name in NAMES])
numbers = st.integers(0, 4).map(number)
forms = st.recursive(
    st.one_of(names, numbers),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(add),
        st.lists(inner, min_size=2, max_size=3).map(multiply),
        st.tuples(inner, inner).map(lambda two: Sum(two, (False, True))),
        st.builds(Frac, inner, inner),
        st.builds(Power, inner, st.integers(0, 3).map(number)),
        inner.map(lambda arg: arg.arg if isinstance(arg, Neg) else Neg(arg)),
    ),
    max_leaves=10,
)
points = st.fixed_dictionaries({sym(name): st.fractions(-5, 5, max_denominator=7) for name in NAMES})


def value(form: Form, env: dict) -> Fraction:
    try:
        return evaluate(form, env)
    except Undefined:
        assume(False)
        raise


@pytest.mark.parametrize("change", [tidy, combine, expand])
def test_worth_is_kept(change):
    @settings(max_examples=50)
    @given(forms, points)
    def holds(form, env):
        before = value(form, env)
        assert value(change(form), env) == before

    holds()


@settings(max_examples=50)
@given(forms)
def test_tidying_twice_changes_nothing(form):
    once = tidy(form)
    assert tidy(once) == once


@settings(max_examples=50)
@given(forms, points)
def test_no_two_signs_and_no_lone_factors(form, env):
    value(form, env)
    for node in walk(tidy(form)):
        if isinstance(node, Neg):
            assert not isinstance(node.arg, Neg)
        if isinstance(node, Sum):
            assert not any(isinstance(term, (Neg, Sum)) for term in node.terms[1:])
            assert Number("0") not in node.terms


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x + x", "2*x"),
        ("x - x", "0"),
        ("1 - x**0", "0"),
        ("2*x*3", "6*x"),
        ("x*y*x", "x**2*y"),
        ("(p - t)/(p*(1 - p))*(p*(1 - p))", "p - t"),
        ("(p - t)/(t - p)", "-1"),
        ("-(p - t)", "t - p"),
        ("-(p - t)*x", "(t - p)*x"),
        ("0*log(x) + y", "y"),
        ("1*x", "x"),
        ("x**2*x**3", "x**5"),
        ("x/x", "1"),
        ("(x + y)*2 - 2*x", "2*y"),
        ("t/p + (1 - t)/(1 - p)", "t/p + (1 - t)/(1 - p)"),
        ("4*x**3 - 64*x", "4*x**3 - 64*x"),
        ("x*(1 + r)", "x*(1 + r)"),
        ("b*a", "b*a"),
        ("y*x/(x**2 + 1)", "y*x/(x**2 + 1)"),
        ("2*(y - t)/2", "y - t"),
        ("x/0", "x/0"),
        ("log(x)*x", "x*log(x)"),
        ("relu(x + x)", "relu(2*x)"),
    ],
)
def test_tidy(text, result):
    assert tidy(read(text)) == read(result)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("-(t/p) + (1 - t)/(1 - p)", "(p - t)/(p*(1 - p))"),
        ("1/x + 1/y", "(y + x)/(x*y)"),
        ("x + y", "x + y"),
        ("1/(1 + x) + 1", "(2 + x)/(1 + x)"),
        ("x/2 + x/3", "5*x/6"),
    ],
)
def test_combine(text, result):
    assert combine(read(text)) == read(result), source.write(combine(read(text)))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("(x + y)**2", "x**2 + 2*x*y + y**2"),
        ("(x - 1)*(x + 1)", "x**2 - 1"),
        ("x*(y + 2)", "x*y + 2*x"),
        ("(x + 1)**0", "1"),
        ("x*(y + 1) - x*y", "x"),
    ],
)
def test_expand(text, result):
    assert expand(read(text)) == read(result), source.write(expand(read(text)))


@pytest.mark.parametrize("text", ["(x + 1)**40*(x + 1)**40", "(x + 1)**65", "(x + y)*(x + 1)**64*(x + 1)"])
def test_high_powers_are_not_lost(text):
    form = read(text)
    for change in (tidy, combine, expand):
        assert evaluate(change(form), {sym("x"): Fraction(1, 2), sym("y"): Fraction(3)}) == evaluate(
            form, {sym("x"): Fraction(1, 2), sym("y"): Fraction(3)}
        )


def test_what_is_too_long_to_multiply_out_stays():
    form = read("(x + y + p + t + 1)**60")
    assert expand(form) == form
    fractions = read("(x + y + p + t + 1)**60/x + 1/x + 1/y")
    assert combine(fractions) == fractions


def test_what_nobody_would_read_is_refused():
    form = add(multiply([sym("x"), sym(f"w_{k}")]) for k in range(LONGEST))
    assert is_longer(form, LONGEST)
    assert not is_longer(form, 3 * LONGEST + 1)
    with pytest.raises(InputError, match="too long"):
        tidy(form)


def test_order_of_factors_may_be_said():
    assert tidy(read("x*2*y*p"), [sym("p"), sym("y")]) == read("2*p*y*x")


def test_braces_are_looked_through():
    assert tidy(add([sym("x"), Underbrace(sym("x"), "again")])) == read("2*x")


@pytest.mark.parametrize(
    ("factors", "gone"),
    [
        (("(p - t)/(p*(1 - p))", "p*(1 - p)"), "p*(1 - p)"),
        (("x", "y"), None),
        (("x/y", "y/x"), "x*y"),
        (("x**2", "1/x"), "x"),
    ],
)
def test_what_cancels(factors, gone):
    found = cancelled([read(factor) for factor in factors])
    assert found == (None if gone is None else read(gone))


def test_size_counts_nodes():
    assert size(read("x")) == 1
    assert size(read("2*x + sigmoid(y)")) == 6
