"""The audit of keys: what is right passes, what is wrong is named, other conventions are told from mistakes."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from derive.errors import DeriveError, InputError
from derive.exam.audit.auditing import audit
from derive.exam.audit.key import load_key
from derive.notation.form import Number, Shape, Text, walk
from derive.questions.catalogue import catalogue, question
from derive.record import Conventions
from derive.render.reports import render_audit

NEURON = {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"}
AT = {"w": -2, "x": 3.5, "b": -2, "t": 0.5}
GRADIENT = {"graph": NEURON, "at": AT, "of": "L", "wrt": ["w", "b"]}
CONV = {"input": [26, 26, 26], "net": ["conv2d(filters=5, kernel=7, stride=3, padding=1)"]}
UNEVEN = {"input": [27, 27, 1], "net": ["conv2d(filters=5, kernel=8, stride=3)"]}
FILTERS = {"input": [32, 32, 3], "net": ["conv2d(filters=4, kernel=5)"]}
TIE = {"graph": {"y": "relu(x)", "L": "y**2 + x"}, "at": {"x": 0}, "of": "L", "wrt": "x"}
ATTENTION = {"Q": [[1, 0]], "K": [[1, 0], [0, 1]], "V": [[1], [2]]}
ADAM = {"optimizer": "adam", "graph": {"L": "w**2"}, "of": "L", "wrt": "w", "at": {"w": 1}, "rate": 0.1}
NET = {"layers": [{"W": [[1, 1]], "activation": "linear"}], "input": [1, 2], "target": 4}
CELL = {"input": [1], "weights": {"W_r": 1, "U_r": 1, "W_z": 1, "U_z": 1, "W_h": 1, "U_h": 1}}
LAYER = "conv2d(filters=6, kernel=5, stride=2, padding=2)"

CLAIMS = [
    # right
    ("network.output_shape", CONV, [8, 8, 5], "agrees", "", ""),
    ("network.parameters", FILTERS, 304, "agrees", "", ""),
    ("network.parameters", FILTERS, "(5*5*3 + 1)*4", "agrees", "", ""),
    ("graph.gradient", GRADIENT, {"w": -1.749568, "b": -0.4999}, "agrees", "", ""),
    ("calculus.derivative", {"function": "x**3", "wrt": "x"}, "3*x*x", "agrees", "", ""),
    ("calculus.critical_points", {"function": "x**3 - 3*x"}, {"points": [[-1], [1]]}, "agrees", "", ""),
    ("calculus.critical_points", {"function": "x**2 + y**2 - 2*x"}, {"points": [[1, 0]]}, "agrees", "", ""),
    ("calculus.critical_points", {"function": "x**2 + y**2 - 2*x"}, {"points": [0, 1]}, "wrong", "", None),
    # under another convention
    ("graph.forward", {"graph": {"y": "sigmoid(x)"}, "at": {"x": 1}}, 0.73, "agrees under convention", "2 digits", ""),
    ("network.weight_shape", {**FILTERS, "framework": "pytorch"}, [5, 5, 3, 4], "agrees under convention",
     "framework: keras", ""),
    ("network.output_shape", FILTERS, [32, 32, 4], "agrees under convention", "padding: same", ""),
    ("network.output_shape", {"input": [27, 27, 1], "net": ["max_pool2d(kernel=2)"]}, [14, 14, 1],
     "agrees under convention", "", ""),
    ("network.output_shape", {"input": [33, 33, 3], "net": [LAYER]}, "6 x 17 x 17", "agrees under convention",
     "order: CHW", ""),
    ("network.output_shape", {"input": [3, 33, 33], "net": [LAYER], "order": "CHW"}, [17, 17, 6],
     "agrees under convention", "order: HWC", ""),
    ("graph.forward", {"graph": {"h": "-log(x)"}, "at": {"x": 0.5}}, 1, "agrees under convention", "to base 2", ""),
    ("loss.value", {"loss": "bce", "prediction": [0.9, 0.2], "target": [1, 0]}, 0.07133, "agrees under convention",
     "to base 10", ""),
    ("optimizer.step", ADAM, {"w_new": 0.6838}, "agrees under convention", "bias correction: no", ""),
    ("optimizer.step", {**ADAM, "optimizer": "momentum", "state": {"v": 1}}, {"w_new": 0.89},
     "agrees under convention", "form:", ""),
    ("dropout.forward", {"x": [1, 2, 3], "mask": [1, 0, 1], "p": 0.5}, [1, 0, 3], "agrees under convention",
     "scaling: classic", ""),
    ("loss.value", {"loss": "sse", "prediction": [1, 2], "target": [0, 0]}, 2.5, "agrees under convention",
     "half: yes", ""),
    ("mlp.backward", {**NET, "loss": "sse", "wrt": "W"}, {"W": [[-1, -2]]}, "agrees under convention",
     "loss half: yes", ""),
    ("gru.forward", {**CELL, "hidden": 0.5}, {"h_1": 0.8166}, "agrees under convention", "update: renew", ""),
    # slips
    ("network.parameters", FILTERS, 300, "wrong", "", "forgot bias"),
    ("network.output_shape", UNEVEN, [8, 8, 5], "wrong", "", "rounded up, not down"),
    ("network.output_shape", CONV, [11, 11, 5], "wrong", "", "wrong stride"),
    ("graph.gradient", GRADIENT, {"w": 1.7496, "b": 0.4999}, "wrong", "", "sign"),
    ("graph.gradient", GRADIENT, {"w": -3.499, "b": -0.9998}, "wrong", "", "factor 2"),
    ("graph.forward", {"graph": {"o": "sigmoid(0.4*x)"}, "at": {"x": 1}}, 0.598, "wrong", "", "cut off"),
    ("graph.forward", {"graph": {"z": "w*x + b"}, "at": {"w": 2, "x": 3, "b": 5}}, 6, "wrong", "", "forgot bias"),
    ("graph.forward", {"graph": {"z": "w*x + u*y"}, "at": {"w": 2, "x": 3, "u": 5, "y": 7}}, 35, "wrong", "",
     "dropped term"),
    ("graph.forward", {"graph": {"h": "tanh(x)"}, "at": {"x": 0.5}}, 0.6225, "wrong", "", "another function"),
    ("graph.forward", {"graph": {"h": "log(x) + log(y)"}, "at": {"x": 8, "y": 2}}, 3.693, "wrong", "", "another base"),
    ("attention.forward", ATTENTION, {"O": 1.27}, "wrong", "", "dropped factor (S)"),
    ("network.output_shape", {"input": [33, 33, 3], "net": [LAYER]}, [18, 18, 6], "wrong", "", "padding (3 for 2)"),
    ("optimizer.step", {**GRADIENT, "optimizer": "adam", "rate": 0.1, "settings": {"beta_2": 0.99}},
     {"v_w_1": 0.003061}, "wrong", "", "wrong beta_2"),
    ("network.weight_shape", FILTERS, [3, 4, 5, 5], "wrong", "", "axes in another order"),
    # no known slip
    ("batchnorm.forward", {"x": [1, 2, 3, 6], "gamma": 2, "beta": 1, "epsilon": 0.5}, [-1, 0.06, 1, 4], "wrong", "",
     None),
    ("mlp.forward", {"layers": [{"W": [[0.5]], "activation": "sigmoid"}], "input": 1}, 0.4, "wrong", "", None),
    ("network.parameters", FILTERS, 1234567, "wrong", "", None),
]  # fmt: skip


def write(path, parts, **more):
    YAML().dump({"title": "A key", **more, "parts": parts}, path)
    return path


def part(ask, given, claims, **more):
    return {"part": "a", "ask": ask, "given": given, "claims": claims, **more}


def audited(tmp_path, *parts, **more):
    return audit(load_key(write(tmp_path / "key.yaml", list(parts), **more)))


@pytest.mark.parametrize(("ask", "given", "claims", "verdict", "convention", "slip"), CLAIMS)
def test_claims(tmp_path, ask, given, claims, verdict, convention, slip):
    (found,) = audited(tmp_path, part(ask, given, claims)).parts
    assert found.verdict == verdict
    assert convention in found.convention
    if slip is None:
        assert found.slip is None
    else:
        assert slip in str(found.slip or "")


def plain_claim(answer):
    """An answer as somebody would write it in a key."""
    from derive.exam.export import written

    if isinstance(answer.form, Text):
        return answer.form.text
    if isinstance(answer.form, Shape):
        return [int(part.text) for part in answer.form.dims if isinstance(part, Number)]
    return written(answer.form)


def right_claims():
    """The answers of each type's example, as somebody would write them in a key."""
    for ask, kind in sorted(catalogue().items()):
        answers = question(ask, kind.example).solve(Conventions()).answers
        claims = {answer.name: plain_claim(answer) for answer in answers if answer.kind not in ("code", "matrix")}
        if claims and ask != "text":
            yield pytest.param(ask, claims, id=ask)


@pytest.mark.parametrize(("ask", "claims"), list(right_claims()))
def test_what_is_derived_agrees(tmp_path, ask, claims):
    (found,) = audited(tmp_path, part(ask, catalogue()[ask].example, claims)).parts
    assert (found.verdict, found.convention) == ("agrees", "")


def wrong_numbers():
    for ask, kind in sorted(catalogue().items()):
        for answer in question(ask, kind.example).solve(Conventions()).answers:
            if answer.kind in ("number", "integer") and not any(isinstance(p, Text) for p in walk(answer.form)):
                yield pytest.param(ask, answer.name, id=f"{ask} {answer.name}")


@pytest.mark.parametrize(("ask", "name"), list(wrong_numbers()))
@pytest.mark.slow
def test_what_is_not_derived_is_wrong(tmp_path, ask, name):
    from derive.notation.value import evaluate

    kind = catalogue()[ask]
    answers = {answer.name: answer for answer in question(ask, kind.example).solve(Conventions()).answers}
    value = Fraction(str(evaluate(answers[name].form)))
    (found,) = audited(tmp_path, part(ask, kind.example, {name: float(round(value * 3 + 17, 3))})).parts
    assert found.verdict == "wrong"


def test_the_first_line_that_does_not_follow_is_named(tmp_path):
    lines = r"z = -2 \cdot 3.5 - 2 = -9" "\n" r"\hat y = \sigma(-9) = 0.0180" "\n" r"= 0.02"
    (found,) = audited(
        tmp_path, part("graph.forward", {"graph": NEURON, "at": AT, "of": "p"}, 0.018, lines=lines)
    ).parts
    assert (found.first_wrong_line.number, found.first_wrong_line.text) == (2, "0.0180")
    assert "0.000123" in found.first_wrong_line.message


def test_an_equation_is_held_to_what_is_derived(tmp_path):
    given = {"input": [15, 3], "net": ["lstm(units=H)"], "solve_for": "H", "total": 180}
    lines = "4(3H + H^2 + H) = 180\n\\Rightarrow 3H^2 + 7H - 45 = 0"
    (found,) = audited(tmp_path, part("network.solve_for", given, 2, lines=lines)).parts
    assert (found.verdict, found.first_wrong_line.number) == ("wrong", 2)


def test_right_lines_are_not_blamed(tmp_path):
    lines = r"\left\lfloor\frac{26 - 7 + 2\cdot 1}{3}\right\rfloor + 1 = 7 + 1 = 8"
    (found,) = audited(tmp_path, part("network.output_shape", CONV, [8, 8, 5], lines=lines)).parts
    assert found.is_fine


def test_a_line_is_told_as_it_reads(tmp_path):
    sized = part("network.output_shape", CONV, [8, 8, 5], lines=r"[8, 8, 5] = 8 \times 8 \times 4")
    (found,) = audited(tmp_path, sized).parts
    assert found.first_wrong_line.text == r"8 \times 8 \times 4"
    assert found.remarks[0].startswith("line 1 (8 × 8 × 4): ")


def test_a_right_result_with_a_wrong_line_is_not_fine(tmp_path):
    found = audited(tmp_path, part("network.output_shape", CONV, [8, 8, 5], lines="(26 - 7 + 2)/2 + 1 = 8"))
    assert (found.parts[0].verdict, found.is_fine) == ("agrees", False)


def test_a_tie_is_a_convention(tmp_path):
    (found,) = audited(tmp_path, part("graph.gradient", {**TIE, "graph": {"y": "relu(x)", "L": "3*y + x"}}, 4)).parts
    assert (found.verdict, found.convention) == ("agrees under convention", "the slope of ReLU at 0: 1")


EXAM = """
title: Small
problems:
  - title: One
    parts:
      - ask: network.parameters
        name: count
        points: 1
        given: {input: [32, 32, 3], net: ["conv2d(filters=4, kernel=5)"]}
      - {text: Why?, points: 1, answer: Because., accept: [It is so.], credit: [half for a reason]}
"""


def test_a_key_answers_an_exam(tmp_path):
    (tmp_path / "exam.yaml").write_text(EXAM)
    words = [{"part": "1.b", "claims": said} for said in ("because", "it is so", "no")]
    found = audited(tmp_path, {"part": "1.count", "claims": 304}, *words, exam="exam.yaml").parts
    assert [each.verdict for each in found] == ["agrees", "agrees", "agrees", "undecided"]
    assert found[3].reason


BAD = [
    ({"parts": [part("network.parameters", FILTERS, 1)], "title": 3, "what": 1}, "what"),
    ({"parts": [part("network.parameter", FILTERS, 1)]}, "Known"),
    ({"parts": [part("network.parameters", FILTERS, {"params": 1})]}, "parameters"),
    ({"parts": [part("network.parameters", FILTERS, "3 +")]}, "key.yaml:"),
    ({"parts": [part("network.parameters", FILTERS, "__import__('os')")]}, "key.yaml:"),
    ({"parts": [{"part": "1.a", "claims": 1}]}, "exam"),
    ({"parts": [{"part": "1.z", "claims": 1}], "exam": "exam.yaml"}, "1.count"),
    ({"parts": [{"part": "1.a", "claims": 1}], "exam": "nowhere.yaml"}, "nowhere.yaml"),
    ({"parts": []}, "parts"),
    ({"parts": [part("graph.forward", {"graph": NEURON, "at": AT}, 3)]}, "one claim, but several answers.*: z, p, L"),
    ({"parts": [{**part("network.parameters", {**FILTERS, "x": 1}, 3), "part": "sizes"}]}, "part sizes, given, x"),
]


@pytest.mark.parametrize(("data", "said"), BAD, ids=range(len(BAD)))
def test_bad_keys_are_answered_in_a_sentence(tmp_path, data, said):
    (tmp_path / "exam.yaml").write_text(EXAM)
    path = tmp_path / "key.yaml"
    YAML().dump({"title": "A key", **data}, path)
    with pytest.raises(DeriveError, match=said):
        audit(load_key(path))


def run(*arguments):
    code = "from derive.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_command_prints_a_table_and_json(tmp_path):
    key = write(tmp_path / "key.yaml", [part("network.parameters", FILTERS, 300)])
    done = run("audit", key)
    assert (done.returncode, "forgot bias" in done.stdout) == (1, True)
    done = run("audit", key, "--format", "json")
    (found,) = json.loads(done.stdout)["parts"]
    assert (found["verdict"], found["claimed"], found["derived"]) == (
        "wrong",
        {"parameters": "300"},
        {"parameters": "304"},
    )
    assert found.keys() >= {"part", "first_wrong_line", "slip", "convention"}
    fine = write(tmp_path / "fine.yaml", [part("network.parameters", FILTERS, 304)])
    assert run("audit", fine).returncode == 0
    assert run("audit", tmp_path / "none.yaml").returncode == 2


@pytest.mark.parametrize("format", ["tex", "typ"])
def test_the_report_is_a_document(tmp_path, format):
    found = audited(tmp_path, part("network.parameters", FILTERS, 300), part("network.output_shape", CONV, [8, 8, 5]))
    text = render_audit(found, format)
    assert "forgot bias" in text
    assert "2 parts: 1 agree, 1 wrong" in text


def test_the_report_in_pdf(tmp_path):
    key = write(tmp_path / "key.yaml", [part("network.parameters", FILTERS, 300)])
    assert run("audit", key, "--format", "pdf", "-o", tmp_path / "a.pdf", "--engine", "typst").returncode == 1
    assert Path(tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_a_key_with_its_own_questions_beside_an_exam_is_refused(tmp_path):
    (tmp_path / "exam.yaml").write_text(EXAM)
    with pytest.raises(InputError, match="of its own"):
        audited(tmp_path, part("network.parameters", FILTERS, 300), exam="exam.yaml")
