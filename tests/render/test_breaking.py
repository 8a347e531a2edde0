"""Where long forms break: every row fits, nothing is lost, and what is printed reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.notation import latex, latex_reader, plain, typst
from derive.notation.build import number, sym
from derive.notation.form import (
    Call,
    Form,
    Frac,
    Hadamard,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Tuple,
)
from derive.render.breaking import Breaker

LATEX = Breaker(latex.write, (r"\bigl(", r"\bigr)"), r"\cdot")
PLAIN = Breaker(plain.write, ("(", ")"), "·")
TYPST = Breaker(typst.write, ("\\(", "\\)"), "dot.op")


def _terms(count: int) -> Sum:
    return Sum(tuple(sym(f"x_{i}") for i in range(count)), (False, *(i % 2 == 1 for i in range(1, count))))


BROKEN: list[Form] = [
    _terms(20),
    Neg(_terms(20)),
    Product((Frac(Number("1"), Symbol("n")), _terms(20))),
    Neg(Product((Symbol("a"), _terms(3), _terms(20)))),
    Product((_terms(12), _terms(12))),
    Product(tuple(sym(f"w_{i}") for i in range(30))),
    Call("log", (_terms(20),)),
    Power(_terms(20), Number("2")),
    Sum((Symbol("a"), Product((Symbol("b"), _terms(20))), Symbol("c")), (False, True, False)),
    Hadamard((_terms(9), _terms(9))),
    Tuple(tuple(Tuple((number(i), number(-i))) for i in range(12))),
    Call("xnor", tuple(sym(f"x_{i}") for i in range(20))),
    Call("lor", tuple(Call("land", (sym(f"x_{i}"), Call("lnot", (sym(f"y_{i}"),)))) for i in range(9))),
]


@pytest.mark.parametrize("room", [12.0, 16.0, 22.0])
@pytest.mark.parametrize("form", BROKEN)
def test_rows_fit_and_read_back(form: Form, room: float) -> None:
    rows = LATEX.rows(form, room)
    assert len(rows) > 1
    assert all(row.width <= room for row in rows)
    assert latex_reader.read(" ".join(row.text for row in rows)) == form


@pytest.mark.parametrize("form", BROKEN[:5])
def test_a_row_begins_with_its_sign(form: Form) -> None:
    for row in PLAIN.rows(form, 14)[1:]:
        assert row.text[0] in "+-·"


def test_brackets_that_span_rows_are_of_fixed_size() -> None:
    form = Neg(
        Product(
            (Frac(Symbol("a"), Symbol("b")), Sum((Frac(Symbol("t"), Symbol("p")), *_terms(20).terms), (False,) * 21))
        )
    )
    rows = [row.text for row in LATEX.rows(form, 16)]
    for row in rows:
        assert row.count(r"\left") == row.count(r"\right")
    assert rows[0].count(r"\bigl(") == rows[-1].count(r"\bigr)") == 1


def test_typst_brackets_that_span_rows_are_escaped() -> None:
    first, *_, last = [row.text for row in TYPST.rows(Neg(_terms(20)), 14)]
    assert first.startswith("-\\(")
    assert last.endswith("\\)")


def test_what_fits_stays_whole() -> None:
    for form in (_terms(3), Frac(_terms(3), Number("2")), Product((_terms(2), _terms(2)))):
        assert [row.text for row in LATEX.rows(form, 39)] == [latex.write(form)]


def test_a_wide_fraction_is_broken_as_a_product() -> None:
    fraction = Frac(_terms(30), Number("2"))
    rows = LATEX.rows(fraction, 20)
    assert all(row.width <= 20 for row in rows)
    assert latex_reader.read(" ".join(row.text for row in rows)) == Product(
        (Frac(Number("1"), Number("2")), _terms(30))
    )


def test_a_matrix_is_never_broken() -> None:
    wide = Matrix((_terms(30).terms,))
    (row,) = LATEX.rows(wide, 20)
    assert row.width > 20


def test_words_with_brackets_stay_words() -> None:
    from derive.notation.form import Text

    form = Sum((Text("half ("), Product((Symbol("a"), _terms(20)))), (False, False))
    assert LATEX.rows(form, 16)[0].text.startswith(r"\text{half (}")


names = st.sampled_from("abcdpqrstuvw").map(Symbol)
small = st.recursive(
    names,
    lambda of: st.one_of(
        st.lists(of, min_size=2, max_size=6).map(lambda terms: Sum(tuple(terms), (False,) * len(terms))),
        st.lists(of, min_size=2, max_size=6).map(lambda factors: Product(tuple(factors))),
        of.map(lambda arg: Call("log", (arg,))),
        st.tuples(of, of).map(lambda pair: Frac(*pair)),
    ),
    max_leaves=40,
)


@given(small, st.floats(8, 30))
def test_each_row_is_balanced_but_for_round_brackets(form: Form, room: float) -> None:
    for row in LATEX.rows(form, room):
        assert row.text.count("{") == row.text.count("}")
        assert row.text.count(r"\left") == row.text.count(r"\right")
        assert row.text.strip()
