"""Cases, sums over an index and entries of arrays in a graph: values, derivatives, what they are refused."""

from fractions import Fraction

import pytest

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.backward import Backward
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.form import BigSum, Number, Symbol
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.record import Conventions

SPLINE = "where(x < 0, -x, where(x < 1, x**2, 2*x - 1))"


def slope(text, x, **more):
    graph = Graph({"f": text})
    point = Point(graph, {parse_symbol(k): Fraction(v) for k, v in {"x": x, **more}.items()}, Conventions())
    node = graph.scalar("x")
    return Backward(point, graph.scalar("f"), [node]).value(node)


@pytest.mark.parametrize(
    ("x", "value", "right"), [(-2, 2, -1), (Fraction(1, 2), Fraction(1, 4), 1), (3, 5, 2), (1, 1, 2)]
)
def test_three_pieces(x, value, right):
    graph = Graph({"f": SPLINE})
    node = graph.scalar("f")
    assert graph.values({parse_symbol("x"): Fraction(x)}, Conventions())[node] == value
    assert evaluate(graph.form(node), {parse_symbol("x"): Fraction(x)}) == value
    assert slope(SPLINE, x) == right


def test_the_derivative_of_cases_are_the_cases_of_the_derivatives():
    graph = Graph({"f": "3*where(x > a, x**2, a*x)/2"})
    x = graph.scalar("x")
    derivative = graph.program.gradient(graph.scalar("f"), [x])[x]
    assert graph.form(derivative) == read("where(x > a, (3*2*x)/2, (3*a)/2)")


def test_second_derivative_through_cases():
    graph = Graph({"f": "where(x < 1, x**3, 5*x)"})
    x, f = graph.scalar("x"), graph.scalar("f")
    first = graph.program.gradient(f, [x])[x]
    second = graph.program.gradient(first, [x])[x]
    for at, right in ((Fraction(1, 2), 3), (Fraction(2), 0)):
        assert graph.values({parse_symbol("x"): at}, Conventions(), [second])[second] == right


def test_cases_over_an_array():
    graph = Graph({"f": "sum(where(x > 0, x, 0))"}, {"x": (3, 1)})
    at = {parse_symbol("x"): Array((3, 1), (Fraction(1), Fraction(-2), Fraction(3)))}
    assert graph.values(at, Conventions())[graph.scalar("f")] == 4


def total(text, upper, letter="k"):
    return BigSum(read(text), Symbol(letter), Number("1"), Number(str(upper)))


def test_a_sum_over_an_index_takes_entries_in_turn():
    graph = Graph({"f": total("k*x_k**2", 3)}, {"x": (3, 1)})
    at = {parse_symbol("x"): Array((3, 1), (Fraction(1), Fraction(2), Fraction(3)))}
    assert graph.values(at, Conventions())[graph.scalar("f")] == 1 + 2 * 4 + 3 * 9
    assert [q.symbol for q in graph.inputs] == [parse_symbol("x")]


def test_an_entry_of_an_array_is_no_input_of_its_own():
    graph = Graph({"f": "W_1_2*x_2 + W_2_1"}, {"W": (2, 2), "x": (2, 1)})
    assert [q.symbol for q in graph.inputs] == [parse_symbol("W"), parse_symbol("x")]
    assert graph.form(graph.scalar("f")) == read("W_1_2*x_2 + W_2_1")


def test_a_name_with_an_index_beyond_the_array_is_another_quantity():
    graph = Graph({"f": "x_1 + x_7"}, {"x": (2, 1)})
    assert [q.symbol for q in graph.inputs] == [parse_symbol("x"), parse_symbol("x_7")]


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ("where(x, 1, 2)", "is a comparison"),
        (BigSum(read("x_k"), Symbol("k"), Number("1"), Symbol("n")), "whole number"),
        (BigSum(read("k"), Symbol("k"), Number("1"), Number("5000")), "more than 4096 terms"),
    ],
)
def test_what_is_refused(definition, says):
    with pytest.raises(InputError, match=says):
        Graph({"f": definition}, {"x": (2, 1)})
