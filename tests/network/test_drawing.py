"""Drawings of networks: what is drawn is what the network is, nothing covers anything, and its numbers are judged."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.build import number
from derive.notation.form import Number, Shape, Symbol, symbols
from derive.notation.symbols import symbol_name
from derive.notation.text import read
from derive.questions.catalogue import question
from derive.questions.drawing import NetworkDrawing
from derive.questions.prose import words
from derive.record import Conventions, Derivation, Ellipse, Line, Patch, Picture, Stroke, Words
from derive.render.figures import TEXT_CM
from derive.render.geometry import Rect
from derive.render.pictures import frame, room

CONV = "conv2d(filters=8, kernel=3, padding=1)"
SMALL = {"input": [3], "net": ["dense(units=5, activation=relu)", "dense(units=2, activation=softmax)"]}
LSTM = {"input": [5, 4], "net": ["lstm(units=3)"]}
GIVENS = {
    "lenet": NetworkDrawing.example,
    "small": SMALL,
    "large": {"input": [784], "net": ["dense(units=128)", "dropout(rate=0.4)", "dense(units=10)"]},
    "lstm": LSTM,
    "peephole": {"input": [5, 4], "net": ["lstm(units=3, peephole=True, projection=2)"]},
    "gru": {"input": [5, 4], "net": ["gru(units=3)"]},
    "gru, one bias": {"input": [5, 4], "net": ["gru(units=3, biases=1)"]},
    "rnn": {"input": [5, 4], "net": ["simple_rnn(units=3)"]},
    "unrolled": {"input": [4, 3], "net": ["simple_rnn(units=5)"], "style": "unrolled"},
    "both ways": {"input": [20, 3], "net": ["bidirectional(lstm(units=5, return_sequences=True))", "lstm(units=4)"]},
    "residual": {"input": [8, 8, 8], "net": [f"residual({CONV}, relu(), {CONV}, activation=relu)"]},
    "branches": {"input": [28, 28, 8], "net": [{"a": "conv2d(input, filters=4, kernel=1)"},
                 {"b": "conv2d(input, filters=4, kernel=1)"}, {"c": CONV}, "concat(a, c)"]},
    "volume": {"input": [16, 32, 32, 1], "net": ["conv3d(filters=8, kernel=3)", "max_pool3d(kernel=2)"]},
    "sequence": {"input": [100, 3], "net": ["conv1d(filters=16, kernel=5)", "flatten()", "dense(units=10)"]},
    "deep": {"input": [64, 64, 3], "net": [f"residual({CONV.replace('8', '3')}, batch_norm(), relu())"] * 9},
}  # fmt: skip


def derived(givens: dict) -> Derivation:
    return question("network.drawing", givens).solve(Conventions())


def picture_of(givens: dict) -> Picture:
    (picture,) = derived(givens).figures
    assert isinstance(picture, Picture)
    return picture


def kinds(picture: Picture, kind: type) -> list:
    return [shape for shape in picture.shapes if isinstance(shape, kind)]


def texts(picture: Picture) -> list[str]:
    return ["".join(str(piece) for piece in words.text if isinstance(piece, str)) for words in kinds(picture, Words)]


def check_geometry(picture: Picture) -> None:
    whole = frame(picture)
    assert whole.width * whole.scale <= TEXT_CM + 1e-6
    words = kinds(picture, Words)
    rooms = [room(each) for each in words]
    for one, other in combinations(zip(words, rooms, strict=True), 2):
        assert one[1].overlap(other[1]) < 0.004, (one[0].phrase, other[0].phrase)
    for each, rect in zip(words, rooms, strict=True):
        assert rect.x - rect.width / 2 >= whole.left
        assert rect.x + rect.width / 2 <= whole.left + whole.width
        small = Rect(rect.x, rect.y, rect.width * 0.9, rect.height * 0.6)
        last = max((place for place, shape in enumerate(picture.shapes) if covers(shape, small)), default=0)
        for shape in picture.shapes[last:]:
            if isinstance(shape, Stroke):
                assert all(small.crossed(a, b) < 0.01 for a, b in pairwise(shape.points)), (each.phrase, shape.points)


def covers(shape: object, rect: Rect) -> bool:
    """Whether a filled shape hides what was drawn before at a place."""
    if not isinstance(shape, (Patch, Ellipse)) or shape.shade == "none":
        return False
    return room(shape).overlap(rect) > rect.width * rect.height * 0.999


@pytest.mark.parametrize("name", GIVENS)
def test_every_style_is_verified_and_covers_nothing(name: str) -> None:
    derivation = derived(GIVENS[name])
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    check_geometry(picture_of(GIVENS[name]))


@pytest.mark.parametrize("seed", range(60))
def test_random_networks_cover_nothing(seed: int) -> None:
    check_geometry(picture_of(NetworkDrawing.draw(random.Random(seed))))


def test_the_shapes_of_lenet_stand_in_its_drawing() -> None:
    picture = picture_of(NetworkDrawing.example)
    shown = {words.fact.lines[-1].form for words in kinds(picture, Words) if words.fact}
    expected = [(32, 32, 1), (28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)]
    assert shown >= {Shape(tuple(map(number, size))) for size in expected}
    assert shown >= {Number("400"), Number("120"), Number("84"), Number("10")}
    assert Shape((Number("5"), Number("5"))) in shown, "the kernel"


def test_a_wrong_shape_in_the_drawing_is_refused() -> None:
    derivation = derived(NetworkDrawing.example)
    (picture,) = derivation.figures
    assert isinstance(picture, Picture)
    facts = [place for place, shape in enumerate(picture.shapes) if isinstance(shape, Words) and shape.fact]
    assert len(facts) > 9
    for place in facts:
        words = picture.shapes[place]
        assert isinstance(words, Words)
        assert words.fact is not None
        form = words.fact.lines[-1].form
        wrong = Shape((Number("77"), *form.dims[1:])) if isinstance(form, Shape) else Number("77")
        bad = replace(words, fact=replace(words.fact, lines=(Line("=", wrong),)))
        shapes = (*picture.shapes[:place], bad, *picture.shapes[place + 1 :])
        assert judge(replace(derivation, figures=(replace(picture, shapes=shapes),))).verified is False, words.phrase


def test_tum_cnn_p4f1() -> None:
    """A residual block around two linear layers: the skip arrow and the node + are the two marked items."""
    layers = {"residual": {"layers": [{"l1": "dense(units=4)"}, {"l2": "dense(units=4)"}]}}
    givens = {"input": [4], "net": [{"block": layers}], "labels": False}
    derivation = derived(givens)
    assert judge(derivation).verified is True
    (answer,) = derivation.answers
    assert answer.form == read("x + l2(l1(x))", {"l1": 1, "l2": 1})
    marked = [mark for step in derivation.steps for mark in step.marks]
    assert [mark.note for mark in marked] == [("the arrow of the skip",), ("the node +",)]
    picture = picture_of(givens)
    assert [text for text in texts(picture) if text] == ["l1", "l2"]
    arrows = [stroke for stroke in kinds(picture, Stroke) if stroke.tip]
    (skip,) = (arrow for arrow in arrows if len(arrow.points) > 2)
    (plus,) = (circle for circle in kinds(picture, Ellipse) if circle.shade == "white")
    assert skip.points[-1] == pytest.approx((plus.at[0] + plus.across, plus.at[1])), "the skip ends at the sum"
    boxes = [room(patch) for patch in kinds(picture, Patch)]
    assert all(box.crossed(a, b) == 0 for box in boxes for a, b in pairwise(skip.points[1:])), "and passes the layers"


def test_all_edges_of_a_small_network() -> None:
    picture = picture_of(SMALL)
    assert len(kinds(picture, Stroke)) == 3 * 5 + 5 * 2
    assert len(kinds(picture, Ellipse)) == 3 + 5 + 2


@pytest.mark.parametrize(("layer", "boxes", "signs"), [
    ("lstm(units=3)", ["σ", "σ", "tanh", "σ", "tanh"], 4), ("gru(units=3, biases=1)", ["σ", "σ", "tanh", "1 −"], 4),
    ("simple_rnn(units=3, activation=relu)", ["ReLU"], 1),
])  # fmt: skip
def test_the_parts_of_a_cell(layer: str, boxes: list[str], signs: int) -> None:
    picture = picture_of({"input": [5, 4], "net": [layer]})
    assert sorted(text for text in texts(picture) if text and "=" not in text) == sorted(boxes)
    assert sum(circle.shade == "white" for circle in kinds(picture, Ellipse)) == signs


def test_a_peephole_is_dashed() -> None:
    dashed = [s for s in kinds(picture_of(GIVENS["peephole"]), Stroke) if s.dash == "dashed"]
    assert len(dashed) == 3
    assert not [s for s in kinds(picture_of(LSTM), Stroke) if s.dash == "dashed"]


def test_steps_of_an_unrolled_network() -> None:
    inputs = [piece for words in kinds(picture_of(GIVENS["unrolled"]), Words) for piece in words.text
              if isinstance(piece, Symbol) and piece.base == "x"]  # fmt: skip
    assert [piece.sub for piece in inputs] == [("1",), ("2",), ("3",), ("4",)]


def test_without_labels_there_are_no_numbers() -> None:
    for name, givens in GIVENS.items():
        picture = picture_of({**givens, "labels": False})
        assert not [words for words in kinds(picture, Words) if words.fact], name


@pytest.mark.parametrize(("givens", "says"), [
    ({**GIVENS["branches"], "style": "volumes"}, "boxes for branches"),
    ({**GIVENS["lenet"], "style": "neurons"}, "vectors alone"),
    ({**GIVENS["lenet"], "style": "cell"}, "has none"),
    ({**GIVENS["lenet"], "style": "unrolled"}, "sequence"),
    ({**GIVENS["sequence"], "style": "unrolled"}, "no layer is recurrent"),
    ({"input": [9, 2], "net": ["bidirectional(gru(units=3))"], "style": "unrolled"}, "return_sequences"),
])  # fmt: skip
def test_a_style_that_cannot_show_the_network(givens: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        derived(givens)


def test_shapes_can_be_left_out_where_they_are_asked_for():
    pictures = [picture_of({**GIVENS["lenet"], "shapes": shapes}) for shapes in (True, False)]
    whole, bare = ({words(shape.phrase) for shape in kinds(picture, Words)} for picture in pictures)
    assert {"28 × 28 × 6", "120"} <= whole
    assert bare == {said for said in whole if said[0].isalpha()}
    assert "conv 5 × 5" in bare
    assert judge(derived({**GIVENS["lenet"], "shapes": False})).verified is True


@pytest.mark.parametrize("style", ["cell", "unrolled"])
def test_a_cell_is_drawn_in_the_letters_of_the_sheet(style):
    given = {**LSTM, "style": style, "labels": False, "names": {"c": "s", "h": "y"}}
    letters = {
        part.base
        for shape in kinds(picture_of(given), Words)
        for piece in shape.text
        if not isinstance(piece, str)
        for part in symbols(piece)
    }
    assert {"s", "y", "x"} <= letters
    assert not letters & {"c", "h"}
    derivation = derived(given)
    assert judge(derivation).verified is True
    if style == "cell":
        assert {"W_s", "s_t"} <= {symbol_name(name) for each in derivation.givens for name in symbols(each.form)}
        assert symbol_name(derivation.steps[-1].target) == "y_t"


def test_letters_are_for_cells_alone():
    with pytest.raises(InputError, match="names are for a cell"):
        derived({**SMALL, "names": {"h": "s"}})


def test_words_above_transposed_convolutions_do_not_touch():
    net = [{f"t{k}": "conv2d_transpose(filters=9, kernel=4, stride=2, padding=1)"} for k in range(4)]
    words = kinds(picture_of({"input": [4, 4, 40], "net": net, "style": "volumes"}), Words)
    above = [room(each) for each in words if "transposed" in str(each.text)]
    assert len(above) == 4
    for before, after in pairwise(sorted(above, key=lambda rect: rect.x)):
        if abs(before.y - after.y) < 0.1:
            assert after.x - after.width / 2 - (before.x + before.width / 2) > 0.2
