"""Solutions that go on with rounded numbers, or with exact ones: what stands in lines, arrays, figures and recalls."""

import pytest

from derive.errors import InputError
from derive.notation.form import Derivative, Form, Matrix, Symbol, symbols, walk
from derive.notation.plain import write
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.questions.catalogue import question
from derive.record import Conventions, Rounding, Step

CARRIED = Conventions(Rounding("carry-rounded", 4))
EXACT = Conventions(Rounding("exact"))
LAYER = {
    "graph": {"z": "W @ x + b", "h": "tanh(z)", "L": "sum((h - t)**2)"},
    "at": {"W": [[0.5, -1], [2, 0.25]], "x": [1, 1.5], "b": [0.3, -1], "t": [1, -1]},
}
KERNEL = {
    "graph": {"Z": "conv2d(X, W)", "A": "sigmoid(Z)", "L": "sum(A**2)"},
    "at": {
        "X": [[1, -0.5, 2, 1], [0.5, 1, -1, 2], [1, 1.5, -2, 0.5], [0.3, 0.7, 1, -1]],
        "W": [[0.1, 0.2, -0.3], [0.5, -0.7, 0.2], [0.3, 0.3, -0.4]],
    },
    "of": "L",
    "wrt": ["W"],
}
LOGISTIC = {"z": "w*x", "p": "sigmoid(z)", "L": "-log(1 - p)"}


def solved(ask, givens, conventions):
    return question(ask, givens).solve(conventions)


def step_by(derivation, of, name):
    target = Derivative(parse_symbol(of), (parse_symbol(name),))
    return [step for step in derivation.all_steps() if step.target == target][-1]


def written(step: Step) -> list[str]:
    return [f"{line.relation} {write(line.form)}" for line in step.lines]


def matrix_of(form: Form) -> Matrix:
    assert isinstance(form, Matrix)
    return form


def test_formulas_of_all_entries_stand_before_carried_numbers():
    derivation = solved("graph.gradient", {**LAYER, "of": "L", "wrt": ["W"]}, CARRIED)
    formulas, numbers = step_by(derivation, "L", "z").lines
    assert write(matrix_of(formulas.form).rows[1][0]) == "∂L/∂h₂·(1 - h₂²)"
    assert (formulas.relation, numbers.relation) == ("=", "≈")
    assert "∂L/∂z₂·x₁" in write(step_by(derivation, "L", "W").lines[0].form)


def test_no_formulas_where_the_definitions_give_the_same_numbers():
    derivation = solved("graph.gradient", {**LAYER, "of": "L", "wrt": ["W"]}, CARRIED)
    assert len(step_by(derivation, "L", "h").lines) == 1  # 2(h - t) at the printed h
    full = solved("graph.gradient", {**LAYER, "of": "L", "wrt": ["W"]}, Conventions())
    assert all(len(step_by(full, "L", name).lines) == 1 for name in "hzW")
    linear = {"graph": {"z": "W @ x", "L": "sum(z**2)"}, "at": {"W": [[1, 2], [3, 4]], "x": [1, 0.5]}}
    plain = solved("graph.gradient", {**linear, "of": "L", "wrt": ["W"]}, CARRIED)
    assert len(step_by(plain, "L", "W").lines) == 1


def test_formulas_too_wide_for_a_matrix_stand_line_by_line():
    derivation = solved("graph.gradient", KERNEL, CARRIED)
    entries = [step_by(derivation, "L", f"W_{i}_{j}") for i in (1, 2, 3) for j in (1, 2, 3)]
    assert all(len(step.lines) > 1 for step in entries)
    whole = step_by(derivation, "L", "W")
    assert len(whole.lines) == 1
    printed = [row for line in matrix_of(whole.lines[0].form).rows for row in line]
    assert printed == [step.lines[-1].form for step in entries]


def test_entries_of_arrays_are_exact_under_the_policy_exact():
    derivation = solved("graph.forward", LAYER, EXACT)
    lines = [line for step in derivation.steps for line in step.lines]
    assert {line.relation for line in lines} == {"="}
    assert not any(symbols(answer.form) for answer in derivation.answers)
    assert write(derivation.answers[1].form) == "[[tanh(-0.7)], [tanh(1.375)]]"


def test_an_exact_form_does_not_grow_without_end():
    layers = {f"y{k}": f"tanh(w*y{k - 1}) + y{k - 1}" for k in range(1, 25)}
    graph = {"y0": "tanh(x)", **layers}
    derivation = solved("graph.forward", {"graph": graph, "at": {"w": 0.5, "x": 1.5}, "of": ["y24"]}, EXACT)
    assert max(sum(1 for _ in walk(line.form)) for step in derivation.steps for line in step.lines) < 2000


@pytest.mark.parametrize("conventions", [CARRIED, EXACT, Conventions()], ids=lambda c: c.rounding.mode)
def test_arrows_show_what_the_table_shows(conventions):
    derivation = solved("graph.table", {"function": "sigmoid(8*x + y)", "at": {"x": 3, "y": 2}}, conventions)
    (figure,) = derivation.figures
    for edge in figure.edges:
        assert edge.below is not None
        assert edge.below.lines[-1].form == step_by(derivation, "f", edge.source).lines[-1].form


def test_arrows_of_a_name_that_feeds_two_go_on_with_carried_numbers():
    derivation = solved("graph.table", {"function": "exp(x)*x + x*y", "at": {"x": 1, "y": 2}}, CARRIED)
    (figure,) = derivation.figures
    below = {(edge.source, edge.target): edge.below for edge in figure.edges if edge.below}
    assert written(below["x", "v_1"]) == ["= ∂f/∂v₁·v₁", "= 2.718"]
    assert written(below["x", "v_2"]) == ["= ∂f/∂v₂·v₁", "= 2.718"]
    assert written(below["x", "v_3"]) == ["= ∂f/∂v₃·y", "= 2"]


def test_a_probability_next_to_1_can_be_gone_on_with():
    derivation = solved("graph.forward", {"graph": LOGISTIC, "at": {"w": 3, "x": 4}}, CARRIED)
    by_name = {answer.name: write(answer.shown) for answer in derivation.answers}
    assert by_name["p"] == "0.999994"
    assert by_name["L"] == "12.02"


def test_carried_numbers_without_a_value_are_said_to_be_the_cause():
    with pytest.raises(InputError, match="rounded to 2 significant digits and carried on"):
        solved(
            "graph.forward",
            {"graph": {"p": "x/3", "L": "log(p - 0.331)"}, "at": {"x": 1.0001}},
            Conventions(Rounding("carry-rounded", 2)),
        )


def test_a_part_that_goes_on_prints_the_carried_numbers_again():
    given = {"graph": {"z": "w*x", "p": "sigmoid(z)", "L": "(p - t)**2"}, "at": {"w": 0.5, "x": 3, "t": 1}}
    asked = {**given, "of": "L", "wrt": ["w"], "known": "forward"}
    first, *others = solved("graph.gradient", asked, CARRIED).steps
    assert first.target == Symbol("p")
    assert written(first) == ["= σ(z)", "≈ 0.8176"]
    assert first.lines[-1].reason == ("as above",)
    assert not first.marks
    assert all(step.target not in (Symbol("z"), Symbol("p")) for step in others)
    full = solved("graph.gradient", asked, Conventions())
    assert all(isinstance(step.target, Derivative) for step in full.steps)


def test_a_recalled_array_comes_with_its_formulas_or_its_entries():
    for givens, names in (({**LAYER, "of": "L", "wrt": ["W"]}, "hzW"), (KERNEL, "AZW")):
        asked = {**givens, "known": "gradient", "rate": 0.5}
        derivation = solved("graph.update", asked, CARRIED)
        assert all(step_by(derivation, "L", name).lines[-1].reason == ("as above",) for name in names)
        names_before: set[str] = set()
        for step in derivation.steps:
            assert names_before.issuperset(step.uses)
            names_before.add(step.name)


def test_nothing_is_recalled_where_nothing_was_rounded():
    given = {"graph": {"z": "w*x", "L": "z**2"}, "at": {"w": 0.5, "x": 3}, "of": "L", "wrt": ["w"], "known": "forward"}
    assert all(isinstance(step.target, Derivative) for step in solved("graph.gradient", given, CARRIED).steps)


def test_an_answer_whose_exact_form_is_too_long_is_a_number_with_many_digits():
    graph = {"a": "U @ x", "h": "tanh(a)", "z": "W @ h", "L": "sum(z**2)"}
    at = {
        "U": [[(i + 2 * j) % 5 - 1.5 for j in range(6)] for i in range(6)],
        "W": [[(2 * i + j) % 7 / 4 for j in range(6)] for i in range(6)],
        "x": [0.1, 0.2, -0.3, 0.4, 0.5, -0.1],
    }
    derivation = solved("graph.gradient", {"graph": graph, "at": at, "of": "L", "wrt": ["U"]}, Conventions())
    (answer,) = derivation.answers
    assert answer.kind == "matrix"
    assert not any(symbols(answer.form))
    assert len(write(answer.form)) > 36 * 40


def test_a_scalar_behind_arrays_has_an_exact_answer_in_numbers():
    graph = {"z": "c*x", "h": "tanh(z)", "L": "sum(h**2)"}
    asked = {"graph": graph, "at": {"x": [1, 2], "c": 0.5}, "of": "L", "wrt": ["c"]}
    (answer,) = solved("graph.gradient", asked, Conventions()).answers
    assert not any(isinstance(node, (Symbol, Derivative)) for node in walk(answer.form))


def test_the_gradient_by_an_array_of_one_entry():
    asked = {"graph": {"z": "W @ x", "L": "sum(z**2)"}, "at": {"W": [[0.5]], "x": [2]}, "of": "L", "wrt": ["W"]}
    (answer,) = solved("graph.gradient", asked, Conventions()).answers
    assert answer.form == Matrix(((read("4"),),))
