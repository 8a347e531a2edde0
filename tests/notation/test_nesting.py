"""Every kind of form inside every place of every other kind, exhaustively: brackets where they are needed."""

import pytest

from derive.errors import InputError
from derive.notation import latex, latex_reader, source, text
from derive.notation.build import scientific, sym
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
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
    Shape,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Underbrace,
    walk,
)
from derive.notation.writer import LAYOUTS

x, TWO, ZERO = sym("x"), Number("2"), Number("0")

LEAVES = [
    x, TWO, Number("0.50"), Number("0.0"), Number("270690.5"), sym("e"), sym("d"), sym("T"), sym("sigma"), sym("phi"),
    sym("loss"), sym("m_hat_1"), sym("W_out_1"), sym("h__1"), sym("e__1"), Symbol("m", sub=("t-1",)), Text("mean"),
    Call("relu"), Call("log"), Call("sigmoid"), Call("exp"), Call("F"), Call("F", (), 1), Call("normal_cdf"),
    scientific("1.5", -4),
]  # fmt: skip

PLACES = {
    "neg": lambda c: Neg(c),
    "first term": lambda c: Sum((c, x), (False, False)),
    "added term": lambda c: Sum((x, c), (False, False)),
    "subtracted term": lambda c: Sum((x, c), (False, True)),
    "middle term": lambda c: Sum((TWO, c, x), (False, True, True)),
    "first factor": lambda c: Product((c, x)),
    "factor before a number": lambda c: Product((c, TWO)),
    "factor before a sum": lambda c: Product((c, Sum((x, TWO), (False, True)))),
    "last factor": lambda c: Product((x, c)),
    "factor after a number": lambda c: Product((TWO, c)),
    "factor after a bracket": lambda c: Product((Sum((x, TWO), (False, False)), c)),
    "factor in the middle": lambda c: Product((sym("alpha"), c, x)),
    "first of ⊙": lambda c: Hadamard((c, x)),
    "last of ⊙": lambda c: Hadamard((x, c)),
    "top": lambda c: Frac(c, x),
    "bottom": lambda c: Frac(x, c),
    "d over": lambda c: Frac(Product((sym("d"), c)), Product((sym("d"), x))),
    "base": lambda c: Power(c, TWO),
    "base of a letter": lambda c: Power(c, x),
    "exponent": lambda c: Power(x, c),
    "exponent of e": lambda c: Power(sym("e"), c),
    "root": lambda c: Root(c),
    "cube root": lambda c: Root(c, 3),
    "sigmoid": lambda c: Call("sigmoid", (c,)),
    "log": lambda c: Call("log", (c,)),
    "exp": lambda c: Call("exp", (c,)),
    "first argument": lambda c: Call("max", (c, x)),
    "last argument": lambda c: Call("max", (x, c)),
    "block": lambda c: Call("F", (c,)),
    "stroke": lambda c: Call("F", (c,), 1),
    "known stroke": lambda c: Call("tanh", (c,), 2),
    "setting": lambda c: Call("max_pool2d", (x,), 0, (("k", c), ("s", TWO))),
    "decorated": lambda c: Call("normal_cdf", (c,), 0, (("k", c),)),
    "floor": lambda c: Fence("floor", c),
    "abs": lambda c: Fence("abs", c),
    "norm": lambda c: Fence("norm", c),
    "left": lambda c: Relation("=", c, x),
    "right": lambda c: Relation("≥", x, c),
    "indicator": lambda c: Indicator(Relation(">", c, ZERO)),
    "entry": lambda c: Matrix(((c, x), (x, c))),
    "item": lambda c: Tuple((c, x)),
    "value": lambda c: Cases(((c, Relation(">", x, ZERO)), (c, None))),
    "condition": lambda c: Cases(((x, Relation(">", c, c)),)),
    "of": lambda c: Derivative(c, (x,)),
    "of, total": lambda c: Derivative(c, (x, x), (), True),
    "wrt": lambda c: Derivative(x, (c,)),
    "wrt twice": lambda c: Derivative(x, (c, c, x)),
    "held": lambda c: Derivative(x, (x,), (c, x)),
    "at": lambda c: At(c, ((x, TWO),)),
    "bound": lambda c: At(x, ((c, c), (x, c))),
    "transpose": lambda c: Transpose(c),
    "summand": lambda c: BigSum(c, sym("i"), TWO, sym("n")),
    "bounds": lambda c: BigSum(x, sym("i"), c, c),
    "dim": lambda c: Shape((c, TWO)),
    "last dim": lambda c: Shape((TWO, c)),
    "brace": lambda c: Underbrace(c, "block path"),
}  # fmt: skip


def test_every_kind_is_here():
    forms = [*LEAVES, *(place(x) for place in PLACES.values())]
    assert {type(node) for form in forms for node in walk(form)} == set(LAYOUTS)


@pytest.mark.parametrize("outer", PLACES)
def test_latex_of_two_levels_reads_back(outer):
    for inner in [*LEAVES, *(place(leaf) for place in PLACES.values() for leaf in (x, TWO))]:
        form = PLACES[outer](inner)
        written = latex.write(form)
        assert latex_reader.read(written) == form, written


@pytest.mark.parametrize("outer", PLACES)
def test_source_of_two_levels_reads_back(outer):
    for inner in [*LEAVES, *(place(x) for place in PLACES.values())]:
        form = PLACES[outer](inner)
        try:
            written = source.write(form)
        except InputError:
            continue  # it has no typed form
        assert text.read(written, {"F"}) == form, written
