"""Linear separability as a question: weights with margins, or a point of both hulls; the judge decides by itself."""

import itertools
import random

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.notation import plain
from derive.questions.catalogue import question
from derive.questions.logic_draws import draw_examples
from derive.record import Conventions
from derive.render.documents import render, single


def solved(**givens):
    return question("logic.separable", givens).solve(Conventions())


def verified(derivation):
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults + verdict.undecided]
    return {answer.name: plain.write(answer.form) for answer in derivation.answers}


def test_all_functions_of_two_inputs():
    found = [verified(solved(targets=list(targets)))["verdict"] for targets in itertools.product((0, 1), repeat=4)]
    assert found.count("linearly separable") == 14
    assert found.count("not linearly separable") == 2


def test_exclusive_or():
    derivation = solved(function="A xor B")
    assert verified(derivation) == {"verdict": "not linearly separable"}
    forms = [plain.write(line.form) for line in derivation.steps[0].lines]
    assert forms == ["(1/2)·(0, 1) + (1/2)·(1, 0)", "(1/2)·(0, 0) + (1/2)·(1, 1)", "(0.5, 0.5)"]


def test_a_separable_function():
    derivation = solved(function="(A and B) or C")
    assert verified(derivation) == {"verdict": "linearly separable", "weights": "(1, 1, 2)", "threshold": "1.5"}
    table = derivation.steps[2].substeps
    assert len(table) == 8
    margins = [float(plain.write(row.substeps[2].lines[-1].form)) for row in table]
    assert [margin > 0 for margin in margins] == [False, True, False, True, False, True, True, True]


@pytest.mark.parametrize(
    ("givens", "verdict"),
    [
        ({"targets": [1, 1]}, "linearly separable"),
        ({"targets": [0, 0, 0, 0]}, "linearly separable"),
        ({"points": [[1], [2], [3]], "targets": [1, 0, 1]}, "not linearly separable"),
        ({"points": [[1, 2], [1, 2]], "targets": [1, -1]}, "not linearly separable"),
        ({"points": [[0.1, -2], ["1/3", 4], [7, 7]], "targets": [1, 0, 1]}, "linearly separable"),
        ({"function": "a xor b xor c xor d xor e xor g"}, "not linearly separable"),
        ({"function": "a and b and c and d and e and g"}, "linearly separable"),
    ],
)
def test_verdicts(givens, verdict):
    derivation = solved(**givens)
    assert verified(derivation)["verdict"] == verdict
    for detail in (1, 3):
        report = read_back(render(single(derivation), "solution", "tex", detail))
        assert not report.failed + report.undecided


def test_an_example_of_both_classes_is_named():
    derivation = solved(points=[[1, 2], [1, 2]], targets=[1, 0])
    assert derivation.steps[0].lines[0].reason == ("an example of both classes",)


@pytest.mark.parametrize("seed", range(20))
def test_random_examples_under_both_labels(seed):
    """What the classes are called changes nothing."""
    given = draw_examples(random.Random(seed))
    if "targets" not in given:
        return
    other = {**given, "targets": [1 if t > 0 else (0 if -1 in given["targets"] else -1) for t in given["targets"]]}
    assert verified(solved(**given))["verdict"] == verified(solved(**other))["verdict"]


@pytest.mark.parametrize("count", [1, 2, 16, 17, 24, 37, 40])
def test_any_number_of_points(count):
    rng = random.Random(count)
    points = [[rng.randint(-9, 9), rng.randint(-9, 9)] for _ in range(count)]
    verified(solved(points=points, targets=[int(x + 2 * y > 1) for x, y in points]))


@pytest.mark.parametrize(
    ("givens", "says"),
    [({}, "give a Boolean function"), ({"targets": [1, 0] * 40}, "targets, not 80"),
     ({"points": [[k] for k in range(41)], "targets": [1] * 41}, "at most 40 points")],
)  # fmt: skip
def test_wrong_givens(givens, says):
    with pytest.raises(InputError, match=says):
        solved(**givens)
