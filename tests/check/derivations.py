"""Worked solutions written by hand, line by line, in the way of the papers: what the judge is tried on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.exam.marks import with_points
from derive.notation.build import add, column, number, scientific, subtract, sym
from derive.notation.form import (
    At,
    Call,
    Derivative,
    Form,
    Hadamard,
    Matrix,
    Product,
    Relation,
    Symbol,
    Text,
    Transpose,
    Tuple,
)
from derive.notation.text import read
from derive.questions.catalogue import question
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Rounding, Step

BLOCKS = ("F", "R")


def form(source: str | int | float | Form) -> Form:
    """A form from text, a number, or itself."""
    if isinstance(source, (int, float)):
        return number(source)
    return read(source, BLOCKS) if isinstance(source, str) else source


def define(name: str, source: str) -> Given:
    return Given(form(name), form(source))


def value(name: str, source: str | int | float | Form) -> Given:
    return Given(sym(name), form(source), "value")


def line(source: str | Form, relation: str = "=", **more: object) -> Line:
    return Line(relation, form(source), **more)  # type: ignore[arg-type]


def approx(source: str | Form, **more: object) -> Line:
    return line(source, "≈", **more)


def step(name: str, target: str | Form | None, *lines: Line | str | Form, uses: str = "", points: int = 0) -> Step:
    """A step whose plain lines are equalities; `uses` is a list in words."""
    made = tuple(item if isinstance(item, Line) else line(item) for item in lines)
    marks = (Mark(Fraction(points)),) if points else ()
    return Step(name, None if target is None else form(target), made, uses=tuple(uses.split()), marks=marks)


def d(of: str, *wrt: str) -> Derivative:
    return Derivative(sym(of), tuple(sym(name) for name in wrt))


def relu_slope(of: str | None = None) -> Call:
    return Call("relu", (form(of),) if of else (), primes=1)


def matrix(*rows: str) -> Matrix:
    return Matrix(tuple(tuple(form(entry) for entry in row.split()) for row in rows))


def add_up(*terms: Form) -> Form:
    return add(terms)


def times(*factors: Form) -> Form:
    return Product(factors)


def logistic_neuron() -> Derivation:
    """One logistic neuron with cross-entropy: the derivation through p(1-p), values, rounded numbers."""
    return Derivation(
        "One logistic neuron",
        givens=(
            define("z", "w*x + b"),
            define("p", "sigmoid(z)"),
            define("L", "-(t*log(p) + (1 - t)*log(1 - p))"),
            value("w", -2),
            value("b", -2),
            value("x", 3.5),
            value("t", 0.5),
        ),
        steps=(
            step("z", "z", "w*x + b", "(-2)*3.5 + (-2)", "-9"),
            step("p", "p", "sigmoid(z)", "sigmoid(-9)", approx(scientific("1.234", -4)), uses="z", points=1),
            step("dp", d("L", "p"), "-t/p + (1 - t)/(1 - p)", "(p - t)/(p*(1 - p))", points=1),
            step("pz", d("p", "z"), "p*(1 - p)", points=1),
            step(
                "delta",
                "delta",
                Line("=", d("L", "z")),
                "diff(L, p)*diff(p, z)",
                "(p - t)/(p*(1 - p))*(p*(1 - p))",
                line("p - t", boxed=True),
                approx("0.0001234 - 0.5"),
                approx("-0.4999"),
                uses="dp pz",
                points=1,
            ),
            step(
                "dw", d("L", "w"), "delta*diff(z, w)", "delta*x", approx("-1.750", boxed=True), uses="delta", points=1
            ),
        ),
        answers=(
            Answer("delta", "expression", form("p - t"), label=sym("delta")),
            Answer("w", "number", form("(sigmoid(-9) - 0.5)*3.5"), shown=form("-1.750"), label=d("L", "w")),
        ),
        points=Fraction(5),
    )


def residual_block() -> Derivation:
    """H(x) = x + R(x) with a given slope r: both paths stay visible."""
    slope = Derivative(sym("R"), (sym("x"),))
    return Derivation(
        "Residual block",
        givens=(define("H", "x + R(x)"), Given(slope, form("r"))),
        steps=(
            step(
                "H",
                d("H", "x"),
                line(add_up(Derivative(sym("x"), (sym("x"),)), slope)),
                line("1 + r", boxed=True),
                points=1,
            ),
        ),
        answers=(Answer("H", "expression", form("1 + r"), label=d("H", "x")),),
        points=Fraction(1),
    )


def quartic() -> Derivation:
    """f = x⁴ - 32x² + y⁴ - 18y²: value, gradient, Hessian, kinds and places of the critical points."""
    x, y = sym("x"), sym("y")
    at = ((x, form(2)), (y, form(2)))
    origin, corner = ((x, form(0)), (y, form(0))), ((x, form(4)), (y, form(3)))
    hessian = Matrix(((d("f", "x", "x"), d("f", "x", "y")), (d("f", "y", "x"), d("f", "y", "y"))))
    points = Tuple(tuple(Tuple((form(a), form(b))) for a in (-4, 0, 4) for b in (-3, 0, 3)))
    every = Call("critical_points", (sym("f"),), params=(("x", x), ("y", y)))
    return Derivation(
        "A quartic in two variables",
        givens=(define("f", "x**4 - 32*x**2 + y**4 - 18*y**2"),),
        steps=(
            step("f", At(sym("f"), at), "2**4 - 32*2**2 + 2**4 - 18*2**2", "16 - 128 + 16 - 72", "-168"),
            step("fx", d("f", "x"), "4*x**3 - 64*x", "4*x*(x**2 - 16)"),
            step("fy", d("f", "y"), "4*y**3 - 36*y"),
            step("fx2", At(d("f", "x"), at), "4*2**3 - 64*2", "-96"),
            step("fy2", At(d("f", "y"), at), "-40"),
            step("hessian", hessian, matrix("12*x**2-64 0", "0 12*y**2-36"), points=2),
            step("origin", At(Call("kind", (sym("f"),)), origin), Text("local maximum")),
            step("corner", At(Call("kind", (sym("f"),)), corner), Text("local minimum")),
            step(
                "saddle", Call("kind", (sym("f"), Tuple((form(0), form(3)))), params=every.params), Text("saddle point")
            ),
            step("all", every, points, points=1),
        ),
        answers=(
            Answer("x", "number", form(-96), label=At(d("f", "x"), at)),
            Answer("kind", "verdict", Text("local maximum"), label=At(Call("kind", (sym("f"),)), origin)),
            Answer("points", "points", points, label=every),
        ),
        points=Fraction(3),
    )


def affine_layer() -> Derivation:
    """Wx + b with numbers, then the gradient of a sum of squares in every entry of W."""
    bold = {name: Symbol(name, bold=True) for name in "Wxbyt"}
    weights = matrix("1 2", "3 4", "5 6")
    residual = form("[[y_1 - t_1], [y_2 - t_2], [y_3 - t_3]]")
    return Derivation(
        "An affine layer",
        givens=(
            Given(bold["y"], form("W*x + b")),
            Given(sym("L"), form("dot(y - t, y - t)/2")),
            Given(bold["W"], weights, "value"),
            Given(bold["x"], column((form(1), form(-1))), "value"),
            Given(bold["b"], column((form(0.5), form(0), form(1))), "value"),
            Given(bold["t"], column((form(0), form(1), form(0))), "value"),
        ),
        steps=(
            step(
                "y",
                bold["y"],
                "W*x + b",
                "[[1, 2], [3, 4], [5, 6]]*[[1], [-1]] + [[0.5], [0], [1]]",
                "[[1 - 2], [3 - 4], [5 - 6]] + [[0.5], [0], [1]]",
                "[[-0.5], [-1], [0]]",
            ),
            step("y1", "y_1", "W_1_1*x_1 + W_1_2*x_2 + b_1", uses="y"),
            step("dy", Derivative(sym("L"), (bold["y"],)), "y - t", residual, uses="y"),
            step(
                "dW",
                Derivative(sym("L"), (bold["W"],)),
                "(y - t)*transpose(x)",
                line("[[-0.5, 0.5], [-2, 2], [0, 0]]", boxed=True),
                uses="y dy",
                points=2,
            ),
            step("dx", Derivative(sym("L"), (bold["x"],)), "transpose(W)*(y - t)", uses="y"),
            step("jacobian", Derivative(bold["y"], (bold["x"],)), "W", uses="y"),
            step("dw12", Derivative(sym("L"), (sym("W_1_2"),)), "(y_1 - t_1)*x_2", "0.5", uses="y y1"),
        ),
        answers=(
            Answer("W", "matrix", form("[[-0.5, 0.5], [-2, 2], [0, 0]]"), label=Derivative(sym("L"), (bold["W"],))),
        ),
        points=Fraction(2),
    )


def convolution_size() -> Derivation:
    """The output size of a convolution, with the line where the floor bites."""
    size = "floor((H + 2*P - K)/S) + 1"
    return Derivation(
        "Convolution output size",
        givens=(value("H", 26), value("K", 7), value("S", 3), value("P", 1)),
        steps=(
            step(
                "H",
                "H_out",
                size,
                "floor((26 + 2*1 - 7)/3) + 1",
                "floor(21/3) + 1",
                "8",
                points=1,
            ),
            step("odd", "W_out", size.replace("P", "1"), "floor((26 + 2*1 - 7)/3) + 1", "floor(7.0) + 1", "8"),
            step(
                "shape",
                None,
                line(Tuple((sym("H_out"), sym("W_out"), form(5)))),
                Tuple((form(8), form(8), form(5))),
                uses="H odd",
            ),
        ),
        answers=(Answer("H", "integer", form(8), label=sym("H_out")),),
        points=Fraction(1),
    )


def adam_step() -> Derivation:
    """The first step of Adam, with tiny numbers and ε neglected."""
    return Derivation(
        "One Adam step",
        givens=(
            value("g", 0.02),
            value("theta_0", 1),
            value("eta", 0.001),
            value("beta_1", 0.9),
            value("beta_2", 0.999),
            value("epsilon", scientific("1", -8)),
            value("m_0", 0),
            value("v_0", 0),
        ),
        steps=(
            step("m", "m_1", "beta_1*m_0 + (1 - beta_1)*g", "0.9*0 + 0.1*0.02", "0.002", points=1),
            step("v", "v_1", "beta_2*v_0 + (1 - beta_2)*g**2", "0.001*0.02**2", scientific("4", -7), points=1),
            step("mhat", "m_hat_1", "m_1/(1 - beta_1**1)", "0.002/0.1", "0.02", uses="m"),
            step("vhat", "v_hat_1", "v_1/(1 - beta_2**1)", scientific("4", -4), uses="v"),
            step(
                "theta",
                "theta_1",
                "theta_0 - eta*m_hat_1/(sqrt(v_hat_1) + epsilon)",
                line(Relation("≈", sym("epsilon"), form(0)), "assume"),
                line("theta_0 - eta*m_hat_1/sqrt(v_hat_1)"),
                line("1 - 0.001*0.02/0.02"),
                line("0.999", boxed=True),
                uses="mhat vhat",
                points=1,
            ),
        ),
        answers=(Answer("theta", "number", form("0.999"), label=sym("theta_1")),),
        points=Fraction(3),
    )


def relu_chain() -> Derivation:
    """Two residual blocks: slopes as named factors first, then taken as 1."""
    assumed = line(Relation("=", relu_slope(), form(1)), "assume")
    return Derivation(
        "Two residual blocks",
        givens=(
            define("a", "w_0*x"),
            define("y", "w_1*relu(a) + x"),
            define("c", "w_2*y"),
            define("z", "w_3*relu(c) + y"),
        ),
        steps=(
            step("zy", d("z", "y"), add_up(times(sym("w_3"), relu_slope("c"), sym("w_2")), form(1))),
            step("yw", d("y", "w_0"), times(sym("w_1"), relu_slope("a"), sym("x"))),
            step(
                "dw",
                d("z", "w_0"),
                times(d("z", "y"), d("y", "w_0")),
                times(
                    add_up(times(sym("w_3"), relu_slope("c"), sym("w_2")), form(1)),
                    sym("w_1"),
                    relu_slope("a"),
                    sym("x"),
                ),
                assumed,
                line("(w_3*w_2 + 1)*w_1*x", boxed=True),
                uses="zy yw",
                points=2,
            ),
            step("twice", "q", line(times(form(2), d("z", "w_0"))), "2*(w_3*w_2 + 1)*w_1*x", uses="dw"),
            step("w1", d("z", "w_1"), times(d("z", "y"), form("relu(a)")), uses="zy"),
        ),
        answers=(Answer("w", "expression", form("(w_3*w_2 + 1)*w_1*x"), label=d("z", "w_0")),),
        points=Fraction(2),
    )


def pooled_cross_entropy() -> Derivation:
    """A max pool with zero padding where a pixel ties with the padding, then cross-entropy with 0 · log 0."""
    pool = Call("max_pool2d", (sym("Z"),), params=(("k", form(2)), ("s", form(2)), ("p", form(1))))
    gradient = "[[1, -2], [-2, 1]]"
    pixels = ("1_1", "1_2", "2_1", "2_2")
    loss = " - ".join(["0", *(f"t_{k}*log(s_{k}) - (1 - t_{k})*log(1 - s_{k})" for k in pixels)])
    return Derivation(
        "Convolution, pool and cross-entropy",
        givens=(
            define("Z", "w_1*X_1 + w_2*X_2 + w_3*X_3"),
            Given(sym("s"), pool),
            define("L", loss),
            *(value(f"w_{k}", 1) for k in (1, 2, 3)),
            value("X_1", matrix("1 0.5", "1 -2")),
            value("X_2", matrix("0 -0.5", "0 1")),
            value("X_3", matrix("-1 0.5", "-0.5 0")),
            value("t", matrix("0 1", "1 0")),
        ),
        steps=(
            step("Z", "Z", "w_1*X_1 + w_2*X_2 + w_3*X_3", "[[0, 0.5], [0.5, -1]]"),
            step("s", "s", line(pool), "[[0, 0.5], [0.5, 0]]", uses="Z"),
            step(
                "L", "L", "-(0*log(0) + log(0.5) + log(0.5) + log(1))", "2*log(2)", approx("1.3863"), uses="s", points=1
            ),
            step("ds", Derivative(sym("L"), (sym("s"),)), gradient, uses="s", points=1),
            step("dw1", d("L", "w_1"), "-2*0.5 + (-2)*1", line("-3", boxed=True), uses="ds", points=1),
            step("dw2", d("L", "w_2"), "1", uses="ds"),
            step("dw3", d("L", "w_3"), "0", uses="ds"),
        ),
        answers=(Answer("w1", "number", form(-3), label=d("L", "w_1")),),
        points=Fraction(3),
    )


def carried_rounding() -> Derivation:
    """Rounded numbers that are carried on: true by the sheet's policy, not at full precision."""
    return Derivation(
        "Carried rounding",
        givens=(define("p", "sigmoid(z)"), define("q", "w*p"), value("z", 0.7), value("w", 300)),
        steps=(
            step("p", "p", "sigmoid(z)", approx("0.67"), points=1),
            step("q", "q", "w*p", "300*0.67", line("201", boxed=True), uses="p", points=1),
        ),
        answers=(Answer("q", "number", form(201), label=sym("q")),),
        conventions=Conventions(Rounding("carry-rounded", 2)),
        points=Fraction(2),
    )


def carried_layer() -> Derivation:
    """A tanh layer where each gradient goes on from the printed entries of the one before."""
    x, w, b, t, z, h = (Symbol(name, bold=True) for name in "xWbtzh")
    dh, dz, dw = (Derivative(sym("L"), (name,)) for name in (h, z, w))
    rows = [(d("L", f"h_{k}"), form(f"1 - h_{k}**2"), d("L", f"z_{k}")) for k in (1, 2)]
    products = [[times(row[2], sym(f"x_{j}")) for j in (1, 2)] for row in rows]
    return Derivation(
        "A layer with carried rounding",
        givens=(
            Given(z, form("W*x + b")),
            Given(h, form("tanh(z)")),
            Given(sym("L"), form("dot(h - t, h - t)")),
            Given(w, matrix("0.5 -1", "1 0.25"), "value"),
            Given(x, column((form(2), form(1))), "value"),
            Given(b, column((form(0.3), form(0.25))), "value"),
            Given(t, column((form(1), form(-1))), "value"),
            value("eta", 0.5),
        ),
        steps=(
            step("z", z, "W*x + b", "[[0.3], [2.5]]"),
            step("h", h, "tanh(z)", approx("[[0.291], [0.987]]"), uses="z"),
            step("dh", dh, "2*(h - t)", "[[-1.418], [3.974]]", uses="h"),
            step(
                "dz",
                dz,
                line(Matrix(tuple((times(*row[:2]),) for row in rows))),
                approx("[[-1.30], [0.103]]"),
                uses="h dh",
                points=1,
            ),
            step("dw11", d("L", "W_1_1"), line(products[0][0]), "(-1.3)*2", "-2.6", uses="dz"),
            step(
                "dW",
                dw,
                line(Matrix(tuple(map(tuple, products)))),
                line("[[-2.6, -1.3], [0.206, 0.103]]", boxed=True),
                uses="dz dw11",
                points=1,
            ),
            step(
                "new",
                Symbol("W", sub=("new",), bold=True),
                line(subtract(w, times(sym("eta"), dw))),
                "[[1.8, -0.35], [0.897, 0.1985]]",
                uses="dW",
            ),
        ),
        answers=(Answer("W", "matrix", form("[[-2.6, -1.3], [0.206, 0.103]]"), label=dw),),
        conventions=Conventions(Rounding("carry-rounded", 3)),
        points=Fraction(2),
    )


def derived(ask: str, **givens: object) -> Derivation:
    """What a question type makes of its givens, worth three points."""
    return with_points(question(ask, givens).solve(Conventions()), Fraction(3))


def velocity_run() -> Derivation:
    """Two steps of momentum, the second of them in a table alone."""
    return derived("optimizer.run", optimizer="momentum", form="velocity", rate=0.3, graph={"L": "(w - 1.7)**2*w"},
                   of="L", wrt="w", at={"w": 2}, steps=2, show=["gradient", "states", "loss"])  # fmt: skip


def nesterov_step() -> Derivation:
    """A step on an array whose gradient is given."""
    return derived("optimizer.step", optimizer="nesterov", rate=0.3, settings={"beta": 0.7}, wrt="b", at={"b": [1, -2]},
                   gradients={"b": [0.3, 1.1]}, state={"v": {"b": [0.2, 0.1]}}, step=2)  # fmt: skip


def stable_rates() -> Derivation:
    """The largest stable rate of a bowl in two coordinates, and what two rates do."""
    return derived("optimizer.curves", graph={"L": "x**2 + 0.25*y**2 + 0.4*x*y"}, of="L", wrt=["x", "y"],
                   at={"x": 1.3, "y": -0.7}, rates=[0.3, 1.1], steps=2)  # fmt: skip


def dense_net() -> Derivation:
    """Softmax on a hidden layer, backwards with whole matrices: δ from a distribution as target, then δ hᵀ and Wᵀ δ."""
    names = ("x", "W__1", "b__1", "z__1", "h__1", "W__2", "z__2", "p", "t", "delta__1", "delta__2")
    x, w1, b1, z1, h1, w2, z2, p, t, d1, d2 = (replace(sym(name), bold=True) for name in names)
    by = {name: Derivative(sym("L"), (name,)) for name in (w1, w2, b1, z1, z2)}
    pulled = Hadamard((Product((Transpose(w2), d2)), Call("tanh", (z1,), primes=1)))
    total = Call("sum", (t,))
    return Derivation(
        "A dense net",
        givens=(
            Given(z1, add([Product((w1, x)), b1])),
            Given(h1, Call("tanh", (z1,))),
            Given(z2, Product((w2, h1))),
            Given(p, Call("softmax", (z2,))),
            Given(sym("L"), form("-dot(t, log(p))")),
            Given(total, number(1)),
            Given(x, column((form(2), form(-1))), "value"),
            Given(w1, matrix("0.5 -1", "1 0.25", "0.3 0.6"), "value"),
            Given(b1, column((form(0.1), form(0), form(-0.2))), "value"),
            Given(w2, matrix("1 -0.5 0.3", "0.2 0.7 -1"), "value"),
            Given(t, column((form(0), form(1))), "value"),
        ),
        steps=(
            step("d2", d2, line(by[z2]), line(subtract(p, t))),
            step("dW2", by[w2], line(Product((d2, Transpose(h1)))), uses="d2", points=1),
            step("d1", d1, line(by[z1]), line(pulled), uses="d2"),
            step("dW1", by[w1], line(Product((d1, Transpose(x))), boxed=True), uses="d1", points=1),
            step("db1", by[b1], line(d1), uses="d1"),
        ),
        answers=(Answer("W1", "expression", Product((d1, Transpose(x))), label=by[w1]),),
        points=Fraction(2),
    )


ALL = (
    dense_net,
    logistic_neuron,
    residual_block,
    quartic,
    affine_layer,
    convolution_size,
    adam_step,
    relu_chain,
    pooled_cross_entropy,
    carried_rounding,
    carried_layer,
    velocity_run,
    nesterov_step,
    stable_rates,
)
