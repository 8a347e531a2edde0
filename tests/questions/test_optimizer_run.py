"""Runs of optimizers: every cell of the trace against torch, and against its own neighbours; how a run ends."""

import random
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.form import Call, Number, Symbol, Text, Tuple
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions, Rounding
from derive.render.documents import render, single

LOSS = "0.5*(x - 1.3)**2 + 2*(y + 0.7)**2 + 0.5*x*y"
BOWL = {"graph": {"L": LOSS}, "of": "L", "wrt": ["x", "y"], "at": {"x": 2, "y": -1}}
LINE = {
    "graph": {"p": "w*x + b", "L": "mean((p - y)**2)"},
    "of": "L", "wrt": ["w", "b"], "at": {"w": 0.5, "b": 0},
    "data": {"x": [0, 1, 2, 3], "y": [1, 3, 4, 8]},
}  # fmt: skip


FULL, EXACT = Rounding(), Rounding("carry-full", 12)


def solved(policy=FULL, **givens):
    return question("optimizer.run", givens).solve(Conventions(policy))


def table(derivation):
    return next(step for step in derivation.steps if step.layout == "table")


def column(derivation, name):
    """The numbers of a column by its head's letter and indices, with None for an empty cell."""
    trace = table(derivation)
    heads = [[piece for piece in head if isinstance(piece, Symbol)] for head in trace.heads]
    place = next(k for k, head in enumerate(heads) if head and (head[0].base, *head[0].sub[:-1]) == name)
    cells = [row.substeps[place - 1] for row in trace.substeps]
    return [evaluate(cell.lines[-1].form) if cell.lines else None for cell in cells]


def assert_verified(derivation):
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults + verdict.undecided
    return verdict


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("name", "kind", "theirs", "ours"),
    [
        ("gradient_descent", "SGD", {}, {}),
        ("momentum", "SGD", {"momentum": 0.9}, {}),
        ("nesterov", "SGD", {"momentum": 0.9, "nesterov": True}, {}),
        ("adam", "Adam", {}, {}),
        ("adamw", "AdamW", {}, {}),
        ("amsgrad", "Adam", {"amsgrad": True}, {}),
        ("adagrad", "Adagrad", {}, {}),
        ("rmsprop", "RMSprop", {"alpha": 0.9}, {}),
        ("adadelta", "Adadelta", {}, {}),
    ],
)
def test_the_trace_is_torch_s(name, kind, theirs, ours):
    """Loss and parameters of every step, with the digits that are shown; autograd takes the gradient there."""
    torch = pytest.importorskip("torch")
    derivation = solved(EXACT, **BOWL, optimizer=name, rate=0.125, steps=20, **ours)
    x, y = (torch.tensor(float(start), dtype=torch.float64, requires_grad=True) for start in (2, -1))
    peer = getattr(torch.optim, kind)([x, y], lr=0.125, foreach=False, **theirs)
    expected = []
    for _ in range(21):
        peer.zero_grad()
        loss = 0.5 * (x - 1.3) ** 2 + 2 * (y + 0.7) ** 2 + 0.5 * x * y
        loss.backward()
        expected.append((x.item(), y.item(), loss.item()))
        peer.step()
    for letter, values in zip(("x", "y", "L"), zip(*expected, strict=True), strict=True):
        found = [float(value) for value in column(derivation, (letter,))]
        assert found == pytest.approx(list(values), rel=1e-10, abs=1e-11)


@pytest.mark.oracle
@pytest.mark.parametrize("batch", [1, 2, 3])
def test_batches_are_torch_s(batch):
    """The examples are those that the sheet prints; the loss is that of all of them."""
    torch = pytest.importorskip("torch")
    derivation = solved(EXACT, **LINE, optimizer="sgd", rate=0.0625, steps=9, batch=batch, seed=4)
    rows = [row.substeps[0].intro[0] for row in table(derivation).substeps[1:]]
    x, y = (torch.tensor(values, dtype=torch.float64) for values in LINE["data"].values())
    w, b = (torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in (0.5, 0.0))
    peer = torch.optim.SGD([w, b], lr=0.0625)
    losses = column(derivation, ("L",))
    for k, words in enumerate(rows, 1):
        seen = [int(each) - 1 for each in words.split(", ")]
        assert len(seen) <= batch
        peer.zero_grad()
        ((w * x[seen] + b - y[seen]) ** 2).mean().backward()
        peer.step()
        assert float(losses[k]) == pytest.approx(((w * x + b - y) ** 2).mean().item(), rel=1e-10)


def test_the_order_is_printed_and_drawn_from_the_seed():
    one, again, other = (solved(**LINE, optimizer="sgd", rate=0.05, steps=8, batch=2, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one != other
    (order,) = [given.form for given in one.givens if given.shown and isinstance(given.form, Tuple)]
    assert len(order.items) == 16
    assert sorted(int(item.text) for item in order.items[:4]) == [1, 2, 3, 4]
    printed = re.findall(r"\d", re.search(r"o = \(([^)]*)\)", render(single(one), "exam", "tex")).group(1))
    assert printed == [item.text for item in order.items]


def test_the_first_step_is_worked_in_full_and_the_last_one_holds_the_answer():
    derivation = solved(**BOWL, optimizer="adam", rate=0.25, steps=15)
    assert_verified(derivation)
    names = [step.name for step in derivation.steps]
    assert {"m_x_1", "v_x_1", "m_hat_x_1", "v_hat_x_1", "x_1", "y_1"} <= set(names)
    assert not any(line.boxed for step in derivation.steps if step.name == "x_1" for line in step.lines)
    boxed = [step.target for step in derivation.all_steps() if any(line.boxed for line in step.lines)]
    assert boxed == [Symbol("x", sub=("15",)), Symbol("y", sub=("15",))]
    assert boxed == [answer.label for answer in derivation.answers]


def test_long_traces_fold():
    derivation = solved(**BOWL, optimizer="momentum", rate=0.05, steps=120)
    assert "113 steps omitted" in render(single(derivation), "solution", "tex", 1)
    assert "omitted" not in render(single(derivation), "solution", "tex", 3)
    assert_verified(derivation)


@pytest.mark.parametrize("detail", [1, 3])
def test_a_spoiled_cell_is_found_in_memory_and_in_print(detail):
    """Each number of each row: one digit off is one too many."""
    everything = ["gradient", "states", "loss"]
    derivation = solved(**BOWL, optimizer="momentum", form="velocity", rate=0.1, steps=4, show=everything)
    tex = render(single(derivation), "solution", "tex", detail)
    assert not (report := read_back(tex)).failed + report.undecided
    begin = tex.index("\\begin{steptable}{l")
    start, end = tex.index("\\midrule", begin), tex.index("\\end{steptable}", begin)
    cells = list(re.finditer(r"(?<=\$|-|\{)\d+\.\d+", tex[start:end]))
    assert len(cells) > 20
    for cell in cells:
        at = start + cell.end() - 1
        spoiled = tex[:at] + str((int(tex[at]) + 3) % 10) + tex[at + 1 :]
        assert read_back(spoiled).failed, cell.group()
    trace = table(derivation)
    for i, row in enumerate(trace.substeps):
        for j, each in enumerate(row.substeps):
            if each.lines:
                wrong = replace(each, lines=(replace(each.lines[0], form=Number("77.7")),))
                rows = _with(trace.substeps, i, replace(row, substeps=_with(row.substeps, j, wrong)))
                steps = tuple(replace(step, substeps=rows) if step is trace else step for step in derivation.steps)
                assert judge(derivation.with_steps(steps)).verified is False, each.name


def _with(items, k, new):
    return (*items[:k], new, *items[k + 1 :])


@pytest.mark.parametrize("policy", [Rounding("carry-rounded", 3), Rounding("carry-rounded", 4)])
def test_carried_digits_make_the_next_row(policy):
    """Under carry-rounded each row follows from the printed one above it, so none is left out."""
    derivation = solved(policy, **BOWL, optimizer="gradient_descent", rate=0.1, steps=14)
    assert_verified(derivation)
    assert "omitted" not in render(single(derivation), "solution", "tex", 1)
    x, g = column(derivation, ("x",)), column(derivation, ("g", "x"))
    for before, slope, after in zip(x, g[1:], x[1:], strict=False):
        assert abs(before - slope / 10 - after) <= abs(after) / 10 ** (policy.digits - 1) / 2


@pytest.mark.parametrize(
    ("givens", "ends", "words"),
    [
        ({"graph": {"L": "(w - 1.3)**4"}, "at": {"w": 0}, "rate": 2}, "after step 3: the loss grows beyond all bounds",
         "grows beyond all bounds by step 3"),
        ({"graph": {"L": "w + 3*log(w)"}, "at": {"w": 8}, "rate": 2}, "after step 2: a logarithm of a negative number",
         "has no value after step 2"),
        ({"graph": {"L": "exp(w**2)"}, "at": {"w": 1.3}, "rate": 2}, "after step 1: the loss grows beyond all bounds",
         "grows beyond all bounds by step 1"),
        ({"graph": {"L": "exp(w**2)"}, "at": {"w": 1.3}, "rate": 0.5}, "after step 1: the loss grows beyond all bounds",
         "grows beyond all bounds by step 2"),
        ({"graph": {"L": "(w - 1.3)**2"}, "at": {"w": 0}, "rate": 1.2}, "", "does not fall and rises in 9 of 9 steps"),
        ({"graph": {"L": "(w - 1.3)**2"}, "at": {"w": 0}, "rate": 0.2}, "", "falls and never rises"),
    ],
)  # fmt: skip
def test_how_a_run_goes_and_ends_is_named(givens, ends, words):
    derivation = solved(optimizer="gradient_descent", of="L", wrt="w", steps=9, **givens)
    assert_verified(derivation)
    (claim,) = [step for step in derivation.steps if isinstance(step.target, Call)]
    assert claim.lines[0].form == Text(words)
    remarks = [str(phrase[0]) for phrase in derivation.remarks]
    assert any(ends in remark for remark in remarks) if ends else not any("ends after" in remark for remark in remarks)


def test_a_run_that_arrives_shows_no_noise():
    bowl = {**BOWL, "graph": {"L": "(x - 1.3)**2 + (y + 0.7)**2"}}
    derivation = solved(**bowl, optimizer="gradient_descent", rate=0.49, steps=30)
    assert_verified(derivation)
    cells = [cell.lines[0].form for row in table(derivation).substeps for cell in row.substeps if cell.lines]
    small = [form for form in cells if type(form).__name__ == "Relation"]
    assert small
    numbers = [abs(evaluate(form)) for form in cells if form not in small]
    assert min(number for number in numbers if number) >= Fraction(1, 10**20)


def test_a_start_on_the_minimum_of_a_steep_rule_is_refused():
    """RMSProp divides by what is left of the gradient: noise of any size decides where it goes."""
    with pytest.raises(InputError, match="the run is chaotic"):
        solved(graph={"L": "(w - 2)**2"}, of="L", wrt="w", at={"w": 2}, optimizer="rmsprop", rate=0.5, steps=9)


def test_states_and_velocity_may_be_given():
    derivation = solved(
        graph={"L": "(w - 3)**2"}, of="L", wrt="w", at={"w": 1}, optimizer="nesterov", form="look_ahead", rate=0.1,
        state={"u": 0.5}, steps=2, show=["gradient", "states"],
    )  # fmt: skip
    assert_verified(derivation)
    w, u, beta, eta = 1.0, 0.5, 0.9, 0.1
    for k in (1, 2):
        g = 2 * (w + beta * u - 3)
        u = beta * u - eta * g
        w += u
        found = [float(column(derivation, name)[k]) for name in (("g", "w"), ("u", "w"), ("w",))]
        assert found == pytest.approx([g, u, w], rel=1e-3)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(20))
def test_arrays_as_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    weights = [[rng.randint(-16, 16) / 8 for _ in range(2)] for _ in range(2)]
    x, t, b = ([rng.randint(-16, 16) / 8 for _ in range(2)] for _ in range(3))
    name, kind = rng.choice([("adam", "Adam"), ("momentum", "SGD"), ("adagrad", "Adagrad")])
    layer = {"z": "W @ x + b", "h": "tanh(z)", "L": "sum((h - t)**2)"}
    at = {"W": weights, "x": x, "t": t, "b": b}
    derivation = solved(EXACT, graph=layer, of="L", wrt=["W", "b"], at=at, optimizer=name, rate=0.125, steps=4)
    pair = [torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in (weights, b)]
    peer = getattr(torch.optim, kind)(pair, lr=0.125, foreach=False, **({"momentum": 0.9} if kind == "SGD" else {}))
    for _ in range(4):
        peer.zero_grad()
        ((torch.tanh(pair[0] @ torch.tensor(x, dtype=torch.float64) + pair[1]) - torch.tensor(t)) ** 2).sum().backward()
        peer.step()
    for answer, expected in zip(derivation.answers, pair, strict=True):
        found = [float(value) for value in evaluate(answer.form).items]
        assert found == pytest.approx(expected.detach().flatten().tolist(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"graph": {}}, "a run needs a graph"),
        ({"steps": 0}, "greater than or equal to 1"),
        ({"steps": 501}, "less than or equal to 500"),
        ({"rate": -0.1}, "the learning rate must be positive"),
        ({"rate": float("nan")}, "no number to compute with"),
        ({"batch": 5}, "a batch of 5 examples, but there are 4"),
        ({"data": {"x": [0, 1], "y": [1, 2, 3]}}, "the same number of examples"),
        ({"at": {"w": 0, "b": 0, "x": [1, 2, 3, 4]}}, "x stands in data and is given elsewhere"),
        ({"data": {}, "batch": 2, "at": {"w": 0, "b": 0, "x": 1, "y": 1}}, "batches need data"),
        ({"steps": 300, "batch": 3}, "too long to be printed: shuffle once"),
        ({"settings": {"beta": 0.5}}, "unknown setting of sgd 'beta'"),
        ({"state": {"v": 1}}, "unknown state of sgd"),
        ({"graph": {"eta": "w*x + b", "L": "mean((eta - y)**2)"}}, "eta is a name of the graph and of the optimizer"),
    ],
)
def test_mistakes(change, says):
    with pytest.raises(InputError, match=says):
        solved(**{**LINE, "optimizer": "sgd", "rate": 0.1, "steps": 4, "batch": 2, **change})


def test_the_exam_leaves_out_what_only_the_first_step_needs():
    derivation = solved(**LINE, optimizer="sgd", rate=0.1, steps=3, batch=2)
    exam, solution = (render(single(derivation), kind, "tex", 2) for kind in ("exam", "solution"))
    assert "(in the first step)" in solution
    assert "(in the first step)" not in exam
    for document in (exam, solution):
        assert r"\operatorname{batch}_{\mathit{size}=s}(x,\, o,\, t)$ holds the $s$ examples" in document
    assert "sees the next 2 examples in the order $o$" in exam
    assert not read_back(exam, beside=solution).failed


def test_a_known_gradient_of_an_array_is_seen_before_it_is_put_in():
    graph = {"p": "W @ x", "L": "sum(odot(p, p))"}
    array = {"graph": graph, "of": "L", "wrt": "W", "at": {"W": [[1, 2], [3, 4]], "x": [1, -1]}}
    known = solved(**array, optimizer="momentum", rate=0.1, steps=2, known="gradient")
    whole = solved(**array, optimizer="momentum", rate=0.1, steps=2)
    (recalled,) = [step for step in known.steps if step.lines and step.lines[0].reason == ("found as above",)]
    worked = next(step for step in whole.steps if step.target == recalled.target)
    assert recalled.lines[0].form == worked.lines[-1].form
    assert_verified(known)
