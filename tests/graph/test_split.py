"""One expression cut into named nodes: what a person would draw, and the same value."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.errors import InputError
from derive.graph.arithmetic import MP
from derive.graph.graph import Graph
from derive.graph.split import split
from derive.notation import source
from derive.notation.form import Call, Product, Symbol
from derive.notation.reals import Undefined
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.record import Conventions


def cut(text: str, **options: str) -> dict[str, str]:
    return {name: source.write(form) for name, form in split(read(text), **options).items()}


def test_a_quartic_is_drawn_with_its_squares():
    assert cut("x**4 - 32*x**2 + y**4 - 18*y**2") == {
        "v_1": "x**2",
        "v_2": "v_1**2",
        "v_3": "32*v_1",
        "v_4": "y**2",
        "v_5": "v_4**2",
        "v_6": "18*v_4",
        "f": "v_2 - v_3 + v_5 - v_6",
    }


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("x**3 + x**2", {"v_1": "x**2", "v_2": "v_1*x", "f": "v_2 + v_1"}),
        ("x**6 + x**4 + x**2", {"v_1": "x**2", "v_2": "v_1**3", "v_3": "v_1**2", "f": "v_2 + v_3 + v_1"}),
        ("x**5 + x**2", {"v_1": "x**5", "v_2": "x**2", "f": "v_1 + v_2"}),
        ("1/(1 + exp(-w*x - b))", {"v_1": "w*x", "z": "v_1 + b", "f": "sigmoid(z)"}),
        ("1/(exp(-u) + 1) + u", {"p": "sigmoid(u)", "f": "p + u"}),
        ("exp(u)/(1 + exp(u))", {"f": "sigmoid(u)"}),
        ("3/(1 + exp(-u))", {"p": "sigmoid(u)", "f": "3*p"}),
        ("exp(-(a*b))*(a*b)", {"v_1": "a*b", "v_2": "exp(-v_1)", "f": "v_2*v_1"}),
        ("relu(x) + relu(y)", {"h_1": "relu(x)", "h_2": "relu(y)", "f": "h_1 + h_2"}),
        ("2*3/7*x", {"f": "((2*3)/7)*x"}),
        ("x", {"f": "x"}),
        ("-(-x*y)", {"f": "x*y"}),
        ("v1*(v2 + 1)", {"v_3": "v_2 + 1", "f": "v_1*v_3"}),
    ],
)
def test_the_nodes_of_an_expression(text, nodes):
    assert cut(text) == nodes


def test_named_nodes_alone():
    bce = "-(t*log(1/(1 + exp(-(w*x + b)))) + (1 - t)*log(1 - 1/(1 + exp(-(w*x + b)))))"
    assert cut(bce, name="L", detail="named") == {
        "z": "w*x + b",
        "p": "sigmoid(z)",
        "L": "-(t*log(p) + (1 - t)*log(1 - p))",
    }


def test_the_name_of_the_whole_must_be_free():
    with pytest.raises(InputError, match="occurs in the expression"):
        split(read("f + 1"))


def test_a_deep_expression_is_cut_in_linear_time():
    deep = read("x")
    for _ in range(3000):
        deep = Call("tanh", (Product((deep, Symbol("y"))),))
    assert len(split(deep)) == 6000


texts = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda abc: f"({abc[0]} {abc[1]} {abc[2]})"),
        st.tuples(st.sampled_from(["sigmoid", "tanh", "relu", "exp", "abs"]), inner).map(
            lambda fa: f"{fa[0]}({fa[1]})"
        ),
        st.tuples(inner, st.integers(2, 6)).map(lambda ak: f"({ak[0]})**{ak[1]}"),
        inner.map(lambda a: f"1/(1 + exp(-{a}))"),
        inner.map(lambda a: f"-{a}"),
    ),
    max_leaves=7,
)


@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from(["elementary", "named"]))
def test_the_graph_is_worth_the_expression(text, detail):
    form = read(text)
    at = {Symbol("x"): MP.mpf("0.7"), Symbol("y"): MP.mpf("-1.3")}
    definitions = split(form, "f", detail=detail)
    for body in definitions.values():
        assert detail == "named" or len(source.write(body)) < 60
    graph = Graph(definitions)
    node = graph.scalar(Symbol("f"))
    try:
        right = evaluate(form, at)
        value = graph.values({name: at[name] for name in at if name in graph.quantities}, Conventions(), [node])[node]
    except (InputError, Undefined):
        assume(False)
    assume(abs(right) < 10**8)
    assert abs(MP.convert(value) - MP.convert(right)) <= MP.mpf(10) ** -35 * (1 + abs(MP.convert(right)))


def test_a_complement_stands_where_it_is_used():
    assert cut("(1 - t)*log(1 - p)") == {"v_1": "log(1 - p)", "f": "(1 - t)*v_1"}
