"""∞ as it is written, read and shown."""

import pytest

from derive.notation import latex, latex_reader, plain, source, text, typst
from derive.notation.build import add, number, sym
from derive.notation.form import Call, Matrix, Neg, Product
from derive.notation.reals import reals
from derive.notation.rounding import exact_form
from derive.record import Rounding

INFINITY = Call("infinity")


def test_spelling():
    form = Neg(INFINITY)
    assert latex.write(form) == r"-\infty"
    assert typst.write(form) == "-infinity"
    assert plain.write(form) == "-∞"
    assert source.write(form) == "-infinity"


@pytest.mark.parametrize(
    "form",
    [
        INFINITY,
        Neg(INFINITY),
        add((sym("x"), Neg(INFINITY))),
        Matrix(((sym("a"), Neg(INFINITY)), (number(1), INFINITY))),
        Product((number(2), INFINITY)),
        Product((INFINITY, add((sym("a"), sym("b"))))),
    ],
)
def test_reads_back(form):
    assert latex_reader.read(latex.write(form)) == form
    assert text.read(source.write(form)) == form


def test_an_infinite_value_is_shown_as_such_and_a_large_one_is_not():
    context = reals(50).context
    assert exact_form(context.inf, Rounding()) == INFINITY
    assert exact_form(context.ninf, Rounding()) == Neg(INFINITY)
    assert exact_form(context.mpf(10) ** 5000, Rounding()) is None
