"""The reader of typed expressions: what stands in the text stays, what cannot be read is said with its place."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import InputError, UnknownName
from derive.notation import source
from derive.notation.build import add, multiply, number, sym
from derive.notation.form import (
    Call,
    Derivative,
    Fence,
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
    Sum,
    Symbol,
    Transpose,
    Tuple,
)
from derive.notation.text import MAX_DEPTH, MAX_LENGTH, MAX_NESTING, MAX_PARTS, read

a, b, c, x = map(sym, "abcx")
ONE, TWO, THREE = map(number, (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x", x),
        ("0.650", Number("0.650")),
        ("007.50", Number("7.50")),
        (".5", Number("0.5")),
        ("1_000", Number("1000")),
        ("5.", Number("5")),
        ("1e-8", Power(Number("10"), Neg(Number("8")))),
        ("2.5e3", Product((Number("2.5"), Power(Number("10"), THREE)))),
        ("-3", Neg(THREE)),
        ("--3", Neg(Neg(THREE))),
        ("+3", THREE),
        ("a - b + c", Sum((a, b, c), (False, True, False))),
        ("a - (b - c)", Sum((a, Sum((b, c), (False, True))), (False, True))),
        ("1 - -3", Sum((ONE, Neg(THREE)), (False, True))),
        ("-a + b", Sum((Neg(a), b), (False, False))),
        ("(a + b) + c", Sum((Sum((a, b), (False, False)), c), (False, False))),
        ("b*a*c", Product((b, a, c))),
        ("(b*a)*c", Product((Product((b, a)), c))),
        ("b*(a*c)", Product((b, Product((a, c))))),
        ("-a*b", Neg(Product((a, b)))),
        ("(-a)*b", Product((Neg(a), b))),
        ("a*-b", Product((a, Neg(b)))),
        ("-a/b", Neg(Frac(a, b))),
        ("(-a)/b", Frac(Neg(a), b)),
        ("a/b*c", Product((Frac(a, b), c))),
        ("a/b/c", Frac(Frac(a, b), c)),
        ("a/(b*c)", Frac(a, Product((b, c)))),
        ("-a**2", Neg(Power(a, TWO))),
        ("(-a)**2", Power(Neg(a), TWO)),
        ("a**-2", Power(a, Neg(TWO))),
        ("a^b^c", Power(a, Power(b, c))),
        ("A @ b", Product((Symbol("A"), b))),
        ("sqrt(a)", Root(a)),
        ("abs(a)", Fence("abs", a)),
        ("floor(a/2) + 1", Sum((Fence("floor", Frac(a, TWO)), ONE), (False, False))),
        ("odot(a, b)", Hadamard((a, b))),
        ("diff(a, b, c)", Derivative(a, (b, c))),
        ("indicator(a > 0)", Indicator(Relation(">", a, number(0)))),
        ("a <= b", Relation("≤", a, b)),
        ("max(a, b)", Call("max", (a, b))),
        ("leaky_relu(a, alpha=0.1)", Call("leaky_relu", (a,), 0, (("alpha", Number("0.1")),))),
        ("[a, b]", Matrix(((a,), (b,)))),
        ("[[a, b], [c, 1]]", Matrix(((a, b), (c, ONE)))),
        ("(a, b)", Tuple((a, b))),
        ("a.T", Transpose(a)),
        ("transpose(a)", Transpose(a)),
        ("W[1, 2]", Symbol("W", sub=("1", "2"))),
        ("m_hat_1", Symbol("m", "hat", ("1",))),
        ("W__2", Symbol("W", sup="2")),
        ("lam", Symbol("lambda")),
        ("  a +\n b ", Sum((a, b), (False, False))),
    ],
)
def test_read(text, form):
    assert read(text) == form


def test_blocks_may_be_called_where_they_are_named():
    assert read("x + F(x)", functions={"F"}) == Sum((x, Call("F", (x,))), (False, False))
    with pytest.raises(UnknownName, match="unknown function 'F'"):
        read("x + F(x)")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("a + ", 4, "cannot be read"),
        ("a + sigmod(x)", 5, "did you mean sigmoid"),
        ("a + 'b'", 5, "not allowed"),
        ("  a + 'b'", 7, "not allowed"),
        ("a + b # + c", 7, "'#' is not allowed"),
        ("a + \\alpha", 5, "is not allowed"),
        ("2*π", 3, "is not allowed"),
        ("\U0001d431*1234567", 1, "is not allowed"),
        ("x\0", 2, "is not allowed"),
        ("9_" * 60 + "9", 1, "60 digits"),
        ("x^2*(y", 5, "never closed"),
        ("a + (b", 5, "never closed"),
        ("x^2 + x^3 + 'b'", 13, "not allowed"),
        ("x**2 + 'b'", 8, "not allowed"),
        ("a if b else c", 1, "conditional"),
        ("a + b % c", 5, "operator"),
        ("a < b < c", 1, "comparison"),
        ("a.real", 1, "attribute"),
        ("a[i]", 1, "index"),
        ("a[1.5]", 1, "index"),
        ("[[a, b], [c]]", 1, "differ in length"),
        ("[]", 1, "empty list"),
        ("()", 1, "fewer than two"),
        ("sqrt(a, b)", 1, "sqrt takes 1 argument"),
        ("odot(a)", 1, "odot takes 2 argument"),
        ("exp()", 1, "without an argument"),
        ("max(*a)", 1, "in a call"),
        ("max(**a)", 1, "in a call"),
        ("lambda", 1, "write lam"),
        ("2 + _x", 5, "is no name"),
        ("0x1F", 1, "the number 0x1F"),
        ("2j", 1, "not allowed"),
        ("1 +* 2", 4, "cannot be read"),
        ("True", 1, "not allowed"),
        ("(" * (MAX_NESTING + 1), MAX_NESTING + 1, "nested more than"),
        ("3 + " + "9" * 61, 5, "60 digits"),
    ],
)
def test_mistakes_are_placed(text, column, says):
    with pytest.raises(InputError) as caught:
        read(text)
    assert says in caught.value.message
    assert caught.value.place.column == column


@pytest.mark.parametrize("text", ["-" * MAX_DEPTH + "x", "sigmoid(" * 60 + "x" + ")" * 60, "/".join(["x"] * 60)])
def test_too_deep(text):
    with pytest.raises(InputError, match="nested too deeply: name its parts"):
        read(text)


def test_too_many_parts():
    with pytest.raises(InputError, match="parts: name some of them"):
        read("+".join(["x"] * MAX_PARTS))
    assert len(read("+".join(["x"] * (MAX_PARTS - 1))).terms) == MAX_PARTS - 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (MAX_LENGTH + 1)])
def test_nothing_and_too_much(text):
    with pytest.raises(InputError):
        read(text)


names = st.sampled_from([a, b, c, sym("w_1"), sym("m_hat"), sym("W__2"), sym("eps")])
numbers = st.from_regex(r"\A(0|[1-9][0-9]{0,4})(\.[0-9]{1,3})?\Z").map(Number)
forms = st.recursive(
    st.one_of(names, numbers),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(add),
        st.lists(inner, min_size=2, max_size=3).map(multiply),
        st.builds(Frac, inner, inner),
        st.builds(Power, inner, inner),
        st.builds(Root, inner),
        st.builds(lambda arg: Call("sigmoid", (arg,)), inner),
        st.builds(lambda one, other: Call("max", (one, other)), inner, inner),
        inner.map(lambda arg: arg.arg if isinstance(arg, Neg) else Neg(arg)),
    ),
    max_leaves=12,
)


@given(forms)
def test_what_is_typed_reads_back(form):
    assert read(source.write(form)) == form


@given(st.text(alphabet="abx01.+-*/^()[], =<>'_", max_size=25))
def test_random_text_is_read_or_refused(text):
    """Nothing but an error of this project, whatever is typed."""
    with suppress(InputError):
        read(text)
