"""No spoiled solution about attention, normalization, dropout or a judged model passes."""

from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.exam.marks import with_points
from derive.questions.catalogue import question
from derive.record import Conventions
from tests.check.mutations import MUTATIONS

AT_MOST = 2
SMALL = {
    "one head": (
        "attention.forward",
        {"Q": [[1, 0], [0.5, 1]], "K": [[1, 1], [0, -1]], "V": [[2], [-1]], "mask": "causal"},
    ),
    "two heads": (
        "attention.forward",
        {"Q": [[1, 2], [0, -1]], "K": [[1, 1], [0, -1]], "V": [[2, 1], [-1, 0]], "heads": 2, "W_O": [[1], [2]]},
    ),
    "batch": (
        "batchnorm.forward",
        {"x": [[1, 2], [3, 5]], "gamma": [2, 1], "beta": [0, 1], "epsilon": 0.5, "running": "pytorch"},
    ),
    "gradient": (
        "batchnorm.backward",
        {"x": [1, 2, 4], "gamma": 2, "beta": 1, "epsilon": 0.5, "upstream": [0.5, -1, 2]},
    ),
    "drawn mask": ("dropout.forward", {"x": [2, -1], "p": 0.25, "seed": 3}),
    "classic": ("dropout.forward", {"x": [2, -1], "p": 0.25, "mask": [0, 1], "scaling": "classic"}),
    "one example": (
        "model.judge",
        {"unit": "tanh", "target": 2.5, "loss": "half_sse", "x": [0.65, 0.75], "w": [0.3, 0.5], "b": 1, "rate": 2},
    ),
    "two examples": (
        "model.judge",
        {"target": [1, 2], "loss": "mse", "x": [[1], [2]], "w": 0.5, "b": 1, "rate": 0.1},
    ),
}


def is_zero_anyway(right, spoiled):
    """The second path to the mean carries Σ (x_i - μ) = 0: whatever stands beside that, the line stays true."""
    pairs = ((a, b) for a, b in zip(right.all_steps(), spoiled.all_steps(), strict=False) if a != b)
    return any(a.name == "dL_dmu" and a.lines[0] != b.lines[0] for a, b in pairs)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.slow
def test_spoiled_solutions_are_not_verified(name):
    ask, givens = SMALL[name]
    right = with_points(question(ask, givens).solve(Conventions()), Fraction(5))
    assert judge(right).verified is True
    tried = 0
    for kind, mutate in MUTATIONS.items():
        variants = mutate(right)
        for spoiled in variants[:: max(1, -(-len(variants) // AT_MOST))]:
            if is_zero_anyway(right, spoiled):
                continue
            tried += 1
            assert judge(spoiled).verified is not True, (kind, [s.name for s in spoiled.all_steps()])
    assert tried > 15
