"""Facts of a network in prose: what they print, of which network they are, and that they are verified."""

import pytest

from derive.check.verdict import Counts, Verdict
from derive.errors import InputError
from derive.exam import solve
from derive.exam.facts import Facts
from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge
from derive.notation import plain
from derive.questions.prose import words

LENET = """
      input: [32, 32, 1]
      net:
        - conv1: conv2d(filters=6, kernel=5)
        - maxpool1: max_pool2d(kernel=2)
        - conv2: conv2d(filters=16, kernel=5)
        - maxpool2: max_pool2d(kernel=2)
        - flatten()
        - f1: dense(units=120)
        - norm: batch_norm()
"""


@pytest.fixture(autouse=True)
def toys():
    """The real question types, in place of the toys of the other tests here."""


def answers(*parts, given=LENET, text=""):
    lines = "".join(f"      - {part}\n" for part in parts)
    source = f"title: T\nproblems:\n  - title: P\n    text: '{text}'\n    given:{given}    parts:\n{lines}"
    solved = solve_and_judge(read_exam(source, "f.yaml"))
    assert solved.verified is True
    return [words(part.derivation.steps[0].intro) for part in solved.sheet.problems[0].parts]


def part(answer, **more):
    given = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{text: Why?, points: 1, answer: '{answer}'{given}}}"


def test_the_changed_network_of_the_paper():
    """Row tum-lenet-p7c: with images of 68x68 the first dense layer reads 16·14·14 values."""
    quotes = "{{ net.maxpool2.output }}: {{ net.flatten1.size.worked }}, {{ net.flatten1.size }}"
    before, after = answers(part(quotes), part(quotes, given="{input: [68, 68, 1]}"))
    assert before == "5 × 5 × 16: 5·5·16 = 400, 400"
    assert after == "14 × 14 × 16: 14·14·16 = 3136, 3136"


def test_the_same_with_pools_of_stride_1():
    net = "[conv2d(filters=6, kernel=5), 'max_pool2d(kernel=2, stride=1)', conv2d(filters=16, kernel=5), "
    net += "'max_pool2d(kernel=2, stride=1)', flatten()]"
    net = net.replace("conv2d(filters=6, kernel=5)", "'conv2d(filters=6, kernel=5)'")
    net = net.replace("conv2d(filters=16, kernel=5)", "'conv2d(filters=16, kernel=5)'")
    given = f"{{net: {net}, input: [68, 68, 1]}}".replace("'", "''")
    assert answers(part("{{ net.flatten1.size }}", given=given.replace("''", '"'))) == ["53824"]


def test_facts():
    facts = {
        "net.conv1.parameters": "156", "net.conv1.parameters.worked": "(5·5·1 + 1)·6 = 156",
        "net.conv1.output": "28 × 28 × 6", "net.conv1.size.worked": "28·28·6 = 4704",
        "net.maxpool1.parameters": "0", "net.norm.not_trainable": "240", "net.not_trainable": "240",
        "net.conv2.multiply_adds": "240000", "net.conv2.receptive_field": "14 × 14",
        "net.f1.bytes.worked": "4·120 = 480",
        "net.parameters.worked": "156 + 2416 + 48120 + 240 = 50932", "net.output": "120",
    }  # fmt: skip
    found = answers(*(part(f"{{{{ {quote} }}}}") for quote in facts))
    assert found == list(facts.values())


def test_in_the_text_of_problem_and_questions():
    parts = answers("{text: 'Why {{ net.conv1.size }}?', answer: So., points: 1}", text="It has {{ net.parameters }}.")
    assert parts == ["So."]


@pytest.mark.parametrize(
    ("quote", "says"),
    [
        ("net.conv3.parameters", "unknown layer of the network 'conv3'.*conv1"),
        ("net.conv1.weights", "unknown fact of a layer 'weights'.*parameters"),
        ("net.weights", "unknown fact of a network"),
        ("net.conv1.not_trainable", "conv1 has no not trainable"),
        ("net.f1.output.worked", "stands for itself"),
    ],
)
def test_mistakes(quote, says):
    with pytest.raises(InputError, match=says) as caught:
        answers(part(f"{{{{ {quote} }}}}"))
    assert caught.value.place.line


def test_without_a_network_there_are_no_facts():
    with pytest.raises(InputError, match=r"unknown earlier part 'net\.conv1'"):
        answers(part("{{ net.conv1.parameters }}"), given=" {}\n")


def test_a_network_that_nobody_quotes_is_refused():
    with pytest.raises(InputError, match="no part of the problem has"):
        answers(part("So."))


def test_other_givens_beside_text_are_refused():
    with pytest.raises(InputError, match="no 'given' beside 'text' but for a network"):
        answers(part("So.", given="{graph: {}}"))


def test_a_quote_that_is_not_verified_is_not_printed(monkeypatch):
    """The verdict on what stands behind a quote is that of the part."""
    right = solve._judge

    def judge(derivation):
        return Verdict(False, (), (), Counts(1, 0, 0)) if derivation.title == "Ledger" else right(derivation)

    monkeypatch.setattr(solve, "_judge", judge)
    with pytest.raises(AssertionError):
        answers(part("{{ net.conv1.parameters }}"))


def test_each_derivation_is_made_once():
    facts = Facts({"net": ["conv2d(filters=6, kernel=5)"], "input": [32, 32, 1]})
    assert plain.write(facts.quoted("net.conv1.parameters")) == "156"
    assert plain.write(facts.quoted("net.multiply_adds")) == str(28 * 28 * 6 * 25)
    assert len(facts.used) == 1
