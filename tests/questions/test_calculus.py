"""Questions about one expression: derivatives against SymPy, kinds of critical points against eigenvalues."""

import random
from fractions import Fraction

import numpy
import pytest
import sympy

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.calculus import draw_function
from derive.questions.catalogue import question
from derive.record import Conventions

X, Y = sympy.symbols("x y")
SYMPY = {"x": X, "y": Y, "sigmoid": lambda t: 1 / (1 + sympy.exp(-t))}
SYMPY |= {name: getattr(sympy, name) for name in ("log", "exp", "tanh", "sin", "cos", "sqrt")}


def solved(ask, **givens):
    derivation = question(ask, givens).solve(Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    return derivation


def as_sympy(text):
    """The drawn expressions are Python: only for text of this test's own making."""
    return eval(text, {"__builtins__": {}}, SYMPY)


@pytest.mark.parametrize("seed", range(30))
def test_gradients_as_sympy(seed):
    rng = random.Random(seed)
    text = draw_function(rng)
    derivation = solved("calculus.gradient", function=text, wrt=["x", "y"])
    point = {"x": Fraction(rng.randint(1, 9), 5), "y": Fraction(rng.randint(1, 9), 5)}
    for answer, symbol in zip(derivation.answers, (X, Y), strict=True):
        expected = sympy.diff(as_sympy(text), symbol).subs({s: sympy.Rational(point[s.name]) for s in (X, Y)})
        found = evaluate(answer.form, {parse_symbol(name): x for name, x in point.items()})
        assert float(found) == pytest.approx(float(expected.evalf(30)), rel=1e-12, abs=1e-14), text


@pytest.mark.parametrize("seed", range(20))
def test_hessians_as_sympy(seed):
    rng = random.Random(500 + seed)
    text = draw_function(rng)
    derivation = solved("calculus.hessian", function=text, wrt=["x", "y"])
    matrix = next(answer for answer in derivation.answers if answer.name == "H").form
    point = {"x": Fraction(rng.randint(1, 9), 7), "y": Fraction(rng.randint(1, 9), 7)}
    expected = sympy.hessian(as_sympy(text), (X, Y)).subs({s: sympy.Rational(point[s.name]) for s in (X, Y)}).evalf(30)
    env = {parse_symbol(name): x for name, x in point.items()}
    for i in range(2):
        for j in range(2):
            found = float(evaluate(matrix.rows[i][j], env))
            assert found == pytest.approx(float(expected[i, j]), rel=1e-11, abs=1e-12), (text, i, j)


def test_jacobian_has_a_row_for_each_output():
    """Outputs by rows, variables by columns; SymPy's jacobian has the same layout."""
    derivation = solved("calculus.jacobian", functions={"f": "x**2*y", "g": "x + sin(y)", "h": "y"}, wrt=["x", "y"])
    (answer,) = derivation.answers
    expected = sympy.Matrix([X**2 * Y, X + sympy.sin(Y), Y]).jacobian([X, Y])
    assert (len(answer.form.rows), len(answer.form.rows[0])) == expected.shape == (3, 2)
    env = {parse_symbol("x"): Fraction(3, 2), parse_symbol("y"): Fraction(1, 3)}
    for i in range(3):
        for j in range(2):
            value = expected[i, j].subs({X: sympy.Rational(3, 2), Y: sympy.Rational(1, 3)}).evalf(20)
            assert float(evaluate(answer.form.rows[i][j], env)) == pytest.approx(float(value), rel=1e-12, abs=1e-15)


def verdicts(derivation):
    return [answer.form.text for answer in derivation.answers if answer.kind == "verdict"]


@pytest.mark.parametrize("seed", range(15))
def test_kinds_as_the_eigenvalues_say(seed):
    rng = random.Random(seed)
    a, b, c = (rng.randint(-3, 3) for _ in range(3))
    derivation = solved("calculus.hessian", function=f"{a}*x**2 + {b}*x*y + {c}*y**2 + 0*x*y", classify=[[0, 0]])
    values = numpy.linalg.eigvalsh(numpy.array([[2 * a, b], [b, 2 * c]], dtype=float))
    up, down = (values > 1e-9).any(), (values < -1e-9).any()
    flat = (abs(values) <= 1e-9).any()
    expected = "saddle point" if up and down else "inconclusive" if flat else "local minimum" if up else "local maximum"
    assert verdicts(derivation) == [expected]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("x**4 + y**4", ["inconclusive"]),
        ("x**3", ["inconclusive"]),
        ("x**2 - y**4", ["inconclusive"]),
        ("x**2 + y**4", ["inconclusive"]),
        ("x**4", ["inconclusive"]),
        ("x**2 - y**2", ["saddle point"]),
        ("-x**2 - y**2 - z**2", ["local maximum"]),
        ("x**2 + y**2 - z**2", ["saddle point"]),
        ("(x - 1)**2*(x + 1)", ["local maximum", "local minimum"]),
        ("x**3 + y**3 - 3*x*y", ["saddle point", "local minimum"]),
        ("x*exp(-x)", ["local maximum"]),
    ],
)
def test_critical_points(text, kinds):
    assert sorted(verdicts(solved("calculus.critical_points", function=text))) == sorted(kinds)


def test_a_point_that_is_not_critical():
    derivation = solved("calculus.hessian", function="x**2 + y", classify=[[0, 0]])
    assert verdicts(derivation) == ["no critical point"]


def test_irrational_critical_points():
    assert verdicts(solved("calculus.critical_points", function="x**3/3 - 2*x")) == ["local minimum", "local maximum"]


def test_order_of_the_author_is_kept():
    """But that no line begins with a minus sign where another term can."""
    derivation = solved("calculus.gradient", function="y**3 - 2*x*y + 5*x", wrt=["x", "y"])
    assert [plain.write(answer.form) for answer in derivation.answers] == ["5 - 2·y", "3·y² - 2·x"]


def test_values_at_a_point():
    derivation = solved("calculus.derivative", function="log(1 + exp(x))", wrt="x", at={"x": 0})
    assert plain.write(derivation.answers[0].shown) in ("1/2", "0.5")


@pytest.mark.parametrize(
    ("ask", "givens", "says"),
    [
        ("calculus.gradient", {"function": "x**2*f"}, "give another name"),
        ("calculus.gradient", {"function": "3"}, "no variable"),
        ("calculus.gradient", {"function": "x*y", "at": {"x": 1}}, "no value for y"),
        ("calculus.hessian", {"function": "x*y", "classify": [[1]]}, "needs 2 values"),
        ("calculus.critical_points", {"function": "x + y"}, "no critical point"),
        ("calculus.critical_points", {"function": "sin(x)"}, "could not be found"),
        ("calculus.critical_points", {"function": "(x - y)**2"}, "could not be found"),
    ],
)
def test_mistakes(ask, givens, says):
    with pytest.raises(InputError, match=says):
        question(ask, givens).solve(Conventions())


def test_function_text_is_read_by_the_safe_reader():
    with pytest.raises(InputError):
        question("calculus.gradient", {"function": "__import__('os')"})
    assert read("x").base == "x"
