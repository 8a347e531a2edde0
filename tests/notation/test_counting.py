"""The judge's counting functions against ranges and numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.notation.build import number
from derive.notation.form import Call, Tuple
from derive.notation.reals import Undefined
from derive.notation.value import evaluate

SIDE = st.integers(1, 40)


def counted(name, *args):
    return evaluate(Call(name, tuple(map(number, args))), {})


@given(SIDE, SIDE)
def test_starts(side, stride):
    assert counted("starts", side, stride) == len(range(0, side, stride))


@given(SIDE, SIDE, SIDE)
def test_windows_over(side, kernel, stride):
    if kernel > side:
        with pytest.raises(Undefined):
            counted("windows_over", side, kernel, stride)
        return
    ends = [begin + kernel for begin in range(0, 2 * side + stride, stride)]
    assert counted("windows_over", side, kernel, stride) == 1 + next(i for i, end in enumerate(ends) if end >= side)


@given(SIDE, SIDE, SIDE)
def test_spread(side, kernel, stride):
    touched = {cell * stride + k for cell in range(side) for k in range(kernel)}
    assert counted("spread", side, kernel, stride) == max(touched) + 1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_cells(sides):
    assert counted("cells", *sides) == np.zeros(sides).size


def test_the_axes_of_kernels():
    """As `torch.nn.Conv2d` and `keras.layers.Conv2D` document them: (out, in, sides) and (sides, in, out)."""
    sides, ins, outs = (5, 7), 3, 4
    for name, expected in (("pytorch_kernel", (4, 3, 5, 7)), ("keras_kernel", (5, 7, 3, 4))):
        found = evaluate(Call(name, tuple(map(number, (outs, ins, *sides)))), {})
        assert found == evaluate(Tuple(tuple(map(number, expected))), {})
