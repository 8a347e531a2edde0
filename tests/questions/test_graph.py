"""Questions about graphs: random ones against torch, what earlier parts found, ties, symbolic points, mistakes."""

import random

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.notation import plain
from derive.notation.form import Derivative, Number, walk
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.questions.draws import draw_graph
from derive.record import Conventions, Rounding
from derive.render.documents import render, single

LOGISTIC = {"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"}
AT = {"w": -2, "x": 3.5, "b": -2, "t": 0.5}
PASS = {"graph": LOGISTIC, "of": "L", "wrt": ["w", "b"], "at": AT}


def solved(ask, conventions=None, **givens):
    derivation = question(ask, givens).solve(conventions or Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    return derivation


def numbers(answer):
    value = evaluate(answer.form, {})
    return [float(x) for x in getattr(value, "items", [value])]


def torch_slopes(torch, drawn):
    """Values and gradients by torch; @ and odot are written as torch has them."""
    functions = torch.nn.functional
    known = {name: getattr(torch, name) for name in ("sigmoid", "tanh", "relu", "log", "sum")}
    known |= {"softplus": functions.softplus, "gelu": functions.gelu}

    def pooled(kind):
        def pool(image, k, s=0, p=0):
            padded = functions.pad(image[None, None], (p, p, p, p))
            return getattr(functions, kind)(padded, k, s or k)[0, 0]

        return pool

    known["max_pool2d"], known["avg_pool2d"] = pooled("max_pool2d"), pooled("avg_pool2d")
    known["conv2d"] = lambda image, weights: sum(w * channel for w, channel in zip(weights, image, strict=True))
    tensors = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in drawn["at"].items()}
    values = dict(tensors)
    for name, text in drawn["graph"].items():
        values[name] = eval(text, {"__builtins__": {}}, known | values)
    values[drawn["of"]].backward()
    return values, {name: tensors[name].grad.reshape(-1).tolist() for name in drawn["wrt"]}


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_as_torch(seed):
    """Ties at a kink or in a window are drawn too; torch splits or places them otherwise, so those are left out."""
    torch = pytest.importorskip("torch")
    drawn = draw_graph(random.Random(1000 + seed))
    derivation = question("graph.gradient", drawn).solve(Conventions(Rounding(digits=12)))
    if derivation.remarks:
        return
    _, slopes = torch_slopes(torch, drawn)
    for answer, name in zip(derivation.answers, drawn["wrt"], strict=True):
        assert numbers(answer) == pytest.approx(slopes[name], rel=1e-9, abs=1e-9)


def test_forward_of_a_named_quantity_alone():
    derivation = solved("graph.forward", graph=LOGISTIC, at=AT, of="p")
    assert [answer.name for answer in derivation.answers] == ["p"]
    targets = [step.target for step in derivation.steps]
    assert parse_symbol("L") not in targets
    assert parse_symbol("z") in targets


def test_what_an_earlier_part_found_is_not_found_again():
    derivation = solved("graph.forward", graph=LOGISTIC, at=AT, of="L", known=["z", "p"])
    assert [step.target for step in derivation.steps] == [parse_symbol("L")]
    backward = solved("graph.gradient", **PASS, known="forward")
    assert all(isinstance(step.target, Derivative) for step in backward.steps)
    update = solved("graph.update", **PASS, rate=0.5, known="gradient")
    assert [plain.write(step.target) for step in update.steps] == ["w_new", "b_new"]


def test_symbolic_gradient_has_no_numbers():
    derivation = solved("graph.gradient", graph=LOGISTIC, of="L", wrt=["w", "b"])
    forms = [answer.form for answer in derivation.answers]
    assert forms == [read("(p - t)*x"), read("p - t")]
    assert not [n for f in forms for n in walk(f) if isinstance(n, Number)]


def test_cancellation_is_shown_in_lines_of_its_own():
    """dL/dp, the chain rule through p, p(1 - p) put in, cancelled to p - t."""
    derivation = solved("graph.gradient", graph=LOGISTIC, of="L", wrt=["w"])
    slope = next(step for step in derivation.steps if step.target == Derivative(read("L"), (read("z"),)))
    assert [plain.write(line.form) for line in slope.lines] == [
        "∂L/∂p·∂p/∂z",
        "((p - t)/(p·(1 - p)))·p·(1 - p)",
        "p - t",
    ]


@pytest.mark.parametrize("tie", ["padding", "first", "last"])
def test_ties_are_named(tie):
    graph = {"m": "max(a, b)", "L": "m**2"}
    conventions = Conventions(tie=tie)
    derivation = solved("graph.gradient", conventions, graph=graph, of="L", wrt=["a", "b"], at={"a": 3, "b": 3})
    found = [numbers(answer)[0] for answer in derivation.answers]
    assert found == ([0, 6] if tie == "last" else [6, 0])
    names = [step.name for step in derivation.steps]
    (remark,) = [step for step in derivation.steps if any("tie" in str(part) for part in step.intro)]
    assert names.index(remark.name) + 1 == names.index("dL_da")
    assert not derivation.remarks
    assert tie in " ".join(str(part) for phrase in derivation.conventions.used for part in phrase)
    report = read_back(render(single(derivation), "solution", "tex", 3))
    assert not report.failed + report.undecided, [str(remark) for remark in report.failed + report.undecided]


@pytest.mark.parametrize(("slope", "found"), [(0, 0), (1, 2), ("1/2", 1)])
def test_kink_of_relu(slope, found):
    from fractions import Fraction

    conventions = Conventions(relu_at_zero=Fraction(slope))
    derivation = solved("graph.gradient", conventions, graph={"h": "relu(x)", "L": "2*h"}, of="L", wrt="x", at={"x": 0})
    assert numbers(derivation.answers[0]) == [found]
    report = read_back(render(single(derivation), "solution", "tex", 3))
    assert not report.failed + report.undecided, [str(remark) for remark in report.failed + report.undecided]


def test_zero_times_log_of_zero_is_zero():
    graph = {"L": "-(t*log(p) + (1 - t)*log(1 - p))"}
    derivation = solved("graph.forward", graph=graph, at={"t": 0, "p": 0})
    assert numbers(derivation.answers[0]) == [0]
    assert any("factor 0" in str(part) for phrase in derivation.conventions.used for part in phrase)


def test_abstract_block_with_its_slope():
    derivation = solved("graph.gradient", graph={"H": "x + F(x)"}, of="H", wrt="x", blocks={"F": "r"})
    (step,) = derivation.steps
    assert [plain.write(line.form) for line in step.lines] == ["1 + F'(x)", "1 + r"]
    assert plain.write(derivation.answers[0].form) == "1 + r"


def test_paths_are_added_up_as_a_reader_meets_them():
    blocks = {"F": "r", "G": "s"}
    (step,) = solved("graph.gradient", graph={"y": "F(x) + 2*x - x*G(x)"}, of="y", wrt="x", blocks=blocks).steps
    lines = [plain.write(line.form) for line in step.lines]
    assert lines == ["F'(x) + 2 - G(x) - x·G'(x)", "r + 2 - G(x) - x·s"]


def test_numbers_for_the_slopes_of_blocks_are_collected():
    derivation = solved("graph.gradient", graph={"y": "x + F(x)", "z": "y + F(y)"}, of="z", wrt="x", blocks={"F": 0.5})
    assert [plain.write(line.form) for line in derivation.steps[-1].lines][-2:] == ["1.5·(1 + 0.5)", "2.25"]


def test_table_has_a_row_for_every_node():
    derivation = solved("graph.table", function="(x + y)*x", at={"x": 2, "y": -3})
    forward, backward = (step for step in derivation.steps if step.layout == "table")
    assert [plain.write(row.target) for row in forward.substeps] == ["v₁", "f"]
    assert [plain.write(row.lines[-1].form) for row in forward.substeps] == ["-1", "-2"]
    rows = {plain.write(row.target): plain.write(row.lines[-1].form) for row in backward.substeps}
    assert rows == {"∂f/∂v₁": "2", "∂f/∂x": "1", "∂f/∂y": "2"}
    (figure,) = derivation.figures
    assert {node.name for node in figure.nodes} >= {edge.source for edge in figure.edges}


@pytest.mark.parametrize(
    ("ask", "change", "kind", "says"),
    [
        ("graph.gradient", {"of": "M"}, UnknownName, "unknown quantity 'M'"),
        ("graph.gradient", {"wrt": ["v"]}, UnknownName, "Known"),
        ("graph.gradient", {"wrt": ["L"], "of": "p"}, InputError, "does not depend on L"),
        ("graph.gradient", {"at": {"w": 1}}, InputError, "has no value"),
        ("graph.gradient", {"at": {**AT, "p": 1}}, InputError, "defined by the graph"),
        ("graph.gradient", {"at": {**AT, "q": 1}}, UnknownName, "unknown quantity 'q'"),
        ("graph.gradient", {"graph": {"L": "w*"}}, InputError, "cannot be read"),
        ("graph.gradient", {"graph": {"L": "w*[1, 2]"}, "wrt": "w", "at": {"w": 1}}, InputError, "a scalar is needed"),
        ("graph.update", {"rate": 1, "at": {}}, InputError, "at is missing"),
        ("graph.forward", {"of": "L", "known": "q"}, UnknownName, "q"),
        ("graph.table", {"function": "x*f", "at": {"x": 1, "f": 2}}, InputError, "give another name"),
        ("graph.table", {"function": "x*y", "at": {"x": 1}}, InputError, "y has no value"),
    ],
)
def test_mistakes(ask, change, kind, says):
    base = {} if ask == "graph.table" else {"graph": LOGISTIC, "at": AT}
    base |= {} if ask in ("graph.table", "graph.forward") else {"of": "L", "wrt": ["w", "b"]}
    with pytest.raises(kind, match=says):
        question(ask, {**base, **change}).solve(Conventions())


def test_pi_is_put_in_as_pi():
    (answer,) = solved("graph.forward", graph={"z": "x*sin(x)"}, at={"x": "pi/2"}).answers
    assert (plain.write(answer.form), plain.write(answer.shown)) == ("π/2", "1.571")
    area = solved("graph.gradient", graph={"A": "pi*r**2"}, of="A", wrt=["r"], at={"r": 3})
    (step,) = [step for step in area.steps if step.name == "dA_dr"]
    assert [plain.write(line.form) for line in step.lines][-3:] == ["2·π·3", "6·π", "18.85"]


@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("graph.forward", {"graph": {"pi": "2*x"}, "at": {"x": 1}}),
        ("graph.forward", {"graph": {"y": "pi*x"}, "at": {"x": 1, "pi": 3}}),
        ("calculus.gradient", {"function": "pi*x", "wrt": ["x", "pi"]}),
    ],
)
def test_pi_is_no_name_that_could_have_a_value(ask, givens):
    with pytest.raises(InputError, match="pi is the number π"):
        question(ask, givens).solve(Conventions())


def residual_chain(depth):
    """y_{k+1} = relu(w_k1 relu(w_k0 y_k) + y_k), one of the kinks at 0."""
    graph, at, y = {}, {"x": 0.5}, "x"
    for k in range(depth):
        graph |= {f"a_{k}": f"w_{k}_0*{y}", f"s_{k}": f"w_{k}_1*relu(a_{k}) + {y}", f"y_{k + 1}": f"relu(s_{k})"}
        at |= {f"w_{k}_0": 0.5 if k != 3 else 0, f"w_{k}_1": -0.25}
        y = f"y_{k + 1}"
    return {"graph": graph, "of": y, "wrt": ["w_0_0", "w_0_1"], "at": at}


@pytest.mark.parametrize("policy", [Rounding("exact"), Rounding("carry-full", 4), Rounding("carry-rounded", 4)])
@pytest.mark.parametrize("ask", ["graph.forward", "graph.gradient", "graph.update"])
def test_a_long_chain_is_verified_although_nobody_could_write_out_its_answer(ask, policy):
    givens = residual_chain(15) | ({"rate": 0.1} if ask == "graph.update" else {})
    if ask == "graph.forward":
        givens = {"graph": givens["graph"], "at": givens["at"], "of": [givens["of"]]}
    solved(ask, Conventions(policy), **givens)


@pytest.mark.parametrize("policy", [Rounding("exact"), Rounding("carry-full", 4), Rounding("carry-rounded", 4)])
@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("graph.table", {"function": "sin(pi*x) + y", "at": {"x": 0.5, "y": 1}}),
        ("graph.forward", {"graph": {"z": "sum(W*x)", "y": "cos(z)"}, "at": {"W": [["pi", 1], [2, "pi/3"]], "x": 2}}),
        ("calculus.hessian", {"function": "sin(x)*cos(y)", "classify": [["pi/2", 0], ["pi/2", "pi"], [0, "pi/2"]]}),
        ("optimizer.step", {"graph": {"L": "sin(pi*w)"}, "of": "L", "wrt": ["w"], "at": {"w": 0.25}, "rate": 0.1,
                            "optimizer": "adam"}),
    ],
)  # fmt: skip
def test_pi_under_every_policy(ask, givens, policy):
    derivation = solved(ask, Conventions(policy), **givens)
    report = read_back(render(single(derivation), "solution", "tex", 3))
    assert not report.failed + report.undecided, [str(remark) for remark in report.failed + report.undecided]
