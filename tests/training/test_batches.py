"""Batches: every example once in an epoch, the same order from the same seed, and the judge's own reading of them."""

import random

import pytest

from derive.notation.arrays import Array, items
from derive.notation.build import column, number
from derive.notation.form import Call, Number, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import evaluate
from derive.training.batches import batches


@pytest.mark.parametrize("shuffle", ["no", "once", "each"])
@pytest.mark.parametrize(("count", "size"), [(4, 2), (5, 2), (6, 1), (7, 3), (3, 3)])
def test_every_example_once_in_an_epoch(count, size, shuffle):
    found = batches(count, size, 20, shuffle, 7)
    for epoch in range(20 // found.an_epoch):
        seen = [x for k in range(found.an_epoch) for x in found.examples(epoch * found.an_epoch + k + 1)]
        assert sorted(seen) == list(range(1, count + 1))
        assert shuffle != "no" or seen == sorted(seen)
    assert all(len(found.examples(step)) <= size for step in range(1, 21))


def test_seeds():
    assert batches(8, 2, 20, "each", 1) == batches(8, 2, 20, "each", 1)
    assert batches(8, 2, 20, "each", 1) != batches(8, 2, 20, "each", 2)
    one = batches(8, 2, 20, "once", 1)
    assert len(one.order) == 8
    assert one.examples(1) == one.examples(5)


@pytest.mark.parametrize("seed", range(20))
def test_the_judge_sees_the_same_rows(seed):
    """`batch` in a premise is read by a function that shares nothing with the one that drew them."""
    rng = random.Random(seed)
    count = rng.randint(2, 7)
    size = rng.randint(1, count)
    made = batches(count, size, 12, rng.choice(["once", "each"]), seed)
    rows = [rng.randint(-50, 50) for _ in range(count)]
    order = Tuple(tuple(map(number, made.order)))
    for step in range(1, 13):
        form = Call("batch", (column(map(number, rows)), order, number(step)), 0, (("size", number(size)),))
        value = evaluate(form)
        assert isinstance(value, Array)
        assert list(items(value)) == [rows[k - 1] for k in made.examples(step)]


@pytest.mark.parametrize("order", [(1, 2), (1, 2, 4), (0, 1, 2)])
def test_an_order_that_is_none(order):
    form = Call("batch", (column(map(number, (5, 6, 7))), Tuple(tuple(map(number, order))), Number("1")), 0,
                (("size", Number("2")),))  # fmt: skip
    with pytest.raises(Undefined, match="an order that is not one of whole epochs"):
        evaluate(form)
