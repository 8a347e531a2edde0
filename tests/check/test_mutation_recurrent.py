"""No spoiled run of a recurrent cell passes: the mutation sweep over what the questions derive."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.exam.marks import with_points
from derive.questions.catalogue import question
from derive.record import Conventions, Derivation, Rounding
from tests.check.mutations import MUTATIONS

AT_MOST = 4
FULL = Conventions()
LSTM = {
    "W_f": 0.6,
    "U_f": 0.5,
    "W_i": 0.3,
    "U_i": 0.1,
    "W_c": 0.5,
    "U_c": 0.2,
    "W_o": 0.4,
    "U_o": 0.9,
    "b_f": 1,
    "V": 2,
}
GRU = {"W_r": 0.5, "U_r": 0.4, "W_z": -0.3, "U_z": 0.8, "W_h": 0.7, "U_h": -0.2}
VECTORS = {"W": [[0.5, 0.1], [0.2, 0.3]], "U": [[0.5, -0.3], [0.4, 0.2]], "V": [[1, -1]]}
INPUTS = [[1, 0.5], [0.4, 1], [1, -1]]

QUESTIONS = {
    "rnn": ("rnn.forward", {"input": INPUTS, "weights": VECTORS, "activations": {"output": "sigmoid"}}),
    "rnn in full": (
        "rnn.forward",
        {"input": [1, -2, 0.5], "weights": {"W": 0.5, "U": -0.8}, "show": "all", "formulas": False},
    ),
    "lstm": ("lstm.forward", {"input": [1, 0.5, -1], "weights": LSTM, "hidden": 0.3}),
    "gru": ("gru.forward", {"input": [1, -1], "weights": GRU, "hidden": 0.5, "reset": "after"}),
    "bptt": ("rnn.bptt", {"input": [1, 0.5, -1], "weights": {"W": 0.5, "U": 0.8}, "targets": [0.5], "hidden": 0.2}),
    "bptt, vectors": (
        "rnn.bptt",
        {"input": INPUTS[:2], "weights": VECTORS, "targets": [0.5, -1], "wrt": ["U", "V"], "hidden": [0.2, -0.1]},
    ),
    "bptt, explodes": (
        "rnn.bptt",
        {"input": [1, 2, 1], "weights": {"W": 1, "U": 2}, "targets": [1], "activations": {"state": "identity"}},
    ),
}


def made(name: str, conventions: Conventions = FULL) -> Derivation:
    ask, givens = QUESTIONS[name]
    return with_points(question(ask, givens).solve(conventions), Fraction(10))


def spread(items: list[Derivation]) -> list[Derivation]:
    return items[:: max(1, -(-len(items) // AT_MOST))]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("rounding", [Rounding(), Rounding("carry-rounded", 3)], ids=["full", "carried"])
def test_right_ones_are_verified(name: str, rounding: Rounding) -> None:
    verdict = judge(made(name, Conventions(rounding)))
    assert verdict.verified is True, verdict.faults or verdict.undecided


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.slow
def test_spoiled_ones_are_not(name: str, mutation: str) -> None:
    right = made(name)
    for spoiled in spread(MUTATIONS[mutation](right)):
        assert spoiled != right
        assert judge(spoiled).verified is not True, _changed(right, spoiled)


FOUND = {
    "sign", "factor", "dropped term", "dropped factor", "other function", "transposed matrix", "wrong path",
    "wrong digit", "undefined name", "wrong points", "wrong answer", "unknown use", "wrong verdict",
}  # fmt: skip


def test_the_mutations_find_places() -> None:
    derivations = [made(name) for name in QUESTIONS]
    counts = {name: sum(len(mutate(derivation)) for derivation in derivations) for name, mutate in MUTATIONS.items()}
    assert {name for name, count in counts.items() if count} >= FOUND


def _changed(right: Derivation, spoiled: Derivation) -> str:
    pairs = zip(right.all_steps(), spoiled.all_steps(), strict=False)
    changed = [(a, b) for a, b in pairs if a != b and not a.substeps]
    return "; ".join(f"{a} became {b}" for a, b in changed) or f"{spoiled.answers}, {spoiled.points}"
