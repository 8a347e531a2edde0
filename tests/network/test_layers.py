"""What a layer computes and what it writes down are the same: every layer by its example, and random ones."""

import ast
import random
from contextlib import suppress
from fractions import Fraction

import pytest

from derive import solve
from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.network.kinds import layers, read_layer
from derive.network.layers.base import AXES, Window, axes, out
from derive.network.network import read_network
from derive.network.working.shapes import meanings
from derive.notation import plain
from derive.notation.build import ONE, add, number
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions, Derivation, Given, Line, Step
from tests.network.drawn_layers import KINDS, drawn

EXAMPLES = [pytest.param(read_layer(kind.example) if not kind.merges else kind, kind.takes, id=name)
            for name, kind in sorted(layers().items()) if not kind.merges]  # fmt: skip
RESIZING = {kind for _, kind, _ in KINDS}


def values(layer, sizes):
    """The letters that a formula of the layer may hold."""
    found = (*axes(sizes[0]), *layer.letters(*sizes))
    assert len({letter.symbol for letter in found}) == len(found), "a letter stands for two things"
    return {letter.symbol: Fraction(letter.value) for letter in found}


def rules_hold(layer, sizes):
    """Each formula comes to what the layer computes, and so does what it means by another route."""
    env, result = values(layer, sizes), layer.output(*sizes)
    places = {out(name): axis for axis, name in enumerate(AXES[len(result)])}
    for rule in layer.size_rules(*sizes):
        assert evaluate(rule.form, env) == result[places[rule.target]], plain.write(rule.form)
        assert rule.meaning is None or evaluate(rule.meaning, env) == evaluate(rule.form, env)
    for framework in ("keras", "pytorch"):
        tensors = layer.tensors(framework, *sizes)
        rules = layer.count_rules(framework, *sizes)
        assert bool(tensors) == bool(rules)
        for trainable in (True, False):
            held = sum(tensor.count for tensor in tensors if tensor.trainable is trainable)
            assert sum(evaluate(rule.form, env) for rule in rules if rule.trainable is trainable) == held
        for rule in rules:
            assert rule.meaning is None or evaluate(rule.meaning, env) == evaluate(rule.form, env)
    return result


@pytest.mark.parametrize(("layer", "takes"), EXAMPLES)
def test_formulas_of_the_example(layer, takes):
    rules_hold(layer, takes)


@pytest.mark.parametrize(("layer", "takes"), EXAMPLES)
def test_settings_are_described_and_the_class_too(layer, takes):
    assert type(layer).__doc__
    assert all(field.description for field in type(layer).model_fields.values())


@pytest.mark.parametrize(("layer", "takes"), EXAMPLES)
def test_source_is_python(layer, takes):
    for side in (layer.keras, layer.torch):
        try:
            lines = side(*takes)
        except InputError:
            continue
        assert isinstance(lines, tuple)
        assert all(isinstance(ast.parse(line, mode="eval").body, ast.Call) for line in lines)


def test_every_layer_that_resizes_is_drawn():
    here = {"convolution", "transposed", "depthwise", "pooling", "adaptive", "upsampling", "ends", "reshape", "dense"}
    assert {name for name, kind in layers().items() if kind.__module__.rsplit(".", 1)[1] in here} == RESIZING


def fitting(seed, each):
    for layer in drawn(random.Random(seed), each):
        with suppress(InputError):
            yield layer, layer.network()


def test_formulas_of_random_layers():
    tried = 0
    for layer, network in fitting(41, each=20):
        assert rules_hold(network.nodes[0].layer, (layer.size,)) == network.output, layer.text
        tried += 1
    assert tried > 400


def solved(layer, size):
    return question("network.output_shape", {"input": list(size), "net": [layer]}).solve(Conventions())


def test_random_layers_are_verified():
    seen = set()
    for layer, network in fitting(42, each=2):
        derivation = solved(layer.text, layer.size)
        assert judge(derivation).verified is True, (layer.text, layer.size)
        (answer,) = derivation.answers
        assert (tuple(map(int, (d.text for d in getattr(answer.form, "dims", (answer.form,)))))) == network.output
        seen.add(layer.kind)
    assert len(seen) > 35


def test_what_is_printed_of_random_layers_reads_back():
    for layer, _ in fitting(44, each=1):
        solution = solve("network.output_shape", input=list(layer.size), net=[layer.text])
        report = read_back(solution.latex(3, document=True))
        assert report.lines >= 2
        assert not report.failed, (layer.text, layer.size)
        assert not report.undecided, (layer.text, layer.size)


def claimed(rule, form, env):
    """A derivation of one formula with its value; only what it means can refute it."""
    value = number(evaluate(form, env))
    givens = [Given(letter, number(x), "value") for letter, x in env.items()]
    step = Step("found", rule.target, (Line("=", form), Line("=", value)))
    return Derivation("Claim", (), (*givens, *meanings((rule,))), (step,))


def test_a_wrong_formula_is_refuted_by_what_it_means():
    """One cell or one parameter more in the formula and in its value alike."""
    judged = set()
    for layer, network in fitting(43, each=4):
        inner = network.nodes[0].layer
        env = values(inner, (layer.size,))
        for rule in (*inner.size_rules(layer.size), *inner.count_rules("keras", layer.size)):
            if rule.meaning is None:
                continue
            assert judge(claimed(rule, rule.form, env)).verified is True, (layer.text, plain.write(rule.form))
            assert judge(claimed(rule, add([rule.form, ONE]), env)).verified is False, layer.text
            judged.add((layer.kind, plain.write(rule.target)))
    assert len(judged) > 60


FORMULAS = [
    ("conv1d(filters=2, kernel=3, dilation=2, padding=(4, 0))", (20, 1),
     "⌊(L + P_before + P_after - d·(K - 1) - 1)/S⌋ + 1", (20, 2)),
    ("conv2d(filters=2, kernel=3, stride=2, padding=same)", (7, 8, 1), "⌈H/S⌉", (4, 4, 2)),
    ("conv2d(filters=2, kernel=3, padding=valid)", (7, 8, 1), "⌊(H - K)/S⌋ + 1", (5, 6, 2)),
    ("max_pool2d(kernel=3, stride=2, ceil=True)", (6, 6, 1), "⌈(H - K)/S⌉ + 1", (3, 3, 1)),
    ("max_pool2d(kernel=2, stride=2, padding=1, ceil=True)", (5, 5, 1), "⌈(H + P)/S⌉", (3, 3, 1)),
    ("conv2d_transpose(filters=2, kernel=4, stride=2, padding=1)", (7, 7, 1), "(H - 1)·S + K - 2·P", (14, 14, 2)),
    ("conv2d_transpose(filters=2, kernel=3, stride=2, padding=1, output_padding=1, dilation=2)", (7, 7, 1),
     "(H - 1)·S + d·(K - 1) + 1 - 2·P + A", (16, 16, 2)),
    ("conv2d_transpose(filters=2, kernel=3, stride=2, padding=same)", (7, 7, 1), "H·S", (14, 14, 2)),
    ("conv2d_transpose(filters=2, kernel=2, stride=3, padding=valid)", (7, 7, 1), "H·S", (21, 21, 2)),
    ("conv2d_transpose(filters=2, kernel=2, stride=3)", (7, 7, 1), "(H - 1)·S + K - 2·P", (20, 20, 2)),
    ("upsample2d(factor=(2, 3))", (4, 5, 1), "H·U_H", (8, 15, 1)),
    ("padding2d(padding=((1, 2), 3))", (4, 5, 1), "H + P_(H,before) + P_(H,after)", (7, 11, 1)),
    ("crop2d(cropping=1)", (4, 5, 1), "H - 2·Q", (2, 3, 1)),
    ("reshape(shape=(2, -1))", (4, 5, 1), "(H·W·C)/2", (2, 10)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "size", "formula", "result"), FORMULAS, ids=[text for text, *_ in FORMULAS])
def test_formula_of_a_side(text, size, formula, result):
    layer = read_layer(text)
    assert plain.write(layer.size_rules(size)[0].form) == formula
    assert layer.output(size) == result


COUNTS = [
    ("conv2d(filters=64, kernel=3)", (9, 9, 3), ["(K·K·C + 1)·F"], 1792),
    ("conv2d(filters=64, kernel=(3, 5), bias=False)", (9, 9, 3), ["K_H·K_W·C·F"], 2880),
    ("conv2d(filters=8, kernel=3, groups=2)", (9, 9, 4), ["(K·K·(C/g) + 1)·F"], 152),
    ("conv2d_transpose(filters=8, kernel=3, groups=2)", (9, 9, 4), ["(K·K·(C/g) + 1)·F"], 152),
    ("depthwise_conv2d(kernel=3, depth_multiplier=2)", (9, 9, 4), ["(K·K + 1)·C·M"], 80),
    ("separable_conv2d(filters=8, kernel=3)", (9, 9, 4), ["K·K·C·M", "(C·M + 1)·F"], 76),
    ("dense(units=10)", (128,), ["(n + 1)·m"], 1290),
]


@pytest.mark.parametrize(("text", "size", "formulas", "count"), COUNTS, ids=[text for text, *_ in COUNTS])
def test_formula_of_the_parameters(text, size, formulas, count):
    network = read_network([text], size)
    assert [plain.write(rule.form) for rule in network.nodes[0].layer.count_rules("keras", size)] == formulas
    assert network.parameters() == count


def axes_of(text, size, framework):
    network = read_network([text], size, framework)
    return [tensor.axes for tensor in network.tensors(network.nodes[0])]


def test_axes_of_weights():
    text, size = "conv2d_transpose(filters=5, kernel=(2, 3))", (9, 9, 4)
    height, width = ("kernel height", 2), ("kernel width", 3)
    assert axes_of(text, size, "keras")[0] == (height, width, ("out", 5), ("in", 4))
    assert axes_of(text, size, "pytorch")[0] == (("in", 4), ("out", 5), height, width)
    text = "separable_conv2d(filters=5, kernel=3, depth_multiplier=2)"
    assert [tuple(n for _, n in named) for named in axes_of(text, size, "keras")] == [(3, 3, 4, 2), (1, 1, 8, 5), (5,)]
    assert [tuple(n for _, n in named) for named in axes_of(text, size, "pytorch")] == [
        (8, 1, 3, 3),
        (5, 8, 1, 1),
        (5,),
    ]


@pytest.mark.parametrize(
    ("text", "size", "work"),
    [
        ("conv2d(filters=5, kernel=3)", (10, 10, 2), 8 * 8 * 5 * 3 * 3 * 2),
        ("conv2d(filters=4, kernel=3, groups=2)", (10, 10, 2), 8 * 8 * 4 * 3 * 3),
        ("conv2d_transpose(filters=5, kernel=3, stride=2)", (10, 10, 2), 10 * 10 * 2 * 3 * 3 * 5),
        ("depthwise_conv2d(kernel=3, depth_multiplier=3)", (10, 10, 2), 8 * 8 * 6 * 3 * 3),
        ("separable_conv2d(filters=5, kernel=3)", (10, 10, 2), 8 * 8 * 2 * 3 * 3 + 8 * 8 * 5 * 2),
        ("upsample2d(factor=2, mode=bilinear)", (10, 10, 2), 20 * 20 * 2 * 4),
        ("upsample2d(factor=2)", (10, 10, 2), 0),
        ("max_pool2d()", (10, 10, 2), 0),
        ("dense(units=7)", (10, 10, 2), 10 * 10 * 2 * 7),
    ],
)
def test_multiply_adds(text, size, work):
    assert read_layer(text).multiply_adds(size) == work


def test_windows_of_the_layers_that_stretch():
    def window(text, size=(8, 8, 1)):
        return read_layer(text).windows(size)[0]

    transposed = window("conv2d_transpose(filters=1, kernel=4, stride=2, padding=1)")
    assert transposed == Window(4, padding=2, upscale=2)
    assert transposed.seen == 2
    assert window("upsample2d(factor=3)").seen == 1
    assert window("upsample2d(factor=3, mode=bilinear)").seen == 2
    assert window("global_avg_pool2d()") == Window(8, 8)
    assert window("adaptive_avg_pool2d(output_size=3)", (7, 7, 1)) == Window(3, 2)
    with pytest.raises(InputError, match="not all alike"):
        window("adaptive_avg_pool2d(output_size=3)")


def test_a_setting_is_kept_in_its_shortest_way():
    assert read_layer("conv2d(filters=1, kernel=(3, 3), padding=((1, 1), 1))") == read_layer(
        "conv2d(filters=1, kernel=3, padding=1)"
    )
    assert read_layer("padding1d(padding=(1, 2))").ends("padding", 0) == (1, 2)


@pytest.mark.parametrize(
    ("text", "size", "says"),
    [
        ("conv2d(filters=4, kernel=3, groups=3)", (9, 9, 4), "4 input channels cannot be split into 3 groups"),
        ("conv2d(filters=4, kernel=3, groups=2)", (9, 9, 3), "3 input channels cannot be split into 2 groups"),
        ("conv2d(filters=4, kernel=5, dilation=3)", (9, 9, 4), r"a kernel of 13 \(dilated\) is larger than the padded"),
        ("conv2d(filters=4, kernel=(3, 3, 3))", (9, 9, 4), "3 numbers for 2 sides"),
        ("conv1d(filters=4, kernel=(3, 5))", (9, 4), "2 numbers for 1 side"),
        ("conv2d(filters=4, kernel=3, padding=sam)", (9, 9, 4), "padding cannot be 'sam': zeros on each side"),
        ("conv2d(filters=4, kernel=3, padding=-1)", (9, 9, 4), "padding cannot be -1"),
        ("conv2d(filters=4, kernel=3)", (9, 4), "takes an image, but its input is a sequence of shape 9×4"),
        ("max_pool2d(kernel=2, padding=2)", (9, 9, 4), "more than half of a window of 2, which PyTorch refuses"),
        ("max_pool2d(kernel=4, padding=((1, 2), 1), ceil=True)", (9, 9, 4), "ceil needs the same padding at both ends"),
        ("max_pool2d(kernel=10)", (9, 9, 4), "a kernel of 10 is larger than the padded input of 9"),
        ("avg_pool2d(kernel=2, dilation=2)", (9, 9, 4), "the window of an average pooling has no dilation"),
        ("conv2d_transpose(filters=4, kernel=3, output_padding=1)", (9, 9, 4), "output padding of 1 is not less"),
        ("conv2d_transpose(filters=4, kernel=3, padding=9)", (9, 9, 4), "a padding of 9 cuts away the whole output"),
        ("crop2d(cropping=(4, 5))", (9, 9, 4), "a crop of 5 and 5 leaves nothing of a side of 9"),
        ("reshape(shape=(5, -1))", (9, 9, 4), r"324 values cannot be arranged as 5×\?"),
        ("reshape(shape=(-1, -1))", (9, 9, 4), "one of them may be -1"),
        ("reshape(shape=(3, 3))", (9, 9, 4), "324 values cannot be arranged as 3×3"),
        ("upsample2d(mode=linear)", (9, 9, 4), "mode is nearest or bilinear, not linear"),
        ("adaptive_avg_pool2d(output_size=0)", (9, 9, 4), "output_size"),
    ],
)
def test_mistakes(text, size, says):
    with pytest.raises(InputError, match=says) as caught:
        read_network([text], size)
    assert "\n" not in caught.value.message
