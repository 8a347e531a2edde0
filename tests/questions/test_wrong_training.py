"""Wrong givens of the questions about training: each is answered in one sentence, none with a traceback."""

import copy
import random

import pytest

from derive.errors import DeriveError, InputError
from derive.questions.catalogue import question, question_type
from derive.record import Conventions

TYPES = [
    "loss.value",
    "loss.gradient",
    "mlp.forward",
    "mlp.backward",
    "mlp.update",
    "optimizer.step",
    "optimizer.run",
    "optimizer.curves",
    "rnn.forward",
    "lstm.forward",
    "gru.forward",
    "rnn.bptt",
    "attention.forward",
    "batchnorm.forward",
    "batchnorm.backward",
    "dropout.forward",
    "perceptron.train",
    "logic.network",
    "logic.separable",
    "model.judge",
]
WRONG_INPUT, MOST_LINES = 2, 5
NAN, INF = float("nan"), float("inf")
HOSTILE = (
    [], {}, "", None, NAN, INF, "nan", "1/0", "log(0)", 0, -1, [[1], [1, 2]], [[]], [["a"]], [1, [2]], "w w", True,
)  # fmt: skip


def answered(ask, givens):
    """What a question with these givens says; empty where it is solved."""
    try:
        question(ask, givens).solve(Conventions())
    except DeriveError as error:
        return str(error) if error.exit_status == WRONG_INPUT else f"status {error.exit_status}" + "\n" * MOST_LINES
    return ""


@pytest.mark.parametrize("ask", TYPES)
def test_any_given_may_be_nonsense(ask):
    """Every given of the example, in turn, as something else."""
    example, refused = question_type(ask).example, 0
    rng = random.Random(ask)
    for name in example:
        for value in rng.sample(HOSTILE, 9):
            said = answered(ask, {**example, name: value})
            refused += bool(said)
            assert said.count("\n") < MOST_LINES, said  # several wrong givens have a line each
    assert refused >= 9


@pytest.mark.parametrize(
    ("ask", "path", "value", "says"),
    [
        ("loss.value", ("prediction", 0), [], "nested alike"),
        ("loss.value", ("prediction", 0), [["a"]], "nested alike"),
        ("loss.gradient", ("prediction", 0), "log(0)", "the logarithm of a number that is not positive"),
        ("loss.gradient", ("prediction", 0), "1/0", "a division by zero"),
        ("loss.value", ("prediction", 0), "x", "a number is needed here: the symbol x has no value"),
        ("mlp.forward", ("layers", 0, "W", 0), None, "nested alike"),
        ("mlp.forward", ("layers", 0, "W", 0), NAN, "nested alike"),
        ("mlp.forward", ("layers", 0, "W", 0), "nan", "nested alike"),
        ("mlp.backward", ("layers", 0, "b", 0), [[]], "nested alike"),
        ("mlp.forward", ("of",), "x", "x is given: there is nothing to compute"),
        ("batchnorm.forward", ("epsilon",), [1, 2], "not a list"),
        ("batchnorm.backward", ("epsilon",), [[1, 2], [3, 4]], "not a list"),
        ("optimizer.curves", ("at", "w"), "1e400", "too large to be drawn"),
        ("optimizer.curves", ("wrt",), [], "wrt: expected a list of at least 1"),
        ("rnn.forward", ("input", 0), INF, "no number to compute with"),
        ("dropout.forward", ("x", 0), NAN, "no number to compute with"),
        ("dropout.forward", ("x",), [[]], "an empty list"),
    ],
)
def test_givens_that_once_crashed(ask, path, value, says):
    givens = copy.deepcopy(question_type(ask).example)
    *before, last = path
    place = givens
    for key in before:
        place = place[key]
    place[last] = value
    with pytest.raises(InputError, match=says) as caught:
        question(ask, givens).solve(Conventions())
    assert "\n" not in str(caught.value)


def test_a_list_with_a_wrong_item_is_not_called_too_short():
    layers = [{"W": [[1]], "units": "many"}]
    said = answered("mlp.forward", {"layers": layers, "input": 1})
    assert "layers, 0, units: expected a whole number, not 'many'" in said
    assert "at least" not in said


def test_a_weight_beyond_all_bounds_is_refused_at_once():
    """The slope of a GELU so far out is smaller than anybody could write."""
    layers = [{"W": [[10**400], [1]], "activation": "gelu"}, {"W": [[1, 1]], "activation": "tanh"}]
    said = answered("mlp.backward", {"layers": layers, "input": 1, "target": 1, "loss": "sse"})
    assert "which nobody could write down" in said
