"""Threshold networks against brute force: every design of random functions gives the function on every row."""

import itertools
import random
from collections import Counter
from fractions import Fraction

import pytest

from derive.errors import InputError
from derive.notation.build import sym
from derive.notation.form import Call, symbols
from derive.notation.logic import read_logic
from derive.notation.value import evaluate
from derive.questions.logic_draws import draw_logic
from derive.training.threshold_designs import DESIGNS, designed, smallest, truth_table
from derive.training.threshold_gates import gate_units

Y = sym("y")
CHAIN = read_logic("A xnor B xnor C xnor D xnor E")


def built(design, function):
    return designed(design, function, tuple(symbols(function)), "h", Y)


def agrees(network, function):
    """The network unit by unit against the function, and each unit against what it is said to compute."""
    for row in itertools.product((0, 1), repeat=len(network.inputs)):
        values = {name: Fraction(x) for name, x in zip(network.inputs, row, strict=True)}
        expected = evaluate(function, dict(values))
        for unit in network.units:
            fires = sum(weight * values[name] for name, weight in unit.weights) >= unit.threshold
            assert unit.computes is None or evaluate(unit.computes, dict(values)) == fires
            values[unit.name] = Fraction(fires)
        assert values[Y] == expected


def test_random_functions_in_every_design():
    made = Counter()
    for seed in range(120):
        function = read_logic(draw_logic(random.Random(seed), 4))
        for design in DESIGNS:
            try:
                network = built(design, function)
            except InputError:
                continue
            made[design] += 1
            agrees(network, function)
    assert made["tree"] == made["dnf"] == 120
    assert min(made.values()) > 20


@pytest.mark.parametrize("seed", range(30))
def test_random_tables_as_minterms(seed):
    rng = random.Random(seed)
    names = [sym(letter) for letter in "ABCD"[: rng.randint(2, 4)]]
    rows = [row for row in itertools.product((0, 1), repeat=len(names)) if rng.random() < 0.5] or [(1,) * len(names)]
    terms = [
        Call("land", tuple(n if x else Call("lnot", (n,)) for n, x in zip(names, row, strict=True))) for row in rows
    ]
    function = Call("lor", (*terms, *terms[:1])) if len(terms) == 1 else Call("lor", tuple(terms))
    network = designed("dnf", function, tuple(names), "h", Y)
    assert len(network.units) == len(rows) + 1
    agrees(network, function)
    agrees(designed("tree", function, tuple(names), "h", Y), function)


def test_row_bits_mid_q3b():
    tree = built("tree", CHAIN)
    assert tree.size == (12, 6)
    assert [len(layer) for layer in tree.layers] == [4, 2, 2, 1, 2, 1]
    single = built("parity", CHAIN)
    assert [unit.threshold for unit in single.units[:-1]] == [1, 2, 3, 4, 5]
    assert all(weight == 1 for unit in single.units[:-1] for _, weight in unit.weights)
    assert [weight for _, weight in single.output.weights] == [1, -1, 1, -1, 1]
    assert (single.output.threshold, len(single.layers)) == (1, 2)
    dnf = built("dnf", CHAIN)
    assert [len(layer) for layer in dnf.layers] == [16, 1]
    for network in (tree, single, dnf):
        agrees(network, CHAIN)


@pytest.mark.parametrize("count", range(2, 7))
def test_a_chain_of_parity_gates_has_three_units_for_each(count):
    function = Call("xor", tuple(sym(f"x_{k}") for k in range(count)))
    network = built("tree", function)
    assert network.size == (3 * (count - 1), 2 * (count - 1).bit_length())
    agrees(network, function)


@pytest.mark.parametrize(
    ("typed", "units"),
    [
        ("not A", 1),
        ("A and not A", 1),
        ("(A or 1) and B", 1),
        ("((A xor B) and 0) or (C and D)", 1),
        ("not (A and B)", 1),
        ("not (A xor B)", 3),
        ("not A xor not B", 3),
        ("(not A) nor B", 1),
        ("A implies B", 1),
        ("(A nand B) nand C", 2),
        ("A xor A xor B", 1),
    ],
)
def test_negations_and_constants_cost_no_unit(typed, units):
    function = read_logic(typed)
    network = built("tree", function)
    assert len(network.units) == units
    agrees(network, function)
    assert len({unit.name for unit in gate_units(function)}) == units


@pytest.mark.parametrize(
    ("design", "typed", "says"),
    [
        ("parity", "A and not B", "rows 01 and 10"),
        ("unit", "A xor B", "logic.separable"),
        ("dnf", "A or B or C or D or E or F", "63 rows"),
    ],
)
def test_designs_that_are_not_for_a_function(design, typed, says):
    with pytest.raises(InputError, match=says):
        built(design, read_logic(typed))


@pytest.mark.parametrize(
    ("typed", "design"),
    [("A and B", "unit"), ("A xor B xor C", "parity"), ("(A and B) xor C", "tree")],
)
def test_the_smallest(typed, design):
    function = read_logic(typed)
    found, network = smallest(function, tuple(symbols(function)), "h", Y)
    assert found == design
    agrees(network, function)
    sizes = []
    for each in DESIGNS:
        try:
            sizes.append(built(each, function).size)
        except InputError:
            continue
    assert network.size == min(sizes)


def test_truth_tables_are_counted_up():
    assert list(truth_table(read_logic("A implies B"), (sym("A"), sym("B"))).items()) == [
        ((0, 0), 1), ((0, 1), 1), ((1, 0), 0), ((1, 1), 1),
    ]  # fmt: skip
