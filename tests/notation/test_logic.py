"""Boolean expressions: how they are read, what they are worth, what is refused and where."""

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import InputError
from derive.notation import latex, latex_reader, plain, text
from derive.notation.build import sym
from derive.notation.connectives import CONNECTIVES, NOT
from derive.notation.form import Call, Number, symbols
from derive.notation.logic import MAX_LENGTH, read_logic
from derive.notation.reals import Undefined
from derive.notation.value import evaluate

A, B, C, D = map(sym, "ABCD")
PYTHON = {
    "land": lambda a, b: a and b,
    "lor": lambda a, b: a or b,
    "xor": lambda a, b: a ^ b,
    "xnor": lambda a, b: 1 - (a ^ b),
    "nand": lambda a, b: 1 - (a and b),
    "nor": lambda a, b: 1 - (a or b),
    "implies": lambda a, b: (1 - a) or b,
}


def call(name, *args):
    return Call(name, args)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("A", A),
        ("0", Number("0")),
        ("TRUE", Number("1")),
        ("x1 xor y_out", call("xor", sym("x_1"), sym("y_out"))),
        ("A and B or C", call("lor", call("land", A, B), C)),
        ("A or B and C", call("lor", A, call("land", B, C))),
        ("A xor B and C", call("xor", A, call("land", B, C))),
        ("A xor B or C", call("lor", call("xor", A, B), C)),
        ("A or B implies C", call("implies", call("lor", A, B), C)),
        ("not A and B", call("land", call("lnot", A), B)),
        ("not (A and B)", call("lnot", call("land", A, B))),
        ("not not A", call("lnot", call("lnot", A))),
        ("A xnor B xnor C xnor D", call("xnor", A, B, C, D)),
        ("(A xnor B) xnor C", call("xnor", call("xnor", A, B), C)),
        ("A nand B nand C", call("nand", A, B, C)),
        ("A nand B and C", call("land", call("nand", A, B), C)),
        ("A xor B xnor C", call("xnor", call("xor", A, B), C)),
        ("A -> (B => C)", call("implies", A, call("implies", B, C))),
        ("A NOR b", call("nor", A, sym("b"))),
    ],
)
def test_reads(typed, form):
    assert read_logic(typed) == form


@pytest.mark.parametrize("each", CONNECTIVES.values(), ids=lambda each: each.name)
def test_every_spelling(each):
    expected = call(NOT, A) if each.name == NOT else call(each.name, A, B)
    for typed in each.typed:
        for spelled in (typed, typed.upper()):
            assert read_logic(f"{spelled} A" if each.name == NOT else f"A {spelled} B") == expected
    assert read_logic(plain.write(expected)) == expected
    assert latex_reader.read(latex.write(expected)) == expected
    assert text.read(f"{each.name}(A)" if each.name == NOT else f"{each.name}(A, B)") == expected


@pytest.mark.parametrize("name", PYTHON)
def test_chains_go_from_left_to_right(name):
    for row in itertools.product((0, 1), repeat=3):
        a, b, c = row
        expected = PYTHON[name](PYTHON[name](a, b), c)
        assert evaluate(call(name, *(Number(str(x)) for x in row))) == expected
        assert evaluate(call("lnot", Number(str(a)))) == 1 - a


@pytest.mark.parametrize("form", [call("land", A), call("land", A, sym("x")), call("lnot", A, B), call("xor", A, D)])
def test_only_0_and_1_have_a_truth_value(form):
    with pytest.raises(Undefined):
        evaluate(form, {A: 1, B: 0, sym("x"): 2, D: True})


def trees(depth):
    leaf = st.sampled_from([A, B, C, D, sym("x_1"), Number("1")])
    if depth == 0:
        return leaf
    inner = trees(depth - 1)
    chains = st.builds(Call, st.sampled_from(sorted(PYTHON)), st.lists(inner, min_size=2, max_size=3).map(tuple))
    return st.one_of(leaf, chains, inner.map(lambda form: call(NOT, form)))


def typed(form):
    """The form with brackets round everything that is not a name."""
    if not isinstance(form, Call):
        return plain.write(form) if isinstance(form, Number) else {"x": "x1"}.get(form.base, form.base)
    parts = [f"({typed(arg)})" for arg in form.args]
    word = {"land": "and", "lor": "or", NOT: "not"}.get(form.function, form.function)
    return f" {word} ".join(parts) if form.function != NOT else f"not {parts[0]}"


def wide(form):
    return isinstance(form, Call) and form.function == "implies" and len(form.args) > 2


@settings(max_examples=80, deadline=None)
@given(trees(3))
def test_reads_what_is_typed_and_what_is_printed(form):
    nodes = [form]
    for node in nodes:
        nodes += node.args if isinstance(node, Call) else ()
    if any(map(wide, nodes)):
        with pytest.raises(InputError, match="brackets"):
            read_logic(typed(form))
        return
    assert read_logic(typed(form)) == form
    assert latex_reader.read(latex.write(form)) == form
    names = symbols(form)
    row = {name: random.Random(str(name)).randint(0, 1) for name in names}
    assert evaluate(form, row) in (0, 1)


HOSTILE = {
    "empty": ("", None),
    "blank": ("   ", None),
    "no connective": ("A B", 3),
    "ends with one": ("A and", 6),
    "begins with one": ("and A", 1),
    "two in a row": ("A and and B", 7),
    "never closed": ("A xor (B", 7),
    "never opened": ("A xor B)", 8),
    "empty brackets": ("A and ()", 8),
    "a number": ("A and 2", 7),
    "a decimal": ("A and 1.5", 8),
    "a sum": ("A + B", 3),
    "a call": ("__import__('os').system('true')", 12),
    "a dunder": ("x.__class__", 2),
    "a call of a name": ("open(A)", 5),
    "a list": ("[A, B]", 1),
    "a lambda": ("lambda: A", 7),
    "a walrus": ("(y := A)", 4),
    "an f-string": ("f'{A}'", 2),
    "a comparison": ("A == B", 3),
    "a comment": ("A # and B", 3),
    "a new statement": ("A; B", 2),
    "a backslash": ("A \\and B", 3),
    "a null byte": ("A \x00 B", 3),
    "another alphabet": ("А and B", 1),
    "an underscore alone": ("_ and B", 1),
    "implies twice": ("A -> B -> C", 8),
    "deep brackets": ("(" * 5000 + "A" + ")" * 5000, None),
    "deep brackets below the limit": ("(" * 900 + "A" + ")" * 900, 31),
    "many negations": ("not " * 400 + "A", 121),
    "many operands": (" xor ".join(["A"] * 100), 385),
    "too long": ("A and " * MAX_LENGTH + "A", None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_expressions_are_refused_quickly(name):
    typed, column = HOSTILE[name]
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        read_logic(typed)
    assert time.perf_counter() - start < 0.5
    assert "\n" not in caught.value.message
    assert (caught.value.place.column if caught.value.place else None) == column


def test_mixed_connectives_in_latex_need_brackets():
    with pytest.raises(InputError, match="brackets"):
        latex_reader.read(r"A \land B \lor C")
    assert latex_reader.read(r"(A \wedge B) \vee \neg C") == read_logic("A and B or not C")
