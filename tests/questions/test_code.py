"""The questions network.code and network.read: verified, printed as they stand, marks at the lines, slips caught."""

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from derive import solve
from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.exam.marks import with_points
from derive.notation.form import Number, Text
from derive.questions.catalogue import question
from derive.questions.code_draws import broken
from derive.record import Conventions, Listing
from derive.render import documents
from derive.render.blocks import Code, solution_blocks
from tests.check.mutations import MUTATIONS

EC3 = {
    "input": [256, 256, 3],
    "net": ["conv2d(filters=64, kernel=5, activation=relu)", "conv2d(filters=128, kernel=5, activation=relu)",
            "max_pool2d(kernel=2)", "flatten()", "dense(units=128, activation=relu)",
            "dense(units=1, activation=sigmoid)"],
}  # fmt: skip
BROKEN = """from torch import nn
model = nn.Sequential(
    nn.Conv2d(3, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Linear(400, 120)
    nn.ReLU(),
    nn.Linear(120, 10))
"""


def derived(ask, **givens):
    return question(ask, givens).solve(Conventions())


def test_bits_ec3_q1d():
    """bits-ec3-q1d: the code for (a) with a dense layer and a binary output; flattened 1968128 values."""
    solution = solve("network.code", **EC3)
    assert solution.verified is True
    code = solution.answers["code"].value
    assert "layers.Dense(1, activation='sigmoid')," in code
    assert "import keras\nfrom keras import layers\n" in code
    assert "1968128" in str(solution)
    assert solution.answers["shape"].value == 1


def test_each_layer_earns_its_mark_at_its_line():
    """bits-ec3-q1d: one point for each layer line."""
    derivation = with_points(derived("network.code", **EC3), Fraction(7))
    (code,) = [block for block in solution_blocks(derivation, 2) if isinstance(block, Code)]
    assert [mark.line for mark in code.marks] == [7, 8, 9, 10, 11, 12]
    assert {mark.points for mark in code.marks} == {Fraction(1)}
    assert judge(derivation).verified is True
    text = documents.render(documents.single(derivation), "solution", "txt")
    (line,) = [line for line in text.splitlines() if "Dense(1, activation" in line]
    assert line.endswith("[B1]")


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("detail", [0, 1, 2, 3])
def test_the_code_is_shown_at_every_detail(framework, detail):
    derivation = derived("network.code", framework=framework, **EC3)
    assert "import " in documents.text(derivation, detail)


def test_code_is_judged():
    """A listing that is no Python, or a wrong number in the table, is refused."""
    derivation = derived("network.code", **EC3)
    assert judge(derivation).verified is True
    code, *others = derivation.steps
    cut = replace(code, listing=Listing(code.listing.text.rstrip().removesuffix("])")))
    assert judge(derivation.with_steps((cut, *others))).verified is False
    wrong = replace(derivation, answers=(derivation.answers[0], replace(derivation.answers[1], form=Number("2"))))
    assert judge(wrong).verified is False


@pytest.mark.parametrize(
    "derivation",
    [derived("network.code", **EC3), derived("network.read", code=BROKEN, input=[32, 32, 3])],
    ids=["code", "read"],
)
def test_slips_are_caught(derivation):
    derivation = with_points(derivation, Fraction(9))
    tried = 0
    for name, mutate in MUTATIONS.items():
        spoiled = mutate(derivation)
        for wrong in spoiled[:: max(1, len(spoiled) // 6)]:
            tried += 1
            assert judge(wrong).verified is not True, name
    assert tried > 30


def test_listing_read_with_its_faults():
    solution = solve("network.read", code=BROKEN, input=[32, 32, 3])
    assert solution.verified is True
    assert solution.answers["parameters"].value == 52214
    assert solution.answers["not trainable"].value == 12
    faults = solution.answers["faults"].value
    assert "line 4: Conv2d: in_channels is 8, but the layer before gives 6" in faults
    assert "line 5: a comma is missing" in faults
    assert "line 5: nn.Flatten() is missing" in faults
    assert "Line 5: a comma is missing." in str(solution)


def test_bits_mid_q1():
    """bits-mid-q1a-depth, bits-mid-q1c-params, bits-mid-q1e: the listing that is cut."""
    layers = [(512, 0.4), (256, 0), (128, 0), (64, 0.6), (32, 0), (16, 0)]
    lines = ["import keras", "from keras import layers", "net = keras.Sequential()",
             "net.add(layers.Dense(1048, activation='relu', input_shape=(256*256*3,)))"]  # fmt: skip
    for units, rate in layers:
        lines.append(f"net.add(layers.Dense({units}, activation='relu'))")
        lines += [f"net.add(layers.Dropout({rate}))"] * (rate > 0)
    lines += [
        "net.add(layers.Dense(8, activation='relu')",
        "stop = keras.callbacks.EarlyStopping(monitor='loss', patience=7)",
        "net.fit(epochs=200, batch_size=32, callbacks=[stop])",
    ]
    solution = solve("network.read", code="\n".join(lines))
    assert solution.verified is True
    assert solution.answers["parameters"].value == 206758544
    text = str(solution)
    for said in (
        "no output layer",
        "the bracket '(' is never closed",
        "fit() is given no data: it fails",
        "at most 200 epochs in batches of 32",
        "when loss, of the training data, has not improved for 7 epochs in a row",
        "The weights of the last epoch are kept",
    ):
        assert said in text


def test_bits_mid_q1d():
    """bits-mid-q1d: code that sets an optimizer."""
    net = ["dense(units=32, activation=relu)", "dense(units=8, activation=softmax)"]
    for framework, line in (
        ("keras", "optimizer=keras.optimizers.Adam(learning_rate=0.001),"),
        ("pytorch", "optimizer = torch.optim.Adam(model.parameters(), lr=0.001)"),
    ):
        solution = solve("network.code", input=[64], net=net, framework=framework, compile={"optimizer": "adam"})
        assert solution.verified is True
        assert line in solution.answers["code"].value


def test_a_listing_without_a_network_has_faults_alone():
    solution = solve("network.read", code="model = [Dense(3]]")
    assert solution.verified is True
    assert list(solution.answers) == ["faults"]
    assert "line 1" in solution.answers["faults"].value


def test_no_fault_is_said_so():
    code = solve("network.code", **EC3).answers["code"].value
    solution = solve("network.read", code=code)
    assert solution.answers["faults"].value == "none"
    assert "No fault was found in it." in str(solution)
    assert solution.verified is True


def test_code_answers_accept_the_same_program():
    answer = solve("network.code", **EC3).answers["code"]
    assert answer.accepts(answer.value + "\n# a remark\n")
    assert answer.accepts(answer.value.replace("(256, 256, 3)", "(256,256,3)"))
    assert not answer.accepts(answer.value.replace("sigmoid", "softmax"))
    assert not answer.accepts("import (")


def test_json_has_the_listings():
    data = json.loads(solve("network.read", code=BROKEN, input=[32, 32, 3]).json())
    assert data["listings"][0]["text"] == BROKEN.rstrip()
    data = json.loads(solve("network.code", **EC3).json())
    assert data["steps"][0]["listing"]["language"] == "python"
    assert data["answers"]["code"]["exact"].startswith("import keras")
    assert data["answers"]["code"]["decimal"] is None


def test_print_truth_of_all_documents():
    for ask, givens in (("network.code", EC3), ("network.read", {"code": BROKEN, "input": [32, 32, 3]})):
        sheet = documents.single(with_points(derived(ask, **givens), Fraction(5)))
        solution = documents.render(sheet, "solution", "tex", 3)
        assert not read_back(solution).failed
        for kind in ("answers", "rubric", "exam"):
            report = read_back(documents.render(sheet, kind, "tex"), beside=solution)
            assert not report.failed
            assert not report.undecided


def test_the_answers_document_has_the_code():
    sheet = documents.single(derived("network.code", **EC3))
    for format in ("tex", "typ", "txt"):
        assert "Sequential" in documents.render(sheet, "answers", format)
    assert "nn.Conv2d" in documents.render(
        documents.single(derived("network.read", code=BROKEN, input=[32, 32, 3])), "exam", "txt"
    )


def test_wrong_givens_get_one_sentence():
    with pytest.raises(InputError, match="binary_crossentropy needs sigmoid outputs"):
        derived(
            "network.code",
            input=[4],
            net=["dense(units=3, activation=softmax)"],
            compile={"loss": "binary_crossentropy"},
        )
    with pytest.raises(InputError, match="no counterpart in Keras"):
        derived("network.code", input=[9, 4], net=["lstm(units=3, peephole=true)"])
    with pytest.raises(InputError, match="give it as input"):
        derived("network.read", code="from torch import nn\nm = nn.Sequential(nn.Conv2d(3, 4, 5))")


def test_broken_listings_differ():
    rng, code = random.Random(1), solve("network.code", framework="pytorch", **EC3).answers["code"].value
    assert len({broken(code, rng) for _ in range(40)}) > 4
    assert isinstance(Text(code), Text)
