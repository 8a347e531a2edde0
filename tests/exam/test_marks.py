"""Shares of points: exact sums, no mark of nothing, proportions kept."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.exam.marks import HALF, shares, with_points
from derive.record import Derivation, Mark, Step


def derivation(*weights, note=()):
    return Derivation("", steps=tuple(Step(f"s{i}", marks=(Mark(F(w), "M", note),)) for i, w in enumerate(weights)))


def earned(derivation):
    return [mark.points for step in derivation.all_steps() for mark in step.marks]


@pytest.mark.parametrize(
    ("weights", "points", "expected"),
    [
        ([1, 1], 2, [1, 1]),
        ([1, 2], 3, [1, 2]),
        ([1, 1, 1], 5, [2, F(3, 2), F(3, 2)]),
        ([1, 3], 2, [HALF, F(3, 2)]),
        ([1, 100], 1, [HALF, HALF]),  # no mark of nothing
        ([2, 1, 1], 1, [HALF, HALF]),  # three marks, two half points: the lightest joins the next
        ([1, 1], F(1, 4), [F(1, 4)]),  # finer than a half where the points are
        ([0, 0], 2, [1, 1]),
        ([F(1, 4), F(3, 4)], 1, [F(1, 4), F(3, 4)]),  # adds up already: left as it is
    ],
)
def test_shares(weights, points, expected):
    assert earned(with_points(derivation(*weights), F(points))) == expected


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12), st.integers(1, 60))
def test_sum_is_exact(weights, halves):
    points = HALF * halves
    solved = with_points(derivation(*weights), points)
    assert sum(earned(solved)) == points == solved.points
    if sum(weights) != points:
        assert min(earned(solved)) >= HALF
        assert all(mark % HALF == 0 for mark in earned(solved))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 100))
def test_shares_follow_the_weights(weights, more):
    units = len(weights) + more
    given_out = shares(dict(enumerate(map(F, weights))), units)
    assert sum(given_out) == units
    for a, x in zip(weights, given_out, strict=True):
        assert all(x >= y for b, y in zip(weights, given_out, strict=True) if a > b)


def test_notes_of_merged_marks_are_kept():
    solved = with_points(derivation(1, 1, 1, note=("why",)), F(1))
    notes = [mark.note for step in solved.all_steps() for mark in step.marks]
    assert ("why", "; ", "why") in notes


def test_marks_of_substeps_come_in_printed_order():
    inner = Step("inner", marks=(Mark(F(1)),))
    outer = Step("outer", marks=(Mark(F(3)),), substeps=(inner,))
    solved = with_points(Derivation("", steps=(outer,)), F(2))
    assert solved.steps[0].marks[0].points == F(3, 2)
    assert solved.steps[0].substeps[0].marks[0].points == HALF


def test_without_marks_the_end_earns_all():
    bare = Derivation("", steps=(Step("a"), Step("b")))
    assert earned(with_points(bare, F(3))) == [3]
    assert with_points(bare, F(3)).steps[1].marks[0].kind == "A"
    assert earned(with_points(derivation(1, 1), F(0))) == []


def test_a_mark_without_a_note_is_for_what_its_step_finds_even_where_another_joins_it():
    steps = (Step("a", marks=(Mark(F(1), "M", ("the formula",)),)), Step("b", marks=(Mark(F(2), "A"),)))
    (mark,) = [mark for step in with_points(Derivation("", steps=steps), HALF).all_steps() for mark in step.marks]
    assert mark.note == ()
