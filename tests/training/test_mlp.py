"""Dense nets: names, shapes, definitions and what does not fit."""

import pytest

from derive.errors import InputError, UnknownName
from derive.notation import plain
from derive.notation.build import sym
from derive.questions.fields import to_form
from derive.training.mlp import Layer, Net
from derive.training.mlp_names import Names


def net(layers, inputs=2, examples=1, orientation="columns", **names):
    made = Names(len(layers), examples > 1, {role: tuple(given) for role, given in names.items()})
    return Net(layers, inputs, made, examples, orientation)


def written(made):
    return {plain.write(name): plain.write(form) for name, form in made.definitions.items()}


TWO = [Layer(3, has_bias=True, activation="sigmoid"), Layer(1, activation="identity")]


def test_columns_and_rows():
    assert written(net(TWO)) == {"z⁽¹⁾": "W⁽¹⁾·x + b⁽¹⁾", "h⁽¹⁾": "σ(z⁽¹⁾)", "z⁽²⁾": "W⁽²⁾·h⁽¹⁾"}
    assert written(net(TWO, orientation="rows"))["z⁽¹⁾"] == "x·W⁽¹⁾ + b⁽¹⁾"
    assert net(TWO).shapes == {sym("x"): (2, 1), sym("W__1"): (3, 2), sym("b__1"): (3, 1), sym("W__2"): (1, 3)}
    rows = net(TWO, orientation="rows").shapes
    assert rows == {sym("x"): (1, 2), sym("W__1"): (2, 3), sym("b__1"): (1, 3), sym("W__2"): (3, 1)}


def test_examples_make_capitals_and_one_layer_no_numbers():
    assert list(written(net(TWO, examples=4))) == ["Z⁽¹⁾", "H⁽¹⁾", "Z⁽²⁾"]
    assert written(net([Layer(1, has_bias=True, activation="tanh")], inputs=1)) == {"z": "w·x + b", "h": "tanh(z)"}
    assert net(TWO, examples=4).outputs == (1, 4)


def test_names_of_a_paper():
    made = net(TWO, W=["V", "W"], z=["a", "z"], h=["h", "y_hat"], x=["i"])
    assert written(made) == {"a": "V·i + b⁽¹⁾", "h": "σ(a)", "z": "W·h"}
    assert written(net(TWO, W=["K"]))["z⁽²⁾"] == "K⁽²⁾·h⁽¹⁾"


def test_softmax_of_examples_in_columns_goes_along_the_columns():
    last = [Layer(2, activation="softmax")]
    assert written(net(last, examples=3))["H"] == "softmax_(axis=0)(Z)"
    assert written(net(last, examples=3, orientation="rows"))["H"] == "softmax(Z)"


@pytest.mark.parametrize(
    ("layers", "kind", "says"),
    [
        ([Layer(2, activation="swish")], UnknownName, "unknown activation 'swish'"),
        ([Layer(2, activation="softmax"), Layer(2)], InputError, "softmax in layer 1"),
        ([Layer(1, activation="softmax")], InputError, "two outputs or more"),
        ([Layer(3, to_form([[1, 2], [3, 4]]))], InputError, "weights of layer 1 are 2x2 where 3x2 is needed"),
        ([Layer(2), Layer(1, to_form([[1], [2]]))], InputError, "layer 2 are 2x1 where 1x2 is needed: layer 1 has 2"),
        ([Layer(2, None, to_form([1, 2, 3]), True)], InputError, "bias of layer 1 is 3x1"),
    ],
)
def test_what_does_not_fit_is_named(layers, kind, says):
    with pytest.raises(kind, match=says):
        net(layers)


@pytest.mark.parametrize(
    ("names", "kind", "says"),
    [
        ({"Q": ["V"]}, UnknownName, "role"),
        ({"W": ["U", "V", "W"]}, InputError, "3 names for W"),
        ({"W": ["h", "W"], "h": ["h", "o"]}, InputError, "called h"),
    ],
)
def test_names_that_do_not_do(names, kind, says):
    with pytest.raises(kind, match=says):
        net(TWO, **names)
