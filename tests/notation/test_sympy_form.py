"""SymPy in and out: the same value both ways, and the form that a course would print."""

import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Derivative, Function, Heaviside, Matrix, Max, Min, Piecewise, Rational, cosh, exp, log, sqrt, tanh

from derive.errors import InputError
from derive.notation import plain, source
from derive.notation.form import At, Call, Cases, Form, Frac, Indicator, Number, Relation, Sum, Symbol, Text
from derive.notation.reals import Undefined
from derive.notation.sympy_form import from_sympy, to_sympy
from derive.notation.sympy_functions import COURSE_FUNCTIONS, leaky_relu, relu, sigmoid, softplus, step
from derive.notation.text import read
from derive.notation.value import Evaluator, evaluate

w, x, y, z, b, p, t, n = sympy.symbols("w x y z b p t n")
F = Function("F")


def printed(expr: object) -> str:
    return source.write(from_sympy(expr))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (x**4 - 32 * x**2 + y**4 - 18 * y**2, "x**4 - 32*x**2 + y**4 - 18*y**2"),
        (1 - p, "1 - p"),
        (t - p, "t - p"),
        (p * (1 - p), "p*(1 - p)"),
        (-(x**2) + 3 * x + 1, "-x**2 + 3*x + 1"),
        (1 - t + p, "p - t + 1"),
        (1 + exp(z), "1 + exp(z)"),
        (1 + F(x), "1 + F(x)"),
        ((p - t) / (p * (1 - p)), "(p - t)/(p*(1 - p))"),
        (t * log(p) + (1 - t) * log(1 - p), "t*log(p) + (1 - t)*log(1 - p)"),
        (-x / (2 * y), "-x/(2*y)"),
        (3 * x / 2, "(3*x)/2"),
        (sqrt(x) / 3, "sqrt(x)/3"),
        (1 / sqrt(x), "1/sqrt(x)"),
        (x ** Rational(3, 2), "x**(3/2)"),
        (x**-n, "x**(-n)"),
        (Rational(-7, 6), "-7/6"),
        (Rational(1, 2), "1/2"),
        (sympy.Float(0.1) * x, "0.1*x"),
        (-0.5 * x, "-0.5*x"),
        (0.25, "0.25"),
        (sympy.Float("0.1234567890123456789", 19), "0.1234567890123456789"),
        (sympy.Float("2.5e-30"), "2.5*10**(-30)"),
        (1 / (1 + exp(-z)), "sigmoid(z)"),
        (1 / (1 + exp(z)), "sigmoid(-z)"),
        (exp(z) / (1 + exp(z)), "sigmoid(z)"),
        (exp(-z) / (1 + exp(-z)) ** 2, "sigmoid(z)*(1 - sigmoid(z))"),
        (sympy.simplify(sympy.diff(1 / (1 + exp(-z)), z)), "sigmoid(z)*(1 - sigmoid(z))"),
        (x * sympy.diff(1 / (1 + exp(-w * x - b)), b), "x*sigmoid(b + w*x)*(1 - sigmoid(b + w*x))"),
        (sigmoid(z).diff(z), "sigmoid(z)*(1 - sigmoid(z))"),
        (1 / cosh(x) ** 2, "1 - tanh(x)**2"),
        (sympy.diff(tanh(w * x), w), "x*(1 - tanh(w*x)**2)"),
        (sympy.diff(log(1 + exp(z)), z), "sigmoid(z)"),
        (softplus(z).diff(z), "sigmoid(z)"),
        (Max(0, x), "relu(x)"),
        (Max(x, 2, y), "max(2, x, y)"),
        (Min(x, 1), "min(1, x)"),
        (Piecewise((x, x > 0), (0, True)), "relu(x)"),
        (Piecewise((0, x <= 0), (x, True)), "relu(x)"),
        (Heaviside(x), "indicator(x > 0)"),
        (sympy.sign(x), "sign(x)"),
        (sympy.Abs(x), "abs(x)"),
        (sympy.floor(x / 2), "floor(x/2)"),
        (leaky_relu(x, Rational(1, 5)), "leaky_relu(x, alpha=1/5)"),
        (sympy.Symbol("dL/dw") * x, "diff(L, w)*x"),
        (sympy.Symbol(r"\theta_{1}") + sympy.Symbol("σ"), "theta_1 + sigma"),
        (Matrix([[x, 1], [2, 1 - p]]), "[[x, 1], [2, 1 - p]]"),
        (sympy.Eq(x, 2), "x == 2"),
    ],
)
def test_course_form(expr, text):
    assert printed(expr) == text


def test_what_has_no_typed_text():
    assert from_sympy(step(x)) == Call("relu", (Symbol("x"),), 1)
    assert from_sympy(sympy.diff(F(x) + x, x)) == Sum((Number("1"), Call("F", (Symbol("x"),), 1)), (False, False))
    assert plain.write(from_sympy(F(2 * x + 1).diff(x))) == "2·F'(2·x + 1)"
    assert isinstance(from_sympy(Piecewise((x, x > 1), (2 * x, True))), Cases)
    assert isinstance(from_sympy(Piecewise((1, x > 1), (0, True))), Indicator)
    assert from_sympy(sympy.Integer(3)) == Number("3")
    assert from_sympy(Rational(1, 4)) == Frac(Number("1"), Number("4"))
    assert plain.write(from_sympy(sympy.Sum(x**n, (n, 1, 3)))) == "Σ(n=1..3) x^(n)"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (sympy.gamma(x), "gamma"),
        (sympy.zoo, "ComplexInfinity"),
        (sympy.I * x, "ImaginaryUnit"),
        (sympy.And(x > 0, y > 0), "And"),
        (sympy.MatrixSymbol("A", 2, 2), "MatrixSymbol"),
        (Matrix([]), "empty"),
        (sympy.Symbol("x'"), "x'"),
        ("x + 1", "str"),
        (True, "bool"),
        (float("nan"), "nan"),
        (Piecewise((x, (x > 0) & (x < 1)), (0, True)), "And"),
    ],
)
def test_what_cannot_be_written_is_named(value, named):
    with pytest.raises(InputError, match=named):
        from_sympy(value)


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("0.65*x", Rational(13, 20) * x),
        ("-(t*log(p) + (1-t)*log(1-p))", -(t * log(p) + (1 - t) * log(1 - p))),
        ("[[1, 2], [3, x]] @ [1, 2]", Matrix([5, 3 + 2 * x])),
        ("transpose([1, x]) @ [y, 1]", x + y),
        ("odot([1, 2], [x, y])", Matrix([x, 2 * y])),
        ("[x, y] + 1", Matrix([x + 1, y + 1])),
        ("softmax([0, x])", Matrix([1 / (1 + exp(x)), exp(x) / (1 + exp(x))])),
        ("mean([x, y])", (x + y) / 2),
        ("dot([1, 2], [x, y])", x + 2 * y),
        ("norm([3, 4])", 5),
        ("0*log(0)", 0),
        ("max(0, x)", Max(0, x)),
        ("sigmoid(0)", Rational(1, 2)),
        ("diff(L, w)*x", sympy.Symbol("dL/dw") * x),
        ("diff(F(x), x)", Derivative(F(x), x)),
        ("indicator(x > 0)", Piecewise((1, x > 0), (0, True))),
        ("x_1 + m_hat", sympy.Symbol("x_1") + sympy.Symbol("m_hat")),
    ],
)
def test_to_sympy(text, expr):
    assert to_sympy(read(text, functions={"F"})) == expr


def test_names_that_were_given_are_kept():
    real = sympy.Symbol("x1", real=True)
    assert to_sympy(read("x1**2"), {Symbol("x", "", ("1",)): real}) == real**2


def test_primes_and_evaluation():
    assert to_sympy(Call("relu", (read("2*x"),), 1)) == step(2 * x)
    assert to_sympy(Call("sigmoid", (read("x"),), 1)) == sigmoid(x) * (1 - sigmoid(x))
    assert from_sympy(to_sympy(Call("F", (read("2*x"),), 2))) == Call("F", (read("2*x"),), 2)
    assert to_sympy(At(read("x**2 + y"), ((Symbol("x"), Number("3")),))) == 9 + y


@pytest.mark.parametrize(
    "form",
    [
        Text("yes"),
        Call("relu"),
        Relation("≈", Number("1"), Number("1")),
        read("conv2d(x, y)"),
        At(read("diff(L, w)"), ((Symbol("w"), Number("1")),)),
        read("1/0"),
        read("0**(-1)"),
        read("diff(x**2, y)"),
        read("leaky_relu(x, beta=2)"),
    ],
)
def test_what_sympy_has_no_expression_for(form):
    with pytest.raises(InputError):
        to_sympy(form)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "2**(1000000/3)",
        "(2*x)**1000000",
        "exp(100000000*log(2))",
        "floor(exp(exp(exp(100))))",
        "exp(exp(exp(100))) > 1",
        "((x**9999)**9999)**9999",
        "max(exp(exp(exp(100))), 2)",
        "sqrt(10**20000 + 7)",
        "abs(exp(exp(exp(100))))",
        "sqrt(2)**100000",
        "sigmoid(exp(exp(exp(100))))",
        "sin(10**20000)",
    ],
)
def test_no_number_grows_without_limit(text):
    start = time.process_time()
    try:
        to_sympy(read(text))
    except InputError as error:
        assert "too large" in str(error)  # noqa: PT017
    assert time.process_time() - start < 1


def test_depth_is_no_limit():
    expr = x
    for _ in range(3000):
        expr = F(expr)
    assert to_sympy(from_sympy(expr)) is not None


# The same value, both ways

POINT = {"x": Rational(3, 7), "y": Rational(-5, 4)}
ENV: dict[Form, object] = {Symbol(name): Fraction(v.p, v.q) for name, v in POINT.items()}

numbers = st.fractions(-4, 4, max_denominator=6).map(lambda q: Rational(q.numerator, q.denominator))
X, Y = sympy.symbols("x y", real=True)
leaves = st.one_of(st.sampled_from([X, Y]), numbers)


def grown(inner: st.SearchStrategy) -> st.SearchStrategy:
    pairs = st.tuples(inner, inner)
    unary = [
        tanh,
        sigmoid,
        relu,
        softplus,
        sympy.Abs,
        lambda e: Max(0, e),
        lambda e: log(1 + e**2),
        lambda e: exp(-(e**2)),
        lambda e: 1 / (1 + exp(-e)),
        lambda e: sqrt(1 + e**2),
        sympy.sin,
        sympy.cos,
        sympy.sign,
    ]
    return st.one_of(
        pairs.map(lambda ab: ab[0] + ab[1]),
        pairs.map(lambda ab: ab[0] - ab[1]),
        pairs.map(lambda ab: ab[0] * ab[1]),
        st.tuples(inner, st.integers(-2, 3)).map(lambda ek: ek[0] ** ek[1]),
        st.tuples(st.sampled_from(unary), inner).map(lambda fe: fe[0](fe[1])),
        inner.map(lambda e: sympy.diff(e, X)),
    )


expressions = st.recursive(leaves, grown, max_leaves=8)


def numeric(expr: sympy.Basic) -> sympy.Float | None:
    """SymPy's own 30 digits, or None where there is no finite real value."""
    laws = {f: f.law for f in (*COURSE_FUNCTIONS.values(), step)}
    bare = expr.replace(lambda e: type(e) in laws, lambda e: laws[type(e)](*e.args))
    value = bare.subs({symbol: POINT[symbol.name] for symbol in bare.free_symbols}).evalf(30, strict=False)
    return value if value.is_real and value.is_finite else None


def slope(form: Form) -> Fraction | None:
    """The slope of ReLU, which a form by itself leaves open."""
    if isinstance(form, Call) and form.function == "relu" and form.primes == 1:
        return Fraction(Evaluator(ENV, unknown=slope).value(form.args[0]) > 0)
    return None


@settings(max_examples=120, deadline=None)
@given(expressions)
def test_a_form_is_worth_its_expression(expr):
    assume(not expr.has(sympy.DiracDelta, sympy.Derivative, sympy.Subs))
    right = numeric(expr)
    assume(right is not None and abs(right) < 10**12)
    form = from_sympy(expr)
    value = Evaluator(ENV, unknown=slope).value(form)
    assert close(value, right)
    again = numeric(to_sympy(form))
    assert again is not None
    assert close(value, again)


def close(value: object, right: sympy.Float) -> bool:
    left = Rational(value.numerator, value.denominator) if hasattr(value, "numerator") else sympy.Float(str(value), 30)
    return bool(abs(left - right) <= (1 + abs(right)) * sympy.Float("1e-13"))


texts = st.recursive(
    st.sampled_from(["x", "y", "2", "0.35", "3"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda abc: f"({abc[0]} {abc[1]} {abc[2]})"),
        st.tuples(
            st.sampled_from(["sigmoid", "tanh", "relu", "softplus", "gelu", "elu", "leaky_relu", "abs", "exp"]), inner
        ).map(lambda fa: f"{fa[0]}({fa[1]})"),
        inner.map(lambda a: f"-({a})"),
        inner.map(lambda a: f"({a})**2"),
        st.tuples(inner, inner).map(lambda ab: f"max({ab[0]}, {ab[1]})"),
    ),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None)
@given(texts)
def test_an_expression_is_worth_its_form(text):
    form = read(text)
    try:
        value = evaluate(form, ENV)
        expr = to_sympy(form)
    except (InputError, Undefined):
        assume(False)
    assume(abs(value) < 10**12)
    assert close(value, numeric(expr))
    assert close(value, numeric(to_sympy(from_sympy(expr))))


def test_pi_is_the_number_both_ways():
    assert to_sympy(read("2*pi")) == 2 * sympy.pi
    assert from_sympy(sympy.pi * x) == read("pi*x")
    with pytest.raises(InputError, match="pi is the number"):
        from_sympy(sympy.Symbol("pi"))
