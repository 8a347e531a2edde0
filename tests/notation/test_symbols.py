"""Names as they are typed, and the symbols they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import InputError
from derive.notation.form import Symbol
from derive.notation.symbols import GREEK, element, parse_symbol, symbol_name


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("w", Symbol("w")),
        ("x12", Symbol("x", sub=("12",))),
        ("w_1_2", Symbol("w", sub=("1", "2"))),
        ("yhat", Symbol("y", "hat")),
        ("y_hat", Symbol("y", "hat")),
        ("m_hat_1", Symbol("m", "hat", ("1",))),
        ("alpha", Symbol("alpha")),
        ("lam", Symbol("lambda")),
        ("eps", Symbol("epsilon")),
        ("W__2", Symbol("W", sup="2")),
        ("W_1__l", Symbol("W", sub=("1",), sup="l")),
        ("loss", Symbol("loss")),
        ("what", Symbol("w", "hat")),
        ("that", Symbol("t", "hat")),
        ("chat", Symbol("c", "hat")),
        ("beta_1", Symbol("beta", sub=("1",))),
        ("thetabar", Symbol("theta", "bar")),
        ("x_new", Symbol("x", sub=("new",))),
    ],
)
def test_parse(name, symbol):
    assert parse_symbol(name) == symbol


pieces = st.sampled_from(["1", "12", "i", "new", "max", "t"])
symbols = st.builds(
    Symbol,
    st.sampled_from(["w", "x", "W", "loss", *sorted(GREEK)]),
    st.sampled_from(["", "", "hat", "bar", "tilde", "dot"]),
    st.lists(pieces, max_size=3).map(tuple),
    st.sampled_from(["", "", "1", "l"]),
)


@given(symbols)
def test_the_name_is_read_back(symbol):
    assert parse_symbol(symbol_name(symbol)) == symbol


@pytest.mark.parametrize("name", ["", "1x", "_x", "x_", "x-y", "x y", "é", "x.y", "__class__", "x__", "σ", "x\n"])
def test_no_names(name):
    with pytest.raises(InputError, match="is no name"):
        parse_symbol(name)


def test_elements_are_counted_from_one():
    assert element(Symbol("W", sub=("h",)), 1, 2) == Symbol("W", sub=("h", "1", "2"))


def test_bold_is_print_alone():
    assert Symbol("W", bold=True) == Symbol("W")
    assert hash(Symbol("W", bold=True)) == hash(Symbol("W"))
