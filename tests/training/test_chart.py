"""Charts: scales, ticks, what is cut off, and curves that can be told apart without colour."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.check.judge import judge
from derive.notation.build import number
from derive.notation.form import Symbol
from derive.notation.value import approximate
from derive.record import Derivation, Ellipse, Line, Patch, Step, Stroke, Words
from derive.render.pictures import frame
from derive.training.chart import HEIGHT, WIDTH, Curve, Scale, inside, leaves, plot, suits_log, vertical

FALLING = Curve(tuple(4 * 0.7**k for k in range(20)), ("falls",))
CLIMBING = Curve(tuple(3 * 1.9**k for k in range(20)), ("climbs",))
values = st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=30)


@given(values, st.booleans())
def test_an_axis_holds_what_does_not_climb_out_of_sight(found, log):
    curve = Curve(tuple(found), ("x",))
    scale = vertical([curve], log)
    assert scale.low < scale.high
    for value in found:
        assert scale.at(value) <= HEIGHT * (1 + 1e-9) or value > 3 * found[0]
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 9
    for value, form in ticks:
        assert approximate(form) == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert -1e-6 <= scale.at(value) <= HEIGHT * (1 + 1e-6)


def test_places_on_both_kinds_of_axis():
    assert Scale(0, 10, 5.0).at(2) == 1.0
    assert Scale(0.01, 100, 4.0, log=True).at(1) == pytest.approx(2.0)
    assert Scale(0.01, 100, 4.0, log=True).at(0) < 0


def test_a_curve_that_climbs_is_cut_off_at_the_frame():
    scale = vertical([FALLING, CLIMBING], log=False)
    left = leaves(CLIMBING, scale)
    assert left is not None
    assert CLIMBING.values[left] > scale.high >= CLIMBING.values[left - 1]
    assert leaves(FALLING, scale) is None
    (piece,) = inside([(0.0, -1.0), (1.0, 1.0), (2.0, 9.0)], 5.0)
    assert piece == ((0.5, 0.0), (1.0, 1.0), (1.5, 5.0))
    assert inside([(0.0, 6.0), (1.0, 7.0)], 5.0) == []


def test_small_numbers_at_the_axis():
    scale = vertical([Curve((3e-12, 1e-12), ())], log=False)
    ticks = [form for _, form in scale.ticks()]
    assert len(set(ticks)) == len(ticks) > 2
    assert [approximate(form) for form in ticks] == pytest.approx([value for value, _ in scale.ticks()], rel=1e-12)


def test_a_loss_that_falls_without_end_leaves_the_frame_below():
    curve = Curve(tuple(2.0 - 3 * k for k in range(10)), ())
    scale = vertical([curve], log=False)
    assert leaves(curve, scale) == 3


def test_a_line_that_comes_back_has_two_pieces():
    pieces = inside([(0.0, 1.0), (1.0, 9.0), (2.0, 1.0)], 5.0)
    assert [len(piece) for piece in pieces] == [2, 2]
    assert pieces[0][-1] == (0.5, 5.0)
    assert pieces[1][0] == (1.5, 5.0)


def test_a_logarithmic_axis_is_for_wide_spreads_of_positive_values():
    assert suits_log([Curve(tuple(2.0 * 0.3**k for k in range(12)), ())])
    assert not suits_log([FALLING])
    assert not suits_log([CLIMBING])
    assert not suits_log([Curve((1.0, 0.0), ())])


def shapes(kind, picture):
    return [shape for shape in picture.shapes if isinstance(shape, kind)]


def test_points_stand_where_the_values_say():
    picture = plot([FALLING], ("step",), ("loss",), log=True)
    line = max(shapes(Stroke, picture), key=lambda stroke: len(stroke.points))
    scale = vertical([FALLING], log=True)
    for k, (x, y) in enumerate(line.points):
        assert x == pytest.approx(WIDTH * k / 19)
        share = (log10(FALLING.values[k]) - log10(scale.low)) / (log10(scale.high) - log10(scale.low))
        assert y == pytest.approx(HEIGHT * share)


def test_curves_differ_without_colour():
    curves = [Curve(tuple(k + 0.5 * j for k in range(10)), (f"curve {j}",)) for j in range(8)]
    picture = plot(curves, ("step",), ("loss",))
    looks = set()
    for j in range(8):
        sample = [stroke for stroke in shapes(Stroke, picture) if stroke.points[0][0] > WIDTH][j]
        mark = [shape for shape in shapes((Ellipse, Patch), picture) if _middle(shape)[0] > WIDTH][j]
        assert _middle(mark)[1] == pytest.approx(sample.points[0][1], abs=0.03)
        looks.add((sample.dash, mark.shade))
    assert len(looks) == 8


def _middle(shape):
    if isinstance(shape, Ellipse):
        return shape.at
    xs, ys = zip(*shape.points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def test_everything_lies_in_the_frame_and_the_legend_is_judged():
    eta = Symbol("eta")
    curve = Curve(FALLING.values, (eta, " = "), Step("rate", eta, (Line("=", number(0.5)),)))
    picture = plot([curve, CLIMBING], ("step ", Symbol("t")), ("loss ", Symbol("L")))
    whole = frame(picture)
    assert whole.scale == 1.0
    (label,) = [words for words in shapes(Words, picture) if words.fact is not None]
    assert label.phrase == (eta, " = ", number(0.5))
    step = Step("rate", eta, (Line("=", number(0.5)),))
    assert judge(Derivation("", steps=(step,), figures=(picture,))).verified is True
    wrong = plot([Curve(curve.values, curve.label, Step("rate", eta, (Line("=", number(0.6)),)))], ("t",), ("L",))
    assert judge(Derivation("", steps=(step,), figures=(wrong,))).verified is False
