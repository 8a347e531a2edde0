"""The next form of a line; what is called settled must be what the algebra leaves as it is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derive.graph.course import course_form, is_settled
from derive.notation.algebra import cancelled, combine, tidy
from derive.notation.build import add, multiply, sym
from derive.notation.form import Call, Form, Frac, Neg, Number, Power, Sum
from derive.notation.length import size
from derive.notation.source import write
from derive.notation.text import read

ATOMS = st.sampled_from([sym("p"), sym("t"), sym("x_1"), Number("1"), Number("2"), Number("0.5"), Number("0")])


def grown(inner: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    some = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        some.map(add),
        some.map(multiply),
        inner.map(Neg),
        inner.map(lambda arg: Call("relu", (arg,))),
        st.tuples(inner, st.sampled_from("0123")).map(lambda pair: Power(pair[0], Number(pair[1]))),
        st.tuples(inner, inner).map(lambda pair: Frac(*pair)),
    )


FORMS = st.recursive(ATOMS, grown, max_leaves=8)


@given(FORMS)
@example(read("(p - t)*(t - p)"))
@example(read("(p - t)*x*(1 + x**2)*(x - 1)"))
def test_a_settled_form_is_left_alone_by_the_algebra(form):
    if is_settled(form):
        collected, combined = tidy(form), combine(form)
        assert size(collected) >= size(form)
        assert size(combined) >= size(collected)
        assert cancelled([form]) is None


@pytest.mark.parametrize("text", ["w*x + b", "(p - t)*x", "relu(w_1*h + y)*w_1", "x**2*y", "(p - t)*(w*x + v*y)"])
def test_settled(text):
    assert is_settled(read(text))
    assert course_form(read(text)) == (read(text), ())


@pytest.mark.parametrize(
    ("text", "course"),
    [("x + x + x", "3*x"), ("x*x*x", "x**3"), ("(p - t)*(t - p)", "-(p - t)**2"), ("relu(x + x + x)", "relu(3*x)"),
     ("0*x", "0"), ("-t/p + (1 - t)/(1 - p)", "(p - t)/(p*(1 - p))"), ("x - 2*y + x - y + x", "3*x - 3*y")],
)  # fmt: skip
def test_not_settled(text, course):
    assert not is_settled(read(text))
    assert write(course_form(read(text))[0]) == course


def test_a_sum_inside_a_sum_is_not_settled():
    assert not is_settled(Sum((read("x + y"), read("x")), (False, True)))
