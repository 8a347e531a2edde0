"""Properties of all writers over random canonical forms: they read back, and never put two signs side by side."""

import re
import string
from functools import partial

import pytest
import typst as typst_engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.notation import latex, latex_reader, plain, source, text, typst
from derive.notation.connectives import CONNECTIVES, NOT
from derive.notation.form import (
    At,
    BigSum,
    Call,
    Cases,
    Derivative,
    Fence,
    Form,
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
)
from derive.notation.functions import FUNCTIONS
from derive.notation.symbols import GREEK

BLOCKS = ("F", "G", "R_1", "block")
LETTERS = "".join(sorted(set(string.ascii_letters) - set("FGR")))
FORBIDDEN = re.compile(r"--|\+ -|\\cdot -|dot\.op -|· ?-|\* ?-|- -|-0\.0*(?!\d)")

names = st.one_of(st.sampled_from(LETTERS), st.sampled_from(sorted(GREEK)), st.sampled_from(("loss", "acc", "in")))
pieces = st.one_of(st.sampled_from(("1", "2", "12", "i", "t", "T", "out", "max", "alpha", "h2", "t-1", "out+1")))
symbols = st.builds(
    Symbol,
    names,
    st.sampled_from(("", "", "", "hat", "bar", "tilde", "dot")),
    st.lists(pieces, max_size=3).map(tuple),
    st.one_of(st.just(""), st.just(""), pieces),
    st.booleans(),
)
numbers = st.from_regex(r"\A(0|[1-9][0-9]{0,6})(\.[0-9]{1,4})?\Z").map(Number)
words = st.sampled_from(("saddle point", "yes", "if", "ReLU", "mean", "otherwise", "100% {_}")).map(Text)
leaves = st.one_of(symbols, numbers, numbers, symbols, words)


def rows(kind: type[Form], of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    return st.lists(of, min_size=2, max_size=4).map(lambda items: kind(tuple(items)))


def sums(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    terms = st.lists(st.tuples(of, st.booleans()), min_size=2, max_size=4)
    return terms.map(lambda ts: Sum(tuple(t for t, _ in ts), (False, *(minus for _, minus in ts[1:]))))


def relations(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    return st.builds(Relation, st.sampled_from(("=", "≠", "<", "≤", ">", "≥", "≈")), of, of)


def matrices(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    width = st.integers(1, 3)
    some = width.flatmap(lambda n: st.lists(st.lists(of, min_size=n, max_size=n).map(tuple), min_size=1, max_size=3))
    return some.map(lambda found: Matrix(tuple(found)))


def cases(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    branches = st.lists(st.tuples(of, relations(of)), min_size=1, max_size=2)
    return st.builds(
        lambda some, last: Cases((*some, *([(last, None)] if last else []))), branches, st.one_of(st.none(), of)
    )


def calls(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    setting = st.tuples(st.sampled_from(("k", "s", "alpha", "kernel")), of)
    settings_of = st.lists(setting, max_size=2, unique_by=lambda pair: pair[0])
    name = st.one_of(st.sampled_from(sorted(FUNCTIONS)), st.sampled_from(BLOCKS))
    no_settings = st.just(())
    return st.builds(
        Call,
        name,
        st.lists(of, max_size=2).map(tuple),
        st.sampled_from((0, 0, 0, 1, 2)),
        st.one_of(no_settings, no_settings, settings_of.map(tuple)),
    )


def logic(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    joined = st.sampled_from(sorted(set(CONNECTIVES) - {NOT}))
    chains = st.builds(Call, joined, st.lists(of, min_size=2, max_size=4).map(tuple))
    return st.one_of(chains, chains, of.map(lambda form: Call(NOT, (form,))))


def derivatives(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    wrt = st.lists(st.one_of(symbols, symbols, of), min_size=1, max_size=3).map(tuple)
    same = st.builds(lambda x, n: (x,) * n, symbols, st.integers(2, 11))
    held = st.one_of(st.just(()), st.lists(symbols, max_size=2).map(tuple))
    return st.builds(Derivative, st.one_of(symbols, of), st.one_of(wrt, same), held, st.booleans())


def fences(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    return st.builds(Fence, st.sampled_from(("floor", "ceil", "abs", "norm")), of)


def bars(of: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    return st.builds(At, of, st.lists(st.tuples(of, of), min_size=1, max_size=2).map(tuple))


NESTED = [
    sums, sums, partial(rows, Product), partial(rows, Product), partial(rows, Hadamard), partial(rows, Shape),
    partial(rows, Tuple), calls, calls, logic, logic, derivatives, fences, relations, matrices, cases, bars,
    lambda of: of.map(Neg),
    lambda of: of.map(Transpose),
    lambda of: st.builds(Frac, of, of),
    lambda of: st.builds(Power, of, of),
    lambda of: st.builds(Root, of, st.integers(2, 5)),
    lambda of: relations(of).map(Indicator),
    lambda of: st.builds(BigSum, of, symbols, of, of),
    lambda of: st.builds(Underbrace, of, st.sampled_from(("block path", "identity path", "W"))),
]  # fmt: skip


def grown(leaf: st.SearchStrategy[Form], kinds: list, depth: int) -> st.SearchStrategy[Form]:
    """Trees of a depth. Every kind is as likely on every level: `st.recursive` hardly leaves the first few."""
    if depth == 0:
        return leaf
    inner = grown(leaf, kinds, depth - 1)
    smaller = st.one_of(leaf, inner, inner)
    return st.sampled_from(kinds).flatmap(lambda kind: kind(smaller))


forms = st.integers(0, 3).flatmap(lambda depth: grown(leaves, NESTED, depth))
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(forms)
def test_latex_reads_back(form):
    assert latex_reader.read(latex.write(form)) == form


@quick
@given(forms)
def test_latex_reads_back_with_blocks_known(form):
    assert latex_reader.read(latex.write(form), functions=frozenset(BLOCKS)) == form


@quick
@given(forms)
def test_inline_latex_reads_back(form):
    written = latex.write_inline(form)
    assert latex_reader.read(written) == form
    assert not FORBIDDEN.search(written)


@given(symbols)
def test_latex_keeps_bold(symbol):
    back = latex_reader.read(latex.write(symbol))
    assert back == symbol
    assert back.bold == symbol.bold


@pytest.mark.parametrize("writer", [latex, typst, plain])
def test_no_two_signs_meet(writer):
    @quick
    @given(forms)
    def check(form):
        assert not FORBIDDEN.search(writer.write(form))

    check()


TYPED_NAMES = st.builds(
    Symbol,
    st.one_of(st.sampled_from(LETTERS), st.sampled_from(sorted(GREEK)), st.just("loss")),
    st.sampled_from(("", "", "hat")),
    st.lists(st.sampled_from(("1", "12", "i", "out")), max_size=2).map(tuple),
    st.sampled_from(("", "", "2", "l")),
)


TYPED = [
    sums, partial(rows, Product), partial(rows, Hadamard), partial(rows, Tuple), matrices,
    lambda of: of.map(Neg),
    lambda of: of.map(Root),
    lambda of: of.map(Transpose),
    lambda of: st.builds(Frac, of, of),
    lambda of: st.builds(Power, of, of),
    lambda of: st.builds(Fence, st.sampled_from(("floor", "abs")), of),
    lambda of: st.builds(Relation, st.sampled_from(("<", "≤", ">", "≥", "=", "≠")), of, of),
    lambda of: st.builds(
        Call, st.sampled_from(("log", "exp", "relu", "max", "F")), st.lists(of, min_size=1, max_size=2).map(tuple)
    ),
]  # fmt: skip
typed = st.integers(0, 3).flatmap(lambda depth: grown(st.one_of(TYPED_NAMES, numbers), TYPED, depth))


@quick
@given(typed)
def test_source_reads_back(form):
    written = source.write(form)
    assert not FORBIDDEN.search(written)
    assert text.read(written, {"F"}) == form


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(st.lists(forms, min_size=100, max_size=100))
def test_typst_compiles(some):
    written = [write(form) for form in some for write in (typst.write, typst.write_inline)]
    page = "#set page(width: 200cm, height: auto)\n" + "\n\n".join(f"$ {each} $" for each in written)
    assert typst_engine.compile(page.encode(), format="pdf").startswith(b"%PDF")
