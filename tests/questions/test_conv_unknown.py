"""Unknown kernel entries: the row of an exam, random systems against SymPy, wrong equations and claims refused."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import add, number
from derive.notation.form import Text, Tuple
from derive.notation.symbols import parse_symbol
from derive.notation.value import evaluate
from derive.questions.catalogue import question, question_type
from derive.record import Conventions

ROW = {
    "image": [[3, 0, 3, -3, 0], [-3, 2, 0, 3, -2], [-5, 0, 3, -2, 0]],
    "kernel": [["x", "y", "z"], [1, 0, 2], [-1, 1, 0]],
    "outputs": [[4, 0, -3]],
}
WIDE = {"image": [[1, 2], [2, 4]], "kernel": [["x", "y"]]}


def solved(**givens):
    return question("conv.unknown", givens).solve(Conventions())


def final(derivation, name):
    step = next(step for step in derivation.steps if step.name == name)
    return plain.write(step.lines[-1].form)


def test_row_bits_ec3_q1e():
    derivation = solved(**ROW)
    (answer,) = derivation.answers
    assert [evaluate(item, {}) for item in answer.form.items] == [Fraction(-1, 2), Fraction(-5, 2), Fraction(7, 6)]
    assert [final(derivation, f"E_{k}") for k in (1, 2, 3)] == ["3·x + 3·z - 2", "3·y - 3·z + 11", "3·x - 3·y - 6"]
    assert [final(derivation, f"E_{k}") for k in (4, 5)] == ["-3·y - 3·z - 4", "-6·z + 7"]
    assert judge(derivation).verified is True


def test_what_the_sheet_said_is_refused():
    """x = 3, y = 1, z = 14/3 gives 25 for the first output."""
    derivation = solved(**ROW)
    (answer,) = derivation.answers
    wrong = Tuple((number(3), number(1), number(Fraction(14, 3))))
    steps = tuple(
        replace(step, lines=(replace(step.lines[0], form=wrong),)) if step.name == "solution" else step
        for step in derivation.steps
    )
    spoiled = replace(derivation, steps=steps, answers=(replace(answer, form=wrong, shown=wrong),))
    assert judge(spoiled).verified is False


def test_no_solution():
    derivation = solved(**WIDE, outputs=[[4], [9]])
    assert derivation.answers[0].form.text == "no solution"
    assert final(derivation, "E_3") == "-1"
    assert judge(derivation).verified is True


def test_infinitely_many():
    derivation = solved(**WIDE, outputs=[[4], [8]])
    assert derivation.answers[0].form.text == "infinitely many solutions"
    assert final(derivation, "general") == "(-2·y + 4, y)"
    assert judge(derivation).verified is True


@pytest.mark.parametrize(("output", "says"), [(0, "infinitely many solutions"), (1, "no solution")])
def test_unknowns_that_meet_only_zeros(output, says):
    derivation = solved(image=[[0, 0]], kernel=[["x", "y"]], outputs=[[output]])
    assert derivation.answers[0].form.text == says
    assert judge(derivation).verified is True


@pytest.mark.parametrize("outputs", [[[4], [9]], [[4], [8]], [[4]]])
@pytest.mark.parametrize("said", ["no solution", "infinitely many solutions", "one solution"])
def test_wrong_verdicts_are_refused(outputs, said):
    derivation = solved(**WIDE, outputs=outputs)
    *before, last = derivation.steps
    spoiled = derivation.with_steps((*before, replace(last, lines=(replace(last.lines[0], form=Text(said)),))))
    assert judge(spoiled).verified is (said == derivation.answers[0].form.text)


def test_a_solution_among_many_is_not_the_solution():
    derivation = solved(**WIDE, outputs=[[4]])
    *before, last = derivation.steps
    for form in (Tuple((number(4), number(0))), Tuple((number(2), parse_symbol("y")))):
        spoiled = derivation.with_steps((*before, replace(last, lines=(replace(last.lines[0], form=form),))))
        assert judge(spoiled).verified is False


def test_bias_padding_flip_and_channels():
    """A 2x2 kernel of two channels under a true convolution with padding, its bias unknown as well."""
    image = [[[1, 2], [0, 1]], [[2, 0], [1, 1]]]
    kernel = [[["x", 1], [0, 2]], [[1, "y"], [0, 1]]]
    weights = {"x": Fraction(3, 2), "y": Fraction(-1), "b": Fraction(1, 4)}
    outputs = []
    for i in range(-1, 2):
        outputs.append([])
        for j in range(-1, 2):
            value = weights["b"]
            for c in range(2):
                for a in range(2):
                    for e in range(2):
                        w = weights.get(kernel[c][1 - a][1 - e], kernel[c][1 - a][1 - e])
                        inside = 0 <= i + a < 2 and 0 <= j + e < 2
                        value += w * image[c][i + a][j + e] if inside else 0
            outputs[-1].append(value)
    givens = {"image": image, "kernel": kernel, "bias": "b", "padding": 1, "flip": True, "outputs": outputs}
    derivation = solved(**givens)
    found = [evaluate(item, {}) for item in derivation.answers[0].form.items]
    assert found == [weights["x"], weights["y"], weights["b"]]
    assert judge(derivation).verified is True


def test_random_systems_as_sympy():
    """SymPy gets the equations from its own sums, and finds the same solutions."""
    rng, kinds = random.Random(2), set()
    for _ in range(60):
        givens = question_type("conv.unknown").draw(rng)
        derivation = solved(**givens)
        names = {x: sympy.Symbol(x) for row in givens["kernel"] for x in row if isinstance(x, str)}
        kernel = [[names.get(x, x) if isinstance(x, str) else sympy.Rational(str(x)) for x in row]
                  for row in givens["kernel"]]  # fmt: skip
        equations = [
            sum(w * givens["image"][i + a][j + b] for a, row in enumerate(kernel) for b, w in enumerate(row))
            - sympy.Rational(str(value))
            for i, line in enumerate(givens["outputs"]) for j, value in enumerate(line) if value is not None
        ]  # fmt: skip
        found = sympy.linsolve(equations, list(names.values()))
        form = derivation.answers[0].form
        if found is sympy.S.EmptySet:
            kind = "no solution"
            assert form.text == kind
        elif any(part.free_symbols for part in next(iter(found))):
            kind = "infinitely many solutions"
            assert form.text == kind
        else:
            kind = "one"
            items = form.items if isinstance(form, Tuple) else (form,)
            assert [Fraction(int(p.p), int(p.q)) for p in next(iter(found))] == [evaluate(item, {}) for item in items]
        kinds.add(kind)
    assert kinds == {"no solution", "infinitely many solutions", "one"}


def test_no_spoiled_line_passes():
    derivation = solved(**ROW)
    for k, step in enumerate(derivation.steps):
        for n, line in enumerate(step.lines):
            if isinstance(line.form, Tuple) or (n == 0 and step.name.startswith("E_") and "put" not in step.name):
                continue
            lines = (*step.lines[:n], replace(line, form=add([line.form, number(1)])), *step.lines[n + 1 :])
            spoiled = (*derivation.steps[:k], replace(step, lines=lines), *derivation.steps[k + 1 :])
            assert judge(derivation.with_steps(spoiled)).verified is False, (step.name, n)


@pytest.mark.parametrize(
    ("givens", "says"),
    [
        ({"kernel": [[1, 2, 3], [1, 0, 2], [-1, 1, 0]]}, "no entry of the kernel is unknown"),
        ({"kernel": [["x*y", 0, 0], [0, 0, 0], [0, 0, 0]]}, "a number or a name"),
        ({"kernel": [["E", 0, 0], [0, 0, 0], [0, 0, 0]]}, "taken"),
        ({"outputs": [[1, 2, 3, 4]]}, "more outputs are stated"),
        ({"outputs": [[None]]}, "no output is stated"),
        ({"outputs": [[4], ["q"]]}, "more outputs|numbers, not q"),
        ({"image": [["a"] * 5] * 3}, "numbers, not a"),
    ],
)
def test_mistakes(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**{**ROW, **givens})
