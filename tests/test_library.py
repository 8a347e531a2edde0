"""What scripts call: SymPy in and out, answers and claims, graphs and exams as objects."""

import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

import derive
from derive import Conventions, Exam, Graph, InputError, Rounding, Solution, UnknownName, WrongMathematics, solve
from derive.library.givens import Givens
from derive.notation.build import number, sym
from derive.notation.form import Call, Matrix, Number, Shape, Symbol, Text, Tuple
from derive.notation.text import read
from derive.questions.claims import accepts
from derive.record import Answer, Derivation, Line, Step

NEURON = {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"}
AT = {"w": -2, "x": 3.5, "b": -2, "t": 0.5}
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def neuron() -> Solution:
    return Graph(NEURON).gradient("L", wrt=["w", "b"], at=AT)


# Names


def test_importing_the_package_imports_nothing_heavy():
    heavy = "{m for m in sys.modules if m.split('.')[0] in ('sympy', 'pydantic', 'mpmath', 'jinja2', 'numpy', 'typer')}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, derive; dir(derive); print({heavy})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_the_public_names_are_there():
    for name in derive.__all__:
        assert getattr(derive, name).__doc__
    assert set(derive.__all__) <= set(dir(derive))
    assert derive.__version__
    with pytest.raises(AttributeError):
        _ = derive.nothing_of_the_kind


# Solutions


def test_answers_are_exact_and_decimal(neuron):
    value = neuron.answers["w"].value
    p = 1 / (1 + sympy.exp(sympy.Integer(9)))
    assert abs((value - (p - sympy.Rational(1, 2)) * sympy.Rational(7, 2)).evalf(40)) < 1e-35
    assert neuron.answers["w"].decimal == pytest.approx(float(value))
    assert float(neuron.answers["b"]) == pytest.approx(-0.4998766)
    assert list(neuron.answers) == ["w", "b"]
    assert neuron.verified is True
    assert neuron.faults == ()


def test_a_wrong_name_is_answered_with_the_known_ones(neuron):
    with pytest.raises(UnknownName, match="Known: b, w"):
        neuron.answers["q"]
    assert "q" not in neuron.answers
    assert neuron.answers.get("q") is None


def test_the_prints(neuron, tmp_path):
    assert "cancel p·(1 - p)" in str(neuron)
    assert neuron.latex().startswith("\\begin{align*}")
    assert neuron.latex(document=True).startswith("\\documentclass") or "\\documentclass" in neuron.latex(document=True)
    assert len(neuron.text(3)) >= len(neuron.text(1))
    assert "\\begin{align*}" in neuron._repr_latex_()
    assert "\\why" not in neuron._repr_latex_()
    data = json.loads(neuron.json())
    assert data["verified"] is True
    assert data["answers"]["w"]["decimal"] == pytest.approx(-1.7495681)
    path = neuron.pdf(tmp_path / "sheet.pdf", engine="typst")
    assert path.read_bytes().startswith(b"%PDF")


def test_what_is_not_verified_is_refused(tmp_path):
    step = Step("a", sym("a"), (Line("=", read("1 + 1")), Line("=", Number("3"))))
    wrong = Solution(Derivation("wrong", steps=(step,), answers=(Answer("a", "integer", Number("3"), label=sym("a")),)))
    assert wrong.verified is False
    assert wrong.faults
    assert str(wrong).startswith("Not verified")
    assert "Not verified" in wrong._repr_latex_()
    with pytest.raises(WrongMathematics):
        wrong.latex()
    with pytest.raises(WrongMathematics):
        wrong.pdf(tmp_path / "wrong.pdf")
    assert list(tmp_path.iterdir()) == []
    assert "3" in wrong.latex(force=True)


def test_conventions_are_followed():
    said = Conventions(Rounding("carry-full", 7))
    answer = solve("graph.forward", conventions=said, graph=NEURON, at=AT, of=["p"]).answers["p"]
    assert str(answer) == "1.233946·10⁻⁴"


def test_mistakes_name_the_given():
    with pytest.raises(UnknownName, match=r"network\.output_shape"):
        solve("network.output_shap")
    with pytest.raises(InputError, match="'wrt' is missing"):
        solve("graph.gradient", graph=NEURON, of="L")
    with pytest.raises(InputError, match=r"function.*gamma"):
        solve("calculus.derivative", function=sympy.gamma(sympy.Symbol("x")))
    with pytest.raises(InputError, match="nan"):
        solve("graph.forward", graph=NEURON, at={**AT, "w": float("nan")})


# Givens


def test_givens_from_python_numpy_and_sympy():
    x = sympy.Symbol("x_1", positive=True)
    plain = Givens().plain
    assert plain(0.65) == 0.65
    assert type(plain(np.float64(0.1))) is float
    assert plain(np.float32(0.1)) == 0.1
    assert plain(np.array([[0.1, 2.5]], dtype="float32")) == [[0.1, 2.5]]
    assert plain(np.arange(3)) == [0, 1, 2]
    assert plain(Decimal("0.10")) == Number("0.1")
    assert plain((1, [2, x])) == [1, [2, sym("x_1")]]
    assert plain({x: sympy.Rational(1, 3)}) == {"x_1": read("1/3")}
    assert plain(sympy.Matrix([[1, 2]])) == Matrix(((Number("1"), Number("2")),))


def test_two_symbols_of_one_name_are_refused():
    with pytest.raises(InputError, match="one name"):
        Givens().plain(sympy.Symbol("x1") + sympy.Symbol("x_1"))


# Claims


def answer(kind: str, form: object, shown: object = None, **more: object) -> Answer:
    return Answer("a", kind, form, shown, **more)  # type: ignore[arg-type]


P, T, X = sympy.symbols("p t x")
FULL, EXACT = Rounding("carry-full", 4), Rounding("exact")


@pytest.mark.parametrize(
    ("right", "claims", "wrong"),
    [
        (
            answer("number", read("7/6"), read("1.167")),
            [1.167, "7/6", Fraction(7, 6), sympy.Rational(7, 6), "1.1666667"],
            [1.17, 1.1672, -1.167, "x", [1, 2]],
        ),
        (
            answer("number", read("exp(-9)"), read("1.234*10**(-4)")),
            ["exp(-9)", 1.234e-4, sympy.exp(-9), "1.2341e-4"],
            [0, 1.2e-4, 1.235e-4],
        ),
        (answer("number", number("0.65")), [0.65, "13/20", np.float32(0.65)], [0.651, 0.6]),
        (answer("number", number("-96")), [-96, "-96", "2*(-48)", -96.0], [96, -96.1]),
        (answer("number", number(100), tolerance=Fraction(1, 20)), [104, 96.0], [106, 90]),
        (answer("integer", number(16)), [16, "16", 16.0, sympy.Integer(16)], [15.9999, 17]),
        (
            answer("shape", Shape((Number("8"), Number("8"), Number("5")))),
            ["8x8x5", "8 × 8 × 5", (8, 8, 5), [8, 8, 5], "(8, 8, 5)"],
            ["8x5x8", [8, 8], 320],
        ),
        (
            answer("matrix", read("[[1/3, 2], [3, 4]]")),
            [
                [[0.3333, 2], [3, 4]],
                np.array([[1 / 3, 2], [3, 4]]),
                sympy.Matrix([[sympy.Rational(1, 3), 2], [3, 4]]),
                "[[1/3, 2], [3, 4]]",
            ],
            [[[0.3333, 3], [2, 4]], [1, 2, 3, 4], 1],
        ),
        (answer("matrix", read("[1, 2]")), [[1, 2], [[1], [2]], "[1, 2]"], [[2, 1], [1, 2, 3]]),
        (
            answer("expression", read("(p - t)*x")),
            ["x*(p - t)", "p*x - t*x", P * X - T * X],
            ["(t - p)*x", "p - t", 3, "(p - t)*y"],
        ),
        (
            answer("expression", read("1 + F(x)*diff(L, w)", {"F"})),
            ["diff(L, w)*F(x) + 1"],
            ["F(x) + diff(L, w)", "1 + F(2*x)*diff(L, w)"],
        ),
        (answer("expression", read("log(x - 2) - log(x - 2) + x")), [], ["x"]),
        (
            answer("matrix", read("[[12*x**2, 0], [0, y]]")),
            ["[[3*x*4*x, 0], [0, y]]"],
            ["[[12*x**2, 0], [0, x]]", "12*x**2"],
        ),
        (
            answer("points", Tuple((read("(0, 0)"), read("(4, 3)")))),
            [[(4, 3), (0, 0)], "((0, 0), (4, 3))"],
            [[(0, 0)], [(0, 0), (3, 4)], [(0, 0), (0, 0)]],
        ),
        (answer("points", read("2")), [2, [2]], [[2, 3], 3]),
        (answer("verdict", Text("local minimum")), ["Local  minimum", "local minimum."], ["local maximum", "minimum"]),
    ],
)
def test_claims(right, claims, wrong):
    for claim in claims:
        assert accepts(right, Givens().plain(claim), FULL), claim
    for claim in wrong:
        assert not accepts(right, Givens().plain(claim), FULL), claim


def test_slopes_are_known_in_claims():
    x = Symbol("x")
    assert accepts(answer("expression", Call("relu", (x,), 1)), "indicator(x > 0)", FULL)
    assert accepts(answer("expression", Call("F", (x,), 1)), "diff(F(x), x)", FULL)
    assert not accepts(answer("expression", Call("F", (x,), 1)), "F(x)", FULL)


def test_the_policy_decides_how_close_is_right():
    right = answer("number", read("7/6"), read("1.167"))
    assert accepts(right, 1.17, Rounding("carry-full", 3))
    assert not accepts(answer("number", read("7/6")), 1.167, EXACT)
    assert accepts(answer("number", read("7/6")), "1 + 1/6", EXACT)
    carried = answer("number", read("2/3"), read("0.6666"))
    assert accepts(carried, 0.6666, Rounding("carry-rounded", 4))
    with pytest.raises(InputError):
        accepts(right, "__import__('os')", FULL)
    with pytest.raises(InputError):
        accepts(right, {"a": 1}, FULL)


# Graphs


def test_a_graph_gives_its_expressions():
    g = Graph(NEURON)
    w, x, b, z, p, t = sympy.symbols("w x b z p t")
    assert g.definitions == ("z", "p", "L")
    assert g.inputs == ("w", "x", "b", "t")
    assert g.node("z").expr == w * x + b
    assert sympy.diff(g.node("p").expr, z) == g.node("p").expr * (1 - g.node("p").expr)
    assert g.node("p").parents == ("z",)
    assert g.node("p").expanded.args == (w * x + b,)
    assert g.gradient_expr("L", "w") == x * (p - t)
    assert g.gradient_expr("L", ["b", t])[0] == p - t
    with pytest.raises(UnknownName):
        g.node("q")


def test_expressions_of_sympy_come_back_in_their_own_symbols():
    x, y = sympy.symbols("x1 y", real=True)
    g = Graph.from_expr(x**4 - 32 * x**2 + y**4 - 18 * y**2)
    assert g.node("v_1").expr == x**2
    assert g.node("f").expanded == x**4 - 32 * x**2 + y**4 - 18 * y**2
    forward = g.forward(at={x: 2, y: 2})
    assert [forward.answers[f"v_{k}"].value for k in range(1, 7)] == [4, 16, 128, 4, 16, 72]
    assert forward.answers["f"].value == -168
    gradient = g.gradient("f", wrt=[x, y], at={x: 2, y: 2})
    assert [each.value for each in gradient.answers.values()] == [-96, -40]
    assert gradient.verified
    assert g.hessian("f", wrt=[x, y]).answers["H"].value == sympy.hessian(x**4 - 32 * x**2 + y**4 - 18 * y**2, (x, y))
    assert g.derivative("f", wrt=x).answers["x_1"].accepts(4 * x**3 - 64 * x)


def test_critical_points_and_jacobian():
    g = Graph.from_expr("x**2 + y**2 - 2*x*y + y**3")
    points = g.critical_points("f")
    assert points.verified
    assert points.answers["points"].accepts([(0, 0)])
    j = Graph({"u": "x*y", "v": "x + y"}).jacobian(["u", "v"], wrt=["x", "y"])
    x, y = sympy.symbols("x y")
    assert j.answers["J"].value == sympy.Matrix([x * y, x + y]).jacobian([x, y])
    assert j.verified


def test_blocks_may_be_named_or_given_a_derivative():
    named = Graph({"H": "x + F(x)"}, blocks=["F"]).gradient("H", "x")
    x = sympy.Symbol("x")
    assert named.answers["x"].value == 1 + sympy.Function("F")(x).diff(x)
    assert named.verified
    given = Graph({"H": "x + F(x)"}, blocks={"F": "r"}).gradient("H", "x")
    assert given.verified
    with pytest.raises(InputError, match="derivative of the block F"):
        Graph({"H": "F(x) + F(y)"}, blocks=["F"]).gradient("H", "x")


def test_arrays_go_in_as_they_are():
    g = Graph({"Z": "W @ x", "s": "sum(Z)"})
    at = {"W": np.array([[1, 2], [3, 4]]), "x": [0.5, -1]}
    forward = g.forward(at=at)
    assert np.allclose(forward.answers["Z"].decimal, at["W"] @ np.array([[0.5], [-1]]))
    assert forward.answers["s"].accepts(-4)
    assert forward.verified
    images = Graph({"Z": "conv2d(X, K)"}, shapes={"X": (2, 2), "K": (1, 1)})
    assert images.node("Z").expr.shape == (2, 2)
    assert images.node("Z").expr[0, 1] == sympy.Symbol("K_1_1") * sympy.Symbol("X_1_2")


def test_expansion_is_bounded():
    chain = {f"y{k + 1}": f"y{k}*y{k} + y{k}" for k in range(1, 40)}
    with pytest.raises(InputError, match="operations; 20000 are the limit"):
        _ = Graph(chain).node("y40").expanded
    assert Graph(chain).node("y40").expr is not None


def test_hostile_text_is_refused():
    for text in ("__import__('os').system('x')", "().__class__", "lambda: 1", "9**9**9**9"):
        with pytest.raises(InputError):
            Graph.from_expr(text).forward(at={"x": 1})


def test_a_definition_that_does_not_read_is_named():
    with pytest.raises(InputError, match="definition of p"):
        Graph({"z": "w*x", "p": "sigmoid(z"})
    with pytest.raises(InputError, match="an expression is needed"):
        Graph.from_expr([1, 2])


# Exams

EXAM = """
title: Two parts
problems:
  - title: A neuron
    given: {graph: {z: w*x + b, p: sigmoid(z)}, at: {w: -2, x: 3.5, b: -2}}
    parts:
      - {ask: graph.forward, points: 2}
      - {text: Why?, answer: Because., points: 1}
"""


def test_an_exam_is_loaded_solved_and_built(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(EXAM)
    exam = Exam.load(path)
    assert exam.title == "Two parts"
    assert exam.solve().verified
    files = exam.build(tmp_path / "out", kinds=["solution"], formats=["tex"])
    assert [file.name for file in files] == ["two-solution.tex"]
    with pytest.raises(InputError):
        Exam.read("title: [")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_example_scripts_run(path, tmp_path):
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
