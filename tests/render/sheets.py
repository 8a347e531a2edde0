"""A realistic solved exam, made by hand: what the documents are tested on."""

from __future__ import annotations

from fractions import Fraction

from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.notation.build import column, number, sym
from derive.notation.form import (
    Call,
    Derivative,
    Form,
    Frac,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Relation,
    Sum,
    Text,
    Underbrace,
)
from derive.notation.text import read
from derive.record import (
    Answer,
    Conventions,
    Derivation,
    Figure,
    FigureEdge,
    FigureNode,
    Given,
    Line,
    Mark,
    Phrase,
    Step,
)

HOSTILE = r"100% of {x} & $y$ #1 ~_^ \input{/etc/passwd} \write18{ls} ^^5c \VAR{7*7} <b> -- ``q'' [a] @ref *b*"
FOREIGN = "Größe žluťoučký, σ ≤ λ → ∂, 中, emoji 🙂, nul \x00 end"

RELATION = Relation("=", Call("relu", (sym("z"),), 1), Number("1"))


def d(of: str, wrt: str) -> Derivative:
    """∂of/∂wrt."""
    return Derivative(sym(of), (sym(wrt),))


def eq(text: str | Form, reason: Phrase = (), relation: str = "=", **more: object) -> Line:
    """A line whose form is read from text."""
    return Line(relation, read(text) if isinstance(text, str) else text, reason, **more)  # type: ignore[arg-type]


def mark(points: str, kind: str = "M", note: Phrase = ()) -> tuple[Mark, ...]:
    return (Mark(Fraction(points), kind, note),)  # type: ignore[arg-type]


def tiny(mantissa: str, exponent: int) -> Form:
    return Product((Number(mantissa), Power(Number("10"), number(exponent))))


def value_step(text: str, relation: str = "=") -> Step:
    return Step("edge", None, (eq(text, relation=relation),))


def neuron_figure() -> Figure:
    nodes = [
        FigureNode("w", (sym("w"),), "input"),
        FigureNode("x", (sym("x"),), "input"),
        FigureNode("b", (sym("b"),), "input"),
        FigureNode("m", ("×",)),
        FigureNode("z", ("+",)),
        FigureNode("p", (sym("sigma"),)),
        FigureNode("L", ("BCE",), "output"),
    ]
    p = Step("p", None, (Line("≈", tiny("1.234", -4)),))
    edges = [
        FigureEdge("w", "m", value_step("-2"), value_step("-1.750", "≈")),
        FigureEdge("x", "m", value_step("3.5"), value_step("0.9998", "≈")),
        FigureEdge("m", "z", value_step("-7"), value_step("-0.4999", "≈")),
        FigureEdge("b", "z", value_step("-2"), value_step("-0.4999", "≈")),
        FigureEdge("z", "p", value_step("-9"), value_step("-0.4999", "≈")),
        FigureEdge("p", "L", p, value_step("-4051", "≈")),
    ]
    caption = ("Forward values above the edges, gradients of ", sym("L"), " below.")
    return Figure(tuple(nodes), tuple(edges), caption)


def quartic_figure() -> Figure:
    """f = x^4 - 32x^2 + y^4 - 18y^2 with skipped layers."""
    names = [
        ("x", sym("x")),
        ("y", sym("y")),
        ("x2", read("x**2")),
        ("x4", read("x**4")),
        ("y2", read("y**2")),
        ("y4", read("y**4")),
        ("a", read("-32*a")),
        ("c", read("-18*c")),
        ("f", "+"),
    ]
    nodes = [FigureNode(n, (label,), "input" if n in "xy" else "operation") for n, label in names]
    values = [
        ("x", "x2", "2", "-128"),
        ("x", "x4", "2", "32"),
        ("y", "y2", "2", "-72"),
        ("y", "y4", "2", "32"),
        ("x2", "a", "4", "-32"),
        ("y2", "c", "4", "-18"),
        ("a", "f", "-128", "1"),
        ("c", "f", "-72", "1"),
        ("x4", "f", "16", "1"),
        ("y4", "f", "16", "1"),
    ]
    edges = [FigureEdge(s, t, value_step(up), value_step(down)) for s, t, up, down in values]
    return Figure(tuple(nodes), tuple(edges), ("The graph of ", sym("f"), " at ", read("(2, 2)"), "."))


def bce_part() -> SolvedPart:
    steps = (
        Step(
            "dLdp",
            d("L", "p"),
            (
                eq("-(t/p) + (1-t)/(1-p)", ("derivative of ", Call("log"))),
                eq("(p-t)/(p*(1-p))", ("common denominator",)),
            ),
            marks=mark("1"),
        ),
        Step(
            "dpdz",
            d("p", "z"),
            (eq("p*(1-p)", (read("sigma*(1-sigma)"), " is the slope of ", sym("sigma"))),),
            marks=mark("1"),
        ),
        Step(
            "dLdz",
            d("L", "z"),
            (
                Line("=", Product((d("L", "p"), d("p", "z"))), ("chain rule through ", sym("p"))),
                eq("(p-t)/(p*(1-p)) * (p*(1-p))", ("put in",)),
                eq(
                    "p - t",
                    (
                        "cancel ",
                        read("p*(1-p)"),
                        ", which is not zero because ",
                        sym("p"),
                        " lies strictly between 0 and 1",
                    ),
                    boxed=True,
                ),
            ),
            marks=mark("1", "A"),
        ),
    )
    prompt = ("Derive ", d("L", "z"), " as a function of ", sym("p"), " and ", sym("t"), ".")
    answer = Answer("delta", "expression", read("p - t"), label=d("L", "z"))
    derivation = Derivation(
        "Gradient of the cross-entropy", prompt, (), steps, (answer,), figures=(neuron_figure(),), points=Fraction(3)
    )
    return SolvedPart("a", "graph.gradient", Fraction(3), derivation, space=Fraction(6))


def numbers_part() -> SolvedPart:
    steps = (
        Step("z", sym("z"), (eq("w*x + b"), eq("(-2)*3.5 + (-2)", ("numbers in",)), eq("-9"))),
        Step("p", sym("p"), (eq("sigmoid(z)"), eq("sigmoid(-9)"), Line("≈", tiny("1.234", -4))), marks=mark("0.5")),
        Step(
            "dw",
            d("L", "w"),
            (
                eq("(p - t)*x", (d("z", "w"), " is ", sym("x"))),
                Line(
                    "≈",
                    Product((Sum((tiny("1.234", -4), Number("0.5")), (False, True)), Number("3.5"))),
                    ("numbers in",),
                ),
                eq("-1.750", relation="≈", boxed=True),
            ),
            intro=("The gradient of part (a) is used.",),
            marks=mark("1.5", "A", ("the sign must be right",)),
        ),
    )
    prompt = ("Evaluate ", d("L", "w"), " at the given numbers, to four digits.")
    answer = Answer("w", "number", read("-1.7495681"), read("-1.750"), d("L", "w"))
    derivation = Derivation("Value of the gradient", prompt, (), steps, (answer,), points=Fraction(2))
    return SolvedPart("b", "graph.gradient", Fraction(2), derivation)


def residual_part() -> SolvedPart:
    paths = Sum((Underbrace(d("x", "x"), "identity path"), Underbrace(d("R", "x"), "block path")), (False, False))
    steps = (
        Step(
            "dH",
            d("H", "x"),
            (
                Line(
                    "=",
                    paths,
                    (
                        "sum over paths: ",
                        sym("x"),
                        " feeds two nodes, so add",
                    ),
                ),
                eq("1 + r", boxed=True),
            ),
            marks=mark("1", "B"),
        ),
        Step("slope", None, (Line("assume", RELATION, ("the block is linear there",)),)),
    )
    given = (Given(sym("H"), read("x + R")), Given(d("R", "x"), sym("r")))
    derivation = Derivation(
        "Skip connection",
        ("Find ", d("H", "x"), " and name the two paths."),
        given,
        steps,
        (Answer("g", "expression", read("1 + r"), label=d("H", "x")),),
        points=Fraction(1),
    )
    return SolvedPart("c", "residual.gradient", Fraction(1), derivation, given)


def matrix_part() -> SolvedPart:
    weights = Matrix(((number(1), number(-2)), (number("0.5"), number(3)), (number(0), number(1))))
    x = column((number(2), number(-1)))
    bias = column((number(0), number(1), number(-1)))
    steps = (
        Step(
            "z",
            sym("z"),
            (
                eq(Sum((Product((sym("W"), sym("x"))), sym("b")), (False, False)), ("shapes 3 × 2 times 2 × 1",)),
                Line("=", Sum((Product((weights, x)), bias), (False, False)), ("numbers in",)),
                Line(
                    "=",
                    column((number(4), number(-1), number(-2))),
                    ("the first entry: ", read("1*2 + (-2)*(-1) + 0"), " = 4"),
                    boxed=True,
                ),
            ),
            marks=mark("2"),
        ),
    )
    given = (Given(sym("W"), weights, "value"), Given(sym("x"), x, "value"), Given(sym("b"), bias, "value"))
    answer = Answer("z", "matrix", column((number(4), number(-1), number(-2))), label=sym("z"))
    derivation = Derivation("Dense layer", ("Compute ", sym("z"), "."), given, steps, (answer,), points=Fraction(2))
    return SolvedPart("a", "graph.forward", Fraction(2), derivation, given)


def table_part() -> SolvedPart:
    rows = tuple(
        Step(n, sym(n), (eq(form), eq(val, relation=rel)), substeps=())
        for n, form, val, rel in [
            ("v_1", "x**2", "4", "="),
            ("v_2", "v_1**2", "16", "="),
            ("v_3", "exp(-v_1)", "0.01832", "≈"),
            ("f", "v_2 - 32*v_1 + v_3", "-112.0", "≈"),
        ]
    )
    heads: tuple[Phrase, ...] = (("Node",), ("Operation",), ("Value at ", read("x")))
    total = Step("total", sym("f"), (eq("-112.0", ("last row",), "≈", boxed=True),), marks=mark("1", "A"))
    steps = (
        Step(
            "forward", layout="table", heads=heads, substeps=rows, marks=mark("1"), intro=("Forward pass, in order:",)
        ),
        total,
    )
    answer = Answer("f", "number", read("-111.98"), read("-112.0"), sym("f"), unit="units")
    derivation = Derivation(
        "Forward table",
        ("Fill in the forward table.",),
        (),
        steps,
        (answer,),
        figures=(quartic_figure(),),
        points=Fraction(2),
    )
    return SolvedPart("b", "graph.table", Fraction(2), derivation, space=Fraction(8))


def long_part() -> SolvedPart:
    terms = tuple(
        Product(
            (
                Sum((sym(f"t_{i}"), sym(f"p_{i}")), (False, True)),
                sym(f"w_{i}"),
                Call("log", (Sum((Number("1"), sym(f"p_{i}")), (False, True)),)),
            )
        )
        for i in range(1, 9)
    )
    long = Sum(terms, (False, True) * 4)
    wide = Matrix(tuple(tuple(number(Fraction(10 * i + j, 1000)) for j in range(16)) for i in range(4)))
    steps = (
        Step(
            "J",
            sym("J"),
            (
                Line("=", long, ("written out over all eight outputs, since none of them is shared",)),
                Line("=", long, boxed=True),
            ),
            marks=mark("1"),
        ),
        Step("M", sym("M"), (Line("=", wide),), marks=mark("1", "A")),
        Step(
            "q",
            sym("q"),
            (Line("=", Frac(long, Sum((sym("a"), sym("b")), (False, False))), ("never broken inside a fraction",)),),
        ),
    )
    derivation = Derivation(
        "Long lines",
        ("Write ", sym("J"), " out."),
        (),
        steps,
        (Answer("J", "expression", long, label=sym("J")),),
        points=Fraction(2),
    )
    return SolvedPart("a", "calculus.gradient", Fraction(2), derivation)


def text_part(label: str, prompt: str, answer: str) -> SolvedPart:
    steps = (
        Step("first", marks=mark("0.5", "B", ("gradients pass unchanged along the identity: ", read("1 + r")))),
        Step("second", intro=(f"Second: {HOSTILE}",), marks=mark("0.5", "B", (HOSTILE,))),
    )
    answers = (Answer("answer", "text", Text(answer)),)
    return SolvedPart(
        label, "text", Fraction(1), Derivation(HOSTILE[:30], (prompt,), (), steps, answers, points=Fraction(1))
    )


def exam() -> Sheet:
    """Three problems with everything that a document can meet."""
    given = (
        Given(sym("z"), read("w*x + b")),
        Given(sym("p"), read("sigmoid(z)")),
        Given(
            sym("L"),
            Neg(
                Sum(
                    (
                        Product((sym("t"), Call("log", (sym("p"),)))),
                        Product((read("1-t"), Call("log", (read("1-p"),)))),
                    ),
                    (False, False),
                )
            ),
        ),
        Given(sym("w"), number(-2), "value"),
        Given(sym("b"), number(-2), "value"),
        Given(sym("x"), number("3.5"), "value"),
        Given(sym("t"), number("0.5"), "value"),
        Given(sym("r"), None, "free"),
    )
    problems = (
        SolvedProblem(
            1,
            "One logistic neuron",
            Fraction(6),
            (bce_part(), numbers_part(), residual_part()),
            ("A neuron is trained with the cross-entropy.",),
            given,
        ),
        SolvedProblem(2, "Layers and tables", Fraction(4), (matrix_part(), table_part())),
        SolvedProblem(
            3,
            f"Hostile & long {HOSTILE}",
            Fraction(4),
            (
                long_part(),
                text_part(
                    "b",
                    f"Why do skip connections help? {HOSTILE} {FOREIGN}",
                    "They keep an identity path open. " + HOSTILE,
                ),
                text_part("c", "Say yes or no.", "yes"),
            ),
        ),
    )
    used: tuple[Phrase, ...] = (
        (Call("log"), " is natural"),
        (sym("sigma"), " is the logistic function"),
        ("values carry full precision and are shown to 4 significant digits",),
        ("= exact, ≈ rounded",),
    )
    instructions: tuple[Phrase, ...] = (("Write on these pages only.",), (f"{HOSTILE}",))
    facts = (("Date", "2 February 2026"), ("Time", "60 minutes"), ("Aids", HOSTILE))
    return Sheet("Introduction to Deep Learning", Fraction(14), problems, Conventions(used=used), facts, instructions)


def small() -> Sheet:
    """One problem, for tests that need a document and no more."""
    return Sheet("Small", Fraction(2), (SolvedProblem(1, "Numbers", Fraction(2), (numbers_part(),)),))
